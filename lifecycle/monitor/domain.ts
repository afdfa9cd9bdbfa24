import type { DriftReport } from '../../schemas/generated/types';
import { aucInterval } from '../statistics/delong';
import { normalSf } from '../statistics/distributions';
import { Random } from '../statistics/random';
import type { Classify } from '../store/room';
import { orNull } from './column';

export type DomainClassifier = NonNullable<DriftReport['domain']>;

/** Rows of each side from which on it is worth a try. */
export const DOMAIN_ROWS = 200;
/** AUC whose interval must lie above this. */
export const DOMAIN_THRESHOLD = 0.55;
const SHOWN = 10;

/**
 * Trains a classifier to tell the rows of the window from those of the reference (Lopez-Paz & Oquab, Revisiting classifier two-sample tests,
 * ICLR 2017): what no single column shows, such as a correlation that broke, it sees. Judged on rows it was not trained on.
 *
 * @param reference columns of numbers, NaN where missing; categories as codes
 * @returns undefined when there are too few rows
 */
export async function classifyDomain(
  names: readonly string[],
  reference: readonly Float32Array[],
  current: readonly Float32Array[],
  classify: Classify,
  options: { readonly seed: number; readonly rate: number },
): Promise<DomainClassifier | undefined> {
  const random = new Random(options.seed).fork('domain');
  const rows = Math.min(reference[0]?.length ?? 0, current[0]?.length ?? 0);
  if (rows < DOMAIN_ROWS || names.length === 0) return undefined;
  const [first, second] = [random.sample(reference[0]!.length, rows), random.sample(current[0]!.length, rows)];
  // Sampled rows come sorted; a split by position would be one by time.
  random.shuffle(first);
  random.shuffle(second);
  const cut = Math.floor((rows * 2) / 3);
  const part = (from: number, to: number) => {
    const size = to - from;
    const columns = names.map((_, column) => {
      const values = new Float32Array(2 * size);
      for (let i = 0; i < size; i++) {
        values[i] = reference[column]![first[from + i]!]!;
        values[size + i] = current[column]![second[from + i]!]!;
      }
      return values;
    });
    return { columns, labels: Float64Array.from({ length: 2 * size }, (_, i) => Number(i >= size)) };
  };
  const exam = part(cut, rows);
  const { scores, importance } = await classify(part(0, cut), exam, options.seed);
  const { estimate: auc, low, high } = aucInterval(exam.labels, scores);
  const size = rows - cut;
  // Under no difference the Mann–Whitney statistic has this variance.
  const z = (auc - 0.5) / Math.sqrt((2 * size + 1) / (12 * size * size));
  const p = normalSf(z);
  return {
    auc,
    low,
    high,
    'p-value': orNull(p),
    rows,
    threshold: DOMAIN_THRESHOLD,
    drifted: low > DOMAIN_THRESHOLD && p <= options.rate,
    columns: names
      .map((column, i) => ({ column, importance: importance[i]! }))
      .filter(({ importance: share }) => share > 0)
      .sort((a, b) => b.importance - a.importance)
      .slice(0, SHOWN),
  };
}
