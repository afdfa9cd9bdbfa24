import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Attribute,
  bool,
  decodeModel,
  double,
  type ElementType,
  encodeModel,
  float,
  int32,
  int64,
  int8,
  type NamedTensor,
  type OnnxGraph,
  OnnxError,
  type OnnxModel,
  openSession,
  refuseExternalData,
  strings,
  type TensorData,
  uint8,
} from '../../../lifecycle/onnx';
import { Writer } from '../../../lifecycle/onnx/proto';

const name = fc.string({ unit: 'grapheme', maxLength: 12 });
const types: readonly ElementType[] = ['float', 'double', 'int32', 'int64', 'int8', 'uint8', 'bool', 'string'];

const tensor: fc.Arbitrary<TensorData> = fc.array(fc.nat(3), { maxLength: 3 }).chain((dims) => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: count, maxLength: count });
  return fc.oneof(
    list(fc.float()).map((data) => float(data, dims)),
    list(fc.double()).map((data) => double(data, dims)),
    list(fc.integer()).map((data) => int32(data, dims)),
    list(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((data) => int64(data, dims)),
    list(fc.integer({ min: -128, max: 127 })).map((data) => int8(data, dims)),
    list(fc.nat(255)).map((data) => uint8(data, dims)),
    list(fc.boolean()).map((data) => bool(data, dims)),
    list(name).map((data) => strings(data, dims)),
  );
});

const valueInfo = fc.record(
  {
    name,
    type: fc.constantFrom(...types),
    shape: fc.array(fc.oneof(fc.nat(100), fc.constantFrom('N', '?', 'batch')), { maxLength: 3 }),
    docString: name,
  },
  { requiredKeys: ['name', 'type'] },
);

const initializers: fc.Arbitrary<NamedTensor[]> = fc.array(
  fc.record({ name: fc.string({ minLength: 1, maxLength: 8 }).map((text) => `w${text}`), tensor }),
  { maxLength: 3 },
);

const graphs = fc.letrec<{ graph: OnnxGraph; attribute: Attribute }>((tie) => ({
  attribute: fc.oneof(
    { depthIdentifier: 'graph' },
    fc.record({ int: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 63, -(2 ** 63))) }),
    fc.record({ float: fc.float() }),
    fc.record({ string: name }),
    fc.record({ tensor }),
    fc.record({ ints: fc.array(fc.maxSafeInteger()) }),
    fc.record({ floats: fc.array(fc.float()) }),
    fc.record({ strings: fc.array(name) }),
    fc.record({ graph: tie('graph') }),
  ),
  graph: fc.record(
    {
      name,
      docString: name,
      nodes: fc.array(
        fc.record(
          {
            name,
            opType: fc.constantFrom('Add', 'If', 'Mystery'),
            domain: fc.constantFrom('', 'ai.onnx.ml'),
            inputs: fc.array(name, { maxLength: 3 }),
            outputs: fc.array(name, { maxLength: 3 }),
            attributes: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('attribute'), {
              maxKeys: 3,
              noNullPrototype: true,
            }),
            docString: name,
          },
          { requiredKeys: ['name', 'opType', 'domain', 'inputs', 'outputs', 'attributes'] },
        ),
        { maxLength: 3, depthIdentifier: 'graph' },
      ),
      initializers,
      inputs: fc.array(valueInfo, { maxLength: 3 }),
      outputs: fc.array(valueInfo, { maxLength: 3 }),
      valueInfo: fc.array(valueInfo, { maxLength: 2 }),
    },
    { requiredKeys: ['name', 'nodes', 'initializers', 'inputs', 'outputs', 'valueInfo'] },
  ),
}));

const models: fc.Arbitrary<OnnxModel> = fc
  .record(
    {
      irVersion: fc.nat(20),
      opsets: fc.uniqueArray(fc.record({ domain: fc.constantFrom('', 'ai.onnx.ml'), version: fc.nat(30) }), {
        minLength: 1,
        selector: ({ domain }) => domain,
      }),
      producerName: name,
      producerVersion: name,
      docString: name,
      metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), name, { noNullPrototype: true }),
      graph: graphs.graph,
    },
    { requiredKeys: ['irVersion', 'opsets', 'producerName', 'producerVersion', 'metadata', 'graph'] },
  )
  .filter(({ graph }) =>
    graph.inputs.every((input) => graph.initializers.every((constant) => constant.name !== input.name)),
  );

const tiny: OnnxModel = {
  irVersion: 8,
  opsets: [{ domain: '', version: 17 }],
  producerName: 'test',
  producerVersion: '',
  metadata: {},
  graph: {
    name: 'tiny',
    nodes: [{ name: 'n', opType: 'Add', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }],
    initializers: [{ name: 'w', tensor: float([1, 2]) }],
    inputs: [{ name: 'x', type: 'float', shape: ['N', 2] }],
    outputs: [{ name: 'y', type: 'float', shape: ['N', 2] }],
    valueInfo: [],
  },
};

