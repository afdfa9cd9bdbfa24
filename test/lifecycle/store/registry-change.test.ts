import assert from 'node:assert/strict';
import path from 'node:path';
import { UserError } from '../../../lifecycle/problem';
import { appendEntry } from '../../../lifecycle/store/ledger';
import { findVersion, listModels, registerBundle, registryLog } from '../../../lifecycle/store/registry';
import { noteVersion, planRemoval, removeVersion, tagVersion } from '../../../lifecycle/store/registry-change';
import { removeFolders, temporaryFolder, toyBundle } from '../deploy/support';

const code = (wanted: string) => (error: unknown) => error instanceof UserError && error.problem.code === wanted;

describe('changes to registered versions', () => {
  let store: string;
  beforeEach(async () => {
    store = path.join(await temporaryFolder(), '.lifecycle');
    for (const bias of [0, 1, 2]) await registerBundle(store, await toyBundle({ bias }), { aliases: ['candidate'] });
  });
  after(removeFolders);

  it('are notes and tags beside them; what they are stays', async () => {
    const before = await findVersion(store, 'toy', 2);
    await noteVersion(store, 'toy', 2, 'too many false alarms');
    await noteVersion(store, 'toy', 2, 'better than it looked');
    await tagVersion(store, 'toy', 2, { team: 'risk', 'reviewed-by': 'Ada' });
    const after = await tagVersion(store, 'toy', 2, { team: '' });
    assert.deepEqual(after, { ...before, notes: 'better than it looked', tags: { 'reviewed-by': 'Ada' } });
    assert.equal((await registryLog(store, 'toy')).filter(({ action }) => action === 'note').length, 2);
    await assert.rejects(tagVersion(store, 'toy', 2, { '../x': 'y' }), code('tag-name'));
    await assert.rejects(noteVersion(store, 'toy', 9, 'x'), code('version-unknown'));
  });

  it('end with a removal that was shown, and a number that never comes back', async () => {
    const entry = { action: 'deploy', kind: 'local', model: 'toy' } as const;
    const digest = async (version: number) => (await findVersion(store, 'toy', version)).digest;
    await appendEntry(store, { ...entry, target: 'live', version: 1, digest: await digest(1) });
    await appendEntry(store, { ...entry, target: 'live', version: 2, digest: await digest(2) });
    const [one, two, three] = await Promise.all([1, 2, 3].map((version) => planRemoval(store, 'toy', version)));
    assert.deepEqual([one?.live, one?.former], [[], ['live']]);
    assert.deepEqual([two?.live, two?.former], [['live'], []]);
    assert.deepEqual([three?.aliases, three?.live], [['candidate'], []]);
    assert.ok((three?.bytes ?? 0) > 1000);
    await assert.rejects(removeVersion(store, 'toy', 2), code('version-live'));
    await removeVersion(store, 'toy', 3);
    assert.deepEqual(
      (await listModels(store)).map(({ versions, aliases }) => [versions.map(({ version }) => version), aliases]),
      [[[1, 2], {}]],
    );
    await assert.rejects(findVersion(store, 'toy', 3), code('version-unknown'));
    assert.equal((await registerBundle(store, await toyBundle({ bias: 7 }))).version, 4);
    assert.equal((await registerBundle(store, await toyBundle({ bias: 2 }))).version, 5, 'its content may come again');
  });
});
