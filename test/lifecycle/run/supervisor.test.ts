import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, RunRecord, Stage } from '../../../schemas/generated/types';
import { validateEvent, validateManifest, validateRecord, validateRun } from '../../../schemas/generated/validators';
import type { Plan } from '../../../lifecycle/pipeline/types';
import { inlineCompute } from '../../../lifecycle/run/compute';
import type { Rooms } from '../../../lifecycle/run/rooms';
import { runPipeline, type RunOptions } from '../../../lifecycle/run/supervisor';
import { findManifest } from '../../../lifecycle/store/cache';
import { storePaths } from '../../../lifecycle/store/layout';
import { readRun, requestCancel } from '../../../lifecycle/store/runs';
import { data, exam, fakeRooms, model, planOf } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';

describe('run/supervisor', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');
  beforeEach(() => writeFileSync(join(folder(), 'data.txt'), 'abc|def'));

  const usual = (): Record<string, Stage> => ({
    customers: data(),
    a: model(['print', 'x'], 'customers.train'),
    b: model(['warn', 'odd']),
    exam: exam('a', 'b'),
    bundle: { kind: 'package', model: 'exam.best', name: 'm' },
    live: { kind: 'deploy', package: 'bundle', target: 'local' },
  });

  function go(
    plan: Plan | Record<string, Stage>,
    more: Partial<RunOptions> & { rooms?: Rooms } = {},
  ): Promise<RunRecord> {
    const whole: Plan =
      'stages' in plan && Array.isArray(plan.stages) ? (plan as Plan) : planOf(plan as Record<string, Stage>);
    const rooms = more.rooms ?? fakeRooms;
    return runPipeline({
      plan: whole,
      execute: new Set(whole.stages.filter((stage) => !stage.effect).map((stage) => stage.name)),
      file: join(folder(), 'churn.pipeline.yaml'),
      root: folder(),
      store: store(),
      rooms,
      compute: inlineCompute(rooms),
      cores: 4,
      ...more,
    });
  }

  const statuses = (record: RunRecord) =>
    Object.fromEntries(Object.entries(record.stages).map(([name, stage]) => [name, stage.status]));
  const reasons = (record: RunRecord) =>
    Object.fromEntries(Object.entries(record.stages).map(([name, stage]) => [name, stage.reason]));

  it('executes everything once, then reuses everything and says why', async () => {
    const events: RunEvent[] = [];
    const first = await go(usual(), { onEvent: (event) => events.push(event) });
    assert.equal(first.status, 'succeeded');
    assert.deepEqual(statuses(first), {
      customers: 'succeeded',
      a: 'succeeded',
      b: 'succeeded',
      exam: 'succeeded',
      bundle: 'succeeded',
    });
    assert.equal(first.stages['a']?.reason, 'it has no result yet');
    assert.ok(validateRecord(first), JSON.stringify(validateRecord.errors));
    for (const event of events) assert.ok(validateEvent(event), JSON.stringify([event, validateEvent.errors]));
    const folderOfRun = storePaths.run(store(), first.id);
    assert.ok(validateRun(JSON.parse(readFileSync(join(folderOfRun, 'run.json'), 'utf8'))));
    assert.deepEqual(JSON.parse(readFileSync(join(folderOfRun, 'record.json'), 'utf8')), first);
    assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
    const manifest = await findManifest(store(), first.stages['b']?.fingerprint ?? '');
    assert.ok(validateManifest(manifest));
    assert.deepEqual(manifest?.warnings, [{ code: 'careful', message: 'odd', path: ['command', 1, 'deeper'] }]);

    const second = await go(usual());
    assert.ok(Object.values(second.stages).every((stage) => stage.status === 'reused' && stage.from === first.id));
    assert.equal(second.stages['a']?.reason, `nothing changed since run ${first.id}`);
    const summary = await readRun(store(), second.id);
    assert.deepEqual(
      summary.logs.map((log) => log.message),
      ['odd'],
    );
    assert.equal(summary.status, 'succeeded');
  });

  it('re-runs only what a change reaches, and says which change', async () => {
    await go(usual());
    const changed = await go({ ...usual(), b: model(['warn', 'different']) });
    assert.deepEqual(statuses(changed), {
      customers: 'reused',
      a: 'reused',
      b: 'succeeded',
      exam: 'succeeded',
      bundle: 'succeeded',
    });
    assert.match(reasons(changed)['b'] ?? '', /odd.*different/);
  });

  it('stops a change that changes nothing downstream', async () => {
    await go(usual());
    writeFileSync(join(folder(), 'data.txt'), 'abc|changed test split');
    const record = await go(usual());
    // `a` reads customers.train only, which is the same; `b` reads all of customers.
    assert.deepEqual(statuses(record), {
      customers: 'succeeded',
      a: 'reused',
      b: 'succeeded',
      exam: 'reused',
      bundle: 'reused',
    });
    assert.match(reasons(record)['customers'] ?? '', /data\.txt/);
  });

  it('reuses a stage under a new name', async () => {
    await go({ customers: data(), a: model(['print', 'x']) });
    assert.deepEqual(statuses(await go({ customers: data(), renamed: model(['print', 'x']) })), {
      customers: 'reused',
      renamed: 'reused',
    });
  });

  it('makes a damaged result anew', async () => {
    const first = await go(usual());
    rmSync(join(storePaths.artifact(store(), first.stages['a']?.artifact ?? ''), 'model.txt'), { force: true });
    const second = await go(usual());
    assert.deepEqual(
      [second.stages['a']?.status, second.stages['a']?.reason],
      ['succeeded', 'its kept result is damaged: model.txt is missing'],
    );
    assert.equal(second.stages['exam']?.status, 'reused');
  });

  it('reuses nothing when forced', async () => {
    await go(usual());
    const record = await go(usual(), { selection: { force: true } });
    assert.ok(
      Object.values(record.stages).every((stage) => stage.status === 'succeeded' && stage.reason === 'it was forced'),
    );
  });

  it('executes only what was asked for, on kept results of the rest', async () => {
    const missing = await go(usual(), { execute: new Set(['exam']) });
    assert.equal(missing.status, 'failed');
    assert.equal(missing.stages['customers']?.error?.code, 'result-missing');
    assert.match(missing.stages['customers']?.error?.hint ?? '', /--to customers/);

    await go(usual());
    const record = await go({ ...usual(), exam: exam('b', 'a') }, { execute: new Set(['exam']) });
    assert.deepEqual(statuses(record), { customers: 'reused', a: 'reused', b: 'reused', exam: 'succeeded' });
  });

  it('runs effects each time they are asked for, never otherwise', async () => {
    await go(usual());
    assert.equal(existsSync(join(folder(), 'deployed.txt')), false);
    const deployed = await go(usual(), { execute: new Set(['live']) });
    assert.equal(deployed.stages['live']?.status, 'succeeded');
    rmSync(join(folder(), 'deployed.txt'));
    await go(usual(), { execute: new Set(['live']) });
    assert.ok(existsSync(join(folder(), 'deployed.txt')));
  });

  it('holds back only what depends on a failure', async () => {
    const record = await go({ ...usual(), b: model(['fail', 'out of luck']) });
    assert.equal(record.status, 'failed');
    assert.deepEqual(statuses(record), {
      customers: 'succeeded',
      a: 'succeeded',
      b: 'failed',
      exam: 'skipped',
      bundle: 'skipped',
    });
    assert.deepEqual(record.stages['b']?.error, {
      code: 'went-wrong',
      message: 'out of luck',
      hint: 'Try again.',
      path: ['command', 1],
      file: 'churn.pipeline.yaml',
      line: 3,
    });
    assert.equal(record.stages['bundle']?.reason, 'b failed');
    const mended = await go(usual());
    assert.deepEqual(statuses(mended), {
      customers: 'reused',
      a: 'reused',
      b: 'succeeded',
      exam: 'succeeded',
      bundle: 'succeeded',
    });
  });

  it('reports bugs, metrics that are no numbers, full disks and missing files each in one message', async () => {
    const bug = await go({ customers: data(), m: model(['bug']) });
    assert.equal(bug.stages['m']?.error?.code, 'internal-error');
    const nan = await go({ customers: data(), m: model(['nan']) });
    assert.equal(nan.stages['m']?.error?.code, 'metric-not-finite');
    const full = await go({ customers: data(), m: model(['full']) });
    assert.equal(full.stages['m']?.error?.code, 'disk-full');
    const missing = await go({ customers: data('none.txt') });
    assert.match(missing.stages['customers']?.error?.message ?? '', /none\.txt does not exist/);
    assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
  });

  it('runs independent stages side by side, within the cores', async () => {
    const stages = {
      customers: data(),
      ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, model(['sleep', '100', name])])),
    };
    const most = async (cores: number) => {
      let now = 0;
      let peak = 0;
      await go(stages, {
        cores,
        selection: { force: true },
        onEvent: (event) => {
          if (event.type === 'stage-started') peak = Math.max(peak, ++now);
          if (event.type === 'stage-finished') now--;
        },
      });
      return peak;
    };
    assert.equal(await most(4), 4);
    assert.equal(await most(2), 2);
    assert.equal(await most(1), 1);
  });

  it('cancels: by signal or by a file in the folder of the run', async () => {
    const stages = { customers: data(), slow: model(['sleep', '20000']), exam: exam('slow') };
    const abort = new AbortController();
    const bySignal = go(stages, {
      signal: abort.signal,
      onEvent: (event) => event.type === 'stage-progress' && abort.abort(),
    });
    const record = await bySignal;
    assert.equal(record.status, 'cancelled');
    assert.deepEqual(statuses(record), { customers: 'succeeded', slow: 'cancelled', exam: 'cancelled' });
    assert.equal((await readRun(store(), record.id)).stages[1]?.state, 'cancelled');

    let id = '';
    const byFile = await go(stages, {
      onBegin: (info) => (id = info.id),
      onEvent: (event) => event.type === 'stage-progress' && event.fraction === 0 && void requestCancel(store(), id),
    });
    assert.equal(byFile.status, 'cancelled');
    assert.ok(byFile.seconds < 10);
    assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
  });

  it('refuses a second run of the same pipeline, or lets it wait', async () => {
    const stages = { customers: data(), slow: model(['sleep', '300']) };
    let other: Promise<unknown> | undefined;
    let waited = '';
    const first = go(stages, {
      onEvent: (event) => {
        if (event.type !== 'stage-progress' || other !== undefined) return;
        other = Promise.all([
          assert.rejects(go(stages), /churn\.pipeline\.yaml is being run already: run \d{8}-\d{6}-\w+ \(process \d+/),
          go(stages, { wait: true, onWait: (owner) => (waited = owner.purpose) }),
          go(stages, { file: join(folder(), 'another.pipeline.yaml') }),
        ]);
      },
    });
    const { id } = await first;
    const [, waiting] = (await other) as [unknown, RunRecord];
    assert.equal(waited, `run ${id}`);
    assert.ok(Object.values(waiting.stages).every((stage) => stage.status === 'reused'));
  });

  it('gives each stage its seed and a thread count that the plan decides', async () => {
    const seeded: Stage = { kind: 'train', data: 'customers', command: ['print', 's'], seed: 9 };
    const plan = planOf({ customers: data(), a: model(['print', 'a']), b: seeded });
    const record = await go({ ...plan, pipeline: { ...plan.pipeline, seed: 5 } });
    const text = (name: string) =>
      readFileSync(join(storePaths.artifact(store(), record.stages[name]?.artifact ?? ''), 'model.txt'), 'utf8');
    assert.match(text('a'), /seed 5 /);
    assert.match(text('b'), /seed 9 /);
    assert.equal(record.stages['a']?.summary, 'made with 2 threads');
  });

  it('keeps secrets out of events and logs', async () => {
    const record = await go(
      { customers: data(), m: model(['secret', 'TOKEN']) },
      { secrets: { TOKEN: 'hunter2-hunter2' } },
    );
    const files = readdirSync(storePaths.run(store(), record.id)).map((name) =>
      readFileSync(join(storePaths.run(store(), record.id), name), 'utf8'),
    );
    assert.ok(files.some((text) => text.includes('the secret is •••')));
    assert.ok(!files.some((text) => text.includes('hunter2')));
  });

  it('warns when the lock file can not be written, and succeeds', async () => {
    const record = await go(usual(), {
      onSuccess: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES', path: '/x' })),
    });
    assert.equal(record.status, 'succeeded');
    assert.match(
      (await readRun(store(), record.id)).logs.at(-1)?.message ?? '',
      /lock file could not be written: No permission/,
    );
  });

  it('leaves artifacts read-only', async () => {
    const record = await go(usual());
    const path = join(storePaths.artifact(store(), record.stages['a']?.artifact ?? ''), 'model.txt');
    chmodSync(path, 0o644);
    assert.equal(record.stages['a']?.metrics?.['auc'], 0.75);
  });
});
