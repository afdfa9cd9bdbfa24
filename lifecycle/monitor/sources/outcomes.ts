import { join } from 'node:path';
import type { Database } from '../../table';
import type { LabelledRow } from '../performance';
import type { LogPass } from './log';
import { drawnLabels, labelsById, type Told, unknownToLogs } from './rows';
import type { LogTable } from './table';

/** Rows of files outside the window among which ids are still looked for. */
const MOST_SOUGHT = 2_000_000;

interface Logged {
  readonly rows: number;
  readonly inside: boolean;
  readonly table: () => Promise<LogTable>;
}

/** What came true of the rows of a log. */
export interface Outcomes {
  readonly labelled: LabelledRow[];
  /** Labels that are no class of the model. */
  readonly strange: number;
  /** Ids of outcomes that the log does not hold at all. */
  readonly unmatched: string[];
}

/**
 * Joins a log with what came true: outcomes that its rows carry themselves, and those that are told apart, which go before. A request counts once, in
 * however many files it stands.
 *
 * @param drawn files of drawn rows that carry their outcome
 */
export async function outcomesOf(
  database: Database,
  files: readonly Logged[],
  drawn: readonly string[],
  window: { readonly from: number; readonly to: number },
  pass: LogPass,
  folder: string,
): Promise<Outcomes> {
  const own = pass.source.label === undefined ? [] : await drawnLabels(database, drawn, pass);
  const told: Told[] = [];
  let unmatched: string[] = [];
  const { source } = pass;
  if (source.id !== undefined && (pass.outcomes?.size ?? 0) > 0) {
    const scratch = join(folder, 'outcomes.jsonl');
    const inside = await tablesOf(files.filter((file) => file.inside));
    told.push(...(await labelsById(database, inside, window, pass, scratch)));
    const rest = await unknownToLogs(database, inside, pass, scratch);
    const outside = files.filter((file) => !file.inside && file.rows > 0);
    const rows = outside.reduce((sum, file) => sum + file.rows, 0);
    // Outcomes of requests before the window are known to the log, too; of very long logs nothing is said of them.
    // Of a database only the window is here.
    if (rest.length > 0 && rows <= MOST_SOUGHT && 'files' in source) {
      const outcomes = new Map(rest.map((id) => [id, pass.outcomes!.get(id)!]));
      unmatched = await unknownToLogs(database, await tablesOf(outside), { ...pass, outcomes }, scratch);
    }
  }
  const ids = new Set(told.map(({ id }) => id));
  const all = [...own.filter(({ id }) => id === undefined || !ids.has(id)), ...told];
  return {
    labelled: all.flatMap(({ row }) => row ?? []),
    strange: all.filter(({ row }) => row === undefined).length,
    unmatched,
  };
}

function tablesOf(files: readonly Logged[]): Promise<LogTable[]> {
  return Promise.all(files.map(({ table }) => table()));
}
