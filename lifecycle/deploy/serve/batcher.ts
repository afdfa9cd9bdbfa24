import type { Predictions, RawColumn, RawColumns } from '../../onnx/rows';
import { joinPlain, PlainRows } from './plain-rows';

export interface BatcherOptions {
  /** Rows after which a batch is full. A request larger than that is a batch of its own. */
  readonly maxRows?: number;
  /** Rows that may wait; a request beyond is refused with {@link QueueFull}. */
  readonly maxWaiting?: number;
  /** Told of each batch that ran. */
  readonly ran?: (rows: number, requests: number, seconds: number) => void;
}

/** More rows wait than the server is ready to hold. */
export class QueueFull extends Error {}

/** A request waited longer than its client does. */
export class TooLate extends Error {}

interface Job {
  readonly rows: number;
  readonly given: RawColumns | PlainRows;
  /** Moment of `performance.now`. */
  readonly deadline: number;
  readonly resolve: (predictions: Predictions) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts requests that arrive while the model is busy into one run. There is no timer: a lone request runs at once, and the
 * batches grow by themselves as the load does.
 */
export class Batcher {
  readonly #run: (columns: RawColumns, rows: number) => Promise<Predictions>;
  readonly #maxRows: number;
  readonly #maxWaiting: number;
  readonly #ran: BatcherOptions['ran'];
  #waiting: Job[] = [];
  #waitingRows = 0;
  #busy = false;
  #idle: (() => void)[] = [];

  constructor(run: (columns: RawColumns, rows: number) => Promise<Predictions>, options: BatcherOptions = {}) {
    this.#run = run;
    this.#maxRows = options.maxRows ?? 1024;
    this.#maxWaiting = options.maxWaiting ?? 200_000;
    this.#ran = options.ran;
  }

  get waitingRows(): number {
    return this.#waitingRows;
  }

  /**
   * Predictions for the rows of one request.
   * @param deadline moment of `performance.now` after which the request is refused with {@link TooLate} instead of run
   */
  submit(given: RawColumns | PlainRows, rows: number, deadline = Infinity): Promise<Predictions> {
    if (this.#waitingRows > 0 && this.#waitingRows + rows > this.#maxWaiting)
      return Promise.reject(new QueueFull(`${this.#waitingRows} rows are waiting.`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, given, deadline, resolve, reject });
      this.#waitingRows += rows;
      if (!this.#busy) {
        this.#busy = true;
        // One turn of the event loop later everything that has arrived by now is parsed and joins the batch.
        setImmediate(() => void this.#drain());
      }
    });
  }

  /** Resolves when nothing waits or runs. */
  settled(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const jobs = inTime(this.#take());
      if (jobs.length === 0) continue;
      const rows = jobs.reduce((sum, job) => sum + job.rows, 0);
      await this.#batch(jobs, rows);
      // Clients that were answered together mostly ask again together: two turns of the event loop later (the first writes the log) they are in one batch
      // with those that wait.
      for (let turn = 0; turn < 2 && jobs.length > 1; turn++) await nextTurn();
    }
    this.#busy = false;
    for (const idle of this.#idle.splice(0)) idle();
  }

  #take(): Job[] {
    let rows = 0;
    let count = 0;
    for (const job of this.#waiting) {
      if (count > 0 && rows + job.rows > this.#maxRows) break;
      rows += job.rows;
      count++;
    }
    this.#waitingRows -= rows;
    if (count === this.#waiting.length) {
      const all = this.#waiting;
      this.#waiting = [];
      return all;
    }
    return this.#waiting.splice(0, count);
  }

  async #batch(jobs: readonly Job[], rows: number): Promise<void> {
    const begin = performance.now();
    try {
      const all = await this.#run(together(jobs, rows), rows);
      this.#ran?.(rows, jobs.length, (performance.now() - begin) / 1000);
      let from = 0;
      for (const job of jobs) {
        job.resolve(slice(all, from, from + job.rows, rows));
        from += job.rows;
      }
    } catch (error) {
      // One request must not spoil the others of its batch.
      if (jobs.length === 1) jobs[0]?.reject(error);
      else for (const job of jobs) await this.#batch([job], job.rows);
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function inTime(jobs: readonly Job[]): readonly Job[] {
  const now = performance.now();
  if (jobs.every(({ deadline }) => deadline >= now)) return jobs;
  for (const job of jobs) if (job.deadline < now) job.reject(new TooLate('The deadline has passed.'));
  return jobs.filter(({ deadline }) => deadline >= now);
}

function together(jobs: readonly Job[], rows: number): RawColumns {
  const plain: PlainRows[] = [];
  for (const { given } of jobs) if (given instanceof PlainRows) plain.push(given);
  if (plain.length === jobs.length) return joinPlain(plain, rows);
  const all = jobs.map(({ given }) => (given instanceof PlainRows ? given.columns : given));
  return all.length === 1 ? all[0]! : join(all, rows);
}

function join(all: readonly RawColumns[], rows: number): RawColumns {
  const result: Record<string, RawColumn> = {};
  for (const [name, first] of Object.entries(all[0] ?? {})) {
    if (first instanceof Float32Array) {
      const column = new Float32Array(rows);
      let at = 0;
      for (const columns of all) {
        const part = columns[name] as Float32Array;
        if (part.length === 1) column[at] = part[0] ?? NaN;
        else column.set(part, at);
        at += part.length;
      }
      result[name] = column;
    } else {
      const column = new Array<string>(rows);
      let at = 0;
      for (const columns of all) for (const value of columns[name] as readonly string[]) column[at++] = value;
      result[name] = column;
    }
  }
  return result;
}

function slice(all: Predictions, from: number, to: number, rows: number): Predictions {
  if (to - from === rows) return all;
  const { probabilities, prediction } = all;
  const part = (values: Float32Array) => {
    const width = values.length / rows;
    const own = new Float32Array((to - from) * width);
    for (let i = 0, at = from * width; i < own.length; i++) own[i] = values[at++]!;
    return own;
  };
  if (probabilities === undefined) return prediction ? { prediction: part(prediction) } : {};
  return prediction
    ? { probabilities: part(probabilities), prediction: part(prediction) }
    : { probabilities: part(probabilities) };
}
