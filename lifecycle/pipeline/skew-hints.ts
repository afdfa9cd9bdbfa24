/** Regressions whose target a logarithm would suit better. */
import { logarithmHelps } from '../statistics/skew';
import { tasksOf } from './data-checks';
import type { Columns, Network, Placed, Report } from './network';
import type { Unit } from './stage';
import { entriesOf, entryOf, nodeAt, textOf } from './tree';

/** Up to this many whole numbers are taken for classes. */
const CLASSES = 20;
/** Losses that a few large values do not rule, or that have a logarithm of their own. */
const UNMOVED: ReadonlySet<string> = new Set(['poisson', 'absolute', 'quantile', 'mae', 'huber']);

/**
 * Says once for each data stage whose target is skewed, at the first stage that learns it as it is, what to add. Nothing where a stage on the same data names
 * `target-transform`, be it `none`: then it has been thought of.
 *
 * @param columnsOf the columns of a data stage by its number, where they are known
 */
export function reportSkew(
  network: Network,
  columnsOf: (index: number) => readonly Columns[] | undefined,
  report: Report,
): void {
  for (const index of network.ofKinds(['data'])) {
    const data = network.stages[index];
    const column = data && skewedTarget(data.unit, columnsOf(index));
    if (!data || !column) continue;
    const learners = learnersOf(network, index);
    const [first] = learners;
    if (!first || learners.some(({ unit }) => decided(unit))) continue;
    const entry = entryOf(first.unit.node, 'model');
    const round = (value = 0) => String(Number(value.toFixed(1)));
    report(first, {
      code: 'target-skewed',
      ...(entry?.keyRange ?? first.unit.nameRange),
      message: `\`${column.name}\` is strongly skewed: most of its values are small, a few very large (skewness ${round(column.skew)}, of its logarithm ${round(column.logSkew)}). To keep the few from ruling the model, add \`target-transform: log\`; or, if it is meant so, \`target-transform: none\`.`,
    });
  }
}

/** The train stages of ours that learn from a data stage, in order. */
export function learnersOf(network: Network, data: number): Placed[] {
  return (network.users[data] ?? []).flatMap((i) => {
    const stage = network.stages[i];
    return stage?.unit.kind === 'train' && entryOf(stage.unit.node, 'model') && !entryOf(stage.unit.node, 'command')
      ? [stage]
      : [];
  });
}

function decided({ node }: Unit): boolean {
  const losses = [nodeAt(node, ['model', 'loss'])?.node, nodeAt(node, ['training', 'loss'])?.node];
  return (
    entryOf(node, 'target-transform') !== undefined ||
    entriesOf(nodeAt(node, ['tune', 'space'])?.node).some(({ key }) => key === 'target-transform') ||
    losses.some((loss) => UNMOVED.has(textOf(loss) ?? textOf(nodeAt(loss, ['kind'])?.node) ?? ''))
  );
}

const kept = new WeakMap<Unit, { readonly columns: readonly Columns[]; readonly found: Columns | undefined }>();

function skewedTarget(unit: Unit, columns: readonly Columns[] | undefined): Columns | undefined {
  if (!columns) return undefined;
  const before = kept.get(unit);
  if (before?.columns === columns) return before.found;
  const target = textOf(nodeAt(unit.node, ['target', 'column'])?.node ?? nodeAt(unit.node, ['target'])?.node);
  const column = columns.find(({ name }) => name === target);
  const tasks = tasksOf(unit, columns);
  const number = tasks.includes('regression') && (tasks.length === 1 || (column?.distinct ?? 0) > CLASSES);
  const found = column && number && logarithmHelps(column) ? column : undefined;
  kept.set(unit, { columns, found });
  return found;
}
