/**
 * Seeded random numbers. Generator: xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47, 2021), 128 bits of state, period 2^128 − 1. Only integer operations and the exactly rounded
 * + − × ÷ √ are used, so a seed gives the same numbers on every platform and Node version.
 */

/** What to seed with: text, or a finite number. `7` and `'7'` are different seeds. */
export type Seed = number | string;

/** A frozen generator, to be stored in a checkpoint: four unsigned 32-bit words of seed, four of state, the spare normal. */
export interface RandomState {
  readonly seed: readonly number[];
  readonly state: readonly number[];
  readonly spare: number | null;
}

export class Random {
  private readonly seed: Uint32Array;
  private readonly s: Uint32Array;
  private spare: number | null = null;

  constructor(seed: Seed | RandomState) {
    if (typeof seed === 'object') {
      this.seed = Uint32Array.from(seed.seed);
      this.s = Uint32Array.from(seed.state);
      this.spare = seed.spare;
    } else {
      if (typeof seed === 'number' && !Number.isFinite(seed)) {
        throw new RangeError(`A seed is a finite number or text, not ${seed}.`);
      }
      this.seed = hash128(typeof seed === 'number' ? `n${seed === 0 ? 0 : seed}` : `s${seed}`, [0, 0, 0, 0]);
      this.s = Uint32Array.from(this.seed);
    }
    if (this.s.every((word) => word === 0)) this.s[0] = 1;
  }

  /**
   * A stream of its own for one purpose: depends on this generator's seed and the label only, not on how much was drawn
   * from it, so adding a use of randomness leaves all others as they were. Labels may be chained: a.fork('x').fork('y').
   */
  fork(label: Seed): Random {
    const text = typeof label === 'number' ? `n${label}` : `s${label}`;
    const seed = Array.from(hash128(text, this.seed));
    return new Random({ seed, state: seed, spare: null });
  }

  /** The whole state as plain data; `new Random(state)` continues exactly here. */
  snapshot(): RandomState {
    return { seed: Array.from(this.seed), state: Array.from(this.s), spare: this.spare };
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const s = this.s;
    const s0 = s[0]!;
    const s1 = s[1]!;
    const s3 = s[3]!;
    const scaled = Math.imul(s1, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const s2 = s[2]! ^ s0;
    const t3 = s3 ^ s1;
    s[1] = s1 ^ s2;
    s[0] = s0 ^ t3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (t3 << 11) | (t3 >>> 21);
    return result;
  }

  /** Uniform on [low, high), 53 bits; without arguments on [0, 1). */
  uniform(low = 0, high = 1): number {
    const unit = ((this.next() >>> 5) * 0x4000000 + (this.next() >>> 6)) / 0x20000000000000;
    return low + (high - low) * unit;
  }

  /** A normal deviate, by Marsaglia's polar method (SIAM Review 6, 1964). */
  normal(mean = 0, standardDeviation = 1): number {
    const kept = this.spare;
    if (kept !== null) {
      this.spare = null;
      return mean + standardDeviation * kept;
    }
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * portableLog(square)) / square);
      this.spare = v * factor;
      return mean + standardDeviation * (u * factor);
    }
  }

  /** An integer in [0, n), each equally likely (by rejection, no modulo bias). 1 ≤ n ≤ 2^53. */
  integer(n: number): number {
    if (!Number.isSafeInteger(n - 1) || n < 1)
      throw new RangeError(`integer(n) needs a whole n from 1 to 2^53, not ${n}.`);
    if (n <= 0x100000000) {
      const limit = 0x100000000 - (0x100000000 % n);
      for (;;) {
        const draw = this.next();
        if (draw < limit) return draw % n;
      }
    }
    const limit = 0x20000000000000 - (0x20000000000000 % n);
    for (;;) {
      const draw = (this.next() >>> 5) * 0x4000000 + (this.next() >>> 6);
      if (draw < limit) return draw % n;
    }
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One element; undefined of an empty array. */
  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.integer(items.length)];
  }

  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }

  /** 0 … n−1 in random order. */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }

  /** `k` different integers of [0, n), ascending, each subset equally likely (Floyd's algorithm). */
  sample(n: number, k: number): Uint32Array {
    if (k < 0 || k > n) throw new RangeError(`Can't draw ${k} different integers out of ${n}.`);
    const chosen = new Set<number>();
    for (let j = n - k; j < n; j++) {
      const t = this.integer(j + 1);
      chosen.add(chosen.has(t) ? j : t);
    }
    return Uint32Array.from(chosen).sort();
  }
}

/** MurmurHash3 x86-128's mixing over UTF-16 code units, chained from `from`. */
function hash128(text: string, from: ArrayLike<number>): Uint32Array {
  let a = 0x3c6ef372 ^ from[0]!;
  let b = 0xa54ff53a ^ from[1]!;
  let c = 0x510e527f ^ from[2]!;
  let d = 0x1f83d9ab ^ from[3]!;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i) + 1;
    a = (b ^ Math.imul(a ^ unit, 0x239b961b)) | 0;
    b = (c ^ Math.imul(b ^ unit, 0xab0e9789)) | 0;
    c = (d ^ Math.imul(c ^ unit, 0x38b34ae5)) | 0;
    d = (a ^ Math.imul(d ^ unit, 0xa1e38b93)) | 0;
  }
  a ^= text.length;
  for (let round = 0; round < 2; round++) {
    a = (a + b + c + d) | 0;
    b = finish((b + a) | 0);
    c = finish((c + a + b) | 0);
    d = finish((d + a + c) | 0);
    a = finish((a + b + c + d) | 0);
  }
  return Uint32Array.of(a, b, c, d);
}

function finish(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

/**
 * Natural logarithm from exactly rounded operations only (Math.log may differ in the last bit between engines):
 * x = m·2^e with m in [√½, √2), ln m = 2 artanh((m−1)/(m+1)) by its series. Relative error under 1e-15. x positive, normal.
 */
function portableLog(x: number): number {
  let exponent = 0;
  while (x >= Math.SQRT2) {
    x /= 2;
    exponent++;
  }
  while (x < Math.SQRT1_2) {
    x *= 2;
    exponent--;
  }
  const t = (x - 1) / (x + 1);
  const square = t * t;
  let series = 0;
  for (let k = 25; k >= 1; k -= 2) series = series * square + 1 / k;
  return exponent * Math.LN2 + 2 * t * series;
}
