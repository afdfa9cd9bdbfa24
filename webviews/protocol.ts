// What the extension and its webviews say to each other. The webview speaks first (`ready`) and gets the whole state;
// after that it gets changes. Plain data only.

import type { DriftReport, Evaluation } from '../schemas/generated/types';
import type { ShownExamples, ShownSearch } from '../schemas/shown';
import type { Column, Row, SortKey, Table } from '../lifecycle/query';

export type { SentNumber, SentSeries, ShownSearch, ShownTrial, StageDetail, StageOutput } from '../schemas/shown';

/** One curve, or what is seen of it. Points that are not finite are sent as null, counted in `broken`, and the first of them placed by `brokenAt`. */
export interface Series {
  readonly run: string;
  readonly stage: string;
  /** Name as logged, for example `validation/loss`. */
  readonly name: string;
  readonly steps: readonly number[];
  readonly epochs?: readonly (number | null)[];
  /** Milliseconds since 1970. */
  readonly times?: readonly number[];
  /** Values, or the means of buckets where there are more points than can be seen: then `low` and `high` hold the smallest and the largest. */
  readonly values: readonly (number | null)[];
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** Number of NaN and infinite points. */
  readonly broken: number;
  /** Steps. */
  readonly brokenAt: readonly number[];
  /** Points that were logged. */
  readonly points: number;
}

export interface StageState {
  readonly name: string;
  readonly kind: string;
  readonly status: 'waiting' | 'running' | 'succeeded' | 'reused' | 'failed' | 'skipped' | 'cancelled';
  /** Done share, 0…1, while running. */
  readonly fraction?: number;
  readonly message?: string;
  /** The device that it was given, in words; without it the CPU. */
  readonly device?: string;
  /** Rests, or will end early, because the user asked for it. */
  readonly control?: 'paused' | 'finishing';
  readonly seconds?: number;
  readonly summary?: string;
  readonly reason?: string;
  readonly error?: string;
  /** The most telling metrics as text. */
  readonly headline: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** Where the training was kept on disk. */
  readonly checkpoints?: StageCheckpoints;
}

export interface StageCheckpoints {
  /** Checkpoints that were kept; `marks` may hold fewer. */
  readonly count: number;
  readonly marks: readonly {
    /** Milliseconds since 1970. */
    readonly time: number;
    /** Optimisation steps done by then. */
    readonly step: number;
    readonly epoch?: number;
  }[];
}

export interface RunState {
  readonly id: string;
  readonly pipeline: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly seconds?: number;
  /** Rests because the user asked for it: nothing new begins. */
  readonly paused?: true;
  readonly stages: readonly StageState[];
}

export interface RunChoice {
  readonly id: string;
  readonly label: string;
  /** Short, for legends. */
  readonly name?: string;
}

/** What an evaluate stage of a run found, with what its models look at. */
export interface RunEvaluation {
  readonly run: string;
  readonly stage: string;
  readonly evaluation: Evaluation;
  readonly importance?: readonly {
    /** Train stage. */
    readonly stage: string;
    readonly features: readonly { readonly feature: string; readonly importance: number }[];
  }[];
}

/** From a result in a lifecycle document to the extension. The number of a question is told back in its answer. */
export type FromRenderer =
  | {
      /** Asks a deployed model about a row. */
      readonly type: 'ask';
      readonly id: number;
      /** Address of the deployment, as its ledger has it. */
      readonly url: string;
      readonly row: Readonly<Record<string, unknown>>;
      /** API key or token, where the server asks for one. It is kept nowhere. */
      readonly key?: string;
    }
  | { readonly type: 'examples'; readonly id: number; readonly question: ExamplesQuestion };

/** Asks for rows of a split beside what a model, or two, say of them. */
export interface ExamplesQuestion {
  readonly run: string;
  /** Evaluate stage. */
  readonly stage: string;
  /** One of its candidates. */
  readonly model: string;
  readonly split: string;
  /** Only rows of this class, and that the model takes for this one. */
  readonly actual?: string;
  readonly predicted?: string;
  /** Only rows that this other model disagrees on. */
  readonly against?: { readonly run: string; readonly stage: string; readonly model: string };
}

export type ExamplesAnswer =
  { readonly examples: ShownExamples } | { readonly trouble: string; readonly hint?: string };

/** What came of asking: the server's answer, whatever its status, or why there is none. */
export type Asked =
  | { readonly status: number; readonly body: unknown; readonly milliseconds: number }
  | { readonly trouble: string; readonly hint?: string };

/** From the extension to the results in a lifecycle document. */
export type ToRenderer =
  | { readonly type: 'asked'; readonly id: number; readonly answer: Asked }
  | { readonly type: 'examples'; readonly id: number; readonly answer: ExamplesAnswer };

/** The search of a train stage of a run, finished or going on. */
export interface RunSearch {
  readonly run: string;
  readonly stage: string;
  readonly tune: ShownSearch;
}

export interface MetricsState {
  /** Runs to choose from, the newest first. */
  readonly choices: readonly RunChoice[];
  /** Runs that are shown. */
  readonly runs: readonly RunState[];
  readonly series: readonly Series[];
  readonly evaluations: readonly RunEvaluation[];
  readonly searches?: readonly RunSearch[];
  /** Parameters and metrics of the runs shown, or of all runs of the pipeline. */
  readonly table?: Table;
  /** Plain-language note, for example that the run's folder is damaged. */
  readonly note?: string;
}

/** From the extension to the metrics webview. `refined` answers `zoom` with finer buckets of what is looked at. */
export type ToMetrics =
  | { readonly type: 'state'; readonly state: MetricsState }
  | { readonly type: 'refined'; readonly series: readonly Series[] }
  | { readonly type: 'examples'; readonly id: number; readonly answer: ExamplesAnswer };

