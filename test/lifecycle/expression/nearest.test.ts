import assert from 'node:assert/strict';
import { nearest } from '../../../lifecycle/expression/nearest';
import { random } from '../../rigs/random';

/** The whole table of optimal alignment, entry by entry, as the textbook has it. */
function edits(a: string, b: string): number {
  const table: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    table.push([]);
    for (let j = 0; j <= b.length; j++) {
      const at = (row: number, column: number): number => table[row]?.[column] ?? Infinity;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && i > 1 && j > 1;
      table[i]![j] =
        i === 0 || j === 0
          ? i + j
          : Math.min(
              at(i - 1, j) + 1,
              at(i, j - 1) + 1,
              at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
              swapped ? at(i - 2, j - 2) + 1 : Infinity,
            );
    }
  }
  return table[a.length]?.[b.length] ?? Infinity;
}

describe('the nearest word', () => {
  it('is the first of those with the fewest edits, when a third of the letters or fewer are wrong', () => {
    const draw = random(11);
    const word = (): string =>
      Array.from({ length: 1 + Math.floor(draw() * 9) }, () => 'abc'[Math.floor(draw() * 3)]).join('');
    for (let i = 0; i < 5000; i++) {
      const [meant, candidates] = [word(), Array.from({ length: 6 }, word)];
      const costs = candidates.map((each) => edits(meant, each));
      const least = Math.min(...costs);
      const wanted = least <= Math.max(1, Math.floor(meant.length / 3)) ? candidates[costs.indexOf(least)] : undefined;
      assert.equal(nearest(meant, candidates), wanted, `${meant} among ${candidates.join()}`);
    }
  });
});
