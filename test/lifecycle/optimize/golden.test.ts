import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelInfo, OptimizeStage } from '../../../schemas/generated/types';
import {
  encodeModel,
  float,
  fromFloat16,
  GraphBuilder,
  type OnnxModel,
  openSession,
  toFloat16,
} from '../../../lifecycle/onnx';
import { prune } from '../../../lifecycle/optimize/prune';
import { calibrate, gridOf, quantizeStatic } from '../../../lifecycle/optimize/static';
import { removeUnits } from '../../../lifecycle/optimize/units';
import { layersOf } from '../../../lifecycle/optimize/weights';
import type { StageContext } from '../../../lifecycle/store/room';
import { taughtTargets } from '../../../lifecycle/train/network/taught';

interface Listed {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}
interface Golden {
  readonly halves: { readonly given: readonly number[]; readonly bits: readonly number[] };
  readonly network: Readonly<Record<'x' | 'w1' | 'b1' | 'w2' | 'b2' | 'plain' | 'quantized', Listed>> & {
    readonly grids: readonly (readonly [number, number])[];
  };
  readonly pruning: {
    readonly sparsity: number;
    readonly kept: readonly number[];
    readonly units: readonly number[];
    readonly answers: Listed;
  };
  readonly softened: {
    readonly temperature: number;
    readonly probabilities: Listed;
    readonly softened: Listed;
    readonly two: Listed;
    readonly softenedTwo: readonly number[];
  };
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/optimize/optimize.json'), 'utf8')) as Golden;
const tensor = ({ data, dims }: Listed) => float(Float32Array.from(data), dims);
const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance, `${i}: ${actual[i]} instead of ${expected[i]}`);
};

/** numpy's network: columns in, as a served model takes them. */
function network(): { model: OnnxModel; info: ModelInfo } {
  const { w1, b1, w2, b2 } = golden.network;
  const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const graph = new GraphBuilder('g');
  const x = graph.op(
    'Concat',
    names.map((name) => graph.input(name, 'float', ['N', 1])),
    { axis: { int: 1 } },
  );
  const constant = (listed: Listed, hint: string) => graph.constant(tensor(listed), hint);
  const hidden = graph.op('Relu', [graph.op('Gemm', [x, constant(w1, 'w1'), constant(b1, 'b1')])]);
  const answer = graph.op('Gemm', [hidden, constant(w2, 'w2'), constant(b2, 'b2')], { transB: { int: 1 } });
  graph.output(answer, 'prediction', ['N', 3]);
  const info: ModelInfo = {
    format: 1,
    kind: 'network',
    task: 'regression',
    inputs: names.map((name) => ({ name, type: 'number' })),
    outputs: [{ name: 'prediction', type: 'float32', shape: ['N', 3] }],
    servable: true,
  };
  return { model: graph.build(), info };
}

const columns = (): Record<string, Float32Array> =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, c) => [
      `c${c}`,
      Float32Array.from({ length: 40 }, (__, row) => golden.network.x.data[row * 20 + c]!),
    ]),
  );

async function answers(model: OnnxModel, rows = 40): Promise<Float32Array> {
  const session = await openSession(encodeModel(model));
  const feeds = Object.fromEntries(
    Object.entries(columns()).map(([name, values]) => [name, float(values.slice(0, rows), [rows, 1])]),
  );
  const { prediction } = await session.run(feeds);
  await session.close();
  return prediction!.data as Float32Array;
}

describe('optimisations against numpy', () => {
  it('round to 16 bits as numpy does, and back', () => {
    const { given, bits } = golden.halves;
    const mine = toFloat16(given);
    bits.forEach((expected, i) => assert.equal(mine[i], expected, String(given[i])));
    assert.deepEqual([...toFloat16([NaN, Infinity, -Infinity])], [0x7e00, 0x7c00, 0xfc00]);
    const back = fromFloat16(Uint16Array.from({ length: 0x10000 }, (_, i) => i));
    const again = toFloat16(back);
    again.forEach((value, i) => {
      if (!Number.isNaN(back[i])) assert.equal(value, i);
    });
  });

  it('measure ranges and round to 8 bits as numpy does, in both of its forms', async () => {
    const { model, info } = network();
    near(await answers(model), golden.network.plain.data, 1e-4);
    const layers = layersOf(model);
    assert.deepEqual(
      layers.map(({ weights }) => weights),
      ['w1', 'w2'],
    );
    const sample = { rows: 40, columns: columns(), labels: new Float64Array(40) };
    const spans = await calibrate(model, layers, info, sample);
    [...spans.values()].forEach((span, i) => {
      const { scale, zero } = gridOf(span);
      const [expected, middle] = golden.network.grids[i]!;
      assert.ok(Math.abs(scale - expected) <= 1e-6 * expected, `${scale} instead of ${expected}`);
      assert.equal(zero, middle);
    });
    const quantized = quantizeStatic(model, layers, spans);
    const theirs = golden.network.quantized.data;
    const mine = await answers(quantized);
    // A product on the border of two steps may fall to either side: then the answers of that row are off by what the step is worth.
    const rows = new Set(theirs.flatMap((value, i) => (Math.abs(value - mine[i]!) > 1e-4 ? [Math.floor(i / 3)] : [])));
    assert.ok(rows.size <= 2, `${rows.size} rows differ`);
    const step = golden.network.grids[1]![0] * Math.max(...golden.network.w2.data.map(Math.abs));
    near(mine, theirs, 1.01 * step);
    // One row's answer does not depend on the rows beside it.
    const alone = await answers(quantized, 1);
    near(alone, mine.subarray(0, 3), 1e-5);
  });

  it('prune the smallest weights', async () => {
    const { model, info } = network();
    const context = { seed: 1 } as StageContext<OptimizeStage>;
    const { sparsity, kept } = golden.pruning;
    const result = await prune(context, model, info, { sparsity, epochs: 0 }, undefined);
    const [w1, w2] = layersOf(result.model);
    [...w1!.tensor.data].forEach((value, i) => assert.equal(value === 0 ? 0 : 1, kept[i], String(i)));
    assert.equal([...w2!.tensor.data].filter((value) => value === 0).length, Math.floor(sparsity * 72));
    assert.deepEqual(
      result.layers.map(({ layer, before, kept: left }) => [layer, before, left]),
      [
        ['w1', 480, 480 - 288],
        ['w2', 72, 72 - 43],
      ],
    );
  });

  it('take out the units that matter least, and answer as the rest does', async () => {
    const { model } = network();
    const { model: smaller, removed } = removeUnits(model, 0.5);
    assert.equal(removed, 12);
    assert.deepEqual(
      layersOf(smaller).map(({ tensor: { dims } }) => dims),
      [
        [20, 12],
        [3, 12],
      ],
    );
    near(await answers(smaller), golden.pruning.answers.data, 1e-4);
  });

  it('soften a teacher’s answers', () => {
    const { temperature, probabilities, softened, two, softenedTwo } = golden.softened;
    const plain = { mean: 0, deviation: 1 };
    const train = Float32Array.from(probabilities.data);
    near(taughtTargets({ train, temperature }, 'multiclass', 3, plain), softened.data, 1e-6);
    const positive = taughtTargets({ train: Float32Array.from(two.data), temperature }, 'binary', 1, plain);
    near(positive, softenedTwo, 1e-6);
    const values = taughtTargets({ train: Float32Array.of(3, 5), temperature }, 'regression', 1, {
      mean: 4,
      deviation: 2,
    });
    assert.deepEqual([...values], [-0.5, 0.5]);
  });
});
