import type { Task } from '../../schemas/generated/types';
import { findMetric } from '../statistics/metrics';
import { circles } from './graph';
import { outputsOf } from './schema';
import type { RawReference, Unit } from './stage';
import { entryOf, nodeAt, numberOf, textOf } from './tree';
import type { Problem, Range, Related } from './types';
import { guess, oneOf } from './wording';

/** A stage in its file: the unit and the offset at which its text begins. */
export interface Placed {
  readonly unit: Unit;
  readonly base: number;
}

export interface Columns {
  readonly name: string;
  readonly type: 'number' | 'text' | 'boolean' | 'time';
}

/** The stages of one file and what their references mean. */
export class Network {
  /** First stage of each name. */
  readonly byName = new Map<string, number>();
  readonly edges: number[][];

  constructor(readonly stages: readonly Placed[]) {
    stages.forEach(({ unit }, i) => {
      if (!this.byName.has(unit.name)) this.byName.set(unit.name, i);
    });
    this.edges = stages.map(({ unit }) => [
      ...new Set(unit.references.flatMap(({ stage }) => this.byName.get(stage) ?? [])),
    ]);
  }

  at(name: string): Placed | undefined {
    const index = this.byName.get(name);
    return index === undefined ? undefined : this.stages[index];
  }

  private readonly origins = new Map<Unit, Placed | undefined>();

  /** The data stage that a stage's data comes from in the end. */
  dataOf(unit: Unit): Placed | undefined {
    const trail: Unit[] = [];
    let found: Placed | undefined;
    for (let here: Unit | undefined = unit; here;) {
      if (this.origins.has(here)) {
        found = this.origins.get(here);
        break;
      }
      // Until it is known better; so a circle ends here.
      this.origins.set(here, undefined);
      trail.push(here);
      if (here.kind === 'data') {
        found = this.at(here.name);
        break;
      }
      const role: string = roles[here.kind ?? ''] ?? 'model';
      const reference: RawReference | undefined = here.references.find(({ path }) => path[0] === role);
      here = reference && this.at(reference.stage)?.unit;
    }
    for (const each of trail) this.origins.set(each, found);
    return found;
  }
}

/** Where each kind says what it works on, when that is not `model`. */
const roles: Readonly<Record<string, string>> = {
  monitor: 'reference',
  train: 'data',
  evaluate: 'candidates',
  deploy: 'package',
};

/** A problem of one stage; ranges count in the unit's text, those of `related` from the beginning of the file. */
export type Report = (stage: Placed, problem: Omit<Problem, 'related'>, related?: readonly Related[]) => void;

const absolute = ({ base }: Placed, { from, to }: Range): Range => ({ from: from + base, to: to + base });

/** What the references between stages get wrong. */
export function checkReferences(network: Network, report: Report): void {
  const { stages } = network;
  const used = new Set<number>();
  stages.forEach((stage, i) => {
    const { unit } = stage;
    const first = network.byName.get(unit.name) ?? i;
    if (first !== i) {
      const other = stages[first];
      report(
        stage,
        {
          code: 'duplicate-stage',
          ...unit.nameRange,
          message: `There is a stage \`${unit.name}\` already. Rename one of the two.`,
        },
        other && [{ range: absolute(other, other.unit.nameRange), message: `\`${unit.name}\` is first defined here.` }],
      );
    }
    for (const reference of unit.references) {
      const target = network.byName.get(reference.stage);
      if (target !== undefined && target !== first) used.add(target);
      checkReference(network, stage, reference, report);
    }
  });
  const certain = stages.every(
    ({ unit }) => unit.value !== undefined && unit.references.every(({ stage }) => network.byName.has(stage)),
  );
  for (const circle of circles(network.edges)) reportCircle(network, circle, report);
  // While a stage can't be read, or a name is misspelt, nobody knows what is used.
  if (!certain) return;
  stages.forEach((stage, i) => {
    const { kind, name, nameRange } = stage.unit;
    if (
      used.has(i) ||
      network.byName.get(name) !== i ||
      kind === undefined ||
      !['data', 'train', 'optimize'].includes(kind)
    )
      return;
    const words =
      kind === 'data' ? 'train on it' : kind === 'train' ? 'make it a candidate of an evaluate stage' : 'package it';
    report(stage, {
      code: 'unused-stage',
      ...nameRange,
      message: `No stage uses \`${name}\`. You may want to ${words}.`,
    });
  });
}

function checkReference(network: Network, stage: Placed, reference: RawReference, report: Report): void {
  const { unit } = stage;
  const { kinds, stageRange } = reference;
  const target = network.at(reference.stage);
  const plain = target?.unit.kind;
  if (
    plain !== undefined &&
    plain !== 'evaluate' &&
    reference.output === undefined &&
    target?.unit.name !== unit.name &&
    kinds.includes(plain)
  )
    return;
  const fitting = (): string[] =>
    network.stages.flatMap((other) =>
      other.unit.kind !== undefined && kinds.includes(other.unit.kind) && other.unit.name !== unit.name
        ? [other.unit.name]
        : [],
    );
  if (!target) {
    const names = fitting();
    const near = guess(reference.stage, names);
    const { suggestion, offer } = near.suggestion === undefined ? guess(reference.stage, network.byName.keys()) : near;
    const list =
      suggestion !== undefined
        ? offer
        : names.length > 0
          ? ` There are ${oneOf(names)}.`
          : ` It must be a ${oneOf(kinds)} stage; there is none yet.`;
    report(stage, {
      code: 'unknown-stage',
      ...stageRange,
      message: `There is no stage \`${reference.stage.slice(0, 60)}\`.${list}`,
      ...(suggestion !== undefined && { suggestion }),
    });
    return;
  }
  if (target.unit.name === unit.name) {
    report(stage, {
      code: 'self-reference',
      ...stageRange,
      message: `The stage \`${unit.name}\` refers to itself. Name another stage here.`,
    });
    return;
  }
  const { kind } = target.unit;
  const here = [{ range: absolute(target, target.unit.nameRange), message: `\`${reference.stage}\` is defined here.` }];
  if (kind === undefined) return;
  if (!kinds.includes(kind)) {
    const names = fitting();
    const list = names.length > 0 ? ` For example ${oneOf(names.slice(0, 4))}.` : '';
    report(
      stage,
      {
        code: 'wrong-stage-kind',
        ...stageRange,
        message: `\`${reference.stage}\` is ${article(kind)} stage; ${oneOf(kinds)} is needed here.${list}`,
      },
      here,
    );
    return;
  }
  checkOutput(stage, reference, kind, report, here);
}

