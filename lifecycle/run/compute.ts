import { problemOf, UserError } from '../problem';
import type { Exit } from '../process/spawn';
import type { Problem } from '../../schemas/generated/types';
import { executeStage } from './execute';
import type { ControlAction } from '../store/control';
import { deviceEnvironment } from '../train/devices/choose';
import { Steering } from './control';
import { CONTROL_LINES, type StageRequest, type WorkerMessage, type WorkerResult } from './request';
import { Pulse, type PulseLimits } from './pulse';
import type { Rooms } from './rooms';
import { StageProcess, type Tenant, Waiting } from './stage-process';

/** Milliseconds that a stage that hangs has to end by itself. */
const STALL_GRACE = 2_000;

/** What comes out of a stage while it is executed. */
export interface StageListener {
  /** Progress, metrics and log entries. */
  event(message: Exclude<WorkerMessage, { type: 'result' | 'problem' | 'idle' }>): void;
  /** A line that the stage, or a program of the user, printed. */
  output(line: string, stream: 'stdout' | 'stderr'): void;
}

export type StageOutcome = { readonly result: WorkerResult } | { readonly problem: Problem };

/** A stage that is being executed somewhere. */
export interface RunningStage {
  readonly outcome: Promise<StageOutcome>;
  /** Asks it to stop and, after the grace (milliseconds), makes it. */
  cancel(grace: number): Promise<void>;
  /** Passes on a wish of the user. */
  control(action: ControlAction): void;
  /** Its process, where it is one of this machine. */
  readonly pid?: number;
}

/** The door to where stages are executed. Nothing else in this folder assumes that it is this machine. */
export interface Compute {
  start(request: StageRequest, listener: StageListener): Promise<RunningStage>;
  /** Lets go of what waits for further stages; stages that go on are left alone. */
  close(): Promise<void>;
}

/**
 * Executes stages in processes on this machine, so that a crash, a leak or a killed library ends that stage alone. A process that ended a stage
 * well may take a later one (see {@link StageProcess}).
 *
 * @param command what to start, for example `[node, cli.js, '__stage']`
 * @param limits when silence is told
 */
export function localCompute(command: readonly string[], limits?: PulseLimits): Compute {
  const waiting = new Waiting();
  return {
    start: async (request, listener) => {
      const device = deviceEnvironment(request.device);
      const key = JSON.stringify([request.folder, device]);
      const worker =
        waiting.take(key) ??
        (await StageProcess.start(command, {
          cwd: request.folder,
          env: { ...process.env, OMP_NUM_THREADS: String(request.threads), ...device },
          key,
        }));
      let outcome: StageOutcome | undefined;
      const tail: string[] = [];
      let pulse: Pulse | undefined;
      let over: (outcome: StageOutcome) => void;
      const done = new Promise<StageOutcome>((resolve) => (over = resolve));
      const tenant: Tenant = {
        output: (line, stream) => {
          tail.push(line);
          if (tail.length > 20) tail.shift();
          pulse?.beat();
          listener.output(line, stream);
        },
        message: (message) => {
          if (message.type === 'result') outcome = { result: message.result };
          else if (message.type === 'problem') outcome ??= { problem: message.problem };
          else {
            pulse?.beat(message);
            listener.event(message);
          }
        },
        over: (exit) => {
          pulse?.close();
          over(outcome ?? { problem: crashed(exit, tail) });
        },
      };
      if (Pulse.watches(request.stage))
        pulse = new Pulse(
          {
            request,
            pid: worker.pid,
            say: (message) => listener.event(message),
            end: (problem) => {
              outcome ??= { problem };
              void worker.end(tenant, STALL_GRACE);
            },
          },
          limits,
        );
      worker.take({ ...request, command }, tenant, () => waiting.add(worker));
      return {
        outcome: done,
        cancel: (grace) => worker.end(tenant, grace),
        control: (action) => worker.say(tenant, CONTROL_LINES[action]),
        pid: worker.pid,
      };
    },
    close: () => waiting.close(),
  };
}

function crashed(exit: Exit | undefined, tail: readonly string[]): Problem {
  if (exit === undefined)
    return { code: 'stage-crashed', message: 'The stage ended without a result.', hint: 'Please report this.' };
  const how = exit.signal === null ? `with code ${exit.code}` : `by signal ${exit.signal}`;
  return {
    code: 'stage-crashed',
    message: `The stage's process was ended ${how} before it had a result.`,
    hint:
      exit.signal === 'SIGKILL'
        ? 'The system may have run out of memory (see `dmesg`). Use fewer rows, a smaller batch or fewer stages at a time (`--cores`).'
        : exit.signal === null || exit.signal === 'SIGTERM'
          ? 'See the log of the run.'
          : 'A native library crashed. Run it again with `--cores 1`; if it crashes again, please report it with the lines below.',
    ...(tail.length > 0 ? { details: [...tail] } : {}),
  };
}

/** Executes stages in this very process: for tests of the runner. */
export function inlineCompute(rooms: Rooms): Compute {
  const compute: Compute = {
    start: (request, listener) => {
      const abort = new AbortController();
      let outcome: StageOutcome = {
        problem: problemOf(new UserError({ code: 'stage-crashed', message: 'No result.' })),
      };
      const steering = new Steering();
      const send = (message: WorkerMessage) => {
        if (message.type === 'result') outcome = { result: message.result };
        else if (message.type === 'problem') outcome = { problem: message.problem };
        else if (message.type !== 'idle') listener.event(message);
      };
      const done = executeStage(rooms, request, abort.signal, send, compute, steering);
      return Promise.resolve({
        outcome: done.then(() => outcome),
        cancel: async () => {
          abort.abort();
          await done;
        },
        control: (action) => steering.take(action),
      });
    },
    close: () => Promise.resolve(),
  };
  return compute;
}
