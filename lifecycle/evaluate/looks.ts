import { join } from 'node:path';
import { hashFile } from '../process/hash';
import { readJson, writeAtomic } from '../process/files';
import { waitForLock } from '../process/lock';
import { storePaths } from '../store/layout';

/*
 * .lifecycle/looks/<sha-256 of test.parquet>.json: which models were judged on a test split. It outlives runs and datasets, since a test
 * split wears out whoever looks at it; other features of the same rows are the same test split.
 */

interface Look {
  readonly pipeline: string;
  readonly stage: string;
  /** What was judged: hash of the model folder, and the decision threshold. */
  readonly what: string;
  readonly time: string;
  readonly run: string;
}

interface Looks {
  readonly format: 1;
  readonly looks: readonly Look[];
}

/** How often a test split was looked at. */
export interface LookCount {
  /**
   * Which of this stage's different models this is. The same model again has the number it had before, so that a repeated run gives the
   * same bytes; other stages don't count, since they may run at the same time in any order.
   */
  readonly ofStage: number;
  /** Different models judged on it by anyone. */
  readonly total: number;
}

/** Notes a look before it is taken, so that a gate that fails, or a run that dies, counts too. */
export async function noteLook(
  store: string,
  testFile: string,
  { pipeline, stage, what, run }: Omit<Look, 'time'>,
): Promise<LookCount> {
  const { sha256 } = await hashFile(testFile);
  const path = join(store, 'looks', `${sha256}.json`);
  const lock = await waitForLock(storePaths.lock(store, 'looks'), `looks of run ${run}`, { interval: 20 });
  try {
    const known = await readJson<Looks>(path);
    const looks: Look[] = known?.format === 1 ? [...known.looks] : [];
    const mine = () => looks.filter((look) => look.pipeline === pipeline && look.stage === stage);
    if (!mine().some((look) => look.what === what)) {
      looks.push({ pipeline, stage, what, time: new Date().toISOString(), run });
      await writeAtomic(path, `${JSON.stringify({ format: 1, looks } satisfies Looks, null, 1)}\n`);
    }
    return {
      ofStage: mine().findIndex((look) => look.what === what) + 1,
      total: new Set(looks.map((look) => look.what)).size,
    };
  } finally {
    await lock.release();
  }
}
