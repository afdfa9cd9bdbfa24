import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { HashMemory, sha256 } from '../../process/hash';
import { temporaryName, writeAtomic } from '../../process/files';

/** Changed with the form of what is kept: what was kept before is counted anew. */
const FORMAT = 3;
/** Files that are kept at most; the longest unused go first. */
const MOST_FILES = 4_000;

/**
 * What was counted of log files and references, in the store under `monitor/sketches`, by a key that holds the content of the file and how it was looked at.
 * It is only a short cut: what is missing or damaged is counted again. Everything is written aside and renamed, the counts last.
 */
export class Kept {
  readonly #folder: string;
  readonly #hashes: HashMemory;
  #made = 0;

  constructor(store: string) {
    this.#folder = join(store, 'monitor', 'sketches');
    this.#hashes = new HashMemory(join(this.#folder, 'files.json'));
  }

  /** How much had to be counted. */
  get made(): number {
    return this.#made;
  }

  /** SHA-256 of a file; of an unchanged one without reading it. */
  hash(path: string, by?: (file: string) => Promise<string>): Promise<string> {
    return this.#hashes.hash(path, by);
  }

  /** Bytes of files that have to be hashed; of none that is not there. */
  async unread(paths: readonly string[]): Promise<number> {
    const bytes = await Promise.all(paths.map((path) => this.#hashes.unread(path).catch(() => 0)));
    return bytes.reduce((sum, one) => sum + one, 0);
  }

  key(...parts: readonly unknown[]): string {
    return sha256(JSON.stringify([FORMAT, ...parts])).slice(0, 40);
  }

  /** What is kept under a key, else what `make` makes. `sides` are files beside it, which `make` writes to the paths it is given; `worth` tells whether what was made is to be kept. */
  async of<T>(
    key: string,
    make: (sides: (name: string) => string) => Promise<T>,
    names: readonly string[] = [],
    worth: (made: T) => boolean = () => true,
  ): Promise<T> {
    const path = this.#path(key);
    const known = await this.#read<T>(
      path,
      names.map((name) => this.side(key, name)),
    );
    if (known !== undefined) return known;
    this.#made++;
    await mkdir(this.#folder, { recursive: true });
    const aside = new Map(names.map((name) => [name, temporaryName(this.side(key, name))]));
    try {
      const made = await make((name) => aside.get(name)!);
      if (!worth(made)) return made;
      for (const [name, file] of aside) await rename(file, this.side(key, name));
      await writeAtomic(path, serialize(made));
      return made;
    } finally {
      for (const file of aside.values()) await rm(file, { force: true });
    }
  }

  /** Keeps what was made on the way to something else. */
  async keep(key: string, made: unknown): Promise<void> {
    await writeAtomic(this.#path(key), serialize(made));
  }

  /** What is kept under a key; it counts as used then. */
  known<T>(key: string): Promise<T | undefined> {
    return this.#read<T>(this.#path(key), []);
  }

  /** Whether something is kept under a key, with all files beside it; it counts as used then. */
  async has(key: string, names: readonly string[]): Promise<boolean> {
    return touched([this.#path(key), ...names.map((name) => this.side(key, name))]);
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.bin`);
  }

  /** Path of a file beside what is kept. */
  side(key: string, name: string): string {
    return join(this.#folder, `${key}.${name}.parquet`);
  }

  /** Remembers the hashes, and lets go of what was not used for long. */
  async close(): Promise<void> {
    await this.#hashes.save();
    if (this.#made === 0) return;
    const names = await readdir(this.#folder).catch((): string[] => []);
    if (names.length <= MOST_FILES) return;
    const aged = await Promise.all(
      names.map(async (name) => ({
        name,
        used: (await stat(join(this.#folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    aged.sort((a, b) => a.used - b.used);
    for (const { name } of aged.slice(0, names.length - (MOST_FILES * 3) / 4))
      await rm(join(this.#folder, name), { force: true });
  }

  async #read<T>(path: string, sides: readonly string[]): Promise<T | undefined> {
    try {
      const known = deserialize(await readFile(path)) as T;
      return (await touched([path, ...sides])) ? known : undefined;
    } catch {
      return undefined;
    }
  }
}

async function touched(paths: readonly string[]): Promise<boolean> {
  const now = new Date();
  try {
    for (const path of paths) await utimes(path, now, now);
    return true;
  } catch {
    return false;
  }
}
