import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CopyOptions, copyToParquet, type Database, ParquetJoiner } from '../table';

/** A Parquet file to write, its rows in the order of the source's row number `r`. */
export interface OrderedFile {
  readonly file: string;
  /** Rows of the source, and about how many of them are written. */
  readonly sourceRows: number;
  readonly rows: number;
  /** The query for the rows that fulfil a condition on `r`. */
  readonly query: (range: string) => string;
  readonly compression?: CopyOptions['compression'];
}

export interface WriteOptions {
  readonly scratch: string;
  readonly columns: number;
  /** Runs first on each connection. */
  readonly setup?: string;
  readonly onProgress: (fraction: number) => void;
}

const ROW_GROUP = 122_880;
const PART_ROWS = 4 * ROW_GROUP;

/** Smaller row groups and dictionaries where there are many columns, because those of all columns are held in memory at once. */
export function layoutFor(columns: number): Pick<CopyOptions, 'rowGroup' | 'dictionary'> {
  const rows = Math.floor((ROW_GROUP * 100) / Math.max(1, columns) / 2048) * 2048;
  return { rowGroup: Math.min(ROW_GROUP, Math.max(2048, rows)), dictionary: columns > 1000 ? 100 : 4096 };
}

/**
 * Writes files in parts, side by side, and joins the parts. Each part is written by one thread, so the bytes are the same each time and with any number
 * of threads; DuckDB's own parallel writer divides rows as its threads happen to finish.
 */
export async function writeOrdered(
  database: Database,
  files: readonly OrderedFile[],
  { scratch, columns, setup, onProgress }: WriteOptions,
): Promise<void> {
  onProgress(0);
  const layout = layoutFor(columns);
  const plans = files.map(({ file, rows, sourceRows, query, compression }) => {
    const count = Math.max(1, Math.ceil(rows / PART_ROWS));
    const parts = Array.from({ length: count }, (_, i) => {
      const [from, to] = [i, i + 1].map((edge) => Math.floor((edge * sourceRows) / count));
      const part = path.join(scratch, `${path.basename(file)}.part${i}`);
      return {
        part,
        sql: copyToParquet(query(`r >= ${from} AND r < ${to}`), part, {
          ...layout,
          ...(compression && { compression }),
        }),
      };
    });
    return { file, parts, sourceRows };
  });
  // Those that read the most come first, so that no thread is left with a long one at the end.
  const parts = plans
    .flatMap(({ parts: of, sourceRows }, plan) =>
      of.map(({ sql }, i) => ({ plan, i, sql, reads: sourceRows / of.length })),
    )
    .toSorted((a, b) => b.reads - a.reads);
  const joins = plans.map(
    ({ file, parts: of }) =>
      new InOrder(
        file,
        of.map(({ part }) => part),
      ),
  );
  try {
    await database.parallel(
      parts.map(({ sql }) => sql),
      {
        ...(setup !== undefined && { setup }),
        onDone: (done, index) => {
          const { plan, i } = parts[index]!;
          joins[plan]!.written(i);
          onProgress(done / parts.length);
        },
      },
    );
    for (const join of joins) await join.finish();
  } finally {
    await Promise.all(joins.map((join) => join.close()));
  }
}

/** Puts the parts of a file together, each as soon as it and those before it are written, while others still are. */
class InOrder {
  private readonly done = new Set<number>();
  private next = 0;
  private joined: ParquetJoiner | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly parts: readonly string[],
  ) {}

  written(part: number): void {
    this.done.add(part);
    if (this.parts.length === 1) return;
    for (; this.done.has(this.next); this.next++) {
      const path = this.parts[this.next]!;
      this.work = this.work.then(async () => {
        this.joined ??= await ParquetJoiner.open(this.file);
        await this.joined.append(path);
        await rm(path, { force: true });
      });
      // It is thrown by finish(), which comes when all parts are written.
      this.work.catch(() => undefined);
    }
  }

  async finish(): Promise<void> {
    await this.work;
    if (this.joined) await this.joined.finish();
    else await rename(this.parts[0]!, this.file);
  }

  async close(): Promise<void> {
    await this.work.catch(() => undefined);
    await this.joined?.close();
  }
}
