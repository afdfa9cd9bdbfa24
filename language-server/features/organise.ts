import { placedOf } from '../../lifecycle/pipeline/analyze';
import { topological } from '../../lifecycle/pipeline/graph';
import { lineAt } from '../../lifecycle/pipeline/lines';
import { parse, spellingOf } from '../../lifecycle/pipeline/parts';
import type { Placed } from '../../lifecycle/pipeline/references';
import { stageSchema } from '../../lifecycle/pipeline/schema';
import { type Entry, toValue } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { readYaml } from '../../lifecycle/pipeline/yaml';
import { networkOf } from '../data';
import type { Source } from '../source';
import { lineStart } from '../text';

interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** The stages in an order in which each comes after those it refers to; undefined when they are, or when they can't be cut apart. */
export function sortStages(source: Source): Edit | undefined {
  return rearranged(source, (text) => text);
}

/** Stages by dependency, and the keys of each in the order of the reference; none when all is so. */
export function organise(source: Source): readonly Edit[] {
  const ordered = placedOf(source.analysis()).flatMap((stage) => orderedKeys(source, stage) ?? []);
  const within = (text: string, from: number): string =>
    ordered
      .filter(({ range }) => range.from >= from && range.to <= from + text.length)
      .reduceRight(
        (result, { range, text: put }) => result.slice(0, range.from - from) + put + result.slice(range.to - from),
        text,
      );
  const sorted = rearranged(source, within);
  return sorted ? [sorted] : ordered;
}

/** @param rewrite what becomes of the text of a stage that begins at an offset */
function rearranged(source: Source, rewrite: (text: string, from: number) => string): Edit | undefined {
  const { text } = source;
  if (spellingOf(source.path) !== 'pipeline' || source.isNotebook) return undefined;
  const analysis = source.analysis();
  const parts = parse(text, 'pipeline').parts.filter(({ type }) => type === 'stage');
  const placed = placedOf(analysis);
  const [first, last] = [parts[0], parts.at(-1)];
  if (
    !first ||
    !last ||
    parts.length < 2 ||
    placed.length !== parts.length ||
    parts.some((part, i) => placed[i]?.base !== part.from)
  )
    return undefined;
  const order = topological(networkOf(analysis).edges);
  if (order.every((index, i) => index === i)) return undefined;
  const pieces = order.flatMap((index) => {
    const part = parts[index];
    return part ? [rewrite(part.text, part.from)] : [];
  });
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const whole = pieces
    .map((piece, i) => (i < pieces.length - 1 && !piece.endsWith('\n') ? piece + eol : piece))
    .join('');
  const before = text.slice(first.from, last.to);
  return {
    range: { from: first.from, to: last.to },
    text: before.endsWith('\n') ? whole : whole.replace(/\r?\n$/, ''),
  };
}

/**
 * The keys of a stage in the order of its schema, each with the comments right above it; unknown ones last. Undefined when they are, and where
 * the lines can't be told apart or an anchor would come behind its alias.
 */
function orderedKeys({ text }: Source, { unit, base }: Placed): Edit | undefined {
  const { node, kind } = unit;
  const schema = kind === undefined ? undefined : stageSchema(kind);
  if (!schema || node.type !== 'map' || node.flow || node.from < unit.nameRange.to) return undefined;
  const { entries } = node;
  if (entries.some(({ merged, duplicate, incomplete }) => merged ?? duplicate ?? incomplete)) return undefined;
  const names = [...schema.properties.keys()];
  const rank = ({ key }: Entry): number => (names.includes(key) ? names.indexOf(key) : names.length);
  const order = [...entries].sort((a, b) => rank(a) - rank(b));
  if (order.every((entry, i) => entry === entries[i])) return undefined;
  const starts = entries.map(({ keyRange }) => lineStart(text, keyRange.from + base));
  const column = (entries[0]?.keyRange.from ?? 0) + base - (starts[0] ?? 0);
  const apart = entries.every(({ keyRange }, i) => {
    const start = starts[i] ?? 0;
    return keyRange.from + base - start === column && text.slice(start, keyRange.from + base).trim() === '';
  });
  const last = entries.at(-1);
  if (!apart || !last) return undefined;
  const end = Math.max(last.keyRange.to, last.value.from >= last.keyRange.from ? last.value.to : 0) + base;
  const whole = text[end - 1] === '\n' ? end : lineAt(text, lineStart(text, end)).next;
  const cuts = [...starts.map((start) => withComments(text, start, column)), whole];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const pieces = entries.map((_entry, i) => {
    const piece = text.slice(cuts[i], cuts[i + 1]);
    return piece.endsWith('\n') ? piece : piece + eol;
  });
  const put = order.map((entry) => pieces[entries.indexOf(entry)] ?? '').join('');
  const range = { from: cuts[0] ?? 0, to: whole };
  const before = text.slice(range.from, range.to);
  const after = before.endsWith('\n') ? put : put.replace(/\r?\n$/, '');
  return meansTheSame(before, after) ? { range, text: after } : undefined;
}

/** Where the comments and blank lines right above a line begin. */
function withComments(text: string, start: number, column: number): number {
  let from = start;
  for (let at = start; at > 0;) {
    const line = lineAt(text, lineStart(text, at - 1));
    at = line.from;
    if (line.first === '#' && line.indent <= column) from = line.from;
    else if (line.first !== '') break;
  }
  return from;
}

function meansTheSame(before: string, after: string): boolean {
  const [a, b] = [readYaml(before), readYaml(after)];
  if (a.problems.length > 0 || b.problems.length > 0 || !a.root || !b.root) return false;
  const sorted = (value: unknown): string =>
    JSON.stringify(Object.entries(value as Record<string, unknown>).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(toValue(a.root)) === sorted(toValue(b.root));
}
