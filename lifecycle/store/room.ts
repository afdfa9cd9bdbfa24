import type {
  HeadlineMetrics,
  Log,
  ModelInfo,
  Problem,
  Scalar,
  Stage,
  StageManifest,
  TrainStage,
  TrialTold,
} from '../../schemas/generated/types';

/** An upstream result, as a stage sees it. */
export interface Input {
  /** The reference as written, for example `customers.train` or `exam.best`. */
  readonly reference: string;
  /** Name of the stage that made it. */
  readonly stage: string;
  /** Kind of the stage that made it. */
  readonly kind: Stage['kind'];
  /** The named output, when the reference has one. */
  readonly output?: string;
  /** Absolute folder of the artifact; for an output that is a folder (`exam.best`) that folder itself. Read-only. */
  readonly path: string;
  /** Content hash of what is referred to. */
  readonly hash: string;
  readonly manifest: StageManifest;
  /** Of a deploy stage, where an environment was chosen: the target that it sends the stage to. */
  readonly target?: string;
}

/** How a room hears that the user wants it to rest, or to end early. */
export interface StageControl {
  /** The user wants the training to end after this epoch and to keep what it has learnt. */
  readonly finishing: boolean;
  readonly paused: boolean;
  /** Waits while the run is paused, and says so. Rejects when the run is cancelled meanwhile. */
  rest(signal: AbortSignal): Promise<void>;
  /** Told of each wish; for rooms that steer a program. @returns ends it */
  onChange(listener: (action: 'pause' | 'resume' | 'finish') => void): () => void;
  /** Says that what the room steers rests, or goes on. */
  tell(state: 'paused' | 'running'): void;
  /**
   * Says that the result is not what the configuration asks for, because the user ended it early: `after epoch 7 of 30`. Such a result
   * goes on through the run, and is not taken for the whole one afterwards.
   */
  stopped(where: string): void;
}

/**
 * A small gradient booster for two classes that the runner lends: rooms don't import each other. Columns hold NaN where a value is missing;
 * labels are 0 and 1. Gives the scores (higher: rather 1) of the rows of `exam`, which are not learnt from, and each column's share of the gain.
 */
export type Classify = (
  train: { readonly columns: readonly Float32Array[]; readonly labels: Float64Array },
  exam: { readonly columns: readonly Float32Array[]; readonly labels: Float64Array },
  seed: number,
) => Promise<{ readonly scores: Float64Array; readonly importance: Float64Array }>;

/** What a model is to learn instead of the true answers. */
export interface Teacher {
  /** Answers to the rows of each split in their order, row-major: a probability for each class, or a value. */
  readonly train: Float32Array;
  readonly validation?: Float32Array;
  /** Softens probabilities before a network learns from them; 1 leaves them as they are. */
  readonly temperature: number;
}

/**
 * Trains a model of ours on a teacher's answers; the runner lends it, since rooms don't import each other.
 * @param folder of the dataset
 */
export type Teach = (
  stage: TrainStage,
  folder: string,
  teacher: Teacher,
) => Promise<{
  readonly bytes: Uint8Array;
  readonly info: ModelInfo;
  readonly metrics: Readonly<Record<string, number>>;
}>;

