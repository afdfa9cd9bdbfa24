/**
 * The binary tensor data extension of the Open Inference Protocol: after the JSON, whose length stands in a header, the tensors follow as bytes.
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */
import { HttpError, type HttpReply, jsonReply } from '../../net/server';
import { parseJson } from './json';

const HEADER = 'inference-header-content-length';

/** The tensors of a request that come as bytes, one after the other. */
export class BinaryTensors {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The next `size` bytes as values of a datatype. @throws HttpError 400 */
  take(name: string, datatype: string, size: unknown, count: number): unknown[] {
    if (!Number.isSafeInteger(size) || (size as number) < 0)
      throw refuse(`The input '${name}' has a \`binary_data_size\` that is not a number of bytes.`, name);
    const end = this.#at + (size as number);
    if (end > this.#bytes.length)
      throw refuse(
        `The input '${name}' should have ${String(size)} bytes; only ${this.#bytes.length - this.#at} are left.`,
        name,
      );
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    if (datatype === 'BYTES') return texts(bytes, name, count);
    const reader = READERS[datatype];
    if (reader === undefined)
      throw refuse(`The datatype ${datatype.slice(0, 20)} of '${name}' can't be read as bytes.`, name);
    if (bytes.length !== reader.width * count)
      throw refuse(
        `The input '${name}' has ${bytes.length} bytes; ${count} values of ${datatype} are ${reader.width * count}.`,
        name,
      );
    return Array.from({ length: count }, (_, i) => reader.read(bytes, i * reader.width));
  }

  /** @throws HttpError 400 when bytes are left */
  end(): void {
    if (this.#at < this.#bytes.length)
      throw refuse(`${this.#bytes.length - this.#at} bytes after the last tensor belong to none.`);
  }
}

const READERS: Readonly<Record<string, { width: number; read: (bytes: Buffer, at: number) => number | boolean }>> = {
  BOOL: { width: 1, read: (bytes, at) => bytes[at] !== 0 },
  INT8: { width: 1, read: (bytes, at) => bytes.readInt8(at) },
  UINT8: { width: 1, read: (bytes, at) => bytes.readUInt8(at) },
  INT16: { width: 2, read: (bytes, at) => bytes.readInt16LE(at) },
  UINT16: { width: 2, read: (bytes, at) => bytes.readUInt16LE(at) },
  INT32: { width: 4, read: (bytes, at) => bytes.readInt32LE(at) },
  UINT32: { width: 4, read: (bytes, at) => bytes.readUInt32LE(at) },
  INT64: { width: 8, read: (bytes, at) => Number(bytes.readBigInt64LE(at)) },
  UINT64: { width: 8, read: (bytes, at) => Number(bytes.readBigUInt64LE(at)) },
  FP16: { width: 2, read: (bytes, at) => half(bytes.readUInt16LE(at)) },
  BF16: { width: 2, read: (bytes, at) => brain(bytes.readUInt16LE(at)) },
  FP32: { width: 4, read: (bytes, at) => bytes.readFloatLE(at) },
  FP64: { width: 8, read: (bytes, at) => bytes.readDoubleLE(at) },
};

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));
function brain(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** Each value with its length in four bytes before it. */
function texts(bytes: Buffer, name: string, count: number): string[] {
  const values: string[] = [];
  let at = 0;
  while (at < bytes.length && values.length < count) {
    if (at + 4 > bytes.length) break;
    const length = bytes.readUInt32LE(at);
    if (at + 4 + length > bytes.length) break;
    values.push(bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (at !== bytes.length || values.length !== count)
    throw refuse(`The bytes of '${name}' are not ${count} texts, each after its length in four bytes.`, name);
  return values;
}

/** Splits a body into its JSON and its bytes. @throws HttpError 400 */
export function readBody(
  body: Buffer,
  header: string | string[] | undefined,
): { readonly value: unknown; readonly binary?: BinaryTensors } {
  if (header === undefined) return { value: parseJson(body) };
  const length = typeof header === 'string' && /^\d{1,10}$/.test(header) ? Number(header) : -1;
  if (length < 0 || length > body.length)
    throw refuse(`\`${HEADER}\` is not the length of the JSON at the beginning of the body.`);
  return { value: parseJson(body.subarray(0, length)), binary: new BinaryTensors(body.subarray(length)) };
}

interface Reply {
  readonly outputs: readonly { readonly name: string; readonly datatype: string; readonly data: ArrayLike<unknown> }[];
}

/** An answer with some outputs as bytes behind the JSON. */
export function binaryReply(reply: unknown, wanted: ReadonlySet<string> | undefined): HttpReply {
  if (wanted === undefined || wanted.size === 0) return jsonReply(200, reply);
  const tensors: Buffer[] = [];
  const outputs = (reply as Reply).outputs.map((output) => {
    if (!wanted.has(output.name)) return output;
    const { data, ...rest } = output;
    const bytes = output.datatype === 'BYTES' ? textBytes(data) : floatBytes(data);
    tensors.push(bytes);
    return { ...rest, parameters: { binary_data_size: bytes.length } };
  });
  const json = Buffer.from(JSON.stringify({ ...(reply as Reply), outputs }));
  return {
    status: 200,
    type: 'application/octet-stream',
    body: Buffer.concat([json, ...tensors]),
    headers: { [HEADER]: String(json.length) },
  };
}

function textBytes(values: ArrayLike<unknown>): Buffer {
  return Buffer.concat(
    Array.from(values, (value) => {
      const text = Buffer.from(String(value));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      return Buffer.concat([length, text]);
    }),
  );
}

function floatBytes(values: ArrayLike<unknown>): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i] as number, i * 4);
  return bytes;
}

function refuse(message: string, column?: string): HttpError {
  return new HttpError(400, 'not-an-infer-request', message, column === undefined ? {} : { column });
}
