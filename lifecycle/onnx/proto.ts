/**
 * The protobuf wire format, as much of it as ONNX needs.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
import { OnnxError } from './error';

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

const utf8 = new TextEncoder();
const fatalUtf8 = new TextDecoder('utf-8', { fatal: true });
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Writes one message. Large byte blocks and nested messages are kept as references until `finish`, so that a model of any size
 * is copied once.
 */
export class Writer {
  private readonly done: Uint8Array[] = [];
  private doneBytes = 0;
  private buffer = new Uint8Array(64);
  private at = 0;

  get length(): number {
    return this.doneBytes + this.at;
  }

  /** A varint field. Numbers beyond int64 are held at its limits. */
  int(field: number, value: number | bigint): void {
    this.tag(field, VARINT);
    if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      this.varint(value);
      return;
    }
    let wide = typeof value === 'bigint' ? value : BigInt(value);
    if (wide > INT64_MAX) wide = INT64_MAX;
    if (wide < INT64_MIN) wide = INT64_MIN;
    this.wideVarint(BigInt.asUintN(64, wide));
  }

  float(field: number, value: number): void {
    this.tag(field, FIXED32);
    this.reserve(4);
    new DataView(this.buffer.buffer).setFloat32(this.at, value, true);
    this.at += 4;
  }

  string(field: number, value: string): void {
    this.bytes(field, utf8.encode(value));
  }

  /** A block of bytes; a large one is referenced, not copied: don't change it before `finish`. */
  bytes(field: number, value: Uint8Array): void {
    this.tag(field, LENGTH);
    this.varint(value.length);
    this.append(value);
  }

  message(field: number, write: (inner: Writer) => void): void {
    const inner = new Writer();
    write(inner);
    this.tag(field, LENGTH);
    this.varint(inner.length);
    for (const chunk of inner.done) this.append(chunk);
    this.append(inner.buffer.subarray(0, inner.at));
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.done) {
      result.set(chunk, offset);
      offset += chunk.length;
    }
    result.set(this.buffer.subarray(0, this.at), offset);
    return result;
  }

  private tag(field: number, wire: number): void {
    this.varint(field * 8 + wire);
  }

  private varint(value: number): void {
    this.reserve(10);
    while (value > 0x7f) {
      this.buffer[this.at++] = (value % 128) | 0x80;
      value = Math.floor(value / 128);
    }
    this.buffer[this.at++] = value;
  }

  private wideVarint(value: bigint): void {
    this.reserve(10);
    while (value > 0x7fn) {
      this.buffer[this.at++] = Number(value & 0x7fn) | 0x80;
      value >>= 7n;
    }
    this.buffer[this.at++] = Number(value);
  }

  private append(value: Uint8Array): void {
    if (value.length > 4096) {
      this.seal();
      this.done.push(value);
      this.doneBytes += value.length;
    } else {
      this.reserve(value.length);
      this.buffer.set(value, this.at);
      this.at += value.length;
    }
  }

  private seal(): void {
    if (this.at === 0) return;
    this.done.push(this.buffer.subarray(0, this.at));
    this.doneBytes += this.at;
    this.buffer = new Uint8Array(64);
    this.at = 0;
  }

  private reserve(count: number): void {
    if (this.at + count <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.at + count));
    larger.set(this.buffer.subarray(0, this.at));
    this.buffer = larger;
  }
}

