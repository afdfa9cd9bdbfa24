import { type Ensemble, type Tree } from '../../model/ensemble';
import { Random } from '../../statistics/random';
import { type Columns } from '../columns';
import { type Binned, binColumns, laneOf } from './binned';
import { cutsOf } from './booster';
import { type Grown, Growing } from './growing';
import { Kernel, LANES } from './kernel';

export interface ForestSettings {
  readonly trees: number;
  /** Most leaves of a tree; Infinity for no limit. */
  readonly leaves: number;
  readonly depth: number;
  readonly samplesPerLeaf: number;
  readonly bins: number;
  /** Features asked for each split. */
  readonly columns: number;
  /** Rows drawn with replacement for each tree, as a share; undefined: all rows, once each. */
  readonly rowSample: number | undefined;
  readonly seed: number;
}

/** Column-major features (NaN is missing) with a class index or a value a row, and a weight a row. */
export interface ForestData {
  readonly columns: Columns;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
  /** Further rows that trees are asked about. */
  readonly validation?: { readonly columns: Columns; readonly rows: number };
}

export interface Forest {
  /** Its scores are the mean of the trees': probabilities of the classes, or values. */
  readonly ensemble: Ensemble;
  /** Share of the gain that each feature brought; sums to 1 unless nothing was split. */
  readonly importance: Float64Array;
}

/** A finished tree, counted from 1. */
export interface ForestRound {
  readonly round: number;
  readonly tree: Tree;
  /** Whether each training row took part in it. */
  readonly used: Uint8Array;
  /** Tells the leaf of each row, but for those that are marked. */
  readonly leaves: (of: 'train' | 'validation', told: (row: number, leaf: number) => void, skip?: Uint8Array) => void;
}

interface Node {
  readonly node: number;
  readonly start: number;
  readonly count: number;
  readonly depth: number;
  readonly gain: number;
  readonly cut: { readonly feature: number; readonly bin: number; readonly missingLeft: number };
}

/** Bin of a missing value. */
const MISSING = 255;
/** A row of the kernel's Cut and Rows records. */
const CUT_BYTES = 24;
const ROWS_BYTES = 20;

/**
 * Random forests (Breiman, "Random forests", 2001) and single trees (CART) on binned features. `classes` 0 is a
 * regression. The same data, settings and seed give the same bytes.
 *
 * @throws KernelMemoryError when the matrix does not fit into 4 GiB
 */
export async function growForest(
  data: ForestData,
  classes: number,
  settings: ForestSettings,
  onTree: (round: ForestRound) => Promise<void> | void,
): Promise<Forest> {
  const random = new Random(settings.seed).fork('forest');
  const kernel = new Kernel();
  const rows = data.labels.length;
  const { validation } = data;
  const scratch = {
    values: kernel.allocate(Math.max(rows, validation?.rows ?? 0) * 4),
    thresholds: kernel.allocate(1024),
  };
  const thresholds = cutsOf(data.columns, rows, settings.bins, random.fork('quantiles'));
  const binned = binColumns(kernel, data.columns, rows, thresholds, scratch);
  const judged = validation && binColumns(kernel, validation.columns, validation.rows, thresholds, scratch);
  const grower = new ForestGrower(kernel, binned, data, classes, thresholds, settings);
  const trees: Grown[] = [];
  for (let round = 1; round <= settings.trees; round++) {
    const own = random.fork(round);
    const grown = grower.grow(own);
    trees.push(grown);
    await onTree({
      round,
      tree: grown.tree,
      used: grower.used,
      leaves: (of, told, skip) => {
        const asked = of === 'train' ? binned : judged;
        if (asked) walk(kernel, asked, grown, told, skip);
      },
    });
  }
  const outputs = Math.max(1, classes);
  return {
    ensemble: {
      features: data.columns.length,
      outputs,
      base: new Array<number>(outputs).fill(0),
      trees: trees.map(({ tree }) => ({ tree: scaled(tree, 1 / settings.trees), output: 0 })),
    },
    importance: shareOfGain(
      trees.map(({ tree }) => tree),
      data.columns.length,
    ),
  };
}

