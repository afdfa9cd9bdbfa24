/**
 * The first records of a delimited text, without DuckDB: enough to know separator, header and likely types. The language server answers from
 * this, and the reader tells DuckDB the dialect found here, so that a ragged row is an error and not a reason to guess another dialect.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export type Encoding = 'utf-8' | 'latin-1' | 'windows-1252' | 'utf-16';

export interface Dialect {
  readonly delimiter: string;
  /** Whether the first record names the columns. */
  readonly header: boolean;
}

export interface DelimitedOptions {
  readonly delimiter?: string;
  readonly header?: boolean;
  /** Lines above the header that are no part of the table. */
  readonly 'skip-lines'?: number;
  readonly encoding?: Encoding;
}

/** How the records of a file end. */
export type LineEnd = '\n' | '\r\n';

export interface Delimited extends Dialect {
  /** How its records end, where a line break of another kind stands before, in a name of the header: DuckDB would take that for it. */
  readonly lineEnd?: LineEnd;
  /** Column names, unique without regard to case; made up where the file has none. */
  readonly names: readonly string[];
  /** Names that had to be changed, as in the file → as used. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** The records that were read whole, without the header. */
  readonly records: readonly (readonly string[])[];
  /** True when the text ended within what was read. */
  readonly complete: boolean;
}

/** Separators that are tried. */
export const DELIMITERS = [',', ';', '\t', '|'];

/**
 * The first bytes of a file, unpacked when its name ends in `.gz`. Undefined for zstd, which Node 20 can't unpack.
 *
 * @throws when the file can't be read
 */
export async function head(file: string, limit: number): Promise<{ bytes: Uint8Array; complete: boolean } | undefined> {
  if (/\.zst$/i.test(file)) return undefined;
  const packed = /\.gz$/i.test(file);
  const source = createReadStream(file, packed ? {} : { end: limit });
  const stream = packed ? source.pipe(createGunzip()) : source;
  if (packed) source.on('error', (error) => stream.destroy(error));
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      if (length > limit) break;
    }
  } catch (error) {
    // A cut-off archive still shows its beginning; the reader says what is wrong with the rest.
    if (!packed || length === 0) throw error;
  } finally {
    source.destroy();
  }
  return { bytes: Buffer.concat(parts).subarray(0, limit), complete: length <= limit };
}

/** The encoding that a file's mark at its beginning tells; undefined without one. */
export function markedEncoding(bytes: Uint8Array): Encoding | undefined {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) ? 'utf-16' : undefined;
}

/** What Windows-1252 has between 0x80 and 0x9f, where Latin-1 has control characters; five places are empty. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Text of Windows-1252 (by hand: Node 20's TextDecoder of that name decodes Latin-1). */
export function fromWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80] ?? character);
}

/** Without an encoding it is UTF-8, or what the mark at the beginning says. */
export function decode(bytes: Uint8Array, given?: Encoding): string {
  const encoding = given ?? markedEncoding(bytes) ?? 'utf-8';
  if (encoding === 'windows-1252') return fromWindows1252(bytes);
  if (encoding === 'latin-1') return Buffer.from(bytes).toString('latin1');
  if (encoding === 'utf-16') {
    const big = bytes[0] === 0xfe && bytes[1] === 0xff;
    return new TextDecoder(big ? 'utf-16be' : 'utf-16le').decode(bytes);
  }
  return new TextDecoder('utf-8').decode(bytes);
}

/** Reads what there is of a delimited text. A record cut off at the end is left out unless the text is `complete`. */
export function readDelimited(text: string, complete: boolean, options: DelimitedOptions = {}): Delimited {
  const whole = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const skipped = options['skip-lines'] ?? 0;
  const body = skipped > 0 ? whole.slice(endOfLines(whole, skipped)) : whole;
  const delimiter = options.delimiter ?? sniffDelimiter(body, complete);
  const records = splitRecords(body, delimiter, complete);
  const header = options.header ?? true;
  const first = records[0] ?? [];
  const raw = header ? first : first.map(() => '');
  const { names, renamed } = uniqueNames(raw);
  const lineEnd = skipped > 0 ? undefined : hiddenLineEnd(body);
  return {
    delimiter,
    header,
    ...(lineEnd && { lineEnd }),
    names,
    renamed: header ? renamed : [],
    records: header ? records.slice(1) : records,
    complete,
  };
}

