import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataStage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { memoryLimit } from '../process/limits';
import type { Room, StageContext, StageResult } from '../store/room';
import { withDatabase } from '../table';
import { Preparation } from './prepare';
import { resolveSource, type Source, sourceInputs } from './source';

/** Reads, cleans, splits and learns features; see schemas/records/dataset.schema.json for what it leaves. */
export const room: Room<DataStage> = {
  kind: 'data',
  version: 3,
  inputs: (stage, where) => sourceInputs(stage.source, where),
  async run(context) {
    try {
      return await runData(context);
    } catch (error) {
      throw inProject(diskFull(error) ?? error, context.root);
    }
  },
};

/** What Node says of a full disk; DuckDB's words for it are put plainly where they come up. */
function diskFull(error: unknown): UserError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined;
  return new UserError({
    code: 'disk-full',
    message: 'There is no space left on the disk.',
    hint: "Free some space ('lifecycle gc' shows what old results take), then run again: finished stages are kept.",
  });
}

/** Files of errors are told relative to the project. */
function inProject(error: unknown, root: string): unknown {
  if (!(error instanceof UserError) || error.problem.file === undefined || !path.isAbsolute(error.problem.file))
    return error;
  return new UserError({ ...error.problem, file: path.relative(root, error.problem.file).replaceAll('\\', '/') });
}

async function runData(context: StageContext<DataStage>): Promise<StageResult> {
  const source = await resolveSource(context.stage.source, context.folder);
  const options = {
    scratch: context.scratch,
    // A query joins and groups in whatever order threads finish; one thread gives the same rows in the same order each time.
    threads: source.kind === 'sql' || (source.kind === 'images' && source.table !== undefined) ? 1 : context.threads,
    memory: await memoryFor(source),
    signal: context.signal,
    folder: context.folder,
  };
  return withDatabase(options, (database) => new Preparation(context, database, source).run());
}

/** Memory in proportion to the data, so that small data leaves the machine alone and large data is not slowed by spilling. */
async function memoryFor({ files }: Source): Promise<number> {
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(file)).size * (/\.(gz|zst|parquet|pq)$/i.test(file) ? 4 : 1)),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return Math.min(memoryLimit() / 2, Math.max(1e9, bytes * 0.75));
}
