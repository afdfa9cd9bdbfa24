import { type Scalar, type Tune } from '../../../schemas/generated/types';
import { UserError } from '../../problem';

/** Settings of a trial by place in the stage. */
export type Values = Readonly<Record<string, Scalar>>;

/** When a dimension applies: other settings, each with its allowed values. */
export type Condition = readonly { readonly path: string; readonly values: readonly Scalar[] }[];

interface Common {
  readonly path: string;
  readonly when: Condition;
}

export interface NumberDimension extends Common {
  readonly type: 'number' | 'integer';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Points of a grid. */
  readonly steps: number;
}

export interface ChoiceDimension extends Common {
  readonly type: 'choice';
  readonly values: readonly Scalar[];
}

export type Dimension = NumberDimension | ChoiceDimension;

/** What is varied, in an order in which every dimension comes after those it depends on. */
export type Space = readonly Dimension[];

const SPANS = ['uniform', 'log-uniform', 'integer', 'log-integer'] as const;

/** @throws UserError `tune-space` when it can't be searched, with the place */
export function readSpace(space: Tune['space']): Space {
  const dimensions = Object.entries(space).map(([path, range]) => readDimension(path, range));
  if (dimensions.length === 0)
    throw refused([], 'The space of `tune` is empty.', 'Name a setting, for example `model.learning-rate`.');
  return ordered(dimensions);
}

function readDimension(path: string, range: Tune['space'][string]): Dimension {
  if (Array.isArray(range)) return { path, type: 'choice', values: range, when: [] };
  const when = Object.entries(range.when ?? {}).map(([other, values]) => ({
    path: other,
    values: Array.isArray(values) ? values : [values],
  }));
  if (range.choice) return { path, type: 'choice', values: range.choice, when };
  const span = SPANS.find((key) => range[key] !== undefined);
  const [low, high] = (span && range[span]) ?? [0, 0];
  if (span === undefined || !(low < high) || (span.startsWith('log') && low <= 0))
    throw refused([path], `The range of ${path} has nothing in it.`, 'Write [LOW, HIGH], the lower end first.');
  const type = span.endsWith('integer') ? 'integer' : 'number';
  return { path, type, low, high, log: span.startsWith('log'), steps: range.steps ?? 5, when };
}

function ordered(dimensions: readonly Dimension[]): Space {
  const result: Dimension[] = [];
  const rest = new Set(dimensions);
  while (rest.size > 0) {
    const next = [...rest].find(({ when }) =>
      when.every(({ path }) => ![...rest].some((other) => other.path === path)),
    );
    if (next === undefined) {
      const [first] = rest;
      throw refused(
        [first!.path],
        `The conditions of ${[...rest].map(({ path }) => path).join(' and ')} form a circle.`,
      );
    }
    for (const { path } of next.when)
      if (!dimensions.some((other) => other.path === path))
        throw refused(
          [next.path, 'when'],
          `${next.path} depends on ${path}, which is not in the space.`,
          'Only settings that are varied can be conditions.',
        );
    rest.delete(next);
    result.push(next);
  }
  return result;
}

function refused(path: readonly string[], message: string, hint?: string): UserError {
  return new UserError({
    code: 'tune-space',
    message,
    ...(hint !== undefined && { hint }),
    path: ['tune', 'space', ...path],
  });
}

/** Whether a dimension applies beside these values. */
export function applies({ when }: Dimension, values: Values): boolean {
  return when.every(({ path, values: allowed }) => Object.hasOwn(values, path) && allowed.includes(values[path]!));
}

/** The value at a point of [0, 1): equal lengths are equally likely. */
export function valueAt(dimension: Dimension, unit: number): Scalar {
  if (dimension.type === 'choice')
    return dimension.values[Math.min(Math.floor(unit * dimension.values.length), dimension.values.length - 1)]!;
  const { low, high, log, type } = dimension;
  if (type === 'integer') {
    const at = log
      ? Math.exp(Math.log(low) + unit * (Math.log(high + 1) - Math.log(low)))
      : low + unit * (high + 1 - low);
    return Math.min(high, Math.max(low, Math.floor(at)));
  }
  const at = log ? Math.exp(Math.log(low) + unit * (Math.log(high) - Math.log(low))) : low + unit * (high - low);
  return rounded(Math.min(high, Math.max(low, at)));
}

/** The point of [0, 1] at which a value lies; of a whole number the middle of its stretch. */
export function unitOf(dimension: Dimension, value: Scalar): number {
  if (dimension.type === 'choice') return (dimension.values.indexOf(value) + 0.5) / dimension.values.length;
  const { low, high, log, type } = dimension;
  const number = Number(value);
  const scale = (x: number) => (log ? Math.log(x) : x);
  if (type === 'integer')
    return ((scale(number) + scale(number + 1)) / 2 - scale(low)) / (scale(high + 1) - scale(low));
  return (scale(number) - scale(low)) / (scale(high) - scale(low));
}

/** Six significant digits: what is shown is what is used. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Values of all dimensions that apply, each asked of `choose` in turn. */
export function fill(space: Space, choose: (dimension: Dimension, index: number) => Scalar): Values {
  const values: Record<string, Scalar> = {};
  space.forEach((dimension, index) => {
    if (applies(dimension, values)) values[dimension.path] = choose(dimension, index);
  });
  return values;
}

/** Points of a dimension on a grid. */
export function gridOf(dimension: Dimension): readonly Scalar[] {
  if (dimension.type === 'choice') return dimension.values;
  const { low, high, log, type, steps } = dimension;
  const points = Array.from({ length: steps }, (_, i) => {
    const share = i / (steps - 1);
    const at = log ? low * (high / low) ** share : low + share * (high - low);
    return type === 'integer' ? Math.round(at) : rounded(at);
  });
  return [...new Set(points)];
}
