import { type Binned, laneOf } from './binned';
import { GROUP_BYTES, type Kernel, LANES } from './kernel';
import { Leaves, type Open, type Part } from './leaves';
import { type Grown, Growing } from './growing';

export interface GrowSettings {
  readonly leaves: number;
  readonly depth: number;
  readonly samplesPerLeaf: number;
  readonly l1: number;
  readonly l2: number;
  readonly leastGain: number;
  /** A kind a feature: 0 any, 1 increasing, 2 decreasing, 3 categorical. */
  readonly kinds?: Uint32Array;
  readonly learningRate: number;
  /** Bytes of histograms kept at most, 1 GiB unless given; with more open leaves the least gainful ones are counted anew. */
  readonly histogramBytes?: number;
}

/** Bytes of kernel.c's Split and Node, and where a Split holds its children's sums and values. */
const SPLIT_BYTES = 112;
const NODE_BYTES = 40;
const RULES_BYTES = 56;
const SET_BYTES = 32;
const CHILD_TOTALS = 24;
const CHILD_VALUES = 56;
const CATEGORICAL = 72;
/** As scikit-learn: no child with a Hessian below this. */
const LEAST_HESSIAN = 1e-3;
const HISTOGRAM_BUDGET = 1 << 30;

/**
 * Grows trees leaf by leaf, the most gainful first (Shi, "Best-first decision tree learning", 2007), on histograms of
 * which only the smaller child's is counted: the larger child's is the parent's minus it.
 */
export class Grower {
  /** The rows of the tree: filled by the caller in ascending order, regrouped while growing so that each leaf's are together. */
  readonly rows: number;
  private readonly ordered: number;
  private readonly scratch: number;
  private readonly total: number;
  private readonly splits: number;
  private readonly nodes: number;
  private readonly features: number;
  private readonly groups: number;
  private readonly cuts: number;
  private readonly kinds: number;
  private readonly rules: number;
  private readonly sets: number;
  /** Whether anything beyond plain splits is asked for. */
  private readonly ruled: boolean;
  private readonly slots: readonly number[];

  private tree = new Growing();
  private open = new Leaves();
  private free: number[] = [];
  private leaves = 0;
  private featureCount = 0;
  private groupCount = 0;
  private finished: Part[] = [];

  constructor(
    private readonly kernel: Kernel,
    private readonly train: Binned,
    private readonly gradients: number,
    private readonly thresholds: readonly Float32Array[],
    private readonly settings: GrowSettings,
  ) {
    const { rows } = train;
    const leaves = Math.min(settings.leaves, rows);
    const groups = Math.ceil(thresholds.length / LANES);
    this.rows = kernel.allocate(rows * 4);
    this.scratch = kernel.allocate(rows * 4);
    this.ordered = kernel.allocate(rows * 16);
    this.total = kernel.allocate(16);
    this.splits = kernel.allocate(2 * leaves * SPLIT_BYTES);
    this.nodes = kernel.allocate(2 * leaves * NODE_BYTES);
    this.features = kernel.allocate(thresholds.length * 4);
    this.groups = kernel.allocate(groups * 4);
    this.cuts = kernel.allocate(thresholds.length * 4);
    kernel.u32(this.cuts, thresholds.length).set(thresholds.map((list) => list.length));
    this.kinds = kernel.allocate(thresholds.length * 4);
    this.rules = kernel.allocate(RULES_BYTES);
    this.sets = kernel.allocate(2 * leaves * SET_BYTES);
    const { kinds, l1, leastGain } = settings;
    if (kinds) kernel.u32(this.kinds, thresholds.length).set(kinds);
    this.ruled = l1 > 0 || leastGain > 0 || kinds?.some((kind) => kind > 0) === true;
    const bytes = groups * GROUP_BYTES;
    const slots = Math.max(3, Math.min(leaves + 1, Math.floor((settings.histogramBytes ?? HISTOGRAM_BUDGET) / bytes)));
    this.slots = Array.from({ length: slots }, () => kernel.allocate(bytes));
  }

