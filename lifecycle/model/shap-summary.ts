import { type Ensemble } from './ensemble';
import { shapValues } from './shap';

/** What a feature does to the answers of a tree model, over rows. */
export interface FeatureContribution {
  readonly feature: string;
  /** Mean of |SHAP| over rows, and over outputs where there are several. */
  readonly mean: number;
  /** Pearson correlation of the feature's value with its SHAP value; absent where there are several outputs or either does not vary. */
  readonly direction?: number;
}

/**
 * Mean |SHAP| of each feature, the greatest first, those without any left out.
 *
 * @param columns [features][rows], missing as NaN
 * @param output the one of the ensemble's outputs that counts; without it all do
 * @param breathe awaited between parts of the rows
 */
export async function summariseShap(
  ensemble: Ensemble,
  names: readonly string[],
  columns: readonly Float32Array[],
  output: number | undefined,
  breathe: () => Promise<void>,
): Promise<FeatureContribution[]> {
  const rows = columns[0]?.length ?? 0;
  const { outputs, features } = ensemble;
  const counted = output === undefined ? Array.from({ length: outputs }, (_, k) => k) : [output];
  const sums = new Float64Array(features);
  const one = counted.length === 1;
  const pairs = Array.from({ length: one ? features : 0 }, () => new Correlation());
  for (let from = 0; from < rows; from += PART) {
    const part = columns.map((column) => column.subarray(from, from + PART));
    const values = shapValues(ensemble, part);
    const here = Math.min(PART, rows - from);
    for (let i = 0; i < here; i++) {
      for (const k of counted) {
        const at = (i * outputs + k) * (features + 1);
        for (let f = 0; f < features; f++) {
          sums[f]! += Math.abs(values[at + f]!);
          if (one) pairs[f]!.add(part[f]![i]!, values[at + f]!);
        }
      }
    }
    await breathe();
  }
  return names
    .map((feature, f) => {
      const direction = pairs[f]?.value();
      return {
        feature,
        mean: sums[f]! / (rows * counted.length),
        ...(direction !== undefined && { direction }),
      };
    })
    .filter(({ mean }) => mean > 0)
    .sort((a, b) => b.mean - a.mean || (a.feature < b.feature ? -1 : 1));
}

const PART = 16;

/** Pearson's correlation of pairs as they come (Welford's updates); pairs with a missing value are left out. */
class Correlation {
  private n = 0;
  private x = 0;
  private y = 0;
  private xx = 0;
  private yy = 0;
  private xy = 0;

  add(x: number, y: number): void {
    if (Number.isNaN(x)) return;
    this.n++;
    const dx = x - this.x;
    const dy = y - this.y;
    this.x += dx / this.n;
    this.y += dy / this.n;
    this.xx += dx * (x - this.x);
    this.yy += dy * (y - this.y);
    this.xy += dx * (y - this.y);
  }

  value(): number | undefined {
    const value = this.xy / Math.sqrt(this.xx * this.yy);
    return this.n > 1 && Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : undefined;
  }
}
