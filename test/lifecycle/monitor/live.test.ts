import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DriftReport, MonitorStage } from '../../../schemas/generated/types';
import { validateDrift } from '../../../schemas/generated/validators';
import { room } from '../../../lifecycle/monitor/room';
import { Random } from '../../../lifecycle/statistics/random';
import { appendEntry } from '../../../lifecycle/store/ledger';
import { storePaths } from '../../../lifecycle/store/layout';
import { registerBundle } from '../../../lifecycle/store/registry';
import { requestLogFile, requestLogFolder } from '../../../lifecycle/store/requests';
import type { Input, StageContext } from '../../../lifecycle/store/room';
import { decide } from '../../../lifecycle/store/decisions';
import { appendFeedback } from '../../../lifecycle/store/feedback';
import { classify } from '../../../lifecycle/run/classify';
import { freshFolder } from '../../rigs/folder';
import { contextFor, makeDataset, manifestOf, type Table } from '../../rigs/stage';
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

describe('the monitor stage, live', () => {
  const folder = freshFolder();
  const store = () => path.join(folder(), '.lifecycle');
  let data: string;
  let digest: string;
  let deployed: Date;
  let time: string;

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
    // Long enough ago for hours of requests.
    ({ time } = await deploy({
      time: new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 9 * 3_600_000).toISOString(),
    }));
    deployed = new Date(time);
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
    await log(`${lines.join('\n')}\n`, new Date(deployed.getTime() + (more.from ?? 0)));
  }

  /** @param at when it was logged: each day has its own file */
  async function log(text: string, at = deployed) {
    const home = requestLogFolder(store(), 'local');
    await mkdir(home, { recursive: true });
    await appendFile(path.join(home, requestLogFile(at.toISOString())), text);
    // What is logged "later" than now is not looked at.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, deployed.getTime() + 150 - Date.now())));
  }

  const stage = (more: Partial<MonitorStage> = {}): MonitorStage => ({
    kind: 'monitor',
    deployment: 'live',
    reference: 'customers.train',
    ...more,
  });

  async function run(what: MonitorStage = stage(), more: Partial<StageContext<MonitorStage>> = {}) {
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
    const { context, logs } = await contextFor<MonitorStage>(folder(), what, inputs, { name: 'watch', ...more });
    const result = await room.run(context);
    const report = JSON.parse(await readFile(path.join(context.output, 'drift.json'), 'utf8')) as DriftReport;
    assert.ok(validateDrift(report), JSON.stringify(validateDrift.errors));
    return { result, report, logs, codes: logs.map(({ code }) => code) };
  }

  it('shows parts of the window, where something changed, and keeps what a person decided', async () => {
    await ask(rowsOf(300, 17));
    const hour = 3_600_000;
    await ask(rowsOf(300, 18, { size: 8 }), { from: 2 * hour });
    const { report, codes } = await run(stage({ window: { each: 1 } }), { classify });
    assert.deepEqual(
      report.windows!.map(({ rows, verdict, columns }) => [rows, verdict, columns['size']!.drifted]),
      [
        [300, 'stable', false],
        [300, 'drift', true],
      ],
    );
    assert.ok(report.domain!.drifted && report.domain!.columns[0]!.column === 'size', JSON.stringify(report.domain));
    const size = report.features[0]!;
    assert.deepEqual([size.column, size.effect!.name, size.effect!.level], ['size', 'wasserstein', 'large']);
    assert.ok(size.moments!['current-mean']! > size.moments!['reference-mean']! + 1);
    assert.match(size.because!, /^auto: 600 rows/);
    assert.equal(report.alerts![0]!.state, 'firing');
    assert.ok(codes.includes('drift'));

    const about = { pipeline: 'toys', stage: 'watch' };
    await assert.rejects(
      decide(store(), { ...about, action: 'suppress', columns: ['size'], reason: ' ' }),
      /needs a reason/,
    );
    await decide(store(), { ...about, action: 'suppress', columns: ['size'], reason: 'known' });
    const calm = (await run()).report;
    assert.equal(calm.drift.count, 0);
    assert.match(calm.features.find(({ column }) => column === 'size')!.suppressed!, /^suppressed by .*: known$/);
    assert.equal(calm.alerts![0]!.state, 'resolved');
    await decide(store(), { ...about, action: 'lift', lifts: 1, reason: 'no longer' });
    assert.equal((await run()).report.drift.count, 1);
    const from = new Date(deployed.getTime() + hour).toISOString();
    await decide(store(), {
      ...about,
      action: 'accept-reference',
      window: { target: 'local', from, to: new Date(deployed.getTime() + 9 * hour).toISOString() },
      reason: 'the new normal',
    });
    const { report: now } = await run(stage({ window: { last: 300 } }));
    assert.match(now.reference, /accepted as the reference/);
    assert.deepEqual([now.verdict, now.rows.reference], ['stable', 300]);
  });

  it('joins what came true, and estimates what is not known', async () => {
    await ask(rowsOf(400, 17));
    const random = new Random(3);
    const rows = rowsOf(400, 17);
    const lines = Array.from({ length: 40 }, (_, i) => ({
      id: `r${i * 10}`,
      actual: rows.slice(i * 10, i * 10 + 10).map((row) => (random.chance(answer(row)) ? 'Yes' : 'No')),
    }));
    await appendFeedback(store(), 'local', [
      ...lines,
      { id: 'nobody', actual: ['Yes'] },
      { id: 'r0', actual: ['Perhaps'] },
    ]);
    const { report, codes } = await run(
      stage({ labels: { slices: ['city'], business: 'if(label = prediction, 1, -2)' } }),
    );
    const { performance } = report;
    assert.deepEqual(
      [performance!.labelled, performance!.rows, performance!.unknown, performance!.changed],
      [399, 400, 1, 1],
    );
    const { accuracy, business } = performance!.metrics!;
    assert.ok(accuracy!.low! < accuracy!.value! && accuracy!.value! < accuracy!.high!);
    assert.ok(Math.abs(business!.value! - (3 * accuracy!.value! - 2)) < 1e-9);
    const estimated = performance!.estimated!['accuracy']!;
    assert.ok(estimated.low! <= estimated.value! && estimated.value! <= estimated.high!);
    assert.ok(performance!.slices!.every(({ slice }) => slice.startsWith('city = ')));
    assert.deepEqual(performance!.reference, { auc: 0.9 });
    for (const code of ['labels-unknown', 'labels-strange', 'labels-changed']) assert.ok(codes.includes(code), code);
    assert.equal(report.values!['performance.accuracy'], accuracy!.value);
  });

  it('tells how long nothing was asked, and how little, in a window without requests', async () => {
    const hour = 3_600_000;
    await ask(rowsOf(400, 17), { from: 4 * hour });
    const what = (hours: number) =>
      stage({ window: { hours }, alerts: { silent: 'staleness.hours > 4', quiet: 'volume.per_minute < 0.01' } });
    const { report } = await run(what(2));
    const since = (Date.now() - deployed.getTime()) / hour - 4;
    assert.ok(Math.abs(report.values!['staleness.hours']! - since) < 0.01, String(report.values!['staleness.hours']));
    assert.deepEqual(
      ['rows', 'volume.per_minute', 'drift.share', 'drift.count'].map((name) => report.values![name]),
      [0, 0, null, null],
    );
    assert.deepEqual(
      report.alerts!.map(({ rule, state }) => [rule, state]),
      [
        ['silent', 'firing'],
        ['quiet', 'firing'],
      ],
    );
    // 40 requests in eight hours, though they came within a moment.
    const all = (await run(what(8))).report;
    assert.ok(Math.abs(all.values!['volume.per_minute']! - 40 / 480) < 1e-3, String(all.values!['volume.per_minute']));
    assert.deepEqual([all.rows.current, all.alerts!.find(({ rule }) => rule === 'quiet')!.state], [400, 'resolved']);
  });

  it('knows what an answer was worth, and a boolean as what it is', async () => {
    const rows = rowsOf(200, 17);
    await ask(rows);
    await appendFeedback(
      store(),
      'local',
      Array.from({ length: 20 }, (_, i) => ({
        id: `r${i * 10}`,
        actual: rows.slice(i * 10, i * 10 + 10).map(() => 'Yes'),
        value: i,
      })),
    );
    const business = async (text: string) =>
      (await run(stage({ labels: { business: text } }))).report.performance!.metrics!['business']!.value!;
    assert.ok(Math.abs((await business('value')) - 9.5) < 1e-9);
    const gardens = rows.filter(({ garden }) => garden).length;
    assert.ok(Math.abs((await business('if(garden, 1, 0)')) - gardens / 200) < 1e-9);
  });

  it('gives an outcome to one request, where a client used an id again', async () => {
    await ask(rowsOf(100, 17));
    await ask(rowsOf(100, 18), { from: 60_000 });
    await appendFeedback(
      store(),
      'local',
      Array.from({ length: 10 }, (_, i) => ({ id: `r${i * 10}`, actual: Array.from({ length: 10 }, () => 'Yes') })),
    );
    const { report, logs } = await run();
    assert.deepEqual([report.rows.current, report.performance!.labelled], [200, 100]);
    assert.match(
      logs.find(({ code }) => code === 'request-ids-reused')!.message,
      /^10 requests have the id of an earlier one whose outcome is known/,
    );
  });

  it('warns of labels that are its own predictions written back', async () => {
    await ask(rowsOf(400, 17));
    const rows = rowsOf(400, 17);
    await appendFeedback(
      store(),
      'local',
      Array.from({ length: 40 }, (_, i) => ({
        id: `r${i * 10}`,
        actual: rows.slice(i * 10, i * 10 + 10).map((row) => (answer(row) >= 0.5 ? 'Yes' : 'No')),
      })),
    );
    assert.ok((await run()).codes.includes('labels-own-output'));
  });
});
