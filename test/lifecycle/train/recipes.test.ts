import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  LearningRateSchedule,
  Loss,
  Optimizer,
  Task,
  Training,
  TrainStage,
} from '../../../schemas/generated/types';
import { layOut } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { decodeModel, encodeModel, float, gradient, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import { meanLoss, plainLoss, rowLosses } from '../../../lifecycle/train/network/loss';
import { learningRateOf, optimizerUpdate, stateNames, stepScalars } from '../../../lifecycle/train/network/optimizer';
import { trainingRows } from '../../../lifecycle/train/network/prepare';
import { NO_PLATEAU, rateAt, watch } from '../../../lifecycle/train/network/schedule';
import { balancedOrder } from '../../../lifecycle/train/network/rows';
import { room } from '../../../lifecycle/train/room';
import type { Lesson } from '../../../lifecycle/train/trainer';
import { type Example, type Ran, runRoom, temporaryFolder, writeDataset } from './fixture';

interface Golden {
  readonly losses: readonly {
    readonly name: string;
    readonly task: Task;
    readonly loss: Loss | Loss['kind'];
    readonly training: Training;
    readonly scores: number[];
    readonly labels: number[];
    /** Of each row; absent where PyTorch reduces with weights. */
    readonly rows?: number[];
    readonly mean: number;
    readonly gradient: number[];
  }[];
  readonly start: number[];
  readonly slopes: number[][];
  readonly optimizers: readonly { readonly optimizer: Optimizer; readonly path: number[][] }[];
  readonly rate: number;
  readonly perEpoch: number;
  readonly steps: number;
  readonly schedules: readonly { readonly schedule: LearningRateSchedule; readonly rates: number[] }[];
  readonly plateaus: readonly {
    readonly schedule: LearningRateSchedule;
    readonly judged: number[];
    readonly rates: number[];
  }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/train/recipes.json'), 'utf8')) as Golden;

function assertNear(got: ArrayLike<number>, wanted: readonly number[], tolerance: number, what: string): void {
  assert.equal(got.length, wanted.length, what);
  const error = Math.hypot(...wanted.map((value, i) => got[i]! - value)) / Math.hypot(...wanted);
  assert.ok(error <= tolerance, `${what} is off by ${error}: ${Array.from(got).join(', ')} not ${wanted.join(', ')}`);
}

describe('recipes of training, as in PyTorch', () => {
  for (const { name, task, loss, training, scores, labels, rows, mean, gradient: slopes } of golden.losses)
    it(`the loss ${name}: value and gradient`, async () => {
      const outputs = task === 'multiclass' ? 3 : 1;
      const count = labels.length;
      const plain = plainLoss(loss, task);
      const layout = layOut({ layers: [] }, { features: 1, tokens: [] }, outputs);
      assert.ok('layout' in layout);
      // What a stage makes of its labels: smoothed, and weighed by class.
      const lesson = {
        task,
        classes: ['a', 'b', 'c'].slice(0, task === 'multiclass' ? 3 : 2),
        train: { names: ['x'], columns: [new Float32Array(count)], rows: count, labels: Float64Array.from(labels) },
        stage: { kind: 'train', training },
      } as unknown as Lesson;
      const inputs = {
        standardization: { mean: Float64Array.of(0), deviation: Float64Array.of(1) },
        missing: Float64Array.of(0),
        limits: Float32Array.of(1),
      };
      const target = { mean: 0, deviation: 1 };
      const source = await trainingRows(lesson, planNetwork(layout.layout), inputs, target);
      const taken = {
        inputs: new Float32Array(count),
        targets: new Float32Array(count * outputs),
        weights: new Float32Array(count),
      };
      // Scores follow the order in which the pass gives the rows.
      await source.pass(new Random(1)).take(count, taken);
      const order = new Random(1).permutation(count);
      const ordered = Array.from(order).flatMap((row) => scores.slice(row * outputs, (row + 1) * outputs));

      const graph = new GraphBuilder('loss');
      const z = graph.input('z', 'float', [count, outputs]);
      const each = rowLosses(graph, plain, task, z, graph.constant(float(taken.targets, [count, outputs])));
      const weights = graph.constant(float(taken.weights, [count, 1]));
      const add = (value: typeof z) => graph.op('ReduceSum', [value], { keepdims: { int: 0 } });
      const whole = graph.op('Div', [add(graph.op('Mul', [each, weights])), add(weights)]);
      graph.output(each, 'rows');
      graph.output(whole, 'mean');
      graph.output(gradient(graph, whole, [z])[0]!, 'slopes');
      const session = await openSession(encodeModel(graph.build()));
      const found = await session.run({ z: float(ordered, [count, outputs]) });
      await session.close();
      const back = (data: ArrayLike<number>, width: number): number[] => {
        const put = new Array<number>(count * width);
        order.forEach((row, i) => {
          for (let k = 0; k < width; k++) put[row * width + k] = data[i * width + k]!;
        });
        return put;
      };
      if (rows) assertNear(back(found['rows']!.data as Float32Array, 1), rows, 1e-6, 'loss of the rows');
      assertNear(found['mean']!.data as Float32Array, [mean], 1e-6, 'mean loss');
      assertNear(back(found['slopes']!.data as Float32Array, outputs), slopes, 1e-5, 'gradient');
      if (Object.keys(training).length > 0) return;
      // As it is judged on validation rows: scores lie output by output.
      const apart = Float64Array.from(
        { length: count * outputs },
        (_, i) => scores[(i % count) * outputs + Math.floor(i / count)]!,
      );
      assert.ok(Math.abs(meanLoss(plain, task, apart, Float64Array.from(labels)) - mean) < 1e-9);
    });

  for (const { optimizer, path } of golden.optimizers)
    it(`the optimiser ${JSON.stringify(optimizer)}: every step`, async () => {
      const graph = new GraphBuilder('optimizer');
      const size = golden.start.length;
      const theta = graph.input('theta', 'float', [size]);
      const next = optimizerUpdate(graph, optimizer, theta, graph.input('slope', 'float', [size]));
      graph.output(next.theta, 'next');
      for (const name of stateNames(optimizer)) graph.output(next.states[name]!, `next:${name}`);
      const session = await openSession(encodeModel(graph.build()));
      let [at, states] = [float(golden.start), stateNames(optimizer).map(() => float(new Float32Array(size)))];
      for (const [step, slope] of golden.slopes.entries()) {
        const kept = Object.fromEntries(stateNames(optimizer).map((name, i) => [name, states[i]!]));
        const scalars = stepScalars(optimizer, step + 1, learningRateOf(optimizer));
        const found = await session.run({ theta: at, slope: float(slope), ...kept, ...scalars });
        at = found['next']!;
        states = stateNames(optimizer).map((name) => found[`next:${name}`]!);
        assertNear(at.data as Float32Array, path[step]!, 1e-6, `step ${step + 1}`);
      }
      await session.close();
    });

  it('schedules: the rate of every step', () => {
    const { rate, perEpoch, steps } = golden;
    for (const { schedule, rates } of golden.schedules)
      rates.forEach((wanted, step) => {
        const got = rateAt(schedule, rate, { step, steps, perEpoch, plateau: 1 });
        assert.ok(Math.abs(got - wanted) < 1e-12, `${JSON.stringify(schedule)}, step ${step}: ${got} not ${wanted}`);
      });
  });

  it('the plateau: the rate of every epoch', () => {
    for (const { schedule, judged, rates } of golden.plateaus) {
      let state = NO_PLATEAU;
      judged.forEach((loss, epoch) => {
        const got = rateAt(schedule, golden.rate, { step: epoch, steps: 100, perEpoch: 1, plateau: state.factor });
        assert.ok(Math.abs(got - rates[epoch]!) < 1e-12, `${JSON.stringify(schedule)}, epoch ${epoch}: ${got}`);
        state = watch(schedule, state, loss);
      });
    }
  });
});

describe('sampling', () => {
  const classOf = Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : i < 55 ? 1 : 3));
  const drawn = (how: 'oversample' | 'undersample', seed: number): number[] => {
    const order = balancedOrder(classOf, 4, how);
    const rows = Array.from(order.draw(new Random(seed)));
    assert.equal(rows.length, order.rows);
    return rows;
  };
  const times = (rows: readonly number[], of: (row: number) => number): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const row of rows) counts[of(row)] = (counts[of(row)] ?? 0) + 1;
    return counts;
  };

  it('oversample: as many rows of each class as the most frequent has, none of them missing, none much more often than another', () => {
    const rows = drawn('oversample', 1);
    assert.deepEqual(
      times(rows, (row) => classOf[row]!),
      { 0: 40, 1: 40, 3: 40 },
    );
    const each = times(rows, (row) => row);
    classOf.forEach((label, row) => {
      const usual = 40 / classOf.filter((other) => other === label).length;
      assert.ok(Math.abs(each[row]! - usual) < 1, `row ${row} of class ${label}: ${each[row]} times`);
    });
  });

  it('undersample: as many as the rarest has, no row twice, other rows in another pass', () => {
    const rows = drawn('undersample', 1);
    assert.deepEqual(
      times(rows, (row) => classOf[row]!),
      { 0: 5, 1: 5, 3: 5 },
    );
    assert.equal(new Set(rows).size, 15);
    assert.notDeepEqual(new Set(drawn('undersample', 2)), new Set(rows));
  });
});

