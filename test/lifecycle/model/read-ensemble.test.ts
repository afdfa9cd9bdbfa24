import assert from 'node:assert/strict';
import { type Ensemble, ensembleFragment, scoresOf } from '../../../lifecycle/model/ensemble';
import { headFragment, probabilityFragment } from '../../../lifecycle/model/head';
import { readEnsemble } from '../../../lifecycle/model/read-ensemble';
import { shapValues, shapWork } from '../../../lifecycle/model/shap';
import { summariseShap } from '../../../lifecycle/model/shap-summary';
import { decodeModel, encodeModel, float, GraphBuilder, openSession, type Value } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import { boost, type BoosterSettings } from '../../../lifecycle/train/trees/booster';
import { growForest } from '../../../lifecycle/train/trees/forest';

const rows = 300;
const random = new Random(3);
/** A category, three numbers with missing values, and one that is always 4. */
const columns = [
  Float32Array.from({ length: rows }, (_, i) => (i % 17 === 0 ? NaN : random.integer(6))),
  ...[0, 1, 2].map((c) =>
    Float32Array.from({ length: rows }, (_, i) => (i % 11 === c ? NaN : Math.round(random.normal() * 100) / 10)),
  ),
  new Float32Array(rows).fill(4),
];
const sum = Float64Array.from(columns[1]!, (a, i) => (a || 0) - (columns[2]![i] || 0) + (columns[0]![i]! > 2 ? 8 : 0));
const settings: BoosterSettings = {
  trees: 5,
  leaves: 9,
  depth: Infinity,
  learningRate: 0.3,
  samplesPerLeaf: 5,
  l1: 0,
  l2: 0,
  leastGain: 0,
  bins: 255,
  rowSample: 0.8,
  columnSample: 1,
  earlyStopping: { patience: 20, minDelta: 0 },
  seed: 1,
};

function encoded(ensemble: Ensemble, head: (graph: GraphBuilder, scores: Value) => Value): Uint8Array {
  const graph = new GraphBuilder('trees');
  const features = graph.input('features', 'float', ['N', ensemble.features]);
  const answer = head(graph, ensembleFragment(graph, features, ensemble));
  graph.output(answer, 'answer', ['N', answer.shape?.[1] ?? 1]);
  return encodeModel(graph.build());
}

