import type { ScalarNode } from './tree';
import type { Range } from './types';

/**
 * Where a stretch of a scalar's value stands in the text: through quotes, escapes, folded lines, block indentation and replaced parameters. A
 * stretch inside a replaced parameter is the whole `${name}`. When the two can't be laid side by side, the whole scalar.
 * @param text the text that the scalar's offsets count in
 */
export function sourceRange(text: string, scalar: ScalarNode, from: number, to: number): Range {
  const { template } = scalar;
  const raw = template?.raw ?? (typeof scalar.value === 'string' ? scalar.value : undefined);
  if (raw === undefined) return { from: scalar.from, to: scalar.to };
  const [start, end] = template
    ? [inTemplate(template.segments, from, 'rawFrom'), inTemplate(template.segments, to, 'rawTo')]
    : [from, to];
  const source = text.slice(scalar.from, scalar.to);
  if (source === raw) return { from: scalar.from + start, to: scalar.from + end };
  const map = align(source, scalar.style, raw);
  if (!map) return { from: scalar.from, to: scalar.to };
  const first = map[Math.min(start, raw.length)] ?? 0;
  const last = end > start ? (map[Math.min(end, raw.length) - 1] ?? 0) + 1 : first;
  const exact = map[Math.min(end, raw.length)] ?? source.length;
  // An escape is longer than the character it stands for: its end is where the next character begins, unless lines were folded in between.
  const stop = /\s/.test(source.slice(last, exact)) ? last : Math.max(last, exact);
  return { from: scalar.from + first, to: scalar.from + Math.max(first, end > start ? stop : first) };
}

type Segments = NonNullable<ScalarNode['template']>['segments'];

function inTemplate(segments: Segments, offset: number, side: 'rawFrom' | 'rawTo'): number {
  let shift = 0;
  for (const segment of segments) {
    const inside =
      side === 'rawFrom'
        ? offset >= segment.from && offset < segment.to
        : offset > segment.from && offset <= segment.to;
    if (inside) return segment[side];
    if (offset < segment.to || (side === 'rawTo' && offset <= segment.from)) break;
    shift = segment.rawTo - segment.to;
  }
  return Math.max(0, offset + shift);
}

/** For each character of the value its offset in the source, and one more for the end. */
function align(source: string, style: ScalarNode['style'], value: string): number[] | undefined {
  const map: number[] = [];
  let at = style === 'single' || style === 'double' ? 1 : 0;
  if (style === 'block') {
    at = source.indexOf('\n') + 1;
    if (at === 0) return undefined;
    while (/[ \r\n]/.test(source[at] ?? '') && source[at] !== value[0]) at++;
    if (value[0] === ' ' || value[0] === '\n') return undefined;
  }
  for (let i = 0; i < value.length;) {
    if (at >= source.length) {
      map.push(source.length);
      i++;
      continue;
    }
    const blank = /^[ \t\r\n]+/.exec(source.slice(at, at + 1000))?.[0] ?? '';
    if (blank.includes('\n')) {
      let length = 0;
      while (/[ \t\n]/.test(value[i + length] ?? '')) length++;
      for (let k = 0; k < length; k++) {
        const back = length - k;
        const same = back <= blank.length && value.slice(i + k, i + length) === blank.slice(blank.length - back);
        map.push(at + (same ? blank.length - back : 0));
      }
      i += length;
      at += blank.length;
    } else if (style === 'single' && source.startsWith("''", at)) {
      map.push(at);
      i++;
      at += 2;
    } else if (style === 'double' && source[at] === '\\') {
      const escape =
        /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|[^])/.exec(
          source.slice(at, at + 1000),
        )?.[0] ?? '\\';
      if (!/^\\\r?\n/.test(escape)) {
        const units = /^\\U/.test(escape) && Number.parseInt(escape.slice(2), 16) > 0xffff ? 2 : 1;
        for (let k = 0; k < units; k++) map.push(at);
        i += units;
      }
      at += escape.length;
    } else {
      if (source[at] !== value[i]) return undefined;
      map.push(at);
      i++;
      at++;
    }
  }
  map.push(Math.min(at, source.length));
  return map;
}