describe('reading and writing models', () => {
  it('reads back what it wrote, and writes the same bytes again', () => {
    fc.assert(
      fc.property(models, (generated) => {
        const model = structuredClone(generated);
        const bytes = encodeModel(model);
        const again = decodeModel(bytes);
        assert.deepEqual(again, model);
        assert.deepEqual(encodeModel(again), bytes);
      }),
      { numRuns: 300, seed: 20 },
    );
  });

  it('refuses every cut of a model, or reads a shorter one, but never crashes', () => {
    const bytes = encodeModel(tiny);
    for (let length = 0; length < bytes.length; length++) {
      try {
        decodeModel(bytes.subarray(0, length));
      } catch (error) {
        assert.ok(error instanceof OnnxError, String(error));
      }
    }
    assert.throws(() => decodeModel(bytes.subarray(0, bytes.length - 20)), OnnxError);
  });

  it('refuses garbage with an OnnxError', () => {
    const model = encodeModel(tiny);
    const spoiled = fc
      .array(fc.tuple(fc.nat(model.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((edits) => {
        const copy = model.slice();
        for (const [at, byte] of edits) copy[at] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), spoiled), (bytes) => {
        for (const read of [decodeModel, refuseExternalData]) {
          try {
            read(bytes);
          } catch (error) {
            assert.ok(error instanceof OnnxError, `${String(error)}\n${(error as Error).stack ?? ''}`);
          }
        }
      }),
      { numRuns: 3000, seed: 20 },
    );
    assert.throws(() => decodeModel(new Uint8Array()), /Not a readable ONNX model/);
    assert.throws(() => decodeModel(new TextEncoder().encode('<!DOCTYPE html><html>')), /Not a readable ONNX model/);
  });

  /** A model with one initializer, written field by field. */
  function withTensor(write: (tensor: Writer) => void): Uint8Array {
    const writer = new Writer();
    writer.int(1, 8);
    writer.message(7, (graph) => graph.message(5, write));
    writer.message(8, (opset) => opset.int(2, 17));
    return writer.finish();
  }

  it('refuses tensors kept in other files', async () => {
    const bytes = withTensor((inner) => {
      inner.int(1, 2);
      inner.int(2, 1);
      inner.string(8, 'w');
      inner.message(13, (entry) => {
        entry.string(1, 'location');
        entry.string(2, '../../secret');
      });
      inner.int(14, 1);
    });
    assert.throws(() => decodeModel(bytes), /another file/);
    assert.throws(() => refuseExternalData(bytes), /another file/);
    await assert.rejects(openSession(bytes), /another file/);
  });

  it('does not allocate what a tensor merely claims', () => {
    const huge = withTensor((inner) => {
      inner.int(1, 2 ** 40);
      inner.int(2, 1);
      inner.bytes(9, new Uint8Array(8));
    });
    assert.throws(() => decodeModel(huge), /should have 1099511627776 elements, but holds 2/);
  });

  it('reads the typed data fields of other writers, packed or not', () => {
    const floats = withTensor((inner) => {
      inner.int(1, 2);
      inner.int(2, 1);
      inner.bytes(4, new Uint8Array(new Float32Array([1.5, -2]).buffer));
    });
    assert.deepEqual(decodeModel(floats).graph.initializers[0]?.tensor, float([1.5, -2]));
    const ints = withTensor((inner) => {
      inner.int(1, 3);
      inner.int(2, 7);
      for (const value of [-1n, 5n, 2n ** 62n]) inner.int(7, value);
    });
    assert.deepEqual(decodeModel(ints).graph.initializers[0]?.tensor, int64([-1n, 5n, 2n ** 62n]));
  });

  it('names what it does not handle', () => {
    const half = withTensor((inner) => {
      inner.int(1, 0);
      inner.int(2, 16);
      inner.string(8, 'w');
    });
    assert.throws(() => decodeModel(half), /'w' has the element type bfloat16/);
  });

  it('writes a large model in one copy', () => {
    const big = new Float32Array(5_000_000).fill(1);
    const model: OnnxModel = { ...tiny, graph: { ...tiny.graph, initializers: [{ name: 'w', tensor: float(big) }] } };
    const bytes = encodeModel(model);
    const back = decodeModel(bytes);
    assert.equal(back.graph.initializers[0]?.tensor.data.length, big.length);
  });

  it('refuses a tensor whose array and sizes disagree', () => {
    const wrong = { ...tiny, graph: { ...tiny.graph, initializers: [{ name: 'w', tensor: float([1, 2, 3], [2]) }] } };
    assert.throws(() => encodeModel(wrong), /'w' has 3 elements, which do not fill \[2\]/);
  });
});
