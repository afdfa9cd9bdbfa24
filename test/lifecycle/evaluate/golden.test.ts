import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EvaluateStage, Evaluation } from '../../../schemas/generated/types';
import { validateEvaluation } from '../../../schemas/generated/validators';
import { room } from '../../../lifecycle/evaluate/room';
import { freshFolder } from '../../rigs/folder';
import { allClose, close } from '../statistics/golden';
import { contextFor, makeDataset, makeModel, type Table } from '../../rigs/stage';

// test/golden/evaluate/evaluate.py wrote these from scikit-learn and pandas.
const golden = JSON.parse(readFileSync(path.join(__dirname, '../../golden/evaluate/evaluate.json'), 'utf8'));

function held(actual: Readonly<Record<string, number | null>>, expected: Record<string, number>, what: string): void {
  for (const [name, value] of Object.entries(expected)) close(actual[name] ?? NaN, value, `${what} ${name}`);
}

describe('the evaluate stage beside scikit-learn', () => {
  const folder = freshFolder();

  async function evaluate(stage: EvaluateStage, dataset: Parameters<typeof makeDataset>[1], answer: string[]) {
    const store = path.join(folder(), '.lifecycle');
    const data = await makeDataset(store, { ...dataset, inputs: answer });
    const { task, classes } = dataset;
    const model = await makeModel(store, { name: 'm', data, task, ...(classes && { classes }), answer });
    const { context } = await contextFor(folder(), stage, [model]);
    const result = await room.run(context);
    const evaluation = JSON.parse(await readFile(path.join(context.output, 'evaluation.json'), 'utf8')) as Evaluation;
    assert.ok(validateEvaluation(evaluation), JSON.stringify(validateEvaluation.errors));
    return { evaluation, result, splits: evaluation.candidates[0]!.splits };
  }

  it('gives its figures for two classes, groups included', async () => {
    const { validation, test, threshold } = golden.binary;
    const table = (split: typeof test): Table => ({
      y: split.y.map((y: number) => (y ? 'Yes' : 'No')),
      p: split.p,
      group: split.group,
    });
    const stage: EvaluateStage = {
      kind: 'evaluate',
      candidates: ['m'],
      metrics: Object.keys(test.metrics),
      threshold,
      fairness: { attributes: ['group'] },
    };
    const { evaluation, splits, result } = await evaluate(
      stage,
      {
        task: 'binary',
        target: 'y',
        classes: ['No', 'Yes'],
        splits: { validation: table(validation), test: table(test) },
      },
      ['p'],
    );
    held(splits['validation']!.metrics, validation.metrics, 'validation');
    held(splits['test']!.metrics, test.metrics, 'test');
    held(result.metrics!, { ...test.metrics, 'validation/auc': validation.metrics.auc }, 'headline');
    assert.deepEqual(splits['test']!.confusion, test.confusion);
    const bins = splits['test']!.calibration!;
    allClose(
      bins.map((bin) => bin.observed),
      test.calibration.observed,
      'calibration',
    );
    allClose(
      bins.map((bin) => bin.predicted),
      test.calibration.predicted,
      'calibration',
    );
    assert.equal(
      bins.reduce((sum, bin) => sum + bin.count, 0),
      test.y.length,
    );
    const [report] = evaluation.fairness!;
    for (const { group, metrics } of report!.groups) held(metrics, test.groups[group], group);
    held(report!.gaps, test.gaps, 'gap');
  });

  it('gives its figures for three classes', async () => {
    const { validation, test } = golden.multiclass;
    const classes = ['x', 'y', 'z'];
    const table = (split: typeof test): Table => ({
      kind: split.y.map((y: number) => classes[y]!),
      ...Object.fromEntries(classes.map((name, k) => [`p_${name}`, split.p.map((row: number[]) => row[k]!)])),
    });
    const stage: EvaluateStage = { kind: 'evaluate', candidates: ['m'], metrics: Object.keys(test.metrics) };
    const { splits } = await evaluate(
      stage,
      { task: 'multiclass', target: 'kind', classes, splits: { validation: table(validation), test: table(test) } },
      classes.map((name) => `p_${name}`),
    );
    held(splits['validation']!.metrics, validation.metrics, 'validation');
    held(splits['test']!.metrics, test.metrics, 'test');
    assert.deepEqual(splits['test']!.confusion, test.confusion);
  });

  it('gives its figures for a regression', async () => {
    const { validation, test } = golden.regression;
    const table = (split: typeof test): Table => ({ price: split.y, p: split.p });
    const stage: EvaluateStage = { kind: 'evaluate', candidates: ['m'], metrics: Object.keys(test.metrics) };
    const { splits } = await evaluate(
      stage,
      { task: 'regression', target: 'price', splits: { validation: table(validation), test: table(test) } },
      ['p'],
    );
    held(splits['validation']!.metrics, validation.metrics, 'validation');
    held(splits['test']!.metrics, test.metrics, 'test');
    assert.deepEqual(splits['test']!.residuals!.counts, test.residuals.counts);
    allClose(splits['test']!.residuals!.edges, test.residuals.edges, 'edges');
    const tenths = splits['test']!.tenths!;
    assert.equal(tenths.length, test.tenths.length);
    for (const [i, part] of tenths.entries()) held({ ...part }, test.tenths[i], `tenth ${i}`);
    // Fewer rows than are drawn: all of them, in their order.
    const { predicted, actual } = splits['test']!.scatter!;
    assert.deepEqual(
      actual,
      test.y.map((y: number) => Number(y.toPrecision(6))),
    );
    assert.deepEqual(
      predicted,
      test.p.map((p: number) => Number(p.toPrecision(6))),
    );
  });
});
