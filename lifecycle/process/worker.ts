import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Problem } from '../../schemas/generated/types';
import { UserError } from '../problem';

/** What goes to a worker thread: a job, the wish that it stops what it does, and the wish that it ends. */
type Request<J> = { readonly job: J } | { readonly abort: true } | { readonly close: true };
/** What comes back of a job. */
type Answer<R> =
  | { readonly result: R }
  | { readonly problem: Problem }
  | { readonly message: string; readonly stack: string | undefined };

/** Work of a thread of its own. */
export interface Served<J, R> {
  run(job: J): Promise<R>;
  close(): Promise<void>;
}

/** So long a thread that was asked to end may take, in milliseconds. */
const GRACE = 10_000;

/**
 * A thread that does jobs one after the other: `NAME.worker.ts` in the source, a bundle beside the engine once it is built. Its jobs and results are
 * plain data.
 */
export class JobThread<J, R> {
  readonly #worker: Worker;
  readonly #gone: Promise<void>;
  #waiting: { readonly resolve: (result: R) => void; readonly reject: (error: unknown) => void } | undefined;
  #ended: Error | undefined;
  /** Done when the job before is. */
  #turn: Promise<void> = Promise.resolve();
  readonly #abort = (): void => this.#post({ abort: true });

  /**
   * @param file of the worker, from {@link workerFile}
   * @param data what it starts with
   * @param options.young megabytes for what was made lately; little where much is made and let go of at once
   */
  constructor(
    file: string,
    data: unknown,
    private readonly signal: AbortSignal,
    { young }: { readonly young?: number } = {},
  ) {
    const options = {
      workerData: data,
      ...(young !== undefined && { resourceLimits: { maxYoungGenerationSizeMb: young } }),
    };
    // Source is read through tsx, which hooks into `require`.
    const loader = file.endsWith('.ts') ? createRequire(file).resolve('tsx/cjs') : undefined;
    this.#worker =
      loader === undefined
        ? new Worker(file, options)
        : new Worker(`require(${JSON.stringify(loader)}); require(${JSON.stringify(file)})`, {
            eval: true,
            ...options,
          });
    this.#worker.on('message', (answer: Answer<R>) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if ('result' in answer) waiting?.resolve(answer.result);
      else if (signal.aborted) waiting?.reject(signal.reason);
      else waiting?.reject('problem' in answer ? new UserError(answer.problem) : thrownThere(answer));
    });
    this.#worker.on('error', (error) => (this.#ended = error));
    this.#gone = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#ended ??= new Error(`a worker thread ended with code ${code}`);
        this.#waiting?.reject(signal.aborted ? signal.reason : this.#ended);
        this.#waiting = undefined;
        resolve();
      });
    });
    signal.addEventListener('abort', this.#abort);
  }

  /** Jobs are done one at a time, in the order of the calls. Rejects with the worker's {@link UserError}, or with the signal's reason. */
  run(job: J): Promise<R> {
    const result = this.#turn.then(() => this.#start(job));
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  #start(job: J): Promise<R> {
    this.signal.throwIfAborted();
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#post({ job });
    });
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.#abort);
    this.#post({ close: true });
    const timer = setTimeout(() => void this.#worker.terminate(), GRACE);
    await this.#gone;
    clearTimeout(timer);
  }

  #post(request: Request<J>): void {
    this.#worker.postMessage(request);
  }
}

function thrownThere({ message, stack }: { readonly message: string; readonly stack: string | undefined }): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/**
 * Where a worker is: in the source, or beside the running bundle. Undefined where it was not shipped: the work is done in this thread then.
 *
 * @param folder of the source
 */
export function workerFile(folder: string, name: string): string | undefined {
  return [join(folder, `${name}.worker.js`), join(folder, `${name}.worker.ts`)].find((file) => existsSync(file));
}

/** The other end: does jobs as they come, until it is asked to end. */
export function serveJobs<D, J, R>(start: (data: D, signal: AbortSignal) => Promise<Served<J, R>>): void {
  const port = parentPort;
  if (port === null) throw new Error('this is no worker thread');
  const controller = new AbortController();
  const served = start(workerData as D, controller.signal);
  // Where it can't start, each job says why.
  served.catch(() => undefined);
  port.on('message', (request: Request<J>) => {
    if ('abort' in request) controller.abort(new Error('cancelled'));
    else if ('close' in request)
      void served
        .then((one) => one.close())
        .catch(() => undefined)
        .finally(() => port.close());
    else
      void served
        .then((one) => one.run(request.job))
        .then(
          (result): Answer<R> => ({ result }),
          (error: unknown): Answer<R> =>
            error instanceof UserError
              ? { problem: error.problem }
              : {
                  message: error instanceof Error ? error.message : String(error),
                  stack: error instanceof Error ? error.stack : undefined,
                },
        )
        .then((answer) => port.postMessage(answer));
  });
}
