import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder } from '../process/files';
import { LineReader, LineWriter, parseObject } from '../process/jsonl';
import { targetFolder } from './ledger';

/**
 * One line of a target's feedback, `.lifecycle/deployments/<target>/feedback/<yyyy-mm-dd>.jsonl` (the day in UTC on which it arrived): what
 * was really the case. The model server's endpoint `/feedback` and `lifecycle feedback` write it, the monitor joins it with the request log.
 */
export interface Feedback {
  readonly format: 1;
  /** ISO 8601 time at which it arrived. */
  readonly time: string;
  /** Id of the request, as in the header `x-request-id` of the answer. */
  readonly id: string;
  /** Row of the request, from 0; 0 when it is not there. */
  readonly row?: number;
  /** The class as the model names it, or the number. */
  readonly label: string | number | boolean;
  /** What the answer was worth to the business. Lines without a label hold nothing but this. */
  readonly value?: number;
  /** Where it comes from, for example `endpoint` or the name of a file. `prediction` marks what the model itself said. */
  readonly source?: string;
}

export function feedbackFolder(store: string, target: string): string {
  return join(targetFolder(store, target), 'feedback');
}

/** Whether a value can stand as a label. */
export function isLabel(value: unknown): value is Feedback['label'] {
  return (
    (typeof value === 'string' && value !== '') ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function isFeedback(line: Feedback | undefined): line is Feedback {
  return (
    line?.format === 1 &&
    typeof line.id === 'string' &&
    line.id !== '' &&
    typeof line.time === 'string' &&
    isLabel(line.label) &&
    (line.row === undefined || (Number.isInteger(line.row) && line.row >= 0))
  );
}

/** Whether a line holds only what an answer was worth. */
function isWorth(line: unknown): boolean {
  const { label, value } = (line ?? {}) as { label?: unknown; value?: unknown };
  return label === undefined && typeof value === 'number';
}

/** Appends labels. One writer at a time appends a line whole (O_APPEND), so several processes may. @returns how many were written */
export async function appendFeedback(
  store: string,
  target: string,
  labels: Iterable<Omit<Feedback, 'format' | 'time'> & { readonly time?: string }>,
): Promise<number> {
  const folder = feedbackFolder(store, target);
  await mkdir(folder, { recursive: true });
  const now = new Date().toISOString();
  const writer = new LineWriter(join(folder, `${now.slice(0, 10)}.jsonl`));
  let count = 0;
  try {
    for (const label of labels) {
      writer.append(JSON.stringify({ format: 1, time: now, ...label }));
      count++;
    }
  } finally {
    writer.close();
  }
  if (writer.failed !== undefined) throw writer.failed;
  return count;
}

/** What is known of the rows of requests. */
export interface KnownLabels {
  /** By request id, then by row. */
  readonly labels: ReadonlyMap<string, ReadonlyMap<number, Feedback>>;
  readonly count: number;
  /** Labels that were given again with another value; the last one counts. */
  readonly changed: number;
  /** Lines that could not be read. */
  readonly skipped: number;
}

/** Every label of a target, the last of each row. */
export async function readFeedback(store: string, target: string): Promise<KnownLabels> {
  const labels = new Map<string, Map<number, Feedback>>();
  let count = 0;
  let changed = 0;
  let skipped = 0;
  const folder = feedbackFolder(store, target);
  for (const name of await listFolder(folder)) {
    if (!/^\d{4}-\d\d-\d\d\.jsonl$/.test(name)) continue;
    const reader = new LineReader(join(folder, name));
    await reader.read((line) => {
      const given = parseObject<Feedback>(line);
      if (!isFeedback(given)) {
        if (!isWorth(given)) skipped++;
        return;
      }
      let rows = labels.get(given.id);
      if (rows === undefined) labels.set(given.id, (rows = new Map<number, Feedback>()));
      const before = rows.get(given.row ?? 0);
      if (before === undefined) count++;
      else if (String(before.label) !== String(given.label)) changed++;
      rows.set(given.row ?? 0, given);
    });
  }
  return { labels, count, changed, skipped };
}
