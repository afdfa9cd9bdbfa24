import type { RunEvent, RunInfo, StageManifest } from '../../schemas/generated/types';
import type { Overrides, Plan } from '../pipeline/types';
import type { LockOwner } from '../process/lock';
import type { Compute } from './compute';
import type { Rooms } from './rooms';

/** Line and column, from 1, of a place inside a stage; undefined when the pipeline does not have it. */
export type PlaceOf = (
  stage: string,
  path: readonly (string | number)[],
) => { readonly line: number; readonly column: number } | undefined;

/** What to run, where, and who is told. */
export interface RunOptions {
  /** The whole pipeline; which of it runs is said by `execute`. */
  readonly plan: Plan;
  /** Names of the stages that may be executed. Of the others those that these refer to must have a result. */
  readonly execute: ReadonlySet<string>;
  /** Absolute path of the pipeline's file. */
  readonly file: string;
  /** Text of that file as the plan was made of it; the run keeps it. */
  readonly text?: string;
  readonly root: string;
  readonly store: string;
  readonly rooms: Rooms;
  readonly compute: Compute;
  readonly command?: RunInfo['command'];
  readonly selection?: NonNullable<RunInfo['selection']>;
  readonly overrides?: Overrides;
  /** Most cores to use at a time. */
  readonly cores?: number;
  /** Id to use; without it a new one. */
  readonly id?: string;
  /** Compares every byte of reused results with its checksum. */
  readonly verify?: boolean;
  /** Waits for another run of this pipeline instead of refusing. */
  readonly wait?: boolean;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where a place inside a stage is, so that a stage's problem points at it. */
  readonly placeOf?: PlaceOf;
  /** Whether ONNX Runtime computes on CUDA here; asked where `device: auto` could mean it. Without it: no. */
  readonly cudaWorks?: () => Promise<boolean>;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Milliseconds that a cancelled stage has to end by itself. */
  readonly grace?: number;
  readonly onEvent?: (event: RunEvent) => void;
  /** Told when the run has its id and folder. */
  readonly onBegin?: (info: RunInfo) => void;
  /** Told of another run that is waited for. */
  readonly onWait?: (owner: LockOwner) => void;
  /** Called after a run that succeeded as a whole, for the lock file. */
  readonly onSuccess?: (results: ReadonlyMap<string, StageManifest>) => Promise<void>;
}
