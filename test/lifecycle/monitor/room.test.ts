import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DriftReport, MonitorStage, Problem } from '../../../schemas/generated/types';
import { validateDrift } from '../../../schemas/generated/validators';
import { sayWhatIsOdd } from '../../../lifecycle/monitor/current';
import { room } from '../../../lifecycle/monitor/room';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { appendEntry } from '../../../lifecycle/store/ledger';
import { storePaths } from '../../../lifecycle/store/layout';
import { registerBundle } from '../../../lifecycle/store/registry';
import { requestLogFile, requestLogFolder } from '../../../lifecycle/store/requests';
import type { Input } from '../../../lifecycle/store/room';
import { freshFolder } from '../../rigs/folder';
import { contextFor, makeDataset, manifestOf, type Table, writeParquet } from '../../rigs/stage';
import { removeFolders, toyBundle, toyScore } from '../deploy/support';

interface Row {
  size: number | null;
  city: string;
  garden: boolean | null;
}

function rowsOf(count: number, seed: number, more: Partial<{ size: number; cities: string[] }> = {}): Row[] {
  const random = new Random(seed);
  const cities = more.cities ?? ['Ulm', 'Bonn', 'Bonn'];
  return Array.from({ length: count }, () => ({
    size: Math.round(100 * random.normal(more.size ?? 5, 1)) / 100,
    city: cities[random.integer(cities.length)]!,
    garden: random.chance(0.5),
  }));
}

function answer(row: Row): number {
  return Math.fround(1 / (1 + Math.exp(-toyScore({ ...row, size: row.size ?? 0 }))));
}