/** Walks one message, field by field. Every read is bounded by the message; what does not fit raises an OnnxError. */
export class Reader {
  field = 0;
  wire = 0;
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly source: Uint8Array,
    private readonly where: string,
  ) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Steps to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.source.length) return false;
    const tag = this.unsigned();
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.field === 0) throw this.damaged('field number 0');
    return true;
  }

  /** The current varint as a signed int64. */
  int64(): bigint {
    this.expect(VARINT);
    return this.rawInt64();
  }

  /** The current varint as a number; the int64 limits are let through rounded, anything else unsafe is an error. */
  int(): number {
    return safeNumber(this.int64(), this.where);
  }

  float(): number {
    this.expect(FIXED32);
    this.need(4);
    this.at += 4;
    return this.view.getFloat32(this.at - 4, true);
  }

  /** A view of the current block of bytes, not a copy. */
  bytes(): Uint8Array {
    this.expect(LENGTH);
    const length = this.unsigned();
    this.need(length);
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }

  string(): string {
    return text(this.bytes(), this.where);
  }

  /** Repeated floats, packed or not: appends the current field's values. */
  floats(into: number[]): void {
    if (this.wire === FIXED32) {
      into.push(this.float());
      return;
    }
    const block = this.bytes();
    if (block.length % 4 !== 0) throw this.damaged('a packed float block of odd length');
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (let i = 0; i < block.length; i += 4) into.push(view.getFloat32(i, true));
  }

  doubles(into: number[]): void {
    if (this.wire === FIXED64) {
      this.need(8);
      into.push(this.view.getFloat64(this.at, true));
      this.at += 8;
      return;
    }
    const block = this.bytes();
    if (block.length % 8 !== 0) throw this.damaged('a packed double block of odd length');
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (let i = 0; i < block.length; i += 8) into.push(view.getFloat64(i, true));
  }

  int64s(into: bigint[]): void {
    if (this.wire === VARINT) {
      into.push(this.rawInt64());
      return;
    }
    const packed = new Reader(this.bytes(), this.where);
    while (packed.at < packed.source.length) into.push(packed.rawInt64());
  }

  skip(): void {
    if (this.wire === VARINT) this.rawInt64();
    else if (this.wire === FIXED64) this.advance(8);
    else if (this.wire === LENGTH) this.advance(this.unsigned());
    else if (this.wire === FIXED32) this.advance(4);
    else throw this.damaged(`wire type ${this.wire}`);
  }

  damaged(what: string): OnnxError {
    return new OnnxError(
      `Not a readable ONNX model: ${what} in ${this.where}.`,
      'The file may be cut short or not be an ONNX model at all; export or download it again.',
    );
  }

  private advance(count: number): void {
    this.need(count);
    this.at += count;
  }

  private need(count: number): void {
    if (count > this.source.length - this.at) throw this.damaged('the data ends too early');
  }

  private expect(wire: number): void {
    if (this.wire !== wire) throw this.damaged(`field ${this.field} has wire type ${this.wire}, not ${wire}`);
  }

  /** A length or tag: fits a safe integer or is damage. */
  private unsigned(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 7; i++) {
      const byte = this.source[this.at++];
      if (byte === undefined) throw this.damaged('the data ends too early');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw this.damaged('a number too long');
  }

  private rawInt64(): bigint {
    let low = 0;
    let factor = 1;
    const start = this.at;
    for (let i = 0; i < 10; i++) {
      const byte = this.source[this.at++];
      if (byte === undefined) throw this.damaged('the data ends too early');
      if (i < 7) low += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return i < 7 ? BigInt(low) : this.wide(start, i + 1);
    }
    throw this.damaged('a number too long');
  }

  private wide(start: number, count: number): bigint {
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 7n) | BigInt((this.source[start + i] ?? 0) & 0x7f);
    return BigInt.asIntN(64, value);
  }
}

/** An int64 as a number: exact, or one of the int64 limits. */
export function safeNumber(value: bigint, where: string): number {
  if (value > INT64_MIN && value < INT64_MAX) {
    const result = Number(value);
    if (!Number.isSafeInteger(result)) throw new OnnxError(`The integer ${value} in ${where} is beyond 2^53.`);
    return result;
  }
  return Number(value);
}

export function text(bytes: Uint8Array, where: string): string {
  try {
    return fatalUtf8.decode(bytes);
  } catch {
    throw new OnnxError(`Not a readable ONNX model: text that is not UTF-8 in ${where}.`);
  }
}
