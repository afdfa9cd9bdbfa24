import { type LinearModel } from '../../model/linear';
import { type Columns, rangeOf } from '../columns';
import { inverseDeviations, type Standardization } from '../../model/standardize';

const BLOCK = 512;

/**
 * Least squares with the penalty l2 · ‖w‖² on the coefficients of the features as given (scikit-learn's Ridge(alpha=l2)), by Cholesky's
 * decomposition of the standardised normal equations. Features that are linear combinations of others, without a penalty, share
 * a tiny one so that there is an answer; `singular` says so.
 */
export function ridge(
  columns: Columns,
  labels: Float64Array,
  standardization: Standardization,
  l2: number,
): { model: LinearModel; singular: boolean } {
  const rows = labels.length;
  const width = columns.length;
  const inverse = inverseDeviations(standardization);
  const intercept = labels.reduce((sum, label) => sum + label, 0) / rows;
  const { gram, moments } = normalEquations(columns, labels, intercept, standardization, inverse);
  for (let j = 0; j < width; j++) gram[j * width + j]! += inverse[j] === 0 ? 1 : l2 * inverse[j]! ** 2;
  let factor = cholesky(gram, width);
  const singular = factor === undefined;
  if (factor === undefined) {
    for (let j = 0; j < width; j++) gram[j * width + j]! += 1e-8 * rows;
    factor = cholesky(gram, width);
  }
  if (factor === undefined) throw new Error('the normal equations are not positive definite');
  return {
    model: { standardization, weights: solve(factor, moments, width), intercepts: Float64Array.of(intercept) },
    singular,
  };
}

/** XᵀX and Xᵀ(y − ȳ) of the standardised columns, block by block so that they stay in the cache. */
function normalEquations(
  columns: Columns,
  labels: Float64Array,
  intercept: number,
  { mean }: Standardization,
  inverse: Float64Array,
): { gram: Float64Array; moments: Float64Array } {
  const rows = labels.length;
  const width = columns.length;
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const block = new Float64Array(width * BLOCK);
  for (let from = 0; from < rows; from += BLOCK) {
    const size = Math.min(BLOCK, rows - from);
    for (let j = 0; j < width; j++) {
      const column = rangeOf(columns, j, from, from + size);
      for (let i = 0; i < size; i++) block[j * BLOCK + i] = (column[i]! - mean[j]!) * inverse[j]!;
    }
    for (let j = 0; j < width; j++) {
      let moment = 0;
      for (let i = 0; i < size; i++) moment += block[j * BLOCK + i]! * (labels[from + i]! - intercept);
      moments[j]! += moment;
      for (let l = 0; l <= j; l++) gram[j * width + l]! += product(block, j * BLOCK, l * BLOCK, size);
    }
  }
  return { gram, moments };
}

function product(block: Float64Array, a: number, b: number, size: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < size; i += 2) {
    even += block[a + i]! * block[b + i]!;
    odd += block[a + i + 1]! * block[b + i + 1]!;
  }
  if (i < size) even += block[a + i]! * block[b + i]!;
  return even + odd;
}

/** Lower triangle L with L·Lᵀ = the matrix whose lower triangle is given; undefined unless it is safely positive definite. */
function cholesky(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!;
      if (i > j) factor[i * size + j] = sum / factor[j * size + j]!;
      else if (sum > 1e-10 * matrix[j * size + j]!) factor[j * size + j] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
}

function solve(factor: Float64Array, right: Float64Array, size: number): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * size + k]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= factor[k * size + i]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  return x;
}
