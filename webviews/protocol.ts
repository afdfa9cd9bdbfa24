// What the extension and its webviews say to each other. The webview speaks first (`ready`) and gets the whole state;
// after that it gets changes. Plain data only.

import type { DriftReport } from '../schemas/generated/types';
import type { Column, Row, SortKey } from '../lifecycle/query';

export type { SentNumber, SentSeries, StageDetail, StageOutput } from '../schemas/shown';

/** One curve. Points that are not finite are sent as null and counted in `broken`. */
export interface Series {
  readonly stage: string;
  /** Name as logged, for example `validation/loss`. */
  readonly name: string;
  readonly steps: readonly number[];
  readonly epochs?: readonly (number | null)[];
  readonly values: readonly (number | null)[];
  /** Number of NaN and infinite points. */
  readonly broken: number;
}

export interface StageState {
  readonly name: string;
  readonly kind: string;
  readonly status: 'waiting' | 'running' | 'succeeded' | 'reused' | 'failed' | 'skipped' | 'cancelled';
  /** Done share, 0…1, while running. */
  readonly fraction?: number;
  readonly message?: string;
  readonly seconds?: number;
  readonly summary?: string;
  readonly reason?: string;
  readonly error?: string;
  /** The most telling metrics as text. */
  readonly headline: string;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface RunState {
  readonly id: string;
  readonly pipeline: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly seconds?: number;
  readonly stages: readonly StageState[];
}

export interface RunChoice {
  readonly id: string;
  readonly label: string;
}

export interface MetricsState {
  /** Runs to choose from, the newest first. */
  readonly runs: readonly RunChoice[];
  readonly run?: RunState;
  readonly series: readonly Series[];
  /** Plain-language note, for example that the run's folder is damaged. */
  readonly note?: string;
}

/** From the extension to the metrics webview. */
export type ToMetrics = { readonly type: 'state'; readonly state: MetricsState };

/** From the metrics webview to the extension. */
export type FromMetrics =
  | { readonly type: 'ready'; readonly run?: string }
  | { readonly type: 'choose'; readonly run: string }
  | { readonly type: 'open-stage'; readonly stage: string }
  | { readonly type: 'command'; readonly command: 'run' | 'show-run' };

export interface DriftState {
  /** Reports to choose from, the newest first. */
  readonly reports: readonly RunChoice[];
  readonly chosen?: string;
  readonly report?: DriftReport;
  /** How long ago, in words. */
  readonly when?: string;
  readonly note?: string;
}

/** From the extension to the drift webview. */
export type ToDrift = { readonly type: 'state'; readonly state: DriftState };

/** From the drift webview to the extension. */
export type FromDrift =
  | { readonly type: 'ready' }
  | { readonly type: 'choose'; readonly report: string }
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
