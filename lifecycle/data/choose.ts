import type { ColumnList } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { missingColumn } from './columns';
import { type Category, type FeatureColumn, type FittedStep, isOpen } from './feature-columns';

export type Path = (string | number)[];

/** What there is to choose from, and why the rest is not there. */
export interface Choice {
  readonly columns: readonly FeatureColumn[];
  /** Steps so far. */
  readonly steps: readonly FittedStep[];
  /** Why a column that is in the data is no feature: `is the target`. */
  readonly whyNot: (name: string) => string | undefined;
  /** Told when a group has no column. */
  readonly none: (message: string, path: Path) => void;
}

/** Columns that a step names, or a group of the current ones by type. */
export function chooseFeatures(choice: Choice, list: ColumnList, path: Path): FeatureColumn[] {
  const at = [...path, 'columns'];
  const { steps, whyNot } = choice;
  const columns = choice.columns.filter(isOpen);
  if (typeof list === 'string' && !columns.some(({ name }) => name === list)) {
    const group = groupOf(columns, list);
    if (group) {
      if (group.length === 0) choice.none(`No ${list === 'all' ? '' : `${list} `}column is left for this step.`, at);
      return group;
    }
  }
  const byName = new Map(columns.map((column) => [column.name, column]));
  return (typeof list === 'string' ? [list] : list).map((name, i) => {
    const column = byName.get(name);
    if (column) return column;
    const here = typeof list === 'string' ? at : [...at, i];
    const reason =
      whyNot(name) ??
      (choice.columns.some((one) => one.name === name && one.kind === 'time')
        ? "is a time, of which 'date-parts' makes numbers"
        : undefined) ??
      (steps.some((step) => goneWith(step, name)) ? 'was encoded or dropped by a step above' : undefined);
    if (reason !== undefined) {
      throw new UserError({
        code: 'data-not-a-feature',
        message: `The column '${name}' ${reason}, so it is no feature here.`,
        path: here,
      });
    }
    if (groupOf(columns, name) && typeof list !== 'string') {
      throw new UserError({
        code: 'data-group-in-list',
        message: `'${name}' in a list is read as a column's name, and there is no such column.`,
        hint: `For all of them write 'columns: ${name}'.`,
        path: here,
      });
    }
    throw missingColumn(
      name,
      columns.map((one) => one.name),
      here,
      'feature column',
    );
  });
}

/** As {@link chooseFeatures}, for steps on numbers. */
export function chooseNumbers(choice: Choice, list: ColumnList, path: Path, step: string): string[] {
  const columns = chooseFeatures(choice, list, path);
  const odd = columns.find(({ kind }) => kind === 'text');
  if (odd) {
    throw new UserError({
      code: 'data-step-type',
      message: `'${step}' works on numbers, but the column '${odd.name}' is text.`,
      hint:
        list === 'all'
          ? "Write 'columns: numeric'."
          : `Leave it out, encode it first (one-hot, ordinal, bag-of-words), or set 'columns.types: {${odd.name}: number}'.`,
      path: [...path, 'columns'],
    });
  }
  return columns.map(({ name }) => name);
}

/** As {@link chooseFeatures}, for steps on texts. */
export function chooseTexts(choice: Choice, list: ColumnList, path: Path, step: string): FeatureColumn[] {
  const columns = chooseFeatures(choice, list, path);
  const odd = columns.find(({ kind }) => kind !== 'text');
  if (odd) {
    throw new UserError({
      code: 'data-step-type',
      message: `'${step}' reads texts, but the column '${odd.name}' is ${odd.kind}.`,
      hint: list === 'all' ? "Write 'columns: text'." : `Leave it out, or set 'columns.types: {${odd.name}: text}'.`,
      path: [...path, 'columns'],
    });
  }
  return columns;
}

/** Columns of dates and times that a step names. */
export function chooseTimes(choice: Choice, list: string | readonly string[], path: Path): string[] {
  const names = typeof list === 'string' ? [list] : list;
  return names.map((name, i) => {
    const column = choice.columns.find((one) => one.name === name);
    if (column?.kind === 'time') return name;
    const here = typeof list === 'string' ? [...path, 'columns'] : [...path, 'columns', i];
    if (column)
      throw new UserError({
        code: 'data-step-type',
        message: `'date-parts' reads dates and times, but the column '${name}' is ${column.kind}.`,
        hint: `If it holds dates, say how they are written: 'source: {file: …, date-format: "%d.%m.%Y"}'.`,
        path: here,
      });
    const reason = choice.whyNot(name);
    if (reason !== undefined)
      throw new UserError({
        code: 'data-not-a-feature',
        message: `The column '${name}' ${reason}, so it is no feature here.`,
        path: here,
      });
    throw missingColumn(
      name,
      choice.columns.map((one) => one.name),
      here,
      'column',
    );
  });
}

function groupOf(columns: readonly FeatureColumn[], name: string): FeatureColumn[] | undefined {
  if (name === 'all') return [...columns];
  const kind = name === 'numeric' ? 'number' : name === 'text' || name === 'boolean' ? name : undefined;
  return kind && columns.filter((column) => column.kind === kind);
}

function goneWith(step: FittedStep, name: string): boolean {
  if (step.step === 'drop') return step.columns.includes(name);
  return (step.step === 'one-hot' || step.step === 'bag-of-words' || step.step === 'tokenize') && step.column === name;
}

/** A value given in a stage as one of the column's. */
export function fixedValue({ name, kind }: FeatureColumn, value: number | string | boolean, path: Path): Category {
  if (kind === 'text' && typeof value === 'string' && value !== '') return value;
  if (kind === 'number' && typeof value === 'number' && Number.isFinite(Math.fround(value))) return Math.fround(value);
  if (kind === 'boolean' && (typeof value === 'boolean' || value === 0 || value === 1)) return Number(value);
  throw new UserError({
    code: 'data-fill-type',
    message: `The column '${name}' is ${kind}, so it can't be filled with ${typeof value === 'string' ? `"${value}"` : String(value)}.`,
    hint:
      kind === 'text' && value !== ''
        ? `For a text put it in quotes: {value: "${String(value)}"}.`
        : `Fill numeric, text and boolean columns in steps of their own.`,
    path: [...path, 'with', 'value'],
  });
}

/** An order given in a stage as values of the column. */
export function statedOrder(
  order: readonly string[],
  kind: FeatureColumn['kind'],
  name: string,
  path: Path,
): Category[] {
  const twice = order.find((value, i) => order.indexOf(value) !== i);
  if (twice !== undefined)
    throw new UserError({ code: 'data-order-twice', message: `'${twice}' is listed twice.`, path });
  if (kind === 'text') return [...order];
  return order.map((value, i) => {
    const number = kind === 'boolean' && /^(true|false)$/.test(value) ? Number(value === 'true') : Number(value);
    if (value.trim() === '' || !Number.isFinite(number)) {
      throw new UserError({
        code: 'data-order-type',
        message: `The column '${name}' is ${kind}, so '${value}' is none of its values.`,
        path: [...path, i],
      });
    }
    return Math.fround(number);
  });
}
