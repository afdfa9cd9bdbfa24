import type { StageManifest } from '../../schemas/generated/types';
import { readJson } from '../process/files';
import { discard } from './artifacts';
import { readLabels } from './labels';
import { storePaths } from './layout';
import { isLook } from './newest';
import { listChildIds, listRuns, type RunEntry } from './runs';

const DAY = 86_400_000;
/** Looks that are removed in one go at most, so that the watch is not kept from looking for long. */
const AT_ONCE = 1_000;

/**
 * Thins out the looks of monitor stages, of which a watch makes some 35,000 a year: of those older than `keepDays` the last of each day (UTC)
 * and pipeline stays. Runs that did anything but monitor, that carry a label, or that are going stay, as does the latest report of each stage.
 *
 * @returns how many looks were removed
 */
export async function thinLooks(store: string, keepDays: number, now = Date.now()): Promise<number> {
  const looks = (await listRuns(store)).filter(isLook);
  const labels = await readLabels(store);
  const days = new Set<string>();
  const [kept, old]: [RunEntry[], RunEntry[]] = [[], []];
  // The newest come first, so the first of a day is its last.
  for (const look of looks) {
    const { pipeline, created } = look.info;
    const day = `${created.slice(0, 10)} ${pipeline}`;
    const last = look.status !== 'lost' && !days.has(day);
    if (last) days.add(day);
    const young = now - Date.parse(created) < keepDays * DAY;
    if (young || last || look.status === 'running' || labels.has(look.id)) kept.push(look);
    else old.push(look);
  }
  const needed = new Set(kept.flatMap(artifactsOf));
  let removed = 0;
  for (const look of old.slice(-AT_ONCE)) {
    if ((await listChildIds(store, look.id)).length > 0) continue;
    // The run goes first: what an interruption leaves is found by `lifecycle gc`.
    await discard(store, storePaths.run(store, look.id));
    for (const stage of Object.values(look.record?.stages ?? {})) {
      if (stage.kind !== 'monitor' || stage.fingerprint === undefined || stage.artifact === undefined) continue;
      const place = storePaths.manifest(store, stage.fingerprint);
      const manifest = await readJson<StageManifest>(place).catch(() => undefined);
      // Of a stage that did not change all looks have one fingerprint, whose result is the newest.
      if (needed.has(stage.artifact) || manifest?.artifact === stage.artifact) continue;
      await discard(store, storePaths.artifact(store, stage.artifact));
    }
    removed++;
  }
  return removed;
}

function artifactsOf({ record }: RunEntry): string[] {
  return Object.values(record?.stages ?? {}).flatMap(({ artifact }) => (artifact === undefined ? [] : [artifact]));
}
