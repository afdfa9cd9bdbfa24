import { type Picture } from './kinds';

/**
 * A picture of another size, by triangle-weighted means over the pixels that each new pixel covers (between neighbours where it grows): the "bilinear" of
 * Pillow, whose weights these are, but rounded once.
 *
 * @returns [height, width, channels of the picture]
 */
export function resize(picture: Picture, height: number, width: number): Picture {
  const { channels } = picture;
  if (picture.height === height && picture.width === width) return picture;
  const across = weightsOf(picture.width, width);
  const down = weightsOf(picture.height, height);
  const between = new Float64Array(picture.height * width * channels);
  for (let y = 0; y < picture.height; y++) {
    across.forEach(({ from, weights }, x) => {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++)
          sum += weights[i]! * picture.data[(y * picture.width + from + i) * channels + c]!;
        between[(y * width + x) * channels + c] = sum;
      }
    });
  }
  const data = new Uint8Array(height * width * channels);
  const row = width * channels;
  down.forEach(({ from, weights }, y) => {
    for (let k = 0; k < row; k++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * between[(from + i) * row + k]!;
      data[y * row + k] = Math.min(255, Math.round(sum));
    }
  });
  return { width, height, channels, data };
}

interface Window {
  readonly from: number;
  /** They sum to 1. */
  readonly weights: Float64Array;
}

/** For each of `to` new pixels the old ones that it is made of. */
function weightsOf(size: number, to: number): Window[] {
  const step = size / to;
  const reach = Math.max(step, 1);
  return Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) * step;
    const from = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(size, Math.trunc(centre + reach + 0.5));
    const weights = Float64Array.from({ length: end - from }, (_unused, i) =>
      Math.max(0, 1 - Math.abs((from + i - centre + 0.5) / reach)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { from, weights: weights.map((weight) => weight / sum) };
  });
}
