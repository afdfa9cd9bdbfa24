import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Problem, RunInfo, RunRecord } from '../../schemas/generated/types';
import { removeTree, writeAtomic } from '../process/files';
import { machineName, ownIdentity } from '../process/identity';
import { decodeNumber, EventWriter } from '../store/events';
import { Extremes } from '../store/extremes';
import type { ChildListener, ChildOutcome, ChildRequest, ChildStage } from '../store/room';
import { childRunId, createRun, RUN_FILES } from '../store/runs';
import { CANCELLED } from '../store/summary';
import { ENGINE_VERSION } from '../store/version';
import type { Compute, RunningStage, StageOutcome } from './compute';
import type { StageRequest } from './request';

/** Milliseconds that a child that is ended has to end by itself. */
const GRACE = 2_000;

/**
 * Executes a variant of a stage as a run of its own, with folder, events and record, so that it is seen wherever runs are. The stage's
 * process is its supervisor: when that dies, the child is lost with it.
 * @param request of the stage whose child it is
 */
export async function startChild(
  compute: Compute,
  request: StageRequest,
  child: ChildRequest,
  listener: ChildListener,
  signal: AbortSignal,
): Promise<ChildStage> {
  signal.throwIfAborted();
  const id = childRunId(request.run, request.name, child.trial, child.part);
  const began = performance.now();
  const created = new Date();
  const folder = await createRun(request.store, describe(request, child, id, created));
  const extremes = new Extremes();
  const events = new EventWriter(join(folder, RUN_FILES.events), (event) => extremes.take(event));
  const stage = request.name;
  events.write({
    format: 1,
    type: 'run-started',
    run: id,
    pipeline: request.pipeline.name,
    stages: [{ name: stage, kind: child.stage.kind, after: [] }],
  });
  const reason = `trial ${child.trial} of ${request.name}`;
  events.write({ type: 'stage-started', stage, fingerprint: child.fingerprint, reason });
  const work = join(request.scratch, `trial-${child.trial}-${randomBytes(3).toString('hex')}`);
  await mkdir(work, { recursive: true });
  let stopped: string | undefined;
  const running = await compute.start(
    {
      ...request,
      stage: child.stage,
      run: id,
      seed: child.seed,
      threads: child.threads,
      output: join(work, 'output'),
      scratch: join(work, 'scratch'),
      inputs: request.inputs.map((input) => ({ ...input, ...child.inputs?.[input.reference] })),
    },
    {
      event: (event) => {
        if (stopped !== undefined) return;
        events.writeStamped(event);
        if (event.type === 'metric') listener.metric(event.name, decodeNumber(event.value), event.step);
      },
      output: (line) => {
        if (stopped === undefined) events.write({ type: 'log', stage, level: 'output', message: line });
      },
    },
  );
  const end = () => void running.cancel(GRACE);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });

  const conclude = async (outcome: StageOutcome): Promise<ChildOutcome | undefined> => {
    signal.removeEventListener('abort', end);
    const seconds = (performance.now() - began) / 1000;
    const problem: Problem | undefined = signal.aborted
      ? { code: CANCELLED, message: 'Cancelled.' }
      : stopped === undefined && 'problem' in outcome
        ? outcome.problem
        : undefined;
    const metrics = 'result' in outcome && stopped === undefined ? outcome.result.metrics : {};
    const summary = stopped ?? ('result' in outcome ? outcome.result.summary : undefined);
    const shown = { seconds, metrics, ...(summary === undefined ? {} : { summary }) };
    if (problem === undefined) events.write({ type: 'stage-finished', stage, ...shown });
    else events.write({ type: 'stage-failed', stage, seconds, error: problem });
    const status: RunRecord['status'] =
      problem === undefined ? 'succeeded' : problem.code === CANCELLED ? 'cancelled' : 'failed';
    events.write({ type: 'run-finished', status, seconds });
    events.close();
    const ranges = extremes.of(stage);
    const record: RunRecord = {
      format: 1,
      id,
      status,
      created: created.toISOString(),
      finished: new Date().toISOString(),
      seconds,
      stages: {
        [stage]: {
          kind: child.stage.kind,
          status,
          fingerprint: child.fingerprint,
          reason,
          ...shown,
          ...(ranges === undefined ? {} : { ranges }),
          ...(problem === undefined ? {} : { error: problem }),
        },
      },
    };
    await writeAtomic(join(folder, RUN_FILES.record), JSON.stringify(record, undefined, 1) + '\n');
    await removeTree(work).catch(() => undefined);
    if (stopped !== undefined) return undefined;
    return problem === undefined ? { metrics, seconds } : { problem, seconds };
  };
  return {
    run: id,
    outcome: running.outcome.then(conclude),
    stop: (why) => {
      stopped ??= why;
      return stopNow(running);
    },
  };
}

async function stopNow(running: RunningStage): Promise<void> {
  await running.cancel(GRACE);
  await running.outcome;
}

function describe(request: StageRequest, child: ChildRequest, id: string, created: Date): RunInfo {
  return {
    format: 1,
    id,
    pipeline: request.pipeline.name,
    file: relative(request.root, request.pipeline.file).split(sep).join('/'),
    created: created.toISOString(),
    command: 'run',
    ...(Object.keys(child.values).length === 0 ? {} : { parameters: { ...child.values } }),
    stages: [request.name],
    host: machineName(),
    engine: ENGINE_VERSION,
    process: { ...ownIdentity() },
    parent: { run: request.run, stage: request.name, trial: child.trial },
  };
}
