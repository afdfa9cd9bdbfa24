import type { Predictions } from '../../onnx/rows';

/** Most latencies, scores and pairs that are kept of one step: later ones replace earlier ones at random positions. */
const KEPT = 5_000;

/** Pairs of times that are taken in one step. */
const TIMED = 1_000;

/** What is kept of a stream of numbers: all of the first {@link KEPT}, then a uniform sample (Vitter's algorithm R). */
export class Reservoir {
  readonly values: number[] = [];
  seen = 0;
  #state = 0x9e3779b9;

  add(value: number): void {
    this.seen++;
    if (this.values.length < KEPT) this.values.push(value);
    else {
      const at = this.#below(this.seen);
      if (at < KEPT) this.values[at] = value;
    }
  }

  /** xorshift32: no need for more, and reproducible. */
  #below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

/** Figures of one version in one step. */
export class VersionFigures {
  requests = 0;
  /** Requests that the model could not answer. */
  errors = 0;
  /** Seconds from being asked to the answer. */
  readonly seconds = new Reservoir();
  /** Sum, sum of squares and number of the business values of its answers. */
  readonly value = { n: 0, sum: 0, squares: 0 };

  answered(seconds: number): void {
    this.requests++;
    this.seconds.add(seconds);
  }

  failed(): void {
    this.requests++;
    this.errors++;
  }

  worth(value: number): void {
    this.value.n++;
    this.value.sum += value;
    this.value.squares += value * value;
  }
}

/** What both versions said of the same rows. */
export class PairFigures {
  rows = 0;
  requests = 0;
  /** Rows with another class (or, of a regression, a number that is off by more than a hundredth of the range). */
  differing = 0;
  sumDifference = 0;
  largest = 0;
  /** P(positive), P of the live version's class, or the predicted number; by version, of the same rows. */
  readonly live = new Reservoir();
  readonly candidate = new Reservoir();
  /** Seconds that both models ran for the same rows, one right after the other: index by index. */
  readonly seconds = { live: [] as number[], candidate: [] as number[] };
  /** Rows whose outcome is known, and how many only one of the two had right. */
  labelled = 0;
  onlyLive = 0;
  onlyCandidate = 0;
  bothRight = 0;
  /** Of a regression: absolute errors, and the squares of their difference. */
  absoluteLive = 0;
  absoluteCandidate = 0;
  squares = 0;

  /** Whether more times are wanted: both versions are asked again for each. */
  get timing(): boolean {
    return this.seconds.live.length < TIMED;
  }

  timed(live: number, candidate: number): void {
    if (!this.timing) return;
    this.seconds.live.push(live);
    this.seconds.candidate.push(candidate);
  }

  outcome(liveRight: boolean, candidateRight: boolean): void {
    this.labelled++;
    if (liveRight && candidateRight) this.bothRight++;
    else if (liveRight) this.onlyLive++;
    else if (candidateRight) this.onlyCandidate++;
  }

  distance(live: number, candidate: number): void {
    this.labelled++;
    this.absoluteLive += live;
    this.absoluteCandidate += candidate;
    this.squares += (candidate - live) ** 2;
  }
}

/** The one number by which predictions of a row are compared: P of the last class of two, the largest P of more, the value of a regression. */
export function scoreOf(predictions: Predictions, row: number, width: number): number {
  const { prediction, probabilities } = predictions;
  if (prediction) return prediction[row] ?? NaN;
  if (!probabilities) return NaN;
  if (width === 2) return probabilities[row * 2 + 1] ?? NaN;
  let most = 0;
  for (let c = 0; c < width; c++) most = Math.max(most, probabilities[row * width + c] ?? 0);
  return most;
}
