/**
 * Where to cut a feature into bins. A value x is in bin b when exactly b thresholds are < x; so `x ≤ threshold[b]` holds
 * for the bins up to b and no other. Thresholds are float32, like the values: every runtime that compares in float32
 * sends a row the way training did.
 */

/**
 * At most `bins` − 1 ascending thresholds. With few distinct values each has a bin of its own, cut half-way; else bins
 * hold about equally many rows, and a value frequent enough to fill one has it alone (Ke et al., LightGBM, NIPS 2017).
 * NaN is left out; a constant column has no thresholds.
 */
export function thresholdsOf(values: Float32Array, bins: number): Float32Array {
  const ascending = sortFloats(values);
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of ascending) {
    if (distinct.length > 0 && distinct[distinct.length - 1] === value) counts[counts.length - 1]!++;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  const cuts = distinct.length <= bins ? [...distinct.keys()].slice(1) : equalCuts(counts, ascending.length, bins);
  return Float32Array.from(cuts, (cut) => between(distinct[cut - 1]!, distinct[cut]!));
}

/** A float32 t with a ≤ t < b, half-way where there is room. */
function between(a: number, b: number): number {
  const middle = Math.fround(a / 2 + b / 2);
  return middle >= a && middle < b ? middle : a;
}

/** Indices of the distinct values that begin a bin, the first bin's left out. */
function equalCuts(counts: readonly number[], total: number, bins: number): number[] {
  let mean = total / bins;
  const big = counts.map((count) => count >= mean);
  let restBins = bins;
  let rest = total;
  counts.forEach((count, i) => {
    if (!big[i]) return;
    restBins--;
    rest -= count;
  });
  mean = rest / Math.max(restBins, 1);
  const cuts: number[] = [];
  let filled = 0;
  for (let i = 0; i < counts.length - 1 && cuts.length < bins - 1; i++) {
    if (!big[i]) rest -= counts[i]!;
    filled += counts[i]!;
    if (!big[i] && filled < mean && !(big[i + 1] && filled >= Math.max(1, mean / 2))) continue;
    cuts.push(i + 1);
    filled = 0;
    if (!big[i]) {
      restBins--;
      mean = rest / Math.max(restBins, 1);
    }
  }
  return cuts;
}

/** The values without NaN, ascending, −0 as 0: a radix sort on the bits, three digits of 11 bits. */
export function sortFloats(values: Float32Array): Float32Array {
  const n = values.length;
  const bits = new Int32Array(values.buffer, values.byteOffset, n);
  let keys = new Uint32Array(n);
  let kept = 0;
  const counts = new Uint32Array(3 * 2048);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    const word = value === 0 ? 0 : bits[i]!;
    const key = word < 0 ? ~word : word ^ 0x80000000;
    keys[kept++] = key;
    counts[key & 2047]!++;
    counts[2048 + ((key >>> 11) & 2047)]!++;
    counts[4096 + (key >>> 22)]!++;
  }
  let other = new Uint32Array(n);
  for (let digit = 0; digit < 3; digit++) {
    const base = digit * 2048;
    const shift = digit * 11;
    let offset = 0;
    for (let key = base; key < base + 2048; key++) {
      const count = counts[key]!;
      counts[key] = offset;
      offset += count;
    }
    for (let i = 0; i < kept; i++) {
      const key = keys[i]!;
      const slot = base + ((key >>> shift) & 2047);
      other[counts[slot]!++] = key;
    }
    [keys, other] = [other, keys];
  }
  const words = new Uint32Array(kept);
  for (let i = 0; i < kept; i++) {
    const key = keys[i]!;
    words[i] = key >>> 31 ? key ^ 0x80000000 : ~key;
  }
  return new Float32Array(words.buffer);
}
