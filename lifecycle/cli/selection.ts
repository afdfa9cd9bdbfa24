import { plan } from '../pipeline/plan';
import { select, type SelectedStage, type Selection } from '../pipeline/plan';
import type { Plan, PlannedStage } from '../pipeline/types';
import type { RunInfo, TrainStage } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { usageError, type Given } from './arguments';
import type { Loaded } from './pipeline';

/** What is to be done, as the command line says it. */
export interface Chosen {
  readonly plan: Plan;
  readonly stages: readonly SelectedStage[];
  /** Names of the stages that may be executed. */
  readonly execute: ReadonlySet<string>;
  /** Stages that deploy or monitor and were left out although nothing was chosen by name. */
  readonly left: readonly PlannedStage[];
  /** For the run's record. */
  readonly selection?: NonNullable<RunInfo['selection']>;
}

/** `--from`, `--to`, `--only`, `--force`, `--deploy` on a pipeline that was checked. */
export function choose(loaded: Loaded, given: Given): Chosen {
  const [from, to, only, force] = [given.text('from'), given.texts('to'), given.texts('only'), given.flag('force')];
  const device = deviceOf(given);
  const gpu = given.whole('gpu', 0);
  const whole = onDevice(plan(loaded.analysis), device);
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
    ...(device === undefined ? {} : { device }),
    ...(gpu === undefined ? {} : { gpu }),
  };
  return chosen(whole, stages, selection);
}

/** The same for a command that chooses by itself. */
export function chooseBy(loaded: Loaded, of: (plan: Plan) => Selection): Chosen {
  const whole = plan(loaded.analysis);
  return chosen(whole, select(whole, of(whole)), {});
}

function chosen(whole: Plan, stages: readonly SelectedStage[], selection: NonNullable<RunInfo['selection']>): Chosen {
  const named = selection.only !== undefined || selection.from !== undefined || selection.to !== undefined;
  return {
    plan: whole,
    stages,
    execute: new Set(stages.filter((stage) => stage.wanted).map((stage) => stage.name)),
    left: named ? [] : whole.stages.filter(({ name, effect }) => effect && !stages.some((one) => one.name === name)),
    ...(Object.keys(selection).length === 0 ? {} : { selection }),
  };
}

const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow-gpu'] as const;
type DeviceName = (typeof DEVICES)[number];

function deviceOf(given: Given): DeviceName | undefined {
  const text = given.text('device');
  if (text === undefined || text === '') return undefined;
  const found = DEVICES.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = nearest(text, DEVICES);
  throw usageError(
    `--device ${text} is no device.`,
    meant === undefined
      ? `There are ${DEVICES.join(', ')}.`
      : `Did you mean ${meant}? \`lifecycle devices\` lists what is here.`,
  );
}

/** The plan with every network trained on this device; `auto` leaves each stage its own. */
function onDevice(whole: Plan, device: DeviceName | undefined): Plan {
  if (device === undefined || device === 'auto') return whole;
  return {
    ...whole,
    stages: whole.stages.map((planned) => {
      const { stage } = planned;
      if (stage.kind !== 'train' || !usesDevice(stage)) return planned;
      return { ...planned, stage: { ...stage, resources: { ...stage.resources, device } } };
    }),
  };
}

/** A network, or a policy; a program of the user's decides by itself. */
function usesDevice({ model, reinforcement }: TrainStage): boolean {
  return reinforcement !== undefined || model === 'network' || (typeof model === 'object' && model.kind === 'network');
}
