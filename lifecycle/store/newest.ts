import { listRunIds, readEntry, type RunEntry } from './runs';

/** Whether a run did nothing but monitor. */
export function isLook({ info, record, status }: RunEntry): boolean {
  if (info.command !== 'monitor') return false;
  if (record === undefined) return status === 'lost' || status === 'running';
  return Object.values(record.stages).every(
    ({ kind, status: ended }) => kind === 'monitor' || ended === 'reused' || ended === 'skipped',
  );
}

/** Runs that are read at a time. */
const BATCH = 32;

/**
 * The newest runs, newest first: so many looks and so many others. A watch looks a hundred times a day, which must push out nothing else.
 *
 * @param options.only runs that count
 * @param options.over ids of looks that are over, as far as they were seen: they are not read again once there are looks enough. Added to.
 */
export async function newestRuns(
  store: string,
  options: {
    readonly looks: number;
    readonly others: number;
    readonly only?: (run: RunEntry) => boolean;
    readonly over?: Set<string>;
  },
): Promise<RunEntry[]> {
  const { looks: mostLooks, others: mostOthers, only = () => true, over = new Set<string>() } = options;
  const found: RunEntry[] = [];
  let [looks, others] = [0, 0];
  const ids = await listRunIds(store);
  for (let at = 0; at < ids.length && others < mostOthers;) {
    const batch: string[] = [];
    for (; at < ids.length && batch.length < BATCH; at++)
      if (looks < mostLooks || !over.has(ids[at]!)) batch.push(ids[at]!);
    for (const run of await Promise.all(batch.map((id) => readEntry(store, id)))) {
      if (run === undefined) continue;
      const look = isLook(run);
      if (look && run.status !== 'running') over.add(run.id);
      if (!only(run) || (look ? looks >= mostLooks : others >= mostOthers)) continue;
      found.push(run);
      if (look) looks++;
      else others++;
    }
  }
  return found;
}
