import { plan } from '../pipeline/plan';
import { select, type SelectedStage, type Selection } from '../pipeline/plan';
import type { Plan } from '../pipeline/types';
import type { RunInfo } from '../../schemas/generated/types';
import type { Given } from './arguments';
import type { Loaded } from './pipeline';

/** What is to be done, as the command line says it. */
export interface Chosen {
  readonly plan: Plan;
  readonly stages: readonly SelectedStage[];
  /** Names of the stages that may be executed. */
  readonly execute: ReadonlySet<string>;
  /** For the run's record. */
  readonly selection?: NonNullable<RunInfo['selection']>;
}

/** `--from`, `--to`, `--only`, `--force`, `--deploy` on a pipeline that was checked. */
export function choose(loaded: Loaded, given: Given): Chosen {
  const [from, to, only, force] = [given.text('from'), given.texts('to'), given.texts('only'), given.flag('force')];
  const whole = plan(loaded.analysis);
  const stages = select(whole, {
    ...(from === undefined ? {} : { from: [from] }),
    ...(to.length === 0 ? {} : { to }),
    ...(only.length === 0 ? {} : { only }),
    deploy: given.flag('deploy'),
  });
  const selection = {
    ...(only.length === 0 ? {} : { only: [...only] }),
    ...(from === undefined ? {} : { from }),
    ...(to.length === 0 ? {} : { to: to.join(', ') }),
    ...(force ? { force } : {}),
  };
  return chosen(whole, stages, selection);
}

/** The same for a command that chooses by itself. */
export function chooseBy(loaded: Loaded, of: (plan: Plan) => Selection): Chosen {
  const whole = plan(loaded.analysis);
  return chosen(whole, select(whole, of(whole)), {});
}

function chosen(whole: Plan, stages: readonly SelectedStage[], selection: NonNullable<RunInfo['selection']>): Chosen {
  return {
    plan: whole,
    stages,
    execute: new Set(stages.filter((stage) => stage.wanted).map((stage) => stage.name)),
    ...(Object.keys(selection).length === 0 ? {} : { selection }),
  };
}
