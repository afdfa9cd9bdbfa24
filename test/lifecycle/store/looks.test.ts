import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunInfo } from '../../../schemas/generated/types';
import { sha256 } from '../../../lifecycle/process/hash';
import { labelRuns } from '../../../lifecycle/store/labels';
import { storePaths } from '../../../lifecycle/store/layout';
import { thinLooks } from '../../../lifecycle/store/looks';
import { newestRuns } from '../../../lifecycle/store/newest';
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

describe('the newest runs', () => {
  const folder = freshFolder();
  const store = () => join(folder(), '.lifecycle');

  async function run(minute: number, command: RunInfo['command'], more: Partial<RunInfo> = {}): Promise<string> {
    const created = new Date(NOW + minute * 60_000).toISOString();
    const id = `${created.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${String(minute).padStart(6, '0')}`;
    await createRun(store(), runInfo({ id, created, command, process: { ...DEAD }, ...more }));
    const kind = command === 'monitor' ? 'monitor' : 'train';
    const stages = { some: { kind, status: 'succeeded' } };
    const record = { format: 1, id, status: 'succeeded', created, finished: created, seconds: 1, stages };
    writeFileSync(join(storePaths.run(store(), id), 'record.json'), JSON.stringify(record));
    return id;
  }

  const newest = async (options: Parameters<typeof newestRuns>[1]) =>
    (await newestRuns(store(), options)).map(({ id }) => id);

  it('are found below any number of looks, in the order of time', async () => {
    const old = [await run(0, 'run'), await run(1, 'monitor'), await run(2, 'deploy')];
    const looks: string[] = [];
    for (let minute = 10; minute < 110; minute++) looks.push(await run(minute, 'monitor'));
    const young = await run(200, 'run');
    assert.deepEqual(await newest({ looks: 2, others: 10 }), [young, looks.at(-1), looks.at(-2), old[2], old[0]]);
    assert.deepEqual(await newest({ looks: 0, others: 2 }), [young, old[2]]);
    // The looks that were seen are not read again, and one that came since is.
    const over = new Set<string>();
    await newest({ looks: 2, others: 10, over });
    assert.equal(over.size, 101);
    const last = await run(300, 'monitor');
    for (const id of looks.slice(0, 90)) writeFileSync(join(storePaths.run(store(), id), 'run.json'), 'not read');
    assert.deepEqual(await newest({ looks: 1, others: 10, over }), [last, young, old[2], old[0]]);
  });

  it('are those that count', async () => {
    const here = await run(0, 'run');
    await run(1, 'run', { file: 'other.pipeline.yaml' });
    const look = await run(2, 'monitor');
    await run(3, 'monitor', { file: 'other.pipeline.yaml' });
    const only = ({ info }: { info: RunInfo }) => info.file === 'churn.pipeline.yaml';
    assert.deepEqual(await newest({ looks: 5, others: 5, only }), [look, here]);
  });
});
