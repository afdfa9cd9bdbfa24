/** Parquet's PLAIN encoding: https://parquet.apache.org/docs/file-format/data-pages/encodings/#PLAIN */
import { isUtf8 } from 'node:buffer';
import type { ParquetColumn, Physical, TimeUnit } from './footer';
import { Unread } from './unread';

/** Bytes in memory, of which those from `from` on are the values; a few beyond `to` may be looked at. */
export interface Bytes {
  readonly buffer: Buffer;
  readonly view: DataView;
  readonly from: number;
  readonly to: number;
}

const SIZES: Readonly<Partial<Record<Physical, number>>> = { int32: 4, int64: 8, float: 4, double: 8 };
const DAY = 86_400_000;
/** Days, and thousands of what a time counts, beyond which the database has ways of its own. */
const MOST_DAYS = 1e8;
const UPPER = 2 ** 32;

/**
 * Numbers as doubles, as the database casts them; times as milliseconds since 1970.
 *
 * @throws Unread when there are not so many, or a time is out of the common
 */
export function readPlain(
  { buffer, view, from, to }: Bytes,
  column: ParquetColumn,
  out: Float64Array,
  at: number,
  count: number,
): void {
  const { physical, unsigned, unit } = column;
  const size = SIZES[physical];
  if (size === undefined || from + size * count > to) throw new Unread('values end too early, or are no numbers');
  if (physical === 'double')
    buffer.copy(new Uint8Array(out.buffer, out.byteOffset, out.byteLength), 8 * at, from, from + 8 * count);
  else if (physical === 'float') readFloats(view, from, out, at, count);
  else if (physical === 'int32') {
    if (unsigned) readUnsigned(view, from, out, at, count);
    else readIntegers(view, from, out, at, count);
    if (unit === 'days') daysToMilliseconds(out, at, count);
  } else if (unit === 'nanoseconds') readNanoseconds(view, from, out, at, count);
  else {
    if (unsigned) readUnsignedLong(view, from, out, at, count);
    else readLong(view, from, out, at, count);
    if (unit !== undefined) wholeToMilliseconds(out, at, count, unit);
  }
}

// Each loop is a function of its own: what is compiled while a long loop runs knows nothing of what comes after it, and is thrown away there.

function readFloats(view: DataView, from: number, out: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) out[at + i] = view.getFloat32(from + 4 * i, true);
}

function readIntegers(view: DataView, from: number, out: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) out[at + i] = view.getInt32(from + 4 * i, true);
}

function readUnsigned(view: DataView, from: number, out: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) out[at + i] = view.getUint32(from + 4 * i, true);
}

function readLong(view: DataView, from: number, out: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++)
    out[at + i] = view.getInt32(from + 8 * i + 4, true) * UPPER + view.getUint32(from + 8 * i, true);
}

function readUnsignedLong(view: DataView, from: number, out: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++)
    out[at + i] = view.getUint32(from + 8 * i + 4, true) * UPPER + view.getUint32(from + 8 * i, true);
}

function readNanoseconds(view: DataView, from: number, out: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const low = view.getUint32(from + 8 * i, true);
    const high = view.getInt32(from + 8 * i + 4, true);
    // 2^32 is 4,294,967 thousands and 296; every term is a whole number that a double holds.
    const rest = high * 296 + low;
    const whole = high * 4_294_967 + Math.floor(rest / 1e3);
    // Cut off towards 1970, as the database does.
    out[at + i] = (whole < 0 && rest % 1e3 !== 0 ? whole + 1 : whole) / 1e3;
  }
}

function daysToMilliseconds(out: Float64Array, at: number, count: number): void {
  for (let i = at; i < at + count; i++) {
    const days = out[i]!;
    if (Math.abs(days) > MOST_DAYS) throw new Unread('a date out of the common');
    out[i] = days * DAY;
  }
}

function wholeToMilliseconds(out: Float64Array, at: number, count: number, unit: TimeUnit): void {
  const [most, divisor] = unit === 'microseconds' ? [Number.MAX_SAFE_INTEGER, 1e3] : [Number.MAX_SAFE_INTEGER / 1e3, 1];
  for (let i = at; i < at + count; i++) {
    const value = out[i]!;
    if (!(Math.abs(value) <= most)) throw new Unread('a time out of the common');
    out[i] = value / divisor;
  }
}

/** Booleans as 0 and 1. @throws Unread when there are not so many */
export function readBooleans({ view, from, to }: Bytes, out: Uint32Array, at: number, count: number): void {
  if (from + Math.ceil(count / 8) > to) throw new Unread('booleans end too early');
  for (let i = 0; i < count; i++) out[at + i] = (view.getUint8(from + (i >> 3)) >> (i & 7)) & 1;
}

/** Texts by their bytes, one character a byte: see {@link spelt}. @throws Unread when there are not so many */
export function readSpellings({ buffer, view, from, to }: Bytes, count: number): string[] {
  if (from + 4 * count > to) throw new Unread('texts end too early');
  const spellings = new Array<string>(count);
  let place = from;
  for (let i = 0; i < count; i++) {
    if (place + 4 > to) throw new Unread('texts end too early');
    const begin = place + 4;
    place = begin + view.getUint32(place, true);
    if (place > to) throw new Unread('texts end too early');
    spellings[i] = buffer.toString('latin1', begin, place);
  }
  return spellings;
}

/** The text that bytes mean. @throws Unread when they are no UTF-8 */
export function spelt(spelling: string): string {
  if (/^[\0-\x7f]*$/.test(spelling)) return spelling;
  const bytes = Buffer.from(spelling, 'latin1');
  if (!isUtf8(bytes)) throw new Unread('a text that is no UTF-8');
  return bytes.toString();
}
