import { checkAgainst } from './check';
import { lineAt } from './lines';
import type { Network, Placed } from './network';
import type { Parts } from './parts';
import { type SchemaNode, schemaNode } from './schema';
import { entriesOf, type Entry, entryOf, type MapNode, nodeAt } from './tree';
import type { Overrides, Problem, Range } from './types';
import { guess, oneOf } from './wording';

/** What the checks of a header look at and report to. */
export interface HeaderSurroundings {
  readonly text: string;
  readonly parts: Parts;
  readonly placed: readonly Placed[];
  readonly overrides: Overrides;
  /** Was the pipeline read in one go? */
  readonly whole: boolean;
  /** Was it said already why nothing could be read? */
  readonly said: boolean;
  add(problem: Problem): void;
  checkTarget(name: string, range: Range): void;
}

/** Checks the entries of the header, that there are stages, and the parameters. */
export function checkHeader(header: MapNode, around: HeaderSurroundings): void {
  const { text, said } = around;
  const first = lineAt(text, text.startsWith('\ufeff') ? 1 : 0);
  const owner: Range = { from: first.from, to: first.end };
  const blank = text.trim() === '' || text === '\ufeff';
  if (blank && !said)
    around.add({
      code: 'empty',
      from: 0,
      to: 0,
      message: 'There is no pipeline here yet. Begin with `lifecycle: 1`, `pipeline: NAME` and stages.',
    });
  if (blank || (header.entries.length === 0 && said)) return;
  const withoutStages: MapNode = { ...header, entries: header.entries.filter(({ key }) => key !== 'stages') };
  const findings = checkAgainst(text, withoutStages, headerSchema(), owner, 'A pipeline');
  for (const problem of findings.problems) around.add(problem);
  const stages = entryOf(header, 'stages');
  const there = around.parts.parts.some(({ type }) => type === 'stage' || type === 'stages');
  if (around.placed.length === 0 && !there && !header.entries.some(({ incomplete }) => incomplete))
    noStages(stages, owner, around);
  checkParameters(header, around);
}

function noStages(stages: Entry | undefined, owner: Range, around: HeaderSurroundings): void {
  if (stages && stages.value.type !== 'scalar' && stages.value.type !== 'map') {
    if (stages.value.type === 'list')
      around.add({
        code: 'wrong-type',
        ...stages.keyRange,
        message: '`stages` must be a map from name to stage, not a list: write `NAME:` in place of `- `.',
      });
    return;
  }
  const mark = around.parts.parts.find(
    ({ type, text }) => type === 'mark' && /^(?:stages|"stages"|'stages')/.test(text),
  );
  if (stages?.value.type === 'scalar' && stages.value.value !== null)
    around.add({ code: 'wrong-type', ...stages.keyRange, message: '`stages` must be a map from name to stage.' });
  else if (stages)
    around.add({
      code: 'missing-value',
      ...stages.keyRange,
      message: '`stages` is empty. Add a stage: `NAME:` and below it `kind: data`.',
    });
  else if (mark && !around.whole)
    around.add({
      code: 'missing-value',
      from: mark.from,
      to: mark.from + 6,
      message: '`stages` is empty. Add a stage: `NAME:` and below it `kind: data`.',
    });
  else if (around.parts.spelling === 'document')
    around.add({
      code: 'missing-key',
      ...owner,
      message: 'This document has no stages. Add a fence that begins with ```yaml stage.',
      suggestion: 'stages',
    });
  else
    around.add({
      code: 'missing-key',
      ...owner,
      message: 'A pipeline needs `stages` (the stages by name).',
      suggestion: 'stages',
    });
}

function checkParameters(header: MapNode, around: HeaderSurroundings): void {
  const declared = nodeAt(header, ['parameters']);
  const entries = entriesOf(declared?.node);
  const names = new Set(entries.map(({ key }) => key));
  const unused = new Set(names);
  for (const { unit } of around.placed) {
    if (unused.size === 0) break;
    for (const name of unit.parameters)
      if (names.has(name)) unused.delete(name);
      // A misspelt use is one: it is reported where it stands.
      else unused.delete(guess(name, names).suggestion ?? '');
  }
  for (const { key, keyRange } of entries)
    if (unused.has(key) && around.placed.length > 0)
      around.add({
        code: 'unused-parameter',
        ...keyRange,
        message: `No stage uses the parameter \`${key}\`. Use it as \${${key}}, or remove it.`,
      });
  const unknown = (name: string, range: Range, how: string): void => {
    const { suggestion, offer } = guess(name, names);
    around.add({
      code: 'unknown-parameter',
      ...range,
      message: `There is no parameter \`${name}\`${how}.${offer === '' ? (names.size > 0 ? ` There are ${oneOf([...names])}.` : ' Declare it under `parameters:` in the header.') : offer}`,
      ...(suggestion !== undefined && { suggestion }),
    });
  };
  for (const environment of entriesOf(nodeAt(header, ['environments'])?.node))
    for (const { key, keyRange } of entriesOf(nodeAt(environment.value, ['parameters'])?.node))
      if (!names.has(key)) unknown(key, keyRange, ' to change in this environment');
  const at = declared?.entry?.keyRange ?? { from: 0, to: 0 };
  for (const name of Object.keys(around.overrides.parameters ?? {}))
    if (!names.has(name)) unknown(name, at, ', but a value was given for it');
}

/** Checks what environments say of deploy stages, and that the chosen one exists. */
export function checkEnvironments(header: MapNode, network: Network, around: HeaderSurroundings): void {
  const environments = nodeAt(header, ['environments']);
  for (const { value } of entriesOf(environments?.node))
    for (const { key, keyRange, value: target } of entriesOf(nodeAt(value, ['targets'])?.node)) {
      const stage = network.at(key);
      const deploys = network.stages.filter(({ unit }) => unit.kind === 'deploy').map(({ unit }) => unit.name);
      if (!stage) {
        const { suggestion, offer } = guess(key, deploys);
        around.add({
          code: 'unknown-stage',
          ...keyRange,
          message: `There is no stage \`${key}\`.${offer}`,
          ...(suggestion !== undefined && { suggestion }),
        });
      } else if (stage.unit.kind !== undefined && stage.unit.kind !== 'deploy')
        around.add({
          code: 'wrong-stage-kind',
          ...keyRange,
          message: `\`${key}\` is a ${stage.unit.kind} stage; targets are for deploy stages.`,
        });
      if (target.type === 'scalar' && typeof target.value === 'string') around.checkTarget(target.value, target);
    }
  const chosen = around.overrides.environment;
  if (chosen === undefined || entryOf(environments?.node, chosen)) return;
  const names = entriesOf(environments?.node).map(({ key }) => key);
  const { suggestion, offer } = guess(chosen, names);
  around.add({
    code: 'unknown-environment',
    ...(environments?.entry?.keyRange ?? { from: 0, to: 0 }),
    message: `There is no environment \`${chosen}\`.${offer === '' ? (names.length > 0 ? ` There are ${oneOf(names)}.` : ' The pipeline has none.') : offer}`,
    ...(suggestion !== undefined && { suggestion }),
  });
}

let header: SchemaNode | undefined;
function headerSchema(): SchemaNode {
  if (header) return header;
  const pipeline = schemaNode('pipeline');
  header = { ...pipeline, required: pipeline.required.filter((key) => key !== 'stages') };
  return header;
}
