import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Ensemble, ensembleFragment, scoresOf, type Tree } from '../../../lifecycle/model/ensemble';
import { shapValues } from '../../../lifecycle/model/shap';
import { encodeModel, float, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import { boost, type BoosterSettings } from '../../../lifecycle/train/trees/booster';
import { type ForestSettings, growForest } from '../../../lifecycle/train/trees/forest';

type Task = 'binary' | 'multiclass' | 'regression';

interface Dumped {
  readonly nodeid: number;
  readonly leaf?: number;
  readonly split?: string;
  readonly split_condition?: number;
  readonly yes?: number;
  readonly no?: number;
  readonly missing?: number;
  readonly cover: number;
  readonly children?: readonly Dumped[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/train/forests.json'), 'utf8')) as {
  columns: number[][];
  labels: Record<Task, number[]>;
  trainRows: number;
  trees: { task: Task; settings: Record<string, number>; answers: number[] | number[][] }[];
  forests: { task: Task; mean: number; deviation: number }[];
  contributions: { rows: (number | null)[][]; trees: Dumped[]; values: number[][] };
  counts: number[];
  code: number[];
  categorical: number[];
  boosted: Record<string, number[]> & { categorical: number };
};
const rows = golden.trainRows;
const classes = { binary: 2, multiclass: 3, regression: 0 };
const train = golden.columns.map((column) => Float32Array.from(column.slice(0, rows)));
const test = golden.columns.map((column) => Float32Array.from(column.slice(rows)));

async function forest(task: Task, settings: Partial<ForestSettings>): Promise<Ensemble> {
  const labels = Float64Array.from(golden.labels[task].slice(0, rows));
  const all: ForestSettings = {
    trees: 1,
    leaves: Infinity,
    depth: Infinity,
    samplesPerLeaf: 1,
    bins: 255,
    columns: train.length,
    rowSample: undefined,
    seed: 1,
    ...settings,
  };
  const data = { columns: train, labels, weights: labels.map(() => 1) };
  return (await growForest(data, classes[task], all, () => undefined)).ensemble;
}

/** [rows][outputs] in onnxruntime. */
async function served(ensemble: Ensemble, columns: readonly Float32Array[]): Promise<Float32Array> {
  const graph = new GraphBuilder('trees');
  const features = graph.input('features', 'float', ['N', columns.length]);
  graph.output(ensembleFragment(graph, features, ensemble), 'scores', ['N', ensemble.outputs]);
  const session = await openSession(encodeModel(graph.build()));
  const n = columns[0]!.length;
  const flat = new Float32Array(n * columns.length);
  columns.forEach((column, f) => column.forEach((value, i) => (flat[i * columns.length + f] = value)));
  const { scores } = await session.run({ features: float(flat, [n, columns.length]) });
  await session.close();
  return scores!.data as Float32Array;
}

function near(ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(ours.length, theirs.length);
  for (let i = 0; i < ours.length; i++)
    assert.ok(Math.abs(ours[i]! - theirs[i]!) <= tolerance, `${what} ${i}: ${ours[i]} not ${theirs[i]}`);
}

describe('decision trees and forests', () => {
  for (const { task, settings, answers } of golden.trees) {
    it(`grow the tree that scikit-learn grows: ${task}, ${JSON.stringify(settings)}`, async () => {
      const ensemble = await forest(task, {
        depth: settings['max_depth'] ?? Infinity,
        leaves: settings['max_leaf_nodes'] ?? Infinity,
        samplesPerLeaf: settings['min_samples_leaf']!,
      });
      near(scoresOf(ensemble, test), answers.flat(), 1e-6, 'answer');
      near(await served(ensemble, test), answers.flat(), 1e-5, 'served answer');
    });
  }

  for (const { task, mean, deviation } of golden.forests) {
    it(`are as good as scikit-learn’s: ${task}`, async () => {
      const outputs = Math.max(1, classes[task]);
      const truth = golden.labels[task].slice(rows);
      const figures: number[] = [];
      for (let seed = 1; seed <= 4; seed++) {
        const scores = scoresOf(await forest(task, { trees: 100, columns: 2, rowSample: 1, seed }), test);
        const right = truth.map((label, i) => {
          if (outputs === 1) return (scores[i]! - label) ** 2;
          const own = scores.subarray(i * outputs, (i + 1) * outputs);
          return Number(own.indexOf(Math.max(...own)) === label);
        });
        figures.push(right.reduce((a, b) => a + b, 0) / right.length);
      }
      const own = figures.reduce((a, b) => a + b, 0) / figures.length;
      // Means over four and ten seeds: three standard errors of their difference, and a hair for another bootstrap.
      const room = 3 * deviation * Math.sqrt(1 / 4 + 1 / 10) + 0.01 * (task === 'regression' ? mean : 1);
      assert.ok(
        task === 'regression' ? own <= mean + room : own >= mean - room,
        `ours ${own}, theirs ${mean} ± ${room}`,
      );
    });
  }

  it('are the same for a seed, differ for another, and are served as they were grown, gaps included', async () => {
    const settings = { trees: 12, columns: 2, rowSample: 0.8, samplesPerLeaf: 3 };
    const one = await forest('multiclass', { ...settings, seed: 3 });
    assert.deepEqual(one, await forest('multiclass', { ...settings, seed: 3 }));
    assert.notDeepEqual(one, await forest('multiclass', { ...settings, seed: 4 }));
    const gaps = test.map((column) => column.map((value, i) => (i % 7 === 0 ? NaN : value)));
    const own = scoresOf(one, gaps);
    near(await served(one, gaps), own, 1e-6, 'score');
    for (let i = 0; i < own.length; i += 3) assert.ok(Math.abs(own[i]! + own[i + 1]! + own[i + 2]! - 1) < 1e-9);
  });

  it('make one leaf of what can’t be parted: one row, one class, constant features, nothing but gaps', async () => {
    const grow = (columns: Float32Array[], labels: number[], k: number) =>
      growForest(
        { columns, labels: Float64Array.from(labels), weights: Float64Array.from(labels, () => 1) },
        k,
        {
          trees: 2,
          leaves: Infinity,
          depth: Infinity,
          samplesPerLeaf: 1,
          bins: 255,
          columns: 1,
          rowSample: 1,
          seed: 1,
        },
        () => undefined,
      );
    for (const [columns, labels] of [
      [[Float32Array.of(1)], [1]],
      [[Float32Array.of(1, 2, 3)], [1, 1, 1]],
      [[Float32Array.of(5, 5, 5)], [1, 0, 1]],
      [[Float32Array.of(NaN, NaN, NaN)], [1, 0, 1]],
    ] as [Float32Array[], number[]][]) {
      const { ensemble, importance } = await grow(columns, labels, 2);
      assert.ok(ensemble.trees.every(({ tree }) => tree.feature.length === 1));
      assert.deepEqual([...importance], [0]);
    }
  });
});

const defaults: BoosterSettings = {
  trees: 30,
  leaves: 8,
  depth: Infinity,
  learningRate: 0.1,
  samplesPerLeaf: 10,
  l2: 0,
  bins: 255,
  rowSample: 1,
  columnSample: 1,
  seed: 1,
};

describe('boosted trees with more asked of them', () => {
  const boosted = async (
    labels: readonly number[],
    more: Partial<BoosterSettings>,
    columns = train,
  ): Promise<Ensemble> =>
    (await boost({ columns, labels: labels.slice(0, rows) }, undefined, 'regression', 0, { ...defaults, ...more }))
      .ensemble;

  it('are scikit-learn’s with Poisson and quantile losses', async () => {
    const poisson = await boosted(golden.counts, { loss: { kind: 'poisson' } });
    near(scoresOf(poisson, test), golden.boosted['poisson']!, 2e-4, 'poisson');
    for (const quantile of [0.1, 0.5, 0.9]) {
      const ensemble = await boosted(golden.labels.regression, { loss: { kind: 'quantile', quantile } });
      const ours = scoresOf(ensemble, test);
      const theirs = golden.boosted[`quantile ${quantile}`]!;
      if (quantile < 0.9) near(ours, theirs, 1e-6, `quantile ${quantile}`);
      // There splits tie but for rounding (1 − 0.9 is not 0.1), and either is right: the loss is what counts.
      const loss = (answers: ArrayLike<number>) =>
        golden.labels.regression.slice(rows).reduce((sum, y, i) => {
          const under = y - answers[i]!;
          return sum + (under > 0 ? quantile * under : (quantile - 1) * under);
        }, 0) / theirs.length;
      assert.ok(loss(ours) <= 1.1 * loss(theirs), `${quantile}: ${loss(ours)} not ${loss(theirs)}`);
    }
  });

  it('rise and fall as they are told, and are as good as scikit-learn’s that are', async () => {
    const kinds = Uint32Array.of(1, 2, 0, 1, 0, 0);
    const ensemble = await boosted(golden.labels.regression, { kinds });
    const random = new Random(2);
    for (let i = 0; i < 300; i++) {
      const row = train.map(() => Math.round(random.normal(0, 4)));
      for (const [feature, kind] of kinds.entries()) {
        if (kind === 0) continue;
        const line = Float32Array.from({ length: 40 }, (_, k) => k - 20);
        const scores = scoresOf(
          ensemble,
          row.map((value, f) => (f === feature ? line : line.map(() => value))),
        );
        for (let k = 1; k < line.length; k++) {
          const step = scores[k]! - scores[k - 1]!;
          assert.ok(kind === 1 ? step >= -1e-12 : step <= 1e-12, `feature ${feature}: ${step}`);
        }
      }
    }
    const error = (answers: ArrayLike<number>) =>
      golden.labels.regression.slice(rows).reduce((sum, y, i) => sum + (y - answers[i]!) ** 2, 0);
    // Where a value is held back scikit-learn takes G·v for the loss that it saves; ours is exact.
    assert.ok(error(scoresOf(ensemble, test)) < 1.06 * error(golden.boosted['monotone']!));
  });

  it('part categories into groups, in the graph too: unknown and missing ones, halves, negatives', async () => {
    const codes = Float32Array.from(golden.code);
    const columns = [codes.slice(0, rows), train[0]!];
    const gappy = [columns[0]!.map((code, i) => (i % 19 === 0 ? NaN : code)), columns[1]!];
    const whole = await boosted(golden.categorical, { kinds: Uint32Array.of(3, 0) }, columns);
    const mean =
      scoresOf(whole, [codes.slice(rows), test[0]!]).reduce(
        (sum, score, i) => sum + (score - golden.categorical[rows + i]!) ** 2,
        0,
      ) /
      (codes.length - rows);
    assert.ok(mean < 1.05 * golden.boosted.categorical, `${mean} not ${golden.boosted.categorical}`);
    const ensemble = await boosted(golden.categorical, { kinds: Uint32Array.of(3, 0) }, gappy);
    assert.ok(ensemble.trees.some(({ tree }) => (tree.sets?.size ?? 0) > 0));
    const odd = [Float32Array.of(0, 3, 11, 12, 254, 255, 1e9, -1, 2.5, NaN, Infinity, -0), new Float32Array(12)];
    near(await served(ensemble, odd), scoresOf(ensemble, odd), 1e-5, 'odd code');
    near(await served(ensemble, gappy), scoresOf(ensemble, gappy), 1e-5, 'code');
  });

  it('score validation rows as the ensemble does, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          l1: fc.constantFrom(0, 0.5, 5),
          l2: fc.constantFrom(0, 2),
          leastGain: fc.constantFrom(0, 1),
          rowSample: fc.constantFrom(1, 0.7),
          kinds: fc.constantFrom(undefined, Uint32Array.of(3, 1, 0), Uint32Array.of(3, 3, 2)),
          loss: fc.constantFrom(undefined, { kind: 'poisson' as const }, { kind: 'quantile' as const, quantile: 0.7 }),
        }),
        async ({ kinds, loss, ...rest }) => {
          const columns = [Float32Array.from(golden.code.slice(0, rows)), train[0]!.map((x) => x + 30), train[1]!];
          let last: Float64Array | undefined;
          const labels = golden.counts.slice(0, rows);
          const settings = { ...defaults, trees: 5, ...rest, ...(kinds && { kinds }), ...(loss && { loss }) };
          const data = { columns, labels };
          const { ensemble } = await boost(data, data, 'regression', 0, settings, ({ validationScores }) => {
            last = validationScores();
          });
          near(scoresOf(ensemble, columns), last!, 1e-9, 'score');
        },
      ),
      { numRuns: 40, seed: 4 },
    );
  });

  it('grow smaller with an L1 penalty, and not at all with a large one', async () => {
    const size = async (l1: number) =>
      (await boosted(golden.labels.regression, { l1 })).trees.reduce(
        (sum, { tree }) => sum + tree.value.reduce((a, b) => a + Math.abs(b), 0),
        0,
      );
    const [none, some, much] = [await size(0), await size(20), await size(1e6)];
    assert.ok(some < none && much === 0, `${none} ${some} ${much}`);
  });
});

