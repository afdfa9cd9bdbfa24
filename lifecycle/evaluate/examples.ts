import { join } from 'node:path';
import type { DatasetColumn, ModelInfo } from '../../schemas/generated/types';
import type { ShownAnswer, ShownColumn, ShownExample, ShownExamples } from '../../schemas/shown';
import { UserError } from '../problem';
import type { Predictions } from '../statistics/metrics';
import type { StoredDataset } from '../store/datasets';
import { type Cell, type Database, identifier, literalPath } from '../table';
import type { Candidate } from './candidates';
import { labelsOf } from './measure';
import { predictSplit, type SplitName } from './predict';

export interface ExamplesQuestion {
  readonly split: SplitName;
  /** Classes by name: only rows of this class, or that the first model takes for it. */
  readonly actual?: string;
  readonly predicted?: string;
  /** Rows that are given at most. */
  readonly most: number;
  readonly threshold: number;
  readonly signal: AbortSignal;
}

/** Columns of a row that are given, and characters of a text. */
const mostColumns = 60;
const mostCharacters = 2_000;
/** Classes that are given of a row's probabilities, beside the true one. */
const mostClasses = 3;

/**
 * Rows of a split beside what models say of them, the worst first: of one cell of the confusion matrix, without one all that are predicted
 * wrong, of a regression those furthest off. With two models: those that they disagree on, where they are furthest apart first.
 *
 * @param models one or two, made from columns that `data` has
 * @throws UserError `class-unknown`, `split-missing`, `columns-differ`; what {@link predictSplit} throws
 */
export async function examplesOf(
  database: Database,
  data: StoredDataset,
  models: readonly Candidate[],
  question: ExamplesQuestion,
): Promise<ShownExamples> {
  const { split, most, threshold, signal } = question;
  const { dataset } = data;
  if (!((dataset.splits[split]?.rows ?? 0) > 0))
    throw new UserError({
      code: 'split-missing',
      message: `The data has no ${split} split.`,
      hint: `It has ${Object.keys(dataset.splits).join(', ')}.`,
    });
  checkColumns(data, models);
  const predictions = await predictSplit(database, data, split, models, { threshold, signal });
  const [first, second] = predictions;
  if (!first) throw new Error('there is at least one model');
  const chosen = rank(first, second, wantedClasses(question, models[0]!, first));
  const worst = chosen.slice(0, most);
  const columns = columnsOf(data, models);
  const values = await valuesOf(database, data, split, columns.shown, worst);
  const answers = predictions.map((one, at) => answersOf(one, models[at]!.info.classes));
  const classes = models[0]!.info.classes;
  return {
    split,
    rows: first.actual.length,
    found: chosen.length,
    task: first.task,
    models: models.map(({ name }) => name),
    columns: columns.shown,
    allColumns: columns.all,
    examples: worst.map((row, at): ShownExample => {
      const actual = first.actual[row]!;
      return {
        row: row + 1,
        actual: first.task === 'regression' ? actual : nameOf(classes, actual),
        said: answers.map((answer) => answer(row)),
        values: values[at] ?? [],
      };
    }),
  };
}

/** Models of two runs may have been made from different data: what both take has to be there. */
function checkColumns({ dataset }: StoredDataset, models: readonly Candidate[]): void {
  const known = new Set(dataset.columns.map(({ name }) => name));
  const [first] = models;
  for (const { name, info } of models) {
    const missing = info.inputs.filter((input) => !known.has(input.name));
    if (missing.length > 0)
      throw new UserError({
        code: 'columns-differ',
        message: `'${name}' takes columns that the data of '${first?.name}' does not have: ${missing
          .slice(0, 5)
          .map((input) => input.name)
          .join(', ')}.`,
        hint: 'Two models are compared on rows that both understand.',
      });
    if (info.task !== first?.info.task || String(info.classes) !== String(first.info.classes))
      throw new UserError({
        code: 'columns-differ',
        message: `'${name}' predicts something else than '${first?.name}', so they can't disagree.`,
        hint: 'Choose two models with the same target and the same classes.',
      });
  }
}

interface Wanted {
  readonly actual?: number;
  readonly predicted?: number;
}

function wantedClasses({ actual, predicted }: ExamplesQuestion, model: Candidate, { task }: Predictions): Wanted {
  const classes = task === 'regression' ? [] : (model.info.classes ?? []).map(String);
  const placed = (name: string | undefined): number | undefined => {
    if (name === undefined) return undefined;
    const at = classes.indexOf(name);
    if (at >= 0) return at;
    throw new UserError({
      code: 'class-unknown',
      message: `'${model.name}' knows no class '${name}'.`,
      hint: classes.length > 0 ? `It knows ${classes.slice(0, 20).join(', ')}.` : 'It predicts a number.',
    });
  };
  const [a, p] = [placed(actual), placed(predicted)];
  return { ...(a === undefined ? {} : { actual: a }), ...(p === undefined ? {} : { predicted: p }) };
}

