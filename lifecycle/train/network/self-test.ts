/** Before a provider trains for the first time: are its gradients right? A wrong one must never pass for learning. */
import { float, OnnxError, openSession, runtimeOf } from '../../onnx';
import { readJson, writeAtomic } from '../../process/files';
import { UserError } from '../../problem';
import { Random } from '../../statistics/random';
import { ENGINE_VERSION } from '../../store/version';
import { deviceUnusable, operatorUnsupported, tellsDeviceLost } from '../devices/trouble';
import { type Subject, subjects, type Trial, type Use } from './families';
import { names } from './step';

const STEP = 2e-3;
/** Allowed difference of a slope, as a share of the gradient's length; of another provider's array, as a share of that array's. */
const TOLERANCE = 2e-2;

const passed = new Set<string>();

export interface TestOptions {
  /** The file in which what was found is remembered. */
  readonly file?: string | undefined;
  /** What is to be trained: only families that it makes use of are tested. All of them unless given. */
  readonly use?: Use;
  /** Families besides those of networks. */
  readonly more?: readonly Subject[];
  /** The hardware and its driver: another one is tested anew. Asked only where there is something to remember. */
  readonly adapter?: () => Promise<string>;
  /** What this process has tested already. */
  readonly tested?: Set<string>;
}

/**
 * Holds the gradients that a provider computes to what they should be: the CPU's to finite differences of its own losses, another provider's to the CPU's, array by
 * array. Once for each family of layers, activations and losses, version of the engine and of the runtime, and adapter with its driver.
 *
 * @throws UserError `gradients-unsound`, `operator-unsupported` (by the family's name), `device-unusable`
 */
export async function testGradients(provider: string, options: TestOptions = {}): Promise<void> {
  const { file, use, more = [], tested = passed } = options;
  if (provider !== 'cpu') await testGradients('cpu', options);
  const wanted = [...subjects.filter(({ covers }) => use === undefined || covers(use)), ...more];
  const runtime = await runtimeOf(provider);
  const keyOf = ({ name }: Subject, adapter: string): string =>
    `${ENGINE_VERSION} ${runtime} ${provider}${adapter && ` on ${adapter}`} ${process.platform}-${process.arch}: ${name}`;
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
  throw subject === subjects[0] || tellsDeviceLost(thrown.message)
    ? deviceUnusable(provider, thrown.message)
    : operatorUnsupported(provider, subject.name, thrown.message);
}

/** Of every family of layers, activations and losses: does a provider compute it rightly? The first is asked first, and alone where it fails. */
export function familiesThatFail(provider: string): Promise<{ readonly name: string; readonly why: string }[]> {
  return holding(provider, () => tryAll(provider));
}

/** As long as a session is open, onnxruntime keeps a GPU's device with the programs compiled for it, which are most of the work of a small network. */
async function holding<T>(provider: string, use: () => Promise<T>): Promise<T> {
  if (provider === 'cpu') return use();
  const held = await openSession(subjects[0]!.trial().graph(provider), { provider }).catch(() => undefined);
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

/** Loss and gradient under given weights. */
type At = (weights: Float32Array) => Promise<{ loss: number; gradient: Float32Array }>;

async function computing<T>({ graph, feeds }: Trial, provider: string, use: (at: At) => Promise<T>): Promise<T> {
  const session = await openSession(graph(provider), { provider });
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
  const trial = subject.trial();
  const { theta } = trial;
  if (provider === 'cpu') {
    const random = new Random(`self-test along ${subject.name}`);
    return computing(trial, 'cpu', (at) => slopesApart(at, theta, random, spoil));
  }
  const here = await computing(trial, 'cpu', (at) => at(theta));
  const there = await computing(trial, provider, (at) => at(theta));
  const gradient = spoil(there.gradient);
  const whole = Math.hypot(...here.gradient);
  let worst = Math.abs(there.loss - here.loss) / Math.max(Math.abs(here.loss), 1e-6);
  let at = 0;
  for (const size of trial.sizes) {
    const end = at + size;
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
  theta: Float32Array,
  random: Random,
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
