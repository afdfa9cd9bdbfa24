import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { FeatureStep } from '../../../schemas/generated/types';
import { filled, MomentSum } from '../../../lifecycle/data/moments';
import { DistinctCounter } from '../../../lifecycle/data/distinct';
import { Ranks } from '../../../lifecycle/data/ranks';
import { readMatrix } from '../../../lifecycle/table';
import { assertLoweringsEqual, type Done, problemOfStage, runStage, withFiles } from './support';

const golden = path.resolve(__dirname, '../../golden/data');
const expected = JSON.parse(readFileSync(path.join(golden, 'steps.json'), 'utf8')) as Record<
  string,
  (number | null)[]
> & {
  'one-hot c': Record<string, number[]>;
};

async function train(features: FeatureStep[]): Promise<Done> {
  return runStage({ source: 'steps.csv', split: { train: 1 }, features }, { folder: golden });
}

async function feature(done: Done, name: string): Promise<Float32Array> {
  return (await readMatrix(path.join(done.output, 'train.features.parquet'), [name])).columns;
}

function assertNear(actual: ArrayLike<number>, wanted: readonly (number | null)[] = [], tolerance = 1e-6): void {
  assert.equal(actual.length, wanted.length);
  wanted.forEach((value, i) => {
    const found = actual[i] ?? NaN;
    if (value === null) assert.ok(Number.isNaN(found), `row ${i}: ${found} is not missing`);
    else
      assert.ok(
        Math.abs(found - value) <= tolerance * Math.max(1, Math.abs(value)),
        `row ${i}: ${found}, not ${value}`,
      );
  });
}

