import {
  type ModelInfo,
  type NetworkModel,
  type Scalar,
  type Task,
  type TrainStage,
} from '../../schemas/generated/types';
import { type TokenInput } from '../model/layers';
import { type GraphBuilder, type Value } from '../onnx';
import { type StageContext, type Teacher } from '../store/room';
import { type Matrix } from './scaling';

/** What a trainer of ours is given. */
export interface Lesson {
  readonly task: Task;
  /** Classes in order of their index; empty for a regression. */
  readonly classes: readonly Scalar[];
  readonly train: Matrix;
  /** Empty folder for what is made on the way. */
  readonly scratch: string;
  /** How much each training row counts. */
  readonly rowWeights?: Float64Array;
  /** Answers to learn instead of the labels. */
  readonly teacher?: Teacher;
  /** Groups of features that are the tokens of a text. */
  readonly tokens?: readonly TokenInput[];
  /** What the other features are, where the data says that they are pixels. */
  readonly image?: NonNullable<NetworkModel['image']>;
  /** A model to begin with. */
  readonly initial?: { readonly bytes: Uint8Array; readonly from: string };
  /** Where the training may keep what it needs to go on after a crash. */
  readonly checkpoint?: string;
  /** From what is learnt to the target's own unit, where the target is transformed: labels and a teacher's answers are as they are learnt. */
  readonly restore?: (learnt: number) => number;
  /** Absent when the dataset has no validation rows. */
  readonly validation?: Matrix;
  readonly stage: TrainStage;
  readonly seed: number;
  readonly threads: number;
  readonly report: Report;
}

/** How a trainer tells what it does: the stage's own events. */
export type Report = Pick<StageContext, 'signal' | 'progress' | 'metric' | 'checkpoint' | 'log' | 'control' | 'device'>;

/** What a trainer gives back. */
export interface Learned {
  /** Adds `probabilities` [N, C] or `prediction` [N, 1] (transformed as the labels are) over `features` [N, F] to a graph. */
  readonly fragment: (graph: GraphBuilder, features: Value) => Value;
  readonly parameters: number;
  /** For `model.json`'s `training`; nothing that depends on the clock. */
  readonly training: Readonly<Record<string, unknown>>;
  /** Share of each feature; sums to 1. */
  readonly importance?: Float64Array;
}

/** What came of training, ready to be written. */
export interface TrainedModel {
  /** The served model; absent when the program wrote none. */
  readonly bytes?: Uint8Array;
  readonly info: ModelInfo;
  /** Headline metrics: the program's own, and ours on the validation split where the model can be served. */
  readonly metrics: Record<string, number>;
}

const PATIENCE_MILLISECONDS = 40;

/**
 * Lets the process breathe between steps of a long loop: signals arrive, events are written, a paused run rests here. Rejects when the
 * run is cancelled.
 */
export function breather(report: AbortSignal | Pick<Report, 'signal' | 'control'>): () => Promise<void> {
  const { signal, control } = 'aborted' in report ? { signal: report, control: undefined } : report;
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PATIENCE_MILLISECONDS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    await control?.rest(signal);
    last = performance.now();
  };
}

/** Rows a second, told at most once a second as a series over the seconds since it began. */
export function pace({ metric }: Pick<Report, 'metric'>): (rows: number) => void {
  const began = performance.now();
  let last = began;
  let since = 0;
  return (rows) => {
    since += rows;
    const now = performance.now();
    if (now - last < 1_000) return;
    metric(
      `${DEVICE_SERIES}rows per second`,
      Math.round((since * 1000) / (now - last)),
      Math.round((now - began) / 100) / 10,
    );
    last = now;
    since = 0;
  };
}

/** Begin of the names of series that tell of the machine, not of the model: they belong to a run, never to a result. */
export const DEVICE_SERIES = 'device/';