describe('the monitor stage', () => {
  const folder = freshFolder();
  const store = () => path.join(folder(), '.lifecycle');
  let data: string;
  let digest: string;
  let deployed: Date;

  after(removeFolders);
  beforeEach(async () => {
    const table = (count: number, seed: number): Table => {
      const rows = rowsOf(count, seed);
      return {
        size: rows.map(({ size }) => size),
        city: rows.map(({ city }) => city),
        garden: rows.map(({ garden }) => garden),
        sold: rows.map((row) => (answer(row) > 0.97 ? 'Yes' : 'No')),
      };
    };
    data = await makeDataset(store(), {
      task: 'binary',
      target: 'sold',
      classes: ['No', 'Yes'],
      splits: { train: table(1_500, 1), test: table(100, 2) },
    });
    ({ digest } = await registerBundle(store(), await toyBundle()));
    deployed = new Date((await deploy()).time);
  });

  const deploy = (more = {}) =>
    appendEntry(store(), {
      action: 'deploy',
      target: 'local',
      kind: 'local',
      model: 'toy',
      version: 1,
      digest,
      stage: 'live',
      pipeline: 'toys',
      ...more,
    });

  /** Requests of ten rows, one each millisecond after the deployment. */
  async function ask(
    rows: readonly Row[],
    more: { drop?: string; add?: object; version?: number; from?: number } = {},
  ) {
    const lines: string[] = [];
    for (let i = 0; i < rows.length; i += 10) {
      const part = rows.slice(i, i + 10);
      const inputs: Record<string, unknown> = {
        garden: part.map(({ garden }) => (garden === null ? null : Number(garden))),
        city: part.map(({ city }) => city),
        size: part.map(({ size }) => size),
        ...(more.add &&
          Object.fromEntries(Object.entries(more.add).map(([name, value]) => [name, part.map(() => value)]))),
      };
      if (more.drop !== undefined) delete inputs[more.drop];
      const p = part.map(answer);
      const outputs = {
        label: p.map((value) => Number(value >= 0.5)),
        probabilities: p.map((value) => [Math.fround(1 - value), value]),
      };
      lines.push(
        JSON.stringify({
          format: 1,
          time: new Date(deployed.getTime() + (more.from ?? 0) + 1 + i / 10).toISOString(),
          id: `r${i}`,
          model: 'toy',
          version: more.version ?? 1,
          rows: part.length,
          inputs,
          outputs,
        }),
      );
    }
    await log(`${lines.join('\n')}\n`);
  }

  async function log(text: string) {
    const home = requestLogFolder(store(), 'local');
    await mkdir(home, { recursive: true });
    await appendFile(path.join(home, requestLogFile(deployed.toISOString())), text);
    // What is logged "later" than now is not looked at.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, deployed.getTime() + 150 - Date.now())));
  }

  const stage = (more: Partial<MonitorStage> = {}): MonitorStage => ({
    kind: 'monitor',
    deployment: 'live',
    reference: 'customers.train',
    ...more,
  });

  async function run(what: MonitorStage = stage()) {
    const live = path.join(folder(), 'live');
    await mkdir(live, { recursive: true });
    await writeFile(path.join(live, 'deployment.json'), JSON.stringify({ target: 'local' }));
    const inputs: Input[] = [
      {
        reference: 'live',
        stage: 'live',
        kind: 'deploy',
        path: live,
        hash: '1'.repeat(64),
        manifest: manifestOf('live', 'deploy', '1'.repeat(64)),
      },
      ...['train', 'test', 'other'].map((output): Input => ({
        reference: `customers.${output}`,
        stage: 'customers',
        kind: 'data',
        output,
        path: storePaths.artifact(store(), data),
        hash: data,
        manifest: manifestOf('customers', 'data', data),
      })),
    ];
    const { context, logs } = await contextFor<MonitorStage>(folder(), what, inputs, { name: 'watch' });
    const result = await room.run(context);
    const report = JSON.parse(await readFile(path.join(context.output, 'drift.json'), 'utf8')) as DriftReport;
    assert.ok(validateDrift(report), JSON.stringify(validateDrift.errors));
    return { result, report, logs, codes: logs.map(({ code }) => code) };
  }

  async function refusal(what: MonitorStage): Promise<Problem> {
    try {
      await run(what);
    } catch (error) {
      assert.ok(error instanceof UserError, String((error as Error).stack));
      return error.problem;
    }
    return assert.fail('nothing was refused');
  }

  it('is quiet while requests are like the training data', async () => {
    await ask(rowsOf(400, 17));
    const { report, result, codes } = await run(
      stage({ require: { 'drift-share': { max: 0.2 } }, retrain: { when: 'drift.share >= 0.3' } }),
    );
    assert.deepEqual(
      [report.verdict, report.drift, report.rows],
      ['stable', { count: 0, share: 0 }, { reference: 1500, current: 400, skipped: 0 }],
    );
    assert.deepEqual(report.deployment, { target: 'local', model: 'toy', version: 1 });
    assert.deepEqual(report.retrain, { due: false, when: 'drift.share >= 0.3', reason: 'drift.share 0' });
    assert.deepEqual(report.features.map(({ column, type, method }) => [column, type, method]).sort(), [
      ['city', 'text', 'chi2'],
      ['garden', 'boolean', 'chi2'],
      ['size', 'number', 'ks'],
    ]);
    assert.equal(report.prediction!.drifted, false);
    assert.ok(report.prediction!.statistics['ks']! < 0.1);
    assert.deepEqual(result.metrics, { 'drift-share': 0, 'drift-count': 0, rows: 400 });
    assert.equal(result.summary, 'stable: 3 columns, 400 rows');
    assert.deepEqual(codes, []);
    assert.ok(report.window!.from! < report.window!.to!);
  });

  it('says what drifted, that the predictions did, and that retraining is due', async () => {
    await ask(rowsOf(300, 17, { size: 2, cities: ['Ulm', 'Mainz'] }));
    const { report, result, logs } = await run(stage({ retrain: { when: 'drift.share >= 0.3 and drift.size > 0.5' } }));
    assert.equal(report.verdict, 'drift');
    assert.deepEqual(
      report.features.map(({ column, drifted }) => [column, drifted]),
      [
        ['size', true],
        ['city', true],
        ['garden', false],
      ],
    );
    assert.equal(report.prediction!.drifted, true);
    assert.equal(report.retrain!.due, true);
    assert.equal(
      result.summary,
      '2 of 3 columns drifted (size, city) and the predictions, 300 rows; retraining is due',
    );
    const messages = logs.filter(({ level }) => level === 'warning').map(({ message }) => message);
    assert.match(
      messages[0]!,
      /^size drifted: ks 0\.\d+ \(p < 0\.001\)\. \d+ % of the values lie below the reference's/,
    );
    assert.match(messages[1]!, /^city drifted: chi2 .*New category "Mainz" \(\d+ %\)\.$/);
    assert.match(messages[2]!, /^prediction drifted: ks/);
    assert.match(messages[3]!, /Retraining is due: drift\.share/);
  });

  it('fails above the limit, and keeps the report', async () => {
    await ask(rowsOf(300, 17, { size: 2 }));
    const problem = await refusal(stage({ require: { 'drift-share': { max: 0.3 } } }));
    assert.equal(problem.code, 'drift-above-limit');
    assert.match(problem.message, /The drift share is 0\.3333 \(1 of 3 columns\), required is <= 0\.3\./);
    assert.deepEqual(problem.path, ['require', 'drift-share']);
    assert.match(problem.details![0]!, /^size drifted/);
    const kept: unknown = JSON.parse(
      await readFile(path.join(storePaths.run(store(), 'run-7'), 'reports/watch.drift.json'), 'utf8'),
    );
    assert.ok(validateDrift(kept));
  });

  it('looks at the last rows, the last hours, and the live version only', async () => {
    await ask(rowsOf(205, 17, { size: 2 }));
    await ask(rowsOf(100, 8), { from: 40 });
    await ask(rowsOf(100, 9, { size: 9 }), { from: 80, version: 2 });
    const last = (rows: number) => run(stage({ window: { last: rows } })).then(({ report }) => report);
    assert.equal((await run()).report.rows.current, 305);
    const hundred = await last(100);
    assert.deepEqual([hundred.rows.current, hundred.verdict], [100, 'stable']);
    assert.equal((await last(103)).rows.current, 103);
    assert.equal((await last(10_000)).rows.current, 305);
    assert.equal((await run(stage({ window: { hours: 1 } }))).report.rows.current, 305);
    assert.equal((await run(stage({ window: { hours: 1e-9 } }))).report.rows.current, 0);
  });

  it('counts the last rows once, however often they were logged', async () => {
    await ask(rowsOf(100, 17));
    await ask(rowsOf(100, 17));
    const { report } = await run(stage({ window: { last: 50 } }));
    assert.deepEqual([report.rows.current, report.rows.duplicates], [50, 10]);
  });

  it('follows the ledger: another version is live now', async () => {
    await ask(rowsOf(100, 17));
    const { time } = await deploy({ version: 2 });
    deployed = new Date(time);
    await ask(rowsOf(60, 8), { version: 2 });
    const { report } = await run();
    assert.deepEqual([report.deployment.version, report.rows.current], [2, 60]);
  });

  it('gives no verdict and no alarm on few rows', async () => {
    await ask(rowsOf(1, 17, { size: 500 }));
    const one = await run(stage({ require: { 'drift-share': { max: 0 } }, retrain: { when: 'drift.size > 0' } }));
    assert.deepEqual([one.report.verdict, one.report.drift.count, one.report.retrain!.due], ['too-few-rows', 0, false]);
    assert.equal(one.result.summary, 'too few rows for a verdict: 1 row');
    assert.deepEqual(one.codes, ['too-few-rows']);
    await rm(requestLogFolder(store(), 'local'), { recursive: true });
    const none = await run();
    assert.deepEqual(none.codes, ['log-empty']);
  });

  it('says of the log what is odd: other columns, redacted ones, torn lines, mixed types', async () => {
    await ask(rowsOf(60, 17), { drop: 'garden', add: { extra: 'x' } });
    await log('{"format":1,"time":"2026\n\u0000\u0001garbage\n[]\n{"format":2}\n');
    await ask(
      rowsOf(60, 8).map((row, i) => ({
        ...row,
        size: (i % 3 ? row.size : i % 2 ? 'NaN' : 'big') as number,
        city: i % 4 ? row.city : '',
      })),
      { drop: 'garden', from: 70 },
    );
    const head = `{"format":1,"id":"x","model":"toy","version":1,"rows":1,"inputs":{"size":[1]}`;
    const time = new Date(deployed.getTime() + 5).toISOString();
    await log(`${head},"time":"${time}","outputs":{"probabilities":[0.5]}}\n`);
    await log(`${head},"time":"${time}","outputs":{"label":"Yes"}}\n${head},"time":"soon","outputs":{}}\n`);
    await log('{"format":1,"time":"20');
    const { report, logs } = await run();
    assert.equal(report.rows.skipped, 7);
    const say = (code: string) => logs.find((entry) => entry.code === code)!.message;
    assert.match(say('log-lines-skipped'), /7 lines of the request log could not be read/);
    assert.match(say('log-columns-missing'), /does not hold garden; nothing can be said of it/);
    assert.ok(
      logs.some(
        ({ message }) => message === 'The log also holds extra, which is no input of the model and not watched.',
      ),
    );
    const by = Object.fromEntries(report.features.map((feature) => [feature.column, feature]));
    assert.match(by['size']!.note!, /10 values are not numbers and count as missing/);
    assert.match(by['garden']!.note!, /was not recorded/);
    assert.equal(by['garden']!.drifted, false);
  });

  it('says that another model was deployed in its place, and judges nothing', async () => {
    await ask(rowsOf(60, 17));
    assert.equal((await run()).report.rows.current, 60);
    await deploy({ pipeline: 'cars', model: 'cars', version: 3 });
    await assert.rejects(run(), ({ problem }: UserError) => {
      assert.equal(problem.code, 'deployment-replaced');
      assert.match(problem.message, /On 'local' is cars 3 of the pipeline cars now, no longer toy/);
      return /\{toy: \{kind: local\}\}/.test(problem.hint ?? '');
    });
  });

  it('says of a date that the model takes why it is not judged', () => {
    const said = (foreign: string[], columns?: string[]): string[] => {
      const messages: string[] = [];
      const context = {
        stage: stage(columns && { drift: { columns } }),
        log: (_level: string, message: string) => messages.push(message),
      } as unknown as Parameters<typeof sayWhatIsOdd>[0];
      const model = { info: { inputs: [{ name: 'size' }, { name: 'day' }] } };
      const requests = { table: { rows: 5, columns: { size: {} } }, foreign, skipped: 0 };
      sayWhatIsOdd(
        context,
        requests as unknown as Parameters<typeof sayWhatIsOdd>[1],
        { size: {} } as unknown as Parameters<typeof sayWhatIsOdd>[2],
        { entry: {}, model } as unknown as Parameters<typeof sayWhatIsOdd>[3],
      );
      return messages;
    };
    assert.deepEqual(said(['day']), ['day is a date that the model takes. Time goes on, so its drift is not judged.']);
    assert.deepEqual(said(['day', 'note'], ['size']), [
      'The log also holds note, which is no input of the model and not watched.',
    ]);
  });

  it('watches the columns asked for, and refuses what is not there', async () => {
    await ask(rowsOf(60, 17));
    const { report } = await run(
      stage({ drift: { columns: ['size'], method: 'psi', threshold: 5, 'minimum-rows': 60 } }),
    );
    assert.deepEqual(
      report.features.map(({ column, method, threshold }) => [column, method, threshold]),
      [['size', 'psi', 5]],
    );
    const unknown = await refusal(stage({ drift: { columns: ['size', 'citi'] } }));
    assert.deepEqual(
      [unknown.code, unknown.hint, unknown.path],
      ['monitor-column-missing', "Did you mean 'city'?", ['drift', 'columns', 1]],
    );
    assert.equal((await refusal(stage({ reference: 'customers.other' }))).code, 'reference-missing');
    assert.equal((await refusal(stage({ retrain: { when: 'drift.sise > 1' } }))).code, 'retrain-condition');
  });

  it('does without the model, and says so', async () => {
    await ask(rowsOf(60, 17));
    await rm(path.join(store(), 'registry'), { recursive: true });
    const { report, codes } = await run();
    assert.equal(report.prediction, undefined);
    assert.deepEqual(report.features.map(({ column }) => column).sort(), ['city', 'garden', 'size']);
    assert.deepEqual(codes, ['monitor-model-missing']);
  });

  it('refuses to watch what was never deployed', async () => {
    await rm(path.join(store(), 'deployments'), { recursive: true });
    const inputs: Input[] = [
      {
        reference: 'live',
        stage: 'live',
        kind: 'deploy',
        path: folder(),
        hash: '1'.repeat(64),
        manifest: manifestOf('live', 'deploy', '1'.repeat(64)),
      },
    ];
    const { context } = await contextFor<MonitorStage>(folder(), stage(), inputs);
    await assert.rejects(
      room.run(context),
      (error) => error instanceof UserError && error.problem.code === 'not-deployed',
    );
  });

  it('looks at the file that a batch wrote', async () => {
    const rows = rowsOf(200, 17, { cities: ['Mainz'] });
    const output = path.join(folder(), 'scored.csv');
    const lines = rows.map((row) =>
      [row.size, row.city, row.garden, answer(row) >= 0.5 ? 'Yes' : 'No', 1 - answer(row), answer(row)].join(','),
    );
    await writeFile(output, ['size,city,garden,prediction,probability_No,probability_Yes', ...lines].join('\n'));
    await deploy({ kind: 'batch', output });
    const { report, codes } = await run();
    assert.deepEqual(
      report.features.map(({ column, drifted }) => [column, drifted]),
      [
        ['city', true],
        ['size', false],
        ['garden', false],
      ],
    );
    assert.deepEqual([report.rows.current, report.prediction!.type], [200, 'number']);
    assert.ok(!codes.includes('log-columns-missing'));
    await writeParquet(path.join(folder(), 'scored.parquet'), {
      size: rows.map(({ size }) => size),
      prediction: rows.map(() => 'No'),
    });
    await deploy({ kind: 'batch', output: path.join(folder(), 'scored.parquet') });
    assert.ok((await run()).codes.includes('log-columns-missing'));
    await rm(path.join(folder(), 'scored.parquet'));
    assert.equal((await refusal(stage())).code, 'batch-output-missing');
  });
});
