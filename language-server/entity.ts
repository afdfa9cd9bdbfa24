import { namesIn } from '../lifecycle/expression/syntax';
import { MONITOR_NAMES } from '../lifecycle/expression/monitor';
import { parse } from '../lifecycle/expression/parse';
import { placedOf } from '../lifecycle/pipeline/analyze';
import type { Placed } from '../lifecycle/pipeline/references';
import { sourceRange } from '../lifecycle/pipeline/scalar';
import type { Unit } from '../lifecycle/pipeline/stage';
import { entriesOf, nodeAt, type Path, type ScalarNode, textOf } from '../lifecycle/pipeline/tree';
import type { Range } from '../lifecycle/pipeline/types';
import { networkOf } from './data';
import { locate, stageAt } from './locate';
import type { Source } from './source';

/** Something that has a name and is spoken of in several places. */
export interface Entity {
  readonly type: 'stage' | 'column' | 'parameter' | 'target' | 'metric' | 'file';
  readonly name: string;
  /** Where the question was asked, in the source. */
  readonly range: Range;
  /** Of a column: the data stage that it comes from. */
  readonly data?: Unit;
  readonly stage?: Placed;
  /** Of a file: where its stage names it. */
  readonly path?: Path;
}

/** One place where an entity is named. */
export interface Occurrence {
  readonly range: Range;
  /** What the whole range is written as: a plain word, a YAML scalar or key, a name in an expression, `${name}`. */
  readonly form: 'word' | 'scalar' | 'expression' | 'parameter' | 'drift';
  readonly definition: boolean;
  readonly flow?: boolean;
}

/** Words that stand for several columns. */
export const columnGroups: ReadonlySet<string> = new Set(['numeric', 'text', 'boolean', 'all']);

/** What is named at an offset. */
export function entityAt(source: Source, offset: number): Entity | undefined {
  if (source.kind === 'targets') return targetKeyAt(source, offset);
  const stage = stageAt(source, offset);
  const inside = ({ from, to }: Range): boolean => offset >= from && offset <= to;
  if (!stage) return inHeader(source, offset);
  const { unit, base } = stage;
  const shift = ({ from, to }: Range): Range => ({ from: from + base, to: to + base });
  if (inside(shift(unit.nameRange))) return { type: 'stage', name: unit.name, range: shift(unit.nameRange), stage };
  for (const mention of unit.mentions)
    if (mention.type === 'parameter' && inside(shift(mention)))
      return { type: 'parameter', name: mention.text, range: shift(mention), stage };
  for (const reference of unit.references)
    if (inside(shift(reference)))
      return { type: 'stage', name: reference.stage, range: shift(reference.stageRange), stage };
  const data = networkOf(source.analysis()).dataOf(unit)?.unit;
  for (const use of columnUses(unit))
    if (inside(shift(use.range)))
      return { type: 'column', name: use.name, range: shift(use.range), ...(data && { data }), stage };
  for (const mention of unit.mentions) {
    if (!inside(shift(mention))) continue;
    const range = shift(mention);
    if (mention.type === 'target') return { type: 'target', name: mention.text, range, stage };
    if (mention.type === 'metric' || mention.type === 'metric-key')
      return { type: 'metric', name: mention.text, range, stage };
    if (mention.type === 'file') return { type: 'file', name: mention.text, range, stage, path: mention.path };
  }
  return undefined;
}

function inHeader(source: Source, offset: number): Entity | undefined {
  const found = locate(source, offset);
  const [first, , third] = found?.path ?? [];
  if (!found) return undefined;
  const last = String(found.path.at(-1));
  if (first === 'parameters' && found.path.length === 2 && found.on === 'key')
    return { type: 'parameter', name: last, range: found.range };
  if (first !== 'environments' || found.path.length !== 4) return undefined;
  if (third === 'parameters' && found.on === 'key') return { type: 'parameter', name: last, range: found.range };
  if (third === 'targets')
    return found.on === 'key'
      ? { type: 'stage', name: last, range: found.range }
      : { type: 'target', name: textOf(found.node) ?? '', range: found.range };
  return undefined;
}

function targetKeyAt(source: Source, offset: number): Entity | undefined {
  const found = locate(source, offset);
  return found?.on === 'key' && found.path.length === 2 && found.path[0] === 'targets'
    ? { type: 'target', name: String(found.path[1]), range: found.range }
    : undefined;
}

interface ColumnUse {
  readonly name: string;
  readonly range: Range;
  readonly form: Occurrence['form'];
  readonly definition: boolean;
  readonly flow: boolean;
}

const usesOf = new WeakMap<Unit, readonly ColumnUse[]>();

/** The columns named in a stage, in order of appearance; ranges count in the unit's text. */
export function columnUses(unit: Unit): readonly ColumnUse[] {
  // A stage that is not edited stays the same unit over edits of others.
  let uses = usesOf.get(unit);
  if (uses === undefined) usesOf.set(unit, (uses = [...findColumnUses(unit)]));
  return uses;
}

