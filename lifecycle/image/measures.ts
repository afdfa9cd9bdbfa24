/** What a picture looks like as a whole. */
export interface PictureMeasures {
  /** Mean of all values, from 0 (black) to 1. */
  readonly brightness: number;
  /** Standard deviation of all values, from 0 (one colour) to 0.5. */
  readonly contrast: number;
}

const digits = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  digits[digit.charCodeAt(0)] = digits[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Measures pixels as a model's text column holds them, two hexadecimal digits a value; undefined for what are none. */
export function measurePicture(text: string): PictureMeasures | undefined {
  const count = text.length >> 1;
  if (count === 0 || text.length % 2 !== 0) return undefined;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [high, low] = [digits[text.charCodeAt(2 * i)] ?? 255, digits[text.charCodeAt(2 * i + 1)] ?? 255];
    if (high > 15 || low > 15) return undefined;
    const value = 16 * high + low;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return { brightness: mean / 255, contrast: Math.sqrt(Math.max(0, squares / count - mean * mean)) / 255 };
}
