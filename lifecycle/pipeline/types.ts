import type { Pipeline, Scalar, Stage } from '../../schemas/generated/types';
import type { Code } from './codes';
import type { MapNode, Node } from './tree';

/** A place in the text of one file, as offsets of UTF-16 code units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What is wrong at a place, before it is known where the text stands in its file. */
export interface Problem extends Range {
  readonly code: Code;
  readonly message: string;
  /** When it differs from the severity of its code. */
  readonly severity?: Severity;
  readonly suggestion?: string;
  readonly related?: readonly Related[];
}

export interface Related {
  readonly range: Range;
  readonly message: string;
  /** Another file; without it the same one. */
  readonly path?: string;
}

/** One message about one place. Stable `code`s are listed, with explanation and way out, in docs/diagnostics.md. */
export interface Diagnostic extends Problem {
  readonly severity: Severity;
  readonly stage?: string;
}

/**
 * A word of a stage that means something beyond its schema. The language server's completion, navigation and rename stand on these, the
 * semantic checks too.
 */
export interface Mention extends Range {
  readonly type:
    | 'reference'
    | 'column'
    | 'columns'
    | 'column-key'
    | 'metric'
    | 'metric-key'
    | 'expression'
    | 'file'
    | 'target'
    | 'parameter';
  /** The value, with parameters replaced. */
  readonly text: string;
  /** Place inside the stage. */
  readonly path: readonly (string | number)[];
  /** For a reference: the kinds allowed there. For an expression: its language (`row`, `monitor`). For a file: `data` or `any`. */
  readonly of?: readonly string[];
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
  /** What was read of the stage; ranges count from `base`. */
  readonly node: Node;
  /** Offset in the file from which the ranges of `node` count. */
  readonly base: number;
  /** Everything of meaning in it, in order of appearance. */
  readonly mentions: readonly Mention[];
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
  readonly text: string;
  /** In order of place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Without `stages`; present as far as it could be read. */
  readonly header: Partial<Omit<Pipeline, 'stages'>>;
  /** What was read of the header; ranges count from the beginning of the file. */
  readonly headerNode: MapNode;
  /** In order of appearance; of two with one name both are here. */
  readonly stages: readonly StagePart[];
  /** The parameters as they were put into the stages. */
  readonly parameters: Readonly<Record<string, Scalar>>;
  readonly environment?: string;
  /** Range of the value (or key) at a path such as `['stages', 'trees', 'model', 'kind']`, for messages from elsewhere. */
  rangeOf(path: readonly (string | number)[]): Range | undefined;
  /** The same text under other values. */
  under(overrides: Overrides): Analysis;
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
  /** Its column, from 1. */
  readonly column?: number;
  /** True for deploy and monitor. */
  readonly effect: boolean;
}
