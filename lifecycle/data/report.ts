import type { Dataset, DatasetColumn } from '../../schemas/generated/types';
import { UserError } from '../problem';
import type { StageResult } from '../store/room';
import { type Column } from './columns';
import { type ColumnProfile } from './profile';
import { type Warn } from './readable';
import { type SplitName, SPLITS } from './split';
import { type Target } from './target';

/**
 * Says which classes are rare or lost in a split.
 *
 * @throws UserError when nothing, or nothing of some class, is left to train on
 */
export function judgeSplits(
  splits: Record<SplitName, { rows: number; classes?: number[] }>,
  target: Target | undefined,
  stratify: string | undefined,
  warn: Warn,
): void {
  const { train } = splits;
  if (train.rows === 0) {
    throw new UserError({
      code: 'data-train-empty',
      message: 'No row falls into the training split.',
      hint: 'There are too few rows (or groups) for these shares.',
      path: ['split'],
    });
  }
  if (!target?.classes) return;
  const name = target.column.name;
  target.classes.forEach((value, i) => {
    if (train.classes?.[i] === 0) {
      throw new UserError({
        code: 'data-class-untrained',
        message: `No row of the class ${JSON.stringify(value)} of '${name}' falls into the training split.`,
        hint:
          stratify === name
            ? 'The groups hold it together; use another seed or drop the class with a filter.'
            : `Keep the classes' shares with 'split: {stratify: ${name}}', or drop the class with a filter.`,
        path: ['split'],
      });
    }
  });
  for (const split of ['validation', 'test'] as const) {
    const { rows, classes } = splits[split];
    const lost = target.classes.filter((_, i) => classes?.[i] === 0);
    if (rows === 0 || lost.length === 0) continue;
    const shown = lost
      .slice(0, 5)
      .map((value) => JSON.stringify(value))
      .join(', ');
    warn(
      `The ${split} split has no row of ${lost.length === 1 ? 'the class' : 'the classes'} ${shown}${lost.length > 5 ? ', …' : ''} of '${name}'.`,
      {
        code: 'data-class-rare',
        hint:
          stratify === name
            ? 'There are too few such rows.'
            : `Keep the classes' shares with 'split: {stratify: ${name}}'.`,
        path: ['split'],
      },
    );
  }
}

/** A name that something of ours has taken. */
export function reserved(name: string, what: string): UserError {
  return new UserError({
    code: 'data-name-reserved',
    message: `The column '${name}' has the name of ${what}.`,
    hint: `Where it is no feature, list it under 'columns.drop'. Else rename it in the file, or read it with source: {sql: "select * rename (${name} as other) from 'FILE'"}.`,
  });
}

/** Why a column of the data is none of the features that steps begin with: `is the target`. */
export function whyNoFeature(name: string, columns: readonly Column[], raw: readonly Column[]): string | undefined {
  const column = columns.find((one) => one.name === name);
  if (!column || raw.includes(column)) return undefined;
  const { roles, type } = column;
  if (roles.includes('target')) return 'is the target';
  if (roles.includes('id')) return 'is an id';
  if (roles.includes('time') || type === 'time') return 'is a time';
  if (roles.includes('group')) return 'groups the rows of the split';
  if (roles.includes('excluded')) return 'is excluded (columns.exclude)';
  return 'has no value in the training split';
}

export function describeColumn(column: Column, profile: ColumnProfile | undefined, feature: boolean): DatasetColumn {
  const { name, type, sql, roles } = column;
  return { name, type, sql, roles: feature ? ['feature', ...roles] : [...roles], ...profile?.info };
}

/** What the runner shows of a dataset, and which files each output has. */
export function summary({ splits, features, rows, target }: Dataset): StageResult {
  const counts = SPLITS.map((split) => splits[split]?.rows ?? 0);
  const files = (split: SplitName): string[] => [
    'dataset.json',
    `${split}.parquet`,
    `${split}.features.parquet`,
    'preprocess.onnx',
  ];
  return {
    metrics: {
      rows: rows?.kept ?? 0,
      features: features.length,
      ...(target?.classes && { classes: target.classes.length }),
    },
    summary: `${counts.map((count) => count.toLocaleString('en')).join(' + ')} rows, ${features.length.toLocaleString('en')} ${features.length === 1 ? 'feature' : 'features'}`,
    outputs: { train: files('train'), validation: files('validation'), test: files('test') },
  };
}
