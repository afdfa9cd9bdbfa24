import assert from 'node:assert/strict';
import path from 'node:path';
import { keepManifest } from '../../../lifecycle/store/cache';
import { findDataset } from '../../../lifecycle/store/datasets';
import { storePaths } from '../../../lifecycle/store/layout';
import { freshFolder } from '../../rigs/folder';
import { makeDataset, manifestOf } from '../../rigs/stage';

describe('the dataset of a model', () => {
  const folder = freshFolder();

  it('is found by the hash of its artifact or of one of its outputs', async () => {
    const store = path.join(folder(), '.lifecycle');
    const hash = await makeDataset(store, {
      task: 'regression',
      target: 'y',
      splits: { train: { y: [1, 2], x: [1, 2] } },
    });
    const train = 'e'.repeat(64);
    await keepManifest(store, 'toys', manifestOf('model', 'train', 'a'.repeat(64)));
    await keepManifest(store, 'toys', { ...manifestOf('customers', 'data', hash), outputs: { train } });
    for (const asked of [hash, train]) {
      const found = await findDataset(store, asked);
      assert.equal(found!.folder, storePaths.artifact(store, hash));
      assert.equal(found!.dataset.target!.column, 'y');
    }
    assert.equal(await findDataset(store, 'f'.repeat(64)), undefined);
  });
});
