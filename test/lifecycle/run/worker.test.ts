import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord, Stage } from '../../../schemas/generated/types';
import { identityOf, isAlive } from '../../../lifecycle/process/identity';
import { localCompute } from '../../../lifecycle/run/compute';
import { runPipeline, type RunOptions } from '../../../lifecycle/run/supervisor';
import { listRuns, readRun } from '../../../lifecycle/store/runs';
import { storePaths } from '../../../lifecycle/store/layout';
import { bundled } from '../../rigs/bundle';
import { data, fakeRooms, model, planOf } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';
import { skip } from '../../rigs/skip';

describe('run/worker', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');
  let program = '';
  before(async () => {
    program = await bundled('test/rigs/fake-run.ts');
  });
  beforeEach(() => writeFileSync(join(folder(), 'data.txt'), 'abc|def'));

  function go(command: string[], more: Partial<RunOptions> = {}): Promise<RunRecord> {
    const plan = planOf({ customers: data(), m: model(command) } satisfies Record<string, Stage>);
    return runPipeline({
      plan,
      execute: new Set(['customers', 'm']),
      file: join(folder(), 'x.pipeline.yaml'),
      root: folder(),
      store: store(),
      rooms: fakeRooms,
      compute: localCompute([process.execPath, program, '__stage']),
      cores: 2,
      ...more,
    });
  }

  it('executes a stage in a process of its own', async () => {
    const record = await go(['print', 'one,two']);
    assert.equal(record.status, 'succeeded', JSON.stringify(record.stages));
    const summary = await readRun(store(), record.id);
    assert.deepEqual(
      summary.logs.map((log) => [log.level, log.message]),
      [
        ['output', 'one'],
        ['output', 'two'],
      ],
    );
    assert.match(readFileSync(join(storePaths.run(store(), record.id), 'log.txt'), 'utf8'), /m: two\n/);
  });

  it('explains a process that exits, dies or has a bug', async () => {
    assert.match((await go(['exit', '3'])).stages['m']?.error?.message ?? '', /ended with code 3 before/);
    const died = await go(['die']);
    assert.match(died.stages['m']?.error?.message ?? '', /signal SIGKILL/);
    assert.match(died.stages['m']?.error?.hint ?? '', /memory/);
    assert.equal((await go(['bug'])).stages['m']?.error?.code, 'internal-error');
  });

  it('passes 100,000 points in good time, NaN among them', async () => {
    const record = await go(['points', '100000']);
    const series = (await readRun(store(), record.id)).stages[1]?.series['loss'];
    assert.equal(series?.count, 100_000);
    assert.ok(series?.values.some((value) => Number.isNaN(value)));
    assert.ok((record.stages['m']?.seconds ?? 99) < 4, `${record.stages['m']?.seconds} s`);
  });

  it('passes on where a training was kept on disk', async () => {
    const record = await go(['keep', '2']);
    const kept = (await readRun(store(), record.id)).stages[1]?.checkpoints;
    assert.deepEqual(
      [kept?.count, kept?.marks.map(({ step, epoch }) => [step, epoch])],
      [
        2,
        [
          [100, 1],
          [200, 2],
        ],
      ],
    );
  });

  it('does not drown in output', async () => {
    const record = await go(['flood', '30000']);
    const { logs, logsDropped } = await readRun(store(), record.id);
    assert.ok(logs.length + logsDropped <= 10_001);
    assert.match(logs.at(-1)?.message ?? '', /log\.txt only/);
    assert.match(readFileSync(join(storePaths.run(store(), record.id), 'log.txt'), 'utf8'), /line 29999/);
  });

  it('passes secrets over standard input only', async () => {
    const record = await go(['secret', 'TOKEN'], { secrets: { TOKEN: 'hunter2-hunter2' } });
    const text = readFileSync(join(storePaths.run(store(), record.id), 'events.jsonl'), 'utf8');
    assert.match(text, /the secret is •••/);
  });

  it('ends a deaf stage and its child after the grace', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    const abort = new AbortController();
    let pids: number[] = [];
    const record = await go(['deaf'], {
      grace: 200,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type !== 'log' || !event.message.startsWith('pids')) return;
        pids = event.message.split(' ').slice(1).map(Number);
        abort.abort();
      },
    });
    assert.equal(record.status, 'cancelled');
    assert.equal(pids.length, 2);
    assert.deepEqual(
      pids.map((pid) => isAlive(identityOf(pid))),
      [false, false],
    );
  });

  it('ends a stage that hangs, whatever it hears, where the pipeline sets a limit', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    let pids: number[] = [];
    const record = await go(['deaf'], {
      plan: planOf({
        customers: data(),
        m: { ...model(['deaf']), resources: { 'stall-timeout': 3 } } as Stage,
      }),
      compute: localCompute([process.execPath, program, '__stage'], { idle: 1e9, busy: 1e9, pause: 50 }),
      onEvent: (event) => {
        if (event.type === 'log' && event.message.startsWith('pids'))
          pids = event.message.split(' ').slice(1).map(Number);
      },
    });
    assert.equal(record.status, 'failed');
    assert.equal(record.stages['customers']?.status, 'succeeded');
    assert.equal(record.stages['m']?.error?.code, 'stage-stalled');
    for (const pid of pids) assert.equal(isAlive(identityOf(pid)), false);
  });

  it('lets a stage that ended well hand its process to the next, and no other', async () => {
    const compute = localCompute([process.execPath, program, '__stage']);
    const pids: (number | undefined)[] = [];
    const execute = async (stage: Stage) => {
      const said: string[] = [];
      const place = (name: string) => join(folder(), `${name}-${pids.length}`);
      const running = await compute.start(
        {
          name: 's',
          stage,
          pipeline: { name: 'p', file: join(folder(), 'x.pipeline.yaml') },
          root: folder(),
          folder: folder(),
          store: store(),
          run: 'r',
          seed: 1,
          threads: 1,
          output: place('output'),
          scratch: place('scratch'),
          inputs: [],
          secrets: {},
        },
        { event: ({ type }) => said.push(type), output: (line) => said.push(line) },
      );
      pids.push(running.pid);
      return { running, said, outcome: await running.outcome };
    };
    const missing: Stage = { ...data(), source: 'gone.txt' } as Stage;
    const first = await execute(data());
    assert.ok('result' in first.outcome, JSON.stringify(first.outcome));
    const second = await execute(data());
    // What is over is over: the process works for another by now.
    await first.running.cancel(0);
    const third = await execute(missing);
    const fourth = await execute(model(['print', 'x']));
    await execute(data());
    const [a, b, c, d, e] = pids;
    assert.deepEqual([b, c], [a, a]);
    assert.ok('result' in second.outcome && 'problem' in third.outcome && 'problem' in fourth.outcome);
    assert.deepEqual(fourth.said, ['x']);
    assert.equal(
      new Set([a, d, e]).size,
      3,
      `after a failure and after a program of the user's own: ${pids.join(', ')}`,
    );
    await compute.close();
    for (const pid of pids) assert.equal(isAlive(identityOf(pid ?? 0)), false);
  });

  it('does not outlive its supervisor', async function () {
    if (process.platform === 'win32') skip(this, 'this needs POSIX signals');
    writeFileSync(join(folder(), 'plan.json'), JSON.stringify(planOf({ customers: data(), m: model(['deaf']) })));
    const supervisor = spawn(process.execPath, [program, folder()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const id = await new Promise<string>((resolve) =>
      supervisor.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    let pids: number[] = [];
    while (pids.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const message = (await readRun(store(), id)).logs.find((log) => log.message.startsWith('pids'))?.message;
      pids = message?.split(' ').slice(1).map(Number) ?? [];
    }
    const identities = pids.map(identityOf);
    assert.deepEqual(identities.map(isAlive), [true, true]);
    const gone = new Promise((resolve) => supervisor.once('exit', resolve));
    supervisor.kill('SIGKILL');
    await gone;
    for (let i = 0; i < 100 && identities.some(isAlive); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(identities.map(isAlive), [false, false]);
    assert.equal((await readRun(store(), id)).status, 'lost');
  });

  describe('on a full disk', () => {
    let disk = '';
    beforeEach(function () {
      disk = join(folder(), 'disk');
      mkdirSync(disk);
      const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
      if (mount.status !== 0) skip(this, 'a file system of a test’s own needs the right to mount');
      writeFileSync(join(disk, 'data.txt'), 'abc|def');
    });
    afterEach(() => spawnSync('umount', ['-l', disk]));
    const there = () => ({ store: join(disk, '.lifecycle'), root: disk, file: join(disk, 'x.pipeline.yaml') });

    it('stops a stage with one message, keeps nothing half-written, and goes on when there is room', async () => {
      const record = await go(['fill', 'output'], there());
      assert.equal(record.stages['m']?.error?.code, 'disk-full');
      assert.match(record.stages['m']?.error?.message ?? '', /^The disk is full/);
      assert.deepEqual(readdirSync(join(disk, '.lifecycle', 'tmp')), []);
      const next = await go(['print', 'x'], there());
      assert.deepEqual([next.status, next.stages['customers']?.status], ['succeeded', 'reused']);
    });

    it('stops the run when not even its events can be written', async () => {
      await assert.rejects(go(['fill', 'beside'], there()), /The disk is full/);
      const [lost] = await listRuns(join(disk, '.lifecycle'));
      // Whether there was room for the record depends on what the stage's leftovers freed.
      assert.ok(lost !== undefined && (lost.status === 'lost' || lost.status === 'failed'));
      assert.equal((await readRun(join(disk, '.lifecycle'), lost.id)).stages[0]?.state, 'succeeded');
      await assert.rejects(go(['print', 'y'], there()), /Only \d+ MB are free/);
      rmSync(join(disk, 'ballast'));
      const next = await go(['print', 'x'], there());
      assert.deepEqual([next.status, next.stages['customers']?.status], ['succeeded', 'reused']);
    });
  });
});
