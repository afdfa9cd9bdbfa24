import { type Task } from '../../../schemas/generated/types';
import { type Kernel } from './kernel';

/** A loss as the booster uses it. Scores are [outputs][rows], labels a class index or a value. */
export interface Loss {
  /** Scores a row. */
  readonly outputs: number;
  /** Largest Hessian of a row, where it is known beforehand. */
  readonly mostHessian: number;
  /** Where the scores start: the constant with the least loss. */
  base(labels: Float64Array): number[];
  /** Measures these scores; given `gradients`, one-score losses with known bounds fill them on the way. */
  measure(at: Scores, gradients?: number): Measured;
  /** Gradients of one output into `into`, for scores measured last with the same pointer. */
  gradients(at: Scores, output: number, into: number): void;
  /** For losses whose best leaf value is not a quotient of sums: that of some rows' distances from their scores. */
  readonly refit?: (distances: Float64Array) => number;
}

/** Losses of a regression. */
export type RegressionLoss =
  { readonly kind: 'squared' | 'poisson' } | { readonly kind: 'quantile'; readonly quantile: number };

export interface Measured {
  /** Mean loss. */
  readonly loss: number;
  /** Largest |gradient|, at most. */
  readonly mostGradient: number;
  /** Largest Hessian, where it changes. */
  readonly mostHessian?: number;
}

/** Pointers into the kernel. */
export interface Scores {
  readonly raw: number;
  readonly labels: number;
  readonly rows: number;
  /** Scratch [outputs][rows] for probabilities; unused by one-score losses. */
  readonly probabilities: number;
}

/** Binary: log loss. Multiclass: softmax cross-entropy. Regression: half the squared error (reported as the mean square) unless said otherwise. */
export function lossFor(
  kernel: Kernel,
  task: Task,
  classes: number,
  regression: RegressionLoss = { kind: 'squared' },
): Loss {
  const stats = kernel.allocate(32);
  const logOfProduct = () => {
    const [mantissa, exponent, extra] = kernel.f64(stats, 3);
    return Math.log(mantissa!) + exponent! * Math.LN2 + extra!;
  };
  switch (task) {
    case 'binary':
      return {
        outputs: 1,
        mostHessian: 0.25,
        base: (labels) => {
          const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
          return [Math.log(Math.max(share, 1e-10) / Math.max(1 - share, 1e-10))];
        },
        measure: ({ raw, labels, rows }, gradients = 0) => {
          kernel.call.binary_loss(raw, labels, rows, gradients, stats);
          return { loss: logOfProduct() / rows, mostGradient: 1 };
        },
        gradients: () => undefined,
      };
    case 'multiclass':
      return {
        outputs: classes,
        mostHessian: 0.25,
        base: (labels) => {
          const counts = new Float64Array(classes);
          for (const label of labels) counts[label]!++;
          return Array.from(counts, (count) => Math.log(Math.max(count, 1e-10) / labels.length));
        },
        measure: ({ raw, labels, rows, probabilities }) => {
          kernel.call.softmax_loss(raw, labels, rows, classes, probabilities, stats);
          return { loss: logOfProduct() / rows, mostGradient: 1 };
        },
        gradients: ({ labels, rows, probabilities }, output, into) =>
          kernel.call.softmax_gradients(probabilities + output * rows * 8, labels, rows, output, into),
      };
    case 'regression':
      if (regression.kind === 'poisson') return poisson(kernel, stats);
      if (regression.kind === 'quantile') return pinball(kernel, regression.quantile);
      return {
        outputs: 1,
        mostHessian: 1,
        base: (labels) => [labels.reduce((sum, label) => sum + label, 0) / labels.length],
        measure: ({ raw, labels, rows }) => {
          kernel.call.squared_loss(raw, labels, rows, stats);
          const [total, largest] = kernel.f64(stats, 2);
          return { loss: total! / rows, mostGradient: largest! };
        },
        gradients: ({ raw, labels, rows }, _, into) => kernel.call.squared_gradients(raw, labels, rows, into),
      };
  }
}

/** Half Poisson deviance on the logarithm of the mean, without the terms that depend on the labels alone. */
function poisson(kernel: Kernel, stats: number): Loss {
  return {
    outputs: 1,
    mostHessian: 1,
    base: (labels) => [Math.log(Math.max(labels.reduce((sum, label) => sum + label, 0) / labels.length, 1e-10))],
    measure: ({ raw, labels, rows }) => {
      kernel.call.poisson_loss(raw, labels, rows, stats);
      const [total, mostGradient, mostHessian] = kernel.f64(stats, 3) as unknown as [number, number, number];
      return { loss: total / rows, mostGradient, mostHessian };
    },
    gradients: ({ raw, labels, rows }, _, into) => kernel.call.poisson_gradients(raw, labels, rows, into),
  };
}

/** Pinball loss (Koenker & Bassett 1978): its least value is at the quantile. Of 0.5 half the absolute error. */
function pinball(kernel: Kernel, quantile: number): Loss {
  return {
    outputs: 1,
    mostHessian: 1,
    base: (labels) => [quantileOf(labels.slice(), quantile)],
    measure: ({ raw, labels, rows }) => ({
      loss: kernel.call.pinball_loss(raw, labels, rows, quantile) / rows,
      mostGradient: 1,
    }),
    gradients: ({ raw, labels, rows }, _, into) => kernel.call.pinball_gradients(raw, labels, rows, quantile, into),
    refit: (distances) => quantileOf(distances, quantile),
  };
}

/** With linear interpolation, as numpy's; sorts the values. */
function quantileOf(values: Float64Array, quantile: number): number {
  values.sort();
  const at = quantile * (values.length - 1);
  const low = values[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (values[Math.ceil(at)]! - low);
}
