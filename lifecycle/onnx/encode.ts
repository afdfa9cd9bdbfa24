/**
 * ModelProto to bytes. Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.in.proto).
 * The same model gives the same bytes: fields go in number order, lists and attributes in the order given.
 */
import { OnnxError } from './error';
import { type Attribute, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueInfo } from './model';
import { Writer } from './proto';
import { type ElementType, elementCount, holds, type NumericArray, type TensorData } from './tensor';

/** TensorProto.DataType. */
export const dataTypeCode: Readonly<Record<ElementType, number>> = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  double: 11,
  float16: 10,
};

/** AttributeProto.AttributeType. */
export const attributeCode = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

const utf8 = new TextEncoder();

export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new Writer();
  writer.int(1, model.irVersion);
  writer.string(2, model.producerName);
  writer.string(3, model.producerVersion);
  if (model.docString !== undefined) writer.string(6, model.docString);
  writer.message(7, (inner) => writeGraph(inner, model.graph));
  for (const { domain, version } of model.opsets) {
    writer.message(8, (inner) => {
      inner.string(1, domain);
      inner.int(2, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(14, (inner) => {
      inner.string(1, key);
      inner.string(2, value);
    });
  }
  return writer.finish();
}

function writeGraph(writer: Writer, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, (inner) => writeNode(inner, node));
  writer.string(2, graph.name);
  for (const { name, tensor } of graph.initializers) writer.message(5, (inner) => writeTensor(inner, tensor, name));
  if (graph.docString !== undefined) writer.string(10, graph.docString);
  for (const value of graph.inputs) writer.message(11, (inner) => writeValueInfo(inner, value));
  for (const value of graph.outputs) writer.message(12, (inner) => writeValueInfo(inner, value));
  for (const value of graph.valueInfo) writer.message(13, (inner) => writeValueInfo(inner, value));
}

function writeNode(writer: Writer, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name);
  writer.string(4, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.docString !== undefined) writer.string(6, node.docString);
  if (node.domain !== '') writer.string(7, node.domain);
}

function writeAttribute(writer: Writer, name: string, attribute: Attribute): void {
  writer.string(1, name);
  if ('float' in attribute) {
    writer.float(2, attribute.float);
    writer.int(20, attributeCode.float);
  } else if ('int' in attribute) {
    writer.int(3, attribute.int);
    writer.int(20, attributeCode.int);
  } else if ('string' in attribute) {
    writer.string(4, attribute.string);
    writer.int(20, attributeCode.string);
  } else if ('tensor' in attribute) {
    const { tensor } = attribute;
    writer.message(5, (inner) => writeTensor(inner, tensor, ''));
    writer.int(20, attributeCode.tensor);
  } else if ('graph' in attribute) {
    const { graph } = attribute;
    writer.message(6, (inner) => writeGraph(inner, graph));
    writer.int(20, attributeCode.graph);
  } else if ('floats' in attribute) {
    const { floats } = attribute;
    for (let i = 0; i < floats.length; i++) writer.float(7, floats[i] ?? 0);
    writer.int(20, attributeCode.floats);
  } else if ('ints' in attribute) {
    const { ints } = attribute;
    for (let i = 0; i < ints.length; i++) writer.int(8, ints[i] ?? 0);
    writer.int(20, attributeCode.ints);
  } else {
    for (const value of attribute.strings) writer.string(9, value);
    writer.int(20, attributeCode.strings);
  }
}

function writeTensor(writer: Writer, tensor: TensorData, name: string): void {
  checkTensor(tensor, name);
  for (const dim of tensor.dims) writer.int(1, dim);
  writer.int(2, dataTypeCode[tensor.type]);
  if (tensor.type === 'string') {
    for (const value of tensor.data as readonly string[]) writer.bytes(6, utf8.encode(value));
  }
  if (name !== '') writer.string(8, name);
  if (tensor.type !== 'string') writer.bytes(9, littleEndianBytes(tensor.data as NumericArray));
}

/** Throws when the array and the dims of a tensor disagree; `name` is for the message. */
export function checkTensor(tensor: TensorData, name: string): void {
  const what = name === '' ? 'A tensor' : `The tensor '${name}'`;
  if (!holds(tensor.type, tensor.data)) {
    throw new OnnxError(`${what} of type ${tensor.type} is given the wrong kind of array.`);
  }
  if (!tensor.dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw new OnnxError(
      `${what} has the dimensions [${tensor.dims.join(', ')}]; each must be a whole number from 0 on.`,
    );
  }
  if (elementCount(tensor.dims) !== tensor.data.length) {
    throw new OnnxError(`${what} has ${tensor.data.length} elements, which do not fill [${tensor.dims.join(', ')}].`);
  }
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A view where the machine is little-endian (as raw_data must be), else a swapped copy. */
function littleEndianBytes(data: NumericArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (littleEndian || data.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = bytes.slice();
  for (let i = 0; i < swapped.length; i += data.BYTES_PER_ELEMENT)
    swapped.subarray(i, i + data.BYTES_PER_ELEMENT).reverse();
  return swapped;
}

function writeValueInfo(writer: Writer, value: ValueInfo): void {
  writer.string(1, value.name);
  writer.message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.int(1, dataTypeCode[value.type]);
      const { shape } = value;
      if (shape === undefined) return;
      tensor.message(2, (dims) => {
        for (const dim of shape) {
          dims.message(1, (inner) => {
            if (typeof dim === 'number') inner.int(1, dim);
            else if (dim !== '?') inner.string(2, dim);
          });
        }
      });
    });
  });
  if (value.docString !== undefined) writer.string(3, value.docString);
}