/** The end of the first record, where the first line break of the text is of another kind and stands in quotes, as a header's that Excel wraps. */
function hiddenLineEnd(text: string): LineEnd | undefined {
  const breaks = /"|\r\n|\n|\r/g;
  let quoted = false;
  let first: string | undefined;
  for (let found = breaks.exec(text); found; found = breaks.exec(text)) {
    if (found[0] === '"') quoted = !quoted;
    else if (quoted) first ??= found[0];
    else return first !== undefined && first !== found[0] && found[0] !== '\r' ? (found[0] as LineEnd) : undefined;
  }
  return undefined;
}

/** Where so many lines of a text end. */
function endOfLines(text: string, lines: number): number {
  const breaks = /\r\n|\n|\r/g;
  for (let n = 0; n < lines; n++) if (breaks.exec(text) === null) return text.length;
  return breaks.lastIndex;
}

/** The separator that cuts the first records into the same number of columns, the most of them; a comma when none does. */
export function sniffDelimiter(text: string, complete: boolean): string {
  let best = ',';
  let score = 1;
  for (const delimiter of DELIMITERS) {
    const records = splitRecords(text, delimiter, complete, 50);
    const width = records[0]?.length ?? 0;
    const even = records.filter((record) => record.length === width).length / Math.max(1, records.length);
    const found = width < 2 ? 0 : even * Math.min(width, 1000) ** 0.25 * (even === 1 ? 2 : 1);
    if (found > score || (found > 0 && score === 1)) [best, score] = [delimiter, Math.max(found, 1)];
  }
  return best;
}

/** RFC 4180: double quotes around a value, a quote inside is doubled, LF, CRLF or CR between records. Empty lines are no records. */
export function splitRecords(text: string, delimiter: string, complete: boolean, limit = Infinity): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  const end = text.length;
  while (at < end && records.length < limit) {
    let value: string;
    if (text[at] === '"') {
      let close = at + 1;
      for (;;) {
        close = text.indexOf('"', close);
        if (close < 0 || text[close + 1] !== '"') break;
        close += 2;
      }
      // An open quote at the end: the rest was cut off, or the file is broken.
      if (close < 0) return records;
      value = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      while (at < end && !atBreak(text, at) && !text.startsWith(delimiter, at)) value += text[at++] ?? '';
    } else {
      let stop = at;
      while (stop < end && !atBreak(text, stop) && !text.startsWith(delimiter, stop)) stop++;
      value = text.slice(at, stop);
      at = stop;
    }
    record.push(value);
    if (at >= end) break;
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      if (at >= end) record.push('');
      continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  if (complete && records.length < limit && record.length > 0 && (record.length > 1 || record[0] !== ''))
    records.push(record);
  return records;
}

function atBreak(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || code === 13;
}

/** Names as columns can have them: trimmed, none empty, unique without regard to case (SQL sees none). */
export function uniqueNames(raw: readonly string[]): { names: string[]; renamed: { from: string; to: string }[] } {
  const taken = new Set<string>();
  const renamed: { from: string; to: string }[] = [];
  const names = raw.map((from, i) => {
    const stem = from.trim() || `column${i + 1}`;
    let to = stem;
    for (let n = 2; taken.has(to.toLowerCase()); n++) to = `${stem}_${n}`;
    taken.add(to.toLowerCase());
    if (to !== from) renamed.push({ from, to });
    return to;
  });
  return { names, renamed };
}