/** Rows that are wanted, the most telling first. Equals stay in the order of the data. */
function rank(first: Predictions, second: Predictions | undefined, wanted: Wanted): number[] {
  const rows = Array.from({ length: first.actual.length }, (_, row) => row);
  if (first.task === 'regression') {
    const other = second?.task === 'regression' ? second.predicted : first.actual;
    const off = (row: number): number => Math.abs(first.predicted[row]! - other[row]!);
    return rows.filter((row) => off(row) > 0).sort((a, b) => off(b) - off(a));
  }
  const labels = labelsOf(first);
  const others = second && second.task !== 'regression' ? labelsOf(second) : undefined;
  const trust = (of: Predictions, row: number): number => probabilityOf(of, row, of.actual[row]!);
  const found = rows.filter(
    (row) =>
      (wanted.actual === undefined || first.actual[row] === wanted.actual) &&
      (wanted.predicted === undefined || labels[row] === wanted.predicted) &&
      (others
        ? labels[row] !== others[row]
        : wanted.actual !== undefined || wanted.predicted !== undefined || labels[row] !== first.actual[row]),
  );
  if (second && others) {
    const apart = (row: number): number => Math.abs(trust(first, row) - trust(second, row));
    return found.sort((a, b) => apart(b) - apart(a));
  }
  return found.sort((a, b) => trust(first, a) - trust(first, b));
}

/** What a classifier gives to a class. */
function probabilityOf(of: Predictions, row: number, label: number): number {
  if (of.task === 'multiclass') return of.probabilities?.[row * of.classes + label] ?? NaN;
  if (of.task === 'regression') return NaN;
  const positive = of.scores?.[row] ?? NaN;
  return label === 1 ? positive : 1 - positive;
}

const nameOf = (classes: ModelInfo['classes'], label: number): string => String(classes?.[label] ?? label);

function answersOf(of: Predictions, classes: ModelInfo['classes']): (row: number) => ShownAnswer {
  if (of.task === 'regression') return (row) => ({ predicted: of.predicted[row]! });
  const labels = labelsOf(of);
  const count = of.task === 'multiclass' ? of.classes : 2;
  return (row) => {
    const all = Array.from({ length: count }, (_, label) => [label, probabilityOf(of, row, label)] as const);
    all.sort((a, b) => b[1] - a[1]);
    const kept = all.filter(([label], at) => at < mostClasses || label === of.actual[row] || label === labels[row]);
    return {
      predicted: nameOf(classes, labels[row]!),
      probabilities: kept.map(([label, share]) => [nameOf(classes, label), share] as const),
    };
  };
}

/** What tells which row it is first, then pictures and texts, then what the models take, then the rest. */
function columnsOf(
  { dataset }: StoredDataset,
  models: readonly Candidate[],
): { readonly shown: readonly ShownColumn[]; readonly all: number } {
  const taken = new Set(models.flatMap(({ info }) => info.inputs.map(({ name }) => name)));
  const order = (column: DatasetColumn): number =>
    column.roles.includes('id') || (column.name === 'file' && !taken.has('file'))
      ? 0
      : column.image || column.length
        ? 1
        : taken.has(column.name)
          ? 2
          : 3;
  const all = dataset.columns.filter(({ name }) => name !== dataset.target?.column);
  return {
    all: all.length,
    shown: all
      .toSorted((a, b) => order(a) - order(b))
      .slice(0, mostColumns)
      .map(({ name, type, image, length }) => ({
        name,
        type,
        ...(image ? { image } : length ? { prose: true as const } : {}),
      })),
  };
}

async function valuesOf(
  database: Database,
  { folder }: StoredDataset,
  split: SplitName,
  columns: readonly ShownColumn[],
  rows: readonly number[],
): Promise<ShownExample['values'][]> {
  if (rows.length === 0 || columns.length === 0) return [];
  const file = `read_parquet(${literalPath(join(folder, `${split}.parquet`))}, file_row_number = true)`;
  const list = columns.map(({ name }, at) => `${identifier(name)} AS c${at}`);
  const found = await database.query<{ [name: string]: Cell }>(
    `SELECT CAST(file_row_number AS INTEGER) AS n, ${list.join(', ')} FROM ${file} WHERE file_row_number IN (${rows.join(', ')})`,
  );
  const byRow = new Map(found.map((row) => [row['n'], row]));
  return rows.map((row) => columns.map((column, at) => plain(byRow.get(row)?.[`c${at}`] ?? null, column)));
}

function plain(value: Cell, { image }: ShownColumn): ShownExample['values'][number] {
  if (value instanceof Date)
    return value.toISOString().replace(/(?:T00:00:00)?\.000Z$/, (end) => (end.startsWith('T') ? '' : 'Z'));
  if (typeof value === 'object' && value !== null) return JSON.stringify(value).slice(0, mostCharacters);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || image || value.length <= mostCharacters) return value;
  return `${value.slice(0, mostCharacters)}…`;
}
