import type { RolloutFinding } from '../../../schemas/generated/types';
import { binomialCdf, normalSf } from '../../statistics/distributions';
import { binCounts, populationStabilityIndex, quantileBins, sampleOf } from '../../statistics/drift';
import type { PairFigures, VersionFigures } from './figures';
import type { Gates } from './strategy';

/** What is known in the step that is judged. */
export interface Evidence {
  readonly live: VersionFigures;
  readonly candidate: VersionFigures;
  readonly pairs: PairFigures;
}

/**
 * What every gate says. A gate fails when the candidate is worse by more than it may be, and by more than chance explains at the
 * confidence asked for.
 *
 * @param strictness divides the tolerated probability of a false alarm: looks before the window is full must be surer
 */
export function judge(gates: Gates, evidence: Evidence, strictness = 1): RolloutFinding[] {
  const alpha = (1 - gates.confidence) / strictness;
  const findings = [errorRate(gates.errorRate.rise, evidence, alpha), latency(gates.latency, evidence, alpha)];
  if (gates.accuracy) findings.push(accuracy(gates.accuracy.drop, evidence, alpha));
  if (gates.error) findings.push(meanAbsoluteError(gates.error.rise, evidence, alpha));
  if (gates.value) findings.push(value(gates.value.drop, evidence, alpha));
  if (gates.drift)
    findings.push(
      strictness > 1 ? waiting('drift', 'Judged when the window is full.') : drift(gates.drift.most, evidence),
    );
  if (gates.disagreement) findings.push(disagreement(gates.disagreement.most, evidence, alpha));
  return findings;
}

function errorRate(rise: number, { live, candidate }: Evidence, alpha: number): RolloutFinding {
  const [a, b] = [share(live.errors, live.requests), share(candidate.errors, candidate.requests)];
  if (candidate.requests === 0) return waiting('error-rate', 'No request yet.');
  const p = moreFailures(live.errors, live.requests, candidate.errors, candidate.requests);
  const fails = b - (Number.isNaN(a) ? 0 : a) > rise && p < alpha;
  return finding('error-rate', fails, {
    live: a,
    candidate: b,
    p,
    say: `${percent(b)} of ${candidate.requests} requests failed, ${percent(a)} of ${live.requests} on the live version`,
  });
}

/** Pairs from which on their times count, and not those of clients. */
const ENOUGH_PAIRS = 20;

/**
 * Runs of both models for the same rows, where there are such. What clients wait is no fair measure: the version with more of the requests answers them in
 * larger batches and has another place among the events of the process, so that two equal versions differ.
 */
function latency(gate: Gates['latency'], { live, candidate, pairs }: Evidence, alpha: number): RolloutFinding {
  if (pairs.seconds.live.length >= ENOUGH_PAIRS) {
    const { live: a, candidate: b } = pairs.seconds;
    const p = gate.quantile === 0.5 ? laterOfPairs(a, b) : laterAbove(gate.quantile, a, b);
    return compareTimes(gate, a, b, p, alpha, ' of the runs');
  }
  const [a, b] = [live.seconds.values, candidate.seconds.values];
  if (a.length < 20 || b.length < 20) return waiting('latency', 'Fewer than 20 answers of a version.');
  return compareTimes(gate, a, b, laterAbove(gate.quantile, a, b), alpha);
}

function compareTimes(
  { rise, quantile }: Gates['latency'],
  live: readonly number[],
  candidate: readonly number[],
  p: number,
  alpha: number,
  of = '',
): RolloutFinding {
  const [first, second] = [quantileOf(live, quantile), quantileOf(candidate, quantile)];
  const name = quantile === 0.5 ? 'median' : `${Math.round(quantile * 1000) / 10} % quantile`;
  return finding('latency', second > first * (1 + rise) && p < alpha, {
    live: first,
    candidate: second,
    p,
    say: `the ${name}${of} is ${milliseconds(second)}, ${milliseconds(first)} on the live version (× ${(second / first).toFixed(2)})`,
  });
}

/**
 * Brown and Mood's quantile test: of two samples with the same quantile as many lie above the pooled one. The two shares are compared
 * with a normal approximation.
 */
function laterAbove(quantile: number, live: readonly number[], candidate: readonly number[]): number {
  const middle = quantileOf([...live, ...candidate], quantile);
  const above = (values: readonly number[]) => values.reduce((n, value) => n + (value > middle ? 1 : 0), 0);
  return higherShare(above(live), live.length, above(candidate), candidate.length);
}

/** The sign test, one-sided: how likely the candidate would be the later one in so many pairs if it were as often the earlier one. */
function laterOfPairs(live: readonly number[], candidate: readonly number[]): number {
  const earlier = live.reduce((n, value, i) => n + (candidate[i]! < value ? 1 : 0), 0);
  const later = live.reduce((n, value, i) => n + (candidate[i]! > value ? 1 : 0), 0);
  return earlier + later === 0 ? 1 : binomialCdf(earlier, earlier + later, 0.5);
}

/** McNemar's exact test (Psychometrika 12, 1947), one-sided, on the rows that both versions were asked. */
function accuracy(drop: number, { pairs }: Evidence, alpha: number): RolloutFinding {
  const { labelled, bothRight, onlyLive, onlyCandidate } = pairs;
  if (labelled === 0) return waiting('accuracy', 'No outcome is known yet.');
  const [a, b] = [(bothRight + onlyLive) / labelled, (bothRight + onlyCandidate) / labelled];
  const p = onlyLive + onlyCandidate === 0 ? 1 : binomialCdf(onlyCandidate, onlyLive + onlyCandidate, 0.5);
  return finding('accuracy', a - b > drop && p < alpha, {
    live: a,
    candidate: b,
    p,
    say: `${percent(b)} of ${labelled} rows were right, ${percent(a)} by the live version`,
  });
}

