import { type Training } from '../../../schemas/generated/types';
import { type NetworkPlan } from '../../model/network';
import { FEATURES } from '../../model/layers';
import { UserError } from '../../problem';
import { type Random } from '../../statistics/random';

/** Changes the first `size` rows of a batch in place. */
export type Augment = (inputs: Float32Array, size: number, random: Random) => void;

/**
 * Turns an image about its centre, counter-clockwise as it is seen, by bilinear interpolation.
 *
 * @param at value of the source at whole (y, x), also outside of it
 * @param set takes the value at (y, x)
 */
export function rotate(
  height: number,
  width: number,
  degrees: number,
  at: (y: number, x: number) => number,
  set: (y: number, x: number, value: number) => void,
): void {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const fromY = middleY + cos * (y - middleY) + sin * (x - middleX);
      const fromX = middleX - sin * (y - middleY) + cos * (x - middleX);
      const [top, left] = [Math.floor(fromY), Math.floor(fromX)];
      const [down, right] = [fromY - top, fromX - left];
      const above = (1 - right) * at(top, left) + right * at(top, left + 1);
      const below = (1 - right) * at(top + 1, left) + right * at(top + 1, left + 1);
      set(y, x, (1 - down) * above + down * below);
    }
}

/**
 * Random changes of images: moved (what comes in from outside is `blank`), mirrored, turned, with noise.
 *
 * @param blank value of each feature that stands for nothing being there: standardised 0
 * @throws UserError when the network's input is no image
 */
export function augmentation(
  settings: Training['augment'],
  { layout, inputs: width }: NetworkPlan,
  blank: Float32Array,
): Augment | undefined {
  const { shift = 0, flip = false, rotation = 0, noise = 0 } = settings ?? {};
  if (shift === 0 && !flip && rotation === 0 && noise === 0) return undefined;
  const { shape, input } = layout.start;
  if (input !== FEATURES || (shape.length !== 3 && (shift > 0 || flip || rotation > 0))) {
    throw new UserError({
      code: 'augment-without-image',
      message: '`augment` changes images, but the network takes no image.',
      hint: 'Say `image: {height: …, width: …}` in the model, or leave `augment` out.',
      path: ['training', 'augment'],
    });
  }
  const [channels = 1, height = 1, breadth = 1] = shape;
  const last = layout.channelsLast;
  /** Where a pixel's value lies in the row. */
  const place = (c: number, y: number, x: number): number =>
    last ? (y * breadth + x) * channels + c : (c * height + y) * breadth + x;
  const moved = new Float32Array(width);
  return (rows, size, random) => {
    for (let i = 0; i < size; i++) {
      const row = rows.subarray(i * width, (i + 1) * width);
      const [down, right] =
        shift > 0 ? [random.integer(2 * shift + 1) - shift, random.integer(2 * shift + 1) - shift] : [0, 0];
      const mirrored = flip && random.chance(0.5);
      if (down !== 0 || right !== 0 || mirrored) {
        moved.set(row);
        for (let c = 0; c < channels; c++)
          for (let y = 0; y < height; y++)
            for (let x = 0; x < breadth; x++) {
              const [fromY, seenX] = [y - down, x - right];
              const fromX = mirrored ? breadth - 1 - seenX : seenX;
              const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < breadth;
              const to = place(c, y, x);
              row[to] = inside ? moved[place(c, fromY, fromX)]! : blank[to]!;
            }
      }
      if (rotation > 0) {
        const degrees = random.uniform(-rotation, rotation);
        moved.set(row);
        for (let c = 0; c < channels; c++)
          rotate(
            height,
            breadth,
            degrees,
            (y, x) => {
              const inside = y >= 0 && y < height && x >= 0 && x < breadth;
              // Outside there is nothing, as at the nearest edge.
              const near = place(c, Math.min(height - 1, Math.max(0, y)), Math.min(breadth - 1, Math.max(0, x)));
              return inside ? moved[near]! : blank[near]!;
            },
            (y, x, value) => (row[place(c, y, x)] = value),
          );
      }
      if (noise > 0) for (let j = 0; j < channels * height * breadth; j++) row[j] = row[j]! + random.normal(0, noise);
    }
  };
}
