import { dirname } from 'node:path';
import { networkOf, placedOf } from '../lifecycle/pipeline/analyze';
import { linesOf } from '../lifecycle/pipeline/lines';
import { schemaAt, type SchemaAt, type SchemaRoot } from '../lifecycle/pipeline/language';
import { parse, type Part, spellingOf } from '../lifecycle/pipeline/parts';
import { readForgiving } from '../lifecycle/pipeline/recover';
import { readStages, type Unit } from '../lifecycle/pipeline/stage';
import type { Entry, ListNode, MapNode, Node, Path, ScalarNode } from '../lifecycle/pipeline/tree';
import type { Range } from '../lifecycle/pipeline/types';
import { stageAt } from './locate';
import { atMark, closed, inIndentation, insideComment, MARK } from './mark';
import type { Source } from './source';
import { lineStart } from './text';

/** Where the cursor is, as completion needs to know it. The text may be half typed. */
export interface Cursor {
  readonly root: SchemaRoot;
  /** Tree of the stage, the header or the file, with the mark in it. */
  readonly tree: Node;
  /** What is being written. */
  readonly at: 'key' | 'value' | 'stage-name';
  /** Of the map that a key is in, or of the value. */
  readonly path: Path;
  /** The map around a key, the list around an item. */
  readonly container?: MapNode | ListNode;
  readonly entry?: Entry;
  readonly scalar?: ScalarNode;
  /** The word up to the cursor. */
  readonly typed: string;
  /** What a completion replaces, in offsets of the source: the whole word. */
  readonly replace: Range;
  /** Inside quotes or a block. */
  readonly quoted: 'single' | 'double' | 'block' | undefined;
  /** Inside `{…}` or `[…]`. */
  readonly flow: boolean;
  /** A key is written already after the word: `word: …`. */
  readonly hasColon: boolean;
  /** What a key that is being written has as its value already: behind its colon, or on deeper lines below. */
  readonly below?: Node;
  /** The value begins on another line than its key. */
  readonly ownLine: boolean;
  /** Something besides white space stands before the word on its line, such as `- `. */
  readonly afterDash: boolean;
  /** Spaces before the word on its line, a dash counted. */
  readonly column: number;
  /** Spaces that the line begins with. */
  readonly indent: number;
  /** The key has another indentation than all of its siblings. */
  readonly askew: boolean;
  /** The stage around, read with the mark in it. */
  readonly unit?: Unit;
}

/** Finds the cursor in a pipeline or in targets.yaml; undefined in comments, prose, and where nothing can be said. */
export function findCursor(source: Source, offset: number): Cursor | undefined {
  const stage = stageText(source, offset);
  if (!stage)
    return findIn(source.text, offset, (marked) =>
      source.kind === 'targets' ? inWhole(marked, source.schema, 0, marked) : inPipeline(source, marked, offset),
    );
  const { text, from } = stage;
  const local = offset - from;
  const found = findIn(text, local, (marked) => {
    const part: Part = { type: 'stage', from: 0, to: marked.length, text: marked };
    return inStages(source, part, marked, local);
  });
  return found && { ...found, replace: { from: found.replace.from + from, to: found.replace.to + from } };
}

function findIn(text: string, offset: number, look: (marked: string) => Cursor | undefined): Cursor | undefined {
  if (insideComment(text, offset) || inIndentation(text, offset) || atMark(text, offset)) return undefined;
  const found = look(text.slice(0, offset) + MARK + text.slice(offset));
  if (found) return found;
  const mended = look(closed(text, offset));
  return mended && { ...mended, replace: { from: mended.replace.from, to: Math.min(mended.replace.to, offset) } };
}