/** From the metrics webview to the extension. */
export type FromMetrics =
  | { readonly type: 'ready'; readonly runs?: readonly string[] }
  | { readonly type: 'choose'; readonly runs: readonly string[] }
  | { readonly type: 'open-stage'; readonly run: string; readonly stage: string }
  | { readonly type: 'examples'; readonly id: number; readonly question: ExamplesQuestion }
  | { readonly type: 'zoom'; readonly range?: readonly [number, number] }
  | {
      readonly type: 'save';
      readonly name: string;
      readonly format: 'csv' | 'svg' | 'png';
      /** Text, or base64 of a PNG. */
      readonly content: string;
    }
  | { readonly type: 'steer'; readonly run: string; readonly action: Steering }
  | { readonly type: 'command'; readonly command: 'run' };

/** What may be asked of a run that is going. */
export type Steering = 'pause' | 'resume' | 'finish' | 'cancel';

export interface DriftState {
  /** Reports to choose from, the newest first. */
  readonly reports: readonly RunChoice[];
  readonly chosen?: string;
  readonly report?: DriftReport;
  /** How long ago, in words. */
  readonly when?: string;
  /** Whether anything may be run or decided. */
  readonly trusted?: boolean;
  readonly note?: string;
}

/** From the extension to the drift webview. */
export type ToDrift = { readonly type: 'state'; readonly state: DriftState };

/** From the drift webview to the extension. */
export type FromDrift =
  | { readonly type: 'ready' }
  | { readonly type: 'choose'; readonly report: string }
  | {
      readonly type: 'act';
      readonly action: 'accept-reference' | 'retrain' | 'acknowledge' | 'suppress' | 'silence';
      readonly column?: string;
      readonly rule?: string;
    }
  | { readonly type: 'go-to'; readonly path: readonly (string | number)[] }
  /** Writes what changed, to be sent to a colleague. */
  | { readonly type: 'report' }
  | { readonly type: 'command'; readonly command: 'monitor' };

/** A column of the table of runs with its values: numbers (NaN where there is none), or words and for each row 1 + the word's place (0: none). */
export type PackedColumn = Column &
  ({ readonly numbers: ArrayBuffer } | { readonly words: readonly string[]; readonly codes: ArrayBuffer });

/** The whole table of runs, column by column, so that a hundred thousand runs are a few buffers. */
export interface PackedTable {
  readonly ids: readonly string[];
  /** For trials of a search: by place in `ids`, the run that they belong to. */
  readonly parents: Readonly<Record<number, string>>;
  readonly columns: readonly PackedColumn[];
}

/** How somebody likes the table. Kept in the workspace under a name. */
export interface RunsLayout {
  /** Names of columns in order; those not named follow in their own order. */
  readonly columns?: readonly string[];
  readonly hidden?: readonly string[];
  /** Smallest and largest values of series that are shown: they stay away until somebody asks. */
  readonly ranges?: readonly string[];
  readonly widths?: Readonly<Record<string, number>>;
  /** Columns at the start that stay in place. */
  readonly frozen?: number;
  readonly sort?: readonly SortKey[];
  readonly filter?: string;
  readonly group?: readonly string[];
  readonly onlyDiffering?: boolean;
  readonly showHidden?: boolean;
}

/** From the extension to the table of runs. */
export type ToRuns =
  | {
      readonly type: 'table';
      readonly table: PackedTable;
      readonly layouts: Readonly<Record<string, RunsLayout>>;
      readonly trusted: boolean;
      readonly note?: string;
    }
  | { readonly type: 'rows'; readonly columns: readonly Column[]; readonly rows: readonly Row[] }
  | { readonly type: 'layouts'; readonly layouts: Readonly<Record<string, RunsLayout>> }
  | { readonly type: 'loading'; readonly done: number; readonly all: number };

export type RunsAction =
  | 'open'
  | 'log'
  | 'compare'
  | 'rerun'
  | 'run-with'
  | 'apply'
  | 'compare-file'
  | 'restore'
  | 'deploy'
  | 'cancel'
  | 'star'
  | 'unstar'
  | 'rename'
  | 'tag'
  | 'note'
  | 'hide'
  | 'unhide'
  | 'delete';

/** From the table of runs to the extension. */
export type FromRuns =
  | { readonly type: 'ready' }
  | { readonly type: 'act'; readonly action: RunsAction; readonly runs: readonly string[] }
  | { readonly type: 'export'; readonly format: 'csv' | 'json'; readonly text: string }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'save-layout'; readonly layout: RunsLayout }
  | { readonly type: 'delete-layout'; readonly name: string }
  | { readonly type: 'command'; readonly command: 'run' };

/** One stage of the graph. */
export interface GraphStage {
  readonly name: string;
  readonly kind: string;
  readonly after: readonly string[];
  /** How it went last; absent when it never ran. */
  readonly state?: StageState;
  /** The run that it went so in, and when that began. */
  readonly run?: string;
  readonly when?: string;
}

/** From the extension to the graph. */
export type ToGraph =
  | {
      readonly type: 'graph';
      readonly title: string;
      readonly pipeline?: string;
      readonly stages: readonly GraphStage[];
      readonly trusted: boolean;
      readonly note?: string;
    }
  | { readonly type: 'cursor'; readonly stage?: string };

/** From the graph to the extension. */
export type FromGraph =
  | { readonly type: 'ready'; readonly pipeline?: string }
  | { readonly type: 'go-to'; readonly stage: string }
  | { readonly type: 'run'; readonly stage: string; readonly from: boolean }
  | { readonly type: 'open-run'; readonly run: string };
