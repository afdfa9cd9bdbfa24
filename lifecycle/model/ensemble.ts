/**
 * Tree ensembles as plain data, and as the ai.onnx.ml TreeEnsembleRegressor
 * (https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#aionnxmltreeensembleregressor).
 */
import { float, type GraphBuilder, int64, type Value } from '../onnx';
import { UserError } from '../problem';

/** A binary decision tree, one entry a node; node 0 is the root. */
export interface Tree {
  /** Feature that the node asks; −1 in a leaf. */
  readonly feature: Int32Array;
  /** A row goes left when its value ≤ threshold; both are float32, so that every runtime compares alike. */
  readonly threshold: Float32Array;
  /** 1 where a missing value (NaN) goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf adds to the score, shrinkage included; 0 in inner nodes. */
  readonly value: Float64Array;
  /** What a node stands for in every score, [nodes][outputs], where trees answer all of them; then `value` counts for nothing. */
  readonly values?: Float64Array;
  /**
   * Of a node that asks for a category: 256 bits, of the codes 0 … 254 that go left and, last, of a missing value. Any other code
   * counts as missing.
   */
  readonly sets?: ReadonlyMap<number, Uint32Array>;
  /** Loss that the split saved in training; 0 in leaves. */
  readonly gain: Float64Array;
  /** Training rows that reached the node. */
  readonly count: Uint32Array;
}

/** Trees whose values add up to scores. */
export interface Ensemble {
  readonly features: number;
  /** Scores a row: 1, or one a class. */
  readonly outputs: number;
  /** Where each score starts. */
  readonly base: readonly number[];
  readonly trees: readonly { readonly tree: Tree; readonly output: number }[];
}

/** Raw scores [rows, outputs] of one column-major matrix, in float64: the reference for what the graph computes in float32. */
export function scoresOf(ensemble: Ensemble, columns: readonly ArrayLike<number>[]): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const { outputs } = ensemble;
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < outputs; k++) scores[row * outputs + k] = ensemble.base[k]!;
    for (const { tree, output } of ensemble.trees) {
      let node = 0;
      for (;;) {
        const feature = tree.feature[node]!;
        if (feature < 0) break;
        const value = Math.fround(columns[feature]![row]!);
        node = goesLeft(tree, node, value) ? tree.left[node]! : tree.right[node]!;
      }
      if (tree.values) for (let k = 0; k < outputs; k++) scores[row * outputs + k]! += tree.values[node * outputs + k]!;
      else scores[row * outputs + output]! += tree.value[node]!;
    }
  }
  return scores;
}

/** Whether a row with this value (float32) goes left at an inner node. */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  const set = tree.sets?.get(node);
  if (set !== undefined) {
    const code = Number.isInteger(value) && value >= 0 && value < MISSING_CODE ? value : MISSING_CODE;
    return ((set[code >>> 5]! >>> (code & 31)) & 1) === 1;
  }
  return Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
}

/** What a leaf adds to one score. */
export function leafValue(tree: Tree, leaf: number, k: number, output: number): number {
  if (tree.values) return tree.values[(leaf * tree.values.length) / tree.feature.length + k]!;
  return k === output ? tree.value[leaf]! : 0;
}

/** What counts as missing among the codes of categories. */
export const MISSING_CODE = 255;

/**
 * Adds the ensemble's scores [N, outputs] over `features` [N, F] to a graph. ONNX's trees know thresholds only (sets come with
 * ai.onnx.ml 5, which few runtimes have): each set of categories that is asked for becomes a column of its own, 1 where the
 * row's category is in it, looked up in a table.
 */