  /** One tree on the first `count` entries of `rows`, asking only the given features (ascending). */
  grow(count: number, features: Uint32Array): Grown {
    const { kernel, settings } = this;
    const groups = Uint32Array.from(new Set(features.map((feature) => feature >> 2)));
    kernel.u32(this.features, features.length).set(features);
    kernel.u32(this.groups, groups.length).set(groups);
    this.featureCount = features.length;
    this.groupCount = groups.length;
    this.tree = new Growing();
    this.open = new Leaves();
    this.free = [...this.slots].reverse();
    this.finished = [];
    this.leaves = 1;

    kernel.call.gather(this.gradients, this.rows, count, this.ordered, this.total);
    const root: Part = {
      node: this.tree.add(count),
      start: 0,
      count,
      depth: 0,
      total: this.total,
      value: kernel.call.leaf_value(this.total, settings.l1, settings.l2),
      low: -Infinity,
      high: Infinity,
    };
    if (this.splittable(root)) {
      const slot = this.take();
      this.count(root, slot);
      this.consider(root, slot);
    } else this.finish(root);
    for (let leaf = this.open.pop(); leaf !== undefined; leaf = this.open.pop()) {
      if (this.leaves >= settings.leaves) this.finish(leaf);
      else this.divide(leaf, this.children(leaf));
    }
    return this.tree.finish();
  }

  /** Gives the last tree's leaves other values, before shrinkage, by the rows in each. */
  refit({ tree }: Grown, valueOf: (rows: Uint32Array) => number): void {
    this.finished = this.finished.map((part) => {
      const value = valueOf(this.kernel.u32(this.rows + part.start * 4, part.count));
      tree.value[part.node] = value * this.settings.learningRate;
      return { ...part, value };
    });
  }

  /** Adds the last tree to the scores of the rows that it was grown on. */
  addToRows(raw: number): void {
    for (const { start, count, value } of this.finished) {
      this.kernel.call.add_value(raw, this.rows + start * 4, count, value * this.settings.learningRate);
    }
  }

  /** Adds a tree to the scores of all rows of a binned matrix. */
  addToAll({ tree, bin }: Grown, binned: Binned, raw: number): void {
    const { kernel } = this;
    const count = tree.feature.length;
    const words = kernel.u32(this.nodes, count * 10);
    const values = kernel.f64(this.nodes, count * 5);
    for (let i = 0; i < count; i++) {
      const leaf = tree.feature[i]! < 0;
      words[10 * i] = leaf ? 0 : tree.feature[i]!;
      words[10 * i + 1] = bin[i]!;
      words[10 * i + 2] = tree.missingLeft[i]!;
      words[10 * i + 3] = tree.left[i]!;
      words[10 * i + 4] = tree.right[i]!;
      words[10 * i + 5] = Number(leaf);
      values[5 * i + 3] = tree.value[i]!;
      const set = tree.sets?.get(i);
      words[10 * i + 8] = set ? this.sets + i * SET_BYTES : 0;
      if (set) kernel.u32(this.sets + i * SET_BYTES, 8).set(set);
    }
    kernel.call.add_tree(binned.bins, binned.rows, this.nodes, 0, binned.rows, raw);
  }

  /** Sends a leaf's rows to its two children. */
  private children(leaf: Open): [Part, Part] {
    const { kernel } = this;
    const [feature, bin, missingLeft] = kernel.u32(leaf.split + 8, 3) as unknown as [number, number, number];
    const [leftValue, rightValue] = kernel.f64(leaf.split + CHILD_VALUES, 2) as unknown as [number, number];
    const lane = laneOf(this.train, feature);
    const from = this.rows + leaf.start * 4;
    const [categorical] = kernel.u32(leaf.split + CATEGORICAL, 1);
    const set = categorical === 1 ? kernel.u32(leaf.split + CATEGORICAL + 4, 8).slice() : undefined;
    const leftCount = set
      ? kernel.call.partition_set(lane, from, leaf.count, leaf.split + CATEGORICAL + 4, this.scratch)
      : kernel.call.partition(lane, from, leaf.count, bin, missingLeft, this.scratch);
    const rightCount = leaf.count - leftCount;
    const [left, right] = this.tree.split(leaf.node, {
      feature,
      bin,
      threshold: this.thresholds[feature]![bin] ?? Infinity,
      missingLeft,
      gain: leaf.gain,
      ...(set && { set }),
      leftCount,
      rightCount,
    });
    this.leaves++;
    const depth = leaf.depth + 1;
    const totals = leaf.split + CHILD_TOTALS;
    const kind = this.settings.kinds?.[feature] ?? 0;
    const middle = (leftValue + rightValue) / 2;
    const { low, high } = leaf;
    const lower = { low, high: middle };
    const upper = { low: middle, high };
    const bounds = kind === 1 ? [lower, upper] : kind === 2 ? [upper, lower] : [leaf, leaf];
    const part = (node: number, start: number, count: number, total: number, value: number, side: number): Part => {
      const { low: least, high: most } = bounds[side]!;
      return { node, start, count, depth, total, value, low: least, high: most };
    };
    return [
      part(left, leaf.start, leftCount, totals, leftValue, 0),
      part(right, leaf.start + leftCount, rightCount, totals + 16, rightValue, 1),
    ];
  }

