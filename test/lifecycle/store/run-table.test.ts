import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord, StageManifest } from '../../../schemas/generated/types';
import { keepManifest } from '../../../lifecycle/store/cache';
import { planRemoval, removeRuns } from '../../../lifecycle/store/gc';
import { labelRuns, readLabels } from '../../../lifecycle/store/labels';
import { openStore, storePaths } from '../../../lifecycle/store/layout';
import { readRunLines, tableOf } from '../../../lifecycle/store/run-table';
import { createRun } from '../../../lifecycle/store/runs';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash, runInfo } from '../../rigs/runs';

let folder: () => string = () => '';
const store = () => join(folder(), '.lifecycle');

/** A run that ended, with one trained stage. */
async function ended(id: string, digit: string, metrics: Record<string, number>): Promise<void> {
  await openStore(store());
  const info = runInfo({ id, parameters: { rate: 0.1, fast: true }, process: { ...DEAD } });
  const folder = await createRun(store(), info);
  const fingerprint = hash(digit);
  const manifest: StageManifest = {
    format: 1,
    kind: 'train',
    fingerprint,
    inputs: {
      'config.model.kind': '"network"',
      'config.model.layers[0].dense.units': '64',
      'upstream data: data': hash('0'),
    },
    artifact: hash(digit),
    files: [],
    outputs: {},
    metrics,
    run: id,
    stage: 'model',
    created: info.created,
    seconds: 1,
  };
  await keepManifest(store(), 'churn', manifest);
  const record: RunRecord = {
    format: 1,
    id,
    status: 'succeeded',
    created: info.created,
    finished: info.created,
    seconds: 3,
    stages: { model: { kind: 'train', status: 'succeeded', fingerprint, artifact: hash(digit), metrics } },
  };
  writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
}

describe('the table of runs', () => {
  folder = freshFolder();

  it('has a column for each fact, parameter, setting, metric and label', async () => {
    await ended('20261103-000001-aaaaaa', '1', { auc: 0.8 });
    await ended('20261103-000002-bbbbbb', '2', { auc: 0.9 });
    await labelRuns(store(), ['20261103-000001-aaaaaa'], { name: 'first', star: true, tags: ['a', 'b'] });
    const { lines } = await readRunLines(store());
    const { columns, rows } = tableOf(lines, await readLabels(store()));
    assert.deepEqual(
      rows.map(({ id, values }) => [
        id,
        values['model.auc'],
        values['parameters.rate'],
        values['parameters.fast'],
        values['name'],
        values['tags'],
      ]),
      [
        ['20261103-000002-bbbbbb', 0.9, 0.1, 'true', undefined, undefined],
        ['20261103-000001-aaaaaa', 0.8, 0.1, 'true', 'first', 'a, b'],
      ],
    );
    const of = (name: string) => columns.find((column) => column.name === name);
    assert.deepEqual(of('model.model.kind'), {
      name: 'model.model.kind',
      kind: 'setting',
      type: 'text',
      stage: 'model',
    });
    assert.equal(of('model.model.layers[0].dense.units')?.type, 'number');
    assert.equal(of('model.auc')?.kind, 'metric');
    assert.equal(of('created')?.type, 'time');
  });

  it('keeps ended runs in an index, and makes it anew when it is damaged or gone', async () => {
    for (const digit of ['1', '2', '3']) await ended(`20261103-00000${digit}-aaaaaa`, digit, { auc: Number(digit) });
    const before = (await readRunLines(store())).lines;
    const index = join(store(), 'index', 'runs-1.jsonl');
    assert.equal(readFileSync(index, 'utf8').trim().split('\n').length, 3);
    // Only the index can know: the record is gone.
    rmSync(join(storePaths.run(store(), '20261103-000001-aaaaaa'), 'record.json'));
    assert.deepEqual((await readRunLines(store())).lines, before);
    appendFileSync(index, '{"id": "20261103-000002-aaaaaa", "fac');
    assert.deepEqual((await readRunLines(store())).lines, before);
    writeFileSync(index, 'garbage\n{}\n[]\n{"id":3}\n');
    const anew = (await readRunLines(store())).lines;
    assert.deepEqual(anew.slice(0, 2), before.slice(0, 2));
    assert.equal(anew[2]?.facts['status'], 'lost');
  });

  it('leaves out folders that hold no readable run, and runs that are gone', async () => {
    await ended('20261103-000001-aaaaaa', '1', { auc: 1 });
    mkdirSync(storePaths.run(store(), '20261103-000009-broken'), { recursive: true });
    writeFileSync(join(storePaths.run(store(), '20261103-000009-broken'), 'run.json'), '{"id": "20');
    assert.equal((await readRunLines(store())).lines.length, 1);
    rmSync(storePaths.run(store(), '20261103-000001-aaaaaa'), { recursive: true });
    assert.equal((await readRunLines(store())).lines.length, 0);
  });

  it('lets later labels change earlier ones, and passes over damaged lines', async () => {
    await openStore(store());
    await labelRuns(store(), ['a', 'b'], { star: true, name: 'x' });
    appendFileSync(
      join(store(), 'labels.jsonl'),
      '{"format":1,"run":"a","time":"t","star":"yes"}\n{"format":2,"run":"a"}\n{"for',
    );
    await labelRuns(store(), ['a'], { name: '' });
    assert.deepEqual(
      [...(await readLabels(store()))],
      [
        ['a', { star: true, name: '' }],
        ['b', { star: true, name: 'x' }],
      ],
    );
    await assert.rejects(labelRuns(store(), ['a'], { name: 'x'.repeat(300) }), /at most 200/);
  });

  it('deletes runs with what only they need', async () => {
    for (const digit of ['1', '2']) {
      await ended(`20261103-00000${digit}-aaaaaa`, digit, { auc: 1 });
      mkdirSync(storePaths.artifact(store(), hash(digit)), { recursive: true });
    }
    const first = '20261103-000001-aaaaaa';
    const plan = await planRemoval(store(), [first]);
    assert.deepEqual(plan.items.map(({ kind, id }) => [kind, id]).sort(), [
      ['artifact', hash('1')],
      ['result', hash('1')],
      ['run', first],
    ]);
    assert.ok(existsSync(storePaths.run(store(), first)));
    await removeRuns(store(), [first]);
    assert.ok(!existsSync(storePaths.run(store(), first)));
    assert.ok(existsSync(storePaths.artifact(store(), hash('2'))));
    assert.deepEqual(
      (await readRunLines(store())).lines.map(({ id }) => id),
      ['20261103-000002-aaaaaa'],
    );
  });
});
