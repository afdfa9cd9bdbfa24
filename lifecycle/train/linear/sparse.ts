/** The values of a column that are not 0, in the order of the rows. */
export interface SparseColumn {
  readonly at: Uint32Array;
  readonly values: Float32Array;
}

/** From this share of zeros on, going through what is there is quicker than going through all. */
const MOSTLY_ZERO = 0.8;

/** A column by what is not 0 in it; undefined where most of it is there. */
export function sparse(column: Float32Array): SparseColumn | undefined {
  let count = 0;
  for (let i = 0; i < column.length; i++) if (column[i] !== 0) count++;
  if (count > (1 - MOSTLY_ZERO) * column.length) return undefined;
  const at = new Uint32Array(count);
  const values = new Float32Array(count);
  let n = 0;
  for (let i = 0; i < column.length; i++) {
    if (column[i] === 0) continue;
    at[n] = i;
    values[n++] = column[i]!;
  }
  return { at, values };
}

/**
 * The products of a column with `residuals` from `offset`, block by block, each summed in four strands as for a column with all its values: to the last bit
 * the same, since products with 0 add nothing.
 */
export function sparseDot(
  { at, values }: SparseColumn,
  residuals: Float64Array,
  offset: number,
  rows: number,
  block: number,
): number {
  let total = 0;
  let n = 0;
  for (let from = 0; from < rows && n < at.length; from += block) {
    const to = Math.min(from + block, rows);
    const tail = to - ((to - from) % 4);
    let [a, b, c, d] = [0, 0, 0, 0];
    for (; n < at.length && at[n]! < to; n++) {
      const i = at[n]!;
      const product = values[n]! * residuals[offset + i]!;
      const strand = i < tail ? (i - from) % 4 : 0;
      if (strand === 0) a += product;
      else if (strand === 1) b += product;
      else if (strand === 2) c += product;
      else d += product;
    }
    total += a + b + (c + d);
  }
  return total;
}

/** The place behind the values of rows before `to`, from a place on. */
export function endBefore({ at }: SparseColumn, to: number, from: number): number {
  let n = from;
  while (n < at.length && at[n]! < to) n++;
  return n;
}