/** What a room is given to execute one stage. */
export interface StageContext<S extends Stage = Stage> {
  /** Name of the stage. */
  readonly name: string;
  /** The stage with parameters replaced; checked against its schema. */
  readonly stage: S;
  readonly pipeline: { readonly name: string; readonly description?: string; readonly file: string };
  /** Absolute project root, which holds the store. */
  readonly root: string;
  /** Absolute folder of the pipeline file; relative paths in the stage start here. */
  readonly folder: string;
  /** Absolute folder of the store (`.lifecycle`). */
  readonly store: string;
  /** Id of the run. */
  readonly run: string;
  /** Seed of this stage: the stage's own, else the pipeline's. */
  readonly seed: number;
  /** Threads that this stage may use. */
  readonly threads: number;
  /** Absolute empty folder; what is written here becomes the artifact when `run` resolves. */
  readonly output: string;
  /** Absolute empty folder for temporary files; removed afterwards, whatever happens. */
  readonly scratch: string;
  /** Aborted when the run is cancelled. A room stops soon and rejects. */
  readonly signal: AbortSignal;
  /** Pausing and ending early; a room that knows neither goes on. */
  readonly control?: StageControl;
  /** The device that the stage was given; without it the CPU. */
  readonly device?: { readonly kind: string; readonly name: string; readonly index?: number };
  /** The upstream result that a reference of the stage names. */
  input(reference: string): Input;
  /** @param fraction done share of the stage, 0…1 */
  progress(fraction: number, message?: string): void;
  /** One point of a series such as `loss` or `validation/loss`. */
  metric(name: string, value: number, step: number, epoch?: number): void;
  /** Says that the training is on disk as it is now. */
  checkpoint?(step: number, epoch?: number): void;
  /** @param more.file where the user has to look, when that is a file of his data; without it the place of `path` in the pipeline is told */
  log(
    level: Log['level'],
    message: string,
    more?: Partial<Pick<Problem, 'code' | 'hint' | 'path' | 'file' | 'line' | 'column'>>,
  ): void;
  /** News of a trial of a search. */
  trial(news: Omit<TrialTold, 'time' | 'type' | 'stage'>): void;
  /** Executes a variant of this stage on its own, as a child run of this one: so a search makes its trials. */
  child(request: ChildRequest, listener: ChildListener): Promise<ChildStage>;
  /** Value of a secret by name, or undefined when nobody has it. Never log it. */
  secret(name: string): Promise<string | undefined>;
  /** The booster that the runner lends; absent where there is none. */
  readonly classify?: Classify;
  /** The trainers that the runner lends; absent where there are none. */
  readonly teach?: Teach;
}

/** A variant of a stage to execute. Only what it tells is kept, not its artifact. */
export interface ChildRequest {
  /** Number of the trial, from 1. */
  readonly trial: number;
  /** Tells several parts of one trial (folds) apart. */
  readonly part?: string;
  /** What it was given, for lists and comparisons. */
  readonly values: Readonly<Record<string, Scalar>>;
  readonly stage: Stage;
  readonly seed: number;
  readonly threads: number;
  /** Stands for its inputs and settings, in its record. */
  readonly fingerprint: string;
  /** Folders in place of upstream results, by reference. */
  readonly inputs?: Readonly<Record<string, { readonly path: string; readonly hash: string }>>;
}

export interface ChildListener {
  metric(name: string, value: number, step: number): void;
}

export type ChildOutcome =
  | { readonly metrics: HeadlineMetrics; readonly seconds: number }
  | { readonly problem: Problem; readonly seconds: number };

/** A variant that is being executed. */
export interface ChildStage {
  /** Id of its run. */
  readonly run: string;
  /** Settles when it has ended; undefined when it was stopped. */
  readonly outcome: Promise<ChildOutcome | undefined>;
  /** Ends it before its time; what it told so far stands. @param why for its record */
  stop(why: string): Promise<void>;
}

/** What a room says of the stage it executed. */
export interface StageResult {
  /** Headline metrics, for lists and lenses: `auc`, `validation/auc`, `rows`. */
  readonly metrics?: HeadlineMetrics;
  /** One line about the result: `4,930 + 1,056 + 1,057 rows, 46 features`. */
  readonly summary?: string;
  /**
   * Named outputs → files or folders of the artifact they consist of. Their hashes let downstream stages be reused when only
   * other parts of the artifact changed. An output that is one folder (`best`) is given as `[folder]`, and {@link Input.path} is then that folder.
   */
  readonly outputs?: Readonly<Record<string, readonly string[]>>;
}

/** One part of the lifecycle as the runner sees it. A room exports one per stage kind. */
export interface Room<S extends Stage = Stage> {
  readonly kind: S['kind'];
  /** Raised when the room's results change for equal inputs; part of the fingerprint. */
  readonly version: number;
  /** The version for a stage, where the results of some stages changed and those of others did not. */
  versionOf?(stage: S): number;
  /** Acts on the world; never cached, runs only when asked for. */
  readonly effect?: boolean;
  /**
   * Inputs that are neither configuration nor upstream results, by readable name: `file data/a.csv` → content hash.
   * Cheap and without side effects; `hashFile` remembers hashes by size and modification time.
   */
  inputs?(
    stage: S,
    where: { readonly folder: string; readonly root: string; hashFile(path: string): Promise<string> },
  ): Promise<Record<string, string>>;
  run(context: StageContext<S>): Promise<StageResult>;
}
