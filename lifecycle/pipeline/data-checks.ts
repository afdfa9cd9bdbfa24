import type { Task } from '../../schemas/generated/types';
import { findMetric } from '../statistics/metrics';
import { type Columns, type Network, type Placed, type Report, treesOf, worksOn } from './network';
import type { Unit } from './stage';
import { entryOf, nodeAt, numberOf, textOf } from './tree';
import { guess } from './wording';

/** What only shows when the data stage behind a stage is known: targets, tasks, splits. */
export function checkAgainstData(
  network: Network,
  stage: Placed,
  columnsOf: (data: Placed) => readonly Columns[] | undefined,
  report: Report,
): void {
  const { unit } = stage;
  if (unit.kind === 'train') checkTrainData(network, stage, columnsOf, report);
  if (unit.kind !== 'evaluate' && unit.kind !== 'optimize') return;
  const data = network.dataOf(unit);
  if (unit.kind === 'evaluate') {
    if (data) checkSameData(network, stage, data, report);
    checkSplits(stage, data ?? meantData(network, unit), report);
  } else checkOptimised(network, stage, report);
  if (data) checkTask(stage, tasksOf(data.unit, columnsOf(data)), data, report);
}

function checkTrainData(
  network: Network,
  stage: Placed,
  columnsOf: (data: Placed) => readonly Columns[] | undefined,
  report: Report,
): void {
  const reference = stage.unit.references.find(({ path }) => path[0] === 'data');
  const data = reference && network.at(reference.stage);
  if (!data || data.unit.kind !== 'data' || data.unit.node.type !== 'map') return;
  if (!data.unit.node.entries.some(({ key }) => key === 'target'))
    report(
      stage,
      {
        code: 'missing-target',
        ...reference.stageRange,
        message: `\`${reference.stage}\` says no column to predict. Add \`target: COLUMN\` there.`,
      },
      [{ stage: data, range: data.unit.nameRange, message: `The stage \`${reference.stage}\` needs \`target\`.` }],
    );
  const columns = columnsOf(data);
  const tasks = tasksOf(data.unit, columns);
  checkTransform(stage, data, tasks, columns, report);
  if (tasks.length > 1 || tasks[0] !== 'regression') return;
  const training = nodeAt(stage.unit.node, ['training'])?.node;
  if (training?.type !== 'map') return;
  for (const key of ['class-weights', 'label-smoothing']) {
    const entry = entryOf(training, key);
    if (entry)
      report(stage, {
        code: 'no-effect',
        ...entry.keyRange,
        message: `\`${key}\` has no effect in a regression, whose target has no classes. Remove it.`,
      });
  }
}

/** A transform is for a number, and `log` for one that is not negative. */
function checkTransform(
  stage: Placed,
  data: Placed,
  tasks: readonly Task[],
  columns: readonly Columns[] | undefined,
  report: Report,
): void {
  const entry = entryOf(stage.unit.node, 'target-transform');
  const asked = textOf(entry?.value);
  if (!entry || asked === undefined || asked === 'none' || entryOf(stage.unit.node, 'command')) return;
  const there = [{ stage: data, range: data.unit.nameRange, message: `The target is that of \`${data.unit.name}\`.` }];
  if (!tasks.includes('regression')) {
    const message = `\`target-transform\` is for a number to predict; the target of \`${data.unit.name}\` has classes. Remove it, or state \`task: regression\` there.`;
    report(stage, { code: 'target-transform', ...entry.keyRange, message }, there);
    return;
  }
  const { target } = factsOf(data.unit);
  const least = columns?.find(({ name }) => name === target)?.min;
  // Steps over rows may take the rest away.
  if (typeof least !== 'number' || nodeAt(data.unit.node, ['rows'])) return;
  const fits = asked === 'yeo-johnson' || (asked === 'box-cox' ? least > 0 : least >= 0);
  if (fits || target === undefined) return;
  const needs = asked === 'box-cox' ? 'above 0' : 'never negative';
  report(
    stage,
    {
      code: 'target-out-of-range',
      from: entry.value.from,
      to: entry.value.to,
      message: `\`${asked}\` needs a target that is ${needs}; \`${target}\` is ${least} in some row. Use \`yeo-johnson\`, which takes any number, or filter such rows in \`${data.unit.name}\`.`,
      suggestion: 'yeo-johnson',
    },
    there,
  );
}

