import assert from 'node:assert/strict';
import type { Dataset } from '../../../schemas/generated/types';
import { type Tree } from '../../../lifecycle/model/ensemble';
import { ensembleFragment, scoresOf } from '../../../lifecycle/model/ensemble';
import { headFragment } from '../../../lifecycle/model/head';
import { modelInfo, rankImportance } from '../../../lifecycle/model/info';
import { plainLayer } from '../../../lifecycle/model/layers';
import { servedModel } from '../../../lifecycle/model/served';
import { standardizeFragment } from '../../../lifecycle/model/standardize';
import { encodeModel, float, GraphBuilder, openSession, type Value } from '../../../lifecycle/onnx';
import { UserError } from '../../../lifecycle/problem';
import { assertModelInfo } from '../train/validate';

/** What a fragment over [N, width] gives for rows. */
async function evaluate(
  width: number,
  rows: number[][],
  make: (graph: GraphBuilder, x: Value) => Value,
): Promise<number[]> {
  const graph = new GraphBuilder('g');
  graph.output(make(graph, graph.input('x', 'float', ['N', width])), 'y');
  const session = await openSession(encodeModel(graph.build()));
  const { y } = await session.run({ x: float(rows.flat(), [rows.length, width]) });
  await session.close();
  return Array.from(y!.data as Float32Array);
}

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) < 1e-5, `${actual.join()} not ${expected.join()}`),
  );
}

/** x₀ ≤ 1 ? (missing left) 10 : 20 */
const stump: Tree = {
  feature: Int32Array.of(0, -1, -1),
  threshold: Float32Array.of(1, 0, 0),
  missingLeft: Uint8Array.of(1, 0, 0),
  left: Int32Array.of(1, 0, 0),
  right: Int32Array.of(2, 0, 0),
  value: Float64Array.of(0, 10, 20),
  gain: Float64Array.of(1, 0, 0),
  count: Uint32Array.of(2, 1, 1),
};

describe('fragments', () => {
  it('trees: the comparison, its tie, and missing values on the side that was learnt', async () => {
    const ensemble = {
      features: 1,
      outputs: 2,
      base: [0.5, -1],
      trees: [
        { tree: stump, output: 0 },
        { tree: { ...stump, missingLeft: Uint8Array.of(0, 0, 0) }, output: 1 },
      ],
    };
    const rows = [1, 1.0000001192092896, NaN, Infinity, -Infinity];
    const expected = [10.5, 9, 20.5, 19, 10.5, 19, 20.5, 19, 10.5, 9];
    close(
      await evaluate(
        1,
        rows.map((x) => [x]),
        (graph, x) => ensembleFragment(graph, x, ensemble),
      ),
      expected,
    );
    close(Array.from(scoresOf(ensemble, [Float32Array.from(rows)])), expected);
  });

  it('standardisation: the mean for missing, nothing for constants, a limit where asked', async () => {
    const standardization = { mean: Float64Array.of(10, 5), deviation: Float64Array.of(2, 0) };
    const rows = [
      [12, 5],
      [NaN, NaN],
      [1000, 7],
    ];
    close(await evaluate(2, rows, (graph, x) => standardizeFragment(graph, x, standardization)), [1, 0, 0, 0, 495, 0]);
    close(
      await evaluate(2, rows, (graph, x) => standardizeFragment(graph, x, standardization, 10)),
      [1, 0, 0, 0, 10, 0],
    );
  });

  it('heads: both classes, softmax, the target’s own unit', async () => {
    const p = 1 / (1 + Math.exp(-2));
    close(await evaluate(1, [[2], [-100]], (graph, x) => headFragment(graph, x, 'binary')), [1 - p, p, 1, 0]);
    const e = [1, Math.E, Math.E ** 2];
    const total = e[0]! + e[1]! + e[2]!;
    close(
      await evaluate(3, [[0, 1, 2]], (graph, x) => headFragment(graph, x, 'multiclass')),
      e.map((v) => v / total),
    );
    close(
      await evaluate(1, [[2]], (graph, x) => headFragment(graph, x, 'regression', { mean: 100, deviation: 10 })),
      [120],
    );
  });
});

describe('served models', () => {
  it('refuse a column that is called like the answer', () => {
    const graph = new GraphBuilder('preprocess');
    graph.output(graph.input('prediction', 'float', ['N', 1]), 'features');
    assert.throws(
      () => servedModel(graph.build(), 'regression', 1, (_, features) => features),
      (error) => error instanceof UserError && error.problem.code === 'column-name-reserved',
    );
  });

  it('describe their inputs by what training saw', () => {
    const dataset: Dataset = {
      format: 1,
      columns: [
        {
          name: 'age',
          type: 'number',
          roles: ['feature'],
          missing: 0,
          min: 18,
          max: 90,
          quantiles: [18, 20, 30, 40, 50, 80, 90],
        },
        {
          name: 'plan',
          type: 'text',
          roles: ['feature'],
          missing: 3,
          distinct: 2,
          categories: [
            { value: 'a', count: 5 },
            { value: 'b', count: 1 },
          ],
        },
        {
          name: 'city',
          type: 'text',
          roles: ['feature'],
          missing: 0,
          distinct: 5000,
          categories: [{ value: 'x', count: 5 }],
        },
        { name: 'left', type: 'boolean', roles: ['target'] },
      ],
      inputs: ['age', 'plan', 'city'],
      target: { column: 'left', task: 'binary', classes: [false, true] },
      splits: { train: { rows: 6 } },
      features: ['age'],
    };
    const info = modelInfo(dataset, dataset.target!, { kind: 'linear', servable: true });
    assertModelInfo(info);
    assert.deepEqual(info.inputs, [
      { name: 'age', type: 'number', required: true, min: 18, max: 90, example: 40 },
      { name: 'plan', type: 'text', required: false, categories: ['a', 'b'], example: 'a' },
      { name: 'city', type: 'text', required: true, example: 'x' },
    ]);
    assert.deepEqual(info.outputs, [{ name: 'probabilities', type: 'float32', shape: ['N', 2] }]);
    assert.equal(info.threshold, 0.5);
  });

  it('rank features, leaving out those of no importance', () => {
    assert.deepEqual(rankImportance(['a', 'b', 'c', 'd'], Float64Array.of(0.25, 0.5, 0, 0.25)), [
      { feature: 'b', importance: 0.5 },
      { feature: 'a', importance: 0.25 },
      { feature: 'd', importance: 0.25 },
    ]);
  });
});

describe('layers', () => {
  it('have their defaults', () => {
    assert.deepEqual(plainLayer({ dense: { units: 3 } }), {
      kind: 'dense',
      units: 3,
      activation: 'none',
      bias: true,
      l2: 0,
    });
    assert.deepEqual(plainLayer('batch-normalization'), { kind: 'batch-normalization', momentum: 0.9, epsilon: 1e-5 });
    assert.deepEqual(plainLayer({ 'layer-normalization': { epsilon: 1e-3 } }), {
      kind: 'layer-normalization',
      epsilon: 1e-3,
    });
    assert.deepEqual(plainLayer({ dropout: 0 }), { kind: 'dropout', rate: 0 });
  });
});
