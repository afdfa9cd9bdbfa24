import { type Random } from '../../lifecycle/statistics/random';

/**
 * How far points are moved to either side: large beside float32's rounding, small beside what bends. Two of them together cancel what bends (Richardson);
 * where there was a corner in between, one that is smaller tells.
 */
const STEPS = [4e-3, 8e-3, 1e-3, 1e-4];
const SMALL = 1e-2;

/**
 * How far a gradient is off what the loss itself does: the slope along the gradient and along a random direction, by central differences, less what the
 * gradient says of them, relative to its length.
 *
 * @param lossAt the loss at a point, given as arrays like `at`
 */
export async function slopeError(
  lossAt: (point: readonly Float32Array[]) => Promise<number>,
  at: readonly Float32Array[],
  gradient: readonly ArrayLike<number>[],
  random: Random,
): Promise<number> {
  const flat = gradient.flatMap((part) => Array.from(part));
  const size = Math.hypot(...flat);
  const ways = [flat, flat.map(() => random.normal())];
  let worst = 0;
  for (const way of ways) {
    const length = Math.hypot(...way);
    if (length === 0) continue;
    const moved = (by: number): Float32Array[] => {
      let i = 0;
      return at.map((part) => part.map((value) => value + (by * way[i++]!) / length));
    };
    const said = flat.reduce((sum, value, i) => sum + (value * way[i]!) / length, 0);
    let least = Infinity;
    const found: number[] = [];
    for (const step of STEPS) {
      found.push(((await lossAt(moved(step))) - (await lossAt(moved(-step)))) / (2 * step));
      if (found.length === 2) found.push((4 * found[0]! - found[1]!) / 3);
      least = Math.min(...found.map((slope) => Math.abs(slope - said) / Math.max(size, 1e-2)));
      if (least <= SMALL) break;
    }
    worst = Math.max(worst, least);
  }
  return worst;
}
