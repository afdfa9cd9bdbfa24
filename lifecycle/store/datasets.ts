import { join } from 'node:path';
import type { Dataset, StageManifest } from '../../schemas/generated/types';
import { listFolder, readJson } from '../process/files';
import { storePaths } from './layout';

/** A data stage's artifact in the store. */
export interface StoredDataset {
  /** Absolute folder. */
  readonly folder: string;
  readonly dataset: Dataset;
}

/**
 * The dataset that a model was made from, by what its `model.json` records as `data`: the hash of a data stage's artifact, or of
 * one output of it. Undefined when it is no longer in the store.
 */
export async function findDataset(store: string, hash: string): Promise<StoredDataset | undefined> {
  const found = await datasetIn(storePaths.artifact(store, hash));
  if (found !== undefined) return found;
  const cache = join(store, 'cache');
  for (const prefix of await listFolder(cache)) {
    for (const name of await listFolder(join(cache, prefix))) {
      const manifest = await readJson<StageManifest>(join(cache, prefix, name));
      if (manifest?.kind !== 'data' || !Object.values(manifest.outputs).includes(hash)) continue;
      const whole = await datasetIn(storePaths.artifact(store, manifest.artifact));
      if (whole !== undefined) return whole;
    }
  }
  return undefined;
}

async function datasetIn(folder: string): Promise<StoredDataset | undefined> {
  const dataset = await readJson<Dataset>(join(folder, 'dataset.json'));
  return dataset?.format === 1 ? { folder, dataset } : undefined;
}
