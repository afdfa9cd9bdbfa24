import type { DataStage, Scalar, Task } from '../../schemas/generated/types';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { type Database, double, text } from '../table';
import { type Column, targetName } from './columns';
import { type Warn } from './readable';

/** What is to be predicted. */
export interface Target {
  readonly column: Column;
  readonly task: Task;
  /** In the order of the label; for a binary task [negative, positive]. Absent for a regression. */
  readonly classes?: readonly Scalar[];
  /** Rows of each class. */
  readonly counts?: readonly number[];
  /** SQL of the label, given the SQL of the target: FLOAT class index or value. */
  readonly label: (target: string) => string;
}

/** Most classes that a task may have. */
const MAX_CLASSES = 1000;
const WHOLE_CLASSES = 20;

/**
 * Finds out the task and its classes. The relation holds no row whose target is missing.
 *
 * @throws UserError when the target is constant, does not fit the stated task, or has too many classes
 */
export async function readTarget(
  database: Database,
  stage: DataStage,
  columns: readonly Column[],
  relation: string,
  warn: Warn,
): Promise<Target | undefined> {
  const name = targetName(stage);
  const column = columns.find((candidate) => candidate.name === name);
  if (name === undefined || !column) return undefined;
  const stated = typeof stage.target === 'object' ? stage.target : undefined;
  const path = typeof stage.target === 'string' ? ['target'] : ['target', 'column'];
  const { id, type } = column;
  if (type === 'time') {
    throw new UserError({
      code: 'data-target-time',
      message: `The target '${name}' is a time, which no model here predicts.`,
      hint: 'Predict a number instead, for example the days until then.',
      path,
    });
  }
  const found = await database.query<{ v: Scalar; n: number }>(
    `SELECT ${type === 'number' ? `CAST(${id} AS DOUBLE)` : id} AS v, count(*) AS n FROM ${relation} GROUP BY 1 ORDER BY 1 LIMIT ${MAX_CLASSES + 1}`,
  );
  if (found.length === 1) {
    throw new UserError({
      code: 'data-target-constant',
      message: `The target '${name}' is ${show(found[0]?.v)} in every row, so there is nothing to learn.`,
      hint: 'Is it the right column? Do the row steps remove every other value?',
      path,
    });
  }
  const whole = type === 'number' && found.every(({ v }) => Number.isInteger(v));
  const task = stated?.task ?? inferTask(type, found.length, whole);
  if (task === 'regression') {
    if (type !== 'number') {
      throw new UserError({
        code: 'data-target-text',
        message: `A regression predicts a number, but the target '${name}' is ${type}.`,
        hint: "Leave out 'task', or set 'columns.types' if its values are numbers.",
        path: ['target', 'task'],
      });
    }
    if (stated?.positive !== undefined)
      warn(`'positive' has no meaning for the regression of '${name}'.`, {
        code: 'data-positive-unused',
        path: ['target', 'positive'],
      });
    return { column, task, label: (target) => `TRY_CAST(${target} AS FLOAT)` };
  }
  if (found.length > MAX_CLASSES) {
    throw new UserError({
      code: 'data-target-classes',
      message: `The target '${name}' has more than ${MAX_CLASSES} different values, too many for a classification.`,
      hint: type === 'number' ? "For a number to predict, state 'task: regression'." : 'Is it an id or a free text?',
      path,
    });
  }
  if (task === 'binary' && found.length > 2) {
    throw new UserError({
      code: 'data-target-not-binary',
      message: `A binary task has two classes, but the target '${name}' has ${found.length}: ${found
        .slice(0, 6)
        .map(({ v }) => show(v))
        .join(', ')}${found.length > 6 ? ', …' : ''}.`,
      hint: "State 'task: multiclass', or filter the rows.",
      path: ['target', 'task'],
    });
  }
  const ordered = order(found, task, stated?.positive, column);
  const classes = ordered.map(({ v }) => v);
  if (task === 'multiclass' && stated?.positive !== undefined)
    warn(`'positive' has no meaning with ${classes.length} classes.`, {
      code: 'data-positive-unused',
      path: ['target', 'positive'],
    });
  const cases = classes.map((value, i) => `WHEN ${literal(value)} THEN ${i}`).join(' ');
  return {
    column,
    task,
    classes,
    counts: ordered.map(({ n }) => n),
    label: (target) => `CAST(CASE ${target} ${cases} END AS FLOAT)`,
  };
}

function inferTask(type: Column['type'], distinct: number, whole: boolean): Task {
  if (distinct === 2) return 'binary';
  return type === 'text' || (whole && distinct <= WHOLE_CLASSES) ? 'multiclass' : 'regression';
}

/** Classes in their order: the positive one of two comes last; without a statement the one that sorts last is it. */
function order(
  found: { v: Scalar; n: number }[],
  task: Task,
  positive: Scalar | undefined,
  column: Column,
): { v: Scalar; n: number }[] {
  if (task !== 'binary' || positive === undefined) return found;
  const at = found.findIndex(({ v }) => same(v, positive));
  if (at >= 0) return at === 0 ? found.toReversed() : found;
  const values = found.map(({ v }) => String(v));
  const near = nearest(String(positive), values);
  throw new UserError({
    code: 'data-positive-missing',
    message: `No row has ${show(positive)} in the target '${column.name}'; its values are ${found.map(({ v }) => show(v)).join(' and ')}.`,
    ...(near !== undefined && { hint: `Did you mean '${near}'?` }),
    path: ['target', 'positive'],
  });
}

/** YAML tells `1` from `"1"` and `true` from `yes`; people don't. */
function same(value: Scalar, stated: Scalar): boolean {
  if (value === stated) return true;
  if (typeof value === 'number')
    return (
      (typeof stated === 'string' && stated.trim() !== '' && Number(stated) === value) ||
      (typeof stated === 'boolean' && Number(stated) === value)
    );
  if (typeof value === 'boolean') return String(stated).toLowerCase() === String(value) || stated === Number(value);
  return String(stated) === value;
}

function literal(value: Scalar): string {
  if (typeof value === 'number') return double(value);
  return typeof value === 'boolean' ? String(value) : text(String(value));
}

function show(value: Scalar | undefined): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
