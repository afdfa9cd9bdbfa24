import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, RunRecord, Stage, TrainStage } from '../../../schemas/generated/types';
import { validateEvent } from '../../../schemas/generated/validators';
import { inlineCompute } from '../../../lifecycle/run/compute';
import type { Rooms } from '../../../lifecycle/run/rooms';
import { runPipeline } from '../../../lifecycle/run/supervisor';
import { UsageMeter } from '../../../lifecycle/run/usage';
import { readWish, requestControl } from '../../../lifecycle/store/control';
import { storePaths } from '../../../lifecycle/store/layout';
import type { StageContext } from '../../../lifecycle/store/room';
import { requestCancel } from '../../../lifecycle/store/runs';
import { applyEvent, newSummary } from '../../../lifecycle/store/summary';
import { usageInTable, treeUsage } from '../../../lifecycle/process/usage';
import { fakeNvidia } from '../../rigs/fake-nvidia';
import { data, fakeRooms, model, planOf } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';

const MOST_EPOCHS = 100_000;

/** Trains epochs until it is told to finish, as a trainer does. */
const rooms: Rooms = {
  ...fakeRooms,
  train: () =>
    Promise.resolve({
      kind: 'train',
      version: 1,
      run: async (context: StageContext<TrainStage>) => {
        const { control, signal, output } = context;
        let epoch = 0;
        while (epoch < MOST_EPOCHS) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          signal.throwIfAborted();
          await control?.rest(signal);
          context.metric('loss', 1 / ++epoch, epoch, epoch);
          if (control?.finishing !== true) continue;
          control.stopped(`after epoch ${epoch} of ${MOST_EPOCHS}`);
          break;
        }
        writeFileSync(join(output, 'model.txt'), `epoch ${epoch}`);
        return { metrics: { epoch } };
      },
    }),
};

describe('run/control', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');
  beforeEach(() => writeFileSync(join(folder(), 'data.txt'), 'abc|def'));

  /** A run of two trainings, what it said, and waiting for what it says. */
  function begin(stages: Record<string, Stage> = { customers: data(), a: model(['x']), bundle: bundle }) {
    const plan = planOf(stages);
    const events: RunEvent[] = [];
    let look: () => void = () => undefined;
    let id = '';
    const record = runPipeline({
      plan,
      execute: new Set(plan.stages.map((stage) => stage.name)),
      file: join(folder(), 'churn.pipeline.yaml'),
      root: folder(),
      store: store(),
      rooms,
      compute: inlineCompute(rooms),
      cores: 4,
      onBegin: (info) => (id = info.id),
      onEvent: (event) => {
        assert.ok(validateEvent(event), JSON.stringify([event, validateEvent.errors]));
        events.push(event);
        look();
      },
    });
    const until = (test: (event: RunEvent) => boolean) =>
      new Promise<number>((resolve) => {
        look = () => {
          const at = events.findIndex(test);
          if (at >= 0) resolve(at);
        };
        look();
      });
    const ask = (action: 'pause' | 'resume' | 'finish') => requestControl(store(), id, action);
    return { record, events, until, ask, cancel: () => requestCancel(store(), id), id: () => id };
  }

  const bundle: Stage = { kind: 'package', model: 'a', name: 'm' };
  const loss = (event: RunEvent) => event.type === 'metric';
  const state = (stage: string | undefined, wanted: string) => (event: RunEvent) =>
    event.type === 'control' && event.stage === stage && event.state === wanted;

  it('rests, goes on, and ends early with what was learnt', async () => {
    const run = begin();
    await run.until(loss);
    await run.ask('pause');
    await run.until(state('a', 'paused'));
    const before = run.events.filter(loss).length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(run.events.filter(loss).length, before);
    assert.ok(run.events.some(state(undefined, 'paused')));
    await run.ask('resume');
    await run.until(state('a', 'running'));
    await run.ask('finish');
    const record = await run.record;
    assert.equal(record.status, 'succeeded');
    assert.ok(run.events.some(state('a', 'finishing')));
    assert.equal(record.stages['bundle']?.status, 'succeeded');
    const summary = newSummary('x');
    for (const event of run.events) applyEvent(summary, event);
    assert.equal(summary.paused, undefined);
    assert.equal(summary.stages.find(({ name }) => name === 'a')?.control, undefined);
  });

  it('never takes what was ended early for the whole result', async () => {
    const first = begin();
    await first.until(loss);
    await first.ask('finish');
    const { stages } = await first.record;
    const again = begin();
    await again.until(loss);
    await again.ask('finish');
    const second: RunRecord = await again.record;
    assert.equal(second.stages['customers']?.status, 'reused');
    assert.equal(second.stages['a']?.status, 'succeeded');
    assert.match(second.stages['a'].reason ?? '', /ended early/);
    assert.notEqual(stages['a']?.fingerprint, undefined);
  });

  it('begins nothing new while it rests, and can be cancelled then', async () => {
    const run = begin();
    await run.until((event) => event.type === 'stage-started' && event.stage === 'a');
    await run.ask('pause');
    await run.until(state('a', 'paused'));
    await run.cancel();
    const record = await run.record;
    assert.equal(record.status, 'cancelled');
    assert.equal(record.stages['a']?.status, 'cancelled');
  });

  it('refuses a run that has ended or never was, and passes over a broken wish', async () => {
    const run = begin({ customers: data() });
    const { id } = await run.record;
    await assert.rejects(requestControl(store(), id, 'pause'), /is not running/);
    await assert.rejects(requestControl(store(), 'nobody', 'pause'), /no run/);
    const place = storePaths.run(store(), id);
    for (const text of ['', '{', '[]', '{"action": "explode"}']) {
      writeFileSync(join(place, 'control.json'), text);
      assert.equal(await readWish(place), undefined);
    }
  });
});

