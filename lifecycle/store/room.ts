import type { Stage, StageManifest, HeadlineMetrics, Log, Problem } from '../../schemas/generated/types';

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
  /** The upstream result that a reference of the stage names. */
  input(reference: string): Input;
  /** @param fraction done share of the stage, 0…1 */
  progress(fraction: number, message?: string): void;
  /** One point of a series such as `loss` or `validation/loss`. */
  metric(name: string, value: number, step: number, epoch?: number): void;
  log(level: Log['level'], message: string, more?: Partial<Pick<Problem, 'code' | 'hint' | 'path'>>): void;
  /** Value of a secret by name, or undefined when nobody has it. Never log it. */
  secret(name: string): Promise<string | undefined>;
  /** The booster that the runner lends; absent where there is none. */
  readonly classify?: Classify;
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
