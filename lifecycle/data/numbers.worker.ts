/** Profiles a part of the number columns in a thread of its own, with a database of its own. */
import { serveJobs } from '../process/worker';
import { type DatabaseOptions, openDatabase } from '../table';
import { type NumberFound, type NumbersJob, profileNumbers } from './numbers';

serveJobs<DatabaseOptions, NumbersJob, NumberFound[]>(async (options, signal) => {
  const database = await openDatabase({ ...options, signal });
  return { run: (job) => profileNumbers(database, job), close: () => database.close() };
});
