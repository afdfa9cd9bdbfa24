import assert from 'node:assert/strict';
import fc from 'fast-check';
import { binnerOf } from '../../../lifecycle/monitor/binner';
import { counterOf, profileColumns } from '../../../lifecycle/monitor/profile';
import { SEEN_OF } from '../../../lifecycle/monitor/sources/grid-tally';
import { NumberTally } from '../../../lifecycle/monitor/sources/numbers';
import { Parts } from '../../../lifecycle/monitor/sources/parts';
import { type Spelt, TextTally } from '../../../lifecycle/monitor/sources/texts';
import { onGrid } from '../../../lifecycle/statistics/grid';
import { sampleOf } from '../../../lifecycle/statistics/sample';
import { sha256 } from '../../../lifecycle/process/hash';
import { Random } from '../../../lifecycle/statistics/random';

/** Rows in chunks, some of which lie within one part of time. */
function chunksOf<T>(rows: readonly { time: number; value: T }[], size: number): { time: number; value: T }[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
}

const HOUR = 3_600_000;
const times = fc.oneof(fc.integer({ min: 0, max: 5 * HOUR }), fc.constantFrom(0, 1, HOUR));

describe('counting in one pass', () => {
  it('gives numbers their counts, bins and sums, on a grid from a limit on', () => {
    const value = fc.oneof(
      fc.integer({ min: -30, max: 30 }),
      fc.integer({ min: 0, max: 40_000 }),
      fc.double({ min: -1e3, max: 1e3 }),
      fc.constantFrom(-0, NaN, Infinity, 1e300, -1e300, 5e-324),
    );
    const rows = fc.array(fc.record({ time: times, value }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        rows,
        fc.boolean(),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom(3, 40, 1e6),
        (all, sort, size, exact) => {
          if (sort) all.sort((a, b) => a.time - b.time);
          const reference = profileColumns({ x: [-20, -5, -1, 0, 0, 1, 2, 3, 7, 30, 1e3] }).columns['x']!;
          const binner = binnerOf(reference);
          const grid = { center: 1, scale: 4 };
          const tally = new NumberTally(binner, exact, grid);
          const parts = new Parts(HOUR);
          for (const chunk of chunksOf(all, size)) {
            const runs = parts.of(
              Float64Array.from(chunk, ({ time }) => time),
              chunk.length,
              true,
            );
            tally.add(
              Float64Array.from(chunk, (row) => row.value),
              runs,
              parts.all.length,
            );
          }
          const finite = all.map((row) => row.value).filter(Number.isFinite);
          const { profile } = tally.profile('number', 0);
          const plain = sampleOf(finite);
          const expected = plain.values.length > exact ? onGrid(plain, grid) : plain;
          assert.deepEqual(
            [...profile.sample.values],
            [...expected.values].map((one) => one + 0),
          );
          assert.deepEqual(profile.sample.counts, expected.counts);
          assert.equal(profile.missing, all.length - finite.length);
          assert.equal(parts.rows, all.length);
          for (const [number, { from, part }] of parts.all.entries()) {
            const own = all.filter(({ time }) => Math.floor(time / HOUR) * HOUR === from).map((row) => row.value);
            const cell = tally.cells!.cell(number);
            const counts = new Float64Array(binner.bins);
            for (const one of own) if (Number.isFinite(one)) counts[binner.index(one)]!++;
            assert.deepEqual(cell.counts, counts);
            assert.equal(cell.missing, own.filter((one) => !Number.isFinite(one)).length);
            assert.equal(part.rows, own.length);
            const sum = own.filter(Number.isFinite).reduce((total, one) => total + one, 0);
            const size = own.filter(Number.isFinite).reduce((total, one) => total + Math.abs(one), 0);
            assert.ok(Math.abs(cell.sum - sum) <= 1e-12 * size, `${cell.sum} is not ${sum}`);
          }
        },
      ),
    );
  });

  /** Two words a text, as if the database had hashed it. */
  const hashesOf = (texts: readonly (string | null)[]): Int32Array => {
    const hashes = new Int32Array(2 * texts.length);
    texts.forEach((text, i) => {
      const hash = Buffer.from(sha256(JSON.stringify(text)), 'hex');
      hashes.set([hash.readInt32LE(0), hash.readInt32LE(4)], 2 * i);
    });
    return hashes;
  };
  const spelt = (labels: readonly (string | null)[]): Spelt => ({ hashes: hashesOf(labels), labels });

  it('gives texts theirs, told apart by their hashes, whether they are read along or named afterwards', () => {
    const value = fc.oneof(fc.constantFrom('a', 'b', null, 'ä'), fc.string({ maxLength: 3 }));
    const rows = fc.array(fc.record({ time: times, value }), { minLength: 1, maxLength: 900 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 200 }), (all, sort, along, size) => {
        if (sort) all.sort((a, b) => a.time - b.time);
        // As the database gives it: empty is missing.
        for (const row of all) if (row.value === '') row.value = null;
        const binner = binnerOf(profileColumns({ x: ['a', 'a', 'b', 'c'] }).columns['x']!);
        const tally = new TextTally(binner, 'text', along ? undefined : spelt(['c', 'b', 'a', null]));
        const parts = new Parts(HOUR);
        for (const chunk of chunksOf(all, size)) {
          const runs = parts.of(
            Float64Array.from(chunk, ({ time }) => time),
            chunk.length,
            true,
          );
          const hashes = hashesOf(chunk.map((row) => row.value));
          tally.add(hashes, runs, parts.all.length, along ? (i) => chunk[i]!.value : undefined);
        }
        const others = new Set(all.map((row) => row.value).filter((one) => !['a', 'b', 'c', null].includes(one)));
        assert.equal(tally.unread.length, along ? 0 : others.size);
        if (!along) tally.name(spelt([...others, 'never met']));
        const counter = counterOf({ type: 'text' });
        for (const row of all) counter.add(row.value);
        const expected = counter.profile();
        const profile = tally.profile(0);
        assert.ok(expected.kind === 'category');
        assert.deepEqual(profile.counts, expected.counts);
        assert.equal(profile.missing, expected.missing);
        for (const [number, { from }] of parts.all.entries()) {
          const own = all.filter(({ time }) => Math.floor(time / HOUR) * HOUR === from).map((row) => row.value);
          const cell = tally.cells!.cell(number);
          const counts = new Float64Array(binner.bins);
          for (const one of own) if (one !== null) counts[binner.index(one)]!++;
          assert.deepEqual([cell.counts, cell.missing], [counts, own.filter((one) => one === null).length]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the cells of a part that goes on while its tables grow', () => {
    const random = new Random(3);
    const reference = Array.from({ length: 100 }, () => random.normal(0, 1));
    const binner = binnerOf(profileColumns({ x: reference }).columns['x']!);
    const numbers = new NumberTally(binner, 1e6, undefined);
    const texts = new TextTally(undefined, 'text');
    const parts = new Parts(HOUR);
    const all: number[][] = [];
    for (let chunk = 0; chunk < 9; chunk++) {
      const values = Array.from({ length: 1_000 }, (_, i) =>
        i % 2 ? random.normal(0, 1) : Math.floor(i * i * random.next()),
      );
      const runs = parts.of(
        Float64Array.from(values, (_, i) => (chunk * 1_000 + i) * 1_200),
        values.length,
        true,
      );
      numbers.add(Float64Array.from(values), runs, parts.all.length);
      const labels = values.map(String);
      texts.add(hashesOf(labels), runs, parts.all.length, (row) => labels[row]!);
      values.forEach((value, i) => (all[Math.floor((chunk * 1_000 + i) / 3_000)] ??= []).push(value));
    }
    all.forEach((own, part) => {
      const counts = new Float64Array(binner.bins);
      for (const value of own) counts[binner.index(value)]!++;
      numbers.profile('number', 0);
      assert.deepEqual(numbers.cells!.cell(part).counts, counts);
    });
    const counter = counterOf({ type: 'text' });
    for (const value of all.flat()) counter.add(String(value));
    assert.deepEqual(texts.profile(0), counter.profile());
  });

  it('tells how many distinct values there are from every 256th of them', () => {
    const random = new Random(5);
    for (const make of [
      () => random.normal(3, 2),
      () => Math.round(random.uniform() * 1e7),
      () => Math.round(random.uniform() * 1e7) / 100,
    ]) {
      const values = Float64Array.from({ length: 200_000 }, make);
      const tally = new NumberTally(undefined, 100, { center: 0, scale: 1 });
      tally.add(values, new Parts(HOUR).of(new Float64Array(values.length), values.length, true), 1);
      const told = tally.profile('number', 0).seen!.length * SEEN_OF;
      const { size } = new Set(values);
      assert.ok(Math.abs(told / size - 1) < 0.15, `${told} for ${size}`);
    }
  });
});
