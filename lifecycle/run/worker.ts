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

/**
 * The life of a stage's process: takes one request from standard input, executes it, speaks on descriptor 3, exits.
 * It does not outlive its supervisor: when standard input ends, or the messages can't be delivered, it stops.
 */
export async function runWorker(rooms: Rooms): Promise<void> {
  const abort = new AbortController();
  const messages = new MessageWriter();
  process.on('SIGTERM', () => abort.abort());
  process.on('SIGINT', () => undefined);
  const fatal = (thrown: unknown) => {
    messages.send({ type: 'problem', problem: problemOf(thrown) });
    messages.flush();
    process.exit(1);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  const steering = new Steering();
  const request = await firstLine(
    () => abort.abort(),
    orphaned,
    (action) => steering.take(action),
  );
  if (request === undefined) process.exit(2);
  const asked = JSON.parse(request) as StageRequest;
  const compute = asked.command === undefined ? inlineCompute(rooms) : localCompute(asked.command);
  await executeStage(rooms, asked, abort.signal, (message) => messages.send(message), compute, steering);
  messages.flush();
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
  );
  process.exit(0);
}

/** The supervisor is gone: nobody wants the result any more. Children of this process are in its group and go with it. */
function orphaned(): void {
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  } finally {
    process.exit(3);
  }
}

function firstLine(
  cancel: () => void,
  ended: () => void,
  steer: (action: ControlAction) => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let request: string | undefined;
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    lines.on('line', (line) => {
      if (request === undefined) resolve((request = line));
      else if (line === CANCEL_LINE) cancel();
      else
        for (const [action, word] of Object.entries(CONTROL_LINES)) if (line === word) steer(action as ControlAction);
    });
    lines.on('close', () => {
      if (request === undefined) resolve(undefined);
      else ended();
    });
  });
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
