import type { Pipeline, Scalar, Stage } from '../../schemas/generated/types';

/** A place in the text of one file, as offsets of UTF-16 code units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** One message about one place. Stable `code`s are listed, with explanation and way out, in docs/diagnostics.md. */
export interface Diagnostic extends Range {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Nearest allowed spelling, ready to put in place of the range. */
  readonly suggestion?: string;
  readonly related?: readonly { readonly range: Range; readonly message: string; readonly path?: string }[];
  readonly stage?: string;
}

/** A stage as found in the text. `value` is absent when it could not be read or breaks its schema. */
export interface StagePart {
  readonly name: string;
  /** Range of the name. */
  readonly nameRange: Range;
  /** Range of the whole entry. */
  readonly range: Range;
  readonly kind?: Stage['kind'];
  /** With parameters replaced; only when it fulfils the schema of its kind. */
  readonly value?: Stage;
  /** Stages this one refers to, in order of appearance. */
  readonly references: readonly StageReferencePart[];
}

/** A reference from one stage to another, with its place. */
export interface StageReferencePart extends Range {
  readonly text: string;
  readonly stage: string;
  readonly output?: string;
  /** Place inside the stage, for example `['candidates', 0]`. */
  readonly path: readonly (string | number)[];
}

/** Everything understood of one pipeline text. Always there, however broken the text. */
export interface Analysis {
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Without `stages`; present as far as it could be read. */
  readonly header: Partial<Omit<Pipeline, 'stages'>>;
  readonly stages: readonly StagePart[];
  /** Range of the value (or key) at a path such as `['stages', 'trees', 'model', 'kind']`, for messages from elsewhere. */
  rangeOf(path: readonly (string | number)[]): Range | undefined;
  /** True when there is no error: the pipeline can be planned. */
  readonly ok: boolean;
}

/** Values given on the command line or in the editor. */
export interface Overrides {
  readonly parameters?: Readonly<Record<string, Scalar>>;
  readonly environment?: string;
}

/** The ordered graph to execute. */
export interface Plan {
  readonly pipeline: Omit<Pipeline, 'stages'>;
  readonly parameters: Readonly<Record<string, Scalar>>;
  readonly environment?: string;
  /** In an order in which every stage comes after those it refers to. */
  readonly stages: readonly PlannedStage[];
}

export interface PlannedStage {
  readonly name: string;
  readonly stage: Stage;
  /** Names of the stages it refers to, without repetition. */
  readonly after: readonly string[];
  readonly references: readonly StageReferencePart[];
  /** Line of the stage's name in the file, from 1. */
  readonly line: number;
  /** True for deploy and monitor. */
  readonly effect: boolean;
}