/** An xgboost dump as one of our trees; its covers are sums of Hessians. */
function fromDump(root: Dumped): Tree {
  const nodes: Dumped[] = [];
  const visit = (node: Dumped): void => {
    nodes[node.nodeid] = node;
    node.children?.forEach(visit);
  };
  visit(root);
  const of = (pick: (node: Dumped) => number) => nodes.map(pick);
  return {
    feature: Int32Array.from(of(({ split }) => (split === undefined ? -1 : Number(split.slice(1))))),
    // There it is `<`.
    threshold: Float32Array.from(of(({ split_condition: t = 0 }) => t - 0.25)),
    missingLeft: Uint8Array.from(of(({ missing, yes }) => Number(missing === yes))),
    left: Int32Array.from(of(({ yes = 0 }) => yes)),
    right: Int32Array.from(of(({ no = 0 }) => no)),
    value: Float64Array.from(of(({ leaf = 0 }) => leaf)),
    gain: new Float64Array(nodes.length),
    count: Float64Array.from(of(({ cover }) => cover)) as unknown as Uint32Array,
  };
}

/** Shapley values by their definition: over all subsets of features. */
function bruteForce(ensemble: Ensemble, row: readonly number[], k: number): number[] {
  const n = ensemble.features;
  const expected = (known: number): number => {
    let sum = ensemble.base[k]!;
    for (const { tree, output } of ensemble.trees) {
      const visit = (node: number): number => {
        const feature = tree.feature[node]!;
        if (feature < 0)
          return tree.values ? tree.values[node * ensemble.outputs + k]! : output === k ? tree.value[node]! : 0;
        const [left, right] = [tree.left[node]!, tree.right[node]!];
        if ((known >> feature) & 1) {
          const value = row[feature]!;
          const set = tree.sets?.get(node);
          const goes = set
            ? (set[(Number.isNaN(value) ? 255 : value) >>> 5]! >>> ((Number.isNaN(value) ? 255 : value) & 31)) & 1
            : Number.isNaN(value)
              ? tree.missingLeft[node]
              : Number(value <= tree.threshold[node]!);
          return visit(goes ? left : right);
        }
        return (tree.count[left]! * visit(left) + tree.count[right]! * visit(right)) / tree.count[node]!;
      };
      sum += visit(0);
    }
    return sum;
  };
  const factorial = (m: number): number => (m <= 1 ? 1 : m * factorial(m - 1));
  const values = Array.from({ length: 1 << n }, (_, known) => expected(known));
  return Array.from({ length: n }, (_, f) => {
    let sum = 0;
    for (let known = 0; known < 1 << n; known++) {
      if ((known >> f) & 1) continue;
      const size = known.toString(2).replaceAll('0', '').length;
      sum +=
        ((factorial(size) * factorial(n - size - 1)) / factorial(n)) * (values[known | (1 << f)]! - values[known]!);
    }
    return sum;
  });
}

