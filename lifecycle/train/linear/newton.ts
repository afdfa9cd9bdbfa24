import { type LinearModel } from '../../model/linear';
import { type Columns } from '../columns';
import { type Standardization } from '../../model/standardize';
import { Products } from './products';

/** What is minimised over scores: a sum of convex row losses. Arrays are [outputs][rows]. */
export interface RowLoss {
  readonly outputs: number;
  /** Sum of the row losses. */
  value(scores: Float64Array): number;
  /** Sum of the row losses; gradients by score into `residuals`. Remembers the scores for `curve`. */
  residuals(scores: Float64Array, residuals: Float64Array): number;
  /** In place: directions → Hessian · directions, at the scores that `residuals` saw last. */
  curve(directions: Float64Array): void;
  /** Mean of the Hessian's diagonal over rows and outputs at those scores. */
  meanCurvature(): number;
}

export interface NewtonSettings {
  /** Penalty l2/2 · ‖w‖² on the coefficients of the features as given, not on the intercepts; the row losses are summed, not averaged. */
  readonly l2: number;
  readonly maxIterations: number;
}

export interface NewtonResult {
  readonly model: LinearModel;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Gradient per row below which the optimum is reached; coarser, yet far finer than the data tells, where a step is dear. */
const TOLERANCE = { small: 1e-10, large: 1e-8 };
const LARGE = 1e7;
/** Gradient per row that is as good as none where the sum gets no smaller any more, and the steps without a smaller sum that say so. */
const STILL = { gradient: 1e-5, steps: 3 };

/**
 * Minimises the penalised loss of a linear model by truncated Newton steps: conjugate gradients for the step, preconditioned by
 * the diagonal, and Armijo backtracking (Nocedal & Wright, Numerical Optimization, algorithm 7.1). Works on standardised features for
 * the sake of conditioning; the penalty keeps its meaning on the features as given. `onIteration` is awaited with the mean row loss.
 */
export async function newton(
  columns: Columns,
  rows: number,
  standardization: Standardization,
  loss: RowLoss,
  settings: NewtonSettings,
  onIteration: (iteration: number, loss: number, vector: Float64Array) => Promise<void> | void,
): Promise<NewtonResult> {
  const products = new Products(columns, rows, standardization);
  const { width, inverse } = products;
  const { outputs } = loss;
  const size = outputs * (width + 1);
  const penalty = new Float64Array(size);
  for (let k = 0; k < outputs; k++)
    for (let j = 0; j < width; j++) penalty[k * (width + 1) + j] = settings.l2 * inverse[j]! ** 2;

  const vector = new Float64Array(size);
  const scores = new Float64Array(outputs * rows);
  const change = new Float64Array(outputs * rows);
  const trial = new Float64Array(outputs * rows);
  const gradient = new Float64Array(size);
  const step = new Float64Array(size);

  const tolerance = rows * (size * rows > LARGE ? TOLERANCE.large : TOLERANCE.small);
  let iteration = 0;
  let converged = false;
  let least = Infinity;
  let still = 0;
  for (;;) {
    const rowLoss = loss.residuals(scores, trial);
    const value = rowLoss + half(penalty, vector);
    products.transposed(trial, outputs, gradient);
    for (let i = 0; i < size; i++) gradient[i]! += penalty[i]! * vector[i]!;
    if (iteration > 0) await onIteration(iteration, rowLoss / rows, vector);
    const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    if (largest <= tolerance) {
      converged = true;
      break;
    }
    still = value < least ? 0 : still + 1;
    least = Math.min(least, value);
    if (still >= STILL.steps && largest <= STILL.gradient * rows) {
      converged = true;
      break;
    }
    if (iteration >= settings.maxIterations) break;
    iteration++;
    const diagonal = loss.meanCurvature() * rows;
    conjugateGradients(gradient, penalty, diagonal, step, (direction, into) => {
      products.scores(direction, outputs, trial);
      loss.curve(trial);
      products.transposed(trial, outputs, into);
    });
    products.scores(step, outputs, change);
    const slope = inner(gradient, step);
    const moved = lineSearch(value, slope, (length) => {
      for (let i = 0; i < trial.length; i++) trial[i] = scores[i]! + length * change[i]!;
      return loss.value(trial) + shifted(penalty, vector, step, length);
    });
    if (moved === 0) {
      // No step makes the sum smaller any more: the optimum as far as float64 can tell.
      converged = largest <= STILL.gradient * rows;
      break;
    }
    for (let i = 0; i < size; i++) vector[i]! += moved * step[i]!;
    for (let i = 0; i < scores.length; i++) scores[i]! += moved * change[i]!;
  }
  const weights = new Float64Array(outputs * width);
  const intercepts = new Float64Array(outputs);
  for (let k = 0; k < outputs; k++) {
    weights.set(vector.subarray(k * (width + 1), k * (width + 1) + width), k * width);
    intercepts[k] = vector[k * (width + 1) + width]!;
  }
  return { model: { standardization, weights, intercepts }, iterations: iteration, converged };
}

/** step ≈ −H⁻¹ · gradient, as exact as the gradient is small. */
function conjugateGradients(
  gradient: Float64Array,
  penalty: Float64Array,
  diagonal: number,
  step: Float64Array,
  multiply: (direction: Float64Array, into: Float64Array) => void,
): void {
  const size = gradient.length;
  const residual = gradient.map((g) => -g);
  const scaled = new Float64Array(size);
  const direction = new Float64Array(size);
  const product = new Float64Array(size);
  const precondition = () => {
    for (let i = 0; i < size; i++) scaled[i] = residual[i]! / (diagonal + penalty[i]! + 1e-300);
  };
  step.fill(0);
  precondition();
  direction.set(scaled);
  let power = inner(residual, scaled);
  const start = Math.sqrt(inner(residual, residual));
  const enough = Math.min(0.1, Math.sqrt(start / (1 + diagonal))) * start * 0.1;
  for (let round = 0; round < Math.max(50, 2 * size) && round < 2000; round++) {
    multiply(direction, product);
    for (let i = 0; i < size; i++) product[i]! += penalty[i]! * direction[i]!;
    const curvature = inner(direction, product);
    if (!(curvature > 1e-14 * inner(direction, direction))) {
      if (round === 0) step.set(direction);
      return;
    }
    const length = power / curvature;
    for (let i = 0; i < size; i++) {
      step[i]! += length * direction[i]!;
      residual[i]! -= length * product[i]!;
    }
    if (Math.sqrt(inner(residual, residual)) <= enough) return;
    precondition();
    const next = inner(residual, scaled);
    const ratio = next / power;
    power = next;
    for (let i = 0; i < size; i++) direction[i] = scaled[i]! + ratio * direction[i]!;
  }
}

/** The longest of 1, ½, ¼ … that lowers the value as its slope promises (Armijo, c = 1e-4); 0 when none does. */
function lineSearch(value: number, slope: number, at: (length: number) => number): number {
  if (!(slope < 0)) return 0;
  for (let length = 1; length > 1e-10; length /= 2) if (at(length) <= value + 1e-4 * length * slope) return length;
  return 0;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function half(penalty: Float64Array, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += penalty[i]! * vector[i]! ** 2;
  return sum / 2;
}

function shifted(penalty: Float64Array, vector: Float64Array, step: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += penalty[i]! * (vector[i]! + length * step[i]!) ** 2;
  return sum / 2;
}
