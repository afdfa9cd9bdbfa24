import assert from 'node:assert/strict';
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Dataset, DriftReport, Evaluation, ModelInfo, MonitorStage } from '../../../schemas/generated/types';
import { validateDrift, validateEvaluation } from '../../../schemas/generated/validators';
import { room as data } from '../../../lifecycle/data/room';
import { room as evaluate } from '../../../lifecycle/evaluate/room';
import { room as monitor } from '../../../lifecycle/monitor/room';
import { openSession } from '../../../lifecycle/onnx';
import { predictRows } from '../../../lifecycle/onnx/rows';
import { room as pack } from '../../../lifecycle/package/room';
import { appendEntry } from '../../../lifecycle/store/ledger';
import { requestLogFile, requestLogFolder } from '../../../lifecycle/store/requests';
import { findVersion } from '../../../lifecycle/store/registry';
import type { Input } from '../../../lifecycle/store/room';
import { readColumns } from '../../../lifecycle/table';
import { room as train } from '../../../lifecycle/train/room';
import { rocAuc } from '../../../lifecycle/statistics/classification';
import { freshFolder } from '../../rigs/folder';
import { executeRoom, manifestOf } from '../../rigs/stage';

describe('churn, from its raw file to a watched model', () => {
  const folder = freshFolder();

  it('is chosen, gated, compared by groups, and watched for drift', async () => {
    const root = folder();
    const store = path.join(root, '.lifecycle');
    await cp(path.join(__dirname, '../../../examples/churn/data'), path.join(root, 'data'), { recursive: true });
    const known: Input[] = [];
    const stage = async <T extends Parameters<typeof executeRoom>[1]>(
      room: T,
      name: string,
      what: Parameters<T['run']>[0]['stage'],
    ) => {
      const done = await executeRoom(root, room, name, what, known);
      known.push(...done.inputs);
      return done;
    };
    await stage(data, 'customers', {
      kind: 'data',
      source: 'data/telco-churn.csv',
      target: { column: 'churn', positive: 'Yes' },
      columns: { sensitive: ['female', 'senior_citizen'] },
      split: { train: 0.7, validation: 0.15, test: 0.15, stratify: 'churn' },
      features: [
        { fill: { columns: ['total_charges'], with: 'median' } },
        { standardize: { columns: 'numeric' } },
        { 'one-hot': { columns: 'text' } },
      ],
    });
    await stage(train, 'baseline', { kind: 'train', data: 'customers', model: 'linear' });
    await stage(train, 'trees', { kind: 'train', data: 'customers', model: { kind: 'boosted-trees', trees: 40 } });
    const exam = await stage(evaluate, 'exam', {
      kind: 'evaluate',
      candidates: ['baseline', 'trees'],
      fairness: { attributes: ['female', 'senior_citizen'], require: { 'equalized-odds-difference': { max: 0.5 } } },
      require: { auc: { min: 0.8 } },
    });
    const artifact = exam.inputs[0]!.path;
    const evaluation = JSON.parse(await readFile(path.join(artifact, 'evaluation.json'), 'utf8')) as Evaluation;
    assert.ok(validateEvaluation(evaluation));
    assert.ok(exam.result.metrics!['auc']! > 0.8);
    assert.deepEqual(
      evaluation.fairness!.map(({ attribute, groups }) => [attribute, groups.length]),
      [
        ['female', 2],
        ['senior_citizen', 2],
      ],
    );

    const dataset = known[0]!.path;
    const { inputs: names = [] } = JSON.parse(await readFile(path.join(dataset, 'dataset.json'), 'utf8')) as Dataset;
    const test = await readColumns(path.join(dataset, 'test.parquet'), [...names, 'churn']);
    const raw = Object.fromEntries(names.map((name) => [name, test.columns[name]!.values]));
    await stage(pack, 'bundle', { kind: 'package', model: 'exam.best', name: 'churn-classifier' });
    const version = await findVersion(store, 'churn-classifier');
    const info = JSON.parse(await readFile(path.join(version.folder, 'model.json'), 'utf8'));
    assert.deepEqual(
      (info as ModelInfo).inputs.filter(({ sensitive }) => sensitive).map(({ name }) => name),
      ['female', 'senior_citizen'],
      'the model says which columns a server must not log',
    );
    const session = await openSession(path.join(version.folder, 'model.onnx'));
    const { probabilities } = await predictRows(session, info, raw);
    await session.close();
    const served = Array.from({ length: test.rows }, (_, i) => probabilities![2 * i + 1]!);
    const actual = Array.from(test.columns['churn']!.values as string[], (value) => Number(value === 'Yes'));
    assert.equal(
      rocAuc(actual, served),
      exam.result.metrics!['auc'],
      'the packaged model is the one that was measured',
    );

    const { time } = await appendEntry(store, {
      action: 'deploy',
      target: 'local',
      kind: 'local',
      model: 'churn-classifier',
      version: 1,
      digest: version.digest,
      stage: 'live',
      pipeline: 'toys',
    });
    const live = path.join(root, 'live');
    await mkdir(live);
    await writeFile(path.join(live, 'deployment.json'), JSON.stringify({ target: 'local' }));
    known.push({
      reference: 'live',
      stage: 'live',
      kind: 'deploy',
      path: live,
      hash: '1'.repeat(64),
      manifest: manifestOf('live', 'deploy', '1'.repeat(64)),
    });
    const home = requestLogFolder(store, 'local');
    await mkdir(home, { recursive: true });
    const ask = (change: (name: string, value: unknown) => unknown) => {
      const inputs = Object.fromEntries(
        names.map((name) => [
          name,
          Array.from(raw[name]! as ArrayLike<unknown>, (value) =>
            change(name, typeof value === 'number' && Number.isNaN(value) ? null : value),
          ),
        ]),
      );
      const outputs = { label: served.map((p) => Number(p >= 0.5)), probabilities: served.map((p) => [1 - p, p]) };
      const moment = new Date(Date.parse(time) + 1).toISOString();
      return appendFile(
        path.join(home, requestLogFile(time)),
        `${JSON.stringify({ format: 1, time: moment, id: randomUUID(), model: 'churn-classifier', version: 1, rows: test.rows, inputs, outputs })}\n`,
      );
    };
    const watch: MonitorStage = {
      kind: 'monitor',
      deployment: 'live',
      reference: 'customers.train',
      drift: { 'false-discovery-rate': 0.01 },
      retrain: { when: 'drift.count >= 2' },
    };
    const look = async () => {
      const done = await executeRoom(root, monitor, 'watch', watch, known);
      const report = JSON.parse(await readFile(path.join(done.inputs[0]!.path, 'drift.json'), 'utf8')) as DriftReport;
      assert.ok(validateDrift(report), JSON.stringify(validateDrift.errors));
      return report;
    };
    await ask((_, value) => value);
    const quiet = await look();
    assert.deepEqual(
      [quiet.verdict, quiet.rows.current, quiet.features.length, quiet.retrain!.due],
      ['stable', test.rows, names.length, false],
    );
    assert.equal(quiet.prediction!.drifted, false);

    await ask((name, value) => (name === 'contract' ? 'Decade' : name === 'tenure' ? (value as number) + 60 : value));
    const loud = await look();
    assert.deepEqual(
      loud.features
        .filter(({ drifted }) => drifted)
        .map(({ column }) => column)
        .sort(),
      ['contract', 'tenure'],
    );
    assert.equal(loud.retrain!.due, true);
  });
});
