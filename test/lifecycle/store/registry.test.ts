import assert from 'node:assert/strict';
import { appendFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../lifecycle/problem';
import { verifyBundle } from '../../../lifecycle/store/bundle';
import {
  demote,
  findVersion,
  listModels,
  promote,
  registerBundle,
  registryLog,
} from '../../../lifecycle/store/registry';
import { removeFolders, temporaryFolder, toyBundle } from '../deploy/support';

const code = (wanted: string) => (error: unknown) => error instanceof UserError && error.problem.code === wanted;

describe('the model registry', () => {
  after(removeFolders);

  it('numbers versions by content and points aliases at them', async () => {
    const store = await temporaryFolder();
    const first = await registerBundle(store, await toyBundle(), { aliases: ['candidate'], run: 'r1', notes: 'first' });
    const second = await registerBundle(store, await toyBundle({ bias: 1 }), { aliases: ['candidate'], run: 'r2' });
    assert.deepEqual([first.version, first.isNew, second.version, second.isNew], [1, true, 2, true]);
    assert.deepEqual(second.aliases, ['candidate']);
    const again = await registerBundle(store, await toyBundle({ run: 'r3' }), { aliases: ['candidate'], run: 'r3' });
    assert.deepEqual([again.version, again.isNew, again.run, again.notes], [1, false, 'r1', 'first']);
    assert.deepEqual((await findVersion(store, 'toy')).version, 2);
    assert.deepEqual((await findVersion(store, 'toy', 'candidate')).version, 1);
    assert.deepEqual((await findVersion(store, 'toy', '2')).version, 2);
    await verifyBundle(again.folder, { digest: again.digest });
    const [model] = await listModels(store);
    assert.deepEqual([model?.name, model?.versions.length, model?.aliases], ['toy', 2, { candidate: 1 }]);
  });

  it('promotes, demotes and remembers who did it', async () => {
    const store = await temporaryFolder();
    await registerBundle(store, await toyBundle(), { aliases: ['candidate'] });
    await registerBundle(store, await toyBundle({ bias: 1 }));
    assert.equal(await promote(store, 'toy', 'candidate', 'champion'), undefined);
    assert.equal(await promote(store, 'toy', 2, 'champion', { by: 'ada' }), 1);
    await demote(store, 'toy', 'candidate');
    assert.deepEqual((await findVersion(store, 'toy', 'champion')).aliases, ['champion']);
    const log = (await registryLog(store, 'toy')).map(({ action, version, alias }) =>
      `${action} ${version} ${alias ?? ''}`.trim(),
    );
    assert.deepEqual(log, [
      'register 1',
      'promote 1 candidate',
      'register 2',
      'promote 1 champion',
      'promote 2 champion',
      'demote 1 candidate',
    ]);
    await assert.rejects(demote(store, 'toy', 'candidate'), code('alias-unknown'));
  });

  it('says what there is when asked for what is not there', async () => {
    const store = await temporaryFolder();
    assert.deepEqual(await listModels(store), []);
    await assert.rejects(findVersion(store, 'toy'), code('model-unknown'));
    await registerBundle(store, await toyBundle(), { aliases: ['candidate'] });
    await assert.rejects(findVersion(store, 'toi'), /there are toy/);
    await assert.rejects(findVersion(store, 'toy', 7), /no version '7'. It has 1; aliases: candidate \(1\)/);
    await assert.rejects(findVersion(store, '../toy'), code('model-name'));
    await assert.rejects(promote(store, 'toy', 1, '../x'), code('alias-name'));
  });

  it('gives ten writers at once ten versions', async () => {
    const store = await temporaryFolder();
    const bundles = await Promise.all(Array.from({ length: 10 }, (_, bias) => toyBundle({ bias })));
    const versions = await Promise.all(
      bundles.map((bundle) => registerBundle(store, bundle, { aliases: ['candidate'] })),
    );
    assert.deepEqual(
      versions.map(({ version }) => version).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.equal((await registryLog(store, 'toy')).length, 20);
  });

  it('takes in no damaged bundle and leaves nothing of it behind', async () => {
    const store = await temporaryFolder();
    const bundle = await toyBundle();
    await appendFile(path.join(bundle, 'model.onnx'), 'x');
    await assert.rejects(registerBundle(store, bundle), code('bundle-damaged'));
    assert.deepEqual(await listModels(store), []);
  });

  it('passes over what a killed process left, and a version that lost its bundle.json', async () => {
    const store = await temporaryFolder();
    await registerBundle(store, await toyBundle());
    const versions = path.join(store, 'registry', 'toy', 'versions');
    await mkdir(path.join(versions, '2.abc.tmp'));
    await mkdir(path.join(versions, '2'));
    await writeFile(
      path.join(store, 'registry', 'toy', 'log.jsonl'),
      (await readFile(path.join(store, 'registry', 'toy', 'log.jsonl'), 'utf8')) + '{"torn',
    );
    assert.equal((await registerBundle(store, await toyBundle({ bias: 1 }))).version, 3);
    assert.deepEqual((await readdir(versions)).sort(), ['1', '2', '3']);
    assert.deepEqual(
      (await listModels(store))[0]?.versions.map(({ version }) => version),
      [1, 3],
    );
    await cp(path.join(versions, '1'), path.join(versions, '2'), { recursive: true });
  });
});
