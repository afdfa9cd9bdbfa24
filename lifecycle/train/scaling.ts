import { UserError } from '../problem';
import { type Standardization } from '../model/standardize';
import { ColumnFile, type Columns, inMemory } from './columns';

/** Training features, one column each, with a class index or a value a row. */
export interface Matrix {
  readonly names: readonly string[];
  readonly columns: Columns;
  readonly labels: Float64Array;
  readonly rows: number;
}

/** What was measured on the columns of a matrix. */
export interface Measured {
  readonly standardization: Standardization;
  /** Indices of the columns whose present values are 0 and 1, both. */
  readonly binary: readonly number[];
  /** Names of the columns that have missing values. */
  readonly filled: readonly string[];
}

/** A matrix ready for models that can't take missing values, and how it was made so. */
export interface Scaled extends Measured {
  /** As given, missing values replaced by the column's mean. */
  readonly columns: Columns;
}

/**
 * Mean and standard deviation (divisor n) of each column over its present values, in float64. A constant column gets the
 * deviation 0, which standardises to 0. Infinite values are the user's to resolve.
 */
export function measure({ columns, names }: Pick<Matrix, 'columns' | 'names'>): Measured {
  const mean = new Float64Array(columns.length);
  const deviation = new Float64Array(columns.length);
  const binary: number[] = [];
  const filled: string[] = [];
  for (let feature = 0; feature < columns.length; feature++) {
    const column = columns.at(feature)!;
    const name = names[feature]!;
    let count = 0;
    let sum = 0;
    let least = Infinity;
    let most = -Infinity;
    let other = false;
    for (const value of column) {
      if (value !== value) continue;
      count++;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
      if (value !== 0 && value !== 1) other = true;
    }
    if (least === -Infinity || most === Infinity) throw infiniteFeature(name);
    const middle = count > 0 ? sum / count : 0;
    let squares = 0;
    for (const value of column) if (value === value) squares += (value - middle) ** 2;
    mean[feature] = middle;
    deviation[feature] = least < most ? Math.sqrt(squares / count) : 0;
    if (!other && least < most) binary.push(feature);
    if (count < column.length) filled.push(name);
  }
  return { standardization: { mean, deviation }, binary, filled };
}

/** The columns with missing values replaced, and what was measured on them before. */
export function scale({ columns, names }: Pick<Matrix, 'columns' | 'names'>): Scaled {
  const measured = measure({ columns, names });
  return { ...measured, columns: fillWith(columns, measured.standardization) };
}

/** Columns of another split, missing values replaced by the training means. */
export function fillWith(columns: Columns, { mean }: Standardization): Columns {
  if (columns instanceof ColumnFile) return columns.filled(mean);
  return inMemory(columns).map((column, feature) =>
    column.some((value) => value !== value) ? fillMissing(column, mean[feature]!) : column,
  );
}

function fillMissing(column: Float32Array, value: number): Float32Array {
  return column.map((entry) => (entry === entry ? entry : value));
}

export function infiniteFeature(name: string): UserError {
  return new UserError({
    code: 'feature-infinite',
    message: `The feature '${name}' has infinite values in the training split; this model can't learn from them.`,
    hint: `Clip it in the data stage (\`clip: {columns: [${name}], quantiles: [0.01, 0.99]}\`), or filter those rows. Boosted trees take them as they are.`,
    path: ['data'],
  });
}
