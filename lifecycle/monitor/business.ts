import type { ColumnType } from '../../schemas/generated/types';
import { evaluate, namesIn, parse } from '../expression';
import { UserError } from '../problem';
import { orNull } from './column';
import { numberOf } from './profile';

/** A row as the figure sees it. */
export interface BusinessRow {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What came true, and what was predicted: names of classes, or numbers. */
  readonly label: string | number | boolean;
  readonly prediction: string | number | boolean;
  /** What the answer was worth, where somebody told. */
  readonly value?: number | undefined;
}

export interface BusinessFigure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Rows that have no figure: a value is missing, something was divided by zero, or a value is not of its type. */
  readonly without: number;
  /** Names that no row has a value of. */
  readonly absent: readonly string[];
}

/** Names of what is no column of the log. */
const OWN: ReadonlySet<string> = new Set(['label', 'prediction']);

/**
 * Mean of the user's figure over rows, with a 95 % interval of the mean.
 *
 * @param types of columns, where known: a log has true and false as 1 and 0, and a CSV file numbers as texts
 * @throws UserError `monitor-business` for what is no expression, or fits no row
 */
export function businessOf(
  rows: readonly BusinessRow[],
  text: string,
  types: Readonly<Record<string, ColumnType>>,
): BusinessFigure {
  const { tree, problems } = parse(text);
  if (tree === undefined || problems.length > 0) throw wrongBusiness(text, problems[0]?.message);
  let [n, mean, squares] = [0, 0, 0];
  let misfit: string | undefined;
  for (const row of rows) {
    const result = evaluate(tree, (name) => {
      if (name === 'label') return row.label;
      if (name === 'prediction') return row.prediction;
      return readAs(givenIn(row, name), Object.hasOwn(types, name) ? types[name] : undefined);
    });
    if (!result.ok) misfit ??= result.problem.message;
    const value = result.ok ? Number(result.value) : NaN;
    if (!Number.isFinite(value)) continue;
    n++;
    const gap = value - mean;
    mean += gap / n;
    squares += gap * (value - mean);
  }
  // A value of another type in some rows is the log's fault, in all of them the expression's.
  if (n === 0 && misfit !== undefined) throw wrongBusiness(text, misfit);
  const half = n > 1 ? 1.96 * Math.sqrt(squares / (n - 1) / n) : NaN;
  const there = (name: string) => rows.some((row) => readAs(givenIn(row, name), 'text') !== undefined);
  const absent =
    rows.length === 0 ? [] : namesIn(tree).flatMap(({ name }) => (OWN.has(name) || there(name) ? [] : [name]));
  return {
    value: n > 0 ? mean : null,
    low: orNull(mean - half),
    high: orNull(mean + half),
    without: rows.length - n,
    absent: [...new Set(absent)],
  };
}

/** The columns of a log that a figure is computed of; none where it is no expression. */
export function businessColumns(text: string | undefined): string[] {
  const tree = text === undefined ? undefined : parse(text).tree;
  const names = tree === undefined ? [] : namesIn(tree).map(({ name }) => name);
  return [...new Set(names)].filter((name) => !OWN.has(name));
}

/** What a row says of a name. A column goes before what the answer was worth. */
function givenIn({ inputs, value }: BusinessRow, name: string): unknown {
  return Object.hasOwn(inputs, name) ? inputs[name] : name === 'value' ? value : undefined;
}

function readAs(value: unknown, type: ColumnType | undefined): unknown {
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) return undefined;
  if (type === 'boolean') {
    const said = (typeof value === 'string' ? value : JSON.stringify(value)).trim().toLowerCase();
    return said === 'true' || said === '1' ? true : said === 'false' || said === '0' ? false : undefined;
  }
  if (typeof value !== 'string' || type === 'text' || type === 'time') return value;
  const number = numberOf(value);
  return number !== undefined && Number.isFinite(number) ? number : value;
}

function wrongBusiness(text: string, message = 'It is not an expression.'): UserError {
  return new UserError({
    code: 'monitor-business',
    message: `The figure '${text}' can't be computed: ${message}`,
    hint: 'It may use the inputs of the model, `label`, `prediction` and `value` (what the feedback says it was worth).',
    path: ['labels', 'business'],
  });
}
