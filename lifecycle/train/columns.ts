/** Columns of features: in memory, or in a file where they are more than may be held. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { type DatabaseOptions, floats, identifier, LABEL, literalPath, withDatabase } from '../table';

/** Columns of one length. An array of them is one. */
export interface Columns {
  readonly length: number;
  /** A column; one in a file is read anew each time. */
  at(feature: number): Float32Array | undefined;
}

/** Rows of a column are read together; a multiple of the blocks in which the linear models go through them. */
const LEAST_WINDOW = 2048;
const MOST_WINDOW = 65_536;
/** Bytes of all columns' windows. */
const WINDOW_BYTES = 64 * 1024 * 1024;

/** Rows `from` to `to` of a column, valid until the next call for the same column. */
export function rangeOf(columns: Columns, feature: number, from: number, to: number): Float32Array {
  return columns instanceof ColumnFile ? columns.range(feature, from, to) : columns.at(feature)!.subarray(from, to);
}

/** All columns in memory. */
export function inMemory(columns: Columns): readonly Float32Array[] {
  return Array.isArray(columns)
    ? (columns as readonly Float32Array[])
    : Array.from({ length: columns.length }, (_, feature) => columns.at(feature)!);
}

/** Columns in a file of float32, one after the other. Reading waits for the disk, which keeps what goes through them as plain as for those in memory. */
export class ColumnFile implements Columns {
  private readonly window: number;
  private readonly windows: ({ readonly from: number; readonly values: Float32Array } | undefined)[] = [];

  private constructor(
    private readonly file: number,
    readonly rows: number,
    readonly length: number,
    private readonly fill?: Float64Array,
  ) {
    this.window = windowOf(length);
  }

  /**
   * Writes the features of a `SPLIT.features.parquet` into a file, column by column.
   *
   * @param path of the file to write, which is the caller's to remove
   * @returns the columns, to be closed, and the labels
   */
  static async write(
    source: string,
    names: readonly string[],
    rows: number,
    path: string,
    options: DatabaseOptions,
    onRows?: (rows: number) => void,
  ): Promise<{ readonly columns: ColumnFile; readonly labels: Float64Array }> {
    const file = openSync(path, 'w+');
    const labels = new Float64Array(rows);
    const size = windowOf(names.length);
    const staged = new Float32Array(size * names.length);
    let [at, held] = [0, 0];
    const flush = (): void => {
      for (let f = 0; f < names.length; f++) {
        const part = staged.subarray(f * size, f * size + held);
        writeFully(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength), 4 * (f * rows + at - held));
      }
      held = 0;
    };
    try {
      await withDatabase(options, async (database) => {
        const list = [...names, LABEL].map((name) => `coalesce(CAST(${identifier(name)} AS FLOAT), 'nan'::FLOAT)`);
        await database.stream(`SELECT ${list.join(', ')} FROM read_parquet(${literalPath(source)})`, (chunk, count) => {
          if (held + count > size) flush();
          for (let f = 0; f < names.length; f++) staged.set(floats(chunk, f), f * size + held);
          labels.set(floats(chunk, names.length), at);
          at += count;
          held += count;
          onRows?.(at);
        });
        flush();
      });
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return { columns: new ColumnFile(file, rows, names.length), labels };
  }

  at(feature: number): Float32Array | undefined {
    return feature < this.length ? this.read(feature, 0, this.rows) : undefined;
  }

  /** Rows of a column, meant to be asked for in their order. */
  range(feature: number, from: number, to: number): Float32Array {
    const { window, rows } = this;
    let found = this.windows[feature];
    if (found === undefined || from < found.from || to > found.from + found.values.length) {
      const begin = to - from > window ? from : Math.floor(from / window) * window;
      const end = Math.min(rows, Math.max(to, begin + window));
      found = { from: begin, values: this.read(feature, begin, end) };
      this.windows[feature] = found;
    }
    return found.values.subarray(from - found.from, to - found.from);
  }

  /** The same columns with other values where some are missing. */
  filled(fill: Float64Array): ColumnFile {
    return new ColumnFile(this.file, this.rows, this.length, fill);
  }

  close(): void {
    closeSync(this.file);
  }

  private read(feature: number, from: number, to: number): Float32Array {
    const values = new Float32Array(to - from);
    const bytes = new Uint8Array(values.buffer);
    for (let done = 0; done < bytes.length;) {
      const read = readSync(this.file, bytes, done, bytes.length - done, 4 * (feature * this.rows + from) + done);
      if (read === 0) throw new Error('a file of columns is shorter than it was written');
      done += read;
    }
    if (this.fill) {
      const value = this.fill[feature]!;
      for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) values[i] = value;
    }
    return values;
  }
}

function windowOf(columns: number): number {
  const rows = Math.floor(WINDOW_BYTES / (4 * Math.max(1, columns)) / LEAST_WINDOW) * LEAST_WINDOW;
  return Math.max(LEAST_WINDOW, Math.min(MOST_WINDOW, rows));
}

function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
