import { Random } from '../../statistics/random';
import { sobolPoint } from './sobol';
import { applies, fill, gridOf, type Space, valueAt, type Values } from './space';
import { proposeTpe } from './tpe';

export type SearchKind = 'tpe' | 'random' | 'sobol' | 'grid';

/** A trial as those see it that choose the next. Lower scores are better. */
export interface Outcome {
  readonly trial: number;
  readonly values: Values;
  /** Its score at its end, or where it was stopped; Infinity when it failed. */
  readonly score: number;
  readonly whole: boolean;
  /** Steps that it trained. */
  readonly steps: number;
}

/** Chooses the values of the next trial; undefined when there are no more. Depends on what it is given and the seed alone. */
export type Sampler = (trial: number, outcomes: readonly Outcome[]) => Values | undefined;

/** Trials before TPE trusts what it has seen; they cover the space evenly. */
const STARTUP = 10;

export function samplerFor(kind: SearchKind, space: Space, seed: number): Sampler {
  const random = new Random(seed).fork('search');
  const shift = space.map((_, index) => random.fork('sobol').fork(index).uniform());
  const sobol: Sampler = (trial) => {
    const point = sobolPoint(trial, space.length);
    return fill(space, (dimension, index) => valueAt(dimension, (point[index]! + shift[index]!) % 1));
  };
  switch (kind) {
    case 'random':
      return (trial) => {
        const own = random.fork(trial);
        return fill(space, (dimension) => valueAt(dimension, own.uniform()));
      };
    case 'sobol':
      return sobol;
    case 'grid': {
      const points = [...combinations(space, {}, 0)];
      return (trial) => points[trial - 1];
    }
    case 'tpe':
      return (trial, outcomes) =>
        outcomes.length < STARTUP ? sobol(trial, outcomes) : proposeTpe(space, outcomes, random.fork(trial));
  }
}

/** Every combination of the grid's points, the last setting varying fastest. */
function* combinations(space: Space, values: Values, index: number): Generator<Values> {
  const dimension = space[index];
  if (dimension === undefined) yield values;
  else if (!applies(dimension, values)) yield* combinations(space, values, index + 1);
  else
    for (const value of gridOf(dimension))
      yield* combinations(space, { ...values, [dimension.path]: value }, index + 1);
}

/** How many combinations a grid has, at most `most`. */
export function gridSize(space: Space, most: number): number {
  let count = 0;
  for (const _ of combinations(space, {}, 0)) if (++count >= most) break;
  return count;
}
