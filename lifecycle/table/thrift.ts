/**
 * Thrift's compact protocol, read into plain trees and written back: as much as a Parquet footer needs.
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type ThriftValue =
  | { readonly type: 'bool'; value: boolean }
  | { readonly type: 'byte' | 'i16' | 'i32' | 'i64'; value: bigint }
  | { readonly type: 'double' | 'binary'; value: Uint8Array }
  | { readonly type: 'list'; readonly of: number; readonly items: ThriftValue[] }
  | { readonly type: 'struct'; readonly fields: Map<number, ThriftValue> };

export type ThriftStruct = Extract<ThriftValue, { type: 'struct' }>;

const TRUE = 1;
const FALSE = 2;
const codes = { byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, struct: 12 } as const;
const whole = new Map<number, 'byte' | 'i16' | 'i32' | 'i64'>([
  [3, 'byte'],
  [4, 'i16'],
  [5, 'i32'],
  [6, 'i64'],
]);

/** @throws RangeError when the bytes are not one struct of this protocol */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return readThriftAt(bytes, 0).value;
}

/**
 * Reads a struct that begins at a place, and tells where it ends.
 *
 * @throws RangeError when there is none of this protocol
 */
export function readThriftAt(bytes: Uint8Array, from: number): { readonly value: ThriftStruct; readonly end: number } {
  let at = from;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new RangeError('the footer ends too early');
    return value;
  };
  const varint = (): bigint => {
    // Four bytes fit a whole number of 32 bits, which is quicker than a bigint.
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const next = byte();
      low |= (next & 127) << shift;
      if (next < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; ; shift += 7n) {
      const next = byte();
      value |= BigInt(next & 127) << shift;
      if (next < 128) return value;
      if (shift > 63n) throw new RangeError('a number in the footer is too long');
    }
  };
  const zigzag = (): bigint => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('the footer ends too early');
    return bytes.subarray(at, (at += length));
  };
  const read = (code: number, inList: boolean): ThriftValue => {
    if (code === TRUE || code === FALSE) return { type: 'bool', value: (inList ? byte() : code) === TRUE };
    const integer = whole.get(code);
    if (integer === 'byte') return { type: 'byte', value: BigInt.asIntN(8, BigInt(byte())) };
    if (integer) return { type: integer, value: zigzag() };
    if (code === codes.double) return { type: 'double', value: take(8) };
    if (code === codes.binary) return { type: 'binary', value: take(Number(varint())) };
    if (code === codes.list || code === 10) {
      const head = byte();
      const of = head & 15;
      const size = head >> 4 === 15 ? Number(varint()) : head >> 4;
      const items: ThriftValue[] = [];
      for (let i = 0; i < size; i++) items.push(read(of, true));
      return { type: 'list', of, items };
    }
    if (code === codes.struct) return struct();
    throw new RangeError(`the footer holds a value of unknown kind ${code}`);
  };
  const struct = (): ThriftStruct => {
    const fields = new Map<number, ThriftValue>();
    let id = 0;
    for (;;) {
      const head = byte();
      if (head === 0) return { type: 'struct', fields };
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4);
      fields.set(id, read(head & 15, false));
    }
  };
  return { value: struct(), end: at };
}

export function writeThrift(root: ThriftStruct): Uint8Array {
  let buffer = new Uint8Array(65_536);
  let at = 0;
  const room = (length: number): void => {
    if (at + length <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, at + length));
    larger.set(buffer);
    buffer = larger;
  };
  const byte = (value: number): void => {
    room(1);
    buffer[at++] = value;
  };
  const varint = (value: bigint): void => {
    let rest = value;
    while (rest > 0x7fff_ffffn) {
      byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    let low = Number(rest);
    for (; low > 127; low >>= 7) byte((low & 127) | 128);
    byte(low);
  };
  const zigzag = (value: bigint): void => varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
  const raw = (value: Uint8Array): void => {
    room(value.length);
    buffer.set(value, at);
    at += value.length;
  };
  const write = (value: ThriftValue, inList: boolean): void => {
    switch (value.type) {
      case 'bool':
        if (inList) byte(value.value ? TRUE : FALSE);
        return;
      case 'byte':
        return byte(Number(BigInt.asUintN(8, value.value)));
      case 'i16':
      case 'i32':
      case 'i64':
        return zigzag(value.value);
      case 'double':
        return raw(value.value);
      case 'binary':
        varint(BigInt(value.value.length));
        return raw(value.value);
      case 'list': {
        const { length } = value.items;
        byte((length < 15 ? length << 4 : 0xf0) | value.of);
        if (length >= 15) varint(BigInt(length));
        for (const item of value.items) write(item, true);
        return;
      }
      case 'struct':
        return struct(value);
    }
  };
  const struct = ({ fields }: ThriftStruct): void => {
    let last = 0;
    for (const [id, value] of [...fields].sort(([a], [b]) => a - b)) {
      const code = value.type === 'bool' ? (value.value ? TRUE : FALSE) : codes[value.type];
      const step = id - last;
      if (step > 0 && step < 16) byte((step << 4) | code);
      else {
        byte(code);
        zigzag(BigInt(id));
      }
      write(value, false);
      last = id;
    }
    byte(0);
  };
  struct(root);
  return buffer.slice(0, at);
}