/** The data stage behind a stage if every name on the way that is misspelt meant the stage that is offered for it. */
function meantData(network: Network, unit: Unit): Placed | undefined {
  const seen = new Set<Unit>();
  for (let here: Placed | undefined = network.at(unit.name); here && !seen.has(here.unit);) {
    if (here.unit.kind === 'data') return here;
    seen.add(here.unit);
    const reference = worksOn(here.unit);
    if (!reference) return undefined;
    const names = network.ofKinds(reference.kinds).map((i) => network.stages[i]?.unit.name ?? '');
    here = network.at(reference.stage) ?? network.at(guess(reference.stage, names).suggestion ?? '');
  }
  return undefined;
}

const candidatesOf = ({ references }: Unit) => references.filter(({ path }) => path[0] === 'candidates');

function checkSameData(network: Network, stage: Placed, data: Placed, report: Report): void {
  const { unit } = stage;
  for (const reference of candidatesOf(unit)) {
    const candidate = network.at(reference.stage);
    const other = candidate && network.dataOf(candidate.unit);
    if (!other || other === data) continue;
    report(
      stage,
      {
        code: 'different-data',
        ...reference.stageRange,
        message: `\`${reference.stage}\` was trained on \`${other.unit.name}\`, the first candidate on \`${data.unit.name}\`. Candidates must share one data stage to be compared.`,
      },
      [
        { stage: other, range: other.unit.nameRange, message: `\`${other.unit.name}\` is defined here.` },
        { stage: data, range: data.unit.nameRange, message: `\`${data.unit.name}\` is defined here.` },
      ],
    );
  }
}

/** The splits that a choice and a gate need. Told also while a name on the way to the data is misspelt, so that both are mended at once. */
function checkSplits(stage: Placed, data: Placed | undefined, report: Report): void {
  if (!data) return;
  const { unit } = stage;
  const { validation, test } = factsOf(data.unit);
  if (validation !== 0 && test !== 0) return;
  const splitRange = nodeAt(data.unit.node, ['split'])?.entry?.keyRange ?? data.unit.nameRange;
  const there = [{ stage: data, range: splitRange, message: `\`${data.unit.name}\` is split here.` }];
  const gate = entryOf(unit.node, 'require');
  if (gate && test === 0)
    report(
      stage,
      {
        code: 'missing-split',
        ...gate.keyRange,
        message: `The gate is held on the test split, which \`${data.unit.name}\` leaves empty. Give \`split.test\` a share.`,
      },
      there,
    );
  const list = entryOf(unit.node, 'candidates');
  if (list && candidatesOf(unit).length > 1 && validation === 0)
    report(
      stage,
      {
        code: 'missing-split',
        ...list.keyRange,
        message: `The choice is made on the validation split, which \`${data.unit.name}\` leaves empty. Give \`split.validation\` a share.`,
      },
      there,
    );
}

/** Trees have no matrices: what is for networks only does not wait for their training to say so. */
function checkOptimised(network: Network, stage: Placed, report: Report): void {
  const { unit } = stage;
  const reference = unit.references.find(({ path }) => path[0] === 'model');
  const model = reference && network.at(reference.stage);
  const trees = model && treesOf(model.unit);
  if (!model || trees === undefined || entryOf(unit.node, 'distil')) return;
  const there = [
    { stage: model, range: model.unit.nameRange, message: `\`${model.unit.name}\` grows its trees here.` },
  ];
  const prune = entryOf(unit.node, 'prune');
  if (prune)
    report(
      stage,
      {
        code: 'model-not-prunable',
        ...prune.keyRange,
        message: `\`${model.unit.name}\` is \`${trees}\`, which has no matrices to prune. For fewer trees use \`distil: {into: {kind: boosted-trees, trees: 50}}\`.`,
      },
      there,
    );
  for (const way of ['quantize', 'tensorrt']) {
    const entry = entryOf(unit.node, way);
    if (entry)
      report(
        stage,
        {
          code: 'no-effect',
          ...entry.keyRange,
          message: `\`${way}\` has no effect on \`${model.unit.name}\`: \`${trees}\` has no matrices. Remove it.`,
        },
        there,
      );
  }
}

