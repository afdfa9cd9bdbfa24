import { statSync } from 'node:fs';
import { isGlob } from '../lifecycle/pipeline/files';
import type { Columns } from '../lifecycle/pipeline/references';
import { isWhole, type Node, toValue } from '../lifecycle/pipeline/tree';
import { checkable, type Peek, peek, type PeekedColumn } from '../lifecycle/data/peek';
import { type SourceTrouble, troubleOf } from '../lifecycle/data/peek-trouble';
import type { DataStage } from '../schemas/generated/types';

export type { PeekedColumn };

interface Known {
  /** Sizes and times of the files when they were read. */
  stamp: string;
  columns: (Columns & PeekedColumn)[] | undefined;
  peek: Peek | undefined;
  reading: boolean;
  checked: number;
}

/** Milliseconds after which a file is looked at again for having changed. */
const FRESH = 2000;
/** Files of which columns are kept. */
const MAX_KEPT = 500;

/**
 * The columns of data files: read beside the keystrokes, at most a few hundred kilobytes a file, kept until size or time of the file change.
 * Files that can't be read have no columns, and nothing is said of them.
 */
export class ColumnStore {
  private readonly known = new Map<string, Known>();
  private pending = 0;
  /** A number that changes whenever columns became known or others. */
  state = 0;
  private waiting: (() => void)[] = [];

  /** @param changed called when columns became known or others */
  constructor(private readonly changed: () => void) {}

  /** What is known now; asks for the rest. The same list as long as the files are the same. */
  get(folder: string, sources: readonly string[], source: Node | undefined): (Columns & PeekedColumn)[] | undefined {
    return this.entry(folder, sources, source)?.columns;
  }

  peeked(folder: string, sources: readonly string[], source: Node | undefined): Peek | undefined {
    return this.entry(folder, sources, source)?.peek;
  }

  /** What stands in the way of reading a source, as far as it was looked at. */
  trouble(folder: string, sources: readonly string[], source: Node | undefined): SourceTrouble | undefined {
    const found = this.entry(folder, sources, source)?.peek;
    return found && troubleOf(found);
  }

  private entry(folder: string, sources: readonly string[], source: Node | undefined): Known | undefined {
    const written = source && this.writtenAs(source);
    if (!written) return undefined;
    const { value } = written;
    const key = folder + '\0' + written.key;
    let known = this.known.get(key);
    if (!known) {
      if (this.known.size >= MAX_KEPT) this.known.clear();
      known = { stamp: '', columns: undefined, peek: undefined, reading: false, checked: 0 };
      this.known.set(key, known);
    }
    const now = Date.now();
    if (!known.reading && now - known.checked > FRESH) {
      known.checked = now;
      const stamp = stampOf(sources);
      if (stamp !== known.stamp) void this.read(known, value, folder, stamp);
    }
    return known;
  }

  private readonly keys = new WeakMap<Node, { value: DataStage['source']; key: string } | { value: undefined }>();

  /** A source as a value, kept with its node: the analyser keeps the nodes of what did not change. */
  private writtenAs(source: Node): { value: DataStage['source']; key: string } | undefined {
    let known = this.keys.get(source);
    if (!known) {
      const value = sourceValue(source);
      known = value === undefined ? { value } : { value, key: JSON.stringify(value) };
      this.keys.set(source, known);
    }
    return known.value === undefined ? undefined : known;
  }

  private async read(known: Known, source: DataStage['source'], folder: string, stamp: string): Promise<void> {
    known.reading = true;
    this.pending++;
    try {
      // Off the keystroke: the answer to what is being asked goes out first.
      await new Promise((resolve) => setImmediate(resolve));
      const found = await peek(source, folder);
      known.stamp = stamp;
      known.peek = found;
      known.columns = checkable(found);
    } finally {
      known.reading = false;
      this.pending--;
    }
    this.state++;
    this.changed();
    if (this.pending === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Looks at every file again at the next question. */
  recheck(): void {
    for (const known of this.known.values()) known.checked = 0;
    this.state++;
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

function stampOf(sources: readonly string[]): string {
  return sources
    .map((path) => {
      if (isGlob(path)) return 'pattern';
      try {
        const { size, mtimeMs } = statSync(path);
        return `${size} ${mtimeMs}`;
      } catch {
        return 'none';
      }
    })
    .join();
}

/** The source as far as it is whole enough to be read. */
function sourceValue(node: Node | undefined): DataStage['source'] | undefined {
  const value = node && isWhole(node) ? toValue(node) : undefined;
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, sql, images, format, encoding, decimal } = value as Record<string, unknown>;
  if (format !== undefined && !['csv', 'tsv', 'jsonl', 'parquet'].includes(format as string)) return undefined;
  if (encoding !== undefined && !['utf-8', 'latin-1', 'windows-1252', 'utf-16'].includes(encoding as string))
    return undefined;
  if (decimal !== undefined && decimal !== '.' && decimal !== ',') return undefined;
  const files = Array.isArray(file)
    ? file.length > 0 && file.every((each) => typeof each === 'string')
    : typeof file === 'string' && file !== '';
  return files || typeof sql === 'string' || (typeof images === 'string' && images !== '')
    ? (value as DataStage['source'])
    : undefined;
}
