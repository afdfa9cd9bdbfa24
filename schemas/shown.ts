// What is shown of a stage's result: in a cell of a lifecycle document, and in a report. Plain data only, at most a megabyte a stage.

import type {
  Bundle,
  Dataset,
  DeploymentEntry,
  DriftReport,
  Evaluation,
  ModelInfo,
  TuneRecord,
} from './generated/types';

/** A number in a notebook output: what is not finite is sent as `NaN`, `Infinity` or `-Infinity`. */
export type SentNumber = number | string | null;

/** Type of the notebook output item that holds a {@link StageOutput}. */
export const stageMime = 'application/vnd.lifecycle.stage+json';

/** The result of one stage, as its cell in a lifecycle document shows it. At most a megabyte of plain data. */
export interface StageOutput {
  readonly format: 1;
  readonly stage: string;
  readonly kind: string;
  readonly state: 'waiting' | 'running' | 'succeeded' | 'reused' | 'failed' | 'skipped' | 'cancelled' | 'lost';
  /** Stages that have to end first. */
  readonly waitsFor?: readonly string[];
  /** Why it ran, was reused or was skipped. */
  readonly reason?: string;
  /** Done share, 0…1, while running. */
  readonly fraction?: number;
  readonly doing?: string;
  readonly seconds?: number;
  readonly summary?: string;
  readonly metrics: Readonly<Record<string, SentNumber>>;
  readonly error?: {
    readonly message: string;
    readonly hint?: string;
    readonly file?: string;
    readonly line?: number;
    readonly details?: readonly string[];
  };
  readonly run: string;
  /** When the run was started, ISO 8601. */
  readonly when: string;
  /** Curves logged so far. */
  readonly series: readonly SentSeries[];
  readonly detail?: StageDetail;
  /** The search that goes on, or ended before its record was written. */
  readonly search?: ShownSearch;
  /** Why there is less to see than there might be. */
  readonly note?: string;
}

export interface SentSeries {
  readonly name: string;
  readonly steps: readonly SentNumber[];
  readonly values: readonly SentNumber[];
}

/** A search as it is shown: what its record holds or, while it goes on, what its trials have told. */
export interface ShownSearch
  extends
    Pick<TuneRecord, 'metric' | 'better' | 'space'>,
    Partial<Pick<TuneRecord, 'search' | 'pruning' | 'folds' | 'steps' | 'best'>> {
  readonly trials: readonly ShownTrial[];
  /** Trials that have begun, sent or not; only while there is no record. */
  readonly told?: number;
}

export type ShownTrial = Omit<TuneRecord['trials'][number], 'state' | 'readings'> & {
  readonly state: TuneRecord['trials'][number]['state'] | 'running';
};

/** What the artifact of a stage holds, cut to what a cell can show. */
export type StageDetail =
  | {
      readonly kind: 'data';
      readonly dataset: Dataset;
      /** Columns of the dataset, sent or not. */
      readonly columns: number;
    }
  | {
      readonly kind: 'train';
      readonly model: ModelInfo;
      /** The search that it came from, without what trials were judged by on the way. */
      readonly tune?: TuneRecord;
    }
  | { readonly kind: 'evaluate'; readonly evaluation: Evaluation }
  | { readonly kind: 'optimize'; readonly model: ModelInfo }
  | {
      readonly kind: 'package';
      readonly bundle: Bundle;
      readonly version?: number;
      readonly model?: ModelInfo;
    }
  | {
      readonly kind: 'deploy';
      readonly entry: DeploymentEntry;
      /** A row that the model understands. */
      readonly example?: Readonly<Record<string, unknown>>;
      /** The columns that it takes. */
      readonly inputs?: ModelInfo['inputs'];
    }
  | {
      readonly kind: 'monitor';
      readonly report: DriftReport;
      /** Columns compared, sent or not. */
      readonly columns: number;
    };