/** What a data stage's text says of its task and splits; found once per unit. */
interface DataFacts {
  readonly stated?: Task;
  readonly positive: boolean;
  readonly target?: string;
  /** Type that the stage states for its target. */
  readonly type?: string;
  readonly validation?: number;
  readonly test?: number;
}

const facts = new WeakMap<Unit, DataFacts>();

function factsOf(unit: Unit): DataFacts {
  const known = facts.get(unit);
  if (known) return known;
  const at = (...path: readonly string[]) => nodeAt(unit.node, path)?.node;
  const stated = textOf(at('target', 'task'));
  const target = textOf(at('target', 'column') ?? at('target'));
  const type = target === undefined ? undefined : textOf(at('columns', 'types', target));
  const [validation, test] = [numberOf(at('split', 'validation')), numberOf(at('split', 'test'))];
  const found: DataFacts = {
    ...((stated === 'binary' || stated === 'multiclass' || stated === 'regression') && { stated }),
    positive: at('target', 'positive') !== undefined,
    ...(target !== undefined && { target }),
    ...(type !== undefined && { type }),
    ...(validation !== undefined && { validation }),
    ...(test !== undefined && { test }),
  };
  facts.set(unit, found);
  return found;
}

/** The tasks that a data stage may have, as far as text and columns tell. */
export function tasksOf(unit: Unit, columns: readonly Columns[] | undefined): readonly Task[] {
  const { stated, positive, target, type } = factsOf(unit);
  if (stated) return [stated];
  const found = type ?? columns?.find(({ name }) => name === target)?.type;
  if (positive || found === 'boolean') return ['binary'];
  if (found === 'text') return ['binary', 'multiclass'];
  return ['binary', 'multiclass', 'regression'];
}

function checkTask(stage: Placed, tasks: readonly Task[], data: Placed, report: Report): void {
  if (tasks.length === 3) return;
  const { unit } = stage;
  for (const { type, text, from, to } of unit.mentions) {
    const metric = type === 'metric' || type === 'metric-key' ? findMetric(text) : undefined;
    if (!metric || metric.task.some((task) => tasks.includes(task))) continue;
    const what = tasks.length === 1 ? `a ${tasks[0] ?? ''} task` : 'a classification';
    const suits =
      metric.task.length > 1
        ? 'classifications'
        : metric.task[0] === 'regression'
          ? 'regressions'
          : `${metric.task[0] ?? ''} tasks`;
    report(
      stage,
      { code: 'metric-task', from, to, message: `\`${text}\` is for ${suits}; \`${data.unit.name}\` is ${what}.` },
      [
        {
          stage: data,
          range: data.unit.nameRange,
          message: `The task follows from the target of \`${data.unit.name}\`.`,
        },
      ],
    );
  }
  if (unit.kind !== 'evaluate') return;
  const gap = tasks.includes('binary') ? undefined : nodeAt(unit.node, ['fairness', 'require'])?.entry;
  if (gap)
    report(stage, {
      code: 'metric-task',
      ...gap.keyRange,
      message: `Gaps between groups are defined for two classes; \`${data.unit.name}\` is a ${tasks[0] ?? ''} task. Remove \`require\`; the groups are compared all the same.`,
    });
  const threshold = tasks.includes('binary') ? undefined : entryOf(unit.node, 'threshold');
  if (threshold)
    report(stage, {
      code: 'no-effect',
      ...threshold.keyRange,
      message: `\`threshold\` is for tasks with two classes; it has no effect in a ${tasks[0] ?? ''} task. Remove it.`,
    });
}
