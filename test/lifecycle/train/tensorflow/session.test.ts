import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Layer } from '../../../../schemas/generated/types';
import {
  encodeModel,
  float,
  GraphBuilder,
  int64,
  openSession,
  type Session,
  type TensorData,
  type Value,
} from '../../../../lifecycle/onnx';
import { gradient } from '../../../../lifecycle/onnx/differentiate';
import { UserError } from '../../../../lifecycle/problem';
import { Random } from '../../../../lifecycle/statistics/random';
import { subjects } from '../../../../lifecycle/train/network/families';
import { errorOf, testGradients } from '../../../../lifecycle/train/network/self-test';
import { trainNetwork } from '../../../../lifecycle/train/network/trainer';
import { provideTensorflow, tensorflowSession } from '../../../../lifecycle/train/tensorflow/session';
import { mendUtil, type Runtime } from '../../../../lifecycle/train/tensorflow/runtime';
import type { Learned, Lesson } from '../../../../lifecycle/train/trainer';
import { freshFolder } from '../../../rigs/folder';
import { cpuRuntime, layerError } from '../../../rigs/tfjs';
import { cases } from '../golden-layers';

describe('train/tensorflow session', function () {
  this.timeout(60_000);
  const folder = freshFolder();
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
      'Neg Abs Exp Sin Cos Erf Relu LeakyRelu Elu Selu Celu Sigmoid Tanh Softplus Softsign HardSigmoid HardSwish Softmax LogSoftmax Identity';
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

  /** T = 3 steps, N = 2 rows, I = 4 features, H = 3. */
  const recurrent = (type: 'LSTM' | 'GRU', directions: number, from: readonly string[]) => {
    const gates = type === 'LSTM' ? 4 : 3;
    const shapes: Record<string, number[]> = {
      x: [3, 2, 4],
      w: [directions, gates * 3, 4],
      r: [directions, gates * 3, 3],
      b: [directions, 2 * gates * 3],
      h: [directions, 2, 3],
      c: [directions, 2, 3],
    };
    return Object.fromEntries(from.map((name) => [name, draw(...shapes[name]!)]));
  };

  it('goes through sequences as ONNX Runtime does, in any direction, from any state', async () => {
    const all = ['x', 'w', 'r', 'b', 'h', 'c'];
    for (const type of ['LSTM', 'GRU'] as const)
      for (const [direction, count, from, before] of [
        ['forward', 1, all.slice(0, 3), 1],
        ['reverse', 1, all.slice(0, 4), 0],
        ['bidirectional', 2, type === 'LSTM' ? all : all.slice(0, 5), 1],
      ] as const) {
        const attributes = {
          hidden_size: { int: 3 },
          direction: { string: direction },
          ...(type === 'GRU' && { linear_before_reset: { int: before } }),
        };
        const name = `${type} ${direction}`;
        await compare(
          name,
          recurrent(type, count, from),
          (graph, { x, w, r, b, h, c }) => {
            const [states, last, memory] = graph.ops(
              type,
              [x, w, r, b, undefined, h, c].slice(0, type === 'LSTM' ? 7 : 6),
              type === 'LSTM' ? 3 : 2,
              attributes,
            );
            graph.output(last!, 'last');
            if (memory) graph.output(memory, 'memory');
            return states!;
          },
          false,
        );
      }
  });

  it('refuses an option of a recurrent operator that it does not know', () => {
    const graph = new GraphBuilder('x');
    const [x, w, r] = Object.entries(recurrent('LSTM', 1, ['x', 'w', 'r'])).map(([name, { dims }]) =>
      graph.input(name, 'float', dims),
    );
    graph.output(graph.op('LSTM', [x!, w!, r!], { hidden_size: { int: 3 }, clip: { float: 1 } }), 'y');
    assert.throws(
      () => tensorflowSession(encodeModel(graph.build()), runtime),
      (error) => error instanceof UserError && error.problem.message.includes("LSTM with 'clip'"),
    );
  });

  // All 76 are in test/deep.
  const drawn = new Random(11);
  const sample = cases.filter(
    ({ name, start }) => start.length < 300 && !name.startsWith('curve') && drawn.next() % 5 === 0,
  );
  const always = ['activation celu', 'lstm both ways of a sequence', 'tokens with padding: gru both ways'];
  for (const golden of cases.filter((each) => sample.includes(each) || always.includes(each.name)))
    it(`${golden.name}: loss and gradient as PyTorch's`, async () => {
      const error = await layerError(golden, runtime);
      assert.ok(error <= 1e-5, `${error}`);
    });

  const rows = 120;
  const columns = Array.from({ length: 4 }, () => draw(rows).data as Float32Array);
  const labels = Float64Array.from(columns[0]!, (value, i) => (value * columns[1]![i]! > 0 ? 1 : 0));

  async function train(
    device: string,
    model: { layers: Layer[]; sequence?: { steps: number } },
    training: { epochs: number; 'batch-size': number },
  ): Promise<{ losses: number[]; learned: Learned }> {
    const losses: number[] = [];
    const network = { kind: 'network', ...model } as const;
    const lesson: Lesson = {
      task: 'binary',
      classes: ['no', 'yes'],
      train: { names: ['a', 'b', 'c', 'd'], columns, labels, rows },
      stage: { kind: 'train', data: 'd', model: network, training: { ...training, optimizer: 'adamw' } },
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
    const learned = await trainNetwork(lesson, network);
    return { losses, learned };
  }

  /** The model that came of a training, as it is packaged. */
  function exported({ fragment }: Learned): Uint8Array {
    const graph = new GraphBuilder('model');
    graph.output(fragment(graph, graph.input('features', 'float', ['N', 4])), 'probabilities');
    return encodeModel(graph.build());
  }

  /** Probability of `yes` for each row. */
  async function scores(session: Session): Promise<number[]> {
    const features = Float32Array.from({ length: rows * 4 }, (_, i) => columns[i % 4]![Math.floor(i / 4)]!);
    const { probabilities } = await session.run({ features: float(features, [rows, 4]) });
    await session.close();
    return Array.from({ length: rows }, (_, i) => Number(probabilities!.data[2 * i + 1]));
  }

  function close(got: readonly number[], wanted: readonly number[], tolerance: number): void {
    assert.equal(got.length, wanted.length);
    got.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) <= tolerance, `${i}: ${value} and ${wanted[i]}`));
  }

  it('passes the self-test, whose graphs are built for a GPU', async () => {
    await provideTensorflow(runtime);
    for (const subject of subjects.filter(({ name }) =>
      /max pools|grouped|sequences|activation|loss|entropy/.test(name),
    ))
      assert.ok((await errorOf(subject, 'tensorflow')) < 1e-4, subject.name);
  });

  it('asks the self-test anew of another version of TensorFlow.js, and of another backend', async () => {
    const file = join(folder(), 'self-test.json');
    const use = { layers: [], task: 'multiclass', loss: { kind: 'cross-entropy' } } as const;
    const kept = async () => (JSON.parse(await readFile(file, 'utf8')) as { passed: string[] }).passed;
    const asked = async (given: Partial<Runtime>) => {
      await provideTensorflow({ ...runtime, ...given });
      await testGradients('tensorflow', { file, use, tested: new Set(), adapter: () => Promise.resolve('L4') });
      return (await kept()).length;
    };
    assert.equal(await asked({}), 2);
    assert.match((await kept()).join('\n'), /^\S+ tfjs cpu \d+\.\d+\.\d+ tensorflow on L4 .*: dense layers$/m);
    assert.equal(await asked({}), 2);
    assert.equal(await asked({ version: '99.0.0' }), 3);
    assert.equal(await asked({ name: '@tensorflow/tfjs-node' }), 4);
  });

  it('trains to the losses of the onnx trainer', async () => {
    await provideTensorflow(runtime);
    const layers: Layer[] = [
      { dense: { units: 8, activation: 'gelu' } },
      'layer-normalization',
      'batch-normalization',
      { dropout: 0.1 },
      { dense: { units: 4, activation: 'tanh', l2: 0.001 } },
    ];
    const training = { epochs: 12, 'batch-size': 25 };
    const { losses } = await train('cpu', { layers }, training);
    assert.equal(losses.length, 12);
    assert.ok(losses[11]! < losses[0]! - 0.01, losses.join());
    close((await train('tensorflow-gpu', { layers }, training)).losses, losses, 1e-4);
  });

  it('gives its weights back into the ONNX graph, those of an LSTM too', async () => {
    await provideTensorflow(runtime);
    const model = { sequence: { steps: 2 }, layers: [{ lstm: { units: 4 } }] satisfies Layer[] };
    const whole = { epochs: 6, 'batch-size': rows };
    const ours = await train('tensorflow-gpu', model, whole);
    const theirs = await train('cpu', model, whole);
    close(ours.losses, theirs.losses, 1e-4);
    const packaged = await scores(await openSession(exported(ours.learned)));
    close(packaged, await scores(tensorflowSession(exported(ours.learned), runtime)), 1e-6);
    close(packaged, await scores(await openSession(exported(theirs.learned))), 1e-4);
    // With one batch an epoch, the provider tells the loss of these very weights at the beginning of the seventh.
    const told = (await train('tensorflow-gpu', model, { ...whole, epochs: 7 })).losses[6]!;
    const loss = packaged.reduce((sum, p, i) => sum - Math.log(labels[i] === 1 ? p : 1 - p), 0) / rows;
    close([loss], [told], 1e-6);
    assert.ok(Math.abs(loss - ours.losses[5]!) > 1e-5, 'the seventh epoch is told from the sixth');
  });
});
