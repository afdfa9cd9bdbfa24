import { ColumnFile, type Columns, inMemory, rangeOf } from '../columns';
import { inverseDeviations, type Standardization } from '../../model/standardize';
import { endBefore, sparse, type SparseColumn, sparseDot } from './sparse';

const BLOCK = 2048;

/**
 * Products with a standardised column-major matrix and a constant column, without making it: the standardisation is moved into
 * the vector, and columns that are mostly 0, such as the words of texts, stay short. Vectors are [outputs][features + 1], the last entry of each being the intercept; sums are in float64.
 */
export class Products {
  readonly rows: number;
  readonly width: number;
  readonly inverse: Float64Array;
  private readonly mean: Float64Array;
  private readonly short: readonly (SparseColumn | undefined)[];

  constructor(
    private readonly columns: Columns,
    rows: number,
    standardization: Standardization,
  ) {
    this.rows = rows;
    this.width = columns.length;
    this.mean = standardization.mean;
    this.inverse = inverseDeviations(standardization);
    this.short = columns instanceof ColumnFile ? [] : inMemory(columns).map(sparse);
  }

  /** scores [outputs][rows] = X · vectorᵀ. */
  scores(vector: Float64Array, outputs: number, into: Float64Array): void {
    const { rows, width, columns, inverse, mean, short } = this;
    for (let k = 0; k < outputs; k++) {
      const at = k * (width + 1);
      let constant = vector[at + width]!;
      for (let j = 0; j < width; j++) constant -= vector[at + j]! * inverse[j]! * mean[j]!;
      into.fill(constant, k * rows, (k + 1) * rows);
    }
    // A row's sum goes through the columns in their order, whichever way they are kept.
    const reached = new Uint32Array(width);
    for (let from = 0; from < rows; from += BLOCK) {
      const to = Math.min(from + BLOCK, rows);
      for (let j = 0; j < width; j++) {
        const few = short[j];
        const column = few ? undefined : rangeOf(columns, j, from, to);
        const [begin, end] = few ? [reached[j]!, endBefore(few, to, reached[j]!)] : [0, 0];
        reached[j] = end;
        for (let k = 0; k < outputs; k++) {
          const weight = vector[k * (width + 1) + j]! * inverse[j]!;
          if (weight === 0) continue;
          const offset = k * rows;
          if (few) {
            const { at, values } = few;
            for (let n = begin; n < end; n++) into[offset + at[n]!]! += weight * values[n]!;
          } else for (let i = from; i < to; i++) into[offset + i]! += weight * column![i - from]!;
        }
      }
    }
  }

  /** vector = residualsᵀ · X, for residuals [outputs][rows]. */
  transposed(residuals: Float64Array, outputs: number, into: Float64Array): void {
    const { rows, width, columns, inverse, mean, short } = this;
    into.fill(0);
    for (let from = 0; from < rows; from += BLOCK) {
      const to = Math.min(from + BLOCK, rows);
      for (let k = 0; k < outputs; k++) {
        const offset = k * rows;
        const at = k * (width + 1);
        let total = 0;
        for (let i = from; i < to; i++) total += residuals[offset + i]!;
        into[at + width]! += total;
        for (let j = 0; j < width; j++)
          if (!short[j]) into[at + j]! += dot(rangeOf(columns, j, from, to), residuals, offset + from);
      }
    }
    short.forEach((few, j) => {
      if (!few) return;
      for (let k = 0; k < outputs; k++) into[k * (width + 1) + j] = sparseDot(few, residuals, k * rows, rows, BLOCK);
    });
    for (let k = 0; k < outputs; k++) {
      const at = k * (width + 1);
      for (let j = 0; j < width; j++) into[at + j] = (into[at + j]! - mean[j]! * into[at + width]!) * inverse[j]!;
    }
  }
}

function dot(column: Float32Array, residuals: Float64Array, offset: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < column.length; i += 4) {
    a += column[i]! * residuals[offset + i]!;
    b += column[i + 1]! * residuals[offset + i + 1]!;
    c += column[i + 2]! * residuals[offset + i + 2]!;
    d += column[i + 3]! * residuals[offset + i + 3]!;
  }
  for (; i < column.length; i++) a += column[i]! * residuals[offset + i]!;
  return a + b + (c + d);
}
