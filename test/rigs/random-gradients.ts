/** Gradients of random operators and layers against finite differences. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layOut } from '../../lifecycle/model/layers';
import { planNetwork } from '../../lifecycle/model/network';
import { double, encodeModel, float, gradient, GraphBuilder, openSession, type TensorData } from '../../lifecycle/onnx';
import { Random } from '../../lifecycle/statistics/random';
import { startWeights } from '../../lifecycle/train/network/fit';
import { accumulatingStep, names, type Pupil } from '../../lifecycle/train/network/step';
import { randomNetwork, type RandomNetwork } from './random-layers';
import { randomOperator, type Trial } from './random-operators';
import { slopeError } from './slope';

const TOLERANCE = 1e-2;

/** Odd multiples of 0.025: away from the corners of operators; for those that compare their values no two are equal. */
function valuesOf({ op, inputs, positive }: Trial, random: Random): Float32Array[] {
  const sizes = inputs.map((shape) => shape.reduce((product, size) => product * size, 1));
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const order = random.permutation(count);
  let at = 0;
  const next = (): number => {
    const place = /Max|Min/.test(op) ? order[at++]! - (count >> 1) : random.integer(60) - 30;
    const value = 0.05 * place + 0.025;
    return positive ? 0.3 + Math.abs(value) : value;
  };
  return sizes.map((size) => Float32Array.from({ length: size }, next));
}

async function operatorError(trial: Trial, seed: number): Promise<number> {
  const random = new Random(seed);
  const graph = new GraphBuilder('random');
  const inputs = trial.inputs.map((shape, i) => graph.input(`x${i}`, 'float', shape));
  const operands = [...inputs];
  for (const { at, tensor } of trial.constants ?? []) operands.splice(at, 0, graph.constant(tensor));
  const outputs = graph.ops(trial.op, operands, trial.outputs ?? 1, trial.attributes);
  const sums = outputs.map((y) => {
    const dims = y.shape as number[];
    const weights = Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () => random.normal());
    const weighed = graph.constant(y.type === 'double' ? double(weights, dims) : float(weights, dims));
    return graph.op('ReduceSum', [graph.op('Mul', [y, weighed])], { keepdims: { int: 0 } });
  });
  const loss = sums.length === 1 ? sums[0]! : graph.op('Sum', sums);
  graph.output(loss, 'loss');
  gradient(graph, loss, inputs).forEach((value, i) => graph.output(value, `g${i}`));
  const session = await openSession(encodeModel(graph.build()));
  try {
    const fed = (point: readonly Float32Array[]): Record<string, TensorData> =>
      Object.fromEntries(point.map((data, i) => [`x${i}`, float(data, trial.inputs[i])]));
    const at = valuesOf(trial, random);
    const found = await session.run(fed(at));
    const slopes = at.map((_, i) => found[`g${i}`]!.data as Float32Array);
    const lossAt = async (point: readonly Float32Array[]) =>
      Number((await session.run(fed(point), ['loss']))['loss']!.data[0]);
    return await slopeError(lossAt, at, slopes, random);
  } finally {
    await session.close();
  }
}

/** @throws when an operator's gradient is not what its finite differences are */
export async function operatorGradients(runs: number, seed: number): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const property = fc.asyncProperty(fc.gen(), fc.nat(), async (draw, start) => {
    const trial = randomOperator(draw);
    seen.add(trial.op);
    const error = await operatorError(trial, start);
    assert.ok(error <= TOLERANCE, `${JSON.stringify(trial, shown)} is off by ${error}`);
  });
  await fc.assert(property, { numRuns: runs, seed });
  return seen;
}

/** Undefined where the layers do not fit what they are given. */
async function networkError(network: RandomNetwork, seed: number): Promise<number | undefined> {
  const { model, features, tokens, rows, outputs } = network;
  const laid = layOut(model, { features, tokens }, outputs);
  if ('misfit' in laid) return undefined;
  const plan = planNetwork(laid.layout);
  const random = new Random(seed);
  const task = outputs === 1 ? 'regression' : 'multiclass';
  const pupil: Pupil = {
    plan,
    task,
    loss: { kind: task === 'regression' ? 'mse' : 'cross-entropy' },
    frozen: new Map(),
  };
  const inputs = Float32Array.from({ length: rows * plan.inputs }, () =>
    tokens.length > 0 ? random.integer(tokens[0]!.tokens) : random.normal(),
  );
  const targets = Float32Array.from({ length: rows * outputs }, (_, i) =>
    outputs === 1 ? random.normal() : Number(i % outputs === Math.floor(i / outputs) % outputs),
  );
  const start = startWeights(plan, random);
  const theta = start.theta.map((value) => value + random.normal(0, 0.2));
  const fixed: Record<string, TensorData> = {
    [names.inputs]: float(inputs, [rows, plan.inputs]),
    [names.targets]: float(targets, [rows, outputs]),
    [names.rowWeights]: float(new Float32Array(rows).fill(1), [rows, 1]),
    [names.gradient]: float(new Float32Array(theta.length)),
    [names.weight]: float([0], []),
    ...(start.statistics.length > 0 && { [names.statistics]: float(start.statistics) }),
  };
  const session = await openSession(accumulatingStep(pupil));
  try {
    const run = (point: Float32Array) => session.run({ ...fixed, [names.theta]: float(point) });
    const slopes = (await run(theta))[names.next(names.gradient)]!.data as Float32Array;
    return await slopeError(
      async ([point]) => Number((await run(point!))[names.loss]!.data[0]),
      [theta],
      [slopes],
      random,
    );
  } finally {
    await session.close();
  }
}

/** @throws when the gradient of a network's loss is not what its finite differences are */
export async function layerGradients(runs: number, seed: number): Promise<number> {
  let fitted = 0;
  const property = fc.asyncProperty(fc.gen(), fc.nat(), async (draw, start) => {
    const network = randomNetwork(draw);
    const error = await networkError(network, start);
    if (error === undefined) return;
    fitted++;
    assert.ok(error <= TOLERANCE, `${JSON.stringify(network)} is off by ${error}`);
  });
  await fc.assert(property, { numRuns: runs, seed });
  return fitted;
}

function shown(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as number[]) : value;
}
