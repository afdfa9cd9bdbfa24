import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Layer } from '../../../../schemas/generated/types';
import {
  encodeModel,
  float,
  GraphBuilder,
  int64,
  openSession,
  type TensorData,
  type Value,
} from '../../../../lifecycle/onnx';
import { gradient } from '../../../../lifecycle/onnx/differentiate';
import { UserError } from '../../../../lifecycle/problem';
import { Random } from '../../../../lifecycle/statistics/random';
import { trainNetwork } from '../../../../lifecycle/train/network/trainer';
import { provideTensorflow, tensorflowSession } from '../../../../lifecycle/train/tensorflow/session';
import { mendUtil, type Runtime, type Tensorflow } from '../../../../lifecycle/train/tensorflow/runtime';
import type { Lesson } from '../../../../lifecycle/train/trainer';

/** The same API as tfjs-node's, on the backend that runs anywhere. */
async function cpuRuntime(): Promise<Runtime> {
  const tf = (await import('@tensorflow/tfjs-core')) as unknown as Tensorflow;
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return { tf, name: 'tfjs cpu' };
}

describe('train/tensorflow session', function () {
  this.timeout(60_000);
  let runtime: Runtime;
  before(async () => {
    runtime = await cpuRuntime();
  });

  const random = new Random(3);
  const draw = (...dims: number[]): TensorData =>
    float(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.uniform(-1, 1)),
      dims,
    );

  /** Computes on both runtimes, the gradients of all inputs too, and compares. */
  async function compare(
    name: string,
    inputs: Readonly<Record<string, TensorData>>,
    make: (graph: GraphBuilder, values: Record<string, Value>) => Value,
    differentiate = true,
  ): Promise<void> {
    const graph = new GraphBuilder('op');
    const values = Object.fromEntries(
      Object.entries(inputs).map(([key, { type, dims }]) => [key, graph.input(key, type, dims)]),
    );
    const y = make(graph, values);
    if (differentiate) {
      const loss = graph.op('ReduceSum', [graph.op('Mul', [y, y])], { keepdims: { int: 0 } });
      gradient(graph, loss, Object.values(values)).forEach((g, i) => graph.output(g, `gradient${i}`));
    }
    graph.output(y, 'y');
    const bytes = encodeModel(graph.build());
    const theirs = await openSession(bytes);
    const ours = tensorflowSession(bytes, runtime);
    const [wanted, got] = [await theirs.run(inputs), await ours.run(inputs)];
    await theirs.close();
    await ours.close();
    for (const [output, { data, dims }] of Object.entries(wanted)) {
      const found = got[output]!;
      assert.deepEqual(found.dims, dims, `${name} ${output}`);
      for (let i = 0; i < data.length; i++) {
        const [a, b] = [Number(data[i]), Number(found.data[i])];
        assert.ok(Math.abs(a - b) <= 2e-5 * (1 + Math.abs(a)), `${name} ${output}[${i}]: ${a} and ${b}`);
      }
    }
  }

  const one =
    (type: string, attributes = {}) =>
    (graph: GraphBuilder, { x }: Record<string, Value>) =>
      graph.op(type, [x!], attributes);

  it('computes what ONNX Runtime computes, forwards and backwards', async () => {
    const elementwise =
      'Neg Abs Exp Sin Cos Erf Relu LeakyRelu Elu Selu Sigmoid Tanh Softplus Softsign HardSigmoid HardSwish Softmax LogSoftmax Identity';
    for (const type of elementwise.split(' ')) await compare(type, { x: draw(3, 4) }, one(type));
    for (const type of ['Add', 'Sub', 'Mul', 'Min', 'Max'])
      await compare(type, { a: draw(2, 3, 4), b: draw(3, 1) }, (graph, { a, b }) => graph.op(type, [a!, b!]));
    await compare('Div', { a: draw(2, 3), b: float([2, 3, -2]) }, (graph, { a, b }) => graph.op('Div', [a!, b!]));
    await compare('MatMul', { a: draw(2, 3, 4), b: draw(4, 5) }, (graph, { a, b }) => graph.op('MatMul', [a!, b!]));
    await compare('MatMul of batches', { a: draw(2, 3, 4), b: draw(2, 4, 5) }, (graph, { a, b }) =>
      graph.op('MatMul', [a!, b!]),
    );
    await compare('Gemm', { a: draw(4, 3), b: draw(5, 4), c: draw(5) }, (graph, { a, b, c }) =>
      graph.op('Gemm', [a!, b!, c!], {
        transA: { int: 1 },
        transB: { int: 1 },
        alpha: { float: 0.5 },
        beta: { float: 2 },
      }),
    );
    await compare(
      'ReduceMean',
      { x: draw(3, 4, 2) },
      one('ReduceMean', { axes: { ints: [0, 2] }, keepdims: { int: 0 } }),
    );
    await compare('LayerNormalization', { x: draw(5, 8), s: draw(8), b: draw(8) }, (graph, { x, s, b }) =>
      graph.op('LayerNormalization', [x!, s!, b!], { axis: { int: -1 }, epsilon: { float: 1e-5 } }),
    );
    await compare('Transpose', { x: draw(2, 3, 4) }, one('Transpose', { perm: { ints: [2, 0, 1] } }));
    await compare('Concat and Split', { a: draw(2, 3), b: draw(2, 5) }, (graph, { a, b }) => {
      const whole = graph.op('Concat', [a!, b!], { axis: { int: 1 } });
      const [first, second] = graph.ops('Split', [whole, graph.constant(int64([4, 4]))], 2, { axis: { int: 1 } });
      return graph.op('Mul', [first!, second!]);
    });
    await compare('Slice and Pad', { x: draw(4, 6) }, (graph, { x }) => {
      const [from, to, axes] = [
        [1, -3],
        [4, 6],
        [0, 1],
      ].map((list) => graph.constant(int64(list)));
      const cut = graph.op('Slice', [x!, from!, to!, axes!]);
      return graph.op('Pad', [cut, graph.constant(int64([1, 0, 0, 2]))]);
    });
    await compare(
      'Gather',
      { x: draw(5, 3) },
      (graph, { x }) => graph.op('Gather', [x!, graph.constant(int64([0, 4, 4, 2]))], { axis: { int: 0 } }),
      false,
    );
  });

  it('slides windows as ONNX Runtime does', async () => {
    const conv = (name: string, x: TensorData, w: TensorData, attributes = {}) =>
      compare(
        name,
        { x, w, b: draw(w.dims[0]!) },
        (graph, v) => graph.op('Conv', [v['x']!, v['w']!, v['b']!], attributes),
        false,
      );
    const pool = (type: string, x: TensorData, kernel: number[], strides: number[], more = {}) =>
      compare(type, { x }, one(type, { kernel_shape: { ints: kernel }, strides: { ints: strides }, ...more }), false);
    await conv('Conv', draw(2, 3, 6, 5), draw(4, 3, 3, 2), { pads: { ints: [1, 0, 1, 1] }, strides: { ints: [2, 1] } });
    await conv('dilated Conv', draw(2, 2, 7, 7), draw(3, 2, 3, 3), { dilations: { ints: [2, 2] } });
    await conv('depthwise Conv', draw(2, 4, 5, 5), draw(4, 1, 3, 3), {
      group: { int: 4 },
      pads: { ints: [1, 1, 1, 1] },
    });
    await conv('Conv of sequences', draw(2, 3, 9), draw(4, 3, 3), { pads: { ints: [1, 1] }, strides: { ints: [2] } });
    await compare(
      'ConvTranspose',
      { x: draw(2, 3, 4, 4), w: draw(3, 2, 3, 3) },
      (graph, { x, w }) =>
        graph.op(
          'ConvTranspose',
          [x!, w!],
          { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 0, 1] }, output_padding: { ints: [1, 0] } },
          { shape: [2, 2, 9, 7], type: 'float' },
        ),
      false,
    );
    await pool('MaxPool', draw(2, 3, 6, 6), [3, 2], [2, 2], { pads: { ints: [1, 0, 0, 1] } });
    await pool('MaxPool', draw(2, 3, 8), [2], [2]);
    for (const include of [0, 1])
      await pool('AveragePool', draw(2, 3, 6, 6), [3, 3], [2, 2], {
        pads: { ints: [1, 1, 1, 1] },
        count_include_pad: { int: include },
      });
  });

  it('leaves nothing behind', async () => {
    const graph = new GraphBuilder('x');
    graph.output(graph.op('Exp', [graph.input('x', 'float', [4])]), 'y');
    const session = tensorflowSession(encodeModel(graph.build()), runtime);
    await session.run({ x: draw(4) });
    const before = runtime.tf.memory().numTensors;
    for (let i = 0; i < 5; i++) await session.run({ x: draw(4) });
    assert.equal(runtime.tf.memory().numTensors, before);
  });

  it('refuses an operator it does not know, by name', () => {
    const graph = new GraphBuilder('x');
    graph.output(graph.op('Det', [graph.input('x', 'float', [2, 2])], {}, { shape: [], type: 'float' }), 'y');
    assert.throws(
      () => tensorflowSession(encodeModel(graph.build()), runtime),
      (error) => error instanceof UserError && error.problem.message.includes('Det'),
    );
  });

  it('puts back what Node 23 took out of `util`', () => {
    mendUtil();
    const util = createRequire(__filename)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
    assert.equal(util.isNullOrUndefined?.(undefined), true);
    assert.equal(util.isNullOrUndefined(0), false);
  });

  it('trains to the losses of the onnx trainer', async () => {
    await provideTensorflow(runtime);
    const rows = 120;
    const [a, b] = [draw(rows).data, draw(rows).data] as [Float32Array, Float32Array];
    const labels = Float64Array.from(a, (value, i) => (value * b[i]! > 0 ? 1 : 0));
    const layers: Layer[] = [
      { dense: { units: 8, activation: 'gelu' } },
      'layer-normalization',
      'batch-normalization',
      { dropout: 0.1 },
      { dense: { units: 4, activation: 'tanh', l2: 0.001 } },
    ];
    const train = async (device: string): Promise<number[]> => {
      const losses: number[] = [];
      const lesson: Lesson = {
        task: 'binary',
        classes: ['no', 'yes'],
        train: { names: ['a', 'b'], columns: [a, b], labels, rows },
        stage: {
          kind: 'train',
          data: 'd',
          model: { kind: 'network', layers },
          training: { epochs: 12, 'batch-size': 25, optimizer: 'adamw' },
        },
        scratch: '',
        seed: 7,
        threads: 1,
        report: {
          signal: new AbortController().signal,
          progress: () => undefined,
          metric: (name, value) => name === 'loss' && losses.push(value),
          log: () => undefined,
          device: { kind: device, name: device },
        },
      };
      await trainNetwork(lesson, { kind: 'network', layers });
      return losses;
    };
    const [onnx, tensorflow] = [await train('cpu'), await train('tensorflow-gpu')];
    assert.equal(onnx.length, 12);
    assert.ok(onnx[11]! < onnx[0]! - 0.01, onnx.join());
    onnx.forEach((loss, i) => assert.ok(Math.abs(loss - tensorflow[i]!) < 1e-4, `${loss} and ${tensorflow[i]}`));
  });
});
