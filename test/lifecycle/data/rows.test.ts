import assert from 'node:assert/strict';
import path from 'node:path';
import type { DataStage } from '../../../schemas/generated/types';
import { readColumns } from '../../../lifecycle/table';
import { type Done, problemOfStage, runStage, withFiles } from './support';

const all = { train: 1 };

async function values(done: Done, name: string): Promise<unknown[]> {
  const { columns } = await readColumns(path.join(done.output, 'train.parquet'), [name]);
  return Array.from<unknown>(columns[name]?.values ?? []);
}

describe('row steps', () => {
  const folder = withFiles({
    'a.csv':
      'i,x,t,d\n0,1,a,2024-01-01\n1,1,a,2024-01-01\n2,,b,2024-01-02\n0,1,a,2024-01-01\n4,2,,2024-01-03\n5,2,a,\n6,3,c,2024-01-04\n',
  });
  const kept = async (rows: DataStage['rows']): Promise<unknown[]> =>
    values(await runStage({ source: 'a.csv', split: all, ...(rows && { rows }) }, { folder }), 'i');

  it('drop rows that equal an earlier one, in everything or in some columns', async () => {
    assert.deepEqual(await kept(['drop-duplicates']), [0, 1, 2, 4, 5, 6]);
    assert.deepEqual(await kept([{ 'drop-duplicates': { columns: ['x'] } }]), [0, 2, 4, 6]);
    assert.deepEqual(await kept([{ 'drop-duplicates': { columns: 'text' } }]), [0, 2, 4, 6]);
  });

  it('drop rows that miss a value, and filter by expression', async () => {
    assert.deepEqual(await kept(['drop-missing']), [0, 1, 0, 6]);
    assert.deepEqual(await kept([{ 'drop-missing': { columns: 'd' } }]), [0, 1, 2, 0, 4, 6]);
    assert.deepEqual(await kept([{ filter: "x >= 2 and t != 'c'" }]), [4, 5]);
    assert.deepEqual(await kept([{ filter: "d > '2024-01-01'" }]), [2, 4, 6]);
    assert.deepEqual(await kept([{ filter: 'x is null' }]), [2]);
  });

  it('go one after the other and report what each removed', async () => {
    const { dataset } = await runStage(
      { source: 'a.csv', split: all, rows: ['drop-duplicates', { filter: 'i > 0' }, 'drop-missing'] },
      { folder },
    );
    assert.deepEqual(dataset.rows, {
      read: 7,
      kept: 2,
      steps: [
        { step: 'drop-duplicates', removed: 1 },
        { step: 'filter i > 0', removed: 1 },
        { step: 'drop-missing', removed: 3 },
      ],
    });
  });

  it('find duplicates as a set of whole rows does', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${(i * 7919) % 50},${['a', 'b', ''][i % 3]},${(i * 31) % 20}`);
    const many = withFiles({ 'a.csv': `x,t,y\n${rows.join('\n')}\n` });
    const { dataset } = await runStage({ source: 'a.csv', rows: ['drop-duplicates'] }, { folder: many });
    assert.equal(dataset.rows?.kept, new Set(rows).size);
  });

  it('sample exactly, whatever the order of the file', async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => `${i},${i % 3}`);
    const both = withFiles({ 'a.csv': `i,y\n${rows.join('\n')}\n`, 'b.csv': `i,y\n${rows.toReversed().join('\n')}\n` });
    const sample = async (source: string, step: { fraction?: number; rows?: number }): Promise<unknown[]> => {
      const done = await runStage({ source, split: all, rows: [{ sample: step }] }, { folder: both });
      return ((await values(done, 'i')) as number[]).sort((a, b) => a - b);
    };
    const tenth = await sample('a.csv', { fraction: 0.1 });
    assert.equal(tenth.length, 100);
    assert.deepEqual(await sample('b.csv', { fraction: 0.1 }), tenth);
    assert.equal((await sample('a.csv', { rows: 333 })).length, 333);
    assert.equal((await sample('a.csv', { rows: 5000 })).length, 1000);
    // The sample is not the part that a split would train on.
    const done = await runStage({ source: 'a.csv', rows: [{ sample: { fraction: 0.5 } }] }, { folder: both });
    assert.deepEqual(
      Object.values(done.dataset.splits).map(({ rows: n }) => n),
      [350, 75, 75],
    );
  });
});

describe('expectations', () => {
  const lines = Array.from(
    { length: 100 },
    (_, i) => `${i},${i === 41 ? 150 : i},${i % 2 ? 'a' : 'b'},${i === 7 ? '' : 1}`,
  );
  const folder = withFiles({ 'a.csv': `id,age,kind,there\n${lines.join('\n')}\n` });
  const check = (...expect: NonNullable<DataStage['expect']>): ReturnType<typeof problemOfStage> =>
    problemOfStage({ source: 'a.csv', expect }, { folder });

  it('stop the run with the offending rows', async () => {
    const problem = await check({ column: 'age', between: [0, 120] });
    assert.equal(problem.code, 'expectation-broken');
    assert.equal(problem.message, "Expected 'age' to be between 0 and 120, but 1 of 100 rows breaks it.");
    assert.deepEqual(problem.details, ['row 42: age = 150']);
    assert.deepEqual(problem.path, ['expect', 0]);
    const many = await check({ where: 'age < 10' });
    assert.equal(many.details?.length, 10);
    assert.equal(many.details?.[0], 'row 11: age = 10');
  });

  it('cover every kind, and tell all that are broken', async () => {
    const problem = await check(
      { column: 'kind', in: ['a', 'c'] },
      { column: 'there', 'not-null': true },
      { column: 'kind', unique: true },
      { column: 'age', type: 'text' },
      { rows: { min: 1000 } },
      { column: 'id', unique: true, 'not-null': true, type: 'number' },
    );
    assert.equal(problem.message, "Expected 'kind' to be one of a, c, but 50 of 100 rows break it.");
    const others = problem.details?.filter((line) => line.startsWith('Expected')) ?? [];
    assert.deepEqual(others, [
      "Expected 'there' to be there, but 1 of 100 rows breaks it.",
      "Expected 'kind' to be unique, but 100 of 100 rows break it.",
      "Expected 'age' to be text, but 100 of 100 rows break it.",
      'Expected at least 1000 rows, but there are 100.',
    ]);
  });

  it('pass, tolerate and warn', async () => {
    const { dataset, logs } = await runStage(
      {
        source: 'a.csv',
        expect: [
          { column: 'age', between: [0, null] },
          { column: 'age', between: [0, 120], allow: 0.01 },
          { column: 'there', 'not-null': true, severity: 'warn' },
          { where: "kind in ('a', 'b')" },
        ],
      },
      { folder },
    );
    assert.deepEqual(
      dataset.expectations?.map(({ passed, broken }) => [passed, broken]),
      [
        [true, 0],
        [true, 1],
        [false, 1],
        [true, 0],
      ],
    );
    assert.deepEqual(
      logs.filter(({ code }) => code === 'expectation-broken').map(({ level }) => level),
      ['warning'],
    );
  });

  it('are themselves checked', async () => {
    assert.equal((await check({ between: [0, 1] })).code, 'data-expect-column');
    assert.equal((await check({ column: 'age' })).code, 'data-expect-nothing');
    assert.equal((await check({ column: 'kind', between: [0, 1] })).code, 'data-expect-type');
    assert.equal((await check({ where: 'age +' })).code, 'data-bad-expression');
  });
});

describe('targets', () => {
  const line = (i: number): string =>
    `${i},${i % 2 ? 'Yes' : 'No'},${i % 2},${i % 2 === 0},${i % 4},t${i % 3},${i / 7}`;
  const folder = withFiles({
    'a.csv': `x,yn,bit,flag,four,text,real\n${Array.from({ length: 60 }, (_, i) => line(i)).join('\n')}\n`,
  });
  const target = async (of: DataStage['target']): Promise<unknown[]> => {
    const { dataset } = await runStage({ source: 'a.csv', ...(of !== undefined && { target: of }) }, { folder });
    return [dataset.target?.task, dataset.target?.classes];
  };

  it('tell the task and the order of the classes', async () => {
    assert.deepEqual(await target('yn'), ['binary', ['No', 'Yes']]);
    assert.deepEqual(await target({ column: 'yn', positive: 'No' }), ['binary', ['Yes', 'No']]);
    assert.deepEqual(await target({ column: 'bit', positive: '0' }), ['binary', [1, 0]]);
    assert.deepEqual(await target({ column: 'flag', positive: true }), ['binary', [false, true]]);
    assert.deepEqual(await target('four'), ['multiclass', [0, 1, 2, 3]]);
    assert.deepEqual(await target({ column: 'four', task: 'regression' }), ['regression', undefined]);
    assert.deepEqual(await target('text'), ['multiclass', ['t0', 't1', 't2']]);
    assert.deepEqual(await target('real'), ['regression', undefined]);
  });

  it('become labels', async () => {
    const { output, dataset } = await runStage(
      { source: 'a.csv', target: { column: 'yn', positive: 'No' } },
      { folder },
    );
    const { columns } = await readColumns(path.join(output, 'train.features.parquet'), ['__label']);
    const raw = await readColumns(path.join(output, 'train.parquet'), ['yn']);
    const labels = Array.from<unknown>(columns['__label']?.values ?? []);
    assert.deepEqual(
      labels,
      Array.from<unknown>(raw.columns['yn']?.values ?? []).map((value) => (value === 'No' ? 1 : 0)),
    );
    assert.ok(!dataset.inputs?.includes('yn'));
  });

  it('are not needed', async () => {
    const { dataset, output } = await runStage({ source: 'a.csv' }, { folder });
    assert.equal(dataset.target, undefined);
    const { columns } = await readColumns(path.join(output, 'train.features.parquet'));
    assert.equal(columns['__label'], undefined);
  });
});
