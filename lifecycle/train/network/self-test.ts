/** Before a provider trains for the first time: are its gradients right? A wrong one must never pass for learning. */
import { type NetworkModel } from '../../../schemas/generated/types';
import { layOut, type PlainLayer, sizeOf, type TokenInput } from '../../model/layers';
import { planNetwork } from '../../model/network';
import { float, OnnxError, openSession, runtimeVersion, type TensorData } from '../../onnx';
import { readJson, writeAtomic } from '../../process/files';
import { UserError } from '../../problem';
import { Random } from '../../statistics/random';
import { ENGINE_VERSION } from '../../store/version';
import { deviceUnusable, operatorUnsupported } from '../devices/trouble';
import { startWeights } from './fit';
import { accumulatingStep, names, type Pupil, trained } from './step';

/** A family of layers, and a small network of them. */
export interface Subject {
  readonly name: string;
  /** Does a network with this layer belong to the family? */
  readonly covers: (layer: PlainLayer) => boolean;
  readonly model: Omit<NetworkModel, 'kind'>;
  readonly features: number;
  readonly tokens?: TokenInput;
}

const image = { height: 6, width: 5, channels: 2 };
const pixels = image.height * image.width * image.channels;
const kinds =
  (...names: PlainLayer['kind'][]) =>
  ({ kind }: PlainLayer): boolean =>
    names.includes(kind);

/** Every family of layers; the first one is in every network. */
export const subjects: readonly Subject[] = [
  {
    name: 'dense layers',
    covers: () => true,
    features: 5,
    model: {
      layers: [
        { dense: { units: 6, activation: 'gelu' } },
        { residual: { layers: [{ dense: { units: 6, activation: 'tanh' } }] } },
        { dense: { units: 4, activation: 'relu' } },
      ],
    },
  },
  {
    name: 'normalisations',
    covers: kinds('batch-normalization', 'layer-normalization'),
    features: 5,
    model: {
      layers: [{ dense: { units: 6 } }, 'batch-normalization', { dense: { units: 6 } }, 'layer-normalization'],
    },
  },
  {
    name: 'convolutions',
    covers: (layer) => layer.kind === 'convolution' && layer.groups === 1,
    features: pixels,
    model: {
      image,
      layers: [{ conv2d: { filters: 3, activation: 'silu' } }, { conv2d: { filters: 4, stride: 2 } }, 'flatten'],
    },
  },
  {
    name: 'grouped and depthwise convolutions',
    covers: (layer) => layer.kind === 'convolution' && layer.groups !== 1,
    features: pixels,
    model: {
      image,
      layers: [
        { conv2d: { filters: 4, groups: 2 } },
        { 'depthwise-conv2d': { multiplier: 2 } },
        { conv2d: { filters: 6, groups: 2, stride: 2 } },
        { 'depthwise-conv2d': {} },
        'flatten',
      ],
    },
  },
  {
    name: 'transposed convolutions',
    covers: kinds('transposed-convolution'),
    features: pixels,
    model: {
      image,
      layers: [{ 'transposed-conv2d': { filters: 3, stride: 2 } }, { 'transposed-conv2d': { filters: 2 } }, 'flatten'],
    },
  },
  {
    name: 'max pools',
    covers: (layer) => layer.kind === 'pool' && layer.of === 'max',
    features: 144,
    model: {
      image: { height: 12, width: 12 },
      layers: [
        { conv2d: { filters: 3, activation: 'relu' } },
        'max-pool',
        { conv2d: { filters: 4 } },
        { 'max-pool': { size: 3, stride: 2, padding: 'same' } },
        { 'max-pool': { size: 2, stride: 1 } },
        'flatten',
      ],
    },
  },
  {
    name: 'average pools',
    covers: (layer) => layer.kind === 'pool' && layer.of === 'average',
    features: pixels,
    model: {
      image,
      layers: [
        { conv2d: { filters: 3 } },
        { 'average-pool': { size: 3, stride: 2, padding: 'same' } },
        { 'average-pool': { size: 2, stride: 1 } },
        'flatten',
      ],
    },
  },
  {
    name: 'global pools',
    covers: kinds('global-pool'),
    features: pixels,
    model: {
      image,
      layers: [
        { conv2d: { filters: 3 } },
        {
          branch: {
            paths: [['global-max-pool'], ['global-average-pool']],
            join: 'concat',
          },
        },
      ],
    },
  },
  {
    name: 'LSTM and GRU',
    covers: kinds('recurrent'),
    features: 12,
    model: {
      sequence: { steps: 4 },
      layers: [{ lstm: { units: 4, sequences: true } }, { gru: { units: 4, bidirectional: true } }],
    },
  },
  {
    name: 'embeddings',
    covers: kinds('embedding', 'positions'),
    features: 0,
    tokens: { name: 'text', steps: 5, tokens: 9 },
    model: { layers: [{ embedding: { size: 6 } }, { positions: 'learned' }, 'global-average-pool'] },
  },
  {
    name: 'attention',
    covers: kinds('attention', 'transformer'),
    features: 0,
    tokens: { name: 'text', steps: 5, tokens: 9 },
    model: {
      layers: [{ embedding: { size: 8 } }, { transformer: { heads: 2, units: 8 } }, 'global-average-pool'],
    },
  },
];