export function ensembleFragment(graph: GraphBuilder, features: Value, ensemble: Ensemble): Value {
  const members = new Members(ensemble);
  const input = members.extend(graph, features);
  const count = ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.length, 0);
  if (count > MOST_NODES) throw tooLarge(count);
  const treeIds = new Int32Array(count);
  const nodeIds = new Int32Array(count);
  const featureIds = new Int32Array(count);
  const modes: string[] = [];
  const thresholds = new Float32Array(count);
  const lefts = new Int32Array(count);
  const rights = new Int32Array(count);
  const missing = new Int32Array(count);
  const hits = new Float32Array(count);
  const leafTrees: number[] = [];
  const leafNodes: number[] = [];
  const leafTargets: number[] = [];
  const leafValues: number[] = [];
  const leaf = (tree: number, node: number, target: number, value: number) => {
    leafTrees.push(tree);
    leafNodes.push(node);
    leafTargets.push(target);
    leafValues.push(value);
  };
  let at = 0;
  ensemble.trees.forEach(({ tree, output }, id) => {
    for (let node = 0; node < tree.feature.length; node++, at++) {
      const feature = tree.feature[node]!;
      treeIds[at] = id;
      nodeIds[at] = node;
      hits[at] = tree.count[node]!;
      modes.push(feature < 0 ? 'LEAF' : 'BRANCH_LEQ');
      if (feature >= 0) {
        const member = members.columnOf(feature, tree.sets?.get(node));
        featureIds[at] = member ?? feature;
        // Membership is 0 or 1: `≤ 0.5` holds for what is not in the set, so the sides are swapped.
        thresholds[at] = member === undefined ? tree.threshold[node]! : 0.5;
        lefts[at] = member === undefined ? tree.left[node]! : tree.right[node]!;
        rights[at] = member === undefined ? tree.right[node]! : tree.left[node]!;
        missing[at] = member === undefined ? tree.missingLeft[node]! : 0;
      } else if (tree.values) {
        const all = Array.from({ length: ensemble.outputs }, (_, k) => tree.values![node * ensemble.outputs + k]!);
        const some = all.some((value) => value !== 0) ? all.flatMap((value, k) => (value === 0 ? [] : [k])) : [0];
        for (const k of some) leaf(id, node, k, all[k]!);
      } else leaf(id, node, output, tree.value[node]!);
    }
  });
  return graph.op(
    'TreeEnsembleRegressor',
    [input],
    {
      aggregate_function: { string: 'SUM' },
      base_values: { floats: ensemble.base },
      n_targets: { int: ensemble.outputs },
      nodes_falsenodeids: { ints: rights },
      nodes_featureids: { ints: featureIds },
      // How many training rows reached each node: what Shapley values are computed from.
      nodes_hitrates: { floats: hits },
      nodes_missing_value_tracks_true: { ints: missing },
      nodes_modes: { strings: modes },
      nodes_nodeids: { ints: nodeIds },
      nodes_treeids: { ints: treeIds },
      nodes_truenodeids: { ints: lefts },
      nodes_values: { floats: thresholds },
      post_transform: { string: 'NONE' },
      target_ids: { ints: leafTargets },
      target_nodeids: { ints: leafNodes },
      target_treeids: { ints: leafTrees },
      target_weights: { floats: leafValues },
    },
    { hint: 'scores' },
  );
}

/** A model file of ONNX may not be larger than 2 GiB; a node takes about 50 bytes. */
export const MOST_NODES = 20_000_000;

function tooLarge(nodes: number): UserError {
  return new UserError({
    code: 'model-too-large',
    message: `The trees have ${nodes.toLocaleString('en')} nodes; a model file can hold ${MOST_NODES.toLocaleString('en')}.`,
    hint: 'Grow smaller trees: raise `samples-per-leaf`, or set `leaves` or `depth`.',
    path: ['model'],
  });
}

/** The sets of categories that an ensemble asks for, each once, as columns beside the features. */
class Members {
  private readonly columns = new Map<string, number>();
  /** By feature: its sets in order. */
  private readonly byFeature = new Map<number, Uint32Array[]>();

  constructor(ensemble: Ensemble) {
    for (const { tree } of ensemble.trees) {
      for (const [node, set] of tree.sets ?? []) {
        const feature = tree.feature[node]!;
        const key = `${feature}:${set.join()}`;
        if (this.columns.has(key)) continue;
        this.columns.set(key, 0);
        this.byFeature.set(feature, [...(this.byFeature.get(feature) ?? []), set]);
      }
    }
    let column = ensemble.features;
    for (const [feature, sets] of this.byFeature)
      for (const set of sets) this.columns.set(`${feature}:${set.join()}`, column++);
  }

  columnOf(feature: number, set: Uint32Array | undefined): number | undefined {
    return set && this.columns.get(`${feature}:${set.join()}`);
  }

  /** The features with the members' columns behind them. */
  extend(graph: GraphBuilder, features: Value): Value {
    if (this.byFeature.size === 0) return features;
    const parts = [features];
    const low = graph.constant(float([-1], []), 'no_code');
    const high = graph.constant(float([MISSING_CODE], []), 'missing_code');
    for (const [feature, sets] of this.byFeature) {
      const column = graph.op('Gather', [features, graph.constant(int64([feature]))], { axis: { int: 1 } });
      // Codes are whole numbers from 0 to 254; whatever else, NaN too, is looked up as missing.
      const code = graph.op('Floor', [column]);
      const whole = graph.op('Equal', [code, column]);
      const inside = graph.op('And', [graph.op('Greater', [column, low]), graph.op('Less', [column, high])]);
      const known = graph.op('Where', [graph.op('And', [whole, inside]), column, high]);
      const index = graph.op('Cast', [known], { to: { int: 7 } });
      const table = new Float32Array((MISSING_CODE + 1) * sets.length);
      sets.forEach((set, s) => {
        for (let c = 0; c <= MISSING_CODE; c++) table[c * sets.length + s] = (set[c >>> 5]! >>> (c & 31)) & 1;
      });
      const rows = graph.op('Gather', [
        graph.constant(float(table, [MISSING_CODE + 1, sets.length]), 'categories'),
        graph.op('Reshape', [index, graph.constant(int64([-1]))]),
      ]);
      parts.push(rows);
    }
    return graph.op('Concat', parts, { axis: { int: 1 } }, { hint: 'features_and_categories' });
  }
}
