import path from 'node:path';
import { UserError } from '../problem';
import type { Written } from '../../schemas/generated/types';
import type { Database } from '../table';
import { type Source } from './source';
import { type Advice } from '../table/spelling';

/** A column as its reader gives it. */
export interface Found {
  readonly name: string;
  readonly sql: string;
}

/** A source ready to be read. */
export interface Readable {
  readonly columns: readonly Found[];
  /** The relation, when its columns are read as these types. */
  relation(columns: readonly Found[]): string;
  /** Texts that mean missing and that the reader does not know of. */
  readonly missing: readonly string[];
  /** Whether an empty text is missing to the reader already. */
  readonly emptyIsMissing?: boolean;
  /** Strict readers can be asked again with a wider type. */
  readonly typed: boolean;
  /** Columns of texts that would read better another way. */
  readonly advice?: readonly ColumnAdvice[];
  /** How it is written, where it is not plain. */
  readonly written?: Written;
  /** Files that are read in place of others → those others. */
  readonly originals?: ReadonlyMap<string, string>;
}

export interface ColumnAdvice extends Advice {
  readonly column: string;
}

const MEMORY_PER_COLUMN = 400e3;

/** Lets the database use what a table of so many columns takes: reading and writing keep buffers for every column at once. */
export function allowColumns(database: Database, columns: number): Promise<void> {
  return database.allow(columns * MEMORY_PER_COLUMN);
}

export type Warn = (message: string, more?: { code?: string; hint?: string; path?: (string | number)[] }) => void;

/** There is not one row. */
export function empty(source: Source): UserError {
  const name =
    source.kind === 'sql'
      ? 'The query'
      : source.files.length === 1
        ? path.basename(source.files[0] ?? '')
        : `Each of the ${source.files.length} files`;
  return new UserError({
    code: 'data-empty',
    message: source.kind === 'sql' ? 'The query gives no rows.' : `${name} has no rows.`,
    ...(source.kind === 'files' && { hint: 'A header alone is not enough: there must be at least one row under it.' }),
    path: ['source'],
  });
}