describe('run/usage', () => {
  const folder = freshFolder();

  it('tells processor, memory and GPU of a training while it runs, as series', async () => {
    const env = fakeNvidia(folder());
    const path = process.env['PATH'];
    process.env['PATH'] = env['PATH'];
    try {
      const seen = new Map<string, number>();
      const meter = new UsageMeter((event) => {
        assert.equal(event.type, 'metric');
        if (event.type === 'metric') seen.set(event.name, Number(event.value));
      }, 20);
      const end = meter.follow('network', process.pid, 0);
      const wanted = ['device/CPU %', 'device/memory MB', 'device/GPU %', 'device/GPU memory MB', 'device/GPU power W'];
      while (!wanted.every((name) => seen.has(name))) await new Promise((resolve) => setTimeout(resolve, 5));
      end();
      await meter.close();
      assert.deepEqual([...seen.keys()].sort(), [...wanted].sort());
      assert.equal(seen.get('device/GPU %'), 80);
      assert.equal(seen.get('device/GPU memory MB'), 1024);
      assert.equal(seen.get('device/GPU power W'), 61.3);
      assert.ok(seen.get('device/memory MB')! > 20);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('keeps one nvidia-smi for all trainings of a run, as long as one of them runs, and none for the processor', async () => {
    const env = fakeNvidia(folder());
    const starts = () => {
      const log = join(folder(), 'nvidia-smi.log');
      return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    };
    const path = process.env['PATH'];
    process.env['PATH'] = env['PATH'];
    try {
      const seen = new Set<string>();
      const meter = new UsageMeter(
        (event) => void (event.type === 'metric' && seen.add(`${event.stage} ${event.name}`)),
        20,
      );
      const told = async (...names: string[]) => {
        while (!names.every((name) => seen.has(name))) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const alone = meter.follow('trees', process.pid, 'none');
      await told('trees device/CPU %');
      assert.deepEqual(starts(), []);
      const ends = [0, 1, 'any' as const].map((gpu) => meter.follow(`network ${gpu}`, process.pid, gpu));
      await told(
        'network 0 device/GPU %',
        'network 1 device/GPU %',
        'network any device/GPU %',
        'network any device/GPU 1 %',
      );
      const [first, ...more] = starts();
      assert.match(first ?? '', /^loop \d+$/);
      assert.deepEqual(more, []);
      for (const end of ends) end();
      alone();
      await meter.close();
      const pid = Number(first!.slice(5));
      while (await treeUsage(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
      seen.clear();
      const again = meter.follow('later', process.pid, 0);
      await told('later device/GPU %');
      again();
      await meter.close();
      assert.equal(starts().length, 2);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('counts a whole tree', async () => {
    const usage = await treeUsage(process.pid);
    assert.ok(usage && usage.bytes > 20e6 && usage.cpuSeconds > 0);
    assert.equal(await treeUsage(2 ** 30), undefined);
    const table = ['1 0 100 0:01', '5 1 200 1:00.50', '6 5 300 1-00:00:01', '7 2 400 0:09', ''].join('\n');
    assert.deepEqual(usageInTable(5, table), { cpuSeconds: 60.5 + 86_401, bytes: 500 * 1024 });
    assert.equal(usageInTable(99, table), undefined);
  });
});
