import assert from 'node:assert/strict';
import path from 'node:path';
import type { DriftReport, Evaluation, ModelInfo } from '../../schemas/generated/types';
import { validateDrift } from '../../schemas/generated/validators';
import { openSession } from '../../lifecycle/onnx';
import { predictRows } from '../../lifecycle/onnx/rows';
import { readColumns } from '../../lifecycle/table';
import { copyOf, type Example, examples, executed, fresh, type Project } from './product';
import { addressOf, ask, distance, infer, type Row, rowsOf } from './serving';

/** What the evaluation saw: the test split, and what the packaged model says of its rows when run as an evaluation runs it. */
async function evaluated(
  project: Project,
  example: Example,
): Promise<{ rows: Row[]; info: ModelInfo; said: number[] }> {
  const evaluation = await project.read<Evaluation>('exam', 'evaluation.json');
  // What is packaged is the best of the candidates, or what optimising made of it.
  const [stage, folder] = example === 'diamonds' ? (['exam', 'best/'] as const) : (['small', ''] as const);
  const info = await project.read<ModelInfo>(stage, `${folder}model.json`);
  const columns = await readColumns(path.join((await project.result(examples[example].data)).path, 'test.parquet'));
  const session = await openSession(path.join((await project.result(stage)).path, folder, 'model.onnx'));
  const values = Object.fromEntries(Object.entries(columns.columns).map(([name, { values }]) => [name, values]));
  const said = await predictRows(session, info, values);
  await session.close();
  assert.equal(evaluation.candidates.find(({ name }) => name === evaluation.best)?.splits['test']?.rows, columns.rows);
  return { rows: rowsOf(columns, info), info, said: [...(said.probabilities ?? said.prediction!)] };
}

describe('what is served says what was evaluated', function () {
  this.timeout(120_000);
  const served: Project[] = [];
  afterEach(() => {
    for (const project of served.splice(0)) project.go(['stop', 'local']);
  });

  for (const example of ['diamonds', 'digits'] as const)
    it(`${example}, to 1e-6, row by row and by columns`, async () => {
      const project = await copyOf(example);
      served.push(project);
      const record = await project.run('--deploy');
      assert.deepEqual(executed(record), [examples[example].deploy]);
      await compare(project, example);
    });

  it('churn, from raw file to served and watched model; drift is found where it is, and only there', async () => {
    const project = fresh('churn');
    served.push(project);
    const record = await project.run('--deploy', '--cores', '2');
    assert.equal(record.status, 'succeeded');
    assert.match(record.stages['watch']!.summary!, /too few rows for a verdict: 0 rows/);
    const { rows } = await compare(project, 'churn');

    // Rows like those of training: the test split by either protocol, and two single rows.
    const good = await watch(project);
    assert.deepEqual([good.code, good.report.verdict, good.report.drift.count], [0, 'stable', 0], good.text);
    assert.equal(good.report.rows.current, 2 * rows.length + 2);
    assert.match(good.text, /✔ watch .* stable: 19 columns/);

    // Dearer contracts, all monthly: two columns drift, the rest does not. Nothing is due yet, so the code is 0.
    const dearer = rows.map((row) => ({
      ...row,
      monthly_charges: Number(row['monthly_charges']) * 1.6 + 10,
      contract: 'Month-to-month',
    }));
    const before = await ask(addressOf(project), dearer);
    assert.ok(before.every(([no, yes]) => Math.abs(no! + yes! - 1) < 1e-6));
    const some = await watch(project);
    const found = (report: DriftReport) => report.features.filter(({ drifted }) => drifted).map(({ column }) => column);
    assert.deepEqual([some.code, some.report.verdict], [0, 'drift'], some.text);
    assert.deepEqual(found(some.report).sort(), ['contract', 'monthly_charges']);
    assert.match(some.text, /warning\[drift\]: watch: monthly_charges drifted: .*\n/);

    // Other customers altogether: more than three in ten columns drift, so retraining is due, which is what code 3 says.
    const others = rows.map((row) => ({
      ...dearer[0]!,
      female: row['female']!,
      partner: 1,
      dependents: 1,
      senior_citizen: 1,
      internet_service: 'No',
      online_security: 'No internet service',
      online_backup: 'No internet service',
      device_protection: 'No internet service',
      tech_support: 'No internet service',
    }));
    for (let i = 0; i < 4; i++) await ask(addressOf(project), others);
    const many = await watch(project);
    assert.deepEqual([many.code, many.report.verdict, many.report.retrain?.due], [3, 'drift', true], many.text);
    assert.ok(many.report.drift.share >= 0.3);
    assert.ok(!found(many.report).includes('female'), 'a column that kept its distribution is not reported');
    assert.match(many.text, /Retraining is due/);
    const repeat = await project.newest();
    assert.equal(project.events(repeat.id).filter(({ type }) => type === 'stage-started').length, 1);
  });

  async function compare(project: Project, example: Example): Promise<{ rows: Row[] }> {
    const url = addressOf(project);
    const { rows, info, said } = await evaluated(project, example);
    const name = (await project.read<{ name: string }>(examples[example].package, 'bundle.json')).name;
    assert.ok(distance((await ask(url, rows)).flat(), said) <= 1e-6);
    assert.ok(distance(await infer(url, name, info, rows), said) <= 1e-6);
    const alone = await ask(url, rows.slice(3, 4));
    assert.ok(distance(alone.flat(), said.slice(3 * alone[0]!.length, 4 * alone[0]!.length)) <= 1e-6);
    const [line] = project.go(['predict', '--row', JSON.stringify(rows[3]), '--json']).stdout.split('\n');
    const one = JSON.parse(line ?? '') as { probabilities?: Record<string, number>; prediction?: number };
    assert.ok(distance(one.probabilities ? Object.values(one.probabilities) : [one.prediction!], alone.flat()) <= 1e-6);
    return { rows };
  }

  async function watch(project: Project) {
    const { code, text } = project.go(['monitor']);
    const report = await project.read<DriftReport>('watch', 'drift.json');
    assert.ok(validateDrift(report), JSON.stringify(validateDrift.errors));
    return { code, text, report };
  }
});