/** A paired z-test of the absolute errors. */
function meanAbsoluteError(rise: number, { pairs }: Evidence, alpha: number): RolloutFinding {
  const { labelled: n } = pairs;
  if (n < 2) return waiting('mean-absolute-error', 'No outcome is known yet.');
  const [a, b] = [pairs.absoluteLive / n, pairs.absoluteCandidate / n];
  const deviation = Math.sqrt(Math.max(0, pairs.squares / n - (b - a) ** 2) * (n / (n - 1)));
  const p = deviation === 0 ? (b > a ? 0 : 1) : normalSf(((b - a) / deviation) * Math.sqrt(n));
  return finding('mean-absolute-error', b > a * (1 + rise) && p < alpha, {
    live: a,
    candidate: b,
    p,
    say: `${number(b)} over ${n} rows, ${number(a)} by the live version`,
  });
}

/** Welch's test (Biometrika 34, 1947) of the mean value, with the normal distribution: windows hold hundreds. */
function value(drop: number, { live, candidate }: Evidence, alpha: number): RolloutFinding {
  const [a, b] = [momentsOf(live.value), momentsOf(candidate.value)];
  if (a.n < 2 || b.n < 2) return waiting('value', 'Too few values yet.');
  const error = Math.sqrt(a.variance / a.n + b.variance / b.n);
  const p = error === 0 ? (b.mean < a.mean ? 0 : 1) : normalSf((a.mean - b.mean) / error);
  return finding('value', a.mean - b.mean > drop * Math.abs(a.mean) && p < alpha, {
    live: a.mean,
    candidate: b.mean,
    p,
    say: `${number(b.mean)} on average over ${b.n} answers, ${number(a.mean)} over ${a.n} of the live version`,
  });
}

function drift(most: number, { pairs }: Evidence): RolloutFinding {
  if (pairs.live.values.length < 100) return waiting('drift', 'Fewer than 100 pairs of predictions.');
  const reference = sampleOf(pairs.live.values);
  const edges = quantileBins(reference);
  const index = populationStabilityIndex(
    binCounts(reference, edges),
    binCounts(sampleOf(pairs.candidate.values), edges),
  );
  return finding('drift', index > most, {
    candidate: index,
    say: `the population stability index of the predictions is ${index.toFixed(3)}, at most ${most} is allowed`,
  });
}

function disagreement(most: number, { pairs }: Evidence, alpha: number): RolloutFinding {
  if (pairs.rows === 0) return waiting('disagreement', 'No pair of predictions yet.');
  const found = pairs.differing / pairs.rows;
  const p = 1 - (pairs.differing === 0 ? 0 : binomialCdf(pairs.differing - 1, pairs.rows, most));
  return finding('disagreement', found > most && p < alpha, {
    candidate: found,
    p,
    say: `${percent(found)} of ${pairs.rows} rows are predicted differently, at most ${percent(most)} is allowed`,
  });
}

function finding(
  gate: string,
  fails: boolean,
  { live, candidate, p, say }: { live?: number; candidate?: number; p?: number; say: string },
): RolloutFinding {
  const finite = (name: string, value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? { [name]: value } : {};
  return {
    gate,
    verdict: fails ? 'fail' : 'pass',
    ...finite('live', live),
    ...finite('candidate', candidate),
    ...(p !== undefined && Number.isFinite(p) && { p: Math.min(1, Math.max(0, p)) }),
    say,
  };
}

function waiting(gate: string, say: string): RolloutFinding {
  return { gate, verdict: 'waiting', say };
}

/**
 * One-sided probability that the second of two samples has so many failures or more when both fail equally often: Fisher's exact test
 * (given the sum of failures, those of the second follow a hypergeometric distribution).
 */
export function moreFailures(firstFailed: number, first: number, secondFailed: number, second: number): number {
  if (secondFailed === 0) return 1;
  const failed = firstFailed + secondFailed;
  // Terms from the observed number upwards, each from the one before.
  let log = 0;
  const choose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  const all = choose(first + second, failed);
  let sum = 0;
  for (let k = secondFailed; k <= Math.min(failed, second); k++) {
    if (failed - k > first) continue;
    log = choose(second, k) + choose(first, failed - k) - all;
    const term = Math.exp(log);
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

const factorials: number[] = [0];
function logFactorial(n: number): number {
  for (let i = factorials.length; i <= n && i <= 200_000; i++) factorials[i] = (factorials[i - 1] ?? 0) + Math.log(i);
  const known = factorials[n];
  if (known !== undefined) return known;
  // Stirling's series is exact to 1e-16 from here on.
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n);
}

/** One-sided z-test that the second share is the higher. */
function higherShare(first: number, n: number, second: number, m: number): number {
  const pooled = (first + second) / (n + m);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return error === 0 ? 1 : normalSf((second / m - first / n) / error);
}

export function quantileOf(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

function momentsOf({ n, sum, squares }: VersionFigures['value']): { n: number; mean: number; variance: number } {
  const mean = sum / n;
  return { n, mean, variance: Math.max(0, (squares / n - mean * mean) * (n / (n - 1))) };
}

const share = (part: number, whole: number) => (whole === 0 ? NaN : part / whole);
const percent = (value: number) => (Number.isNaN(value) ? 'none' : `${(value * 100).toFixed(1)} %`);
const milliseconds = (seconds: number) => `${(seconds * 1000).toPrecision(3)} ms`;
const number = (value: number) => Number(value.toPrecision(4)).toString();
