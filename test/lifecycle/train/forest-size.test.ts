import assert from 'node:assert/strict';
import { UserError } from '../../../lifecycle/problem';
import { type ForestSettings } from '../../../lifecycle/train/trees/forest';
import { checkRows, checkTrees, rowsNeed } from '../../../lifecycle/train/trees/forest-size';

const GB = 1024 ** 3;
const settings: ForestSettings = {
  trees: 200,
  leaves: Infinity,
  depth: Infinity,
  samplesPerLeaf: 1,
  bins: 255,
  columns: 8,
  rowSample: 1,
  seed: 1,
};
const data = { rows: 273_000, outputs: 2 };

function refusal(act: () => void): { message: string; hint: string } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof UserError);
    return { message: error.problem.message, hint: error.problem.hint! };
  }
  throw new Error('nothing was refused');
}

describe('a forest that does not fit', () => {
  it('is refused after its first tree, with settings each of which does', () => {
    const memory = { available: 2 * GB, used: 0.4 * GB };
    const { message, hint } = refusal(() => checkTrees(60_000, settings, data, memory));
    assert.equal(
      message,
      'The first tree has 60,000 nodes; 200 such trees have 12,000,000: a model of that size takes about 6.3 GB of memory to make, and this machine has 2 GB.',
    );
    const way = /^Set `samples-per-leaf: (\d+)`, `depth: (\d+)` or `trees: (\d+)`, any of which fits\.$/.exec(hint);
    assert.ok(way, hint);
    const [samples, depth, trees] = way.slice(1).map(Number) as [number, number, number];
    const distinct = data.rows * (1 - Math.exp(-1));
    const largest = (leaves: number): number => 2 * leaves - 1;
    const fits = (nodes: number, how: Partial<ForestSettings> = {}): void =>
      checkTrees(nodes, { ...settings, ...how }, data, memory);
    fits(largest(Math.floor(distinct / samples)));
    fits(largest(2 ** depth));
    assert.throws(() => fits(largest(2 ** (depth + 1))));
    fits(60_000, { trees });
    assert.throws(() => fits(60_000, { trees: trees + 1 }));
  });

  it('for its model file is told so where memory is plenty, and one that fits is left alone', () => {
    const memory = { available: 64 * GB, used: 0.4 * GB };
    checkTrees(60_000, settings, data, memory);
    const { message } = refusal(() => checkTrees(120_000, settings, data, memory));
    assert.match(message, /; 200 such trees have 24,000,000: a model file can hold 20,000,000\.$/);
    const one = refusal(() =>
      checkTrees(30_000_000, { ...settings, trees: 1, rowSample: undefined }, { rows: 1e8, outputs: 2 }, memory),
    );
    assert.match(one.message, /^The tree has 30,000,000 nodes: a model file/);
    assert.doesNotMatch(one.hint, /`trees/);
  });

  it('for its rows is refused before it grows, with how many would fit', () => {
    const matrix = (rows: number) => ({
      names: [],
      rows,
      labels: new Float64Array(0),
      columns: { length: 80, at: () => undefined },
    });
    const lesson = (rows: number) => ({ train: matrix(rows), validation: matrix(Math.round(rows / 5)) });
    const need = rowsNeed(lesson(1000), 2);
    assert.ok(need > 1000 * 80 && need < 1000 * 200, String(need));
    const memory = { available: 2 * GB, used: 0.3 * GB };
    checkRows(lesson(6_836_000), 2, memory);
    const { message, hint } = refusal(() => checkRows(lesson(20_000_000), 2, memory));
    assert.match(
      message,
      /need about [\d.]+ GB of memory for 20,000,000 training rows × 80 features; this machine has 2 GB/,
    );
    const fitting = Number(/about ([\d,]+) training rows/.exec(hint)![1]!.replaceAll(',', ''));
    checkRows(lesson(Math.floor(0.98 * fitting)), 2, memory);
    assert.throws(() => checkRows(lesson(Math.ceil(1.1 * fitting)), 2, memory));
  });
});
