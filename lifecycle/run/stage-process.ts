import { parseObject } from '../process/jsonl';
import { start, type Child, type Exit } from '../process/spawn';
import { CANCEL_LINE, type StageRequest, type WorkerMessage } from './request';

/** Milliseconds after which a process that nobody has work for is let go. */
const PATIENCE = 5_000;

/** Whoever has a stage executed in a process. */
export interface Tenant {
  message(message: Exclude<WorkerMessage, { type: 'idle' }>): void;
  output(line: string, stream: 'stdout' | 'stderr'): void;
  /** The stage is over: the process has ended, or (undefined) waits for the next stage. */
  over(exit: Exit | undefined): void;
}

/**
 * A process that executes stages one after the other. Most of a small stage's time is the start of a process and of its native libraries, so one
 * that ended well, alone and small takes the next stage of the run too; the process itself says so (see `worker.ts`). Whatever goes wrong ends it.
 */
export class StageProcess {
  #tenant: Tenant | undefined;
  #idle: (() => void) | undefined;
  #ended = false;

  private constructor(
    private readonly child: Child,
    readonly key: string,
  ) {
    void child.exit.then((exit) => {
      this.#ended = true;
      this.#leave(exit);
    });
  }

  /** @param key of the environment: stages share processes only where it is the same */
  static async start(
    command: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly key: string },
  ): Promise<StageProcess> {
    // It says nothing before the first request is sent.
    const made: { process?: StageProcess } = {};
    const child = await start(command, {
      cwd: options.cwd,
      input: true,
      env: options.env,
      onLine: (line, stream) => made.process?.printed(line, stream),
      onMessage: (line) => made.process?.hear(parseObject<WorkerMessage>(line)),
    });
    return (made.process = new StageProcess(child, options.key));
  }

  get pid(): number {
    return this.child.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Hands over a stage. @param idle called when the process waits for the next one */
  take(request: StageRequest, tenant: Tenant, idle: () => void): void {
    this.#tenant = tenant;
    this.#idle = idle;
    this.child.input?.write(JSON.stringify(request) + '\n');
  }

  /** Says a line to the tenant's stage; nothing to the stage of another. */
  say(tenant: Tenant, line: string): void {
    if (this.#tenant === tenant) this.child.input?.write(line + '\n');
  }

  /** Asks the tenant's stage to stop, and after the grace (milliseconds) makes it. The process ends with it. */
  async end(tenant: Tenant, grace: number): Promise<void> {
    if (this.#tenant !== tenant) return;
    this.say(tenant, CANCEL_LINE);
    await this.child.end(grace);
  }

  /** Lets a process go that waits. */
  async dismiss(): Promise<void> {
    this.child.input?.end();
    const timer = setTimeout(() => void this.child.end(0), PATIENCE);
    await this.child.exit;
    clearTimeout(timer);
  }

  private printed(line: string, stream: 'stdout' | 'stderr'): void {
    this.#tenant?.output(line, stream);
  }

  private hear(message: WorkerMessage | undefined): void {
    if (message === undefined) return;
    if (message.type !== 'idle') return this.#tenant?.message(message);
    // What the stage printed is in its pipes by now and is read in this turn of the loop or the next.
    const tenant = this.#tenant;
    setImmediate(() =>
      setImmediate(() => {
        if (this.#tenant !== tenant || this.#ended) return;
        this.#idle?.();
        this.#leave(undefined);
      }),
    );
  }

  #leave(exit: Exit | undefined): void {
    const tenant = this.#tenant;
    this.#tenant = undefined;
    tenant?.over(exit);
  }
}

/** Processes that wait for their next stage. */
export class Waiting {
  readonly #waiting = new Map<StageProcess, NodeJS.Timeout>();
  #closed = false;

  /** One that fits, no longer waiting. */
  take(key: string): StageProcess | undefined {
    for (const [each, timer] of this.#waiting) {
      if (!each.ended && each.key !== key) continue;
      clearTimeout(timer);
      this.#waiting.delete(each);
      if (!each.ended) return each;
    }
    return undefined;
  }

  add(each: StageProcess): void {
    if (this.#closed) return void each.dismiss();
    const timer = setTimeout(() => {
      this.#waiting.delete(each);
      void each.dismiss();
    }, PATIENCE);
    this.#waiting.set(each, timer.unref());
  }

  /** Lets all go. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const [, timer] of all) clearTimeout(timer);
    await Promise.all(all.map(([each]) => each.dismiss()));
  }
}
