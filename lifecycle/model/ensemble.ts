/**
 * Tree ensembles as plain data, and as the ai.onnx.ml TreeEnsembleRegressor
 * (https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#aionnxmltreeensembleregressor).
 */
import { type GraphBuilder, type Value } from '../onnx';

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
        const left = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
        node = left ? tree.left[node]! : tree.right[node]!;
      }
      scores[row * outputs + output] = scores[row * outputs + output]! + tree.value[node]!;
    }
  }
  return scores;
}

/** Adds the ensemble's scores [N, outputs] over `features` [N, F] to a graph. */
export function ensembleFragment(graph: GraphBuilder, features: Value, ensemble: Ensemble): Value {
  const count = ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.length, 0);
  const leaves = ensemble.trees.reduce((sum, { tree }) => sum + tree.feature.filter((f) => f < 0).length, 0);
  const treeIds = new Int32Array(count);
  const nodeIds = new Int32Array(count);
  const featureIds = new Int32Array(count);
  const modes: string[] = [];
  const thresholds = new Float32Array(count);
  const lefts = new Int32Array(count);
  const rights = new Int32Array(count);
  const missing = new Int32Array(count);
  const leafTrees = new Int32Array(leaves);
  const leafNodes = new Int32Array(leaves);
  const leafTargets = new Int32Array(leaves);
  const leafValues = new Float32Array(leaves);
  let at = 0;
  let leaf = 0;
  ensemble.trees.forEach(({ tree, output }, id) => {
    for (let node = 0; node < tree.feature.length; node++, at++) {
      const feature = tree.feature[node]!;
      treeIds[at] = id;
      nodeIds[at] = node;
      modes.push(feature < 0 ? 'LEAF' : 'BRANCH_LEQ');
      if (feature >= 0) {
        featureIds[at] = feature;
        thresholds[at] = tree.threshold[node]!;
        lefts[at] = tree.left[node]!;
        rights[at] = tree.right[node]!;
        missing[at] = tree.missingLeft[node]!;
      } else {
        leafTrees[leaf] = id;
        leafNodes[leaf] = node;
        leafTargets[leaf] = output;
        leafValues[leaf++] = tree.value[node]!;
      }
    }
  });
  return graph.op(
    'TreeEnsembleRegressor',
    [features],
    {
      aggregate_function: { string: 'SUM' },
      base_values: { floats: ensemble.base },
      n_targets: { int: ensemble.outputs },
      nodes_falsenodeids: { ints: rights },
      nodes_featureids: { ints: featureIds },
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
