// What the list of runs is made of, wherever it is shown: plain data, no Node, no DOM. Terminal, extension and webview share it.

/** A value of the table: text, a number (times are milliseconds since 1970, durations seconds), or nothing. */
export type Value = string | number | undefined;

/** `range`: the smallest or the largest value of a series (`trees.validation/loss.min`). */
export type ColumnKind = 'fact' | 'label' | 'parameter' | 'setting' | 'metric' | 'range';
export type ColumnType = 'text' | 'number' | 'time' | 'duration';

/** One column of the table of runs. */
export interface Column {
  /** `status`, `parameters.rate`, `trees.model.trees`, `exam.auc`. */
  readonly name: string;
  readonly kind: ColumnKind;
  readonly type: ColumnType;
  /** Stage that the column is about. */
  readonly stage?: string;
}

/** One run, or one trial of a search inside a run. */
export interface Row {
  readonly id: string;
  /** Run that the trial belongs to. */
  readonly parent?: string;
  readonly values: Readonly<Record<string, Value>>;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A mistake in a filter with its place in the text. */
export interface Mistake {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}