function checkOutput(
  stage: Placed,
  reference: RawReference,
  kind: string,
  report: Report,
  here: readonly Related[],
): void {
  const outputs = Object.keys(outputsOf(kind));
  const { output, outputRange, stage: name, path } = reference;
  if (output === undefined) {
    const [only] = outputs;
    if (kind === 'evaluate' && only !== undefined)
      report(
        stage,
        {
          code: 'missing-output',
          from: reference.from,
          to: reference.to,
          message: `\`${name}\` is an evaluate stage; the model that it chose is \`${name}.${only}\`.`,
          suggestion: `${name}.${only}`,
        },
        here,
      );
    return;
  }
  const range = outputRange ?? reference;
  if (outputs.length === 0) {
    report(
      stage,
      {
        code: 'unknown-output',
        from: reference.from,
        to: reference.to,
        message: `${capital(article(kind))} stage has one result without parts. Write \`${name}\`.`,
        suggestion: name,
      },
      here,
    );
    return;
  }
  if (path[0] === 'data') {
    report(
      stage,
      {
        code: 'unknown-output',
        from: reference.from,
        to: reference.to,
        message: `Training takes the whole data stage and learns from its training split. Write \`${name}\`.`,
        suggestion: name,
      },
      here,
    );
    return;
  }
  if (outputs.includes(output)) return;
  const { suggestion, offer } = guess(output, outputs);
  const message =
    output === ''
      ? `The name of an output is missing after \`${name}.\`: ${oneOf(outputs)}.`
      : `\`${name}\` has no output \`${output.slice(0, 60)}\`.${offer === '' ? ` It has ${oneOf(outputs)}.` : offer}`;
  const place = range.to > range.from ? { from: range.from, to: range.to } : { from: reference.from, to: reference.to };
  report(stage, { code: 'unknown-output', ...place, message, ...(suggestion !== undefined && { suggestion }) }, here);
}

function reportCircle(network: Network, circle: readonly number[], report: Report): void {
  const steps = circle.map((from, i) => {
    const stage = network.stages[from];
    const to = circle[(i + 1) % circle.length];
    const reference = stage?.unit.references.find((candidate) => network.byName.get(candidate.stage) === to);
    return { stage, reference, name: stage?.unit.name ?? '' };
  });
  const [first] = steps;
  if (!first?.stage || !first.reference) return;
  const names = [...steps.map(({ name }) => name), first.name];
  const trail = names.length > 8 ? [...names.slice(0, 4), '…', ...names.slice(-3)] : names;
  report(
    first.stage,
    {
      code: 'cycle',
      ...first.reference.stageRange,
      message: `These stages wait for each other: ${trail.join(' → ')}. Remove one of the references.`,
    },
    steps.slice(1, 50).flatMap(({ stage, reference, name }) =>
      stage && reference
        ? [
            {
              range: absolute(stage, reference.stageRange),
              message: `\`${name}\` refers to \`${reference.stage}\` here.`,
            },
          ]
        : [],
    ),
  );
}

/** What only shows when the data stage behind a stage is known: targets, tasks, splits. */
export function checkAgainstData(
  network: Network,
  columnsOf: (data: Placed) => readonly Columns[] | undefined,
  report: Report,
): void {
  for (const stage of network.stages) {
    const { unit } = stage;
    if (unit.kind === 'train') checkTrainData(network, stage, columnsOf, report);
    if (unit.kind !== 'evaluate' && unit.kind !== 'optimize') continue;
    const data = network.dataOf(unit);
    if (unit.kind === 'evaluate') checkCandidates(network, stage, data, report);
    if (data) checkTask(stage, tasksOf(data.unit, columnsOf(data)), data, report);
  }
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
      [{ range: absolute(data, data.unit.nameRange), message: `The stage \`${reference.stage}\` needs \`target\`.` }],
    );
  const tasks = tasksOf(data.unit, columnsOf(data));
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

function checkCandidates(network: Network, stage: Placed, data: Placed | undefined, report: Report): void {
  const { unit } = stage;
  if (!data) return;
  const candidates = unit.references.filter(({ path }) => path[0] === 'candidates');
  for (const reference of candidates) {
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
        { range: absolute(other, other.unit.nameRange), message: `\`${other.unit.name}\` is defined here.` },
        { range: absolute(data, data.unit.nameRange), message: `\`${data.unit.name}\` is defined here.` },
      ],
    );
  }
  const { validation, test } = factsOf(data.unit);
  if (validation !== 0 && test !== 0) return;
  const splitRange = nodeAt(data.unit.node, ['split'])?.entry?.keyRange ?? data.unit.nameRange;
  const there = [{ range: absolute(data, splitRange), message: `\`${data.unit.name}\` is split here.` }];
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
  if (list && candidates.length > 1 && validation === 0)
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
          range: absolute(data, data.unit.nameRange),
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

const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
