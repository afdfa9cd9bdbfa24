/**
 * Exact Shapley values of tree ensembles in polynomial time: TreeSHAP with path-dependent expectations (Lundberg et al.,
 * "From local explanations to global understanding with explainable AI for trees", Nature Machine Intelligence 2,
 * 2020, algorithm 2). A feature that is not known goes both ways, in the proportion of the training rows.
 */
import { type Ensemble, goesLeft, leafValue, type Tree } from './ensemble';

/** A feature on the path from the root: shares of the ways that go on with it unknown and known, and the weight of its subsets. */
interface Path {
  readonly feature: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;
}

/**
 * What each feature adds to each score of each row: [rows][outputs][features + 1], the last of each the expected score.
 * The sum over a row and output is its score.
 */
export function shapValues(ensemble: Ensemble, columns: readonly ArrayLike<number>[]): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const { outputs, features } = ensemble;
  const width = features + 1;
  const values = new Float64Array(rows * outputs * width);
  const depth = Math.max(0, ...ensemble.trees.map(({ tree }) => depthOf(tree, 0)));
  const levels = Array.from({ length: depth + 2 }, (): Path => {
    const room = depth + 3;
    return {
      feature: new Int32Array(room),
      zero: new Float64Array(room),
      one: new Float64Array(room),
      weight: new Float64Array(room),
    };
  });
  const row = new Float64Array(features);
  const expected = new Float64Array(outputs);
  ensemble.base.forEach((base, k) => (expected[k] = base));
  for (const { tree, output } of ensemble.trees)
    for (let k = 0; k < outputs; k++) expected[k]! += expectation(tree, 0, k, output);
  for (let i = 0; i < rows; i++) {
    for (let f = 0; f < features; f++) row[f] = Math.fround(columns[f]![i]!);
    const into = values.subarray(i * outputs * width, (i + 1) * outputs * width);
    for (let k = 0; k < outputs; k++) into[k * width + features] = expected[k]!;
    for (const { tree, output } of ensemble.trees) {
      walk(tree, levels, row, 0, 0, 0, 1, 1, -1, (leaf, feature, share) => {
        if (tree.values) {
          for (let k = 0; k < outputs; k++) into[k * width + feature]! += share * tree.values[leaf * outputs + k]!;
        } else into[output * width + feature]! += share * tree.value[leaf]!;
      });
    }
  }
  return values;
}

/** Work of {@link shapValues} for one row: of each leaf the square of its depth. */
export function shapWork({ trees }: Ensemble): number {
  const below = (tree: Tree, node: number, depth: number): number =>
    tree.feature[node]! < 0
      ? depth * depth
      : below(tree, tree.left[node]!, depth + 1) + below(tree, tree.right[node]!, depth + 1);
  return trees.reduce((sum, { tree }) => sum + below(tree, 0, 1), 0);
}

function depthOf(tree: Tree, node: number): number {
  return tree.feature[node]! < 0 ? 0 : 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!));
}

function expectation(tree: Tree, node: number, k: number, output: number): number {
  if (tree.feature[node]! < 0) return leafValue(tree, node, k, output);
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  const count = tree.count[node]!;
  return (
    (tree.count[left]! / count) * expectation(tree, left, k, output) +
    (tree.count[right]! / count) * expectation(tree, right, k, output)
  );
}

/**
 * @param level of the recursion: each has a path of its own, so that what a child does to its path is not its sibling's
 * @param length features on the path
 */
function walk(
  tree: Tree,
  levels: readonly Path[],
  row: Float64Array,
  node: number,
  level: number,
  length: number,
  zero: number,
  one: number,
  feature: number,
  add: (leaf: number, feature: number, share: number) => void,
): void {
  const path = levels[level]!;
  extend(path, length, zero, one, feature);
  const asked = tree.feature[node]!;
  if (asked < 0) {
    for (let i = 1; i <= length; i++) {
      const share = unwoundSum(path, length, i) * (path.one[i]! - path.zero[i]!);
      add(node, path.feature[i]!, share);
    }
    return;
  }
  const left = goesLeft(tree, node, row[asked]!);
  const [hot, cold] = left ? [tree.left[node]!, tree.right[node]!] : [tree.right[node]!, tree.left[node]!];
  let [knownZero, knownOne] = [1, 1];
  let depth = length;
  let before = -1;
  for (let i = 1; i <= length; i++) if (path.feature[i] === asked) before = i;
  if (before >= 0) {
    knownZero = path.zero[before]!;
    knownOne = path.one[before]!;
    unwind(path, depth, before);
    depth--;
  }
  const count = tree.count[node]!;
  const next = levels[level + 1]!;
  copy(path, next, depth);
  walk(tree, levels, row, hot, level + 1, depth + 1, (knownZero * tree.count[hot]!) / count, knownOne, asked, add);
  copy(path, next, depth);
  walk(tree, levels, row, cold, level + 1, depth + 1, (knownZero * tree.count[cold]!) / count, 0, asked, add);
}

function copy(from: Path, to: Path, length: number): void {
  for (let i = 0; i <= length; i++) {
    to.feature[i] = from.feature[i]!;
    to.zero[i] = from.zero[i]!;
    to.one[i] = from.one[i]!;
    to.weight[i] = from.weight[i]!;
  }
}

/** EXTEND: subsets with one more feature. */
function extend(path: Path, length: number, zero: number, one: number, feature: number): void {
  path.feature[length] = feature;
  path.zero[length] = zero;
  path.one[length] = one;
  path.weight[length] = length === 0 ? 1 : 0;
  for (let i = length - 1; i >= 0; i--) {
    path.weight[i + 1]! += (one * path.weight[i]! * (i + 1)) / (length + 1);
    path.weight[i] = (zero * path.weight[i]! * (length - i)) / (length + 1);
  }
}

/** UNWIND: takes a feature out again. */
function unwind(path: Path, length: number, index: number): void {
  const one = path.one[index]!;
  const zero = path.zero[index]!;
  let next = path.weight[length]!;
  for (let i = length - 1; i >= 0; i--) {
    if (one !== 0) {
      const kept = path.weight[i]!;
      path.weight[i] = (next * (length + 1)) / ((i + 1) * one);
      next = kept - (path.weight[i]! * zero * (length - i)) / (length + 1);
    } else path.weight[i] = (path.weight[i]! * (length + 1)) / (zero * (length - i));
  }
  for (let i = index; i < length; i++) {
    path.feature[i] = path.feature[i + 1]!;
    path.zero[i] = path.zero[i + 1]!;
    path.one[i] = path.one[i + 1]!;
  }
}

/** Sum of the weights as they would be without a feature. */
function unwoundSum(path: Path, length: number, index: number): number {
  const one = path.one[index]!;
  const zero = path.zero[index]!;
  let next = path.weight[length]!;
  let total = 0;
  for (let i = length - 1; i >= 0; i--) {
    if (one !== 0) {
      const taken = (next * (length + 1)) / ((i + 1) * one);
      total += taken;
      next = path.weight[i]! - (taken * zero * (length - i)) / (length + 1);
    } else if (zero !== 0) total += (path.weight[i]! * (length + 1)) / (zero * (length - i));
  }
  return total;
}
