import { join } from 'node:path';
import type { DriftReport, MonitorStage, RunEvent, RunInfo, RunRecord } from '../../../schemas/generated/types';
import type { Reported } from '../../monitor/export/figures-text';
import { plan as planOf } from '../../pipeline/plan';
import type { Plan } from '../../pipeline/types';
import { UserError } from '../../problem';
import { readJson } from '../../process/files';
import { localCompute } from '../../run/compute';
import { advance, type LoopState } from '../../run/retrain/loop';
import { carriesOut } from '../../run/retrain/parts';
import { runPipeline } from '../../run/supervisor';
import { storePaths } from '../../store/layout';
import type { RetrainEvent } from '../../store/retraining';
import { newRunId } from '../../store/runs';
import type { Context } from '../context';
import { placesOf } from '../launch';
import type { Loaded } from '../pipeline';

/** How stages are run here. */
export interface Runner {
  readonly context: Context;
  readonly loaded: Loaded;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly cores?: number | undefined;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Runs stages of a plan to their end; waits while another run of the pipeline is going. */
export async function runStages(
  { context, loaded, secrets, cores, onEvent }: Runner,
  plan: Plan,
  execute: ReadonlySet<string>,
  command: RunInfo['command'],
): Promise<{ readonly record: RunRecord; readonly id: string }> {
  const id = newRunId();
  const compute = localCompute([...context.self, '__stage']);
  const record = await runPipeline({
    plan,
    execute,
    file: loaded.file,
    text: loaded.text,
    root: loaded.project.root,
    store: loaded.project.store,
    rooms: context.rooms,
    compute,
    command,
    overrides: loaded.overrides,
    id,
    wait: true,
    signal: context.signal,
    ...(secrets && { secrets }),
    ...(cores !== undefined && { cores }),
    ...(onEvent && { onEvent }),
    placeOf: placesOf(loaded),
  }).finally(() => compute.close());
  return { record, id };
}

/** Monitor stages of a plan. */
export function monitorsOf(plan: Plan): string[] {
  return plan.stages.filter(({ stage }) => stage.kind === 'monitor').map(({ name }) => name);
}

/** The report that a monitor stage made in a run: of its artifact, or, when it failed a requirement, as it was kept. */
export async function reportOf(
  store: string,
  record: RunRecord,
  run: string,
  stage: string,
): Promise<DriftReport | undefined> {
  const artifact = record.stages[stage]?.artifact;
  return artifact === undefined
    ? readJson<DriftReport>(join(storePaths.run(store, run), 'reports', `${stage}.drift.json`))
    : readJson<DriftReport>(join(storePaths.artifact(store, artifact), 'drift.json'));
}

export interface Look {
  readonly run: string;
  readonly record: RunRecord;
  readonly reports: readonly Reported[];
  /** What the retraining of each stage that carries one out is doing. */
  readonly loops: Readonly<Record<string, LoopState>>;
}

/**
 * One look at a pipeline: runs its monitor stages, then takes retraining as far as it goes.
 * @throws UserError `pipeline-invalid`, `stage-unknown`
 */
export async function look(
  runner: Runner,
  options: {
    readonly stages?: readonly string[];
    readonly onRetrain?: (stage: string, event: RetrainEvent) => void;
  } = {},
): Promise<Look> {
  const { loaded } = runner;
  const { store } = loaded.project;
  const plan = planOf(loaded.analysis);
  const stages = options.stages ?? monitorsOf(plan);
  if (stages.length === 0)
    throw new UserError({
      code: 'stage-unknown',
      message: `${loaded.file} has no stage of kind monitor.`,
      hint: 'Add one that names the deploy stage and the data to compare with.',
    });
  const { record, id } = await runStages(runner, plan, new Set(stages), 'monitor');
  const reports: Reported[] = [];
  const loops: Record<string, LoopState> = {};
  for (const stage of stages) {
    const report = await reportOf(store, record, id, stage);
    if (report !== undefined) reports.push({ pipeline: plan.pipeline.pipeline, stage, report });
    const settings = plan.stages.find(({ name }) => name === stage)?.stage as MonitorStage | undefined;
    if (settings === undefined || !carriesOut(settings) || runner.context.signal.aborted) continue;
    const retrain = report?.retrain;
    loops[stage] = await retrainStage(runner, plan, stage, {
      due: retrain?.due === true ? `${retrain.when} (${retrain.reason ?? ''})` : undefined,
      ...(options.onRetrain && { onEvent: (event) => options.onRetrain?.(stage, event) }),
    });
  }
  return { run: id, record, reports, loops };
}

/** Takes the retraining of a stage as far as it goes. */
export async function retrainStage(
  runner: Runner,
  plan: Plan,
  stage: string,
  options: {
    readonly due: string | undefined;
    readonly forced?: boolean;
    readonly onEvent?: (event: RetrainEvent) => void;
  },
): Promise<LoopState> {
  return advance({
    plan,
    stage,
    file: runner.loaded.file,
    store: runner.loaded.project.store,
    signal: runner.context.signal,
    run: (changed, execute) =>
      runStages(
        runner,
        changed,
        execute,
        [...execute].some((name) => changed.stages.find((one) => one.name === name)?.effect) ? 'deploy' : 'retrain',
      ),
    ...options,
  });
}