describe('a column of weights', () => {
  it('counts a row as often as if it were there so many times', async () => {
    const random = new Random(8);
    const rows = Array.from({ length: 40 }, (_, i) => {
      const [x, y] = [random.normal(), random.normal()];
      return { x, y, times: 1 + (i % 3), label: x + y > 0.3 ? 1 : 0 };
    });
    const exampleOf = (of: typeof rows): Example => ({
      numbers: { x: of.map(({ x }) => x), y: of.map(({ y }) => y), times: of.map(({ times }) => times) },
      labels: of.map(({ label }) => label),
      task: 'binary',
      classes: ['no', 'yes'],
      trainRows: of.length,
    });
    const stage = (training: Training): TrainStage => ({
      kind: 'train',
      data: 'd',
      model: { kind: 'network', scale: 'none', layers: [{ dense: { units: 4, activation: 'tanh' } }] },
      training: { epochs: 8, 'batch-size': 1000, optimizer: { kind: 'sgd', 'learning-rate': 0.1 }, ...training },
    });
    const weightsOf = ({ output }: Ran): number[] =>
      decodeModel(readFileSync(join(output, 'model.onnx'))).graph.initializers.flatMap(({ name, tensor }) =>
        /weights|bias/.test(name) ? Array.from(tensor.data as Float32Array) : [],
      );
    const [weighed, repeated] = [await temporaryFolder(), await temporaryFolder()];
    await writeDataset(weighed, exampleOf(rows));
    await writeDataset(repeated, exampleOf(rows.flatMap((row) => new Array<typeof row>(row.times).fill(row))));
    const byWeight = weightsOf(await runRoom(room, stage({ 'sample-weights': 'times' }), { d: weighed }));
    const byRows = weightsOf(await runRoom(room, stage({}), { d: repeated }));
    const without = weightsOf(await runRoom(room, stage({}), { d: weighed }));
    assert.equal(byWeight.length, 21);
    assertNear(byWeight, byRows, 1e-5, 'weights');
    assert.throws(() => assertNear(without, byRows, 1e-3, 'weights'));
  });
});
