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
  /** Steps of this curve, between its points, at which the training was kept on disk; the newest is the last. */
  readonly checkpoints?: readonly number[];
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

/** Rows of a split beside what one or two models say of them: those of one cell of a confusion matrix, those furthest off, or those that two models disagree on. */
export interface ShownExamples {
  readonly split: string;
  /** Rows of the split, and how many of them fit the question. */
  readonly rows: number;
  readonly found: number;
  readonly task: 'binary' | 'multiclass' | 'regression';
  /** The models in the order of what they say. */
  readonly models: readonly string[];
  readonly columns: readonly ShownColumn[];
  /** Columns of the data, sent or not. */
  readonly allColumns: number;
  readonly examples: readonly ShownExample[];
  readonly note?: string;
}

export interface ShownColumn {
  readonly name: string;
  readonly type: string;
  /** Its values are pixels: two hexadecimal digits a value, row by row. */
  readonly image?: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  /** Free text, to be read as such. */
  readonly prose?: true;
}

export interface ShownExample {
  /** Number of the row in the split, from 1. */
  readonly row: number;
  /** Class or value of the target. */
  readonly actual: SentNumber;
  /** What each model says. */
  readonly said: readonly ShownAnswer[];
  /** Values in the order of the columns. */
  readonly values: readonly (string | number | boolean | null)[];
}

export interface ShownAnswer {
  readonly predicted: SentNumber;
  /** The most probable classes, with the true one among them. */
  readonly probabilities?: readonly (readonly [label: SentNumber, probability: number])[];
}
