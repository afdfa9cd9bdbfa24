/** Counts files of a log in a thread of its own, with a database of its own. */
import { serveJobs } from '../../process/worker';
import { openDatabase } from '../../table';
import { binnerFrom } from '../binner';
import { type CountJob, LogCounter } from './counter';
import type { FileCounts } from './file';
import { Kept } from './keep';
import type { LaneStart } from './lanes';

serveJobs<LaneStart, CountJob, FileCounts>(async ({ store, opening, counting, memory }, signal) => {
  const database = await openDatabase({ scratch: opening.scratch, threads: 1, memory, signal });
  const binners = counting.binners.map(binnerFrom);
  const counter = new LogCounter(database, new Kept(store), { ...counting, binners }, opening, signal);
  return {
    async run(job) {
      try {
        return await counter.count(job);
      } finally {
        if (!signal.aborted) await counter.release(job.path);
      }
    },
    close: async () => {
      await counter.close();
      await database.close();
    },
  };
});
