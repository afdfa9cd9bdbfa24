import { mkdir } from 'node:fs/promises';
import { UserError, problemOf } from '../problem';
import { explainTrouble } from '../process/trouble';
import { describeFiles, hashOutputs } from '../store/artifacts';
import { encodeNumber } from '../store/events';
import type { StageContext } from '../store/room';
import { CANCELLED } from '../store/summary';
import { type ControlPort, Steering } from './control';
import { startChild } from './child';
import type { Compute } from './compute';
import { roomOf, type Rooms } from './rooms';
import type { StageRequest, WorkerMessage } from './request';

/**
 * Executes one stage here and now, and says everything about it through `send`; the last message is `result` or `problem`. Never rejects.
 * @param signal asks to stop; the room is expected to reject soon
 * @param compute where the stage's own children are executed
 */
export async function executeStage(
  rooms: Rooms,
  request: StageRequest,
  signal: AbortSignal,
  send: (message: WorkerMessage) => void,
  compute: Compute,
  steering = new Steering(),
): Promise<void> {
  const hide = redactor();
  const control = steering.open((state) => send({ time: timestamp(), type: 'control', stage: request.name, state }));
  try {
    await mkdir(request.output, { recursive: true });
    await mkdir(request.scratch, { recursive: true });
    const room = await roomOf(rooms, request.stage.kind);
    signal.throwIfAborted();
    const result = await room.run(contextOf(request, signal, send, hide, control, compute));
    signal.throwIfAborted();
    const files = await describeFiles(request.output);
    for (const [name, value] of Object.entries(result.metrics ?? {})) {
      if (!Number.isFinite(value))
        throw new UserError({
          code: 'metric-not-finite',
          message: `The result's metric ${name} is ${value}.`,
          hint: 'The training may have diverged: try a smaller learning rate.',
        });
    }
    send({
      type: 'result',
      result: {
        metrics: result.metrics ?? {},
        ...(result.summary === undefined ? {} : { summary: result.summary }),
        files,
        outputs: hashOutputs(files, result.outputs ?? {}),
        ...(control.stoppedAt === undefined ? {} : { stopped: control.stoppedAt }),
      },
    });
  } catch (thrown) {
    if (signal.aborted) return send({ type: 'problem', problem: { code: CANCELLED, message: 'Cancelled.' } });
    const problem = problemOf(explainTrouble(thrown));
    send({
      type: 'problem',
      problem: {
        ...problem,
        message: hide(problem.message),
        ...(problem.details === undefined ? {} : { details: problem.details.map(hide) }),
      },
    });
  }
}

interface Redactor {
  (text: string): string;
  add(secret: string): void;
}

/** Blots out secrets that somebody asked for. Values shorter than four characters are left alone: they would blot out half the text. */
export function redactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>();
  const hide = (text: string) => {
    for (const secret of known) text = text.replaceAll(secret, '•••');
    return text;
  };
  const redact = Object.assign(hide, {
    add: (secret: string) => {
      if (secret.length >= 4) known.add(secret);
    },
  });
  for (const secret of secrets) redact.add(secret);
  return redact;
}

/** Progress is told at most so often (milliseconds), but 0 and 1 always. */
const PROGRESS_PAUSE = 50;

function contextOf(
  request: StageRequest,
  signal: AbortSignal,
  send: (message: WorkerMessage) => void,
  hide: Redactor,
  control: ControlPort,
  compute: Compute,
): StageContext {
  const stage = request.name;
  let lastProgress = -Infinity;
  const context: StageContext = {
    name: request.name,
    stage: request.stage,
    pipeline: request.pipeline,
    root: request.root,
    folder: request.folder,
    store: request.store,
    run: request.run,
    seed: request.seed,
    threads: request.threads,
    output: request.output,
    scratch: request.scratch,
    signal,
    control,
    ...(request.device === undefined ? {} : { device: request.device }),
    input: (reference) => {
      const found = request.inputs.find((input) => input.reference === reference);
      if (found === undefined) throw new Error(`Stage ${stage} has no reference '${reference}'.`);
      return found;
    },
    progress: (fraction, message) => {
      const now = performance.now();
      if (now - lastProgress < PROGRESS_PAUSE && fraction > 0 && fraction < 1) return;
      lastProgress = now;
      const share = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
      send({
        time: timestamp(),
        type: 'stage-progress',
        stage,
        fraction: share,
        ...(message === undefined ? {} : { message }),
      });
    },
    metric: (name, value, step, epoch) => {
      send({
        time: timestamp(),
        type: 'metric',
        stage,
        name,
        step,
        ...(epoch === undefined ? {} : { epoch }),
        value: encodeNumber(value),
      });
    },
    checkpoint: (step, epoch) => {
      send({ time: timestamp(), type: 'checkpoint', stage, step, ...(epoch === undefined ? {} : { epoch }) });
    },
    log: (level, message, more) => {
      send({ time: timestamp(), type: 'log', stage, level, message: hide(message), ...more });
    },
    trial: (news) => {
      send({ time: timestamp(), type: 'trial', stage, ...news });
    },
    child: (child, listener) => startChild(compute, request, child, listener, signal),
    teach: async (stage, folder, teacher) => (await import('./teach')).teach(context, stage, folder, teacher),
    classify: async (train, exam, seed) => (await import('./classify')).classify(train, exam, seed),
    secret: (name) => {
      const value = Object.hasOwn(request.secrets, name) ? request.secrets[name] : process.env[name];
      if (value !== undefined) hide.add(value);
      return Promise.resolve(value);
    },
  };
  return context;
}

let lastTime = 0;
let lastText = '';

/** `toISOString` costs more than writing the line, and many points share a millisecond. */
function timestamp(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}
