import type { ColumnRoles, ColumnType, DataStage, DatasetColumn, Split } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';

export type Role = DatasetColumn['roles'][number];

/** A column of the source that is kept. */
export interface Column {
  /** Its name for people. */
  readonly name: string;
  /** Its name inside SQL: `c0`, `c1`, …; no name from data ever needs care there. */
  readonly id: string;
  readonly type: ColumnType;
  /** Type in DuckDB once read. */
  readonly sql: string;
  /** Without `feature`, which depends on the steps. */
  readonly roles: readonly Role[];
}

type Path = (string | number)[];

/** Every column that the stage gives a role, with the place where it says so. */
function roleEntries(stage: DataStage): { name: string; path: Path; role: Role | 'drop' }[] {
  const { columns = {}, split = {} } = stage;
  const entries: { name: string; path: Path; role: Role | 'drop' }[] = [];
  const add = (role: Role | 'drop', names: string | readonly string[] | undefined, path: Path): void => {
    if (typeof names === 'string') entries.push({ name: names, path, role });
    else names?.forEach((name, i) => entries.push({ name, path: [...path, i], role }));
  };
  add('target', targetName(stage), typeof stage.target === 'string' ? ['target'] : ['target', 'column']);
  add('id', columns.id, ['columns', 'id']);
  add('drop', columns.drop, ['columns', 'drop']);
  add('sensitive', columns.sensitive, ['columns', 'sensitive']);
  add('excluded', columns.exclude, ['columns', 'exclude']);
  add('time', columns.time, ['columns', 'time']);
  add('time', split.time, ['split', 'time']);
  add('group', columns.group, ['columns', 'group']);
  add('group', split.group, ['split', 'group']);
  return entries;
}

export function targetName({ target }: Pick<DataStage, 'target'>): string | undefined {
  return typeof target === 'string' ? target : target?.column;
}

export interface Roles {
  of(name: string): Role[];
  dropped(name: string): boolean;
  /** Type that the stage states for a column. */
  type(name: string): ColumnType | undefined;
}

/**
 * Roles of the columns that a source has.
 *
 * @throws UserError naming the place, when a column that is spoken of does not exist or has roles that exclude each other
 */
export function readRoles(stage: DataStage, names: readonly string[]): Roles {
  const entries = roleEntries(stage);
  const known = new Set(names);
  const types: NonNullable<ColumnRoles['types']> = stage.columns?.types ?? {};
  for (const { name, path } of entries) if (!known.has(name)) throw missingColumn(name, names, path);
  for (const name of Object.keys(types)) {
    if (!known.has(name)) throw missingColumn(name, names, ['columns', 'types', name]);
  }
  const split: Split = stage.split ?? {};
  if (split.stratify !== undefined && !known.has(split.stratify))
    throw missingColumn(split.stratify, names, ['split', 'stratify']);
  const roles = new Map<string, Set<Role | 'drop'>>();
  for (const { name, role } of entries) roles.set(name, (roles.get(name) ?? new Set()).add(role));
  for (const { name, path, role } of entries) {
    const others = roles.get(name);
    if (role === 'drop' && others && others.size > 1) {
      throw new UserError({
        code: 'data-column-dropped',
        message: `The column '${name}' is dropped, but also used as ${[...others].filter((other) => other !== 'drop').join(' and ')}.`,
        hint: "To keep a column out of the features only, list it under 'columns.exclude'.",
        path,
      });
    }
    if (role === 'target' && (others?.has('id') || others?.has('time'))) {
      throw new UserError({
        code: 'data-target-role',
        message: `The target '${name}' can't be ${others.has('id') ? 'an id' : 'the time'} as well.`,
        path,
      });
    }
  }
  if (split.stratify !== undefined && roles.get(split.stratify)?.has('drop')) {
    throw new UserError({
      code: 'data-column-dropped',
      message: `The column '${split.stratify}' is dropped, but the split is stratified by it.`,
      hint: "To keep a column out of the features only, list it under 'columns.exclude'.",
      path: ['split', 'stratify'],
    });
  }
  return {
    of: (name) => [...(roles.get(name) ?? [])].filter((role) => role !== 'drop'),
    dropped: (name) => roles.get(name)?.has('drop') ?? false,
    type: (name) => (Object.hasOwn(types, name) ? types[name] : undefined),
  };
}

/** Can this column become features? Protected attributes can; a time can't. */
export function mayBeFeature({ type, roles }: Pick<Column, 'type' | 'roles'>): boolean {
  return type !== 'time' && roles.every((role) => role === 'sensitive');
}

/** Columns of time that a step makes numbers of. */
export function readTimes({ features = [] }: Pick<DataStage, 'features'>): ReadonlySet<string> {
  return new Set(features.flatMap((step) => step['date-parts']?.columns ?? []));
}

/** There is no such column: says which is nearest, or which there are. */
export function missingColumn(name: string, names: readonly string[], path: Path, what = 'column'): UserError {
  const near = nearest(name, names);
  const shown = names.slice(0, 12).join(', ');
  return new UserError({
    code: 'data-column-missing',
    message: `There is no ${what} '${name}'.`,
    hint:
      near !== undefined
        ? `Did you mean '${near}'?`
        : `There are: ${shown}${names.length > 12 ? `, … (${names.length})` : ''}.`,
    path,
  });
}
