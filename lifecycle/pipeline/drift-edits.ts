import type { ColumnType, FeatureDrift } from '../../schemas/generated/types';
import { short32 } from '../statistics/short';
import { analyze, placedOf } from './analyze';
import { type Edit, insertItem, insertKey, yamlScalar } from './insertions';
import { schemaAt } from './language';
import { Network, type Placed } from './network';
import { entriesOf, entryOf, type ListNode, type Node, nodeAt, textOf } from './tree';

/** An edit of the pipeline that answers a drifted column. */
export interface DriftEdit {
  readonly title: string;
  /** Stage that it changes. */
  readonly stage: string;
  readonly edits: readonly Edit[];
}

/**
 * What can be written into a pipeline about a column that drifted: its values as slices of the evaluation, a `clip` to the range of the reference where
 * numbers left it, a `fill` where values went missing. Nothing that is there already, and nothing that the column's type has no use for: categories
 * that are new need no step, since `one-hot` and `ordinal` know what to do with them.
 *
 * @param stage the monitor stage that saw it
 */
export function driftEdits(path: string, text: string, stage: string, feature: FeatureDrift): DriftEdit[] {
  const network = new Network(placedOf(analyze(path, text)));
  const monitor = network.at(stage);
  const data = monitor && network.dataOf(monitor.unit);
  if (monitor?.unit.kind !== 'monitor' || !data) return [];
  const column = new Column(feature.column, feature.type);
  if (feature.of !== undefined || feature.type === 'time' || column.isNoFeature(data) || column.isFreeText(data))
    return [];
  const found = [
    sliceOf(text, evaluationOf(network, monitor, data), column),
    clipOf(text, data, column, feature),
    fillOf(text, data, column, feature),
  ].filter((edit) => edit !== undefined);
  if (!text.includes('\r\n')) return found;
  return found.map((each) => ({
    ...each,
    edits: each.edits.map((edit) => ({ ...edit, text: edit.text.replaceAll(/\r?\n/g, '\r\n') })),
  }));
}

/** A column as the steps of a data stage name it. */
class Column {
  constructor(
    readonly name: string,
    readonly type: ColumnType,
  ) {}

  /** Whether a list of columns, one of them, or a group of them holds it. */
  isIn(columns: Node | undefined): boolean {
    if (columns?.type === 'list') return columns.items.some((item) => textOf(item) === this.name);
    const name = textOf(columns);
    return name === this.name || name === 'all' || name === (this.type === 'number' ? 'numeric' : this.type);
  }

  /** Whether it has a role that keeps it from the model. */
  isNoFeature({ unit }: Placed): boolean {
    const roles = entryOf(unit.node, 'columns')?.value;
    const target = entryOf(unit.node, 'target')?.value;
    return (
      textOf(target) === this.name ||
      textOf(entryOf(target, 'column')?.value) === this.name ||
      ['id', 'drop', 'exclude', 'time', 'group'].some((role) => {
        const columns = entryOf(roles, role)?.value;
        return columns?.type === 'list' ? this.isIn(columns) : textOf(columns) === this.name;
      }) ||
      this.lastIn(featuresOf(unit.node), ['drop']) >= 0
    );
  }

  isFreeText({ unit }: Placed): boolean {
    return this.lastIn(featuresOf(unit.node), ['bag-of-words', 'tokenize']) >= 0;
  }

  /** Number of the last step of these kinds that takes the column; −1 when there is none. */
  lastIn(features: ListNode | undefined, kinds: readonly string[]): number {
    return (features?.items ?? []).findLastIndex((item) =>
      entriesOf(item).some(({ key, value }) => kinds.includes(key) && this.isIn(entryOf(value, 'columns')?.value)),
    );
  }
}

function featuresOf(node: Node): ListNode | undefined {
  const features = nodeAt(node, ['features'])?.node;
  return features?.type === 'list' ? features : undefined;
}