describe('trees read back from a served model', () => {
  const bushes = (classes: number): Promise<Ensemble> =>
    growForest(
      {
        columns,
        labels: classes === 0 ? sum : Float64Array.from(sum, (value) => Number(value > 4)),
        weights: new Float64Array(rows).fill(1),
      },
      classes,
      { trees: 4, leaves: 12, depth: 5, samplesPerLeaf: 3, bins: 255, columns: 3, rowSample: 1, seed: 1 },
      () => undefined,
    ).then(({ ensemble }) => ensemble);
  const boosted = async (task: 'binary' | 'multiclass' | 'regression'): Promise<Ensemble> => {
    const labels = task === 'regression' ? sum : Float64Array.from(sum, (value) => Number(value > 4));
    if (task === 'multiclass') labels.forEach((label, i) => (labels[i] = sum[i]! > 9 ? 2 : label));
    const kinds = { ...settings, kinds: Uint32Array.of(3, 0, 0, 0, 0) };
    return (await boost({ columns, labels }, undefined, task, 3, kinds)).ensemble;
  };
  const cases = [
    ['two classes', () => boosted('binary'), 'log-odds', (g: GraphBuilder, s: Value) => headFragment(g, s, 'binary')],
    [
      'three classes',
      () => boosted('multiclass'),
      'score',
      (g: GraphBuilder, s: Value) => headFragment(g, s, 'multiclass'),
    ],
    ['a number', () => boosted('regression'), 'target', (_: GraphBuilder, s: Value) => s],
    [
      'the logarithm of a number',
      () => boosted('regression'),
      'log-target',
      (g: GraphBuilder, s: Value) => g.op('Exp', [s]),
    ],
    ['probabilities', () => bushes(2), 'probability', probabilityFragment],
    ['the mean of leaves', () => bushes(0), 'target', (_: GraphBuilder, s: Value) => s],
  ] as const;
  for (const [what, grow, unit, head] of cases) {
    it(`explain and answer as those that were written: ${what}`, async () => {
      const ensemble = await grow();
      const read = readEnsemble(decodeModel(encoded(ensemble, head)), columns.length)!;
      assert.equal(read.unit, unit);
      const few = columns.map((column) => column.slice(0, 25));
      // Leaf values are float32 in the file.
      const near = (a: Float64Array, b: Float64Array): void => {
        assert.equal(a.length, b.length);
        a.forEach((value, i) => assert.ok(Math.abs(value - b[i]!) < 1e-5, `${i}: ${value}, ${b[i]}`));
      };
      near(scoresOf(read.ensemble, few), scoresOf(ensemble, few));
      near(shapValues(read.ensemble, few), shapValues(ensemble, few));
      assert.equal(shapWork(read.ensemble), shapWork(ensemble));
    });
  }

  it('onnxruntime takes the counts and answers as before', async () => {
    const ensemble = await boosted('regression');
    const session = await openSession(encoded(ensemble, (_, scores) => scores));
    const flat = new Float32Array(20 * columns.length);
    columns.forEach((column, f) =>
      column.subarray(0, 20).forEach((value, i) => (flat[i * columns.length + f] = value)),
    );
    const { answer } = await session.run({ features: float(flat, [20, columns.length]) }, ['answer']);
    await session.close();
    const ours = scoresOf(
      ensemble,
      columns.map((column) => column.slice(0, 20)),
    );
    ours.forEach((value, i) => assert.ok(Math.abs(value - Number(answer!.data[i])) < 1e-4));
  });

  it('are none where the model is no tree of ours', async () => {
    const graph = new GraphBuilder('linear');
    graph.output(graph.op('Identity', [graph.input('features', 'float', ['N', 5])]), 'answer', ['N', 5]);
    assert.equal(readEnsemble(decodeModel(encodeModel(graph.build())), 5), undefined);
    const model = decodeModel(encoded(await boosted('binary'), (_, scores) => scores));
    const trees = model.graph.nodes.find(({ opType }) => opType === 'TreeEnsembleRegressor')!;
    delete (trees.attributes as Record<string, unknown>)['nodes_hitrates'];
    assert.equal(readEnsemble(model, 5), undefined);
  });

  it('are summed up by feature: mean |SHAP|, and the way it works', async () => {
    const ensemble = await boosted('regression');
    const names = ['code', 'up', 'down', 'noise', 'four'];
    let parts = 0;
    const found = await summariseShap(ensemble, names, columns, undefined, () => {
      parts++;
      return Promise.resolve();
    });
    assert.ok(parts > 10);
    const all = shapValues(ensemble, columns);
    for (const { feature, mean, direction } of found) {
      const f = names.indexOf(feature);
      const values = Array.from({ length: rows }, (_, i) => all[i * 6 + f]!);
      assert.ok(Math.abs(mean - values.reduce((a, b) => a + Math.abs(b), 0) / rows) < 1e-12);
      if (feature === 'up') assert.ok(direction! > 0.8);
      if (feature === 'down') assert.ok(direction! < -0.8);
    }
    assert.deepEqual(
      found.map(({ mean }) => mean),
      found.map(({ mean }) => mean).toSorted((a, b) => b - a),
    );
    assert.ok(!found.some(({ feature }) => feature === 'four'));
    const classes = await summariseShap(await boosted('multiclass'), names, columns, undefined, () =>
      Promise.resolve(),
    );
    assert.ok(classes.length >= 3 && classes.every(({ direction }) => direction === undefined));
  });
});
