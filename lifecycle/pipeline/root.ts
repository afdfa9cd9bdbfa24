import type { Scalar } from '../../schemas/generated/types';
import { append } from './append';
import { lineAt } from './lines';
import type { Parameters } from './parameters';
import type { Part } from './parts';
import { readForgiving, shiftEntry, shiftProblem } from './recover';
import { type Unit, unitsOf } from './stage';
import { type Entry, type MapNode, nodeAt, toValue } from './tree';
import type { Overrides, Problem, Range, Related } from './types';

/** Where it goes what is wrong. */
export interface Telling {
  add(problem: Problem, stage?: string, related?: readonly Related[]): void;
  unknownAlias(name: string, range: Range): void;
}

export const emptyMap: MapNode = { type: 'map', entries: [], flow: false, from: 0, to: 0 };

/** Reads the parts of a header as one map. */
export function readHeader(parts: readonly Part[], telling: Telling): MapNode {
  const entries: Entry[] = [];
  const seen = new Map<string, Entry>();
  let range: Range | undefined;
  for (const part of parts) {
    if (part.type !== 'header') continue;
    const { root, problems, unresolved } = readForgiving(part.text);
    for (const problem of problems) telling.add(shiftProblem(problem, part.from));
    for (const { name, from, to } of unresolved)
      telling.unknownAlias(name, { from: from + part.from, to: to + part.from });
    if (root?.type === 'scalar' && typeof root.value === 'string' && problems.length === 0) {
      const keyRange = { from: root.from + part.from, to: root.to + part.from };
      entries.push({
        key: root.value.split('\n')[0] ?? '',
        keyRange,
        value: { type: 'broken', ...keyRange },
        incomplete: true,
      });
    } else if (root && root.type !== 'map' && root.type !== 'broken') {
      telling.add({
        code: 'wrong-type',
        from: root.from + part.from,
        to: lineAt(part.text, root.from).end + part.from,
        message: 'The header of a pipeline is a map: `lifecycle: 1`, `pipeline: NAME`.',
      });
    }
    for (const found of root?.type === 'map' ? root.entries : []) {
      const entry = shiftEntry(found, part.from);
      const before = seen.get(entry.key);
      if (before && !entry.duplicate) {
        telling.add(
          {
            code: 'duplicate-key',
            ...entry.keyRange,
            message: `\`${entry.key}\` is set already. Remove one of the two.`,
          },
          undefined,
          [{ range: before.keyRange, message: `\`${entry.key}\` is first set here.` }],
        );
        entries.push({ ...entry, duplicate: true });
      } else {
        if (!before) seen.set(entry.key, entry);
        entries.push(entry);
      }
    }
    range = { from: range?.from ?? part.from, to: part.to };
  }
  return { type: 'map', flow: false, entries, from: range?.from ?? 0, to: range?.to ?? 0 };
}

/** Reads a pipeline whose lines don't tell its stages apart: one YAML text. Ranges of its stages count in that. */
export function readWhole(
  text: string,
  overrides: Overrides,
  telling: Telling,
): { header: MapNode; units: readonly Unit[] } {
  const { root, problems, unresolved } = readForgiving(text);
  const first = lineAt(text, text.startsWith('\ufeff') ? 1 : 0);
  if (!root) {
    for (const problem of problems) telling.add(problem);
    if (problems.length === 0)
      telling.add({
        code: 'empty',
        from: 0,
        to: 0,
        message: 'There is no pipeline here yet. Begin with `lifecycle: 1`, `pipeline: NAME` and `stages:`.',
      });
    return { header: emptyMap, units: [] };
  }
  if (root.type !== 'map') {
    for (const problem of problems) telling.add(problem);
    for (const { name, from, to } of unresolved) telling.unknownAlias(name, { from, to });
    if (
      root.type === 'scalar' &&
      typeof root.value === 'string' &&
      !root.value.includes('\n') &&
      problems.length === 0
    ) {
      const keyRange = { from: root.from, to: root.to };
      const entry: Entry = { key: root.value, keyRange, value: { type: 'broken', ...keyRange }, incomplete: true };
      return { header: { ...emptyMap, entries: [entry] }, units: [] };
    }
    if (root.type !== 'broken')
      telling.add({
        code: 'wrong-type',
        from: root.from,
        to: Math.max(lineAt(text, root.from).end, root.from),
        message: 'A pipeline is a map: `lifecycle: 1`, `pipeline: NAME`, `stages:`.',
      });
    else if (problems.length === 0)
      telling.add({ code: 'yaml-syntax', from: first.from, to: first.end, message: 'This is not valid YAML.' });
    return { header: emptyMap, units: [] };
  }
  const parameters = parametersOf(root, overrides);
  const outside: Problem[] = [];
  const units: Unit[] = [];
  const stagesEntries = root.entries.filter(({ key, incomplete }) => key === 'stages' && !incomplete);
  const inside = (problem: Problem): boolean =>
    stagesEntries.some(
      ({ keyRange, value }) => problem.from > keyRange.to && problem.to <= Math.max(value.to, keyRange.to),
    );
  for (const problem of problems) if (!inside(problem)) telling.add(problem);
  for (const { name, from, to } of unresolved) telling.unknownAlias(name, { from, to });
  for (const { value, keyRange } of stagesEntries) {
    const mine = problems.filter(
      (problem) => inside(problem) && problem.from > keyRange.to && problem.from <= value.to,
    );
    if (value.type === 'map') append(units, unitsOf(text, value.entries, mine, parameters, outside));
    else append(outside, mine);
  }
  for (const problem of outside) telling.add(problem);
  return { header: root, units };
}

/** The parameters of a header: its own, those of the environment, and what is laid over them. */
export function parametersOf(header: MapNode, { environment, parameters }: Overrides): Parameters {
  const own = scalars(toValue(nodeAt(header, ['parameters'])?.node ?? emptyMap));
  const there =
    environment === undefined ? undefined : nodeAt(header, ['environments', environment, 'parameters'])?.node;
  return { ...own, ...scalars(there && toValue(there)), ...parameters };
}

function scalars(value: unknown): Record<string, Scalar> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, Scalar] => entry[1] === null || typeof entry[1] !== 'object',
    ),
  );
}
