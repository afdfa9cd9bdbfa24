import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkModel, OptimizeStage, TrainStage } from '../../../schemas/generated/types';
import { layOut, type NetworkInputs } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { type FeatureInputs, readInputs, standardizeFragment } from '../../../lifecycle/model/standardize';
import { decodeModel, encodeModel, float, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { room as optimizeRoom } from '../../../lifecycle/optimize/room';
import { goingOn, inputsOf, standardize } from '../../../lifecycle/train/network/prepare';
import { room } from '../../../lifecycle/train/room';
import { measure } from '../../../lifecycle/train/scaling';
import { example } from './example';
import { runRoom, temporaryFolder, writeDataset } from './fixture';

const columns = {
  number: Float32Array.of(1, 2, 4, NaN),
  flag: Float32Array.of(0, 1, NaN, 1),
  rare: Float32Array.of(0, 0, 0, 1),
  constant: Float32Array.of(1, 1, 1, 1),
  half: Float32Array.of(0, 0.5, 1, 1),
};
const names = Object.keys(columns);
const matrix = { names, columns: Object.values(columns) };

function inputs(model: Omit<NetworkModel, 'kind'>, given: Partial<NetworkInputs> = {}): FeatureInputs {
  const result = layOut(model, { features: names.length, tokens: [], ...given }, 1);
  if ('misfit' in result) throw new Error(result.misfit.message);
  return inputsOf({ kind: 'network', ...model }, planNetwork(result.layout), measure(matrix));
}

/** The features as training has them, and as the served graph has them. */
async function both(by: FeatureInputs): Promise<{ trained: number[]; served: number[] }> {
  const rows = Object.values(columns).map((column) => Float32Array.of(...column, 57, -3, Infinity));
  const count = rows[0]!.length;
  const trained = new Float32Array(count * names.length);
  const raw = new Float32Array(count * names.length);
  rows.forEach((column, feature) => {
    standardize(column, feature, by, trained, names.length);
    column.forEach((value, row) => (raw[row * names.length + feature] = value));
  });
  const bytes = served(by);
  const session = await openSession(bytes);
  const answer = await session.run({ x: float(raw, [count, names.length]) });
  await session.close();
  return { trained: Array.from(trained), served: Array.from(answer['y']!.data as Float32Array) };
}

function served({ standardization, limits, missing }: FeatureInputs): Uint8Array {
  const graph = new GraphBuilder('inputs');
  const x = graph.input('x', 'float', ['N', names.length]);
  const limit = limits.every((each) => each === limits[0]) ? limits[0] : limits;
  graph.output(standardizeFragment(graph, x, standardization, limit, missing), 'y');
  return encodeModel(graph.build());
}

const layers = [{ dense: { units: 3 } }];

describe('inputs of a network', () => {
  it('leave features of 0 and 1 alone as they are, and standardise the others; missing is the mean', () => {
    const { standardization, missing } = inputs({ layers });
    assert.deepEqual(measure(matrix).binary, [1, 2]);
    assert.deepEqual(Array.from(standardization.mean), [7 / 3, 0, 0, 1, 0.625]);
    const [number, flag, rare, constant, half] = standardization.deviation;
    assert.ok(Math.abs(number! - Math.sqrt(14 / 9)) < 1e-12 && Math.abs(half! - Math.sqrt(0.171875)) < 1e-12);
    assert.deepEqual([flag, rare, constant], [1, 1, 0]);
    assert.deepEqual(Array.from(missing), [7 / 3, 2 / 3, 0.25, 1, 0.625]);
  });

  it('are as they were asked for: together, as they are, numbers of tokens', () => {
    const together = inputs({ layers, scale: 'together' });
    assert.deepEqual(new Set(together.standardization.mean).size, 1);
    const none = inputs({ layers, scale: 'none' });
    assert.deepEqual(Array.from(none.standardization.mean), [0, 0, 0, 0, 0]);
    assert.deepEqual(none.missing, inputs({ layers }).missing);
    const tokens = inputs({ layers: [{ embedding: { size: 2 } }, 'flatten'], tokens: 60 });
    assert.deepEqual([...tokens.standardization.mean, ...tokens.missing], new Array(10).fill(0));
    // Pixels that come from files lack nothing: no row of numbers for them in the graph.
    const image = { height: 1, width: 5 };
    const pixels = inputs({ layers: ['flatten', ...layers], scale: 'together' }, { image });
    assert.deepEqual(pixels.missing, pixels.standardization.mean);
  });

  for (const [name, model] of Object.entries({
    each: { layers },
    together: { layers, scale: 'together' },
    none: { layers, scale: 'none' },
  } satisfies Record<string, Omit<NetworkModel, 'kind'>>))
    it(`are the same numbers in training and in the served graph, and read back from it: ${name}`, async () => {
      const by = inputs(model);
      const { trained, served: answered } = await both(by);
      // A constant feature that is infinite when served is no number there.
      assert.deepEqual(
        trained.map((value, i) => (Number.isNaN(answered[i]) ? NaN : value)),
        answered,
      );
      const read = readInputs(decodeModel(served(by)), names.length)!;
      assert.deepEqual((await both(read)).trained, trained);
      assert.equal(readInputs(decodeModel(served(by)), names.length + 1), undefined);
    });

  it('of a model that is trained on stay, but for features that it never saw change', () => {
    const own = inputs({ layers });
    const before: FeatureInputs = {
      standardization: { mean: Float64Array.of(9, 0.5, 0.5, 0.5, 0), deviation: Float64Array.of(2, 0.5, 0, 0.5, 0) },
      missing: Float64Array.of(9, 0.5, 0, 0.5, 0),
      limits: new Float32Array(5).fill(4),
    };
    const { standardization, missing, limits } = goingOn(own, before);
    assert.deepEqual(Array.from(standardization.mean), [9, 0.5, 0, 0.5, 0.625]);
    assert.deepEqual(Array.from(standardization.deviation.subarray(0, 4)), [2, 0.5, 1, 0.5]);
    assert.deepEqual(Array.from(missing), [9, 0.5, 0.25, 0.5, 0.625]);
    assert.deepEqual(Array.from(limits), [4, 4, 10, 4, 10]);
  });

  it('a network that begins with an older model begins with its answers, one-hot features standardised as there', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, example('binary', 200));
    const stage = (more: TrainStage['training']): TrainStage => ({
      kind: 'train',
      data: 'd',
      model: { kind: 'network', layers: [{ dense: { units: 6, activation: 'relu' } }] },
      training: { epochs: 2, optimizer: { kind: 'adam', 'learning-rate': 0.02 }, ...more },
    });
    const { output } = await runRoom(room, stage({}), { d: folder });
    const model = decodeModel(await readFile(join(output, 'model.onnx')));
    const array = (name: string): Float32Array =>
      model.graph.initializers.find((one) => one.name === name)!.tensor.data as Float32Array;
    // Two numbers and a text of three values.
    assert.deepEqual(Array.from(array('feature_mean').subarray(2)), [0, 0, 0]);
    assert.ok(array('feature_missing')[2]! > 0.2);
    // As an older version had it.
    array('feature_mean').fill(0.3, 2);
    array('feature_inverse_deviation').fill(2.2, 2);
    array('feature_missing').fill(0);
    const older = join(folder, 'older.onnx');
    await writeFile(older, encodeModel(model));
    const still = { epochs: 1, optimizer: { kind: 'sgd' as const, 'learning-rate': 1e-12 } };
    const next = await runRoom(room, stage({ ...still, 'start-from': { file: older } }), { d: folder });
    assert.ok(next.logs.some(({ message }) => message.endsWith('Features are standardised as they are there.')));
    const rows = {
      a: float(Float32Array.of(3, 12, 15), [3, 1]),
      b: float(Float32Array.of(NaN, 0.5, -1), [3, 1]),
      kind: { type: 'string' as const, dims: [3, 1], data: ['x', 'y', 'none of them'] },
    };
    const answers = async (path: string): Promise<Float32Array> => {
      const session = await openSession(await readFile(path));
      const { probabilities } = await session.run(rows);
      await session.close();
      return probabilities!.data as Float32Array;
    };
    const [was, is] = [await answers(older), await answers(join(next.output, 'model.onnx'))];
    is.forEach((value, i) => assert.ok(Math.abs(value - was[i]!) < 1e-6, `${value} not ${was[i]}`));
    await rm(folder, { recursive: true });
  });

  /** A regression's dataset with another target: scale · y + shift, of the rows that are taken. */
  async function dataset(folder: string, scale: number, shift: number): Promise<void> {
    const whole = example('regression', 200, false);
    await writeDataset(folder, { ...whole, labels: whole.labels.map((label) => scale * label + shift) });
  }

  const regression = (more: Partial<TrainStage>, training: TrainStage['training'] = {}): TrainStage => ({
    kind: 'train',
    data: 'd',
    model: { kind: 'network', layers: [{ dense: { units: 6, activation: 'relu', name: 'hidden' } }] },
    training: { epochs: 30, optimizer: { kind: 'adam', 'learning-rate': 0.02 }, ...training },
    ...more,
  });
  const still = { epochs: 1, optimizer: { kind: 'sgd' as const, 'learning-rate': 1e-12 } };

  async function predictions(path: string): Promise<Float32Array> {
    const session = await openSession(await readFile(path));
    const { prediction } = await session.run({
      a: float(Float32Array.of(3, 12, 15), [3, 1]),
      b: float(Float32Array.of(1, 0.5, -1), [3, 1]),
      kind: { type: 'string' as const, dims: [3, 1], data: ['x', 'y', 'z'] },
    });
    await session.close();
    return prediction!.data as Float32Array;
  }

  it('a regression that begins with a model begins with its answers, whatever the target of its own rows', async () => {
    const [first, second] = [await temporaryFolder(), await temporaryFolder()];
    for (const [transform, scale, shift] of [
      ['none', 1, 0],
      ['log', 0.01, 20],
    ] as const) {
      const asked: Partial<TrainStage> = transform === 'none' ? {} : { 'target-transform': transform };
      await dataset(first, scale, shift);
      const { output } = await runRoom(room, regression(asked), { d: first });
      const from = join(output, 'model.onnx');
      await dataset(second, scale * 2, shift + scale * 60);
      const next = await runRoom(room, regression(asked, { ...still, 'start-from': { file: from } }), { d: second });
      assert.ok(next.logs.some(({ message }) => message.endsWith('Features and target are standardised as there.')));
      const [was, is] = [await predictions(from), await predictions(join(next.output, 'model.onnx'))];
      const spread = 150 * scale;
      is.forEach((value, i) => assert.ok(Math.abs(value - was[i]!) < spread * 1e-4, `${value} not ${was[i]}`));
    }
    await Promise.all([first, second].map((folder) => rm(folder, { recursive: true })));
  });

  it('keeps to its own target where that is on another scale, was learnt by another transform, or has an output layer of its own', async () => {
    const [first, second] = [await temporaryFolder(), await temporaryFolder()];
    await dataset(first, 0.01, 20);
    const { output } = await runRoom(room, regression({}), { d: first });
    const from = { 'start-from': { file: join(output, 'model.onnx') } };
    const told = async (more: Partial<TrainStage>, scale: number, shift: number) => {
      await dataset(second, scale, shift);
      const { logs, output: made } = await runRoom(room, regression(more, { ...still, ...from }), { d: second });
      const { graph } = decodeModel(await readFile(join(made, 'model.onnx')));
      const mean = graph.initializers.find(({ name }) => name === 'target_mean')!.tensor.data as Float32Array;
      return {
        said: logs.map(({ message }) => message).find((text) => text.startsWith('Starts with'))!,
        mean: mean[0]!,
      };
    };
    const far = await told({}, 100, 2_000_000);
    assert.match(far.said, /The target is on another scale than there \(mean 2\d+, there 20/);
    assert.ok(far.mean > 1e6);
    const logarithm = await told({ 'target-transform': 'log' }, 0.01, 20);
    assert.match(logarithm.said, /Features are standardised as they are there\.$/);
    assert.ok(Math.abs(logarithm.mean - Math.log(21)) < 0.2);
    const power = await told({ 'target-transform': 'yeo-johnson' }, 0.01, 20);
    assert.ok(Math.abs(power.mean) < 1e-6);
    await Promise.all([first, second].map((folder) => rm(folder, { recursive: true })));
  });

  it('changed the versions of networks and boosted trees, and of them alone', () => {
    const train = (stage: Partial<TrainStage>): number => room.versionOf!({ kind: 'train', data: 'd', ...stage });
    const others = [
      train({ model: 'linear' }),
      train({ model: { kind: 'random-forest' } }),
      train({ command: ['python'] }),
      train({ model: 'linear', tune: { space: { 'model.l2': [1, 2] } } }),
    ];
    assert.deepEqual(others, [5, 5, 5, 5]);
    assert.equal(train({ model: 'network' }), 6);
    assert.equal(train({ model: 'network', training: { 'start-from': 'm' } }), 7);
    assert.equal(train({ model: 'linear', training: { memory: 1 } }), 5);
    assert.equal(train({ model: { kind: 'network', layers } }), 6);
    assert.equal(train({ model: 'boosted-trees' }), 6);
    assert.equal(train({ model: { kind: 'boosted-trees', leaves: 7 } }), 6);
    assert.equal(train({ model: 'linear', tune: { space: { 'model.kind': ['linear', 'network'] } } }), 8);
    const optimize = (stage: OptimizeStage): number => optimizeRoom.versionOf!(stage);
    assert.equal(optimize({ kind: 'optimize', model: 'm', quantize: 'int8' }), 3);
    assert.equal(optimize({ kind: 'optimize', model: 'm', distil: { into: { kind: 'boosted-trees' } } }), 4);
    assert.equal(optimize({ kind: 'optimize', model: 'm', distil: { into: { kind: 'network', layers } } }), 4);
    const started = { into: { kind: 'network' as const, layers }, training: { 'start-from': 'm' } };
    assert.equal(optimize({ kind: 'optimize', model: 'm', distil: started }), 5);
  });
});
