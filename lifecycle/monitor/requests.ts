import type { ModelInfo } from '../../schemas/generated/types';
import { eachRequest, type LoggedRequest, type RequestWindow } from '../store/requests';
import { type ColumnCounter, type ColumnProfile, type ColumnReading, counterOf, type TableProfile } from './profile';

/** What a deployed model was asked in a window, counted. */
export interface RequestProfile {
  readonly table: TableProfile;
  /** What it answered; undefined when nothing was logged. */
  readonly prediction: ColumnProfile | undefined;
  /** Columns in the log that nobody asked for. */
  readonly foreign: readonly string[];
  /** Lines that could not be read. */
  readonly skipped: number;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads a target's request log into profiles, request by request: in memory are distinct values, not rows. A column that a request
 * did not log (it was redacted then) is neither there nor missing in its rows.
 *
 * @param window `last` counts rows exactly, the oldest request may be taken in part
 */
export async function profileRequests(
  store: string,
  target: string,
  window: RequestWindow,
  readings: Readonly<Record<string, ColumnReading>>,
  model: Pick<ModelInfo, 'task' | 'classes'> | undefined,
): Promise<RequestProfile> {
  const { last, ...span } = window;
  // What is logged while this runs belongs to the next report.
  const until = span.until ?? new Date();
  let toSkip = last === undefined ? 0 : (await countRows(store, target, { ...span, until })) - last;
  const counters = new Map<string, ColumnCounter>();
  const foreign = new Set<string>();
  const predicted = model && counterOf(predictionReading(model));
  let rows = 0;
  let from: string | undefined;
  let to: string | undefined;
  const skipped = await eachRequest(store, target, { ...span, until }, (request) => {
    const start = Math.max(0, Math.min(toSkip, request.rows));
    toSkip -= request.rows;
    if (start === request.rows && request.rows > 0) return;
    from ??= request.time;
    to = request.time;
    rows += request.rows - start;
    for (const [name, values] of Object.entries(request.inputs)) {
      const reading = Object.hasOwn(readings, name) ? readings[name] : undefined;
      if (reading === undefined) {
        foreign.add(name);
        continue;
      }
      let counter = counters.get(name);
      if (counter === undefined) counters.set(name, (counter = counterOf(reading)));
      for (let i = start; i < values.length; i++) counter.add(values[i]);
    }
    if (predicted !== undefined && model !== undefined)
      for (let i = start; i < request.rows; i++) predicted.add(answerOf(request, i, model));
  });
  return {
    table: { rows, columns: Object.fromEntries([...counters].map(([name, counter]) => [name, counter.profile()])) },
    prediction: rows > 0 ? predicted?.profile() : undefined,
    foreign: [...foreign].sort(),
    skipped,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

async function countRows(store: string, target: string, span: Omit<RequestWindow, 'last'>): Promise<number> {
  let rows = 0;
  await eachRequest(store, target, span, (request) => void (rows += request.rows));
  return rows;
}

/** What is compared of predictions: P(positive) of two classes, the class of more, the value of a regression. */
export function predictionReading({ task }: Pick<ModelInfo, 'task'>): ColumnReading {
  return task === 'multiclass' ? { type: 'text' } : { type: 'number', float32: true };
}

/** The compared prediction of one row; undefined when the line does not hold it. Lines come from outside, so anything may be in them. */
function answerOf(
  { outputs }: LoggedRequest,
  row: number,
  { task, classes }: Pick<ModelInfo, 'task' | 'classes'>,
): unknown {
  if (task === 'regression') return outputs.prediction?.[row];
  if (task === 'binary') return outputs.probabilities?.[row]?.[1];
  const label = outputs.label?.[row];
  return label === undefined ? undefined : className(classes, label);
}

export function className(classes: ModelInfo['classes'], label: number): string {
  return String(classes?.[label] ?? label);
}
