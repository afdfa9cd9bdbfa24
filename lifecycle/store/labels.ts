import { join } from 'node:path';
import type { RunLabel } from '../../schemas/generated/types';
import { validateLabel } from '../../schemas/generated/validators';
import { UserError } from '../problem';
import { LineReader, LineWriter, parseObject } from '../process/jsonl';
import { waitForLock } from '../process/lock';
import { openStore } from './layout';

/** What somebody says of a run. What is left out stays as it was. */
export type LabelChange = Omit<RunLabel, 'format' | 'run' | 'time'>;

/** All that was said of one run. */
export type Label = LabelChange;

const path = (store: string) => join(store, 'labels.jsonl');

/** Labels of all runs by id. Lines that make no sense are passed over. */
export async function readLabels(store: string): Promise<Map<string, Label>> {
  const labels = new Map<string, Label>();
  await new LineReader(path(store)).read((line) => {
    const said = parseObject<RunLabel>(line);
    if (said === undefined || !validateLabel(said)) return;
    const { format: _format, time: _time, run, ...change } = said;
    labels.set(run, { ...labels.get(run), ...change });
  });
  return labels;
}

/**
 * Names, stars, tags or hides runs.
 * @throws {UserError} `label-invalid`, and what {@link openStore} throws
 */
export async function labelRuns(store: string, runs: readonly string[], change: LabelChange): Promise<void> {
  const lines = runs.map((run): RunLabel => ({ format: 1, run, time: new Date().toISOString(), ...change }));
  for (const line of lines)
    if (!validateLabel(line))
      throw new UserError({
        code: 'label-invalid',
        message: `A run can't be labelled so: a name has at most 200 characters, a tag 100, a note 10,000; there are at most 50 tags.`,
      });
  await openStore(store);
  const lock = await waitForLock(join(store, '.labels-lock'), 'labels');
  try {
    const writer = new LineWriter(path(store));
    for (const line of lines) writer.append(JSON.stringify(line));
    writer.close();
    if (writer.failed) throw writer.failed;
  } finally {
    await lock.release();
  }
}
