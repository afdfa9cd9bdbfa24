import { Beside } from './beside';
import { Cut, Entries, type Frame } from './entries';
import { lineAt } from './lines';
import type { Parts } from './parts';

interface Memory {
  readonly text: string;
  readonly frame: Frame;
}

const memories = new Beside<Parts, Memory>();

/** Notes what {@link resume} needs. A frame of stages that are followed by more of the header is not kept: few files have that. */
export function remember(parts: Parts, text: string, frame: Frame | undefined): Parts {
  const last = parts.parts.at(-1);
  if (frame && frame.starts.length > 2 && parts.conflicts.length === 0 && last?.type === 'stage')
    memories.set(parts, { text, frame });
  return parts;
}

/**
 * Cuts a text that differs little from one that was cut before: scans from the stage above the change to the first stage below it at which the
 * scan is in the state that it was in before, and takes over the rest. Undefined when that can't be; the text is then cut from its beginning.
 */
export function resume(text: string, before: Parts): Parts | undefined {
  const memory = memories.get(before);
  if (!memory) return undefined;
  const { indent, starts } = memory.frame;
  const old = memory.text;
  if (old === text) {
    const result: Parts = { ...before, kept: { before: before.parts.length, after: 0 } };
    memories.set(result, memory);
    return result;
  }
  const same = commonPrefix(old, text);
  // The last stage that begins in what is the same, and the one above it, which is the same as a whole.
  const edited = lastUpTo(starts, same - 1);
  const first = edited - 1;
  const from = starts[first];
  if (first < 1 || from === undefined) return undefined;
  const shift = text.length - old.length;
  const rest = old.length - commonSuffix(old, text, Math.min(old.length, text.length) - same);
  let sync = lastUpTo(starts, rest) + 1;

  const entries = new Entries(text, indent);
  let at = from;
  for (; at < text.length;) {
    while ((starts[sync] ?? Infinity) + shift < at) sync++;
    if (starts[sync] === at - shift && !entries.pending) break;
    if (entries.isInside(at)) {
      const next = text.indexOf('\n', at);
      at = next < 0 ? text.length : next + 1;
      continue;
    }
    const line = lineAt(text, at);
    if (line.indent === 0 && !['', '#', '\t', '}', ']'].includes(line.first)) return undefined;
    entries.take(line);
    at = line.next;
  }
  const { frame } = entries;
  if (!frame || frame.starts[0] !== from) return undefined;
  if (/^(?:<<<<<<<|>>>>>>>) /m.test(text.slice(from, at))) return undefined;
  const tail = starts.slice(at < text.length ? sync : starts.length);
  const head = before.parts.length - starts.length;
  // All of them anew: a part holds the text that it was cut from, and old texts are not kept.
  const parts = before.parts
    .slice(0, head + first)
    .map(({ type, from: start, to, misplaced }) => new Cut(type, start, to, text, misplaced?.expected));
  frame.starts.forEach((start, i) => {
    parts.push(new Cut('stage', start, frame.starts[i + 1] ?? at, text));
  });
  for (let i = before.parts.length - tail.length; i < before.parts.length; i++) {
    const part = before.parts[i];
    if (part) parts.push(new Cut('stage', part.from + shift, part.to + shift, text));
  }
  const newStarts = [...starts.slice(0, first), ...frame.starts, ...tail.map((start) => start + shift)];
  const result: Parts = { ...before, parts, kept: { before: head + first, after: tail.length } };
  memories.set(result, { text, frame: { indent, starts: newStarts } });
  return result;
}

/** The index of the last number that is not above a bound, in a list in order; -1 without one. */
function lastUpTo(list: readonly number[], bound: number): number {
  let low = -1;
  for (let high = list.length - 1; low < high;) {
    const middle = (low + high + 1) >> 1;
    if ((list[middle] ?? Infinity) <= bound) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Compared in long stretches, which costs next to nothing. */
const STRETCH = 1 << 16;

function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  for (let size = STRETCH; size >= 1; size >>= 2)
    while (at + size <= most && a.slice(at, at + size) === b.slice(at, at + size)) at += size;
  return at;
}

function commonSuffix(a: string, b: string, most: number): number {
  let length = 0;
  for (let size = STRETCH; size >= 1; size >>= 2)
    while (
      length + size <= most &&
      a.slice(a.length - length - size, a.length - length) === b.slice(b.length - length - size, b.length - length)
    )
      length += size;
  return length;
}
