import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DriftReport, Evaluation, ModelInfo } from '../../schemas/generated/types';
import { driftBetween } from '../../lifecycle/monitor/drift';
import { computeMetrics } from '../../lifecycle/statistics/metrics';
import { readRequests } from '../../lifecycle/store/requests';
import { readColumns } from '../../lifecycle/table';
import { close } from '../lifecycle/statistics/golden';
import { skip } from '../rigs/skip';
import { asPredictions, type DriftCase, predictionsOf, type ScoreCase } from './cases';
import { askPython, copyOf, type Example, examples, finished, pythonLacks, repository } from './product';
import { addressOf, ask, rowsOf } from './serving';

type Values = Record<string, number>;
interface Cases {
  readonly metrics: Record<string, ScoreCase>;
  readonly drift: Record<string, DriftCase>;
}
interface Expected {
  readonly metrics: Record<string, Values>;
  readonly drift: Record<string, Values>;
}

const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(path.join(repository, 'test/golden/end-to-end', name), 'utf8')) as T;

function held(actual: Readonly<Record<string, number | null | undefined>>, expected: Values, what: string): void {
  assert.ok(Object.keys(expected).length > 0, `${what}: nothing to compare`);
  for (const [name, value] of Object.entries(expected)) close(actual[name] ?? NaN, value, `${what} ${name}`);
}

describe('the examples beside scikit-learn and scipy, to 1e-9', function () {
  this.timeout(120_000);

  it('metrics and drift of the committed predictions', () => {
    const cases = golden<Cases>('cases.json');
    const expected = golden<Expected>('expected.json');
    assert.deepEqual(Object.keys(expected.metrics), Object.keys(examples));
    for (const [name, values] of Object.entries(expected.metrics))
      held(computeMetrics(Object.keys(values), asPredictions(cases.metrics[name]!)), values, name);
    const side = (which: 'reference' | 'current') =>
      Object.fromEntries(Object.entries(cases.drift).map(([name, column]) => [name, column[which]]));
    const { features } = driftBetween(side('reference'), side('current'));
    assert.equal(features.length, Object.keys(cases.drift).length);
    for (const { column, statistics } of features) held(statistics, expected.drift[column]!, column);
  });

  it('metrics of the evaluations just made, each candidate on each split', async function () {
    const lacks = pythonLacks('sklearn', 'scipy');
    if (lacks !== undefined) skip(this, lacks);
    const metrics: Record<string, ScoreCase> = {};
    const reported: Record<string, Values> = {};
    for (const example of Object.keys(examples) as Example[]) {
      const project = await finished(example);
      const { candidates } = await project.read<Evaluation>('exam', 'evaluation.json');
      for (const { name, splits } of candidates)
        for (const split of ['validation', 'test'] as const) {
          if (splits[split] === undefined) continue;
          const key = `${example}: ${name} on ${split}`;
          metrics[key] = await predictionsOf(project, examples[example].data, name, split);
          reported[key] = splits[split].metrics;
        }
    }
    const said = askPython<Expected>('scores.py', { metrics }).metrics;
    assert.equal(Object.keys(said).length, 10, 'seven candidates on validation, the three best on test');
    for (const [key, values] of Object.entries(reported)) {
      const shared = Object.keys(values).filter((name) => name in said[key]!);
      assert.deepEqual(shared, Object.keys(values), `${key}: a metric that scores.py does not know`);
      held(values, Object.fromEntries(shared.map((name) => [name, said[key]![name]!])), key);
    }
  });

  it('drift of a served model, every column', async function () {
    const lacks = pythonLacks('sklearn', 'scipy');
    if (lacks !== undefined) skip(this, lacks);
    const project = await copyOf('churn');
    try {
      await project.run('--deploy');
      const data = (await project.result('customers')).path;
      const info = await project.read<ModelInfo>('small', 'model.json');
      const rows = rowsOf(await readColumns(path.join(data, 'test.parquet')), info).slice(0, 600);
      await ask(
        addressOf(project),
        rows.map((row, i) => ({
          ...row,
          monthly_charges: Number(row['monthly_charges']) + 20,
          payment_method: i % 2 === 0 ? 'Mailed check' : row['payment_method']!,
          total_charges: i % 5 === 0 ? null : row['total_charges']!,
        })),
      );
      assert.equal(project.go(['monitor']).code, 0);
      const report = await project.read<DriftReport>('watch', 'drift.json');
      const asked = await readRequests(project.store, 'local');
      const { columns } = await readColumns(path.join(data, 'train.parquet'));
      const cases: Record<string, DriftCase> = {};
      for (const { name, type } of info.inputs) {
        // The log holds what was given, so both sides are compared as they were written.
        const plain = (value: number | string | null | undefined) =>
          value === '' || value === undefined || Number.isNaN(value) ? null : value;
        cases[name] = {
          type: type === 'text' ? 'text' : 'number',
          reference: Array.from(columns[name]!.values as ArrayLike<number | string | null>, plain),
          current: asked.inputs[name]!.map(plain),
        };
      }
      const said = askPython<Expected>('scores.py', { drift: cases }).drift;
      assert.equal(report.features.length, info.inputs.length);
      for (const { column, statistics } of report.features) held(statistics, said[column]!, column);
      for (const name of ['monthly_charges', 'payment_method', 'total_charges'])
        assert.ok(report.features.find(({ column }) => column === name)?.drifted, name);
      assert.equal(report.drift.count, 3);
    } finally {
      project.go(['stop', 'local']);
    }
  });
});
