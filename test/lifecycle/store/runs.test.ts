import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { RunEvent, RunRecord } from '../../../schemas/generated/types';
import { validateEvent, validateRecord, validateRun } from '../../../schemas/generated/validators';
import type { UserError } from '../../../lifecycle/problem';
import { EventWriter, type NewEvent } from '../../../lifecycle/store/events';
import {
  createRun,
  FolderBell,
  followRun,
  listRuns,
  newRunId,
  readPipelineText,
  readRun,
  requestCancel,
  resolveRunId,
  runLives,
} from '../../../lifecycle/store/runs';
import { applyEvent, CHECKPOINT_LIMIT, newSummary } from '../../../lifecycle/store/summary';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash, runInfo } from '../../rigs/runs';

const EVENTS: NewEvent[] = [
  {
    format: 1,
    type: 'run-started',
    run: 'x',
    pipeline: 'churn',
    stages: [
      { name: 'data', kind: 'data', after: [] },
      { name: 'model', kind: 'train', after: ['data'] },
      { name: 'exam', kind: 'evaluate', after: ['model'] },
    ],
  },
  { type: 'stage-reused', stage: 'data', fingerprint: hash('a'), from: 'y', metrics: { rows: 7 }, summary: '7 rows' },
  { type: 'stage-started', stage: 'model', fingerprint: hash('b'), reason: 'new' },
  { type: 'metric', stage: 'model', name: 'loss', step: 1, epoch: 0, value: 0.5 },
  { type: 'metric', stage: 'model', name: 'loss', step: 2, epoch: 1, value: 'NaN' },
  { type: 'checkpoint', stage: 'model', step: 40, epoch: 2 },
  { type: 'stage-progress', stage: 'model', fraction: 0.5, message: 'epoch 1 of 2' },
  { type: 'log', stage: 'model', level: 'warning', message: 'odd', code: 'odd' },
  {
    type: 'stage-failed',
    stage: 'model',
    seconds: 1,
    error: { code: 'diverged', message: 'The loss is not a number.' },
  },
  { type: 'stage-skipped', stage: 'exam', reason: 'model failed' },
  { type: 'run-finished', status: 'failed', seconds: 2 },
];

