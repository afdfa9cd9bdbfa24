import type { DeploymentEntry, DeployStage, EvaluateStage, MonitorStage } from '../../../schemas/generated/types';
import type { Plan, PlannedStage } from '../../pipeline/types';
import { UserError } from '../../problem';
import { ownEntry } from '../../store/ledger';

/** The parts of a pipeline that a retraining goes through. */
export interface LoopParts {
  readonly monitor: MonitorStage;
  readonly data: string;
  readonly deploy: string;
  /** Where the environment sends the deploy stage; undefined without one. */
  readonly target: string | undefined;
  readonly package: string;
  readonly metric: string | undefined;
}

/** @throws UserError `retrain-parts` */
export function partsOf(plan: Plan, name: string): LoopParts {
  const find = (wanted: string): PlannedStage => {
    const found = plan.stages.find((stage) => stage.name === wanted);
    if (found === undefined)
      throw new UserError({ code: 'retrain-parts', message: `The pipeline has no stage '${wanted}'.` });
    return found;
  };
  const stageOf = (reference: string) => find(reference.split('.')[0]!);
  const monitor = find(name).stage as MonitorStage;
  if (monitor.deployment === undefined)
    throw new UserError({
      code: 'retrain-parts',
      message: `'${name}' watches a model that is served elsewhere, so a retrained one can't be put in its place.`,
      hint: 'Name the deploy stage as `deployment`, or leave `retrain` with `when` alone: then it is only told that retraining is due.',
    });
  const deploy = stageOf(monitor.deployment);
  const pack = stageOf((deploy.stage as DeployStage).package);
  // The evaluation that chooses is the nearest one before the package.
  const before = [pack];
  for (const stage of before)
    for (const after of stage.after) if (!before.some((one) => one.name === after)) before.push(find(after));
  const exam = before.find(({ stage }) => stage.kind === 'evaluate')?.stage as EvaluateStage | undefined;
  const choose = exam?.choose?.metric ?? exam?.metrics?.[0];
  return {
    monitor,
    data: monitor.reference.split('.')[0]!,
    deploy: deploy.name,
    target: plan.environment === undefined ? undefined : (deploy.stage as DeployStage).target,
    package: pack.name,
    metric: monitor.retrain?.metric ?? choose,
  };
}

/** The entry by which the deploy stage of the loop put a model out. */
export function deployedBy(
  entries: readonly DeploymentEntry[],
  pipeline: string,
  { deploy, target }: LoopParts,
): DeploymentEntry | undefined {
  return ownEntry(entries, { pipeline, stage: deploy, ...(target !== undefined && { target }) });
}

/** Whether a monitor stage asks for more than a word that retraining is due. */
export function carriesOut({ retrain }: MonitorStage): boolean {
  return (
    retrain !== undefined &&
    ['data', 'approve', 'redeploy', 'at-most', 'metric', 'better-by', 'confidence'].some((key) => key in retrain)
  );
}
