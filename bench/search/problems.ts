import { Random } from '../../lifecycle/statistics/random';
import type { Ending, Reading, Trial } from '../../lifecycle/train/search/schedule';
import type { Space, Values } from '../../lifecycle/train/search/space';
import { readSpace } from '../../lifecycle/train/search/space';
import { boost } from '../../lifecycle/train/trees/booster';

/** Something to tune, with a learning curve. */
export interface Problem {
  readonly name: string;
  readonly space: Space;
  /** Steps of a whole trial. */
  readonly most: number;
  curve(values: Values): Promise<Float64Array>;
}

/** What lies below a hill that training climbs down; trials far from the best begin higher and go down slower. */
function descent(final: number, scale: number, speed: number, most: number): Float64Array {
  return Float64Array.from({ length: most }, (_, t) => final + scale * Math.exp((-speed * (t + 1)) / most));
}

const branin: Problem = {
  name: 'Branin, 2 numbers',
  space: readSpace({ x: { uniform: [-5, 10] }, y: { uniform: [0, 15] } }),
  most: 27,
  curve: ({ x, y }) => {
    const [a, b] = [Number(x), Number(y)];
    const f =
      (b - (5.1 / (4 * Math.PI ** 2)) * a ** 2 + (5 / Math.PI) * a - 6) ** 2 +
      10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) +
      10;
    return Promise.resolve(descent(f, 20 + 0.3 * f, 3, 27));
  },
};

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];
const ALPHA = [1, 1.2, 3, 3.2];

const hartmann: Problem = {
  name: 'Hartmann, 6 numbers',
  space: readSpace(Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`x${i}`, { uniform: [0, 1] }]))),
  most: 27,
  curve: (values) => {
    let f = 0;
    for (let i = 0; i < 4; i++) {
      let inner = 0;
      for (let j = 0; j < 6; j++) inner += A[i]![j]! * (Number(values[`x${j}`]) - P[i]![j]! / 1e4) ** 2;
      f -= ALPHA[i]! * Math.exp(-inner);
    }
    return Promise.resolve(descent(f, 1.5 + 0.2 * (f + 3.32), 3, 27));
  },
};

const trainSet = rows(1, 400);
const validationSet = rows(2, 400);

function rows(seed: number, count: number): { columns: Float32Array[]; labels: Float64Array } {
  const random = new Random(seed);
  const columns = Array.from({ length: 10 }, () => Float32Array.from({ length: count }, () => random.uniform()));
  const labels = Float64Array.from({ length: count }, (_, i) => {
    const x = (j: number) => columns[j]![i]!;
    const f = 10 * Math.sin(Math.PI * x(0) * x(1)) + 20 * (x(2) - 0.5) ** 2 + 10 * x(3) + 5 * x(4);
    return f + random.normal();
  });
  return { columns, labels };
}

/** Really trained: validation loss of the booster on Friedman's first problem. */
const booster: Problem = {
  name: 'Boosted trees on Friedman 1, 5 settings',
  space: readSpace({
    'learning-rate': { 'log-uniform': [0.005, 0.8] },
    leaves: { 'log-integer': [2, 64] },
    'samples-per-leaf': { 'log-integer': [1, 100] },
    l2: { 'log-uniform': [0.001, 100] },
    'column-sample': { uniform: [0.1, 1] },
  }),
  most: 54,
  async curve(values) {
    const losses: number[] = [];
    const settings = {
      trees: 54,
      leaves: Number(values['leaves']),
      depth: Infinity,
      learningRate: Number(values['learning-rate']),
      samplesPerLeaf: Number(values['samples-per-leaf']),
      l2: Number(values['l2']),
      bins: 64,
      rowSample: 1,
      columnSample: Number(values['column-sample']),
      seed: 1,
    };
    await boost(trainSet, validationSet, 'regression', 1, settings, (round) => void losses.push(round.validationLoss!));
    return Float64Array.from(losses);
  },
};

export const problems: readonly Problem[] = [branin, hartmann, booster];

/** A trial of a problem for the schedule. Its score is the least value on its way, as with early stopping. */
export function trialOf(curve: Promise<Float64Array>): Trial {
  let most = Infinity;
  const least = async (steps: number) => Math.min(...(await curve).subarray(0, steps));
  return {
    at: async (steps): Promise<Reading> => ({ value: await least(steps), ended: steps >= (await curve).length }),
    stop: (steps) => void (most = steps),
    end: async (): Promise<Ending> => {
      const { length } = await curve;
      const steps = Math.min(length, most);
      return { score: await least(steps), steps, seconds: 0 };
    },
  };
}
