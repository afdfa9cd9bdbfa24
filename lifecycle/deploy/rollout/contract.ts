import type { ModelInfo } from '../../../schemas/generated/types';
import { UserError } from '../../problem';

/** What a version must be, besides sound, before it gets a request. */
export interface Admission {
  /** `same`: it must answer what the live version is asked. */
  readonly contract: 'same' | 'free';
  readonly budget?: { readonly latency?: number; readonly bytes?: number };
  readonly require?: Readonly<Record<string, { readonly min?: number; readonly max?: number }>>;
}

/** What is looked at of a version that is to go live. */
export interface Applicant {
  readonly name: string;
  readonly version: number;
  readonly info: ModelInfo;
  /** Bytes of model.onnx. */
  readonly bytes: number;
  /** Milliseconds for one typical row; undefined before it was tried. */
  readonly latency?: number;
  /** Headline metrics of the bundle. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Refuses what clients of the live version would notice, and what costs too much or measured too little.
 * @throws UserError `contract-…`, `budget-bytes`, `budget-latency`, `below-gate`
 */
export function admit(applicant: Applicant, admission: Admission, live?: ModelInfo): void {
  const { info, bytes, latency, metrics } = applicant;
  const title = `${applicant.name} ${applicant.version}`;
  const { budget } = admission;
  if (budget?.bytes !== undefined && bytes > budget.bytes)
    throw new UserError({
      code: 'budget-bytes',
      message: `${title} is too big: model.onnx has ${bytes.toLocaleString('en')} bytes, the target allows ${budget.bytes.toLocaleString('en')}.`,
      hint: 'Quantise it in an `optimize` stage, or raise `budget: {bytes: …}` of the target.',
    });
  for (const [name, bound] of Object.entries(admission.require ?? {})) {
    const value = metrics[name] ?? metrics[`test/${name}`];
    const low = bound.min !== undefined && !(value !== undefined && value >= bound.min);
    const high = bound.max !== undefined && !(value !== undefined && value <= bound.max);
    if (!low && !high) continue;
    throw new UserError({
      code: 'below-gate',
      message:
        value === undefined
          ? `${title} has no metric '${name}' in its bundle, and the target requires one.`
          : `${title} does not reach what the target requires: ${name} is ${value}, ${low ? `at least ${bound.min}` : `at most ${bound.max}`} is asked for.`,
      hint: 'Train a better one, or change `require` of the target.',
    });
  }
  if (live !== undefined && admission.contract === 'same') compare(title, info, live);
  if (budget?.latency !== undefined && latency !== undefined && latency > budget.latency)
    throw new UserError({
      code: 'budget-latency',
      message: `${title} is too slow: a typical row takes ${latency.toPrecision(3)} ms here, the target allows ${budget.latency} ms.`,
      hint: 'Take a smaller model, or raise `budget: {latency: …}` of the target.',
    });
}

function compare(title: string, info: ModelInfo, live: ModelInfo): void {
  const refuse = (code: string, message: string) =>
    new UserError({
      code: `contract-${code}`,
      message: `${title} would break the clients of the live version: ${message}`,
      hint: 'Deploy it under another name or target, or set `contract: free` on the target and change the clients.',
    });
  if (info.task !== live.task) throw refuse('task', `it does ${info.task}, not ${live.task}.`);
  const inputs = new Map(info.inputs.map((input) => [input.name, input]));
  for (const input of live.inputs) {
    const now = inputs.get(input.name);
    if (now === undefined) throw refuse('column-missing', `it takes no column '${input.name}', which they send.`);
    if (now.type !== input.type)
      throw refuse('column-type', `it takes ${now.type} in '${input.name}', where they send ${input.type}.`);
    if (now.required === true && input.required !== true)
      throw refuse('column-required', `it needs a value in '${input.name}', which they may leave out.`);
  }
  const known = new Set(live.inputs.map(({ name }) => name));
  for (const input of info.inputs)
    if (!known.has(input.name) && input.required === true)
      throw refuse('column-added', `it needs a column '${input.name}', which they don't send.`);
  const order = info.inputs.map(({ name }) => name).filter((name) => known.has(name));
  const moved = order.findIndex((name, i) => name !== live.inputs[i]?.name);
  if (moved >= 0)
    throw refuse(
      'column-order',
      `its columns have another order: '${order[moved]}' stands where '${live.inputs[moved]?.name}' was.`,
    );
  const [classes, before] = [info.classes ?? [], live.classes ?? []];
  if (classes.length !== before.length || before.some((value) => !classes.includes(value)))
    throw refuse('classes', `its classes are ${list(classes)}, not ${list(before)}.`);
  if (before.some((value, i) => value !== classes[i]))
    throw refuse('class-order', `its classes have another order: ${list(classes)}, not ${list(before)}.`);
}

const list = (values: readonly unknown[]) => values.slice(0, 10).map(String).join(', ');
