import type { Severity } from './types';

/** What the documentation says of a diagnostic. `example` is part of a file that shows it; a test holds that it really does. */
export interface CodeEntry {
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly example: string;
  readonly fix: string;
}

const entry = (severity: Severity, title: string, why = '', fix = '', example = ''): CodeEntry => ({
  severity,
  title,
  why,
  example,
  fix,
});

/** Every diagnostic of pipelines, documents, targets.yaml and lifecycle.yaml. Codes are never renamed. */
export const CODES = {
  'yaml-syntax': entry('error', 'Not valid YAML'),
  'unclosed-quote': entry('error', 'A quote is never closed'),
  'unclosed-bracket': entry('error', 'A bracket is never closed'),
  'bad-indent': entry('error', 'Indentation that fits nothing'),
  'incomplete-key': entry('error', 'A key without colon'),
  'unquoted-parameter': entry('error', 'A parameter in a flow map without quotes'),
  'duplicate-key': entry('error', 'A key is set twice'),
  'duplicate-stage': entry('error', 'Two stages have one name'),
  'unknown-alias': entry('error', 'An alias without anchor'),
  'yaml-alias': entry('error', 'An alias that can not be followed'),
  'yaml-tag': entry('warning', 'A tag that means nothing'),
  'several-documents': entry('error', 'Several YAML documents in one file'),
  'too-deep': entry('error', 'Nested too deep'),
  'conflict-marker': entry('error', 'A merge was not finished'),
  'unclosed-fence': entry('warning', 'A fence is never closed'),
  empty: entry('information', 'Nothing here yet'),
  'unknown-kind': entry('error', 'Unknown kind'),
  'unknown-key': entry('error', 'Unknown key'),
  'missing-key': entry('error', 'A required key is missing'),
  'missing-value': entry('error', 'A key without value'),
  'wrong-type': entry('error', 'A value of the wrong type'),
  'bad-value': entry('error', 'A value that is not allowed'),
  'bad-format': entry('error', 'A text of the wrong form'),
  'out-of-range': entry('error', 'A number out of range'),
  'wrong-length': entry('error', 'Too many or too few'),
  'two-alternatives': entry('error', 'Keys that exclude each other'),
  'unknown-parameter': entry('error', 'Unknown parameter'),
  'unused-parameter': entry('hint', 'A parameter that nothing uses'),
  'unknown-environment': entry('error', 'Unknown environment'),
  'unknown-stage': entry('error', 'Reference to an unknown stage'),
  'wrong-stage-kind': entry('error', 'Reference to a stage of the wrong kind'),
  'unknown-output': entry('error', 'Reference to an unknown output'),
  'missing-output': entry('error', 'A reference that needs an output'),
  'self-reference': entry('error', 'A stage refers to itself'),
  cycle: entry('error', 'Stages refer to each other in a circle'),
  'unused-stage': entry('hint', 'A stage that nothing uses'),
  'missing-target': entry('error', 'Training without a target'),
  'different-data': entry('error', 'Candidates trained on different data'),
  'missing-split': entry('error', 'A split that is needed is empty'),
  'repeated-item': entry('warning', 'The same item twice'),
  'file-missing': entry('error', 'A file that does not exist'),
  'unknown-target': entry('error', 'Unknown deployment target'),
  'expression-syntax': entry('error', 'An expression that can not be read'),
  'expression-type': entry('error', 'An expression whose types do not fit'),
  'expression-not-served': entry('error', 'A feature that a served model can not compute'),
  'unknown-column': entry('error', 'Unknown column'),
  'column-type': entry('error', 'A column of the wrong type'),
  'column-dropped': entry('error', 'A dropped column is used'),
  'target-in-features': entry('error', 'The target among the features'),
  'target-role': entry('error', 'The target has another role'),
  'not-a-feature': entry('error', 'A feature step on a column that is no feature'),
  'repeated-step': entry('warning', 'The same step on the same column twice'),
  'split-sum': entry('error', 'Shares of the split that do not sum to 1'),
  'split-conflict': entry('error', 'Ways of splitting that exclude each other'),
  'stratify-continuous': entry('error', 'Stratified by a continuous column'),
  'bad-order': entry('error', 'Limits in the wrong order'),
  'bad-expectation': entry('error', 'An expectation that expects nothing'),
  'unknown-metric': entry('error', 'Unknown metric'),
  'metric-task': entry('error', 'A metric for another task'),
  'metric-not-computed': entry('error', 'A metric that is not computed'),
  'gate-direction': entry('warning', 'A gate in the wrong direction'),
  'no-effect': entry('warning', 'A setting without effect'),
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof CODES;