/** The text of the stage around an offset, when the cursor stands deeper than its name: then what is typed there concerns it alone. */
function stageText(source: Source, offset: number): { text: string; from: number } | undefined {
  const stage = stageAt(source, offset) ?? stageAt(source, lineStart(source.text, offset) - 1);
  if (!stage || source.isNotebook || spellingOf(source.path) !== 'pipeline') return undefined;
  const { unit, base } = stage;
  const depth = unit.nameRange.from - lineStart(unit.text, unit.nameRange.from);
  const from = lineStart(source.text, offset);
  const inside = depth > 0 && offset - from > depth && source.text.slice(from, from + depth + 1).trim() === '';
  const holds = offset > unit.nameRange.to + base && offset <= base + unit.text.length;
  return inside &&
    holds &&
    source.text.startsWith(unit.text, base) &&
    isAlone(unit) &&
    !refersOut(unit.text, source.text)
    ? { text: unit.text, from: base }
    : undefined;
}

/** Is the unit all that its text holds? */
const isAlone = ({ text, nameRange }: Unit): boolean =>
  /^(?:[ ]*(?:#[^\n]*)?\r?\n)*[ ]*$/.test(text.slice(0, nameRange.from));

function inPipeline(source: Source, marked: string, offset: number): Cursor | undefined {
  const { parts } = parse(withoutConflicts(marked), spellingOf(source.path));
  const part = parts.find((each) => offset >= each.from && offset < each.to);
  if (!part) return undefined;
  switch (part.type) {
    case 'header':
      return inHeader(part, marked, offset);
    case 'stage':
      return (
        (refersOut(part.text, marked) ? besideAliases(source, marked, offset) : undefined) ??
        inStages(source, part, marked, offset)
      );
    case 'stages':
      return inStages(source, part, marked, offset);
    case 'whole':
      return inWholePipeline(source, part.text, part.from, marked);
    case 'mark':
    case 'prose':
      return undefined;
  }
}

/** The marks of a merge that was not finished as blank lines. */
const withoutConflicts = (text: string): string =>
  text.includes('<<<<<<<')
    ? text.replace(/^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$/gm, (line) => ' '.repeat(line.length))
    : text;

function inHeader(part: Part, marked: string, offset: number): Cursor | undefined {
  const { root } = readForgiving(part.text);
  const tree =
    root?.type === 'scalar' && typeof root.value === 'string' && root.value.includes(MARK) ? asIncomplete(root) : root;
  return tree && describe('pipeline', tree, part.from, marked, offset);
}

/** A text that is nothing but one half-typed word: a map with that word as its key. */
function asIncomplete(root: ScalarNode): MapNode {
  const { from, to } = root;
  return {
    type: 'map',
    flow: false,
    from,
    to,
    entries: [
      { key: String(root.value), keyRange: { from, to }, value: { type: 'broken', from, to }, incomplete: true },
    ],
  };
}

function inStages(source: Source, part: Part, marked: string, offset: number): Cursor | undefined {
  const { parameters } = source.analysis();
  const { units } = readStages(part.text, parameters);
  const local = offset - part.from;
  const unit = units.findLast((each) => each.nameRange.from <= local);
  if (unit && !unit.name.includes(MARK)) {
    const found = describe('stage', unit.node, part.from, marked, offset, unit);
    if (found) return found;
  }
  const { root } = readForgiving(part.text);
  const tree = root?.type === 'scalar' && typeof root.value === 'string' ? asIncomplete(root) : root;
  if (tree?.type !== 'map') return undefined;
  const entry = tree.entries.find(({ key }) => key.includes(MARK));
  const cursor = entry && keyCursor('stage', tree, [], tree, entry, part.from, marked, offset);
  return cursor && { ...cursor, at: 'stage-name', askew: cursor.askew || isAskewStage(source, offset, cursor.column) };
}

/** In a pipeline file each stage is read alone, so the others are looked up. */
function isAskewStage(source: Source, offset: number, column: number): boolean {
  if (source.isNotebook || spellingOf(source.path) !== 'pipeline') return false;
  const columns = placedOf(source.analysis()).flatMap(({ unit, base }) => {
    const from = unit.nameRange.from + base;
    const start = lineStart(source.text, from);
    return start === lineStart(source.text, offset) ? [] : [from - start];
  });
  return columns.length > 0 && !columns.includes(column);
}

/** Does a stage take values from an anchor that stands in another one? */
const refersOut = (text: string, whole: string): boolean =>
  [...text.matchAll(/(?:^|[\s:[{,-])\*([\w-]+)/gm)].some(
    ([, name = '']) => !text.includes(`&${name}`) && whole.includes(`&${name}`),
  );

/** In a stage that takes values from anchors elsewhere: those are only read where all of the text can be, so a half-typed key gets its colon. */
function besideAliases(source: Source, marked: string, offset: number): Cursor | undefined {
  const end = marked.indexOf('\n', offset);
  const line = marked.slice(lineStart(marked, offset), end < 0 ? undefined : end).replace(/\r$/, '');
  if (!/^\s*(?:-\s+)*[\w-]*\uE0FE[\w-]*$/.test(line)) return inWholePipeline(source, marked, 0, marked);
  const at = lineStart(marked, offset) + line.length;
  const keyed = `${marked.slice(0, at)}:${marked.slice(at)}`;
  const found = inWholePipeline(source, keyed, 0, keyed);
  if (found?.at !== 'key') return inWholePipeline(source, marked, 0, marked);
  const { below: _below, ...cursor } = found;
  return { ...cursor, hasColon: false };
}

function inWholePipeline(source: Source, text: string, base: number, marked: string): Cursor | undefined {
  const whole = inWhole(text, 'pipeline', base, marked);
  if (whole?.path[0] !== 'stages') return whole;
  const [, name, ...path] = whole.path;
  if (whole.path.length === 1) return { ...whole, at: 'stage-name' };
  const { root } = readForgiving(text);
  const stages = root?.type === 'map' ? root.entries.find(({ key }) => key === 'stages')?.value : undefined;
  const tree = stages?.type === 'map' ? stages.entries.find(({ key }) => key === name)?.value : undefined;
  const unit = networkOf(source.analysis()).at(String(name))?.unit;
  return tree && { ...whole, root: 'stage', tree, path, ...(unit && { unit }) };
}

function inWhole(text: string, root: SchemaRoot, base: number, marked: string): Cursor | undefined {
  const found = readForgiving(text).root;
  const tree = found?.type === 'scalar' && typeof found.value === 'string' ? asIncomplete(found) : found;
  return tree && describe(root, tree, base, marked, marked.indexOf(MARK));
}

function describe(
  root: SchemaRoot,
  tree: Node,
  base: number,
  marked: string,
  offset: number,
  unit?: Unit,
): Cursor | undefined {
  const local = offset - base;
  const visit = (
    node: Node,
    path: Path,
    container: MapNode | ListNode | undefined,
    entry: Entry | undefined,
    seen: Set<Node>,
  ): Cursor | undefined => {
    if (seen.has(node)) return undefined;
    if (node.type === 'scalar') {
      if (typeof node.value !== 'string' || !(node.value.includes(MARK) || node.template?.raw.includes(MARK)))
        return undefined;
      if (local < node.from || local > node.to) return undefined;
      return valueCursor(root, tree, path, node, container, entry, base, marked, offset, unit);
    }
    if (node.type === 'list') {
      const inner = new Set(seen).add(node);
      for (const [i, item] of node.items.entries()) {
        const found = visit(item, [...path, i], node, undefined, inner);
        if (found) return found;
      }
      return undefined;
    }
    if (node.type === 'broken') return undefined;
    const inner = new Set(seen).add(node);
    for (const each of node.entries) {
      if (each.merged) continue;
      if (each.key.includes(MARK))
        return { ...keyCursor(root, tree, path, node, each, base, marked, offset), ...(unit && { unit }) };
      const found = visit(each.value, [...path, each.key], node, each, inner);
      if (found) return found;
    }
    return undefined;
  };
  return visit(tree, [], undefined, undefined, new Set());
}

/** Places of the marked text as places of the text without it. */
function unmark({ from, to }: Range, base: number, offset: number): Range {
  const place = (at: number): number => (at + base > offset ? at + base - 1 : at + base);
  return { from: place(from), to: place(to) };
}

function lineFacts(marked: string, at: number): { indent: number; column: number; afterDash: boolean; from: number } {
  const from = lineStart(marked, at);
  const before = marked.slice(from, at);
  const indent = /^ */.exec(before)?.[0].length ?? 0;
  return { from, indent, column: before.length, afterDash: /^\s*(-\s+)+$/.test(before) };
}

function keyCursor(
  root: SchemaRoot,
  tree: Node,
  path: Path,
  container: MapNode,
  entry: Entry,
  base: number,
  marked: string,
  offset: number,
): Cursor {
  const replace = unmark(entry.keyRange, base, offset);
  const start = entry.keyRange.from + base;
  const after = marked.slice(entry.keyRange.to + base, entry.keyRange.to + base + 3);
  const hasColon = /^["']?[ \t]*:/.test(after);
  const facts = lineFacts(marked, start);
  const quote = marked[start];
  const below = hasColon
    ? entry.value
    : container.flow
      ? undefined
      : deeperLines(marked, entry.keyRange.to + base, facts.column);
  return {
    root,
    tree,
    at: 'key',
    path,
    container,
    entry,
    typed: marked.slice(start, offset),
    replace,
    quoted: quote === '"' ? 'double' : quote === "'" ? 'single' : undefined,
    flow: container.flow,
    hasColon,
    ...(below && !isEmpty(below) && { below }),
    ownLine: true,
    afterDash: facts.afterDash,
    column: facts.column,
    indent: facts.indent,
    askew: !container.flow && isAskew(container, entry, marked, base, facts.column),
  };
}

function isAskew(container: MapNode, entry: Entry, text: string, base: number, column: number): boolean {
  const others = container.entries.filter((each) => each !== entry && !each.merged);
  const columns = others.map(({ keyRange }) => keyRange.from + base - lineStart(text, keyRange.from + base));
  return columns.length > 0 && !columns.includes(column);
}

const isEmpty = (node: Node): boolean =>
  node.type === 'broken' ||
  (node.type === 'scalar' && node.style === 'empty') ||
  (node.type === 'map' && node.entries.length === 0);

/** The lines below a word that are deeper than it, read as what would be its value if it had a colon. */
function deeperLines(text: string, after: number, column: number): Node | undefined {
  const end = text.indexOf('\n', after);
  if (end < 0 || text.slice(after, end).trim() !== '') return undefined;
  let stop = end + 1;
  for (const line of linesOf(text, end + 1, text.length)) {
    if (line.first !== '' && (line.indent < column || (line.indent === column && line.first !== '-'))) break;
    stop = line.next;
  }
  const block = text.slice(end + 1, stop);
  return block.trim() === '' ? undefined : readForgiving(block).root;
}

function valueCursor(
  root: SchemaRoot,
  tree: Node,
  path: Path,
  scalar: ScalarNode,
  container: MapNode | ListNode | undefined,
  entry: Entry | undefined,
  base: number,
  marked: string,
  offset: number,
  unit: Unit | undefined,
): Cursor | undefined {
  const start = scalar.from + base;
  // A line below a finished word, deeper than its key, goes on with that word: there is nothing to offer.
  if (scalar.style === 'plain' && marked.slice(start, offset).includes('\n')) return undefined;
  const facts = lineFacts(marked, start);
  const quoted =
    scalar.style === 'single' || scalar.style === 'double' || scalar.style === 'block' ? scalar.style : undefined;
  return {
    root,
    tree,
    at: 'value',
    path,
    ...(container && { container }),
    ...(entry && { entry }),
    scalar,
    typed: marked.slice(start + (quoted === 'single' || quoted === 'double' ? 1 : 0), offset),
    replace: unmark(scalar, base, offset),
    quoted,
    flow: container?.flow ?? false,
    hasColon: false,
    ownLine: entry !== undefined && facts.from > entry.keyRange.to + base,
    afterDash: facts.afterDash,
    column: facts.column,
    indent: facts.indent,
    askew: false,
    ...(unit && { unit }),
  };
}

/** What the schema says of the cursor's place: of the map for a key, of the value otherwise. */
export function schemaOf(cursor: Cursor): SchemaAt | undefined {
  return schemaAt(cursor.root, cursor.tree, cursor.path);
}

export const folderOf = (source: Source): string => dirname(source.path);
