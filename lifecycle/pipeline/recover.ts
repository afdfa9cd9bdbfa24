import { append } from './append';
import { type Line, lineAt, linesOf } from './lines';
import { keyLike } from './entries';
import type { Entry, Node } from './tree';
import type { Problem } from './types';
import { type Reading, readYaml } from './yaml';

const MAX_RECOVERY_DEPTH = 12;

/**
 * Reads a text as {@link readYaml} does; when it has a syntax error, cuts it apart at the lines of its entries and reads those alone, so that
 * one half-typed line costs no more than itself. A text without syntax errors is read in one go, exactly as YAML says.
 */
export function readForgiving(text: string, depth = 0): Reading {
  const whole = readYaml(text);
  if (depth >= MAX_RECOVERY_DEPTH || !whole.problems.some(({ code }) => syntaxCodes.has(code))) return whole;
  return piecewise(text, depth) ?? { ...whole, root: { type: 'broken', from: 0, to: text.length } };
}

const syntaxCodes: ReadonlySet<string> = new Set([
  'yaml-syntax',
  'unclosed-quote',
  'unclosed-bracket',
  'bad-indent',
  'incomplete-key',
  'unquoted-parameter',
]);

interface Piece {
  readonly from: number;
  to: number;
  readonly line: Line;
}

function piecewise(text: string, depth: number): Reading | undefined {
  const problems: Problem[] = [];
  const pieces: Piece[] = [];
  let indent: number | undefined;
  let list = false;
  for (const line of linesOf(text)) {
    const piece = pieces.at(-1);
    if (piece) piece.to = line.next;
    if (line.first === '' || line.first === '#' || line.first === ']' || line.first === '}' || line.first === '\t')
      continue;
    const words = text.slice(line.from + line.indent, line.end);
    const dash = /^-(\s|$)/.test(words);
    if (indent === undefined) {
      if (!dash && !keyLike.test(words) && !isBegunKey(text, line, words)) return undefined;
      indent = line.indent;
      list = dash;
    } else if (line.indent > indent || (line.indent === indent && dash !== list)) continue;
    else if (line.indent < indent) {
      const key = keyLike.exec(words);
      if (!key || list) continue;
      problems.push({
        code: 'bad-indent',
        from: line.from + line.indent,
        to: line.from + line.indent + key[0].replace(/[ \t]*:$/, '').length,
        message: `This key has ${line.indent} spaces before it and its siblings ${indent}. Give it ${indent}.`,
      });
    }
    if (piece) piece.to = line.from;
    pieces.push({ from: line.from, to: line.next, line });
  }
  const first = pieces[0];
  if (!first) return undefined;
  const range = { from: first.from + first.line.indent, to: text.trimEnd().length };
  const unresolved: { name: string; from: number; to: number }[] = [];
  const take = (part: Reading, base: number): void => {
    append(
      problems,
      part.problems.map((problem) => shiftProblem(problem, base)),
    );
    for (const alias of part.unresolved)
      unresolved.push({ name: alias.name, from: alias.from + base, to: alias.to + base });
  };
  if (list) {
    const items = pieces.map(({ from, to, line }): Node => {
      const chunk = text.slice(from, to);
      const read = readYaml(chunk);
      if (read.problems.length === 0 && read.root?.type === 'list') {
        take(read, from);
        return shiftNode(read.root.items[0] ?? broken(line), from);
      }
      const inner = readForgiving(chunk.slice(0, line.indent) + ' ' + chunk.slice(line.indent + 1), depth + 1);
      take(inner.problems.length === 0 ? read : inner, from);
      return inner.root ? shiftNode(inner.root, from) : broken(line);
    });
    return { root: { type: 'list', flow: false, items, ...range }, problems, unresolved };
  }
  const seen = new Map<string, Entry>();
  const entries = pieces.map(({ from, to, line }) => {
    const [entry, read] = readEntry(text.slice(from, to), line.indent, depth);
    take(read, from);
    const shifted = shiftEntry(entry, from);
    const before = seen.get(shifted.key);
    if (!before || shifted.incomplete) {
      if (!shifted.incomplete) seen.set(shifted.key, shifted);
      return shifted;
    }
    problems.push({
      code: 'duplicate-key',
      ...shifted.keyRange,
      message: `\`${shifted.key}\` is set already in this map. Remove one of the two.`,
      related: [{ range: before.keyRange, message: `\`${shifted.key}\` is first set here.` }],
    });
    return { ...shifted, duplicate: true as const };
  });
  return { root: { type: 'map', flow: false, entries, ...range }, problems, unresolved };
}

