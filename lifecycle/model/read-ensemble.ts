import {
  type Attributes,
  floatAttribute,
  intAttribute,
  intsAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  stringAttribute,
} from '../onnx';
import { type Ensemble, MISSING_CODE, type Tree } from './ensemble';

/** What the scores of an ensemble add up to. */
export type ScoreUnit = 'log-odds' | 'score' | 'probability' | 'target' | 'log-target' | 'transformed-target';

/** Trees as they stand in a served model. */
export interface ServedEnsemble {
  readonly ensemble: Ensemble;
  readonly unit: ScoreUnit;
}

/** What follows on the scores tells what they are. */
const UNITS: Readonly<Record<string, ScoreUnit>> = {
  Sigmoid: 'log-odds',
  Softmax: 'score',
  Clip: 'probability',
  Exp: 'log-target',
  // The first node of a target transform turned back.
  Cast: 'transformed-target',
};

/** A column beside the features that is 1 where a feature's category is in a set. */
interface Member {
  readonly feature: number;
  readonly set: Uint32Array;
}

/**
 * The trees of a served model, read back from `model.onnx`: the inverse of `ensembleFragment`. Undefined where the model is no such
 * ensemble, or does not say how many training rows reached each node, as those of other programs.
 *
 * @param features number of features inside the model
 */
export function readEnsemble({ graph }: OnnxModel, features: number): ServedEnsemble | undefined {
  const [node, another] = graph.nodes.filter(({ opType }) => opType === 'TreeEnsembleRegressor');
  if (node === undefined || another !== undefined) return undefined;
  const { attributes } = node;
  if ((stringAttribute(attributes, 'post_transform') ?? 'NONE') !== 'NONE') return undefined;
  if (!stringsOf(attributes, 'nodes_modes').every((mode) => mode === 'LEAF' || mode === 'BRANCH_LEQ')) return undefined;
  const outputs = intAttribute(attributes, 'n_targets') ?? 1;
  const trees = treesOf(attributes, outputs, features, membersOf(graph, node));
  if (trees === undefined) return undefined;
  const base = floatsOf(attributes, 'base_values');
  const next = graph.nodes.find(({ inputs }) => inputs.includes(node.outputs[0]!));
  return {
    ensemble: { features, outputs, base: Array.from({ length: outputs }, (_, k) => base[k] ?? 0), trees },
    unit: UNITS[next?.opType ?? ''] ?? 'target',
  };
}

function treesOf(
  attributes: Attributes,
  outputs: number,
  features: number,
  members: readonly Member[],
): Ensemble['trees'] | undefined {
  const ints = (name: string): number[] => intsAttribute(attributes, name) ?? [];
  const ids = ints('nodes_treeids');
  const nodeIds = ints('nodes_nodeids');
  const hits = floatsOf(attributes, 'nodes_hitrates');
  if (ids.length === 0 || hits.length !== ids.length) return undefined;
  const [asked, yes, no] = [ints('nodes_featureids'), ints('nodes_truenodeids'), ints('nodes_falsenodeids')];
  const missing = ints('nodes_missing_value_tracks_true');
  const modes = stringsOf(attributes, 'nodes_modes');
  const thresholds = floatsOf(attributes, 'nodes_values');
  const starts: number[] = [];
  for (let i = 0; i < ids.length; i++) if (i === 0 || ids[i] !== ids[i - 1]) starts.push(i);
  const answers = new Map<number, Float64Array>();
  const trees: { tree: Tree; output: number }[] = [];
  for (const [t, from] of starts.entries()) {
    const size = (starts[t + 1] ?? ids.length) - from;
    const sets = new Map<number, Uint32Array>();
    const tree = emptyTree(size);
    for (let n = 0; n < size; n++) {
      const at = from + n;
      if (nodeIds[at] !== n) return undefined;
      tree.count[n] = hits[at]!;
      if (modes[at] === 'LEAF') continue;
      const column = asked[at]!;
      const member = column < features ? undefined : members[column - features];
      if (column >= features && member === undefined) return undefined;
      tree.feature[n] = member?.feature ?? column;
      if (member) sets.set(n, member.set);
      // Of a set the sides are swapped: membership `≤ 0.5` holds for what is not in it.
      [tree.left[n], tree.right[n]] = member ? [no[at]!, yes[at]!] : [yes[at]!, no[at]!];
      if (!member) tree.threshold[n] = thresholds[at]!;
      tree.missingLeft[n] = missing[at] ?? 0;
    }
    if (!countsAddUp(tree)) return undefined;
    const values = new Float64Array(size * outputs);
    answers.set(ids[from]!, outputs > 1 ? values : tree.value);
    trees.push({ tree: { ...tree, ...(sets.size > 0 && { sets }), ...(outputs > 1 && { values }) }, output: 0 });
  }
  const [nodes, targets] = [ints('target_nodeids'), ints('target_ids')];
  const weights = floatsOf(attributes, 'target_weights');
  for (const [i, id] of ints('target_treeids').entries()) {
    const values = answers.get(id);
    if (values === undefined) return undefined;
    values[nodes[i]! * outputs + targets[i]!] = weights[i]!;
  }
  return trees;
}

