import type { Readable } from 'node:stream';
import { UserError } from '../problem';
import type { Rooms } from '../run/rooms';
import { findProject, type Project } from '../store/project';
import { listRuns, resolveRunId } from '../store/runs';
import type { Terminal } from './terminal';

/** What a command may use. */
export interface Context {
  readonly terminal: Terminal;
  /** The command line after the program's name. */
  readonly argv: readonly string[];
  /** Absolute folder that relative paths start from. */
  readonly cwd: string;
  readonly stdin: Readable;
  readonly rooms: Rooms;
  /** How to start this program again: `[node, cli.js]`. */
  readonly self: readonly string[];
  /** Aborted by the first Ctrl+C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** The project of the folder that the command was called in. */
export function projectHere(context: Context): Promise<Project> {
  return findProject(context.cwd);
}

/** Id of the run that a user means; without text the newest, or with `running` the only one that is going. */
export async function runMeant(
  store: string,
  text: string | undefined,
  which: 'latest' | 'running' = 'latest',
): Promise<string> {
  if (text !== undefined || which === 'latest') return resolveRunId(store, text ?? 'latest');
  const running = (await listRuns(store, { limit: 200 })).filter((run) => run.status === 'running');
  if (running.length === 1 && running[0] !== undefined) return running[0].id;
  throw new UserError(
    running.length === 0
      ? { code: 'run-unknown', message: 'No run is going.', hint: '`lifecycle runs` lists the runs.' }
      : {
          code: 'run-ambiguous',
          message: `${running.length} runs are going: ${running.map((run) => run.id).join(', ')}.`,
          hint: 'Say which one.',
        },
  );
}
