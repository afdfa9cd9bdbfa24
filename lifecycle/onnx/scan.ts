import { OnnxError } from './error';
import { LENGTH, Reader, VARINT } from './proto';

type Message = 'model' | 'graph' | 'node' | 'attribute' | 'function' | 'tensor' | 'sparse';

/** The fields that lead to tensors. Field numbers as in encode.ts. */
const nested: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 25: 'function' },
  function: { 7: 'node' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const MAX_DEPTH = 64;

/**
 * Refuses a model that keeps tensors in other files, without decoding it: onnxruntime would read whatever path the model names.
 *
 * @throws OnnxError for such a model, and for bytes that are not one.
 */
export function refuseExternalData(model: Uint8Array): void {
  walk(model, 'model', 0);
}

function walk(bytes: Uint8Array, message: Message, depth: number): void {
  if (depth > MAX_DEPTH) throw new OnnxError(`The model nests graphs more than ${MAX_DEPTH} deep.`);
  const reader = new Reader(bytes, `the ${message}`);
  while (reader.next()) {
    const inner = nested[message][reader.field];
    if (inner !== undefined && reader.wire === LENGTH) walk(reader.bytes(), inner, depth + 1);
    else if (message === 'tensor' && reader.field === 13) throw external();
    else if (message === 'tensor' && reader.field === 14 && reader.wire === VARINT) {
      if (reader.int64() !== 0n) throw external();
    } else reader.skip();
  }
}

function external(): OnnxError {
  return new OnnxError(
    'The model keeps its weights in another file, which this engine refuses.',
    'Save the model with its weights inside (onnx.save_model(…, save_as_external_data=False)).',
  );
}
