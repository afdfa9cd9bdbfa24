/** Counts files of a log in a thread of its own, with a database of its own. */
import { hashFile } from '../../process/hash';
import { serveJobs } from '../../process/worker';
import { databaseWhenAsked } from '../../table';
import { binnerFrom } from '../binner';
import { LogCounter } from './counter';
import { type FileCounts, spanOf } from './file';
import { Kept } from './keep';
import type { FileLook, LaneJob, LaneStart } from './lanes';

serveJobs<LaneStart, LaneJob, FileLook | FileCounts>(({ store, opening, counting, memory }, signal) => {
  const database = databaseWhenAsked({ scratch: opening.scratch, threads: 1, memory, signal });
  const binners = counting.binners.map(binnerFrom);
  const counter = new LogCounter(database, new Kept(store), { ...counting, binners }, opening, signal);
  return Promise.resolve({
    async run(job) {
      if ('look' in job) {
        const { sha256 } = await hashFile(job.look, { here: true });
        // What is wrong with a file is said where it is asked for next.
        const span = await counter
          .table(job.look)
          .then((log) => spanOf(database, log, signal))
          .catch(() => undefined);
        return { sha256, span };
      }
      try {
        return await counter.count(job.count);
      } finally {
        if (!signal.aborted) await counter.release(job.count.path);
      }
    },
    close: async () => {
      await counter.close();
      await database.close();
    },
  });
});