/** Sends every row down a tree by its bins, which goes as its values would. */
function walk(
  kernel: Kernel,
  { bins, rows }: Binned,
  { tree, bin }: Grown,
  told: (row: number, leaf: number) => void,
  skip?: Uint8Array,
): void {
  const { feature, missingLeft, left, right } = tree;
  const groups = feature.reduce((most, each) => Math.max(most, (each >> 2) + 1), 0);
  const bytes = kernel.u8(bins, groups * rows * LANES);
  for (let row = 0; row < rows; row++) {
    if (skip?.[row]) continue;
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      const own = bytes[((f >> 2) * rows + row) * LANES + (f & 3)]!;
      const goesLeft = own === MISSING ? missingLeft[node] === 1 : own <= bin[node]!;
      node = goesLeft ? left[node]! : right[node]!;
    }
    told(row, node);
  }
}

function scaled(tree: Tree, factor: number): Tree {
  return tree.values ? { ...tree, values: tree.values.map((value) => value * factor) } : tree;
}

/** Share of the gain of each feature in some trees, each tree counting alike. */
function shareOfGain(trees: readonly Tree[], features: number): Float64Array {
  const shares = new Float64Array(features);
  for (const tree of trees) {
    const total = tree.gain.reduce((sum, gain) => sum + gain, 0);
    if (total > 0)
      tree.feature.forEach((feature, node) => feature >= 0 && (shares[feature]! += tree.gain[node]! / total));
  }
  const all = shares.reduce((sum, share) => sum + share, 0);
  return all > 0 ? shares.map((share) => share / all) : shares;
}

class ForestGrower {
  /** Whether each row took part in the last tree. */
  used = new Uint8Array(0);
  private readonly outputs: number;
  private readonly rows: number;
  private readonly scratch: number;
  private readonly weights: number;
  private readonly data: number;
  private readonly features: number;
  private readonly cuts: number;
  private readonly sums: number;
  private readonly left: number;
  private readonly table: number;
  private readonly counts: number;
  private readonly cut: number;
  private values: number[] = [];

  constructor(
    private readonly kernel: Kernel,
    private readonly binned: Binned,
    private readonly given: ForestData,
    classes: number,
    private readonly thresholds: readonly Float32Array[],
    private readonly settings: ForestSettings,
  ) {
    const { rows } = binned;
    this.outputs = Math.max(1, classes);
    this.rows = kernel.allocate(rows * 4);
    this.scratch = kernel.allocate(rows * 4);
    this.weights = kernel.allocate(rows * 8);
    this.features = kernel.allocate(thresholds.length * 4);
    this.cuts = kernel.allocate(thresholds.length * 4);
    this.sums = kernel.allocate((this.outputs + 1) * 8);
    this.left = kernel.allocate((this.outputs + 1) * 8);
    this.table = kernel.allocate(256 * (this.outputs + 1) * 8);
    this.counts = kernel.allocate(256 * 4);
    this.cut = kernel.allocate(CUT_BYTES);
    this.data = kernel.allocate(ROWS_BYTES);
    const targets = kernel.allocate(rows * 8);
    // Values count from their mean, so that sums of squares lose no digits.
    const middle = classes > 0 ? 0 : given.labels.reduce((sum, label) => sum + label, 0) / rows;
    this.middle = middle;
    kernel.f64(targets, rows).set(given.labels.map((label) => label - middle));
    kernel.u32(this.cuts, thresholds.length).set(thresholds.map((list) => list.length));
    kernel.u32(this.data, 5).set([binned.bins, binned.rows, targets, this.weights, classes]);
  }

  private readonly middle: number;