const ROWS = 5;
const STEP = 2e-3;
/** Allowed difference of a slope, as a share of the gradient's length; of another provider's array, as a share of that array's. */
const TOLERANCE = 2e-2;

const passed = new Set<string>();

export interface TestOptions {
  /** The file in which what was found is remembered. */
  readonly file?: string | undefined;
  /** Layers of the network that is to be trained: only their families are tested. All of them unless given. */
  readonly layers?: readonly PlainLayer[];
  /** The hardware and its driver: another one is tested anew. Asked only where there is something to remember. */
  readonly adapter?: () => Promise<string>;
  /** What this process has tested already. */
  readonly tested?: Set<string>;
}

/**
 * Holds the gradients that a provider computes to what they should be: the CPU's to finite differences of its own losses, another provider's to the CPU's, array by
 * array. Once for each family of layers, version of the engine and of the runtime, and adapter with its driver.
 *
 * @throws UserError `gradients-unsound`, `operator-unsupported` (by the family's name), `device-unusable`
 */
export async function testGradients(provider: string, options: TestOptions = {}): Promise<void> {
  const { file, layers, tested = passed } = options;
  if (provider !== 'cpu') await testGradients('cpu', options);
  const wanted = subjects.filter(({ covers }) => layers === undefined || layers.some(covers));
  const runtime = await runtimeVersion();
  const keyOf = ({ name }: Subject, adapter: string): string =>
    `${ENGINE_VERSION} onnxruntime ${runtime} ${provider}${adapter && ` on ${adapter}`} ${process.platform}-${process.arch}: ${name}`;
  const open = wanted.filter((subject) => !tested.has(keyOf(subject, '')));
  if (open.length === 0) return;
  const adapter = file === undefined || provider === 'cpu' ? '' : ((await options.adapter?.()) ?? '');
  const known = file === undefined ? undefined : await readJson<{ passed?: string[] }>(file).catch(() => undefined);
  const before = new Set(known?.passed);
  const found = new Set(before);
  const isNew = (subject: Subject): boolean => !before.has(keyOf(subject, adapter));
  const test = async (): Promise<void> => {
    for (const subject of open) {
      if (isNew(subject)) {
        const error = await errorOf(subject, provider).catch((thrown: unknown) => refusal(subject, provider, thrown));
        if (error === 'refused') continue;
        if (!(error <= TOLERANCE)) throw unsound(provider, subject.name, error);
        found.add(keyOf(subject, adapter));
      }
      tested.add(keyOf(subject, ''));
    }
  };
  await (open.some(isNew) ? holding(provider, test) : test());
  if (file !== undefined && found.size > before.size)
    await writeAtomic(file, `${JSON.stringify({ format: 1, passed: [...found].sort() })}\n`).catch(() => undefined);
}

/** What a family that could not be computed at all means. */
function refusal(subject: Subject, provider: string, thrown: unknown): 'refused' {
  // An operator that a provider refuses by name is never trained on it, so it can't be wrong there.
  if (thrown instanceof UserError && thrown.problem.code === 'operator-unsupported') return 'refused';
  if (!(thrown instanceof OnnxError) || provider === 'cpu') throw thrown;
  throw subject === subjects[0]
    ? deviceUnusable(provider, thrown.message)
    : operatorUnsupported(provider, subject.name, thrown.message);
}

/** Of every family of layers: does a provider compute it rightly? The first is asked first, and alone where it fails. */
export function familiesThatFail(provider: string): Promise<{ readonly name: string; readonly why: string }[]> {
  return holding(provider, () => tryAll(provider));
}

/** As long as a session is open, onnxruntime keeps a GPU's device with the programs compiled for it, which are most of the work of a small network. */
async function holding<T>(provider: string, use: () => Promise<T>): Promise<T> {
  if (provider === 'cpu') return use();
  const { pupil } = prepare(subjects[0]!);
  const held = await openSession(accumulatingStep(pupil, provider), { provider }).catch(() => undefined);
  try {
    return await use();
  } finally {
    await held?.close();
  }
}

