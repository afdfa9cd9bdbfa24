import { diskFiles, type Files } from '../lifecycle/pipeline/files';

/** Milliseconds for which an answer of the disk is taken as true. */
const FRESH = 1500;

/**
 * The files on disk under the open buffers, with answers kept for a moment: the analyser asks the same questions at every keystroke.
 * @param buffer text of an open file by absolute path
 */
export class Disk implements Files {
  private readonly under = diskFiles();
  private readonly kept = new Map<string, { value: unknown; at: number }>();

  constructor(private readonly buffer: (path: string) => string | undefined) {}

  exists(path: string): boolean | undefined {
    return this.buffer(path) !== undefined || this.ask(`e${path}`, () => this.under.exists(path));
  }

  read(path: string): string | undefined {
    return this.buffer(path) ?? this.ask(`r${path}`, () => this.under.read(path));
  }

  list(folder: string): readonly string[] | undefined {
    return this.ask(`l${folder}`, () => this.under.list(folder));
  }

  match(pattern: string, limit: number): readonly string[] | undefined {
    return this.ask(`m${limit} ${pattern}`, () => this.under.match(pattern, limit));
  }

  /** Forgets everything: something on disk is known to have changed. */
  forget(): void {
    this.kept.clear();
    this.count++;
  }

  private count = 0;
  private since = 0;

  /** A number that changes whenever an answer may have become another. */
  get state(): number {
    const now = Date.now();
    if (now - this.since >= FRESH) {
      this.since = now;
      this.count++;
    }
    return this.count;
  }

  private ask<T>(key: string, look: () => T): T {
    const now = Date.now();
    const known = this.kept.get(key);
    if (known && now - known.at < FRESH) return known.value as T;
    if (this.kept.size > 20_000) this.kept.clear();
    const value = look();
    this.kept.set(key, { value, at: now });
    return value;
  }
}
