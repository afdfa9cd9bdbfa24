import assert from 'node:assert/strict';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { peek, peekSummary } from '../../../lifecycle/data/peek';
import { copyToParquet, withDatabase } from '../../../lifecycle/table';
import { CHURN_FOLDER } from './churn';
import { runStage, withFiles } from './support';

const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join('');

describe('a quick look at a source', () => {
  it('tells columns, types and values without DuckDB', async () => {
    const look = await peek('data/telco-churn.csv', CHURN_FOLDER, { native: false });
    assert.equal(look.problem, undefined);
    assert.equal(peekSummary(look), '7,043 rows × 20 columns in telco-churn.csv');
    const churn = look.columns.find(({ name }) => name === 'churn');
    assert.deepEqual(
      [churn?.type, churn?.distinct, churn?.values.map(({ value }) => value)],
      ['text', 2, ['No', 'Yes']],
    );
    const tenure = look.columns.find(({ name }) => name === 'tenure');
    assert.deepEqual([tenure?.type, tenure?.min, tenure?.max], ['number', 0, 72]);
  });

  it('says what stands above the header, and reads without it', async () => {
    const table = `region,amount\n${lines(20, (i) => `r${i % 3},${i}`)}`;
    const folder = withFiles({
      'a.csv': `Sales of 2024\n${table}`,
      'b.csv': `Sales of 2024,\n\n${table}`,
      'c.csv': table,
    });
    const [a, b, c] = [await peek('a.csv', folder), await peek('b.csv', folder), await peek('c.csv', folder)];
    assert.deepEqual([a.problem?.code, a.problem?.runs], ['data-title-line', undefined]);
    assert.match(
      b.problem?.message ?? '',
      /^The first 2 lines of b\.csv \("Sales of 2024"\) stand above the header, which is line 3\./,
    );
    assert.equal(b.problem?.runs, true);
    assert.equal(c.problem, undefined);
    const skipped = await peek({ file: 'b.csv', 'skip-lines': 2 }, folder);
    assert.equal(skipped.problem, undefined);
    assert.deepEqual(
      skipped.columns.map(({ name, type }) => [name, type]),
      [
        ['region', 'text'],
        ['amount', 'number'],
      ],
    );
  });

  it('finds the types that the reader finds', async () => {
    const values: Record<string, (i: number) => string> = {
      whole: (i) => `${i}`,
      decimal: (i) => `${i}.5e-1`,
      signed: (i) => `${i % 2 ? '-' : '+'}${i}`,
      mixed: (i) => (i === 7 ? 'x' : `${i}`),
      boundless: (i) => (i % 9 === 0 ? (i % 2 ? '-inf' : 'Infinity') : `${i}.5`),
      undefined: (i) => (i % 9 === 0 ? 'NaN' : `${i}`),
      yes: (i) => (i % 2 ? 'Yes' : 'No'),
      bool: (i) => (i % 2 ? 'true' : 'False'),
      day: (i) => `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`,
      instant: (i) => `2024-01-01 10:00:${String(i % 60).padStart(2, '0')}`,
      gaps: (i) => (i % 3 ? '' : `${i}`),
      empty: () => '',
      text: (i) => `t${i}`,
    };
    const names = Object.keys(values);
    const folder = withFiles({
      'a.csv': `${names.join(',')}\n${lines(60, (i) => names.map((name) => values[name]?.(i)).join(','))}`,
    });
    const look = await peek('a.csv', folder, { native: false });
    const { dataset } = await runStage({ source: 'a.csv' }, { folder });
    assert.deepEqual(
      look.columns.map(({ name, type }) => [name, type]),
      dataset.columns.map(({ name, type }) => [name, type]),
    );
    assert.equal(look.columns.find(({ name }) => name === 'gaps')?.missing, 40);
  });

  it('reads every format, bounded in bytes', async () => {
    const csv = `a,b\n${lines(50_000, (i) => `${i},t${i % 3}`)}`;
    const folder = withFiles({
      'a.csv': csv,
      'a.csv.gz': gzipSync(csv),
      'a.jsonl': lines(20, (i) => JSON.stringify(i % 2 ? { a: i } : { a: i, b: 'x', c: { d: 1 } })),
    });
    await withDatabase({}, (database) =>
      database.run(copyToParquet(`SELECT * FROM '${folder}/a.csv'`, path.join(folder, 'a.parquet'))),
    );
    const part = await peek('a.csv', folder, { bytes: 10_000, native: false });
    assert.equal(part.rows, undefined);
    assert.ok(part.sampled < 2000 && Math.abs((part.estimated ?? 0) / 50_000 - 1) < 0.25, `${part.estimated}`);
    assert.deepEqual(
      (await peek('a.csv.gz', folder, { bytes: 10_000, native: false })).columns.map(({ type }) => type),
      ['number', 'text'],
    );
    const json = await peek('a.jsonl', folder, { native: false });
    assert.deepEqual(
      json.columns.map(({ name, type, missing }) => [name, type, missing]),
      [
        ['a', 'number', 0],
        ['b', 'text', 10],
        ['c.d', 'number', 10],
      ],
    );
    const parquet = await peek('a.parquet', folder);
    assert.deepEqual(
      [parquet.rows, parquet.columns.map(({ name, type }) => [name, type])],
      [
        50_000,
        [
          ['a', 'number'],
          ['b', 'text'],
        ],
      ],
    );
    const query = await peek({ sql: "select a * 2 as twice from 'a.csv'" }, folder);
    assert.deepEqual(
      query.columns.map(({ name, type }) => [name, type]),
      [['twice', 'number']],
    );
    assert.equal((await peek('a.parquet', folder, { native: false })).problem?.code, 'data-needs-native');
  });

  it('reads an array of objects as it reads lines, also when only the start is read', async () => {
    const objects = Array.from({ length: 400 }, (_, i) => ({
      n: i,
      t: `a "quoted", [odd] {text} \\ ${i}`,
      deep: { x: [i] },
    }));
    const folder = withFiles({
      'lines.jsonl': objects.map((one) => JSON.stringify(one)).join('\n'),
      'array.json': JSON.stringify(objects, null, 2),
      'tight.json': `\n [${objects.map((one) => JSON.stringify(one)).join(',')}]`,
      'odd.json': '[{"a": 1}, 2, {"a": 3}]',
      'none.json': '[]',
    });
    const lines = await peek('lines.jsonl', folder);
    for (const file of ['array.json', 'tight.json']) {
      const found = await peek(file, folder);
      assert.deepEqual([found.rows, found.columns, found.problem], [400, lines.columns, undefined], file);
      for (const bytes of [1000, 1011, 1023, 1040]) {
        const start = await peek(file, folder, { bytes });
        assert.equal(start.problem, undefined, `${file} ${bytes}`);
        assert.ok(start.sampled > 5 && start.sampled < 30 && Math.abs((start.estimated ?? 0) - 400) < 100);
      }
    }
    assert.deepEqual((await peek('odd.json', folder)).problem, {
      code: 'data-bad-json',
      message: 'Value 2 of the array is not a JSON object.',
    });
    assert.equal((await peek('none.json', folder)).problem?.code, 'data-empty');
  });

  it('never throws', async () => {
    const folder = withFiles({
      'empty.csv': '',
      'header.csv': 'a,b\n',
      'ragged.csv': 'a,b\n1,2\n3\n',
      'bad.jsonl': '{"a":\n[1]\n{"a":2}\n',
      'bad.parquet': 'x',
      'cut.csv.gz': gzipSync('a,b\n1,2\n').subarray(0, 12),
      'binary.csv': Buffer.from([0, 255, 254, 10, 1]),
    });
    const code = async (source: Parameters<typeof peek>[0]): Promise<string | undefined> =>
      (await peek(source, folder)).problem?.code;
    assert.equal(await code('nowhere.csv'), 'data-file-missing');
    assert.equal(await code('empty.csv'), 'data-empty');
    assert.equal(await code('header.csv'), 'data-empty');
    assert.equal(await code('ragged.csv'), 'data-ragged-row');
    assert.equal(await code('bad.jsonl'), 'data-bad-json');
    assert.equal(await code('bad.parquet'), 'data-bad-parquet');
    assert.equal(await code({ sql: 'drop table x' }), 'data-unreadable');
    assert.equal(await code({ sql: 'select 1; select 2' }), 'data-sql-not-select');
    assert.ok(await code('cut.csv.gz'));
    await peek('binary.csv', folder);
  });

  it('gives up on what takes too long', async () => {
    const folder = withFiles({ 'a.csv': 'a\n1\n' });
    const look = await peek({ sql: "select * from 'a.csv'" }, folder, {
      signal: AbortSignal.abort(new Error('closed')),
    });
    assert.match(look.problem?.message ?? '', /closed/);
  });
});
