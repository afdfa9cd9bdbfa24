import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../process/files';
import { LineReader, parseObject } from '../process/jsonl';
import { targetFolder } from './ledger';

/**
 * One line of a target's request log, `.lifecycle/deployments/<target>/requests/<yyyy-mm-dd>.jsonl` (the day in UTC):
 * what one request asked, and what it was answered. The model server writes it, the monitor reads it.
 * Only requests that were answered with predictions are in it.
 */
export interface LoggedRequest {
  readonly format: 1;
  /** ISO 8601 time in UTC with milliseconds, at which it was answered. */
  readonly time: string;
  /** Id of the request, as in the header `x-request-id` of the answer. */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** Rows in the request; every array below has that length. */
  readonly rows: number;
  /**
   * The raw inputs by column: numbers (null where missing), booleans as 0 and 1 (null where missing), text ('' where missing).
   * Redacted columns are not there.
   */
  readonly inputs: Readonly<Record<string, readonly (number | string | null)[]>>;
  readonly outputs: {
    /** Regression: the predicted values. */
    readonly prediction?: readonly number[];
    /** Classification: index of the predicted class, in the order of `classes` in model.json. */
    readonly label?: readonly number[];
    /** Classification: for each row the probabilities in the order of `classes`. */
    readonly probabilities?: readonly (readonly number[])[];
  };
}

/** Which logged requests are wanted. */
export interface RequestWindow {
  /** From this time on. */
  readonly since?: Date;
  /** Before this time. */
  readonly until?: Date;
  /** Of this model only. */
  readonly model?: string;
  /** Of this version only. */
  readonly version?: number;
  /** At most so many rows: the latest (whole requests, so there may be a few more). */
  readonly last?: number;
}

/** Folder of a target's request log. */
export function requestLogFolder(store: string, target: string): string {
  return join(targetFolder(store, target), 'requests');
}

/** Name of the file for a moment. */
export function requestLogFile(time: string): string {
  return `${time.slice(0, 10)}.jsonl`;
}

/** The columns of the logged requests in a window, rows one after the other. */
export interface RequestRows {
  readonly rows: number;
  readonly requests: number;
  /** By column: numbers and booleans as number (NaN where missing), text as string ('' where missing). A redacted column is missing throughout. */
  readonly inputs: Readonly<Record<string, (number | string)[]>>;
  readonly prediction: number[];
  readonly label: number[];
  readonly probabilities: (readonly number[])[];
  /** Times of the first and the last request. */
  readonly from?: string;
  readonly to?: string;
  /** Lines that could not be read: torn, damaged, or from a newer version. */
  readonly skipped: number;
}

/** Reads logged requests one by one, oldest first, without holding them in memory. Gives the number of lines passed over. */
export async function eachRequest(
  store: string,
  target: string,
  window: Omit<RequestWindow, 'last'>,
  take: (request: LoggedRequest) => void,
): Promise<number> {
  const folder = requestLogFolder(store, target);
  const since = window.since?.toISOString() ?? '';
  const until = window.until?.toISOString() ?? '9999';
  let skipped = 0;
  for (const day of await days(folder, since, until)) skipped += await readDay(join(folder, day), window, take);
  return skipped;
}

async function readDay(
  path: string,
  window: Omit<RequestWindow, 'last'>,
  take: (request: LoggedRequest) => void,
): Promise<number> {
  const since = window.since?.toISOString() ?? '';
  const until = window.until?.toISOString() ?? '9999';
  let skipped = 0;
  await new LineReader(path).read((line) => {
    const request = parseObject<LoggedRequest>(line);
    if (!isLogged(request)) skipped++;
    else if (
      request.time >= since &&
      request.time < until &&
      (window.model === undefined || request.model === window.model) &&
      (window.version === undefined || request.version === window.version)
    )
      take(request);
  });
  return skipped;
}

/** Time of the last logged request; undefined when there is none. Days are read backwards until one holds it. */
export async function lastRequest(
  store: string,
  target: string,
  window: Omit<RequestWindow, 'last'>,
): Promise<string | undefined> {
  const folder = requestLogFolder(store, target);
  const names = await days(folder, window.since?.toISOString() ?? '', window.until?.toISOString() ?? '9999');
  for (const day of names.reverse()) {
    let last: string | undefined;
    await readDay(join(folder, day), window, ({ time }) => {
      if (last === undefined || time > last) last = time;
    });
    if (last !== undefined) return last;
  }
  return undefined;
}

/** Reads the logged requests of a window into columns. */
export async function readRequests(store: string, target: string, window: RequestWindow = {}): Promise<RequestRows> {
  let kept: LoggedRequest[] = [];
  let count = 0;
  const skipped = await eachRequest(store, target, window, (request) => {
    kept.push(request);
    count += request.rows;
    // Dropping the oldest in bulk keeps this linear; half as much again is held at most.
    if (window.last !== undefined && count > 1.5 * window.last + 1_000) ({ kept, count } = latest(kept, window.last));
  });
  if (window.last !== undefined) ({ kept, count } = latest(kept, window.last));
  const columns = new Set(kept.flatMap(({ inputs }) => Object.keys(inputs)));
  const inputs: Record<string, (number | string)[]> = {};
  for (const column of columns) {
    const values: (number | string)[] = (inputs[column] = []);
    for (const request of kept) {
      const given = request.inputs[column];
      for (let i = 0; i < request.rows; i++) values.push(given?.[i] ?? NaN);
    }
  }
  const first = kept[0];
  const final = kept.at(-1);
  return {
    rows: count,
    requests: kept.length,
    inputs,
    prediction: kept.flatMap(({ outputs }) => outputs.prediction ?? []),
    label: kept.flatMap(({ outputs }) => outputs.label ?? []),
    probabilities: kept.flatMap(({ outputs }) => outputs.probabilities ?? []),
    ...(first && { from: first.time }),
    ...(final && { to: final.time }),
    skipped,
  };
}

function latest(requests: LoggedRequest[], rows: number): { kept: LoggedRequest[]; count: number } {
  let count = 0;
  let from = requests.length;
  while (from > 0 && count < rows) count += requests[--from]?.rows ?? 0;
  return { kept: requests.slice(from), count };
}

async function days(folder: string, since: string, until: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return names
    .filter((name) => /^\d{4}-\d\d-\d\d\.jsonl$/.test(name))
    .filter((name) => name.slice(0, 10) >= since.slice(0, 10) && name.slice(0, 10) <= until.slice(0, 10))
    .sort();
}

function isLogged(request: LoggedRequest | undefined): request is LoggedRequest {
  return (
    request?.format === 1 &&
    typeof request.time === 'string' &&
    !Number.isNaN(Date.parse(request.time)) &&
    Number.isInteger(request.rows) &&
    typeof request.inputs === 'object' &&
    request.inputs !== null &&
    Object.values(request.inputs).every((column) => Array.isArray(column) && column.length === request.rows) &&
    typeof request.outputs === 'object' &&
    request.outputs !== null &&
    isAnswer(request.outputs)
  );
}

/** Lines come from outside: what is not there is not known, but what is there is what it should be. */
function isAnswer({ prediction, label, probabilities }: LoggedRequest['outputs']): boolean {
  return (
    (prediction === undefined || Array.isArray(prediction)) &&
    (label === undefined || Array.isArray(label)) &&
    (probabilities === undefined || (Array.isArray(probabilities) && probabilities.every(Array.isArray)))
  );
}