describe('store/runs', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');

  async function run(events: readonly NewEvent[], more: Parameters<typeof runInfo>[0] = {}) {
    const info = runInfo(more);
    const path = await createRun(store(), info);
    const writer = new EventWriter(join(path, 'events.jsonl'));
    for (const event of events) writer.write(event);
    writer.close();
    return { id: info.id, path };
  }

  it('keeps the text of the pipeline with the run, for its trials too', async () => {
    const info = runInfo();
    const path = await createRun(store(), info, 'pipeline: churn\n');
    assert.deepEqual(readdirSync(path).sort(), ['lease', 'pipeline.txt', 'run.json']);
    assert.equal(await readPipelineText(store(), info.id), 'pipeline: churn\n');
    assert.equal(await readPipelineText(store(), `${info.id}.trees-3-1`), 'pipeline: churn\n');
    const old = runInfo();
    await createRun(store(), old);
    await assert.rejects(
      readPipelineText(store(), old.id),
      (thrown: UserError) => thrown.problem.code === 'pipeline-not-kept',
    );
  });

  it('writes events and run.json that their schemas accept', async () => {
    const { path } = await run(EVENTS);
    for (const line of readFileSync(join(path, 'events.jsonl'), 'utf8').trim().split('\n'))
      assert.ok(validateEvent(JSON.parse(line)), line);
    assert.ok(validateRun(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))));
  });

  it('folds events into what is known', async () => {
    const { id } = await run(EVENTS);
    const summary = await readRun(store(), id);
    assert.equal(summary.status, 'failed');
    assert.deepEqual(
      summary.stages.map((stage) => [stage.name, stage.kind, stage.state]),
      [
        ['data', 'data', 'reused'],
        ['model', 'train', 'failed'],
        ['exam', 'evaluate', 'skipped'],
      ],
    );
    const model = summary.stages[1];
    assert.equal(model?.error?.code, 'diverged');
    const { times, ...loss } = model?.series['loss'] ?? {};
    assert.equal(times?.length, 2);
    assert.deepEqual(loss, {
      count: 2,
      steps: [1, 2],
      values: [0.5, NaN],
      epochs: [0, 1],
      last: { step: 2, value: NaN, epoch: 1 },
      stride: 1,
    });
    assert.equal(summary.logs.length, 1);
    assert.equal(summary.seconds, 2);
  });

  it('is a pure fold: the same events give the same summary, in one go or piece by piece', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        const stamped = events.map((event, i) => ({ time: new Date(i).toISOString(), ...event }));
        const once = newSummary('x');
        const again = newSummary('x');
        for (const event of stamped) applyEvent(once, event);
        for (const event of stamped) applyEvent(again, JSON.parse(JSON.stringify(event)) as RunEvent);
        assert.deepEqual(once, again);
        assert.equal(once.events, events.length);
      }),
      { numRuns: 200 },
    );
  });

  it('tolerates torn lines, garbage, unknown events, hostile names and a clock that goes back', async () => {
    const { id, path } = await run(EVENTS.slice(0, 3), { process: DEAD });
    appendFileSync(
      join(path, 'events.jsonl'),
      'garbage\n{"type":7}\n{"type":"from-the-future","x":1}\n{"time":"1970-01-01T00:00:00.000Z","type":"metric","stage":"model","name":"__proto__","step":1,"value":1}\n' +
        '{"time":"1970-01-01T00:00:00.000Z","type":"metric","stage":"model","name":"constructor","step":1,"value":1}\n{"type":"stage-progress","stage":"mo',
    );
    const summary = await readRun(store(), id);
    assert.equal(summary.status, 'lost');
    assert.equal(summary.garbage, 2);
    assert.equal(summary.stages[1]?.state, 'lost');
    assert.equal(summary.stages[1]?.series['constructor']?.count, 1);
    assert.equal(({} as { count?: number }).count, undefined);
  });

  it('keeps the newest checkpoint and a few hundred of those before it', () => {
    const summary = newSummary('x');
    const time = '2026-11-03T10:00:00.000Z';
    for (let step = 1; step <= 3_001; step++) applyEvent(summary, { time, type: 'checkpoint', stage: 'net', step });
    const { count, marks } = summary.stages[0]?.checkpoints ?? { count: 0, marks: [] };
    assert.equal(count, 3_001);
    assert.ok(marks.length > CHECKPOINT_LIMIT / 3 && marks.length <= CHECKPOINT_LIMIT);
    assert.deepEqual(
      [marks.at(-1), marks.every(({ step }, at) => at === 0 || step > (marks[at - 1]?.step ?? 0))],
      [{ time, step: 3_001 }, true],
    );
    applyEvent(summary, { time, type: 'checkpoint', stage: 'net', step: NaN });
    assert.equal(summary.stages[0]?.checkpoints?.count, 3_001);
  });

  it('tells running, lost and ended runs apart, on this machine and on another', async () => {
    await run(EVENTS.slice(0, 3));
    await run(EVENTS.slice(0, 3), { process: DEAD });
    await run(EVENTS, { process: DEAD });
    const { path } = await run([], { process: DEAD, host: 'elsewhere' });
    assert.deepEqual((await listRuns(store())).map((entry) => entry.status).sort(), [
      'failed',
      'lost',
      'running',
      'running',
    ]);
    utimesSync(join(path, 'lease'), 0, 0);
    assert.equal(await runLives(path, runInfo({ host: 'elsewhere' })), false);
  });

  it('believes the record over the events', async () => {
    const { id, path } = await run(EVENTS.slice(0, 4), { process: DEAD });
    const record: RunRecord = {
      format: 1,
      id,
      status: 'succeeded',
      created: 'a',
      finished: 'b',
      seconds: 3,
      stages: { model: { kind: 'train', status: 'succeeded', artifact: hash('c'), metrics: { auc: 0.9 } } },
    };
    assert.ok(validateRecord(record));
    writeFileSync(join(path, 'record.json'), JSON.stringify(record));
    const summary = await readRun(store(), id);
    assert.deepEqual(
      [summary.status, summary.stages[1]?.state, summary.stages[1]?.artifact],
      ['succeeded', 'succeeded', hash('c')],
    );
    assert.equal((await listRuns(store()))[0]?.record?.seconds, 3);
  });

  it('lists newest first, by pipeline, within a limit, and passes over foreign folders', async () => {
    for (let i = 0; i < 70; i++)
      await run([], { id: newRunId(new Date(2026, 0, 1, 0, 0, i)), pipeline: i % 2 === 0 ? 'churn' : 'other' });
    mkdirSync(join(store(), 'runs', 'zzz'));
    writeFileSync(join(store(), 'runs', 'zzzz'), 'x');
    const found = await listRuns(store(), { limit: 20, pipeline: 'churn' });
    assert.equal(found.length, 20);
    assert.deepEqual(
      found.map((entry) => entry.id),
      found
        .map((entry) => entry.id)
        .sort()
        .reverse(),
    );
    assert.deepEqual(await listRuns(join(folder(), 'none')), []);
  });

  it('finds a run by a part of its id', async () => {
    await run([], { id: '20260101-000000-000abc' });
    await run([], { id: '20260101-000000-001abd' });
    assert.equal(await resolveRunId(store(), 'abd'), '20260101-000000-001abd');
    assert.equal(await resolveRunId(store(), 'latest'), '20260101-000000-001abd');
    await assert.rejects(resolveRunId(store(), '2026'), /fits 2 runs/);
    await assert.rejects(resolveRunId(store(), 'q'), /There is no run 'q'/);
    await assert.rejects(readRun(store(), 'q'), /There is no run/);
  });

  it('gives ids that sort by time', () => {
    const ids = [0, 1, 999, 1000, 60_000, 86_400_000].map((ms) => newRunId(new Date(1_700_000_000_000 + ms)));
    assert.deepEqual([...ids].sort(), ids);
    assert.match(ids[0] ?? '', /^\d{8}-\d{6}-\d{3}[0-9a-z]{3}$/);
  });

  it('follows a run while it is written, to its end', async () => {
    const info = runInfo();
    const path = await createRun(store(), info);
    const writer = new EventWriter(join(path, 'events.jsonl'));
    void (async () => {
      for (const event of EVENTS) {
        writer.write(event);
        await new Promise((done) => setTimeout(done, 15));
      }
      writer.close();
      writeFileSync(
        join(path, 'record.json'),
        JSON.stringify({ format: 1, id: info.id, status: 'failed', created: '', finished: '', seconds: 1, stages: {} }),
      );
    })();
    let seen = 0;
    let updates = 0;
    let last;
    for await (const update of followRun(store(), info.id, { interval: 5 })) {
      seen += update.events.length;
      updates++;
      last = update;
    }
    assert.equal(seen, EVENTS.length);
    assert.ok(updates > 2);
    assert.deepEqual([last?.ended, last?.summary.status], [true, 'failed']);
  });

  it('stops following when told to', async () => {
    const { id } = await run(EVENTS.slice(0, 2));
    let updates = 0;
    for await (const _ of followRun(store(), id, { signal: AbortSignal.timeout(50) })) updates++;
    assert.equal(updates, 1);
  });

  it('asks only a running run to stop', async () => {
    const { id, path } = await run([]);
    await requestCancel(store(), id);
    assert.ok(readdirSync(path).includes('cancel'));
    const lost = await run([], { process: DEAD });
    await assert.rejects(requestCancel(store(), lost.id), /was lost/);
  });

  it('takes 100,000 points a second and keeps their peaks', async () => {
    const info = runInfo();
    const path = await createRun(store(), info);
    const writer = new EventWriter(join(path, 'events.jsonl'));
    for (let step = 0; step < 100_000; step++)
      writer.write({
        type: 'metric',
        stage: 'model',
        name: 'loss',
        step,
        value: step === 70_001 ? 99 : Math.sin(step),
      });
    writer.close();
    const { stages } = await readRun(store(), info.id);
    const series = stages[1]?.series['loss'];
    assert.equal(series?.count, 100_000);
    assert.ok((series?.values.length ?? 0) <= 8_192 && (series?.values.length ?? 0) > 2_000);
    assert.ok(series?.values.includes(99));
    assert.equal(series?.last.step, 99_999);
    assert.deepEqual(
      series?.steps,
      [...(series?.steps ?? [])].sort((a, b) => a - b),
    );
  });
});

describe('a bell on a folder', () => {
  const fresh = freshFolder();

  const ringsWithin = async (bell: FolderBell, most: number): Promise<boolean> => {
    const began = Date.now();
    await bell.ring(most);
    return Date.now() - began < most;
  };

  it('rings for a folder that comes later, and for one that is deleted and made again', async () => {
    const folder = join(fresh(), 'runs');
    const bell = new FolderBell(folder);
    try {
      assert.ok(bell.absent);
      assert.equal(await ringsWithin(bell, 60), false);
      mkdirSync(folder);
      assert.equal(await ringsWithin(bell, 5_000), true, 'the folder came');
      assert.ok(!bell.absent);
      writeFileSync(join(folder, 'one'), '');
      assert.equal(await ringsWithin(bell, 5_000), true, 'a file came');
      rmSync(folder, { recursive: true });
      while (await ringsWithin(bell, 300));
      assert.ok(bell.absent);
      mkdirSync(folder);
      assert.equal(await ringsWithin(bell, 5_000), true, 'the folder came again');
      while (await ringsWithin(bell, 300));
      writeFileSync(join(folder, 'two'), '');
      assert.equal(await ringsWithin(bell, 5_000), true, 'a file came again');
    } finally {
      bell.close();
    }
  });
});
