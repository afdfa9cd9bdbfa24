import assert from 'node:assert/strict';
import {
  METRICS,
  computeMetrics,
  defaultMetrics,
  findMetric,
  isBetter,
  metricProblem,
  metricsFor,
  type Task,
} from '../../../lifecycle/statistics/metrics';

describe('table of metrics', () => {
  it('describes every metric', () => {
    for (const metric of METRICS) {
      assert.match(metric.name, /^[a-z0-9-]+$/);
      assert.ok(metric.title && metric.formula && metric.source && metric.description.endsWith('.'), metric.name);
      assert.ok(metric.range[0] < metric.range[1] && metric.task.length > 0);
    }
    assert.equal(new Set(METRICS.map((metric) => metric.name)).size, METRICS.length);
  });

  it('knows the names of the pipeline language', () => {
    const classification =
      'accuracy balanced-accuracy precision recall f1 auc pr-auc log-loss brier mcc kappa ece precision-macro recall-micro f1-weighted';
    for (const name of classification.split(' '))
      assert.deepEqual(findMetric(name)?.task, ['binary', 'multiclass'], name);
    for (const name of 'mae rmse mse r2 median-absolute-error mape max-error'.split(' ')) {
      assert.deepEqual(findMetric(name)?.task, ['regression'], name);
    }
    for (const task of ['binary', 'multiclass', 'regression'] satisfies Task[]) {
      const valid = metricsFor(task).map((metric) => metric.name);
      for (const name of defaultMetrics(task)) assert.ok(valid.includes(name));
    }
  });

  it('says why a metric does not fit', () => {
    const labels = { task: 'binary', actual: [0, 1], predicted: [0, 1] } as const;
    assert.match(metricProblem('auk', labels)!, /no metric "auk"/);
    assert.match(metricProblem('rmse', labels)!, /is for regression tasks; this one is binary/);
    assert.match(metricProblem('auc', labels)!, /needs probabilities/);
    assert.equal(metricProblem('f1', labels), undefined);
    assert.deepEqual(computeMetrics(['accuracy', 'f1'], labels), { accuracy: 1, f1: 1 });
    assert.throws(() => computeMetrics(['auc'], labels), /needs probabilities/);
    assert.throws(() => computeMetrics(['toString'], labels), /no metric "toString"/);
  });

  it('a threshold moves the labels, not the ranks', () => {
    const at = (threshold: number) =>
      computeMetrics(['recall', 'auc'], { task: 'binary', actual: [0, 1, 1], scores: [0.1, 0.3, 0.8], threshold });
    assert.deepEqual(at(0.5), { recall: 0.5, auc: 1 });
    assert.deepEqual(at(0.3), { recall: 1, auc: 1 });
  });

  it('compares values', () => {
    assert.equal(isBetter(findMetric('auc')!, 0.9, 0.8), true);
    assert.equal(isBetter(findMetric('rmse')!, 0.9, 0.8), false);
    assert.equal(isBetter(findMetric('auc')!, NaN, 0.1), false);
    assert.equal(isBetter(findMetric('auc')!, 0.1, NaN), true);
  });
});
