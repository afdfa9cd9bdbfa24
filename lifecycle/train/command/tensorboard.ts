/**
 * Reads the scalars of TensorBoard event files. A file is a row of records: the length (uint64), its checksum, the bytes of an `Event`
 * message, their checksum; little-endian, checksums CRC-32C rotated and shifted (tensorflow/core/lib/io/record_writer.h,
 * tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto).
 */

/** One point of a curve. */
export interface Scalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** Longest record that is read, in bytes; images and graphs beyond it are passed over. */
const LONGEST = 64 * 1024 * 1024;

/** Reads what a growing file has gained. A torn last record waits for its rest; a damaged one ends the reading for good. */
export class EventReader {
  private rest = Buffer.alloc(0);
  private broken = false;
  /** Bytes of the file that were taken so far. */
  taken = 0;

  /** False once a record's checksum was wrong. */
  get sound(): boolean {
    return !this.broken;
  }

  /** @param bytes what follows the bytes given before */
  read(bytes: Uint8Array): Scalar[] {
    this.taken += bytes.length;
    if (this.broken) return [];
    let whole = Buffer.concat([this.rest, bytes]);
    const found: Scalar[] = [];
    while (whole.length >= 12) {
      const length = Number(whole.readBigUInt64LE(0));
      if (whole.readUInt32LE(8) !== masked(crc32c(whole.subarray(0, 8))) || length > LONGEST) {
        this.broken = true;
        break;
      }
      if (whole.length < length + 16) break;
      const data = whole.subarray(12, 12 + length);
      if (whole.readUInt32LE(12 + length) !== masked(crc32c(data))) {
        this.broken = true;
        break;
      }
      found.push(...scalarsOf(data));
      whole = whole.subarray(length + 16);
    }
    this.rest = Buffer.from(whole);
    return found;
  }
}

const TABLE = new Uint32Array(256).map((_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** How records keep a checksum: rotated by 15 and moved on, so that a checksum of checksums is none. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

interface Field {
  readonly number: number;
  /** A varint or a fixed number, or the bytes of what has a length. */
  readonly value: bigint | Buffer;
}

/** The fields of a protocol buffer message; ends quietly where it is not one. */
function* fields(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        yield { number, value: BigInt.asIntN(64, varint()) };
        break;
      case 1:
        yield { number, value: bytes.subarray(at, (at += 8)) };
        break;
      case 2: {
        const length = Number(varint());
        yield { number, value: bytes.subarray(at, (at += length)) };
        break;
      }
      case 5:
        yield { number, value: bytes.subarray(at, (at += 4)) };
        break;
      default:
        return;
    }
  }
}

function scalarsOf(event: Buffer): Scalar[] {
  let step = 0;
  const found: { tag: string; value: number }[] = [];
  for (const { number, value } of fields(event)) {
    if (number === 2 && typeof value === 'bigint') step = Number(value);
    if (number !== 5 || typeof value === 'bigint') continue;
    for (const entry of fields(value)) {
      if (entry.number !== 1 || typeof entry.value === 'bigint') continue;
      const point = pointOf(entry.value);
      if (point) found.push(point);
    }
  }
  return found.map((point) => ({ ...point, step }));
}

/** Tag (1) with `simple_value` (2), or a `tensor` (8) of one float or double, as newer writers have it. */
function pointOf(entry: Buffer): { tag: string; value: number } | undefined {
  let tag = '';
  let value: number | undefined;
  for (const field of fields(entry)) {
    if (typeof field.value === 'bigint') continue;
    if (field.number === 1) tag = field.value.toString('utf8');
    else if (field.number === 2 && field.value.length === 4) value = field.value.readFloatLE(0);
    else if (field.number === 8) value = numberOf(field.value) ?? value;
  }
  return tag === '' || value === undefined ? undefined : { tag, value };
}

/** The only number of a TensorProto: type (1), `tensor_content` (4), `float_val` (5), `double_val` (6). */
function numberOf(tensor: Buffer): number | undefined {
  let type = 0;
  let content: Buffer | undefined;
  for (const { number, value } of fields(tensor)) {
    if (number === 1 && typeof value === 'bigint') type = Number(value);
    if ((number === 4 || number === 5 || number === 6) && typeof value !== 'bigint') content = value;
  }
  if (type === 1 && content?.length === 4) return content.readFloatLE(0);
  if (type === 2 && content?.length === 8) return content.readDoubleLE(0);
  return undefined;
}