async function tryAll(provider: string): Promise<{ name: string; why: string }[]> {
  const failures: { name: string; why: string }[] = [];
  for (const subject of subjects) {
    const why = await errorOf(subject, provider).then(
      (error) => (error <= TOLERANCE ? undefined : `its gradients are off by ${shareOf(error)}`),
      (thrown: unknown) => (thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown)),
    );
    if (why !== undefined) failures.push({ name: subject.name, why });
    if (why !== undefined && subject === subjects[0]) break;
  }
  return failures;
}

function shareOf(error: number): string {
  return Number.isFinite(error) ? `${(100 * error).toFixed(1)} %` : 'more than can be told';
}

function unsound(provider: string, what: string, error: number): UserError {
  return new UserError({
    code: 'gradients-unsound',
    message: `The provider '${provider}' of onnxruntime computes wrong gradients for ${what} (off by ${shareOf(error)}): nothing with them is trained on it.`,
    hint: 'Train on another device (`resources: {device: cpu}`), or with another version of onnxruntime.',
    path: ['resources', 'device'],
  });
}

/** A subject with its data, ready to be computed under any weights. */
function prepare({ model, features, tokens, name }: Subject) {
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
  const feeds: Record<string, TensorData> = {
    [names.inputs]: float(inputs, [ROWS, plan.inputs]),
    [names.targets]: float(targets, [ROWS, 3]),
    [names.rowWeights]: float(new Float32Array(ROWS).fill(1 / ROWS), [ROWS, 1]),
    [names.gradient]: float(new Float32Array(theta.length)),
    [names.weight]: float([0], []),
    [names.statistics]: float(statistics),
  };
  return { pupil, random, theta, feeds };
}

type Prepared = ReturnType<typeof prepare>;
/** Loss and gradient under given weights. */
type At = (weights: Float32Array) => Promise<{ loss: number; gradient: Float32Array }>;

async function computing<T>({ pupil, feeds }: Prepared, provider: string, use: (at: At) => Promise<T>): Promise<T> {
  const session = await openSession(accumulatingStep(pupil, provider), { provider });
  try {
    return await use(async (weights) => {
      const results = await session.run({ ...feeds, [names.theta]: float(weights) });
      const gradient = results[names.next(names.gradient)]!.data as Float32Array;
      return { loss: Number(results[names.loss]!.data[0]), gradient };
    });
  } finally {
    await session.close();
  }
}

/**
 * How wrong a provider's gradient is. Of the CPU: how far from the slope of the loss along random directions, as a share of the gradient's length. Of another provider: how far
 * from the CPU's in the worst array, as a share of the array's length (or of a hundredth of the whole gradient's, where that is more); and its loss likewise.
 *
 * @param spoil makes the gradient another one, to see that it is found out
 */
export async function errorOf(
  subject: Subject,
  provider: string,
  spoil: (gradient: Float32Array) => Float32Array = (gradient) => gradient,
): Promise<number> {
  const prepared = prepare(subject);
  const { theta } = prepared;
  if (provider === 'cpu') return computing(prepared, 'cpu', (at) => slopesApart(at, prepared, spoil));
  const here = await computing(prepared, 'cpu', (at) => at(theta));
  const there = await computing(prepared, provider, (at) => at(theta));
  const gradient = spoil(there.gradient);
  const whole = Math.hypot(...here.gradient);
  let worst = Math.abs(there.loss - here.loss) / Math.max(Math.abs(here.loss), 1e-6);
  let at = 0;
  for (const { shape } of trained(prepared.pupil.plan)) {
    const end = at + sizeOf(shape);
    const wanted = here.gradient.subarray(at, end);
    const apart = Math.hypot(...wanted.map((value, i) => value - gradient[at + i]!));
    worst = Math.max(worst, apart / Math.max(Math.hypot(...wanted), 0.01 * whole));
    if (Number.isNaN(apart)) return Infinity;
    at = end;
  }
  return worst;
}

async function slopesApart(
  at: At,
  { theta, random }: Prepared,
  spoil: (gradient: Float32Array) => Float32Array,
): Promise<number> {
  const gradient = spoil((await at(theta)).gradient);
  const size = Math.hypot(...gradient);
  let worst = 0;
  for (let trial = 0; trial < 3; trial++) {
    const direction = theta.map(() => random.normal());
    const length = Math.hypot(...direction);
    const loss = async (sign: number): Promise<number> =>
      (await at(theta.map((value, i) => value + (sign * STEP * direction[i]!) / length))).loss;
    const slope = ((await loss(1)) - (await loss(-1))) / (2 * STEP);
    const told = direction.reduce((sum, value, i) => sum + (value / length) * gradient[i]!, 0);
    worst = Math.max(worst, Math.abs(slope - told) / Math.max(size, 1e-6));
    if (!Number.isFinite(slope - told)) return Infinity;
  }
  return worst;
}
