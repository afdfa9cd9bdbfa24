import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { problemOf } from '../problem';
import { Steering } from './control';
import { inlineCompute, localCompute } from './compute';
import { executeStage } from './execute';
import type { ControlAction } from '../store/control';
import { CANCEL_LINE, CONTROL_LINES, type StageRequest, type WorkerMessage } from './request';
import type { Rooms } from './rooms';

const MESSAGES = 3;
const FLUSH_BYTES = 32 * 1024;
const FLUSH_MILLISECONDS = 50;

/** A process that holds more memory than this after a stage (bytes, resident) gives it back by ending. */
const SMALL = 384 * 2 ** 20;

/**
 * The life of a stage's process: takes a request from standard input, executes it, speaks on descriptor 3; then it waits for the next one, or exits.
 * It does not outlive its supervisor: when standard input ends, or the messages can't be delivered, it stops.
 */
export async function runWorker(rooms: Rooms): Promise<void> {
  const messages = new MessageWriter();
  process.on('SIGINT', () => undefined);
  const fatal = (thrown: unknown) => {
    messages.send({ type: 'problem', problem: problemOf(thrown) });
    messages.flush();
    process.exit(1);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  const requests = new Requests();
  process.on('SIGTERM', () => requests.cancel());
  for (let text = await requests.next(); text !== undefined; text = await requests.next()) {
    const request = JSON.parse(text) as StageRequest;
    const compute = request.command === undefined ? inlineCompute(rooms) : localCompute(request.command);
    let well = false;
    const send = (message: WorkerMessage) => {
      well = message.type === 'result';
      messages.send(message);
    };
    await executeStage(rooms, request, requests.signal, send, compute, requests.steering);
    messages.flush();
    await Promise.all([compute.close(), ...[process.stdout, process.stderr].map(written)]);
    if (!well || requests.signal.aborted || !isAlone(request) || process.memoryUsage.rss() > SMALL) break;
    requests.done();
    messages.send({ type: 'idle' });
    messages.flush();
  }
  process.exit(requests.served ? 0 : 2);
}

const ON_CPU: ReadonlySet<string | undefined> = new Set([undefined, 'auto', 'cpu']);

/** Whether the stage used nothing that may linger in its process: no device, no other framework, no program of the user, nothing outside. */
function isAlone({ stage, device }: StageRequest): boolean {
  if (device !== undefined) return false;
  if (stage.kind === 'train')
    return stage.command === undefined && stage.environment === undefined && ON_CPU.has(stage.resources?.device);
  return stage.kind !== 'deploy';
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** The supervisor is gone: nobody wants the result any more. Children of this process are in its group and go with it. */
function orphaned(): void {
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  } finally {
    process.exit(3);
  }
}

/** What comes in on standard input: a request a stage, and in between wishes for the stage that is executed. */
class Requests {
  #abort = new AbortController();
  #steering = new Steering();
  #busy = false;
  #served = false;
  #closed = false;
  #waiting: ((line: string | undefined) => void) | undefined;
  readonly #come: string[] = [];

  constructor() {
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    lines.on('line', (line) => this.#hear(line));
    lines.on('close', () => {
      if (this.#busy) orphaned();
      this.#closed = true;
      this.#waiting?.(undefined);
    });
  }

  /** The next stage's; undefined when no more will come. */
  async next(): Promise<string | undefined> {
    const line =
      this.#come.shift() ??
      (this.#closed ? undefined : await new Promise<string | undefined>((resolve) => (this.#waiting = resolve)));
    this.#waiting = undefined;
    if (line === undefined) return undefined;
    this.#busy = this.#served = true;
    return line;
  }

  /** The stage is over: what comes now is for the next. */
  done(): void {
    this.#busy = false;
    this.#abort = new AbortController();
    this.#steering = new Steering();
  }

  /** Asks the stage that is executed to stop; where none is, the process ends. */
  cancel(): void {
    this.#abort.abort();
    if (!this.#busy) this.#waiting?.(undefined);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get steering(): Steering {
    return this.#steering;
  }

  get served(): boolean {
    return this.#served;
  }

  #hear(line: string): void {
    const action = Object.entries(CONTROL_LINES).find(([, word]) => word === line)?.[0];
    if (line === CANCEL_LINE) this.cancel();
    else if (action !== undefined) this.#steering.take(action as ControlAction);
    else if (this.#waiting === undefined) this.#come.push(line);
    else this.#waiting(line);
  }
}

/**
 * Writes messages synchronously, so that they get out of a stage that computes without pause, but many at a time. The pipe slows down a
 * stage that says more than the supervisor can take.
 */
class MessageWriter {
  #waiting: string[] = [];
  #length = 0;
  #last = 0;
  #timer: NodeJS.Timeout | undefined;

  send(message: WorkerMessage): void {
    const line = JSON.stringify(message);
    this.#waiting.push(line);
    this.#length += line.length + 1;
    if (this.#length >= FLUSH_BYTES || performance.now() - this.#last >= FLUSH_MILLISECONDS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MILLISECONDS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = performance.now();
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join('\n') + '\n');
    this.#waiting = [];
    this.#length = 0;
    for (let done = 0; done < bytes.length;) {
      try {
        done += writeSync(MESSAGES, bytes, done);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
          continue;
        }
        orphaned();
      }
    }
  }
}