/** The evaluation behind what is watched, else the first one of the same data. */
function evaluationOf(network: Network, monitor: Placed, data: Placed): Placed | undefined {
  const queue = [monitor.index];
  const met = new Set(queue);
  const isIt = (at: Placed | undefined): at is Placed =>
    at?.unit.kind === 'evaluate' && network.dataOf(at.unit)?.index === data.index;
  for (let i = 0; i < queue.length; i++) {
    const at = network.stages[queue[i]!];
    if (isIt(at)) return at;
    for (const next of network.edges[queue[i]!] ?? [])
      if (!met.has(next)) {
        met.add(next);
        queue.push(next);
      }
  }
  return network.stages.find(isIt);
}

function sliceOf(text: string, exam: Placed | undefined, { name }: Column): DriftEdit | undefined {
  if (!exam) return undefined;
  const { unit, base } = exam;
  const fairness = entryOf(unit.node, 'fairness');
  const attributes = entryOf(fairness?.value, 'attributes');
  const list = attributes?.value;
  if (list?.type === 'list' && list.items.some((item) => textOf(item) === name)) return undefined;
  const item = yamlScalar(name, true);
  const edit =
    list?.type === 'list' && attributes
      ? insertItem(text, base, attributes, item, list.items.length - 1)
      : fairness || unit.node.type !== 'map'
        ? undefined
        : insertKey(text, base, unit.node, 'fairness', `{attributes: [${item}]}`, keysOf(unit.node));
  return edit && { title: `Add slices of ${name} to the evaluation ${unit.name}`, stage: unit.name, edits: [edit] };
}

function clipOf(text: string, stage: Placed, column: Column, feature: FeatureDrift): DriftEdit | undefined {
  const { range, violations = [] } = feature;
  if (column.type !== 'number' || !range || !violations.some(({ kind }) => kind === 'out-of-range')) return undefined;
  const features = featuresOf(stage.unit.node);
  if (column.lastIn(features, ['clip']) >= 0) return undefined;
  const [low, high] = range.map((value) => String(short32(value)));
  const edits = step(
    text,
    stage,
    `clip: {columns: [${yamlScalar(column.name, true)}], range: [${low}, ${high}]}`,
    column.lastIn(features, ['fill', 'missing-indicator']),
  );
  return edits && { title: `Clip ${column.name} to the range of the reference, ${low} … ${high}`, ...edits };
}

function fillOf(text: string, stage: Placed, column: Column, feature: FeatureDrift): DriftEdit | undefined {
  const { statistics, violations = [] } = feature;
  const more = (statistics['missing-current'] ?? 0) > (statistics['missing-reference'] ?? 0);
  if (
    !violations.some(({ kind }) => kind === 'missing' || kind === 'wrong-type') &&
    !(feature.method === 'missing' && more)
  )
    return undefined;
  const features = featuresOf(stage.unit.node);
  if (column.lastIn(features, ['fill']) >= 0) return undefined;
  const how = column.type === 'number' ? 'median' : 'mode';
  const edits = step(
    text,
    stage,
    `fill: {columns: [${yamlScalar(column.name, true)}], with: ${how}}`,
    column.lastIn(features, ['missing-indicator']),
  );
  const words = how === 'median' ? 'its median' : 'its most frequent value';
  return edits && { title: `Fill missing ${column.name} with ${words}`, ...edits };
}

/** Puts a step among those of a data stage. */
function step(text: string, { unit, base }: Placed, item: string, after: number): Omit<DriftEdit, 'title'> | undefined {
  if (unit.node.type !== 'map') return undefined;
  const features = entryOf(unit.node, 'features');
  const edit = features
    ? insertItem(
        text,
        base,
        features,
        features.value.type === 'list' && features.value.flow ? `{${item}}` : item,
        after,
      )
    : insertKey(text, base, unit.node, 'features', unit.node.flow ? `[{${item}}]` : `\n  - ${item}`, keysOf(unit.node));
  return edit && { stage: unit.name, edits: [edit] };
}

function keysOf(node: Node): string[] {
  return schemaAt('stage', node, [])?.keys.map(({ key }) => key) ?? [];
}