function* findColumnUses(unit: Unit): Generator<ColumnUse> {
  for (const mention of unit.mentions) {
    const grouped = mention.type === 'columns' && columnGroups.has(mention.text);
    if ((mention.type === 'column' || mention.type === 'columns' || mention.type === 'column-key') && !grouped)
      yield { name: mention.text, range: mention, form: 'scalar', definition: false, flow: true };
    if (mention.type !== 'expression') continue;
    const node = nodeAt(unit.node, mention.path)?.node;
    if (node?.type === 'scalar') yield* expressionUses(unit, node, mention.text);
  }
  const steps = nodeAt(unit.node, ['features'])?.node;
  for (const step of unit.kind === 'data' && steps?.type === 'list' ? steps.items : [])
    for (const { key, keyRange } of entriesOf(nodeAt(step, ['derive'])?.node))
      yield { name: key, range: keyRange, form: 'scalar', definition: true, flow: true };
}

function* expressionUses(unit: Unit, node: ScalarNode, text: string): Generator<ColumnUse> {
  const { tree } = parse(text);
  for (const { name, from, to } of tree ? namesIn(tree) : []) {
    const range = sourceRange(unit.text, node, from, to);
    const drift = unit.kind === 'monitor' && name.startsWith('drift.');
    if (unit.kind === 'monitor' && (!drift || Object.hasOwn(MONITOR_NAMES, name))) continue;
    yield {
      name: drift ? name.slice('drift.'.length) : name,
      range,
      form: drift ? 'drift' : 'expression',
      definition: false,
      flow: false,
    };
  }
}

/** All places of a source in which an entity is named, in order. */
export function occurrences(source: Source, entity: Entity): Occurrence[] {
  const result: Occurrence[] = [];
  if (source.kind === 'targets') {
    if (entity.type === 'target')
      for (const { key, keyRange } of entriesOf(nodeAt(source.targets().node, ['targets'])?.node))
        if (key === entity.name) result.push({ range: keyRange, form: 'scalar', definition: true });
    return result;
  }
  const analysis = source.analysis();
  const network = networkOf(analysis);
  for (const occurrence of headerOccurrences(source, entity)) result.push(occurrence);
  for (const { unit, base } of placedOf(analysis)) {
    const shift = ({ from, to }: Range): Range => ({ from: from + base, to: to + base });
    switch (entity.type) {
      case 'stage':
        if (unit.name === entity.name) result.push({ range: shift(unit.nameRange), form: 'scalar', definition: true });
        for (const reference of unit.references)
          if (reference.stage === entity.name)
            result.push({ range: shift(reference.stageRange), form: 'word', definition: false });
        break;
      case 'parameter':
        for (const mention of unit.mentions)
          if (mention.type === 'parameter' && mention.text === entity.name)
            result.push({ range: shift(mention), form: 'parameter', definition: false });
        break;
      case 'column':
        if (!entity.data || network.dataOf(unit)?.unit.name !== entity.data.name) break;
        for (const use of columnUses(unit))
          if (use.name === entity.name)
            result.push({ range: shift(use.range), form: use.form, definition: use.definition, flow: use.flow });
        break;
      case 'metric':
        if (unit.name === entity.stage?.unit.name)
          for (const mention of unit.mentions)
            if ((mention.type === 'metric' || mention.type === 'metric-key') && mention.text === entity.name)
              result.push({ range: shift(mention), form: 'scalar', definition: false });
        break;
      case 'target':
      case 'file':
        for (const mention of unit.mentions)
          if (mention.type === entity.type && mention.text === entity.name)
            result.push({ range: shift(mention), form: 'scalar', definition: false });
        break;
    }
  }
  const seen = new Set<string>();
  return result
    .sort((a, b) => a.range.from - b.range.from)
    .filter(({ range }) => {
      const id = `${range.from} ${range.to}`;
      return !seen.has(id) && seen.add(id);
    });
}

function* headerOccurrences(source: Source, entity: Entity): Generator<Occurrence> {
  const { headerNode } = source.analysis();
  if (entity.type === 'parameter')
    for (const { key, keyRange } of entriesOf(nodeAt(headerNode, ['parameters'])?.node))
      if (key === entity.name) yield { range: keyRange, form: 'scalar', definition: true };
  for (const { value } of entriesOf(nodeAt(headerNode, ['environments'])?.node)) {
    if (entity.type === 'parameter')
      for (const { key, keyRange } of entriesOf(nodeAt(value, ['parameters'])?.node))
        if (key === entity.name) yield { range: keyRange, form: 'scalar', definition: false };
    for (const { key, keyRange, value: target } of entriesOf(nodeAt(value, ['targets'])?.node)) {
      if (entity.type === 'stage' && key === entity.name) yield { range: keyRange, form: 'scalar', definition: false };
      if (entity.type === 'target' && textOf(target) === entity.name)
        yield { range: target, form: 'scalar', definition: false };
    }
  }
}
