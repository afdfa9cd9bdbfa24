import type { Elsewhere, Network, Placed, Report } from './network';
import { outputsOf } from './schema';
import type { RawReference } from './stage';
import { guess, oneOf } from './wording';

export { checkAgainstData, tasksOf } from './data-checks';
export { type Columns, Network, type Placed, type Report } from './network';

/** Is it open what a stage refers to, because it can't be read or a name in it is misspelt? */
export function isUncertain({ unit }: Placed, { byName }: Network): boolean {
  return !unit.sound || !unit.references.every(({ stage }) => byName.has(stage));
}

/** Is a stage one that no other refers to though it is made for that? */
export function isUnused({ stages, byName, users }: Network, index: number): boolean {
  const unit = stages[index]?.unit;
  if (unit === undefined || (unit.kind !== 'data' && unit.kind !== 'train' && unit.kind !== 'optimize')) return false;
  if (byName.get(unit.name) !== index) return false;
  return !users[index]?.some((user) => byName.get(stages[user]?.unit.name ?? '') !== index);
}

export function reportUnused(stage: Placed, report: Report): void {
  const { kind, name, nameRange } = stage.unit;
  const words =
    kind === 'data' ? 'train on it' : kind === 'train' ? 'make it a candidate of an evaluate stage' : 'package it';
  report(stage, {
    code: 'unused-stage',
    ...nameRange,
    message: `No stage uses \`${name}\`. You may want to ${words}.`,
  });
}

/** What a stage's name and its references to other stages get wrong. */
export function checkReferences(network: Network, stage: Placed, report: Report): void {
  const { unit, index } = stage;
  const first = network.byName.get(unit.name) ?? index;
  if (first !== index) {
    const other = network.stages[first];
    report(
      stage,
      {
        code: 'duplicate-stage',
        ...unit.nameRange,
        message: `There is a stage \`${unit.name}\` already. Rename one of the two.`,
      },
      other && [{ stage: other, range: other.unit.nameRange, message: `\`${unit.name}\` is first defined here.` }],
    );
  }
  for (const reference of unit.references) checkReference(network, stage, reference, report);
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
    network.ofKinds(kinds).flatMap((i) => {
      const name = network.stages[i]?.unit.name;
      return name === undefined || name === unit.name ? [] : [name];
    });
  /** The stage that is meant, when only one is of a fitting kind. */
  const suggested = (): { suggestion?: string } => {
    const [name, ...others] = reference.output === undefined ? fitting() : [];
    if (name === undefined || others.length > 0) return {};
    return { suggestion: network.at(name)?.unit.kind === 'evaluate' ? `${name}.best` : name };
  };
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
      ...suggested(),
    });
    return;
  }
  const { kind } = target.unit;
  const here = [{ stage: target, range: target.unit.nameRange, message: `\`${reference.stage}\` is defined here.` }];
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
        ...suggested(),
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
  here: readonly Elsewhere[],
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

/** Says of a circle of stages where it is closed. */
export function reportCircle(network: Network, circle: readonly number[], report: Report): void {
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
              stage,
              range: reference.stageRange,
              message: `\`${name}\` refers to \`${reference.stage}\` here.`,
            },
          ]
        : [],
    ),
  );
}

const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
