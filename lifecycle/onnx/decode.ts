/**
 * Bytes to ModelProto, for models of ours and of others. Nothing in the bytes is trusted: every length is bounded by what is there, nesting is
 * limited, and a model that points to data outside itself is refused.
 */
import { dataTypeCode } from './encode';
import { OnnxError } from './error';
import {
  type Attribute,
  type NamedTensor,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OperatorSet,
  type ValueInfo,
  type Dim,
} from './model';
import { Reader, safeNumber, text } from './proto';
import { allocate, bytesPerElement, elementCount, type ElementType, type TensorData } from './tensor';

const MAX_DEPTH = 16;
const typeOfCode = new Map(Object.entries(dataTypeCode).map(([type, code]) => [code, type as ElementType]));
const otherTypes: Readonly<Record<number, string>> = {
  4: 'uint16',
  5: 'int16',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
};

export interface DecodeOptions {
  /** Leave out outputs that are not tensors (the maps that scikit-learn's converters append) instead of refusing the model. */
  readonly dropSequences?: boolean;
}

/**
 * Reads a model.
 *
 * @throws OnnxError on damaged bytes, external tensor data, and parts of ONNX this engine does not handle (model-local functions, sparse
 * tensors, sequences, 16-bit types); the message names the place.
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): OnnxModel {
  const reader = new Reader(bytes, 'the model');
  const opsets: OperatorSet[] = [];
  const metadata: [string, string][] = [];
  let graph: OnnxGraph | undefined;
  let irVersion: number | undefined;
  let producerName = '';
  let producerVersion = '';
  let docString: string | undefined;
  while (reader.next()) {
    if (reader.field === 1) irVersion = reader.int();
    else if (reader.field === 2) producerName = reader.string();
    else if (reader.field === 3) producerVersion = reader.string();
    else if (reader.field === 6) docString = reader.string();
    else if (reader.field === 7) graph = readGraph(reader.bytes(), 'the graph', 0, options.dropSequences);
    else if (reader.field === 8) opsets.push(readOperatorSet(reader.bytes()));
    else if (reader.field === 14) metadata.push(readEntry(reader.bytes(), 'the metadata'));
    else if (reader.field === 25)
      throw new OnnxError('The model defines functions of its own.', 'Inline them before exporting.');
    else reader.skip();
  }
  if (irVersion === undefined || graph === undefined) throw reader.damaged('no graph or no IR version');
  if (opsets.length === 0) throw reader.damaged('no operator set');
  return {
    irVersion,
    opsets,
    producerName,
    producerVersion,
    ...(docString !== undefined && { docString }),
    metadata: Object.fromEntries(metadata),
    graph,
  };
}

function readOperatorSet(bytes: Uint8Array): OperatorSet {
  const reader = new Reader(bytes, 'an operator set');
  let domain = '';
  let version = 1;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.string();
    else if (reader.field === 2) version = reader.int();
    else reader.skip();
  }
  return { domain: domain === 'ai.onnx' ? '' : domain, version };
}

function readEntry(bytes: Uint8Array, where: string): [string, string] {
  const reader = new Reader(bytes, where);
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) value = reader.string();
    else reader.skip();
  }
  return [key, value];
}

function readGraph(bytes: Uint8Array, where: string, depth: number, dropSequences = false): OnnxGraph {
  if (depth > MAX_DEPTH) throw new OnnxError(`The model nests graphs more than ${MAX_DEPTH} deep.`);
  const reader = new Reader(bytes, where);
  let name = '';
  let docString: string | undefined;
  const nodes: OnnxNode[] = [];
  const initializers: NamedTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const valueInfo: ValueInfo[] = [];
  while (reader.next()) {
    if (reader.field === 1) nodes.push(readNode(reader.bytes(), depth));
    else if (reader.field === 2) name = reader.string();
    else if (reader.field === 5) initializers.push(readTensor(reader.bytes()));
    else if (reader.field === 10) docString = reader.string();
    else if (reader.field === 11) inputs.push(readValueInfo(reader.bytes(), 'input'));
    else if (reader.field === 12) {
      const output = reader.bytes();
      if (!dropSequences || readRawInfo(output).code !== undefined) outputs.push(readValueInfo(output, 'output'));
    } else if (reader.field === 13) {
      const hint = readHint(reader.bytes());
      if (hint !== undefined) valueInfo.push(hint);
    } else if (reader.field === 15)
      throw new OnnxError('The model holds sparse tensors, which this engine does not read.');
    else reader.skip();
  }
  return {
    name,
    ...(docString !== undefined && { docString }),
    nodes,
    initializers,
    // Before IR version 4 every initializer was listed as an input, too.
    inputs: depth === 0 ? withoutInitializers(inputs, initializers) : inputs,
    outputs,
    valueInfo,
  };
}

function withoutInitializers(inputs: readonly ValueInfo[], initializers: readonly NamedTensor[]): ValueInfo[] {
  const constants = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !constants.has(name));
}

function readNode(bytes: Uint8Array, depth: number): OnnxNode {
  const reader = new Reader(bytes, 'a node');
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, Attribute][] = [];
  let [name, opType, domain] = ['', '', ''];
  let docString: string | undefined;
  while (reader.next()) {
    if (reader.field === 1) inputs.push(reader.string());
    else if (reader.field === 2) outputs.push(reader.string());
    else if (reader.field === 3) name = reader.string();
    else if (reader.field === 4) opType = reader.string();
    else if (reader.field === 5) attributes.push(readAttribute(reader.bytes(), depth));
    else if (reader.field === 6) docString = reader.string();
    else if (reader.field === 7) domain = reader.string();
    else reader.skip();
  }
  if (opType === '') throw reader.damaged('a node without an operator');
  return {
    name,
    opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs,
    outputs,
    attributes: Object.fromEntries(attributes),
    ...(docString !== undefined && { docString }),
  };
}

function readAttribute(bytes: Uint8Array, depth: number): [string, Attribute] {
  const reader = new Reader(bytes, 'an attribute');
  let name = '';
  let type = 0;
  let float = 0;
  let int = 0;
  let string = '';
  let tensor: TensorData | undefined;
  let graph: OnnxGraph | undefined;
  const floats: number[] = [];
  const ints: bigint[] = [];
  const strings: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) float = reader.float();
    else if (reader.field === 3) int = reader.int();
    else if (reader.field === 4) string = reader.string();
    else if (reader.field === 5) tensor = readTensor(reader.bytes()).tensor;
    else if (reader.field === 6) graph = readGraph(reader.bytes(), 'a subgraph', depth + 1);
    else if (reader.field === 7) reader.floats(floats);
    else if (reader.field === 8) reader.int64s(ints);
    else if (reader.field === 9) strings.push(reader.string());
    else if (reader.field === 20) type = reader.int();
    else reader.skip();
  }
  const where = `the attribute '${name}'`;
  const read = (): Attribute => {
    if (type === 1) return { float };
    if (type === 2) return { int };
    if (type === 3) return { string };
    if (type === 4 && tensor) return { tensor };
    if (type === 5 && graph) return { graph };
    if (type === 6) return { floats };
    if (type === 7) return { ints: ints.map((value) => safeNumber(value, where)) };
    if (type === 8) return { strings };
    throw new OnnxError(`The model has an attribute '${name}' of kind ${type}, which this engine does not read.`);
  };
  return [name, read()];
}

function elementType(code: number, where: string): ElementType {
  const type = typeOfCode.get(code);
  if (type !== undefined) return type;
  const name = otherTypes[code] ?? `code ${code}`;
  throw new OnnxError(
    `${where} has the element type ${name}, which this engine does not handle.`,
    `Export the model with one of ${[...typeOfCode.values()].join(', ')}.`,
  );
}

function readTensor(bytes: Uint8Array): NamedTensor {
  const reader = new Reader(bytes, 'a tensor');
  const dims: bigint[] = [];
  const floats: number[] = [];
  const doubles: number[] = [];
  const int32s: bigint[] = [];
  const int64s: bigint[] = [];
  const texts: Uint8Array[] = [];
  let [code, name] = [0, ''];
  let raw: Uint8Array | undefined;
  let external = false;
  while (reader.next()) {
    if (reader.field === 1) reader.int64s(dims);
    else if (reader.field === 2) code = reader.int();
    else if (reader.field === 4) reader.floats(floats);
    else if (reader.field === 5) reader.int64s(int32s);
    else if (reader.field === 6) texts.push(reader.bytes());
    else if (reader.field === 7) reader.int64s(int64s);
    else if (reader.field === 8) name = reader.string();
    else if (reader.field === 9) raw = reader.bytes();
    else if (reader.field === 10) reader.doubles(doubles);
    else if (reader.field === 13) {
      external = true;
      reader.skip();
    } else if (reader.field === 14) external = reader.int() !== 0 || external;
    else reader.skip();
  }
  const where = name === '' ? 'A tensor' : `The tensor '${name}'`;
  if (external) {
    throw new OnnxError(
      `${where} keeps its data in another file, which this engine refuses.`,
      'Save the model with its weights inside (onnx.save_model(…, save_as_external_data=False)).',
    );
  }
  const type = elementType(code, where);
  const sizes = dims.map((dim) => safeNumber(dim, where));
  const count = elementCount(sizes);
  const mismatch = (got: number): OnnxError =>
    new OnnxError(`${where} of [${sizes.join(', ')}] should have ${count} elements, but holds ${got}.`);
  if (sizes.some((size) => size < 0) || !Number.isSafeInteger(count)) throw mismatch(raw?.length ?? 0);
  if (type === 'string') {
    if (texts.length !== count) throw mismatch(texts.length);
    return { name, tensor: { type, dims: sizes, data: texts.map((block) => text(block, where)) } };
  }
  if (raw !== undefined) {
    if (raw.length !== count * bytesPerElement[type]) throw mismatch(raw.length / bytesPerElement[type]);
    return { name, tensor: { type, dims: sizes, data: fromLittleEndian(type, raw, count) } };
  }
  const values = type === 'float' ? floats : type === 'double' ? doubles : type === 'int64' ? int64s : int32s;
  if (values.length !== count) throw mismatch(values.length);
  const data = allocate(type, count);
  if (data instanceof BigInt64Array) int64s.forEach((value, i) => (data[i] = value));
  else values.forEach((value, i) => (data[i] = Number(value)));
  return { name, tensor: { type, dims: sizes, data } };
}

function fromLittleEndian(type: Exclude<ElementType, 'string'>, raw: Uint8Array, count: number): TensorData['data'] {
  const data = allocate(type, count);
  const bytes = new Uint8Array(data.buffer);
  bytes.set(raw);
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1 && data.BYTES_PER_ELEMENT > 1) {
    for (let i = 0; i < bytes.length; i += data.BYTES_PER_ELEMENT)
      bytes.subarray(i, i + data.BYTES_PER_ELEMENT).reverse();
  }
  return data;
}

interface RawInfo {
  readonly name: string;
  readonly docString: string | undefined;
  readonly code: number | undefined;
  readonly shape: readonly Dim[] | undefined;
}

function readRawInfo(bytes: Uint8Array): RawInfo {
  const reader = new Reader(bytes, 'a value');
  let name = '';
  let docString: string | undefined;
  let code: number | undefined;
  let shape: readonly Dim[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) [code, shape] = readType(reader.bytes());
    else if (reader.field === 3) docString = reader.string();
    else reader.skip();
  }
  return { name, docString, code, shape };
}

function readType(bytes: Uint8Array): [number | undefined, readonly Dim[] | undefined] {
  const reader = new Reader(bytes, 'a type');
  let found: [number | undefined, readonly Dim[] | undefined] = [undefined, undefined];
  while (reader.next()) {
    if (reader.field === 1) found = readTensorType(reader.bytes());
    else reader.skip();
  }
  return found;
}

function readTensorType(bytes: Uint8Array): [number | undefined, readonly Dim[] | undefined] {
  const reader = new Reader(bytes, 'a tensor type');
  let code: number | undefined;
  let shape: readonly Dim[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) code = reader.int();
    else if (reader.field === 2) shape = readShape(reader.bytes());
    else reader.skip();
  }
  return [code, shape];
}

function readShape(bytes: Uint8Array): Dim[] {
  const reader = new Reader(bytes, 'a shape');
  const shape: Dim[] = [];
  while (reader.next()) {
    if (reader.field !== 1) {
      reader.skip();
      continue;
    }
    const dim = new Reader(reader.bytes(), 'a dimension');
    let size: Dim = '?';
    while (dim.next()) {
      if (dim.field === 1) {
        const value = dim.int();
        size = value < 0 ? '?' : value;
      } else if (dim.field === 2) size = dim.string() || '?';
      else dim.skip();
    }
    shape.push(size);
  }
  return shape;
}

function readValueInfo(bytes: Uint8Array, what: 'input' | 'output'): ValueInfo {
  const { name, docString, code, shape } = readRawInfo(bytes);
  if (code === undefined) {
    throw new OnnxError(
      `The ${what} '${name}' of the model is not a tensor.`,
      'Export it with tensors only; from scikit-learn with options={"zipmap": False}.',
    );
  }
  const type = elementType(code, `The ${what} '${name}'`);
  return { name, type, ...(shape && { shape }), ...(docString !== undefined && { docString }) };
}

/** The type of an inner value is a hint only: one we can't express is dropped. */
function readHint(bytes: Uint8Array): ValueInfo | undefined {
  const { name, docString, code, shape } = readRawInfo(bytes);
  const type = code === undefined ? undefined : typeOfCode.get(code);
  return type && { name, type, ...(shape && { shape }), ...(docString !== undefined && { docString }) };
}
