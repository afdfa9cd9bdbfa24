/** Numbers of 16 bits: 1 for the sign, 5 for the exponent, 10 for the fraction (IEEE 754-2008, binary16). */

/** The largest number that is not infinite. */
export const LARGEST_FLOAT16 = 65504;

/** Steps between the numbers below 2⁻¹⁴, which have no leading one. */
const LEAST_STEP = 2 ** -24;
/** From here on a number is nearer to what would be 65536 than to the largest. */
const INFINITE_FROM = 65520;

/** Bits of the nearest numbers of 16 bits, ties to the even one as numpy and every processor have it; beyond the largest infinite. */
export function toFloat16(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values, bitsOf);
}

/** The numbers that the bits stand for; each is a float32 without loss. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, valueOf);
}

function bitsOf(given: number): number {
  const value = Math.fround(given);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (value !== value) return 0x7e00;
  const size = Math.abs(value);
  if (size >= INFINITE_FROM) return sign | 0x7c00;
  // Rounded up, a fraction carries into the exponent by itself.
  if (size < 2 ** -14) return sign | roundEven(size / LEAST_STEP);
  const exponent = exponentOf(size);
  return sign | (((exponent + 15) << 10) + roundEven((size / 2 ** exponent - 1) * 1024));
}

/** Of a float32 that has a leading one. */
function exponentOf(size: number): number {
  const exponent = Math.floor(Math.log2(size));
  // The logarithm may round up just below a power of two.
  return size < 2 ** exponent ? exponent - 1 : size >= 2 ** (exponent + 1) ? exponent + 1 : exponent;
}

function roundEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

function valueOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * LEAST_STEP;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