  grow(random: Random): Grown {
    const { kernel, settings } = this;
    const count = this.draw(random.fork('rows'));
    const columns = random.fork('columns');
    const tree = new Growing();
    this.values = [];
    const open: Node[] = [];
    this.consider(tree.add(count), 0, count, 0, open, columns);
    let leaves = 1;
    while (open.length > 0 && leaves < settings.leaves) {
      const { node, start, count: size, depth, cut, gain } = pop(open, settings.leaves < Infinity);
      const from = this.rows + start * 4;
      const lane = laneOf(this.binned, cut.feature);
      const leftCount = kernel.call.partition(lane, from, size, cut.bin, cut.missingLeft, this.scratch);
      const [left, right] = tree.split(node, {
        ...cut,
        threshold: this.thresholds[cut.feature]![cut.bin] ?? Infinity,
        gain,
        leftCount,
        rightCount: size - leftCount,
      });
      leaves++;
      this.consider(left, start, leftCount, depth + 1, open, columns);
      this.consider(right, start + leftCount, size - leftCount, depth + 1, open, columns);
    }
    const grown = tree.finish();
    return { ...grown, tree: { ...grown.tree, values: Float64Array.from(this.values) } };
  }

  /** Draws the rows of a tree: their weights are how often they were drawn times their own. */
  private draw(random: Random): number {
    const { given, kernel } = this;
    const n = this.binned.rows;
    const { rowSample } = this.settings;
    const weights = kernel.f64(this.weights, n);
    const rows = kernel.u32(this.rows, n);
    this.used = new Uint8Array(n);
    if (rowSample === undefined) {
      weights.set(given.weights);
      for (let i = 0; i < n; i++) rows[i] = i;
      this.used.fill(1);
      return n;
    }
    weights.fill(0);
    for (let i = Math.max(1, Math.round(n * rowSample)); i > 0; i--) weights[random.integer(n)]!++;
    let count = 0;
    for (let i = 0; i < n; i++) {
      if (weights[i] === 0) continue;
      weights[i]! *= given.weights[i]!;
      this.used[i] = 1;
      rows[count++] = i;
    }
    return count;
  }

  /** Notes a node's values, and its best division where it has one. */
  private consider(node: number, start: number, count: number, depth: number, open: Node[], random: Random): void {
    const { kernel, settings, outputs } = this;
    const from = this.rows + start * 4;
    kernel.call.node_sums(this.data, from, count, this.sums);
    const sums = kernel.f64(this.sums, outputs + 1);
    const weight = sums[outputs]!;
    let certain = false;
    for (let k = 0; k < outputs; k++) {
      this.values[node * outputs + k] = sums[k]! / weight + this.middle;
      certain ||= outputs > 1 && sums[k] === weight;
    }
    if (certain || count < 2 * settings.samplesPerLeaf || depth >= settings.depth) return;
    const width = this.thresholds.length;
    const order = settings.columns < width ? random.permutation(width) : undefined;
    // As many again until a division is found, as elsewhere: features that can't part the node don't count.
    for (let first = 0; first < width; first += settings.columns) {
      const chosen = order
        ? order.slice(first, first + settings.columns).sort()
        : Uint32Array.from({ length: width }, (_, i) => i);
      kernel.u32(this.features, chosen.length).set(chosen);
      kernel.call.forest_split(
        this.data,
        this.features,
        chosen.length,
        this.cuts,
        from,
        count,
        this.sums,
        this.table,
        this.counts,
        this.left,
        settings.samplesPerLeaf,
        this.cut,
      );
      const gain = kernel.f64(this.cut, 1)[0]!;
      if (!(gain > 0)) continue;
      const [feature, bin, missingLeft] = kernel.u32(this.cut + 8, 3) as unknown as [number, number, number];
      open.push({ node, start, count, depth, gain, cut: { feature, bin, missingLeft } });
      return;
    }
  }
}

/** The most gainful open node when leaves are scarce, else the last: the tree is the same. */
function pop(open: Node[], scarce: boolean): Node {
  if (!scarce) return open.pop()!;
  let best = 0;
  open.forEach((node, i) => {
    if (node.gain > open[best]!.gain) best = i;
  });
  return open.splice(best, 1)[0]!;
}
