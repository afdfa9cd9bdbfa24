/** What the column of labels is called in a table of features. */
export const LABEL = '__label';

/** Names that outputs of the served model and the label take: no column that is a feature can have one. */
export const RESERVED: ReadonlySet<string> = new Set(['features', 'probabilities', 'prediction', LABEL]);
