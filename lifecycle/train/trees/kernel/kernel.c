/*
 * The hot loops of the histogram booster, compiled to WebAssembly with 128-bit SIMD by build.mjs. No libc.
 *
 * A row's gradient and Hessian are one pair of 64-bit integers in fixed point: {gradient, count << shift | Hessian}.
 * Integer sums do not depend on their order, so histograms are exact differences of each other and the same for any
 * number of threads. The scales are chosen by the caller so that no sum over all rows overflows.
 *
 * Bins are packed four features to a 32-bit word, a word a row: one load serves four histograms of 4 KiB, which stay
 * in the first-level cache. Bin 255 is "missing".
 */
#include <wasm_simd128.h>

typedef unsigned char u8;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

#define EXPORT(name) __attribute__((export_name(#name))) name
#define LANES 4
#define BINS 256
#define MISSING 255

/* Fixed point of the running round. */
static struct {
  double gradientScale, hessianScale, gradientUnit, hessianUnit;
  u32 shift;
} fixed;

void EXPORT(set_scales)(double gradientScale, double hessianScale, u32 shift) {
  fixed.gradientScale = gradientScale;
  fixed.hessianScale = hessianScale;
  fixed.gradientUnit = 1 / gradientScale;
  fixed.hessianUnit = 1 / hessianScale;
  fixed.shift = shift;
}

static inline i64 quantise(double value, double scale) { return (i64)__builtin_rint(value * scale); }

/* e^x: Cody–Waite reduction by ln 2, then the Taylor polynomial of degree 13 on |r| ≤ 0.347; error about 1 ulp. */
static inline double exponential(double x) {
  if (x > 709) x = 709;
  if (x < -708) return 0;
  double k = __builtin_rint(x * 1.4426950408889634);
  double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  union { u64 bits; double value; } power = { (u64)((i64)k + 1023) << 52 };
  return p * power.value;
}

/* Product of many positive factors as mantissa × 2^exponent: its logarithm is the sum of theirs, with one log at the end. */
typedef struct { double mantissa; i64 exponent; } Product;

