import { resolve } from 'node:path';
import { liveModel } from '../../monitor/deployment';
import { MOST_ROWS, readLabelFile, unknownIds } from '../../monitor/labels';
import { pause } from '../../process/pause';
import { type Actual, appendFeedback, readFeedback } from '../../store/feedback';
import { targetFolder } from '../../store/ledger';
import { withDatabase } from '../../table';
import { usageError, type Given } from '../arguments';
import { type Context, projectHere } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { onlyTarget } from './rollback';

/** Milliseconds in which a request that was answered is surely in the log: servers write it a fifth of a second later. */
const LOG_DELAY = 600;

/** Tells what came true of requests that were answered, one by one or from a file. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.positionals[0] ?? (await onlyTarget(store));
  targetFolder(store, target);
  const [file, id, label] = [given.text('input'), given.text('id'), given.text('label')];
  if (file === undefined && id === undefined) {
    const { count, changed, skipped, requests } = await readFeedback(store, target);
    terminal.print(
      `${numbered(count, 'outcome')} of ${numbered(requests.size, 'request')} ${count === 1 ? 'is' : 'are'} known on '${target}'${changed > 0 ? `, ${changed.toLocaleString('en')} of them changed since` : ''}${skipped > 0 ? `; ${numbered(skipped, 'line')} can't be read` : ''}.`,
    );
    terminal.emit({ target, count, requests: requests.size, changed, skipped });
    return EXIT.ok;
  }
  if (file === undefined && label === undefined)
    throw usageError('--id goes with --label.', 'For example --id 7f3a… --label Yes.');
  const row = given.whole('row', 0) ?? 0;
  if (row >= MOST_ROWS)
    throw usageError(`--row ${row} is further than any request goes.`, `Rows count from 0, up to ${MOST_ROWS - 1}.`);
  const { lines, skipped } =
    file === undefined
      ? { lines: [{ id: id!, actual: [...Array<null>(row).fill(null), valueOf(label!)] }], skipped: 0 }
      : await readFile(store, target, resolve(context.cwd, file));
  let unknown = await unknownIds(
    store,
    target,
    lines.map((line) => line.id),
  );
  if (unknown.length > 0) {
    // What was answered just now is still on its way to the log.
    await pause(LOG_DELAY, undefined);
    unknown = await unknownIds(store, target, unknown);
  }
  const strange = new Set(unknown);
  const known = given.flag('all') ? lines : lines.filter((line) => !strange.has(line.id));
  await appendFeedback(store, target, known);
  const count = known.reduce((sum, { actual }) => sum + actual.filter((value) => value !== null).length, 0);
  terminal.print(
    `${terminal.colour.green('✔')} ${count.toLocaleString('en')} ${count === 1 ? 'outcome' : 'outcomes'} of ${known.length.toLocaleString('en')} ${known.length === 1 ? 'request' : 'requests'} on '${target}'`,
  );
  if (skipped > 0)
    terminal.warn(`${skipped.toLocaleString('en')} rows have no id, no label or no proper row and were passed over.`);
  if (unknown.length > 0)
    terminal.warn(
      `${unknown.length.toLocaleString('en')} ${unknown.length === 1 ? 'id is' : 'ids are'} in no request of the log (${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ', …' : ''})${given.flag('all') ? '' : ' and not kept; --all keeps them'}. The id is the header x-request-id of the answer.`,
    );
  terminal.emit({ target, outcomes: count, requests: known.length, skipped, unknown });
  return count === 0 && (unknown.length > 0 || skipped > 0) ? EXIT.failed : EXIT.ok;
}

function numbered(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

/** Reads labels as the training data of the live model is written. */
async function readFile(store: string, target: string, file: string): ReturnType<typeof readLabelFile> {
  const { written, task } = (await liveModel(store, target)) ?? {};
  return withDatabase({}, (database) => readLabelFile(database, file, { written, task }));
}

function valueOf(text: string): Actual {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
