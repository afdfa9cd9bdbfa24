import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Attributes,
  bool,
  double,
  encodeModel,
  float,
  gradient,
  GraphBuilder,
  differentiable,
  int64,
  isDifferentiable,
  numbers,
  OnnxError,
  openSession,
  type TensorData,
  type Value,
} from '../../../lifecycle/onnx';

interface GoldenTensor {
  readonly dims: number[];
  readonly data: number[];
}

/** Of each output the numbers, and the weights with which they are added up. */
interface GoldenOutput extends GoldenTensor {
  readonly weights: number[];
}

interface GoldenCase {
  readonly name: string;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly GoldenTensor[];
  readonly constants: readonly (GoldenTensor & { readonly at: number; readonly type?: 'bool' | 'float' })[];
  readonly output: GoldenTensor;
  readonly weights: number[];
  /** Outputs after the first. */
  readonly more?: readonly GoldenOutput[];
  readonly gradients: readonly number[][];
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/onnx/gradients.json'), 'utf8')) as GoldenCase[];

/** Length of the difference relative to the length of what is wanted. */
function assertNear(got: readonly number[], wanted: readonly number[], tolerance: number, what: string): void {
  assert.equal(got.length, wanted.length, what);
  const difference = Math.hypot(...wanted.map((value, i) => got[i]! - value));
  const error = difference / Math.max(Math.hypot(...wanted), 1e-6);
  assert.ok(error <= tolerance, `${what} is off by ${error}: ${got.join(', ')} instead of ${wanted.join(', ')}`);
}

function constantOf({ type, data, dims }: GoldenCase['constants'][number]): TensorData {
  if (type === 'bool') return bool(data.map(Boolean), dims);
  return type === 'float' ? float(data, dims) : int64(data, dims);
}

function outputsOf({ output, weights, more = [] }: GoldenCase): GoldenOutput[] {
  return [{ ...output, weights }, ...more];
}

/** A graph of one operator; its first dimension (of sequences the second) is symbolic when asked, as a batch is. */
function build(test: GoldenCase, symbolic: boolean): Uint8Array {
  const builder = new GraphBuilder('gradient');
  const batch = /^(LSTM|GRU)$/.test(test.op) ? 1 : 0;
  const inputs = test.inputs.map(({ dims }, i) => {
    const shape = dims.map((dim, axis) => (symbolic && axis === batch && i === 0 && dims.length > 1 ? 'N' : dim));
    return builder.input(`x${i}`, 'float', shape);
  });
  const operands: Value[] = [...inputs];
  for (const each of test.constants) operands.splice(each.at, 0, builder.constant(constantOf(each)));
  const outputs = outputsOf(test);
  const made = builder.ops(test.op, operands, outputs.length, test.attributes);
  const sums = outputs.map(({ weights, dims }, i) => {
    const y = made[i]!;
    builder.output(y, `y${i}`);
    const tensor = y.type === 'double' ? double(weights, dims) : float(weights, dims);
    return builder.op('ReduceSum', [builder.op('Mul', [y, builder.constant(tensor)])], { keepdims: { int: 0 } });
  });
  const loss = sums.length === 1 ? sums[0]! : builder.op('Sum', sums);
  builder.output(loss, 'loss');
  gradient(builder, loss, inputs).forEach((value, i) => {
    if (!symbolic) assert.deepEqual(value.shape, test.inputs[i]?.dims, `shape of the gradient ${i}`);
    builder.output(value, `g${i}`);
  });
  return encodeModel(builder.build());
}

function feeds(test: GoldenCase): Record<string, TensorData> {
  return Object.fromEntries(test.inputs.map(({ dims, data }, i) => [`x${i}`, float(data, dims)]));
}

/** Relative to float64; float32 itself comes to a few times 1e-7. */
const EXACT = 1e-5;

describe('gradients', () => {
  for (const test of golden) {
    it(`${test.name}: as PyTorch's, and as finite differences`, async () => {
      const session = await openSession(build(test, false));
      try {
        const fed = feeds(test);
        const results = await session.run(fed);
        const read = (name: string): number[] => numbers(results[name] ?? float([]));
        outputsOf(test).forEach(({ data }, i) => assertNear(read(`y${i}`), data, EXACT, `output ${i}`));
        test.gradients.forEach((wanted, i) => assertNear(read(`g${i}`), wanted, EXACT, `gradient of input ${i}`));

        const step = 2e-3;
        const lossAt = async (input: number, element: number, by: number): Promise<number> => {
          const moved = Float32Array.from(test.inputs[input]?.data ?? []);
          moved[element] = (moved[element] ?? 0) + by;
          const { loss } = await session.run({ ...fed, [`x${input}`]: float(moved, test.inputs[input]?.dims ?? []) }, [
            'loss',
          ]);
          return numbers(loss ?? float([NaN]))[0] ?? NaN;
        };
        for (const [input, { data }] of test.inputs.entries()) {
          const slopes: number[] = [];
          for (const element of data.keys()) {
            slopes.push(((await lossAt(input, element, step)) - (await lossAt(input, element, -step))) / (2 * step));
          }
          assertNear(slopes, test.gradients[input] ?? [], 1e-2, `slope along input ${input}`);
        }
      } finally {
        await session.close();
      }
    });
  }

  it('are compared for every operator that has a rule', () => {
    const compared = new Set(golden.map(({ op }) => op));
    assert.deepEqual(
      differentiable.filter((op) => !compared.has(op)),
      [],
    );
  });

  it('the same with a batch of unknown size', async () => {
    // Needs fixed sizes, or its first size is 1 and stretches, which a symbol does not say.
    const fixed =
      /broadcast both|^(Tile|Slice|Gather|GatherElements|Concat|Flatten|Pad|Expand|Reshape|Where|Split of rows)/;
    for (const test of golden.filter(({ name, inputs }) => inputs[0]?.dims.length !== 1 && !fixed.test(name))) {
      let model: Uint8Array;
      try {
        model = build(test, true);
      } catch (error) {
        throw new Error(test.name, { cause: error });
      }
      const session = await openSession(model);
      const results = await session.run(feeds(test));
      test.gradients.forEach((wanted, i) =>
        assertNear(numbers(results[`g${i}`] ?? float([])), wanted, EXACT, `${test.name} ${i}`),
      );
      await session.close();
    }
  });

  it('flow through a network that shares a value, to its parameters', async () => {
    const builder = new GraphBuilder('network');
    const x = builder.input('x', 'float', ['N', 3]);
    const label = builder.input('label', 'float', ['N', 2]);
    const w1 = builder.input('w1', 'float', [3, 4]);
    const b1 = builder.input('b1', 'float', [4]);
    const w2 = builder.input('w2', 'float', [4, 2]);
    const unused = builder.input('unused', 'float', [5]);
    const hidden = builder.op('Tanh', [builder.op('Gemm', [x, w1, b1])]);
    const doubled = builder.op('Add', [hidden, builder.op('Mul', [hidden, hidden])]);
    const logits = builder.op('MatMul', [doubled, w2]);
    const likelihood = builder.op('Mul', [builder.op('LogSoftmax', [logits]), label]);
    const perRow = builder.op('ReduceSum', [likelihood, builder.constant(int64([1]))], { keepdims: { int: 0 } });
    const loss = builder.op('Neg', [builder.op('ReduceMean', [perRow], { keepdims: { int: 0 } })]);
    builder.output(loss, 'loss');
    const parameters = [w1, b1, w2, unused];
    gradient(builder, loss, parameters).forEach((value, i) => builder.output(value, `g${i}`));
    const session = await openSession(encodeModel(builder.build()));
    const fed: Record<string, TensorData> = {
      x: float([0.1, -0.4, 0.3, 0.9, 0.2, -0.7], [2, 3]),
      label: float([1, 0, 0, 1], [2, 2]),
      w1: float([0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8, -0.9, 0.1, 0.2, 0.3], [3, 4]),
      b1: float([0.1, 0.2, 0.3, 0.4]),
      w2: float([0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8], [4, 2]),
      unused: float([1, 2, 3, 4, 5]),
    };
    const results = await session.run(fed);
    assert.deepEqual(numbers(results['g3'] ?? float([])), [0, 0, 0, 0, 0]);
    const step = 1e-2;
    for (const [i, { name }] of [w1, b1, w2].entries()) {
      const base = numbers(fed[name] ?? float([]));
      const slopes: number[] = [];
      for (const element of base.keys()) {
        const at = async (by: number): Promise<number> => {
          const data = base.with(element, (base[element] ?? 0) + by);
          const run = await session.run({ ...fed, [name]: float(data, fed[name]?.dims ?? []) }, ['loss']);
          return numbers(run['loss'] ?? float([NaN]))[0] ?? NaN;
        };
        slopes.push(((await at(step)) - (await at(-step))) / (2 * step));
      }
      assertNear(numbers(results[`g${i}`] ?? float([])), slopes, 1e-3, name);
    }
    await session.close();
  });

  it('of an embedding loses nothing on several threads', async () => {
    const builder = new GraphBuilder('embedding');
    const table = builder.input('table', 'float', [3, 4]);
    const places = builder.input('places', 'int64', ['N']);
    const loss = builder.op('ReduceSum', [builder.op('Gather', [table, places])], { keepdims: { int: 0 } });
    gradient(builder, loss, [table]).forEach((value) => builder.output(value, 'g'));
    const session = await openSession(encodeModel(builder.build()), { threads: 2 });
    const count = 60_000;
    const uses = int64(Array.from({ length: count }, (_, i) => i % 2));
    const { g } = await session.run({ table: float(new Float32Array(12), [3, 4]), places: uses });
    const half = count / 2;
    assert.deepEqual(g && numbers(g), [half, half, half, half, half, half, half, half, 0, 0, 0, 0]);
    await session.close();
  });

  it('of a pool made of blocks go to the first of equals', async () => {
    const builder = new GraphBuilder('ties');
    const blocks = ['a', 'b', 'c'].map((name) => builder.input(name, 'float', [4]));
    const largest = builder.op('Max', blocks, {}, { ties: 'first' });
    const seed = builder.constant(float([1, 2, 3, 4]));
    gradient(builder, largest, blocks, { seed }).forEach((value, i) => builder.output(value, `g${i}`));
    const session = await openSession(encodeModel(builder.build()));
    const given = { a: float([5, 1, 0, 2]), b: float([5, 1, 3, 2]), c: float([4, 2, 3, 2]) };
    const { g0, g1, g2 } = await session.run(given);
    assert.deepEqual(
      [g0, g1, g2].map((g) => g && numbers(g)),
      [
        [1, 0, 0, 4],
        [0, 0, 3, 0],
        [0, 2, 0, 0],
      ],
    );
    await session.close();
  });

  it('of fixed places are fetched: as often as each was looked up, and nothing for the others', async () => {
    for (const [shape, axis] of [
      [[2, 4, 3], 1],
      [[4, 2], 0],
    ] as const) {
      const places = [3, 0, 0, -1, 2, 0];
      const builder = new GraphBuilder('places');
      const table = builder.input('table', 'float', shape);
      const looked = builder.op('Gather', [table, builder.constant(int64(places))], { axis: { int: axis } });
      const count = places.length * (axis === 1 ? 6 : 2);
      const dims = shape.map((size, i) => (i === axis ? places.length : size));
      const seed = builder.constant(
        float(
          Array.from({ length: count }, (_, i) => i),
          dims,
        ),
      );
      const [found] = gradient(builder, looked, [table], { seed });
      builder.output(found!, 'g');
      const session = await openSession(encodeModel(builder.build()));
      const size = shape.reduce((product, each) => product * each, 1);
      const { g } = await session.run({ table: float(new Float32Array(size), shape) });
      const behind = axis === 1 ? 3 : 2;
      const wanted = new Array<number>(size).fill(0);
      for (let i = 0; i < count; i++) {
        const [before, place, at] = [Math.floor(i / (6 * behind)), Math.floor(i / behind) % 6, i % behind];
        wanted[(before * 4 + ((places[place]! + 4) % 4)) * behind + at]! += i;
      }
      assert.deepEqual(g && numbers(g), wanted);
      assert.ok(!builder.trace.some(({ opType }) => opType === 'ScatterElements'));
      await session.close();
    }
  });

  it('say what stands in the way', () => {
    const builder = new GraphBuilder('hard');
    const x = builder.input('x', 'float', ['N', 3]);
    const y = builder.op('Hardmax', [x]);
    const loss = builder.op('ReduceSum', [y], { keepdims: { int: 0 } });
    assert.throws(
      () => gradient(builder, loss, [x]),
      (error) => error instanceof OnnxError && /no gradient rule for Hardmax/.test(error.message),
    );
    assert.throws(() => gradient(builder, y, [x]), /single number/);
    assert.equal(isDifferentiable('Hardmax'), false);
    assert.equal(isDifferentiable('Relu'), true);
  });
});
