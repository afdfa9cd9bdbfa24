import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { MonitorStage, Problem } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { errorCode } from '../../process/files';
import type { StageContext } from '../../store/room';
import { list } from '../report';
import type { FileSpan } from './file';
import type { Kept } from './keep';
import type { LogFile } from './log';

/**
 * The files of a log that can be read, with what is known of them before their values are looked at. One that can't be (it is being written, was cut off,
 * or has other columns) is left out, and said: the predictions of the others are looked at all the same. Empty ones, as a rotation leaves them, have no rows.
 *
 * @param context with `quiet` nothing is said: another reading of the same files says it
 * @param together files that are hashed at once
 * @throws UserError what is wrong with the first one, where none can be read
 */
export async function filesOf(
  context: Pick<StageContext<MonitorStage>, 'log' | 'signal'> & { readonly quiet: boolean },
  kept: Kept,
  paths: readonly string[],
  spanOf: (path: string, hash: string) => Promise<FileSpan>,
  hash = (path: string) => kept.hash(path),
  together = 2,
): Promise<LogFile[]> {
  const files: LogFile[] = [];
  const troubles: { readonly path: string; readonly problem: Problem }[] = [];
  const trouble = (path: string, error: unknown): void => {
    const problem = troubleOf(path, error);
    if (problem === undefined) throw error;
    troubles.push({ path, problem });
  };
  let empty = 0;
  const hashOf = async (path: string): Promise<string | undefined> => {
    try {
      if ((await stat(path)).size > 0) return await hash(path);
      empty++;
    } catch (error) {
      trouble(path, error);
    }
    return undefined;
  };
  // Some files are hashed while the ones before are looked at.
  const hashing = (from: number): Promise<(string | undefined)[]> => {
    const hashes = Promise.all(paths.slice(from, from + together).map(hashOf));
    hashes.catch(() => undefined);
    return hashes;
  };
  for (let i = 0, next = hashing(0); i < paths.length; i += together) {
    const hashes = await next;
    next = hashing(i + together);
    for (const [j, hash] of hashes.entries()) {
      context.signal.throwIfAborted();
      const path = paths[i + j]!;
      if (hash === undefined) continue;
      try {
        files.push({ path, hash, span: await spanOf(path, hash) });
      } catch (error) {
        trouble(path, error);
      }
    }
  }
  const [first] = troubles;
  if (first === undefined) return files;
  if (files.length === 0 && empty === 0) throw new UserError(first.problem);
  if (context.quiet) return files;
  context.log(
    'warning',
    `${troubles.length === 1 ? 'A file of the log' : `${troubles.length.toLocaleString('en')} files of the log`} can't be read and ${troubles.length === 1 ? 'is' : 'are'} left out: ${list(troubles.map(({ path }) => basename(path)))}. (${first.problem.message})`,
    {
      code: 'log-file-unreadable',
      hint:
        first.problem.code === 'log-column-missing'
          ? 'Files of one log have the columns that `source` names, whatever else they have.'
          : 'A file that is still being written counts with the next report. Write it under another ending (`.tmp`) and rename it, so that it is there as a whole.',
      path: ['source', 'files'],
    },
  );
  return files;
}

/** Of the machine, not of a file. */
const OTHERS = new Set(['disk-full', 'out-of-memory']);

/** What is wrong with a file; undefined when something else is. */
function troubleOf(path: string, error: unknown): Problem | undefined {
  if (error instanceof UserError) return OTHERS.has(error.problem.code) ? undefined : withPlace(error.problem);
  const code = errorCode(error);
  const why = code === 'ENOENT' ? 'is gone' : code === 'EACCES' || code === 'EPERM' ? 'may not be read' : undefined;
  return why === undefined
    ? undefined
    : withPlace({ code: 'log-file-unreadable', message: `${basename(path)} ${why}.` });
}

function withPlace(problem: Problem): Problem {
  return { ...problem, path: problem.path ?? ['source', 'files'] };
}