function emptyTree(size: number): Tree {
  return {
    feature: new Int32Array(size).fill(-1),
    threshold: new Float32Array(size),
    missingLeft: new Uint8Array(size),
    left: new Int32Array(size),
    right: new Int32Array(size),
    value: new Float64Array(size),
    gain: new Float64Array(size),
    count: new Uint32Array(size),
  };
}

/** Whether the rows of every inner node are those of its children, and none is without; counts are kept as float32. */
function countsAddUp({ feature, left, right, count }: Tree): boolean {
  return feature.every((asked, n) => {
    if (asked < 0) return true;
    const [a, b] = [count[left[n]!] ?? 0, count[right[n]!] ?? 0];
    return a > 0 && b > 0 && Math.abs(a + b - count[n]!) <= 1e-6 * count[n]!;
  });
}

/** The columns of membership that stand behind the features, in order; empty where there are none. */
function membersOf(graph: OnnxGraph, ensemble: OnnxNode): Member[] {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constants = new Map(graph.initializers.map(({ name, tensor }) => [name, tensor]));
  const made = (name: string | undefined, opType: string): OnnxNode | undefined => {
    const node = makers.get(name ?? '');
    return node?.opType === opType ? node : undefined;
  };
  const [, ...parts] = made(ensemble.inputs[0], 'Concat')?.inputs ?? [];
  const found: Member[] = [];
  for (const part of parts) {
    const rows = made(part, 'Gather');
    const table = constants.get(rows?.inputs[0] ?? '');
    const code = made(made(made(rows?.inputs[1], 'Reshape')?.inputs[0], 'Cast')?.inputs[0], 'Where');
    const feature = Number(constants.get(made(code?.inputs[1], 'Gather')?.inputs[1] ?? '')?.data[0] ?? NaN);
    const [codes, width = 0] = table?.dims ?? [];
    if (table === undefined || codes !== MISSING_CODE + 1 || !Number.isInteger(feature)) return [];
    for (let s = 0; s < width; s++) {
      const set = new Uint32Array(8);
      for (let c = 0; c <= MISSING_CODE; c++)
        if (Number(table.data[c * width + s]) === 1) set[c >>> 5]! |= 1 << (c & 31);
      found.push({ feature, set });
    }
  }
  return found;
}

function floatsOf(attributes: Attributes, name: string): ArrayLike<number> {
  const attribute = attributes[name];
  if (attribute && 'floats' in attribute) return attribute.floats;
  const one = floatAttribute(attributes, name);
  return one === undefined ? [] : [one];
}

function stringsOf(attributes: Attributes, name: string): readonly string[] {
  const attribute = attributes[name];
  return attribute && 'strings' in attribute ? attribute.strings : [];
}
