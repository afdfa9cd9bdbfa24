import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** The first line of a file that ends in another way than its first line does. */
export interface OtherEnd {
  /** Counted from 1. */
  readonly line: number;
  /** `CR LF`, as Windows writes it, or `LF`. */
  readonly first: 'CR LF' | 'LF';
  readonly other: 'CR LF' | 'LF';
}

const CR = 13;
const LF = 10;
const QUOTE = 34;

/** How to go on. */
export const LINE_ENDS = "Save it once more in one program, or give every line one end: `sed -i 's/\\r$//' FILE`.";

/** @param file its name, without folders */
export function sayOtherEnd(file: string, { line, first, other }: OtherEnd): string {
  return `${file} line ${line} ends with ${other}; the lines before it end with ${first}. Rows that another program added?`;
}

/** As {@link otherLineEnd}, in a text. */
export function otherEndIn(text: string): OtherEnd | undefined {
  if (!text.includes('\r\n') || !/(?:^|[^\r])\n/.test(text)) return undefined;
  let quoted = false;
  let line = 1;
  let first: OtherEnd['first'] | undefined;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    else if (code === LF) {
      if (!quoted) {
        const end = i > 0 && text.charCodeAt(i - 1) === CR ? 'CR LF' : 'LF';
        if (first !== undefined && end !== first) return { line, first, other: end };
        first = end;
      }
      line++;
    }
  }
  return undefined;
}

/**
 * Looks through a delimited file for a line with another end than the first, as programs leave it that add rows to a file of another system. Line
 * breaks within quotes are none.
 *
 * @returns undefined when there is none, or the file can't be looked through (zstd, UTF-16)
 */
export async function otherLineEnd(file: string): Promise<OtherEnd | undefined> {
  if (/\.zst$/i.test(file)) return undefined;
  const source = createReadStream(file);
  const stream = /\.gz$/i.test(file) ? source.pipe(createGunzip()) : source;
  let quoted = false;
  let before = 0;
  let line = 1;
  let first: OtherEnd['first'] | undefined;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      for (const byte of part) {
        if (byte === QUOTE) quoted = !quoted;
        else if (byte === LF) {
          if (!quoted) {
            const end = before === CR ? 'CR LF' : 'LF';
            if (first !== undefined && end !== first) return { line, first, other: end };
            first = end;
          }
          line++;
        } else if (byte === 0) return undefined;
        before = byte;
      }
    }
  } catch {
    return undefined;
  } finally {
    source.destroy();
  }
  return undefined;
}
