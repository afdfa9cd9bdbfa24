import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import type { FeatureStep } from '../../../schemas/generated/types';
import { openSession, float, strings, type TensorData } from '../../../lifecycle/onnx';
import { readColumns } from '../../../lifecycle/table';
import { CHURN_FOLDER, churnStage } from './churn';
import { assertLoweringsEqual, runStage, withFiles } from './support';

// One definition of a feature, lowered twice: what SQL wrote for training must be what the served graph computes.

/** `RUNS=2000 npx mocha …` goes deeper. */
const runs = Number(process.env['RUNS'] ?? 40);

const text = ['a', 'b', "it's", '"q"', 'é', '中', '😀', 'A', 'true', '1', 'x,y', '%', 'NULL', 'NaN'];

const column = fc.constantFrom('n1', 'n 2', 'N"3', 'flag', 'cat', 'select', 'ça=1');
const columns = fc.oneof(
  fc.constantFrom('numeric', 'text', 'boolean', 'all'),
  column,
  fc.uniqueArray(column, { minLength: 1, maxLength: 4 }),
);
const step: fc.Arbitrary<FeatureStep> = fc.oneof(
  fc.record({ fill: fc.record({ columns, with: fc.constantFrom('mean', 'median', 'mode' as const) }) }),
  fc.record({
    clip: fc.record({ columns, quantiles: fc.constantFrom<[number, number]>([0, 1], [0.1, 0.8], [0.5, 0.5]) }),
  }),
  fc.record({ clip: fc.record({ columns, range: fc.constantFrom<[number, number]>([-1, 1], [0, 0.1]) }) }),
  fc.record({
    derive: fc.constantFrom<Record<string, string>>(
      { d1: 'n1 / `n 2`' },
      { d2: 'log(abs(n1) + 1) * 2' },
      { d3: "if(cat = 'a', n1, 0)" },
      { d4: 'n1 > `n 2` or flag' },
      { n1: 'coalesce(n1, 0) ^ 2' },
      { d5: "coalesce(cat, 'none')" },
      { d6: 'is_missing(cat)', d7: '-n1 % 3' },
      { d8: "cat in ('a', 'b') and not flag" },
    ),
  }),
  fc.record({ standardize: fc.record({ columns }) }),
  fc.record({ 'min-max': fc.record({ columns }) }),
  fc.record({ 'one-hot': fc.record({ columns, 'max-categories': fc.constantFrom(1, 3, 100) }) }),
  fc.record({ ordinal: fc.record({ columns }) }),
  fc.record({ 'missing-indicator': fc.record({ columns }) }),
  fc.record({ drop: fc.record({ columns: column }) }),
);

const number = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(1e300, -1e39, 1e-40, 0.1, -0) },
);
const row = fc.record({
  n1: number,
  'n 2': number,
  'N"3': fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(null)),
  flag: fc.constantFrom(true, false, null),
  cat: fc.oneof(fc.constantFrom(...text), fc.constant(null)),
  select: fc.constantFrom('u', 'v', null),
  'ça=1': number,
});

describe('features lowered to SQL and to ONNX', () => {
  it('are equal for the churn example', async () => {
    await assertLoweringsEqual(await runStage(churnStage, { folder: CHURN_FOLDER }));
  });

  it('are equal for random steps over random rows', async function () {
    this.timeout(runs * 5000);
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 12, maxLength: 40 }),
        fc.array(step, { maxLength: 6 }),
        async (rows, features) => {
          const folder = withFiles({ 'a.jsonl': rows.map((one) => JSON.stringify(one)).join('\n') });
          const types = {
            n1: 'number',
            'n 2': 'number',
            'N"3': 'number',
            flag: 'boolean',
            cat: 'text',
            select: 'text',
            'ça=1': 'number',
          } as const;
          try {
            const done = await runStage({ source: 'a.jsonl', columns: { types: { ...types } }, features }, { folder });
            await assertLoweringsEqual(done);
            tried++;
          } catch (error) {
            // Steps that don't fit the columns are refused with a UserError; that is fine here.
            if (!(error instanceof Error) || error.name !== 'UserError') throw error;
          }
        },
      ),
      { numRuns: runs, seed: 20_261_121 },
    );
    assert.ok(tried > runs / 4, `only ${tried} random stages ran`);
  });

  it('give zeros for a category, and -1 for a rank, that training did not see', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${i},${['red', 'green', 'blue'][i % 3]},${['s', 'm', 'l'][i % 3]}`,
    );
    const folder = withFiles({ 'a.csv': `x,colour,size\n${rows.join('\n')}\n` });
    const done = await runStage(
      {
        source: 'a.csv',
        features: [{ 'one-hot': { columns: 'colour' } }, { ordinal: { columns: 'size', order: ['s', 'm', 'l'] } }],
      },
      { folder },
    );
    assert.deepEqual(done.dataset.features, ['x', 'size', 'colour=blue', 'colour=green', 'colour=red']);
    const session = await openSession(path.join(done.output, 'preprocess.onnx'));
    const feeds: Record<string, TensorData> = {
      x: float([1, NaN, Infinity], [3, 1]),
      colour: strings(['purple', '', 'red'], [3, 1]),
      size: strings(['xl', '', 'l'], [3, 1]),
    };
    const { features } = await session.run(feeds);
    await session.close();
    assert.deepEqual([...(features?.data as Float32Array)], [1, -1, 0, 0, 0, NaN, NaN, 0, 0, 0, NaN, 2, 0, 0, 1]);
  });

  it('take a table of no rows', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? 'a' : 'b'}`);
    const folder = withFiles({ 'a.csv': `x,c\n${rows.join('\n')}\n` });
    const done = await runStage({ source: 'a.csv', split: { train: 1 } }, { folder });
    assert.equal(done.dataset.splits['test']?.rows, 0);
    assert.equal((await readColumns(path.join(done.output, 'test.parquet'))).rows, 0);
    const session = await openSession(path.join(done.output, 'preprocess.onnx'));
    const { features } = await session.run({ x: float([], [0, 1]), c: strings([], [0, 1]) });
    await session.close();
    assert.deepEqual(features?.dims, [0, 3]);
  });
});
