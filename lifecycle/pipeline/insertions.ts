import { lineAt } from './lines';
import type { Entry, ListNode, MapNode, Node } from './tree';
import type { Range } from './types';

/** One replacement, in offsets of the file. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** A scalar as YAML writes it: without quotes where it can stand without. */
export function yamlScalar(value: unknown, flow = false): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const plain =
    /^[\p{L}_][\p{L}\p{N}_./-]*(?: [\p{L}\p{N}_./()-]+)*$/u.test(value) &&
    !/^(true|false|null|~|yes|no|on|off|y|n)$/i.test(value);
  const path =
    /^[\w./*?@+-]+$/.test(value) &&
    /[a-zA-Z]/.test(value) &&
    !/^[-.?*]/.test(value) &&
    !/^(true|false|null)$/i.test(value);
  const bare = !flow && /^[\p{L}_][^:#\n'"]*$/u.test(value) && value.trim() === value;
  return plain || path || (bare && !/^(true|false|null|~|yes|no|on|off|y|n)$/i.test(value))
    ? value
    : JSON.stringify(value);
}

/**
 * Puts a key into a map that has others, at the place that the order of its schema gives it. Nothing else moves; comments stay where they are.
 *
 * @param base offset from which the ranges of the map count
 * @param value as YAML; further lines are indented as the key is
 */
export function insertKey(
  text: string,
  base: number,
  map: MapNode,
  key: string,
  value: string,
  order: readonly string[],
): Edit | undefined {
  const index = order.indexOf(key);
  const after = map.entries
    .filter((entry) => !entry.merged && order.indexOf(entry.key) >= 0 && order.indexOf(entry.key) < index)
    .at(-1);
  if (map.flow) {
    const first = map.entries[0];
    const at = after ? endOf(after) + base : (first?.keyRange.from ?? map.from + 1) + base;
    const piece = `${key}: ${value}`.trimEnd();
    return { range: { from: at, to: at }, text: after ? `, ${piece}` : `${piece}, ` };
  }
  const anchor = after ?? map.entries.find((entry) => !entry.merged);
  if (!anchor) return undefined;
  const pad = ' '.repeat(anchor.keyRange.from + base - startOf(text, anchor.keyRange.from + base));
  const piece = `${key}: ${value.replaceAll('\n', `\n${pad}`)}`.replace(/ +\n/g, '\n');
  if (after) {
    const at = lineEnd(text, after.value, endOf(after) + base);
    return { range: { from: at, to: at }, text: `\n${pad}${piece}` };
  }
  const at = anchor.keyRange.from + base;
  return { range: { from: at, to: at }, text: `${piece}\n${pad}` };
}

/**
 * Puts an item into the list that an entry holds. A comment above an item stays above that item.
 *
 * @param after number of the item that it comes after; −1 for the first place
 * @returns undefined where the list stands elsewhere (an alias, a merged key), so that the edit would change more than this place
 */
export function insertItem(text: string, base: number, entry: Entry, item: string, after: number): Edit | undefined {
  const list = entry.value;
  if (entry.merged || list.from < entry.keyRange.to) return undefined;
  if (list.type === 'scalar' && list.style === 'empty') {
    const start = startOf(text, entry.keyRange.from + base);
    const pad = ' '.repeat(entry.keyRange.from + base - start);
    const at = lineAt(text, start).end;
    return { range: { from: at, to: at }, text: `\n${pad}  - ${item}` };
  }
  if (list.type !== 'list') return undefined;
  if (list.flow) return intoFlow(base, list, item, after);
  const [first, previous] = [list.items[0], list.items[after]];
  if (!first) return undefined;
  const dash = text.lastIndexOf('-', first.from + base - 1);
  const pad = text.slice(startOf(text, dash), dash);
  if (pad.trim() !== '') return undefined;
  const at = previous
    ? lineEnd(text, previous, previous.to + base)
    : lineAt(text, startOf(text, entry.keyRange.from + base)).end;
  return { range: { from: at, to: at }, text: `\n${pad}- ${item}` };
}

function intoFlow(base: number, list: ListNode, item: string, after: number): Edit {
  const [first, previous] = [list.items[0], list.items[after]];
  const at = base + (previous?.to ?? first?.from ?? list.from + 1);
  return { range: { from: at, to: at }, text: previous ? `, ${item}` : first ? `${item}, ` : item };
}

function endOf({ keyRange, value }: Entry): number {
  return Math.max(value.to, keyRange.to);
}

function startOf(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where something may follow on a line of its own: behind a comment at the end of the value's last line. */
function lineEnd(text: string, value: Node, end: number): number {
  return value.type === 'scalar' && value.style === 'block' ? end : lineAt(text, startOf(text, end)).end;
}
