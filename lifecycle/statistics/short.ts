/**
 * The number with the fewest digits that is the same in 32 bits, in which models compute: 0.3 for 0.30000001192…
 * @returns the value itself where it has none, as NaN and the infinities
 */
export function short32(value: number): number {
  const wanted = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === wanted) return rounded;
  }
  return value;
}