describe('TreeSHAP', () => {
  it('gives the contributions that xgboost gives of its trees', () => {
    const { rows: some, trees, values } = golden.contributions;
    const ensemble: Ensemble = {
      features: 6,
      outputs: 1,
      base: [0],
      trees: trees.map((tree) => ({ tree: fromDump(tree), output: 0 })),
    };
    const columns = Array.from({ length: 6 }, (_, f) => Float32Array.from(some, (row) => row[f] ?? NaN));
    near(shapValues(ensemble, columns), values.flat(), 2e-6, 'contribution');
  });

  it('is what the definition says, for boosted trees, categories, forests, and sums to the score', async () => {
    const columns = [
      Float32Array.from(golden.code.slice(0, rows), (c, i) => (i % 13 === 0 ? NaN : c)),
      ...train.slice(0, 4),
    ];
    const labels = golden.labels.multiclass.slice(0, rows);
    const settings = { ...defaults, trees: 4, kinds: Uint32Array.of(3, 0, 0, 0, 0) };
    const { ensemble: trees } = await boost({ columns, labels }, undefined, 'multiclass', 3, settings);
    const { ensemble: bush } = await growForest(
      { columns, labels: Float64Array.from(labels), weights: new Float64Array(rows).fill(1) },
      3,
      { trees: 5, leaves: 12, depth: 5, samplesPerLeaf: 3, bins: 255, columns: 2, rowSample: 1, seed: 1 },
      () => undefined,
    );
    for (const ensemble of [trees, bush]) {
      const few = columns.map((column) => column.slice(0, 26));
      const ours = shapValues(ensemble, few);
      const scores = scoresOf(ensemble, few);
      for (let i = 0; i < 26; i++) {
        for (let k = 0; k < 3; k++) {
          const own = ours.subarray((i * 3 + k) * 6, (i * 3 + k) * 6 + 6);
          assert.ok(Math.abs(own.reduce((a, b) => a + b, 0) - scores[i * 3 + k]!) < 1e-9);
          near(
            own.subarray(0, 5),
            bruteForce(
              ensemble,
              few.map((column) => column[i]!),
              k,
            ),
            1e-9,
            `row ${i}, class ${k},`,
          );
        }
      }
    }
  });
});
