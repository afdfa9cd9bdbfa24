import { Unread } from './unread';

/** Bytes, and a view of them. */
export interface Room {
  readonly buffer: Buffer;
  readonly view: DataView;
}

/** From so many bytes on a literal is copied by one call. */
const LONG = 48;

/**
 * Unpacks a Snappy block into `output`, from its start on.
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @param size bytes it is said to unpack to
 * @throws Unread when it is damaged, or unpacks to another size
 */
export function unsnap(packed: Room, from: number, to: number, unpacked: Room, size: number): void {
  const { buffer: input, view: source } = packed;
  const { buffer: output, view: target } = unpacked;
  // Four bytes at a time may write up to three more than there are, which the next element writes over.
  const [lastSource, lastTarget] = [source.byteLength - LONG - 4, size - 68];
  let at = from;
  let said = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= to || shift > 28) throw new Unread('a Snappy block has no length');
    const byte = input[at++]!;
    said += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  if (said !== size || size > output.length) throw new Unread('a Snappy block has another length than its page says');
  let out = 0;
  while (at < to) {
    const tag = input[at++]!;
    if ((tag & 3) === 0) {
      let length = tag >>> 2;
      if (length >= 60) {
        const more = length - 59;
        if (at + more > to) throw new Unread('a Snappy block ends too early');
        length = 0;
        for (let i = 0; i < more; i++) length += input[at++]! * 2 ** (8 * i);
      }
      length++;
      if (at + length > to || out + length > size) throw new Unread('a Snappy block holds more than it says');
      if (length >= LONG) input.copy(output, out, at, at + length);
      else if (at < lastSource && out < lastTarget)
        for (let i = 0; i < length; i += 4) target.setUint32(out + i, source.getUint32(at + i, true), true);
      else for (let i = 0; i < length; i++) output[out + i] = input[at + i]!;
      at += length;
      out += length;
      continue;
    }
    let length: number;
    let offset: number;
    if ((tag & 3) === 1) {
      if (at >= to) throw new Unread('a Snappy block ends too early');
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | input[at++]!;
    } else if ((tag & 3) === 2) {
      if (at + 2 > to) throw new Unread('a Snappy block ends too early');
      length = (tag >>> 2) + 1;
      offset = input[at]! | (input[at + 1]! << 8);
      at += 2;
    } else {
      if (at + 4 > to) throw new Unread('a Snappy block ends too early');
      length = (tag >>> 2) + 1;
      offset = input.readUInt32LE(at);
      at += 4;
    }
    if (offset === 0 || offset > out || out + length > size)
      throw new Unread('a Snappy block points outside of itself');
    // The two may overlap, which repeats what is there.
    if (offset >= 4 && out < lastTarget)
      for (let i = 0; i < length; i += 4) target.setUint32(out + i, target.getUint32(out - offset + i, true), true);
    else for (let i = 0; i < length; i++) output[out + i] = output[out - offset + i]!;
    out += length;
  }
  if (out !== size) throw new Unread('a Snappy block holds less than it says');
}
