import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownIdentity } from '../../../lifecycle/process/identity';
import { waitForLock } from '../../../lifecycle/process/lock';
import { adoptArtifact, describeFiles } from '../../../lifecycle/store/artifacts';
import { keepManifest } from '../../../lifecycle/store/cache';
import { collectGarbage, planGarbage } from '../../../lifecycle/store/gc';
import { openStore, storePaths } from '../../../lifecycle/store/layout';
import { labelRuns } from '../../../lifecycle/store/labels';
import { noteRetraining } from '../../../lifecycle/store/retraining';
import { createRun, newRunId } from '../../../lifecycle/store/runs';
import { watchLock } from '../../../lifecycle/store/watch';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash, runInfo } from '../../rigs/runs';

describe('store/gc', () => {
  const folder = freshFolder();
  const store = () => join(folder(), 'store');
  let second = 0;

  /** A run that made one result for the stage `model`. */
  async function run(digit: string): Promise<{ id: string; artifact: string }> {
    const id = newRunId(new Date(2026, 0, 1, 0, 0, second++));
    const path = await createRun(store(), runInfo({ id, process: DEAD }));
    const output = join(store(), 'tmp', digit);
    mkdirSync(output);
    writeFileSync(join(output, 'file'), digit.repeat(1000));
    const files = await describeFiles(output);
    const artifact = await adoptArtifact(store(), output, files);
    await keepManifest(store(), 'churn', {
      format: 1,
      kind: 'train',
      fingerprint: hash(digit),
      inputs: {},
      artifact,
      files,
      outputs: {},
      metrics: {},
      run: id,
      stage: 'model',
      created: '',
      seconds: 1,
    });
    writeFileSync(
      join(path, 'record.json'),
      JSON.stringify({
        format: 1,
        id,
        status: 'succeeded',
        created: '',
        finished: '',
        seconds: 1,
        stages: { model: { kind: 'train', status: 'succeeded', fingerprint: hash(digit), artifact } },
      }),
    );
    return { id, artifact };
  }

  beforeEach(() => openStore(store()));

  it('shows what would go without touching it, then removes exactly that', async () => {
    const runs = [await run('1'), await run('2'), await run('3')];
    const plan = await planGarbage(store(), { keepRuns: 2 });
    assert.deepEqual(
      plan.items.map((item) => [item.kind, item.id]).sort(),
      [
        ['artifact', runs[0]?.artifact],
        ['result', hash('1')],
        ['run', runs[0]?.id],
      ].sort(),
    );
    assert.ok(plan.bytes > 1000);
    assert.ok(existsSync(storePaths.run(store(), runs[0]?.id ?? '')));

    assert.deepEqual((await collectGarbage(store(), { keepRuns: 2 })).items, plan.items);
    assert.deepEqual(
      runs.map(({ artifact }) => existsSync(storePaths.artifact(store(), artifact))),
      [false, true, true],
    );
    assert.deepEqual((await planGarbage(store(), { keepRuns: 2 })).items, []);
  });

  it('keeps what the registry names and the latest result of each stage', async () => {
    const first = await run('1');
    await run('2');
    mkdirSync(join(store(), 'registry', 'churn'), { recursive: true });
    writeFileSync(join(store(), 'registry', 'churn', '1.json'), JSON.stringify({ artifact: first.artifact }));
    const plan = await planGarbage(store(), { keepRuns: 0 });
    assert.deepEqual(
      plan.items.map((item) => item.kind),
      ['run', 'run'],
    );
  });

  it('removes leftovers of dead processes only', async () => {
    for (const [name, owner] of [
      ['dead', DEAD],
      ['alive', ownIdentity()],
    ] as const) {
      mkdirSync(join(store(), 'tmp', name), { recursive: true });
      writeFileSync(join(store(), 'tmp', name, 'owner.json'), JSON.stringify({ ...owner, host: runInfo().host }));
    }
    mkdirSync(join(store(), 'tmp', 'unowned'));
    mkdirSync(join(store(), 'tmp', 'old'));
    utimesSync(join(store(), 'tmp', 'old'), 0, 0);
    const plan = await collectGarbage(store(), { keepRuns: 1 });
    assert.deepEqual(plan.items.map((item) => item.id).sort(), ['dead', 'old']);
    assert.ok(existsSync(join(store(), 'tmp', 'alive')));
  });

  it('removes nothing while a run is going or begins', async () => {
    await run('1');
    await createRun(store(), runInfo());
    await assert.rejects(collectGarbage(store(), { keepRuns: 0 }), /is going/);
    assert.equal((await planGarbage(store(), { keepRuns: 0 })).running.length, 1);
  });

  it('respects the lock of a run that has no folder yet', async () => {
    await run('1');
    const lock = await waitForLock(storePaths.lock(store(), 'run-churn'), 'run 7');
    await assert.rejects(collectGarbage(store(), { keepRuns: 0 }), /run 7 is going/);
    await lock.release();
    await collectGarbage(store(), { keepRuns: 0 });
  });

  it('does not wait for a watch, whose looks push out nothing else', async () => {
    const [first, second] = [await run('1'), await run('2')];
    for (let i = 0; i < 3; i++) {
      const id = newRunId(new Date(2026, 1, 1, 0, 0, i));
      const path = await createRun(store(), runInfo({ id, process: DEAD, command: 'monitor' }));
      const stages = { watch: { kind: 'monitor', status: 'succeeded' } };
      const ended = { format: 1, id, status: 'succeeded', created: '', finished: '', seconds: 1, stages };
      writeFileSync(join(path, 'record.json'), JSON.stringify(ended));
    }
    const watch = await waitForLock(watchLock(store()), 'the watch');
    const { items } = await collectGarbage(store(), { keepRuns: 2 });
    await watch.release();
    assert.deepEqual(
      items.map(({ kind, label }) => [kind, label.replace(/,.*/, '')]),
      [['run', 'churn']],
    );
    assert.ok(existsSync(storePaths.run(store(), first.id)) && existsSync(storePaths.run(store(), second.id)));
  });

  it('keeps runs that somebody labelled, and those of a retraining that waits for a person', async () => {
    const [starred, waiting, plain] = [await run('1'), await run('2'), await run('3')];
    await labelRuns(store(), [starred.id], { star: true });
    const event = { id: 'r1', reason: '' };
    noteRetraining(store(), 'churn', 'watch', { ...event, step: 'trained', run: waiting.id });
    noteRetraining(store(), 'churn', 'watch', { ...event, step: 'waiting' });
    const gone = async () =>
      (await planGarbage(store(), { keepRuns: 0 })).items.flatMap(({ kind, id }) => (kind === 'run' ? [id] : []));
    assert.deepEqual(await gone(), [plain.id]);
    await labelRuns(store(), [starred.id], { star: false });
    noteRetraining(store(), 'churn', 'watch', { ...event, step: 'kept-out' });
    assert.deepEqual((await gone()).sort(), [starred.id, waiting.id, plain.id].sort());
  });
});
