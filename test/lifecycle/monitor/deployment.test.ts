import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MonitorStage } from '../../../schemas/generated/types';
import { listDeployments } from '../../../lifecycle/deploy/deployments';
import { findWatched } from '../../../lifecycle/monitor/deployment';
import { type UserError } from '../../../lifecycle/problem';
import { machineName, ownIdentity, type ProcessIdentity } from '../../../lifecycle/process/identity';
import { openStore } from '../../../lifecycle/store/layout';
import { appendEntry } from '../../../lifecycle/store/ledger';
import type { Input, StageContext } from '../../../lifecycle/store/room';
import { freshFolder } from '../../rigs/folder';
import { DEAD, hash } from '../../rigs/runs';

describe('monitor: which deployment is watched', () => {
  const folder = freshFolder();

  it('is the newest of the stage, and under an environment that on its target', async () => {
    const store = join(folder(), '.lifecycle');
    await openStore(store);
    const of = { action: 'deploy' as const, kind: 'local', model: 'shop', stage: 'live', pipeline: 'shop' };
    const said: string[] = [];
    const put = (target: string, version: number) =>
      appendEntry(store, { ...of, target, version, digest: hash(String(version)) });
    await put('cluster', 1);
    const newest = await put('local', 2);
    mkdirSync(join(folder(), 'live'));
    mkdirSync(join(store, 'deployments', 'local'));
    writeFileSync(join(folder(), 'live', 'deployment.json'), JSON.stringify(newest));
    const watched = async (target?: string) => {
      const input = { stage: 'live', path: join(folder(), 'live'), ...(target && { target }) } as Input;
      const { entry } = await findWatched({
        store,
        stage: { kind: 'monitor', deployment: 'live', reference: 'table.train' } as MonitorStage,
        pipeline: { name: 'shop', file: 'shop.pipeline.yaml' },
        input: () => input,
        log: (_: string, message: string) => void said.push(message),
      } as unknown as StageContext<MonitorStage>);
      return [entry.target, entry.version];
    };
    assert.deepEqual(await watched(), ['local', 2]);
    assert.deepEqual(await watched('cluster'), ['cluster', 1]);
    // Its server was killed: said, until somebody stops it.
    const state = { format: 1, url: 'http://127.0.0.1:9', machine: machineName(), process: DEAD };
    writeFileSync(join(store, 'deployments', 'local', 'server.json'), JSON.stringify(state));
    said.length = 0;
    await watched();
    assert.deepEqual(
      said.filter((text) => text.startsWith('Nothing serves')),
      ["Nothing serves shop 2 on 'local': its process is gone, though nobody stopped it."],
    );
    // A copy of the project, or where it was moved: the server of another folder is none of this one, and is not gone.
    const home = join(folder(), 'original', '.lifecycle', 'deployments', 'local');
    const original = join(folder(), 'original');
    const copied = async (process: ProcessIdentity, machine = machineName()) => {
      writeFileSync(
        join(store, 'deployments', 'local', 'server.json'),
        JSON.stringify({ ...state, machine, process, home }),
      );
      said.length = 0;
      await watched();
      return said.filter((text) => text.startsWith('Nothing serves')).join();
    };
    const here = "Nothing serves shop 2 on 'local' from this folder:";
    assert.equal(
      await copied(DEAD),
      `${here} the project was in ${original} then, and a server ends when its folder is moved.`,
    );
    mkdirSync(home, { recursive: true });
    assert.equal(await copied(DEAD), `${here} it was served from ${original}, of which this is a copy.`);
    assert.equal(
      await copied(ownIdentity()),
      `${here} its address belongs to the project in ${original}, of which this is a copy.`,
    );
    assert.equal(await copied(DEAD, 'another-machine'), `${here} it was served from ${original} on another-machine.`);
    const { deployments } = await listDeployments(store);
    const found = deployments.find(({ target }) => target === 'local');
    assert.deepEqual(
      [found?.health, found?.url, found?.elsewhere?.state],
      ['elsewhere', undefined, 'machine'],
      'no address is told that another project answers at',
    );
    const { model, kind } = of;
    await appendEntry(store, { action: 'stop', target: 'local', kind, model, version: 2, digest: hash('2') });
    said.length = 0;
    await watched();
    assert.ok(!said.some((text) => text.startsWith('Nothing serves')));
    await assert.rejects(watched('moon'), (error: UserError) => {
      assert.equal(error.message, "'live' has not been deployed to 'moon', so there is nothing to watch.");
      return true;
    });
  });
});
