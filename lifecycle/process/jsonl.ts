import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMissing } from './files';

const NEWLINE = 10;
/** Waiting lines are written at the latest when they are so long together … */
const FLUSH_BYTES = 64 * 1024;
/** … or so old. */
const FLUSH_MILLISECONDS = 40;

/**
 * Appends lines to a file with few system calls: lines wait in memory for at most 40 ms. There must be one writer at a time.
 * A last line that was torn by a crash is closed with a newline first, so that it can't swallow the next line.
 *
 * When writing fails (disk full) {@link failed} is set and everything after is dropped: half a line may stand at the end, which every reader tolerates.
 */
export class LineWriter {
  /** The first error of writing. */
  failed: Error | undefined;
  readonly #file: number;
  #waiting: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
    if (endsTorn(this.#file)) writeSync(this.#file, '\n');
  }

  /** @param line without its newline, and without one inside */
  append(line: string): void {
    if (this.#closed) throw new Error('The line writer is closed.');
    this.#waiting.push(line);
    this.#length += line.length + 1;
    if (this.#length >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MILLISECONDS).unref();
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join('\n') + '\n');
    this.#waiting = [];
    this.#length = 0;
    if (this.failed !== undefined) return;
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      this.failed = error as Error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    closeSync(this.#file);
  }
}

function endsTorn(file: number): boolean {
  const size = fstatSync(file).size;
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}

/**
 * Reads a growing file line by line, remembering where it was. Only whole lines are given; a last line without newline waits for the
 * next call. When the file became shorter than what was read (it was replaced), reading starts over and {@link restarted} is called.
 */
export class LineReader {
  readonly #path: string;
  readonly #restarted: (() => void) | undefined;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string, restarted?: () => void) {
    this.#path = path;
    this.#restarted = restarted;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** What stands after the last newline: a line that is being written, or was torn. */
  get torn(): string {
    return this.#rest.toString('utf8');
  }

  /** Hands every line that is new since the last call to `take`; a file that is not there has none. Returns how many. */
  async read(take: (line: string) => void): Promise<number> {
    let file;
    try {
      file = await open(this.#path, 'r');
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
    let count = 0;
    try {
      const { size } = await file.stat();
      if (size < this.#offset) {
        this.#offset = 0;
        this.#rest = Buffer.alloc(0);
        this.#restarted?.();
      }
      const chunk = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(1, size - this.#offset)));
      while (this.#offset < size) {
        const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - this.#offset), this.#offset);
        if (bytesRead === 0) break;
        this.#offset += bytesRead;
        count += this.#split(chunk.subarray(0, bytesRead), take);
      }
    } finally {
      await file.close();
    }
    return count;
  }

  #split(chunk: Buffer, take: (line: string) => void): number {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      return 0;
    }
    const text =
      this.#rest.length > 0
        ? Buffer.concat([this.#rest, chunk.subarray(0, end)]).toString('utf8')
        : chunk.toString('utf8', 0, end);
    this.#rest = Buffer.from(chunk.subarray(end + 1));
    const lines = text.split('\n');
    for (const line of lines) if (line !== '') take(line);
    return lines.length;
  }
}

/** Every line of a file that parses as a JSON object; garbage and a torn last line are passed over (`skipped` counts them). */
export async function readJsonLines<T>(path: string): Promise<{ values: T[]; skipped: number }> {
  const values: T[] = [];
  let skipped = 0;
  const take = (line: string) => {
    const value = parseObject<T>(line);
    if (value === undefined) skipped++;
    else values.push(value);
  };
  const reader = new LineReader(path);
  await reader.read(take);
  if (reader.torn !== '') take(reader.torn);
  return { values, skipped };
}

/** The JSON object in a line, or undefined. */
export function parseObject<T>(line: string): T | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
