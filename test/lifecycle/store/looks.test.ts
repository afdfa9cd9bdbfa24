import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunInfo } from '../../../schemas/generated/types';
import { sha256 } from '../../../lifecycle/process/hash';
import { labelRuns } from '../../../lifecycle/store/labels';
import { storePaths } from '../../../lifecycle/store/layout';
import { thinLooks } from '../../../lifecycle/store/looks';
import { createRun, listRuns } from '../../../lifecycle/store/runs';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash, runInfo } from '../../rigs/runs';

const NOW = Date.UTC(2026, 10, 28, 12);

describe('looks of a watch, thinned out', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');
  let count = 0;

  /** A run that is over, some days and hours before now. Every look leaves a report of its own. */
  async function run(
    days: number,
    hours: number,
    more: Partial<RunInfo> & { kind?: string; lost?: boolean } = {},
  ): Promise<string> {
    const { kind = 'monitor', lost, ...info } = more;
    const created = new Date(NOW - days * 86_400_000 - hours * 3_600_000).toISOString();
    const id = `${created.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${String(++count).padStart(6, '0')}`;
    await createRun(store(), runInfo({ id, created, command: 'monitor', process: { ...DEAD }, ...info }));
    if (lost === true) return id;
    const artifact = sha256(id);
    const stages = {
      data: { kind: 'data', status: 'reused', artifact: hash('d') },
      watch: { kind, status: 'succeeded', fingerprint: hash('f'), artifact },
    };
    const record = { format: 1, id, status: 'succeeded', created, finished: created, seconds: 1, stages };
    writeFileSync(join(storePaths.run(store(), id), 'record.json'), JSON.stringify(record));
    for (const each of [artifact, hash('d')]) {
      mkdirSync(storePaths.artifact(store(), each), { recursive: true });
      writeFileSync(join(storePaths.artifact(store(), each), 'drift.json'), '{}');
    }
    return id;
  }

  const left = async () => new Set((await listRuns(store())).map(({ id }) => id));

  it('keeps all of the last days, and of older days the last look of each pipeline', async () => {
    const young = [await run(0, 1), await run(29, 1), await run(29, 2)];
    const lasts = [await run(40, 0), await run(41, 0), await run(40, 0, { pipeline: 'other' })];
    const gone = [await run(40, 1), await run(40, 2), await run(41, 3), await run(40, 5, { pipeline: 'other' })];
    assert.equal(await thinLooks(store(), 30, NOW), 4);
    assert.deepEqual(await left(), new Set([...young, ...lasts]));
    for (const id of gone) assert.ok(!existsSync(storePaths.artifact(store(), sha256(id))));
    for (const id of [...young, ...lasts]) assert.ok(existsSync(storePaths.artifact(store(), sha256(id))));
    // What looks only reuse is not theirs.
    assert.ok(existsSync(storePaths.artifact(store(), hash('d'))));
    assert.equal(await thinLooks(store(), 30, NOW), 0);
  });

  it('leaves trainings, deployments, and runs with a label alone, and takes looks that were killed', async () => {
    const last = await run(40, 0);
    const other = [
      await run(40, 1, { kind: 'train' }),
      await run(40, 2, { command: 'run' }),
      await run(40, 3, { command: 'retrain' }),
    ];
    const labelled = await run(40, 4);
    await labelRuns(store(), [labelled], { note: 'the incident of October' });
    await run(40, 5, { lost: true });
    assert.equal(await thinLooks(store(), 30, NOW), 1);
    assert.deepEqual(await left(), new Set([last, ...other, labelled]));
  });

  it('keeps the report that the stage points to as its latest, whatever its age', async () => {
    const pointed = await run(50, 5);
    await run(50, 1);
    const manifest = storePaths.manifest(store(), hash('f'));
    mkdirSync(dirname(manifest), { recursive: true });
    writeFileSync(manifest, JSON.stringify({ format: 1, fingerprint: hash('f'), artifact: sha256(pointed) }));
    assert.equal(await thinLooks(store(), 30, NOW), 1);
    assert.ok(existsSync(storePaths.artifact(store(), sha256(pointed))));
  });
});
