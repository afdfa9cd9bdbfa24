import assert from 'node:assert/strict';
import {
  encodeModel,
  float,
  gradient,
  GraphBuilder,
  openSession,
  poolsByTwo,
  type Attributes,
  type Value,
} from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';

const ints = (...values: number[]): { ints: number[] } => ({ ints: values });

/** Runs a graph of one input and gives its outputs. */
async function run(
  dims: readonly number[],
  data: Float32Array,
  make: (graph: GraphBuilder, x: Value) => void,
): Promise<Record<string, Float32Array>> {
  const graph = new GraphBuilder('windows');
  make(graph, graph.input('x', 'float', ['B', ...dims.slice(1)]));
  const session = await openSession(encodeModel(graph.build()));
  try {
    const results = await session.run({ x: float(data, dims) });
    return Object.fromEntries(Object.entries(results).map(([name, { data: found }]) => [name, found as Float32Array]));
  } finally {
    await session.close();
  }
}

describe('gradients of windows', () => {
  const shapes = [
    [3, 2, 4, 2],
    [2, 3, 6, 14],
    [1, 2, 2, 64],
    [2, 1, 4, 130],
    [1, 1, 2, 134],
    [3, 4, 10],
  ];
  for (const dims of shapes) {
    it(`a pool by twos over [${dims.join(', ')}] gives the first of equals the gradient, as the pool with indices does`, async () => {
      const random = new Random(dims.join());
      const size = dims.reduce((product, dim) => product * dim, 1);
      // Few different numbers: most windows have several largest ones.
      const data = Float32Array.from({ length: size }, () => random.integer(3) - 1);
      const axes = dims.length - 2;
      const attributes: Attributes = {
        kernel_shape: ints(...Array<number>(axes).fill(2)),
        strides: ints(...Array<number>(axes).fill(2)),
      };
      assert.ok(poolsByTwo(attributes, dims.slice(2)));
      const pooled = size / 2 ** axes;
      const slopes = Float32Array.from({ length: pooled }, () => random.normal());
      const found = await run(dims, data, (graph, x) => {
        const weights = graph.constant(float(slopes, [dims[0]!, dims[1]!, ...dims.slice(2).map((dim) => dim / 2)]));
        const slopeOf = (y: Value): Value => {
          const loss = graph.op('ReduceSum', [graph.op('Mul', [y, weights])], { keepdims: { int: 0 } });
          return gradient(graph, loss, [x])[0]!;
        };
        graph.output(slopeOf(graph.op('MaxPool', [x], attributes)), 'plain');
        graph.output(slopeOf(graph.ops('MaxPool', [x], 2, attributes)[0]!), 'indexed');
      });
      assert.deepEqual(found['plain'], found['indexed']);
      assert.ok(found['plain']!.some((slope) => slope !== 0));
    });
  }

  it('a pool that is odd, padded or overlaps takes the indices', () => {
    const two = { kernel_shape: ints(2, 2), strides: ints(2, 2) };
    assert.ok(!poolsByTwo(two, [4, 5]));
    assert.ok(!poolsByTwo(two, [4, '?']));
    assert.ok(!poolsByTwo({ ...two, pads: ints(0, 0, 1, 1) }, [4, 4]));
    assert.ok(!poolsByTwo({ ...two, strides: ints(1, 1) }, [4, 4]));
    assert.ok(!poolsByTwo({ ...two, kernel_shape: ints(3, 3) }, [6, 6]));
  });

  it('the slope of a kernel over a large image is worked out a place at a time, and is the same', async () => {
    const [rows, channels, filters, size] = [2, 20, 3, 32];
    const random = new Random(5);
    const data = Float32Array.from({ length: rows * channels * size * size }, () => random.normal());
    const kernel = Float32Array.from({ length: filters * channels * 9 }, () => random.normal());
    const slopes = Float32Array.from({ length: rows * filters * size * size }, () => random.normal());
    const { slope } = await run([rows, channels, size, size], data, (graph, x) => {
      const w = graph.constant(float(kernel, [filters, channels, 3, 3]));
      const y = graph.op('Conv', [x, w], { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1) });
      const weights = graph.constant(float(slopes, [rows, filters, size, size]));
      const loss = graph.op('ReduceSum', [graph.op('Mul', [y, weights])], { keepdims: { int: 0 } });
      const [found] = gradient(graph, loss, [w]);
      assert.ok(graph.trace.filter(({ opType }) => opType === 'Gemm').length === 9);
      graph.output(found!, 'slope');
    });
    for (const [o, c, i, j] of [
      [0, 0, 0, 0],
      [1, 7, 1, 2],
      [2, 19, 2, 1],
    ] as const) {
      let expected = 0;
      for (let n = 0; n < rows; n++)
        for (let h = 0; h < size; h++)
          for (let v = 0; v < size; v++) {
            const [up, left] = [h + i - 1, v + j - 1];
            if (up < 0 || left < 0 || up >= size || left >= size) continue;
            expected +=
              slopes[((n * filters + o) * size + h) * size + v]! *
              data[((n * channels + c) * size + up) * size + left]!;
          }
      const told = slope![((o * channels + c) * 3 + i) * 3 + j]!;
      assert.ok(Math.abs(told - expected) < 1e-3, `${told} is not ${expected}`);
    }
  });
});
