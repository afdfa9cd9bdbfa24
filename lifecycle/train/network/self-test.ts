/** Before a provider trains for the first time: are its gradients right? A wrong one must never pass for learning. */
import { type NetworkModel } from '../../../schemas/generated/types';
import { layOut, type TokenInput } from '../../model/layers';
import { planNetwork } from '../../model/network';
import { float, openSession, runtimeVersion, type TensorData } from '../../onnx';
import { readJson, writeAtomic } from '../../process/files';
import { UserError } from '../../problem';
import { Random } from '../../statistics/random';
import { startWeights } from './fit';
import { accumulatingStep, names, type Pupil } from './step';

interface Subject {
  readonly name: string;
  readonly model: Omit<NetworkModel, 'kind'>;
  readonly features: number;
  readonly tokens?: TokenInput;
}

/** Small networks that use every family of layers. */
export const subjects: readonly Subject[] = [
  {
    name: 'dense layers and normalisations',
    features: 5,
    model: {
      layers: [
        { dense: { units: 6, activation: 'gelu' } },
        'batch-normalization',
        { residual: { layers: [{ dense: { units: 6, activation: 'tanh' } }] } },
        'layer-normalization',
      ],
    },
  },
  {
    name: 'convolutions and pools',
    features: 144,
    model: {
      image: { height: 12, width: 12 },
      layers: [
        { conv2d: { filters: 3, activation: 'relu' } },
        'max-pool',
        { conv2d: { filters: 4, activation: 'silu' } },
        { 'max-pool': { size: 3, stride: 2, padding: 'same' } },
        { 'depthwise-conv2d': { stride: 2 } },
        { 'transposed-conv2d': { filters: 3, stride: 2 } },
        { 'average-pool': { size: 3, stride: 2, padding: 'same' } },
        'flatten',
      ],
    },
  },
  {
    name: 'LSTM and GRU',
    features: 12,
    model: {
      sequence: { steps: 4 },
      layers: [{ lstm: { units: 4, sequences: true } }, { gru: { units: 4, bidirectional: true } }],
    },
  },
  {
    name: 'embedding and attention',
    features: 0,
    tokens: { name: 'text', steps: 5, tokens: 9 },
    model: {
      layers: [
        { embedding: { size: 8 } },
        { positions: 'learned' },
        { transformer: { heads: 2, units: 8 } },
        'global-average-pool',
      ],
    },
  },
];

const ROWS = 5;
const STEP = 2e-3;
/** Allowed difference of a slope, as a share of the gradient's length. */
const TOLERANCE = 2e-2;

const passed = new Set<string>();

/**
 * Compares the gradients that a provider computes with finite differences of its own losses; once for each version of the runtime, remembered in `file`.
 *
 * @param tested what this process has tested already
 * @throws UserError naming the provider and what errs
 */
export async function testGradients(provider: string, file: string | undefined, tested = passed): Promise<void> {
  const key = `${await runtimeVersion()} ${provider} ${process.platform}-${process.arch}`;
  if (tested.has(key)) return;
  const known = file === undefined ? undefined : await readJson<{ passed?: string[] }>(file).catch(() => undefined);
  if (known?.passed?.includes(key) !== true) {
    for (const subject of subjects) {
      const error = await errorOf(subject, provider).catch((thrown: unknown) => {
        // A layer that a provider refuses by name is never trained on it, so it can't be wrong there.
        if (thrown instanceof UserError && thrown.problem.code === 'operator-unsupported') return 0;
        throw thrown;
      });
      if (!(error <= TOLERANCE)) throw unsound(provider, subject.name, error);
    }
    const all = [...(known?.passed ?? []), key].sort();
    if (file !== undefined)
      await writeAtomic(file, `${JSON.stringify({ format: 1, passed: all })}\n`).catch(() => undefined);
  }
  tested.add(key);
}

function unsound(provider: string, what: string, error: number): UserError {
  return new UserError({
    code: 'gradients-unsound',
    message: `The provider '${provider}' of onnxruntime computes wrong gradients for ${what} (off by ${Number.isFinite(error) ? `${(100 * error).toFixed(1)} %` : 'more than can be told'}): nothing is trained with it.`,
    hint: 'Train on another device (`resources: {device: cpu}`), or with another version of onnxruntime.',
    path: ['resources', 'device'],
  });
}

/**
 * How far the gradient is from the slope of the loss, along random directions, as a share of its length.
 *
 * @param spoil makes the gradient another one, to see that it is found out
 */
export async function errorOf(
  { model, features, tokens, name }: Subject,
  provider: string,
  spoil: (gradient: Float32Array) => Float32Array = (gradient) => gradient,
): Promise<number> {
  const result = layOut(model, { features, tokens: tokens ? [tokens] : [] }, 3);
  if ('misfit' in result) throw new Error(result.misfit.message);
  const plan = planNetwork(result.layout);
  const pupil: Pupil = { plan, task: 'multiclass', loss: { kind: 'cross-entropy' }, frozen: new Map() };
  const random = new Random(`self-test ${name}`);
  const { theta: drawn, statistics } = startWeights(plan, random);
  const theta = drawn.map((value) => value + random.normal(0, 0.2));
  const targets = new Float32Array(ROWS * 3);
  for (let i = 0; i < ROWS; i++) targets[i * 3 + (i % 3)] = 1;
  const inputs = Float32Array.from({ length: ROWS * plan.inputs }, () =>
    tokens ? 2 + random.integer(tokens.tokens - 2) : random.normal(),
  );
  const fixed: Record<string, TensorData> = {
    [names.inputs]: float(inputs, [ROWS, plan.inputs]),
    [names.targets]: float(targets, [ROWS, 3]),
    [names.rowWeights]: float(new Float32Array(ROWS).fill(1 / ROWS), [ROWS, 1]),
    [names.gradient]: float(new Float32Array(theta.length)),
    [names.weight]: float([0], []),
    [names.statistics]: float(statistics),
  };
  const session = await openSession(accumulatingStep(pupil, provider), { provider });
  try {
    const at = (weights: Float32Array): Promise<Record<string, TensorData>> =>
      session.run({ ...fixed, [names.theta]: float(weights) });
    const gradient = spoil((await at(theta))[names.next(names.gradient)]!.data as Float32Array);
    const size = Math.hypot(...gradient);
    let worst = 0;
    for (let trial = 0; trial < 3; trial++) {
      const direction = theta.map(() => random.normal());
      const length = Math.hypot(...direction);
      const loss = async (sign: number): Promise<number> => {
        const moved = theta.map((value, i) => value + (sign * STEP * direction[i]!) / length);
        return Number((await at(moved))[names.loss]!.data[0]);
      };
      const slope = ((await loss(1)) - (await loss(-1))) / (2 * STEP);
      const told = direction.reduce((sum, value, i) => sum + (value / length) * gradient[i]!, 0);
      worst = Math.max(worst, Math.abs(slope - told) / Math.max(size, 1e-6));
      if (!Number.isFinite(slope - told)) return Infinity;
    }
    return worst;
  } finally {
    await session.close();
  }
}
