/**
 * Parquet's hybrid of runs and packed bits, which codes of dictionaries, levels and booleans are written in.
 * Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
import { Unread } from './unread';

/** Bits of a code that are read at most: four bytes from wherever it begins hold it. */
export const MOST_BITS = 24;
/** Bytes beyond the last that may be looked at, though nothing is taken from them. */
export const SLACK = 8;

/**
 * Reads `count` numbers into `out` from `at` on.
 *
 * @param view of the bytes, with {@link SLACK} beyond `to`
 * @param from where the runs begin
 * @param to where they end at the latest
 * @param width bits of a number, at most {@link MOST_BITS}
 * @throws Unread when they are damaged
 */
export function readHybrid(
  view: DataView,
  from: number,
  to: number,
  width: number,
  out: Uint32Array,
  at: number,
  count: number,
): void {
  if (width > MOST_BITS) throw new Unread(`codes of ${width} bits`);
  // Of one value only there may be nothing to write.
  if (width === 0) {
    out.fill(0, at, at + count);
    return;
  }
  const bytes = (width + 7) >> 3;
  let place = from;
  for (let done = 0; done < count;) {
    const header = varint(view, place, to);
    place = header.end;
    if ((header.value & 1) === 1) {
      const groups = header.value >>> 1;
      const size = groups * width;
      if (place + size > to) throw new Unread('packed bits end too early');
      const taken = Math.min(8 * groups, count - done);
      unpack(view, place, width, out, at + done, taken);
      place += size;
      done += taken;
    } else {
      if (place + bytes > to) throw new Unread('a run ends too early');
      let value = 0;
      for (let i = 0; i < bytes; i++) value |= view.getUint8(place + i) << (8 * i);
      if (value >>> width !== 0) throw new Unread('a run of a number with too many bits');
      place += bytes;
      const taken = Math.min(header.value >>> 1, count - done);
      out.fill(value, at + done, at + done + taken);
      done += taken;
    }
  }
}

/** Whether the runs are `count` times the number 1 of one bit: levels of values of which none is missing. */
export function areOnes(view: DataView, from: number, to: number, count: number): boolean {
  let place = from;
  for (let done = 0; done < count;) {
    const header = varint(view, place, to);
    if ((header.value & 1) === 1 || header.end >= to || view.getUint8(header.end) !== 1) return false;
    done += header.value >>> 1;
    place = header.end + 1;
  }
  return true;
}

function varint(view: DataView, from: number, to: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let place = from, shift = 0; shift < 35; shift += 7) {
    if (place >= to) break;
    const byte = view.getUint8(place++);
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) {
      if (value >= 2 ** 32) break;
      return { value, end: place };
    }
  }
  throw new Unread('the length of a run ends too early');
}

/** Numbers of `width` bits, the lowest bits first, eight at a time: each is within the four bytes from the one it begins in. */
function unpack(view: DataView, from: number, width: number, out: Uint32Array, at: number, count: number): void {
  const mask = 2 ** width - 1;
  const [b1, b2, b3, b4] = [width, 2 * width, 3 * width, 4 * width];
  const [b5, b6, b7] = [5 * width, 6 * width, 7 * width];
  const whole = at + (count & ~7);
  let place = from;
  for (let i = at; i < whole; i += 8, place += width) {
    out[i] = view.getUint32(place, true) & mask;
    out[i + 1] = (view.getUint32(place + (b1 >> 3), true) >>> (b1 & 7)) & mask;
    out[i + 2] = (view.getUint32(place + (b2 >> 3), true) >>> (b2 & 7)) & mask;
    out[i + 3] = (view.getUint32(place + (b3 >> 3), true) >>> (b3 & 7)) & mask;
    out[i + 4] = (view.getUint32(place + (b4 >> 3), true) >>> (b4 & 7)) & mask;
    out[i + 5] = (view.getUint32(place + (b5 >> 3), true) >>> (b5 & 7)) & mask;
    out[i + 6] = (view.getUint32(place + (b6 >> 3), true) >>> (b6 & 7)) & mask;
    out[i + 7] = (view.getUint32(place + (b7 >> 3), true) >>> (b7 & 7)) & mask;
  }
  for (let i = whole, bit = 0; i < at + count; i++, bit += width)
    out[i] = (view.getUint32(place + (bit >> 3), true) >>> (bit & 7)) & mask;
}
