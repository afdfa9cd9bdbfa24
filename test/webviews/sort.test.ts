import assert from 'node:assert/strict';
import { comparatorOf } from '../../lifecycle/query';
import { sortBy } from '../../webviews/runs/sort';
import { random } from '../rigs/random';

const odd = [NaN, Infinity, -Infinity, 0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, 1e-300, -1, 1];

/** Columns with many equals, negative numbers and everything that is odd about doubles. */
function columnsOf(rows: number, seed: number): Float64Array[] {
  const next = random(seed);
  const value = (): number => (next() < 0.2 ? odd[Math.floor(next() * odd.length)]! : Math.round((next() - 0.5) * 40));
  return [0, 1, 2].map(() => Float64Array.from({ length: rows }, value));
}

describe('sorting the table of runs', () => {
  for (const rows of [0, 1, 7, 1_500, 20_000])
    it(`orders ${rows} rows by several columns as the terminal does`, () => {
      for (let seed = 1; seed <= 4; seed++) {
        const columns = columnsOf(rows, seed);
        const keys = columns.slice(0, 1 + (seed % 3)).map((_, index) => ({
          column: String(index),
          descending: (seed + index) % 2 === 0,
        }));
        const compare = comparatorOf(keys, (name) => (row) => columns[Number(name)]?.[row]);
        const all = Uint32Array.from({ length: rows }, (_, row) => row);
        const expected = [...all].sort(compare);
        sortBy(
          all,
          keys.map(({ column, descending }) => ({ ranks: columns[Number(column)]!, descending })),
        );
        assert.deepEqual([...all], expected);
      }
    });
});