  /** Makes leaves of the children, open where they may be split further. */
  private divide(leaf: Open, [left, right]: [Part, Part]): void {
    const [small, large] = left.count <= right.count ? [left, right] : [right, left];
    if (this.leaves >= this.settings.leaves || !this.splittable(large)) {
      this.release(leaf.slot);
      this.finish(small);
      this.finish(large);
      return;
    }
    const smallSlot = this.take();
    this.count(small, smallSlot);
    let largeSlot = leaf.slot;
    if (largeSlot >= 0) this.kernel.call.subtract(largeSlot, smallSlot, this.groups, this.groupCount);
    if (this.splittable(small)) this.consider(small, smallSlot);
    else {
      this.release(smallSlot);
      this.finish(small);
    }
    if (largeSlot < 0) {
      largeSlot = this.take();
      this.count(large, largeSlot);
    }
    this.consider(large, largeSlot);
  }

  private splittable(part: Part): boolean {
    const { samplesPerLeaf, depth, leaves } = this.settings;
    return part.count >= 2 * samplesPerLeaf && part.depth < depth && leaves > 1;
  }

  /** Counts a node's histograms into a slot. */
  private count(part: Part, slot: number): void {
    const { call } = this.kernel;
    const from = this.rows + part.start * 4;
    if (part.depth > 0) call.gather(this.gradients, from, part.count, this.ordered, this.total);
    const { bins, rows } = this.train;
    call.histogram(bins, rows, this.groups, this.groupCount, from, part.count, this.ordered, slot);
  }

  /** Opens a leaf with its best split, or finishes it when there is none. */
  private consider(part: Part, slot: number): void {
    const { kernel, settings } = this;
    const split = this.splits + part.node * SPLIT_BYTES;
    if (this.ruled) this.considerRuled(part, slot, split);
    else
      kernel.call.best_split(
        slot,
        this.features,
        this.featureCount,
        this.cuts,
        part.total,
        settings.l2,
        settings.samplesPerLeaf,
        LEAST_HESSIAN,
        split,
      );
    const gain = kernel.f64(split, 1)[0]!;
    if (gain > 0) this.open.push({ ...part, gain, split, slot });
    else {
      this.release(slot);
      this.finish(part);
    }
  }

  private considerRuled(part: Part, slot: number, split: number): void {
    const { kernel, settings } = this;
    const { l1, l2, leastGain, samplesPerLeaf } = settings;
    kernel.f64(this.rules, 6).set([l1, l2, LEAST_HESSIAN, leastGain, part.low, part.high]);
    kernel.u32(this.rules + 48, 1)[0] = samplesPerLeaf;
    kernel.call.best_split_ruled(
      slot,
      this.features,
      this.featureCount,
      this.cuts,
      this.kinds,
      part.total,
      this.rules,
      split,
    );
  }

  private finish(part: Part): void {
    this.tree.leaf(part.node, part.value * this.settings.learningRate);
    this.finished.push(part);
  }

  private take(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    const least = this.open.leastWithSlot();
    if (least === undefined) throw new Error('no histogram slot left');
    const { slot } = least;
    least.slot = -1;
    return slot;
  }

  private release(slot: number): void {
    if (slot >= 0) this.free.push(slot);
  }
}
