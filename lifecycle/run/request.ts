import type {
  CheckpointKept,
  ControlChanged,
  Log,
  MetricLogged,
  Problem,
  Stage,
  StageManifest,
  StageProgress,
  TrialTold,
} from '../../schemas/generated/types';
import type { ControlAction } from '../store/control';
import type { Input, StageResult } from '../store/room';
import type { AssignedDevice } from '../train/devices/choose';

/** Everything a stage's process is told of a stage, as one line of JSON on its standard input. The only way that secrets travel. */
export interface StageRequest {
  readonly name: string;
  readonly stage: Stage;
  readonly pipeline: { readonly name: string; readonly description?: string; readonly file: string };
  readonly root: string;
  readonly folder: string;
  readonly store: string;
  readonly run: string;
  readonly seed: number;
  readonly threads: number;
  /** Absolute, empty. */
  readonly output: string;
  /** Absolute, empty. */
  readonly scratch: string;
  readonly inputs: readonly Input[];
  readonly secrets: Readonly<Record<string, string>>;
  /** The device that the stage was given; without it the CPU. */
  readonly device?: AssignedDevice;
  /** What starts a process like this one, for the stage's own children; without it they are executed here. */
  readonly command?: readonly string[];
}

/** What a stage's process says: lines of JSON on file descriptor 3. */
export type WorkerMessage =
  | StageProgress
  | MetricLogged
  | CheckpointKept
  | TrialTold
  | Log
  | ControlChanged
  | { readonly type: 'result'; readonly result: WorkerResult }
  | { readonly type: 'problem'; readonly problem: Problem }
  /** After the result: the process would take another stage. */
  | { readonly type: 'idle' };

/** A stage's result with its files already hashed. */
export interface WorkerResult {
  readonly metrics: NonNullable<StageResult['metrics']>;
  readonly summary?: string;
  readonly files: StageManifest['files'];
  readonly outputs: StageManifest['outputs'];
  /** Where the user ended it early; then it is not what the configuration asks for. */
  readonly stopped?: string;
}

/** Line on standard input that asks a stage's process to stop. */
export const CANCEL_LINE = 'cancel';

/** Lines on standard input that steer a stage's process. */
export const CONTROL_LINES: Readonly<Record<ControlAction, string>> = {
  pause: 'pause',
  resume: 'resume',
  finish: 'finish',
};
