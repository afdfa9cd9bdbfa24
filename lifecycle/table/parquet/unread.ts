import { errorCode } from '../../process/files';

/**
 * A Parquet file, or a column of it, that is not read here: of a kind that is left to the database, or damaged, which the database then says in its
 * own words. Never a user's mistake.
 */
export class Unread extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Unread';
  }
}

/** Whether what was thrown while reading says that the database is to read instead: also what a damaged file, or the disk, leads to. */
export function isUnread(thrown: unknown): boolean {
  return thrown instanceof Unread || thrown instanceof RangeError || errorCode(thrown) !== undefined;
}
