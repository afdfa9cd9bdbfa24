import { type Training } from '../../../schemas/generated/types';
import { type NetworkPlan } from '../../model/network';
import { FEATURES } from '../../model/layers';
import { UserError } from '../../problem';
import { type Random } from '../../statistics/random';

/** Changes the first `size` rows of a batch in place. */
export type Augment = (inputs: Float32Array, size: number, random: Random) => void;

/**
 * Random changes of images: moved (what comes in from outside is `blank`), mirrored, with noise.
 *
 * @param blank value of each feature that stands for nothing being there: standardised 0
 * @throws UserError when the network's input is no image
 */
export function augmentation(
  settings: Training['augment'],
  { layout, inputs: width }: NetworkPlan,
  blank: Float32Array,
): Augment | undefined {
  const { shift = 0, flip = false, noise = 0 } = settings ?? {};
  if (shift === 0 && !flip && noise === 0) return undefined;
  const { shape, input } = layout.start;
  if (input !== FEATURES || (shape.length !== 3 && (shift > 0 || flip))) {
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
      if (noise > 0) for (let j = 0; j < channels * height * breadth; j++) row[j] = row[j]! + random.normal(0, noise);
    }
  };
}