/** Is a line a key that is being typed above the others of its map? */
function isBegunKey(text: string, line: Line, words: string): boolean {
  if (!/^["']?[\p{L}\uE0FE_][^:#,[\]{}]*$/u.test(words)) return false;
  for (const next of linesOf(text, line.next)) {
    if (next.first === '' || next.first === '#' || next.indent > line.indent) continue;
    return next.indent === line.indent && keyLike.test(text.slice(next.from + next.indent, next.end));
  }
  return false;
}

/** Reads the text of one entry of a block map. */
function readEntry(chunk: string, indent: number, depth: number): [Entry, Reading] {
  const { end, next: start } = lineAt(chunk, 0);
  const words = chunk.slice(indent, end);
  const match = keyLike.exec(words);
  if (!match) {
    const word = words.replace(/[ \t]#.*$/, '').trimEnd();
    const keyRange = { from: indent, to: indent + word.length };
    const entry: Entry = { key: word, keyRange, value: { type: 'broken', ...keyRange }, incomplete: true };
    return [entry, { root: undefined, problems: [], unresolved: [] }];
  }
  const read = readYaml(chunk);
  const whole = read.root?.type === 'map' ? read.root.entries[0] : undefined;
  if (whole && !read.problems.some(({ code }) => syntaxCodes.has(code))) return [whole, read];
  const written = match[0].replace(/[ \t]*:$/, '');
  const keyRange = { from: indent, to: indent + written.length };
  const key = /^["']/.test(written) ? (whole?.key ?? written.slice(1, -1)) : written;
  const rest = words
    .slice(match[0].length)
    .replace(/(^|[ \t])#.*$/, '')
    .trim();
  const nothing: Node = { type: 'broken', from: keyRange.to, to: chunk.trimEnd().length };
  if (rest !== '' || end >= chunk.length) return [{ key, keyRange, value: nothing }, read];
  const inner = readForgiving(chunk.slice(start), depth + 1);
  if (!inner.root || inner.root.type === 'broken' || inner.root.type === 'scalar')
    return [{ key, keyRange, value: nothing }, read];
  return [
    { key, keyRange, value: shiftNode(inner.root, start) },
    {
      root: undefined,
      problems: inner.problems.map((problem) => shiftProblem(problem, start)),
      unresolved: inner.unresolved.map((alias) => ({ ...alias, from: alias.from + start, to: alias.to + start })),
    },
  ];
}

const broken = (line: Line): Node => ({ type: 'broken', from: line.from + line.indent, to: line.end });

export function shiftProblem(problem: Problem, by: number): Problem {
  if (by === 0) return problem;
  return {
    ...problem,
    from: problem.from + by,
    to: problem.to + by,
    ...(problem.related && {
      related: problem.related.map((related) => ({
        ...related,
        range: { from: related.range.from + by, to: related.range.to + by },
      })),
    }),
  };
}

/** The same tree in a text that has `by` more characters before it. */
export function shiftNode(node: Node, by: number): Node {
  if (by === 0) return node;
  const place = { from: node.from + by, to: node.to + by };
  if (node.type === 'map') return { ...node, ...place, entries: node.entries.map((entry) => shiftEntry(entry, by)) };
  if (node.type === 'list') return { ...node, ...place, items: node.items.map((item) => shiftNode(item, by)) };
  return { ...node, ...place };
}

export function shiftEntry(entry: Entry, by: number): Entry {
  return {
    ...entry,
    keyRange: { from: entry.keyRange.from + by, to: entry.keyRange.to + by },
    value: shiftNode(entry.value, by),
  };
}