describe('fitted features', () => {
  it("are scikit-learn's", async () => {
    const done = await train([
      { derive: { a2: 'a', b2: 'b', b3: 'b' } },
      { fill: { columns: 'a', with: 'median' } },
      { fill: { columns: 'a2', with: 'mean' } },
      { fill: { columns: 'k', with: 'mode' } },
      { standardize: { columns: ['a', 'b'] } },
      { clip: { columns: 'b2', quantiles: [0.03, 0.9] } },
      { 'min-max': { columns: 'b3' } },
      { 'one-hot': { columns: 'c' } },
    ]);
    // At a mean of 1000 and a deviation of 3, float32 itself is worth 1e-5 of a standardised value.
    assertNear(await feature(done, 'a'), expected['median then standardise a'], 3e-5);
    assertNear(await feature(done, 'b'), expected['standardise b']);
    assertNear(await feature(done, 'b2'), expected['clip b']);
    assertNear(await feature(done, 'b3'), expected['min-max b']);
    assertNear(await feature(done, 'a2'), expected['mean a']);
    assertNear(await feature(done, 'k'), expected['mode k']);
    for (const [category, values] of Object.entries(expected['one-hot c']))
      assertNear(await feature(done, `c=${category}`), values);
    await assertLoweringsEqual(done);
  });

  it("come with a profile that is numpy's", async () => {
    const { dataset } = await train([]);
    const [a, b, k, c] = dataset.columns;
    assertNear([a?.mean ?? NaN, a?.std ?? NaN], expected['moments a'], 1e-12);
    assertNear(b?.quantiles ?? [], expected['quantiles b']);
    assert.deepEqual(b?.histogram?.counts, expected['histogram b']);
    assert.deepEqual(
      [k?.distinct, k?.categories?.length, k?.categories?.reduce((sum, { count }) => sum + count, 0)],
      [6, 6, 500],
    );
    assert.deepEqual(
      c?.categories?.map(({ value }) => value),
      ['red', 'green', 'blue', 'grün'],
    );
    assert.equal((c?.count ?? 0) + (c?.missing ?? 0), 500);
  });

  it('learn nothing from validation and test', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i},${i % 7},${['a', 'b', 'c'][i % 3]}`);
    const stage = {
      columns: { id: 'i' },
      features: [
        { fill: { columns: 'x', with: 'median' } },
        { clip: { columns: 'x', quantiles: [0.1, 0.9] } },
        { standardize: { columns: 'x' } },
        { 'one-hot': { columns: 'c' } },
      ] satisfies FeatureStep[],
    };
    const first = await runStage(
      { source: 'a.csv', ...stage },
      { folder: withFiles({ 'a.csv': `i,x,c\n${rows.join('\n')}\n` }) },
    );
    const { readColumns } = await import('../../../lifecycle/table');
    const { columns } = await readColumns(path.join(first.output, 'train.parquet'), ['i']);
    const trained = new Set<unknown>(Array.from<unknown>(columns['i']?.values ?? []));
    const changed = rows.map((row, i) => (trained.has(i) ? row : `${i},1e6,never seen`));
    const second = await runStage(
      { source: 'a.csv', ...stage },
      { folder: withFiles({ 'a.csv': `i,x,c\n${changed.join('\n')}\n` }) },
    );
    assert.deepEqual(second.dataset.steps, first.dataset.steps);
    assert.deepEqual(second.dataset.features, first.dataset.features);
    assert.deepEqual(
      second.dataset.columns.map((one) => one.quantiles),
      first.dataset.columns.map((one) => one.quantiles),
    );
  });

  it('take only raw columns that some feature is made of', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i * 2},${i % 3},t${i % 2}`);
    const folder = withFiles({ 'a.csv': `a,b,c,d\n${rows.join('\n')}\n` });
    const done = await runStage(
      {
        source: 'a.csv',
        features: [
          { standardize: { columns: 'numeric' } },
          { derive: { e: 'a + 1' } },
          { drop: { columns: ['a', 'b', 'd'] } },
        ],
      },
      { folder },
    );
    assert.deepEqual(done.dataset.inputs, ['a', 'c']);
    assert.deepEqual(done.dataset.features, ['c', 'e']);
    await assertLoweringsEqual(done);
  });

  it('name features apart, also where only the case differs', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 ? 'One' : 'one'},${i}`);
    const folder = withFiles({ 'a.csv': `c,x\n${rows.join('\n')}\n` });
    const done = await runStage({ source: 'a.csv' }, { folder });
    assert.deepEqual(done.dataset.features, ['x', 'c=One', 'c=one (2)']);
    await assertLoweringsEqual(done);
  });

  it('refuse steps that do not fit, and say what would', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},t${i % 2},2024-01-0${1 + (i % 9)},${i % 2 === 0}`);
    const folder = withFiles({ 'a.csv': `x,t,d,f\n${rows.join('\n')}\n` });
    const code = async (...features: FeatureStep[]): Promise<string> =>
      (await problemOfStage({ source: 'a.csv', features }, { folder })).code;
    assert.equal(await code({ fill: { columns: 't', with: 'mean' } }), 'data-step-type');
    assert.equal(await code({ fill: { columns: 'x', with: { value: 'a' } } }), 'data-fill-type');
    assert.equal(await code({ fill: { columns: 't', with: { value: 0 } } }), 'data-fill-type');
    assert.equal(await code({ clip: { columns: 'x' } }), 'data-clip-limits');
    assert.equal(await code({ clip: { columns: 'x', range: [2, 1] } }), 'data-clip-limits');
    assert.equal(await code({ derive: { y: 'length(t)' } }), 'data-not-servable');
    assert.equal(await code({ derive: { y: 'lower(t' } }), 'data-bad-expression');
    assert.equal(await code({ derive: { X: 'x + 1' } }), 'data-name-taken');
    assert.equal(await code({ 'one-hot': { columns: 't' } }, { 'one-hot': { columns: 't' } }), 'data-not-a-feature');
    assert.equal(await code({ standardize: { columns: 'd' } }), 'data-not-a-feature');
    assert.equal(await code({ standardize: { columns: ['numeric'] } }), 'data-group-in-list');
    assert.equal(await code({ drop: { columns: 'all' } }), 'data-no-features');
    assert.equal(await code({ ordinal: { columns: 't', order: ['t0', 't0'] } }), 'data-order-twice');
  });

  const said = (logs: readonly { readonly code?: string; readonly message: string }[]) =>
    logs.filter(({ code }) => code === 'data-text-dropped').map(({ message }) => message);

  it('leave out texts that look like ids, with a warning', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i},name ${i}`);
    const folder = withFiles({ 'a.csv': `x,name\n${rows.join('\n')}\n` });
    const { dataset, logs } = await runStage({ source: 'a.csv' }, { folder });
    assert.deepEqual([dataset.features, dataset.inputs], [['x'], ['x']]);
    assert.match(
      said(logs).join(),
      /^The text column 'name' has \d+ different values in \d+ rows; it looks like an id/,
    );
    const two = withFiles({ 'a.csv': `x,name,id\n${rows.map((row, i) => `${row},n${i}`).join('\n')}\n` });
    const twice = await runStage({ source: 'a.csv' }, { folder: two });
    assert.match(said(twice.logs).join('|'), /^The text columns 'name' \(\d+\), 'id' \(\d+\) have [^|]*$/);
  });
});

describe('exact statistics', () => {
  const values = fc.array(fc.oneof(fc.float({ noDefaultInfinity: true }), fc.constantFrom(0, -0, NaN, 1, 1, 2)), {
    minLength: 1,
    maxLength: 300,
  });

  it('find order statistics and distinct values as sorting does', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0, 1000), (list, few) => {
        const ranks = new Ranks(Float32Array.from(list), few);
        const sorted = list
          .map(Math.fround)
          .filter((value) => !Number.isNaN(value))
          .sort((a, b) => a - b)
          .map((value) => value + 0);
        assert.equal(ranks.count, sorted.length);
        if (sorted.length === 0) return;
        assert.deepEqual(
          ranks.at(sorted.map((_, i) => i)).map((value) => value + 0),
          sorted,
        );
        const distinct = [...new Set(sorted)];
        assert.deepEqual(
          ranks.distinct(300)?.map(({ value }) => value + 0),
          distinct,
        );
        assert.equal(ranks.distinct(distinct.length - 1), undefined);
        const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
        const counts = new Array<number>(20).fill(0);
        for (const value of sorted) {
          const bin = max > min ? Math.min(19, Math.max(0, Math.floor((value - min) * (20 / (max - min))))) : 0;
          counts[bin] = (counts[bin] ?? 0) + 1;
        }
        assert.deepEqual(ranks.histogram({ min, max, bins: 20 }), counts);
        const prepared = new Ranks(Float32Array.from(list), few);
        prepared.prepare([0, 0.3, 1], 300, { min, max, bins: 20 });
        assert.deepEqual(prepared.histogram({ min, max, bins: 20 }), counts);
        assert.deepEqual(prepared.quantiles([0, 0.3, 1]), ranks.quantiles([0, 0.3, 1]));
        assert.deepEqual(prepared.distinct(300), ranks.distinct(300));
      }),
    );
  });

  it('count distinct numbers of any make to half a percent', () => {
    const kinds: Record<string, (i: number) => number> = {
      whole: (i) => i,
      negative: (i) => -i,
      cents: (i) => i / 100,
      times: (i) => 1_700_000_000_000 + i * 1000,
      even: (i) => i * 2 ** 20,
      small: (i) => (i + 1) * 1e-300,
      neighbours: (i) => 1 + i * Number.EPSILON,
    };
    const [values, copies] = [200_000, 3];
    for (const [name, make] of Object.entries(kinds)) {
      const counter = new DistinctCounter(values * copies);
      const list = Float64Array.from({ length: values }, (_, i) => make(i));
      for (let k = 0; k < copies; k++) counter.add(list);
      counter.add(Float64Array.of(NaN, NaN));
      assert.ok(Math.abs(counter.estimate - values) < values * 0.005, `${name}: ${counter.estimate}`);
      assert.equal(counter.exact, undefined, name);
    }
    const zeros = new DistinctCounter(1000);
    zeros.add(Float64Array.of(0, -0, NaN, Infinity, -Infinity));
    assert.equal(zeros.estimate, 3);
    assert.equal(zeros.exact, 3);
  });

  it('count few distinct numbers exactly, and estimate the same whether or not they were kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.oneof(fc.double(), fc.integer({ min: -40, max: 40 })), { maxLength: 400 }), {
          maxLength: 8,
        }),
        fc.constantFrom(1, 40, 300, 5000),
        (parts, most) => {
          const [few, none] = [new DistinctCounter(4000, most), new DistinctCounter(4000, 0)];
          for (const counter of [few, none]) for (const part of parts) counter.add(Float64Array.from(part));
          // A set has NaN as a value, and takes -0 for 0.
          const distinct = new Set(parts.flat().filter((value) => !Number.isNaN(value))).size;
          assert.equal(few.exact, distinct > most ? undefined : distinct);
          assert.equal(few.estimate, none.estimate);
        },
      ),
    );
  });

  it('add up to the same moments in blocks of any size, also after filling', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: 1e6, max: 1e6 + 10, noNaN: true }), fc.constant(NaN)), {
          minLength: 2,
          maxLength: 200,
        }),
        fc.integer({ min: 1, max: 50 }),
        (list, size) => {
          const sum = (all: readonly number[], block: number): MomentSum => {
            const total = new MomentSum();
            for (let at = 0; at < all.length; at += block) total.add(Float64Array.from(all.slice(at, at + block)));
            return total;
          };
          const [whole, parts] = [sum(list, list.length).moments, sum(list, size).moments];
          assert.deepEqual(
            [parts.count, parts.missing, parts.min, parts.max],
            [whole.count, whole.missing, whole.min, whole.max],
          );
          if (whole.count === 0) return;
          assert.ok(Math.abs(parts.mean - whole.mean) < 1e-8);
          assert.ok(Math.abs(parts.m2 - whole.m2) < 1e-6 * Math.max(1, whole.m2));
          const put = filled(whole, 1e6);
          const real = sum(
            list.map((value) => (Number.isNaN(value) ? 1e6 : value)),
            list.length,
          ).moments;
          assert.ok(Math.abs(put.mean - real.mean) < 1e-8 && Math.abs(put.m2 - real.m2) < 1e-6 * Math.max(1, real.m2));
          assert.deepEqual([put.count, put.min, put.max], [real.count, real.min, real.max]);
        },
      ),
    );
  });
});
