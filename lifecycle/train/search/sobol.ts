/**
 * Sobol's low-discrepancy sequence with the direction numbers of Joe & Kuo ("Constructing Sobol sequences with better
 * two-dimensional projections", SIAM J. Sci. Comput. 30, 2008; set new-joe-kuo-6.21201). Checked against scipy's.
 */

/** For the dimensions from the second: primitive polynomial as bits, then the first direction numbers. */
const POLYNOMIALS: readonly (readonly number[])[] = [
  [3, 1],
  [7, 1, 3],
  [11, 1, 3, 1],
  [13, 1, 1, 1],
  [19, 1, 1, 3, 3],
  [25, 1, 3, 5, 13],
  [37, 1, 1, 5, 5, 17],
  [41, 1, 1, 5, 5, 5],
  [47, 1, 1, 7, 11, 19],
  [55, 1, 1, 5, 1, 1],
  [59, 1, 1, 1, 3, 11],
  [61, 1, 3, 5, 5, 31],
  [67, 1, 3, 3, 9, 7, 49],
  [91, 1, 1, 1, 15, 21, 21],
  [97, 1, 3, 1, 13, 27, 49],
  [103, 1, 1, 1, 15, 7, 5],
  [109, 1, 3, 1, 15, 13, 25],
  [115, 1, 1, 5, 5, 19, 61],
  [131, 1, 3, 7, 11, 23, 15, 103],
  [137, 1, 3, 7, 13, 13, 15, 69],
  [143, 1, 1, 3, 13, 7, 35, 63],
  [145, 1, 3, 5, 9, 1, 25, 53],
  [157, 1, 3, 1, 13, 9, 35, 107],
  [167, 1, 3, 1, 5, 27, 61, 31],
  [171, 1, 1, 5, 11, 19, 41, 61],
  [185, 1, 3, 5, 3, 3, 13, 69],
  [191, 1, 1, 7, 13, 1, 19, 1],
  [193, 1, 3, 7, 5, 13, 19, 59],
  [203, 1, 1, 3, 9, 25, 29, 41],
  [211, 1, 3, 5, 13, 23, 1, 55],
  [213, 1, 3, 7, 3, 13, 59, 17],
  [229, 1, 3, 1, 3, 5, 53, 69],
  [239, 1, 1, 5, 5, 23, 33, 13],
  [241, 1, 1, 7, 7, 1, 61, 123],
  [247, 1, 1, 7, 9, 13, 61, 49],
  [253, 1, 3, 3, 5, 3, 55, 33],
  [285, 1, 3, 1, 15, 31, 13, 49, 245],
  [299, 1, 3, 5, 15, 31, 59, 63, 97],
  [301, 1, 3, 1, 11, 11, 11, 77, 249],
];

const BITS = 30;

/** Dimensions that the table knows; further ones repeat it in another order of points. */
const KNOWN = POLYNOMIALS.length + 1;

/** Point `index` (from 0) of the sequence in [0, 1)^dimensions. */
export function sobolPoint(index: number, dimensions: number): Float64Array {
  const point = new Float64Array(dimensions);
  for (let d = 0; d < dimensions; d++) {
    const turn = Math.floor(d / KNOWN);
    const place = turn === 0 ? index : (index * (2 * turn + 1)) % 2 ** BITS;
    const gray = place ^ (place >>> 1);
    const directions = directionsOf(d % KNOWN);
    let bits = 0;
    for (let k = 0; k < BITS; k++) if ((gray >>> k) & 1) bits ^= directions[k]!;
    point[d] = bits / 2 ** BITS;
  }
  return point;
}

const made: number[][] = [];

function directionsOf(dimension: number): readonly number[] {
  return (made[dimension] ??= makeDirections(dimension));
}

function makeDirections(dimension: number): number[] {
  if (dimension === 0) return Array.from({ length: BITS }, (_, k) => 2 ** (BITS - 1 - k));
  const [polynomial, ...initial] = POLYNOMIALS[dimension - 1] as [number, ...number[]];
  const degree = initial.length;
  const m = [...initial];
  for (let k = degree; k < BITS; k++) {
    let next = m[k - degree]!;
    for (let i = 1; i <= degree; i++) if ((polynomial >>> (degree - i)) & 1) next ^= m[k - i]! * 2 ** i;
    m.push(next);
  }
  return m.map((value, k) => value * 2 ** (BITS - 1 - k));
}
