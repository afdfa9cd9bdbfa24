import { join } from 'node:path';
import { writeAtomic } from '../process/files';
import { storePaths } from './layout';

/**
 * Keeps a report of a stage that is about to fail in its run's folder, where it can be looked at: a failed stage leaves no artifact.
 * @param name for example `evaluation.json`
 * @returns the absolute path: `runs/ID/reports/STAGE.NAME`
 */
export async function keepReport(
  store: string,
  run: string,
  stage: string,
  name: string,
  content: string,
): Promise<string> {
  const path = join(storePaths.run(store, run), 'reports', `${stage}.${name}`);
  await writeAtomic(path, content);
  return path;
}
