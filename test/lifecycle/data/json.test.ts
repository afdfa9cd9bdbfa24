import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRows } from '../../../lifecycle/cli/rows';
import { lookAtFile } from '../../../lifecycle/data/draft/look';
import { peek } from '../../../lifecycle/data/peek';
import { troubleOf } from '../../../lifecycle/data/peek-trouble';
import type { UserError } from '../../../lifecycle/problem';
import { openJson, readColumns, withDatabase } from '../../../lifecycle/table';
import { type Done, runStage, withFiles } from './support';

interface Golden {
  readonly rows: readonly Record<string, unknown>[];
  readonly values: Readonly<Record<string, readonly unknown[]>>;
}

const golden = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../golden/data/json-normalize.json'), 'utf8'),
) as Golden;
const whole = { train: 1 };
const asLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function training(done: Done): Promise<Record<string, { type: string; values: unknown[] }>> {
  const { columns } = await readColumns(path.join(done.output, 'train.parquet'));
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type, values }]) => [
      name,
      { type, values: Array.from<unknown>(values).map((value) => (Number.isNaN(value) ? null : value)) },
    ]),
  );
}

describe('JSON with nested objects', () => {
  const folder = withFiles({ 'a.jsonl': asLines(golden.rows), 'b.json': JSON.stringify(golden.rows, null, 2) });

  it('is a table as pandas.json_normalize makes one, from lines and from an array', async () => {
    for (const source of ['a.jsonl', 'b.json']) {
      const read = await training(await runStage({ source, split: whole }, { folder }));
      assert.deepEqual(Object.keys(read).sort(), Object.keys(golden.values));
      for (const [name, values] of Object.entries(golden.values)) {
        const found = read[name]?.values.map((value) =>
          name === 'customer.vip' && value !== null ? value === 1 : value,
        );
        if (name !== 'customer.since') assert.deepEqual(found, values, name);
      }
    }
  });

  it('reads dates in any format that fits them all, and by date-format', async () => {
    const done = await runStage({ source: 'a.jsonl', split: whole }, { folder });
    const since = golden.values['customer.since'] as readonly string[];
    const expected = since.map((value) => Date.parse(value.split('.').reverse().join('-')));
    assert.deepEqual((await training(done))['customer.since'], { type: 'time', values: expected });
    assert.deepEqual(done.dataset.written, { dates: { 'customer.since': ['%d.%m.%Y'] } });
    const doubtful = Array.from({ length: 12 }, (_, i) => ({
      day: i === 3 ? '-' : `${String(i + 1).padStart(2, '0')}/02/2024`,
      amount: `${i}.000,50 €`,
    }));
    const other = withFiles({ 'a.json': JSON.stringify(doubtful) });
    const plain = await runStage({ source: 'a.json', split: whole }, { folder: other });
    const codes = plain.logs.map(({ code }) => code);
    assert.deepEqual(codes.slice(0, 3), ['data-missing-words', 'data-numbers-as-text', 'data-date-ambiguous']);
    const said = { file: 'a.json', 'date-format': '%d/%m/%Y', decimal: ',', missing: ['-'] } as const;
    const read = await training(
      await runStage({ source: { ...said, missing: ['-'] }, split: whole }, { folder: other }),
    );
    assert.deepEqual(
      [read['day']?.values[2], read['day']?.values[3], read['amount']?.values[11]],
      [Date.parse('2024-02-03'), null, 11_000.5],
    );
    const { columns } = await peek({ ...said, missing: ['-'] }, other);
    assert.deepEqual(
      columns.map(({ name, type, missing }) => [name, type, missing]),
      [
        ['day', 'time', 1],
        ['amount', 'number', 0],
      ],
    );
    const { options } = await lookAtFile(path.join(other, 'a.json'));
    assert.deepEqual(options, { decimal: ',', missing: ['', '-'], 'date-format': '%d/%m/%Y' });
    const wrong = withFiles({
      'a.jsonl': asLines([...Array.from({ length: 10_001 }, () => ({ d: '31.12.2024' })), { d: 'soon' }]),
    });
    await assert.rejects(
      runStage({ source: 'a.jsonl', split: whole }, { folder: wrong }),
      ({ problem }: UserError) =>
        problem.code === 'data-wrong-type' && /Column 'd' holds "soon", which is not a date/.test(problem.message),
    );
  });

  it('looks the same to the editor as to the reader, and as rows to predict for', async () => {
    for (const source of ['a.jsonl', 'b.json']) {
      const { columns, problem } = await peek(source, folder);
      assert.equal(problem, undefined);
      const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
      const read = await training(await runStage({ source, split: whole }, { folder }));
      assert.deepEqual(types, Object.fromEntries(Object.entries(read).map(([name, { type }]) => [name, type])));
    }
    const [row] = parseRows('{"address": {"city": "Ulm", "geo": {"lat": 1}}, "tags": [1]}', 'the row');
    assert.deepEqual(row, { 'address.city': 'Ulm', 'address.geo.lat': 1, tags: '[1]' });
  });

  it('keeps names apart, and objects that are dictionaries whole', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({
      a: { b: i, B2: 'x' },
      'a.b': -i,
      counts: { [`k${i}`]: i },
    }));
    const other = withFiles({ 'a.json': JSON.stringify(rows) });
    const { columns } = await withDatabase({}, (database) => openJson(database, [path.join(other, 'a.json')]));
    assert.deepEqual(
      columns.map(({ name, sql }) => [name, sql]),
      [
        ['a.b_2', 'DOUBLE'],
        ['a.B2', 'VARCHAR'],
        ['a.b', 'DOUBLE'],
        ['counts', 'VARCHAR'],
      ],
    );
    const names = (await peek('a.json', other)).columns.map(({ name, type }) => [name, type]);
    assert.deepEqual(names.at(-1), ['counts', 'text']);
  });

  it('says where the rows are in one object around them, to the editor and in a run, and the query reads them', async () => {
    const rows = golden.rows.map(({ id, amount }) => ({ id, amount }));
    const other = withFiles({
      'one.json': JSON.stringify({ meta: { n: 40 }, data: rows }),
      'lines.json': JSON.stringify({ type: 'FeatureCollection', data: rows }, null, 2),
    });
    for (const source of ['one.json', 'lines.json']) {
      const trouble = troubleOf(await peek(source, other));
      assert.equal(trouble?.code, 'data-unreadable');
      const expected = `${source} is one object; its rows are in the array 'data'.`;
      assert.ok(trouble.message.startsWith(expected), trouble.message);
      let hint = '';
      await assert.rejects(runStage({ source, split: whole }, { folder: other }), ({ problem }: UserError) => {
        hint = problem.hint ?? '';
        return problem.code === 'data-json-wrapped' && problem.message === expected;
      });
      const sql = /sql: "(.*?)"\}/.exec(hint)?.[1] ?? '';
      const read = await training(await runStage({ source: { sql }, split: whole }, { folder: other }));
      assert.deepEqual(read['amount']?.values, golden.values['amount']);
    }
    // A single row of its own, and one that is longer than what is looked at, are no such thing.
    const long = withFiles({
      'row.json': '{"a": 1, "list": [1, 2]}',
      'long.json': JSON.stringify({ data: Array.from({ length: 60_000 }, () => ({ text: 'a long value' })) }),
    });
    for (const source of ['row.json', 'long.json']) assert.equal(troubleOf(await peek(source, long)), undefined);
  });
});
