import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Feedback } from '../../schemas/generated/types';
import { listFolder } from '../process/files';
import { LineReader, LineWriter, parseObject } from '../process/jsonl';
import { targetFolder } from './ledger';

/** What came true for one row. */
export type Actual = string | number | boolean;

/** Folder of a target's feedback: one file a day, lines as `schemas/records/feedback` describes them. */
export function feedbackFolder(store: string, target: string): string {
  return join(targetFolder(store, target), 'feedback');
}

/** Whether a value can stand as a label. */
export function isActual(value: unknown): value is Actual {
  return (
    (typeof value === 'string' && value !== '') ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/** Appends feedback, each line in one write. @returns how many lines were written */
export async function appendFeedback(
  store: string,
  target: string,
  lines: Iterable<Omit<Feedback, 'format' | 'time'> & { readonly time?: string }>,
): Promise<number> {
  const folder = feedbackFolder(store, target);
  await mkdir(folder, { recursive: true });
  const now = new Date().toISOString();
  const writer = new LineWriter(join(folder, `${now.slice(0, 10)}.jsonl`));
  let count = 0;
  try {
    for (const line of lines) {
      writer.append(JSON.stringify({ format: 1, time: now, ...line }));
      count++;
    }
  } finally {
    writer.close();
  }
  if (writer.failed !== undefined) throw writer.failed;
  return count;
}

/** What is known of one request. */
export interface KnownRequest {
  /** By row; undefined where it is not known. */
  readonly actual: (Actual | undefined)[];
  value?: number;
}

export interface KnownFeedback {
  readonly requests: ReadonlyMap<string, KnownRequest>;
  /** Rows whose outcome is known. */
  readonly count: number;
  /** Outcomes that were told again, and differently; the last one counts. */
  readonly changed: number;
  /** Lines that could not be read. */
  readonly skipped: number;
}

/** All feedback of a target, oldest first; what is told later about a row replaces what was told before. */
export async function readFeedback(store: string, target: string): Promise<KnownFeedback> {
  const requests = new Map<string, KnownRequest>();
  let [count, changed, skipped] = [0, 0, 0];
  const folder = feedbackFolder(store, target);
  for (const name of await listFolder(folder)) {
    if (!/^\d{4}-\d\d-\d\d\.jsonl$/.test(name)) continue;
    await new LineReader(join(folder, name)).read((line) => {
      const given = parseObject<Feedback>(line);
      if (
        given?.format !== 1 ||
        typeof given.id !== 'string' ||
        !(given.actual === undefined || Array.isArray(given.actual))
      ) {
        skipped++;
        return;
      }
      let known = requests.get(given.id);
      if (known === undefined) requests.set(given.id, (known = { actual: [] }));
      if (typeof given.value === 'number') known.value = given.value;
      for (const [row, actual] of (given.actual ?? []).entries()) {
        if (!isActual(actual)) continue;
        const before = known.actual[row];
        if (before === undefined) count++;
        else if (String(before) !== String(actual)) changed++;
        known.actual[row] = actual;
      }
    });
  }
  return { requests, count, changed, skipped };
}
