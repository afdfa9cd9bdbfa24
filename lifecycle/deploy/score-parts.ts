import { basename, extname, join } from 'node:path';
import { mkdir, stat } from 'node:fs/promises';
import { UserError } from '../problem';
import { readJson, writeAtomic } from '../process/files';
import { hashFile } from '../process/hash';
import { text, withDatabase } from '../table';
import { type ScoreOptions, scoreFiles } from './score';

/** `.parts.json` of an output folder: what was scored from what. */
interface Parts {
  readonly format: 1;
  readonly parts: Readonly<Record<string, Part>>;
}

interface Part {
  /** SHA-256 of the input. */
  readonly input: string;
  /** Digest of the bundle that scored it. */
  readonly model: string;
  readonly keep: readonly string[] | null;
  /** Lines above the header that were stated. */
  readonly skip?: number;
  readonly rows: number;
  /** Size of the output. */
  readonly bytes: number;
}

const LIST = '.parts.json';

/**
 * Scores each file of the input into one of the output folder, one after the other. A part that the same model scored from the same bytes is
 * kept, so a job that was stopped goes on where it was, and one that is done again scores only what is new.
 *
 * @param options.output absolute folder
 * @param options.extension of the parts: `csv` or `parquet`
 */
export async function scoreParts(
  options: ScoreOptions & { readonly extension?: 'csv' | 'parquet' },
): Promise<{ rows: number; kept: number }> {
  const { input, output, extension = 'parquet' } = options;
  await mkdir(output, { recursive: true });
  const files = await withDatabase({}, (database) =>
    database.query<{ file: string }>(`SELECT file FROM glob(${text(input)}) ORDER BY file`),
  );
  if (files.length === 0) {
    throw new UserError({
      code: 'batch-input-missing',
      message: `There is nothing to score: no file ${input}.`,
      hint: 'Paths start at the folder of targets.yaml.',
    });
  }
  const names = new Map<string, string>();
  for (const { file } of files) {
    const name = `${basename(file, extname(file)).replace(/\.(csv|tsv|jsonl)$/i, '')}.${extension}`;
    const other = names.get(name);
    if (other !== undefined) {
      throw new UserError({
        code: 'batch-parts-alike',
        message: `${other} and ${file} would both be scored into ${name}.`,
        hint: 'Rename one of them.',
      });
    }
    names.set(name, file);
  }
  const list = join(output, LIST);
  const before = await readJson<Parts>(list);
  const parts: Record<string, Part> = { ...(before?.format === 1 ? before.parts : {}) };
  const keep = options.keep ?? null;
  let [rows, kept, done] = [0, 0, 0];
  for (const [name, file] of names) {
    options.signal?.throwIfAborted();
    const { sha256 } = await hashFile(file);
    const target = join(output, name);
    const known = parts[name];
    const size = (await stat(target).catch(() => undefined))?.size;
    if (
      known?.input === sha256 &&
      known.model === options.digest &&
      JSON.stringify(known.keep) === JSON.stringify(keep) &&
      known.skip === options.skip &&
      known.bytes === size
    ) {
      rows += known.rows;
      kept++;
    } else {
      const scored = await scoreFiles({
        ...options,
        input: file,
        output: target,
        onProgress: (share, message) =>
          options.onProgress?.((done + share) / names.size, `${name}: ${message} (${done + 1} of ${names.size})`),
      });
      rows += scored.rows;
      const bytes = (await stat(target)).size;
      const skipped = options.skip === undefined ? {} : { skip: options.skip };
      parts[name] = { input: sha256, model: options.digest ?? '', keep, ...skipped, rows: scored.rows, bytes };
      await writeAtomic(list, JSON.stringify({ format: 1, parts } satisfies Parts, null, 2) + '\n');
    }
    done++;
    options.onProgress?.(done / names.size, `${done} of ${names.size} files scored`);
  }
  return { rows, kept };
}
