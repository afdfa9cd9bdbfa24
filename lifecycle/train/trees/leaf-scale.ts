/** How much the leaves of a classifier's trees may count, found on rows that the trees did not learn from. */

/** Raw scores [outputs][rows] with a class index a row; of two classes one score, and a label from 0 to 1. */
export interface Told {
  readonly raw: Float64Array;
  readonly labels: Float64Array;
  /** Of several classes: the softmax of the scores, [outputs][rows]. */
  readonly probabilities?: Float64Array;
}

export interface Scaled {
  /** Mean log loss with this scale. */
  readonly loss: number;
  /** Factor of every leaf's value, from {@link LEAST} to 1. */
  readonly scale: number;
}

/**
 * Variance of the scale before any row is seen, around 1: a few rows, of which one is told wrong, would ask for too much. Chosen among none, 0.1 and 0.03
 * (bench/quality/ROUNDS.md).
 */
const VARIANCE = 0.1;
/** Trees that say nothing of use keep this much, so that they still tell rows apart. */
const LEAST = 1 / 128;
/** The scale is found to this; what that leaves of the loss is of the order of its square. */
const EXACT = 1e-4;
const MOST_STEPS = 40;

/**
 * Boosted trees go on to tell classes apart better after their log loss on other rows has begun to rise: by then they are only too sure of
 * themselves. So a round is judged by the log loss that its trees have with all leaves scaled down alike as suits them best. It is what temperature
 * scaling does (Guo et al., On Calibration of Modern Neural Networks, 2017), but towards the base scores, and with a normal prior on the scale. Leaves
 * are never scaled up: on few rows, all of them told right, no scale would be large enough.
 */
export class LeafScale {
  private last = 1;

  /** @param base where each score starts: what is not scaled */
  constructor(private readonly base: readonly number[]) {}

  /** @param plain mean log loss of these scores */
  find(told: Told, plain: number): Scaled {
    const { probabilities } = told;
    const whole = probabilities ? slopesOf(told, this.base, probabilities) : slopesAt(told, this.base, 1);
    // The loss is convex in the scale: where more than 1 would be better still, 1 is the best allowed.
    if (whole.first <= 0) {
      this.last = 1;
      return { loss: plain, scale: 1 };
    }
    let low = LEAST;
    let high = 1;
    // From one round to the next it changes little.
    let scale = this.last < 1 ? this.last : newton(1, whole, low, high);
    for (let step = 0; step < MOST_STEPS; step++) {
      const slopes = slopesAt(told, this.base, scale);
      if (slopes.first > 0) high = scale;
      else low = scale;
      const next = newton(scale, slopes, low, high);
      const moved = Math.abs(next - scale);
      scale = next;
      if (moved < EXACT) break;
    }
    this.last = scale;
    return { loss: lossAt(told, this.base, scale), scale };
  }
}

interface Slopes {
  readonly first: number;
  readonly second: number;
}

/** Newton's step; the middle where that leaves the bounds. */
function newton(scale: number, { first, second }: Slopes, low: number, high: number): number {
  const next = scale - first / second;
  return next >= low && next <= high ? next : (low + high) / 2;
}

/** First and second derivative by the scale: of the summed log loss less the logarithm of the prior. */
function slopesAt({ raw, labels }: Told, base: readonly number[], scale: number): Slopes {
  const rows = labels.length;
  const outputs = base.length;
  let first = (scale - 1) / VARIANCE;
  let second = 1 / VARIANCE;
  if (outputs === 1) {
    const start = base[0]!;
    for (let i = 0; i < rows; i++) {
      const added = raw[i]! - start;
      const p = 1 / (1 + Math.exp(-(start + scale * added)));
      first += (p - labels[i]!) * added;
      second += p * (1 - p) * added * added;
    }
    return { first, second };
  }
  const scores = new Float64Array(outputs);
  for (let i = 0; i < rows; i++) {
    const top = scoresAt(scores, raw, base, scale, i, rows);
    let total = 0;
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < outputs; k++) {
      const added = raw[k * rows + i]! - base[k]!;
      const weight = Math.exp(scores[k]! - top);
      total += weight;
      sum += weight * added;
      squares += weight * added * added;
    }
    const own = labels[i]!;
    const mean = sum / total;
    first += mean - (raw[own * rows + i]! - base[own]!);
    second += squares / total - mean * mean;
  }
  return { first, second };
}

/** Those of several classes at the scale 1, whose probabilities are known. */
function slopesOf({ raw, labels }: Told, base: readonly number[], probabilities: Float64Array): Slopes {
  const rows = labels.length;
  let first = 0;
  let second = 1 / VARIANCE;
  for (let i = 0; i < rows; i++) {
    let mean = 0;
    let squares = 0;
    for (let k = 0; k < base.length; k++) {
      const added = raw[k * rows + i]! - base[k]!;
      const part = probabilities[k * rows + i]! * added;
      mean += part;
      squares += part * added;
    }
    const own = labels[i]!;
    first += mean - (raw[own * rows + i]! - base[own]!);
    second += squares - mean * mean;
  }
  return { first, second };
}

/** Mean log loss. */
function lossAt({ raw, labels }: Told, base: readonly number[], scale: number): number {
  const rows = labels.length;
  const outputs = base.length;
  const scores = new Float64Array(outputs);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const top = scoresAt(scores, raw, base, scale, i, rows);
    if (outputs === 1) {
      loss += Math.log1p(Math.exp(-Math.abs(top))) + Math.max(top, 0) - labels[i]! * top;
      continue;
    }
    let total = 0;
    for (let k = 0; k < outputs; k++) total += Math.exp(scores[k]! - top);
    loss += Math.log(total) + top - scores[labels[i]!]!;
  }
  return loss / rows;
}

/** Fills in a row's scores and gives the highest. */
function scoresAt(
  scores: Float64Array,
  raw: Float64Array,
  base: readonly number[],
  scale: number,
  i: number,
  rows: number,
): number {
  let top = -Infinity;
  for (let k = 0; k < base.length; k++) {
    const score = base[k]! + scale * (raw[k * rows + i]! - base[k]!);
    scores[k] = score;
    if (score > top) top = score;
  }
  return top;
}

/** Scores [outputs][rows] with what the trees added to the base scaled, in place. */
export function scaleScores(raw: Float64Array, base: readonly number[], scale: number): Float64Array {
  if (scale === 1) return raw;
  const rows = raw.length / base.length;
  for (let i = 0; i < raw.length; i++) {
    const start = base[Math.floor(i / rows)]!;
    raw[i] = start + scale * (raw[i]! - start);
  }
  return raw;
}
