import { logGamma } from './distributions';

/** Wrong answers among all of one part of a stream. */
export interface Errors {
  readonly wrong: number;
  readonly rows: number;
}

/** One-sided chance of more than three standard deviations of a normal distribution: what control charts allow. */
export const CHART_ALARM = 0.00134989803163009;

/** P(X ≥ k) of a hypergeometric distribution: of so many rows, some wrong, a part is drawn. */
export function hypergeometricSf(k: number, rows: number, wrong: number, part: number): number {
  const choose = (n: number, m: number) => logGamma(n + 1) - logGamma(m + 1) - logGamma(n - m + 1);
  const all = choose(rows, part);
  let sum = 0;
  for (let i = Math.max(k, part + wrong - rows, 0); i <= Math.min(part, wrong); i++)
    sum += Math.exp(choose(wrong, i) + choose(rows - wrong, part - i) - all);
  return Math.min(1, sum);
}

/**
 * Control chart of an error rate (p-chart; Shewhart 1931; Montgomery, Introduction to Statistical Quality Control, chapter 7): which parts have more errors than
 * the process shows otherwise. The limit is the exact one for a rate that is learnt from the other parts: three standard deviations of a normal distribution are wrong
 * for the few errors of a good model.
 *
 * @returns by part whether it is out of control; parts without rows are not
 */
export function errorChart(parts: readonly Errors[]): boolean[] {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const wrong = parts.reduce((sum, part) => sum + part.wrong, 0);
  return parts.map((part) => part.wrong > 0 && hypergeometricSf(part.wrong, rows, wrong, part.rows) < CHART_ALARM);
}