static inline void multiply(Product *product, double factor) {
  union { double value; u64 bits; } m = { product->mantissa * factor };
  i64 exponent = (i64)(m.bits >> 52);
  product->exponent += exponent - 1023;
  m.bits = (m.bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull;
  product->mantissa = m.value;
}

/* stats: [mantissa, exponent, extra]; the loss is sum(extra) + log(mantissa · 2^exponent). */
static inline void report(double *stats, Product product, double extra) {
  stats[0] = product.mantissa;
  stats[1] = (double)product.exponent;
  stats[2] = extra;
}

/* Whole numbers from 0 to 254 are their own bins; anything else is missing. */
void EXPORT(bin_categories)(const float *values, u32 count, u8 *lane) {
  for (u32 i = 0; i < count; i++) {
    float x = values[i];
    u32 code = x >= 0 && x < MISSING ? (u32)x : MISSING;
    lane[i * LANES] = (float)code == x ? (u8)code : MISSING;
  }
}

void EXPORT(bin_column)(const float *values, u32 count, const float *thresholds, u8 *lane) {
  for (u32 i = 0; i < count; i++) {
    float x = values[i];
    u32 at = 0;
    for (u32 step = 128; step > 0; step >>= 1) at += thresholds[at + step - 1] < x ? step : 0;
    lane[i * LANES] = x != x ? MISSING : (u8)at;
  }
}

/* Binary log loss: g = p − y, h = p (1 − p). Without `gradients` only the loss. */
void EXPORT(binary_loss)(const double *raw, const double *labels, u32 count, i64 *gradients, double *stats) {
  Product product = { 1, 0 };
  double extra = 0;
  const i64 one = (i64)1 << fixed.shift;
  for (u32 i = 0; i < count; i++) {
    double z = raw[i], y = labels[i];
    double small = exponential(z < 0 ? z : -z);
    double denominator = 1 + small;
    multiply(&product, denominator);
    extra += (z > 0 ? z : 0) - y * z;
    if (gradients) {
      double p = (z < 0 ? small : 1) / denominator;
      gradients[2 * i] = quantise(p - y, fixed.gradientScale);
      gradients[2 * i + 1] = one + quantise(p * (1 - p), fixed.hessianScale);
    }
  }
  report(stats, product, extra);
}

/* Probabilities [classes][count] of raw scores [classes][count], and the log loss. */
void EXPORT(softmax_loss)(const double *raw, const double *labels, u32 count, u32 classes, double *probabilities,
                          double *stats) {
  Product product = { 1, 0 };
  for (u32 i = 0; i < count; i++) {
    double top = raw[i];
    for (u32 k = 1; k < classes; k++) if (raw[k * count + i] > top) top = raw[k * count + i];
    double total = 0;
    for (u32 k = 0; k < classes; k++) {
      double e = exponential(raw[k * count + i] - top);
      probabilities[k * count + i] = e;
      total += e;
    }
    double inverse = 1 / total;
    for (u32 k = 0; k < classes; k++) probabilities[k * count + i] *= inverse;
    double own = probabilities[(u32)labels[i] * count + i];
    multiply(&product, 1 / (own < 1e-300 ? 1e-300 : own));
  }
  report(stats, product, 0);
}

void EXPORT(softmax_gradients)(const double *probabilities, const double *labels, u32 count, double class,
                               i64 *gradients) {
  const i64 one = (i64)1 << fixed.shift;
  for (u32 i = 0; i < count; i++) {
    double p = probabilities[i];
    gradients[2 * i] = quantise(p - (labels[i] == class ? 1 : 0), fixed.gradientScale);
    gradients[2 * i + 1] = one + quantise(p * (1 - p), fixed.hessianScale);
  }
}

/* Half squared error: g = raw − y, h = 1. stats: [sum of squares, largest |g|]. */
void EXPORT(squared_loss)(const double *raw, const double *labels, u32 count, double *stats) {
  double total = 0, most = 0;
  for (u32 i = 0; i < count; i++) {
    double g = raw[i] - labels[i];
    total += g * g;
    double size = __builtin_fabs(g);
    most = size > most ? size : most;
  }
  stats[0] = total;
  stats[1] = most;
}

void EXPORT(squared_gradients)(const double *raw, const double *labels, u32 count, i64 *gradients) {
  const i64 second = ((i64)1 << fixed.shift) + quantise(1, fixed.hessianScale);
  for (u32 i = 0; i < count; i++) {
    gradients[2 * i] = quantise(raw[i] - labels[i], fixed.gradientScale);
    gradients[2 * i + 1] = second;
  }
}

/* Half Poisson deviance with a logarithmic link: g = e^raw − y, h = e^raw. stats: [sum of e^raw − y·raw, largest |g|, largest h]. */
void EXPORT(poisson_loss)(const double *raw, const double *labels, u32 count, double *stats) {
  double total = 0, mostG = 0, mostH = 0;
  for (u32 i = 0; i < count; i++) {
    double mean = exponential(raw[i]), size = __builtin_fabs(mean - labels[i]);
    total += mean - labels[i] * raw[i];
    mostG = size > mostG ? size : mostG;
    mostH = mean > mostH ? mean : mostH;
  }
  stats[0] = total;
  stats[1] = mostG;
  stats[2] = mostH;
}

void EXPORT(poisson_gradients)(const double *raw, const double *labels, u32 count, i64 *gradients) {
  const i64 one = (i64)1 << fixed.shift;
  for (u32 i = 0; i < count; i++) {
    double mean = exponential(raw[i]);
    gradients[2 * i] = quantise(mean - labels[i], fixed.gradientScale);
    gradients[2 * i + 1] = one + quantise(mean, fixed.hessianScale);
  }
}

/* Pinball loss of a quantile q: g = 1 − q above the label, −q below; h = 1. The loss of all rows. */
double EXPORT(pinball_loss)(const double *raw, const double *labels, u32 count, double q) {
  double total = 0;
  for (u32 i = 0; i < count; i++) {
    double over = raw[i] - labels[i];
    total += over > 0 ? (1 - q) * over : -q * over;
  }
  return total;
}

void EXPORT(pinball_gradients)(const double *raw, const double *labels, u32 count, double q, i64 *gradients) {
  const i64 second = ((i64)1 << fixed.shift) + quantise(1, fixed.hessianScale);
  for (u32 i = 0; i < count; i++) {
    gradients[2 * i] = quantise(raw[i] > labels[i] ? 1 - q : -q, fixed.gradientScale);
    gradients[2 * i + 1] = second;
  }
}

/* Gradients of the given rows in their order, and their sum. */
void EXPORT(gather)(const i64 *gradients, const u32 *rows, u32 count, i64 *ordered, i64 *sum) {
  v128_t total = wasm_i64x2_splat(0);
  for (u32 i = 0; i < count; i++) {
    v128_t pair = wasm_v128_load(gradients + 2 * rows[i]);
    wasm_v128_store(ordered + 2 * i, pair);
    total = wasm_i64x2_add(total, pair);
  }
  wasm_v128_store(sum, total);
}

static inline void add(i64 *histogram, u32 bin, v128_t pair) {
  i64 *at = histogram + 2 * bin;
  wasm_v128_store(at, wasm_i64x2_add(wasm_v128_load(at), pair));
}

/*
 * Histograms [4 features][256 bins][2] of each group listed. `bins` is [groups][total] words; `ordered` holds the rows'
 * gradients in the order of `rows`.
 */
void EXPORT(histogram)(const u32 *bins, u32 total, const u32 *groups, u32 groupCount, const u32 *rows, u32 count,
                       const i64 *ordered, i64 *histograms) {
  for (u32 g = 0; g < groupCount; g++) {
    const u32 *words = bins + (u32)groups[g] * total;
    i64 *h0 = histograms + (u32)groups[g] * (LANES * BINS * 2);
    i64 *h1 = h0 + BINS * 2, *h2 = h1 + BINS * 2, *h3 = h2 + BINS * 2;
    __builtin_memset(h0, 0, LANES * BINS * 16);
    u32 i = 0;
    for (; i + 1 < count; i += 2) {
      u32 w = words[rows[i]], x = words[rows[i + 1]];
      v128_t a = wasm_v128_load(ordered + 2 * i), b = wasm_v128_load(ordered + 2 * i + 2);
      add(h0, w & 255, a);
      add(h1, w >> 8 & 255, a);
      add(h2, w >> 16 & 255, a);
      add(h3, w >> 24, a);
      add(h0, x & 255, b);
      add(h1, x >> 8 & 255, b);
      add(h2, x >> 16 & 255, b);
      add(h3, x >> 24, b);
    }
    if (i < count) {
      u32 w = words[rows[i]];
      v128_t a = wasm_v128_load(ordered + 2 * i);
      add(h0, w & 255, a);
      add(h1, w >> 8 & 255, a);
      add(h2, w >> 16 & 255, a);
      add(h3, w >> 24, a);
    }
  }
}

/* parent − child, in the parent's place, for the groups listed. */
void EXPORT(subtract)(i64 *parent, const i64 *child, const u32 *groups, u32 groupCount) {
  for (u32 g = 0; g < groupCount; g++) {
    u32 from = groups[g] * (LANES * BINS * 2);
    for (u32 i = from; i < from + LANES * BINS * 2; i += 2)
      wasm_v128_store(parent + i, wasm_i64x2_sub(wasm_v128_load(parent + i), wasm_v128_load(child + i)));
  }
}

typedef struct {
  double gain;
  u32 feature, bin, missingLeft, leftCount;
  i64 left[2], right[2];
  double leftValue, rightValue;
  /* Of a categorical split: the bins that go left, a bit each. */
  u32 categorical, set[8];
} Split;

static inline u32 countOf(i64 second) { return (u32)((u64)second >> fixed.shift); }
static inline double gradientOf(i64 first) { return (double)first * fixed.gradientUnit; }
static inline double hessianOf(i64 second) {
  return (double)(second & (((i64)1 << fixed.shift) - 1)) * fixed.hessianUnit;
}

/*
 * The best split of a node over the features listed. Gain: G_l²/(H_l+λ) + G_r²/(H_r+λ) − G²/(H+λ) (Chen & Guestrin,
 * XGBoost, KDD 2016, eq. 7 without its ½ and γ). Missing values go to the side that gains more; where the node has none,
 * to the larger side. Of equal gains the first feature and the lowest bin win. `gain` ≤ 0 means: no split.
 * thresholds: how many each feature has; bin b splits into ≤ b and > b.
 */
void EXPORT(best_split)(const i64 *histograms, const u32 *features, u32 featureCount, const u32 *thresholds,
                        const i64 *total, double l2, u32 least, double leastHessian, Split *split) {
  split->gain = 0;
  split->categorical = 0;
  const i64 G = total[0], H = total[1];
  const u32 all = countOf(H);
  const double g = gradientOf(G), parent = g * g / (hessianOf(H) + l2 + 1e-15);
  /* A gain below rounding is no gain. */
  double best = parent * (1 + 1e-12);
  for (u32 f = 0; f < featureCount; f++) {
    u32 feature = features[f];
    const i64 *bins = histograms + feature * (BINS * 2);
    const i64 missingG = bins[2 * MISSING], missingH = bins[2 * MISSING + 1];
    const u32 cuts = thresholds[feature];
    const int missing = missingH != 0;
    for (int side = 0; side <= missing; side++) {
      i64 leftG = side ? missingG : 0, leftH = side ? missingH : 0;
      const u32 end = side || !missing ? cuts : cuts + 1;
      for (u32 b = 0; b < end; b++) {
        i64 h = bins[2 * b + 1];
        if (h == 0) continue;
        leftG += bins[2 * b];
        leftH += h;
        u32 n = countOf(leftH);
        if (n < least) continue;
        if (all - n < least) break;
        double hl = hessianOf(leftH), hr = hessianOf(H - leftH);
        if (hl < leastHessian) continue;
        if (hr < leastHessian) break;
        hl += l2 + 1e-15;
        hr += l2 + 1e-15;
        double gl = gradientOf(leftG), gr = g - gl;
        double score = (gl * gl * hr + gr * gr * hl) / (hl * hr);
        if (score > best) {
          best = score;
          split->gain = score - parent;
          split->feature = feature;
          split->bin = b;
          split->missingLeft = missing ? (u32)side : n > all - n;
          split->leftCount = n;
          split->left[0] = leftG;
          split->left[1] = leftH;
          split->right[0] = G - leftG;
          split->right[1] = H - leftH;
          split->leftValue = -gl / hl;
          split->rightValue = -gr / hr;
        }
      }
    }
  }
}

static inline double shrunk(double g, double l1) { return g > l1 ? g - l1 : g < -l1 ? g + l1 : 0; }
static inline double clamped(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

/* The value with the least loss, −T(G) / (H + λ) with T the soft threshold by the L1 penalty, kept within bounds. */
static inline double value_of(double g, double h, double l1, double l2, double low, double high) {
  return clamped(-shrunk(g, l1) / (h + l2 + 1e-15), low, high);
}

/* Twice the loss that a value saves. */
static inline double saved_by(double g, double h, double v, double l1, double l2) {
  return -(2 * g * v + (h + l2) * v * v + 2 * l1 * __builtin_fabs(v));
}

/* −T(G) / (H + λ) of a node. */
double EXPORT(leaf_value)(const i64 *total, double l1, double l2) {
  return value_of(gradientOf(total[0]), hessianOf(total[1]), l1, l2, -__builtin_inf(), __builtin_inf());
}

typedef struct {
  double l1, l2, leastHessian, leastGain, low, high;
  u32 least;
} Rules;

/* Takes a division of a node when it is better than the best so far. */
static inline int take(Split *split, double *best, const Rules *rules, const i64 *total, i64 leftG, i64 leftH, u32 kind,
                       double parent) {
  double gl = gradientOf(leftG), hl = hessianOf(leftH), gr = gradientOf(total[0] - leftG),
         hr = hessianOf(total[1] - leftH);
  double vl = value_of(gl, hl, rules->l1, rules->l2, rules->low, rules->high);
  double vr = value_of(gr, hr, rules->l1, rules->l2, rules->low, rules->high);
  if ((kind == 1 && vl > vr) || (kind == 2 && vl < vr)) return 0;
  double score = saved_by(gl, hl, vl, rules->l1, rules->l2) + saved_by(gr, hr, vr, rules->l1, rules->l2);
  if (!(score > *best)) return 0;
  *best = score;
  split->gain = score - parent;
  split->leftCount = countOf(leftH);
  split->left[0] = leftG;
  split->left[1] = leftH;
  split->right[0] = total[0] - leftG;
  split->right[1] = total[1] - leftH;
  split->leftValue = vl;
  split->rightValue = vr;
  return 1;
}

/*
 * As best_split, with everything that a tree may be held to. Kinds of features: 0 any, 1 increasing, 2 decreasing (the
 * values of a node's children are in that order and within the node's bounds), 3 categorical: the bins are ordered by
 * their mean gradient, of which a prefix goes left (Fisher, "On grouping for maximum homogeneity", 1958); missing is one of
 * them, and what the node does not have goes to the larger side.
 */
void EXPORT(best_split_ruled)(const i64 *histograms, const u32 *features, u32 featureCount, const u32 *thresholds,
                              const u32 *kinds, const i64 *total, const Rules *rules, Split *split) {
  split->gain = 0;
  split->categorical = 0;
  const i64 H = total[1];
  const u32 all = countOf(H), least = rules->least;
  const double g = gradientOf(total[0]), h = hessianOf(H);
  const double parent = saved_by(g, h, value_of(g, h, rules->l1, rules->l2, rules->low, rules->high), rules->l1, rules->l2);
  double best = parent + rules->leastGain + 1e-12 * __builtin_fabs(parent);
  for (u32 f = 0; f < featureCount; f++) {
    u32 feature = features[f], kind = kinds[feature];
    const i64 *bins = histograms + feature * (BINS * 2);
    if (kind == 3) {
      u32 order[BINS], count = 0;
      double keys[BINS], smooth = 10 * h / all + 1e-15;
      for (u32 b = 0; b < BINS; b++) {
        if (bins[2 * b + 1] == 0) continue;
        double key = gradientOf(bins[2 * b]) / (hessianOf(bins[2 * b + 1]) + smooth);
        u32 at = count++;
        for (; at > 0 && keys[at - 1] > key; at--) {
          keys[at] = keys[at - 1];
          order[at] = order[at - 1];
        }
        keys[at] = key;
        order[at] = b;
      }
      i64 leftG = 0, leftH = 0;
      for (u32 i = 0; i + 1 < count; i++) {
        leftG += bins[2 * order[i]];
        leftH += bins[2 * order[i] + 1];
        u32 n = countOf(leftH);
        if (n < least || hessianOf(leftH) < rules->leastHessian) continue;
        if (all - n < least || hessianOf(H - leftH) < rules->leastHessian) break;
        if (!take(split, &best, rules, total, leftG, leftH, 0, parent)) continue;
        split->feature = feature;
        split->categorical = 1;
        u32 larger = n > all - n;
        for (u32 w = 0; w < 8; w++) split->set[w] = larger ? 0xffffffffu : 0;
        for (u32 j = larger ? i + 1 : 0; j < (larger ? count : i + 1); j++)
          split->set[order[j] >> 5] ^= 1u << (order[j] & 31);
        split->bin = 0;
        split->missingLeft = split->set[7] >> 31;
      }
      continue;
    }
    const i64 missingG = bins[2 * MISSING], missingH = bins[2 * MISSING + 1];
    const u32 cuts = thresholds[feature];
    const int missing = missingH != 0;
    for (int side = 0; side <= missing; side++) {
      i64 leftG = side ? missingG : 0, leftH = side ? missingH : 0;
      const u32 end = side || !missing ? cuts : cuts + 1;
      for (u32 b = 0; b < end; b++) {
        if (bins[2 * b + 1] == 0) continue;
        leftG += bins[2 * b];
        leftH += bins[2 * b + 1];
        u32 n = countOf(leftH);
        if (n < least || hessianOf(leftH) < rules->leastHessian) continue;
        if (all - n < least || hessianOf(H - leftH) < rules->leastHessian) break;
        if (!take(split, &best, rules, total, leftG, leftH, kind, parent)) continue;
        split->feature = feature;
        split->categorical = 0;
        split->bin = b;
        split->missingLeft = missing ? (u32)side : n > all - n;
      }
    }
  }
}

/* Splits a node's rows in place, keeping their order on each side; gives the number that went left. */
u32 EXPORT(partition)(const u8 *lane, u32 *rows, u32 count, u32 bin, u32 missingLeft, u32 *scratch) {
  u32 left = 0, right = 0;
  for (u32 i = 0; i < count; i++) {
    u32 row = rows[i];
    u32 b = lane[row * LANES];
    u32 goes = b == MISSING ? missingLeft : b <= bin;
    rows[left] = row;
    scratch[right] = row;
    left += goes;
    right += 1 - goes;
  }
  __builtin_memcpy(rows + left, scratch, right * 4);
  return left;
}

/* The same for a categorical split. */
u32 EXPORT(partition_set)(const u8 *lane, u32 *rows, u32 count, const u32 *set, u32 *scratch) {
  u32 left = 0, right = 0;
  for (u32 i = 0; i < count; i++) {
    u32 row = rows[i];
    u32 b = lane[row * LANES];
    u32 goes = set[b >> 5] >> (b & 31) & 1;
    rows[left] = row;
    scratch[right] = row;
    left += goes;
    right += 1 - goes;
  }
  __builtin_memcpy(rows + left, scratch, right * 4);
  return left;
}

void EXPORT(add_value)(double *raw, const u32 *rows, u32 count, double value) {
  for (u32 i = 0; i < count; i++) raw[rows[i]] += value;
}

/* `set` is that of a categorical split, or null. */
typedef struct { u32 feature, bin, missingLeft, left, right, leaf; double value; const u32 *set; } Node;

/* Adds a tree's value to each row's raw score. Rows are 0 … count − 1 unless listed. */
void EXPORT(add_tree)(const u32 *bins, u32 total, const Node *nodes, const u32 *rows, u32 count, double *raw) {
  for (u32 i = 0; i < count; i++) {
    u32 row = rows ? rows[i] : i;
    const Node *node = nodes;
    while (!node->leaf) {
      u32 b = (bins[(node->feature >> 2) * total + row] >> (8 * (node->feature & 3))) & 255;
      u32 goes = node->set ? node->set[b >> 5] >> (b & 31) & 1 : b == MISSING ? node->missingLeft : b <= node->bin;
      node = nodes + (goes ? node->left : node->right);
    }
    raw[row] += node->value;
  }
}

/*
 * A node of a forest's tree. Rows have a weight and either a class or a value; a node is as good as the sum over its
 * outputs of S²/W, which for classes is the Gini index and for values the variance (Breiman et al., CART, 1984).
 */
typedef struct {
  double gain;
  u32 feature, bin, missingLeft, leftCount;
} Cut;

typedef struct {
  const u32 *bins;
  u32 total;
  const double *targets, *weights;
  /* 0 for values. */
  u32 classes;
} Rows;

/* Sums of a node: [one an output][weight]. */
void EXPORT(node_sums)(const Rows *data, const u32 *rows, u32 count, double *sums) {
  const u32 outputs = data->classes ? data->classes : 1;
  for (u32 k = 0; k <= outputs; k++) sums[k] = 0;
  for (u32 i = 0; i < count; i++) {
    u32 row = rows[i];
    double w = data->weights[row];
    if (data->classes) sums[(u32)data->targets[row]] += w;
    else sums[0] += w * data->targets[row];
    sums[outputs] += w;
  }
}

static inline double goodness(const double *sums, u32 outputs) {
  double total = 0;
  for (u32 k = 0; k < outputs; k++) total += sums[k] * sums[k];
  return total / sums[outputs];
}

/*
 * The best division of a node among the features listed. `table` is scratch [256][outputs + 1], zero between calls, and
 * `counts` [256]; `sums` those of node_sums; `left` scratch [outputs + 1].
 */
void EXPORT(forest_split)(const Rows *data, const u32 *features, u32 featureCount, const u32 *cuts, const u32 *rows,
                          u32 count, const double *sums, double *table, u32 *counts, double *left, u32 least, Cut *cut) {
  const u32 outputs = data->classes ? data->classes : 1, stride = outputs + 1;
  const double parent = goodness(sums, outputs);
  double best = parent * (1 + 1e-12) + 1e-12;
  cut->gain = 0;
  for (u32 f = 0; f < featureCount; f++) {
    u32 feature = features[f];
    const u8 *lane = (const u8 *)(data->bins + (feature >> 2) * data->total) + (feature & 3);
    u32 low = BINS, high = 0;
    for (u32 i = 0; i < count; i++) {
      u32 row = rows[i], b = lane[row * LANES];
      double w = data->weights[row], *at = table + b * stride;
      if (data->classes) at[(u32)data->targets[row]] += w;
      else at[0] += w * data->targets[row];
      at[outputs] += w;
      counts[b]++;
      if (b == MISSING) continue;
      low = b < low ? b : low;
      high = b > high ? b : high;
    }
    const u32 missing = counts[MISSING];
    for (u32 side = 0; side <= (missing > 0); side++) {
      u32 n = side ? missing : 0;
      for (u32 k = 0; k < stride; k++) left[k] = side ? table[MISSING * stride + k] : 0;
      /* With missing values on the right the last bin may be cut off from them alone. */
      const u32 end = missing && !side ? high + 1 : high;
      for (u32 b = low; b < end && b < MISSING; b++) {
        if (counts[b] == 0) continue;
        const double *at = table + b * stride;
        for (u32 k = 0; k < stride; k++) left[k] += at[k];
        n += counts[b];
        if (n < least) continue;
        if (count - n < least) break;
        double l = 0, r = 0;
        for (u32 k = 0; k < outputs; k++) {
          double rest = sums[k] - left[k];
          l += left[k] * left[k];
          r += rest * rest;
        }
        double score = l / left[outputs] + r / (sums[outputs] - left[outputs]);
        if (!(score > best)) continue;
        best = score;
        cut->gain = score - parent;
        cut->feature = feature;
        cut->bin = b < cuts[feature] ? b : cuts[feature];
        cut->missingLeft = missing ? side : n > count - n;
        cut->leftCount = n;
      }
    }
    if (low <= high) {
      __builtin_memset(table + low * stride, 0, (high - low + 1) * stride * 8);
      __builtin_memset(counts + low, 0, (high - low + 1) * 4);
    }
    if (missing) __builtin_memset(table + MISSING * stride, 0, stride * 8);
    counts[MISSING] = 0;
  }
}
