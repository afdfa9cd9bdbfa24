import { mkdir, truncate } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { UserError } from '../problem';
import { sha256 } from '../process/hash';
import { LineReader, LineWriter, parseObject } from '../process/jsonl';
import { waitForLock } from '../process/lock';
import { canonicalJson } from './canonical';

/** What every entry of a chained log carries: its number, time and author, and the hash of the one before. */
export interface Link {
  readonly format: 1;
  readonly sequence: number;
  /** ISO 8601 time. */
  readonly time: string;
  /** User and machine. */
  readonly by: string;
  /** Hash of the entry before, or 64 zeros. */
  readonly previous: string;
  /** SHA-256 of this entry without `hash`, as canonical JSON. */
  readonly hash: string;
}

const GENESIS = '0'.repeat(64);

/**
 * Reads a log in which each entry is chained to the one before by its hash, so that nothing in it can be changed or taken out unseen.
 * A torn last line was never acknowledged and is passed over; `problem` is there when the chain is broken: `entries` then ends before it.
 */
export async function readChain<T extends Link>(
  path: string,
  name: string,
): Promise<{ entries: T[]; problem?: UserError }> {
  const entries: T[] = [];
  let line = 0;
  let problem: UserError | undefined;
  await new LineReader(path).read((text) => {
    line++;
    if (problem !== undefined) return;
    const entry = parseObject<T>(text);
    const sound =
      entry?.format === 1 &&
      entry.sequence === entries.length + 1 &&
      entry.previous === (entries.at(-1)?.hash ?? GENESIS) &&
      hashOf(entry) === entry.hash;
    if (sound) entries.push(entry);
    else
      problem = new UserError({
        code: 'ledger-broken',
        message: `The ${name} is broken: line ${line} of ${path} was changed, or does not follow the one before it.`,
        hint: 'Restore the file from a backup, or move it aside to begin a new one.',
        file: path,
        line,
      });
  });
  return { entries, ...(problem && { problem }) };
}

/** Adds an entry to a chained log. @throws UserError `ledger-broken`: nothing is added to a log that can't be trusted */
export async function appendChain<T extends Link>(path: string, name: string, entry: Omit<T, keyof Link>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lock = await waitForLock(`${path}.lock`, name, { interval: 20 });
  try {
    const { entries, problem } = await readChain<T>(path, name);
    if (problem !== undefined) throw problem;
    const open = {
      format: 1,
      sequence: entries.length + 1,
      time: new Date().toISOString(),
      ...entry,
      by: author(),
      previous: entries.at(-1)?.hash ?? GENESIS,
    };
    const whole = { ...open, hash: hashOf(open) } as unknown as T;
    await dropTorn(path);
    const writer = new LineWriter(path);
    writer.append(JSON.stringify(whole));
    writer.close();
    if (writer.failed !== undefined) throw writer.failed;
    return whole;
  } finally {
    await lock.release();
  }
}

function hashOf(entry: object): string {
  const { hash: _hash, ...rest } = entry as { hash?: string };
  return sha256(canonicalJson(rest));
}

/** A half-written last entry was never acknowledged; it goes, so that what is appended stays the next line of the chain. */
export async function dropTorn(path: string): Promise<void> {
  const reader = new LineReader(path);
  await reader.read(() => undefined);
  if (reader.torn !== '') await truncate(path, reader.offset - Buffer.byteLength(reader.torn));
}

/** User and machine, for records. */
export function author(): string {
  let user = 'unknown';
  try {
    user = userInfo().username;
  } catch {
    // No entry for this user id: containers with a random one.
  }
  return `${user}@${hostname()}`;
}
