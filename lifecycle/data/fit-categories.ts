import type { FeatureStep } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { type Path, statedOrder } from './choose';
import { type Category, categoryName, type FeatureColumn, type FittedStep, freeName, sorted } from './feature-columns';
import { type Note } from './fit';
import { type Statistics } from './statistics';

/** Categories that a column is told apart into, unless a step says otherwise. */
const MAX_CATEGORIES = 100;

export interface CategoryContext {
  /** As the steps so far have made them. */
  readonly columns: () => readonly FeatureColumn[];
  readonly rows: number;
  readonly statistics: Statistics;
  readonly note: Note;
  readonly push: (step: FittedStep, changed: readonly string[]) => void;
}

/** A feature of 0 and 1 for each of the most frequent categories of columns. */
export async function fitOneHot(
  columns: readonly FeatureColumn[],
  { 'max-categories': most = MAX_CATEGORIES }: Pick<NonNullable<FeatureStep['one-hot']>, 'max-categories'>,
  path: Path,
  context: CategoryContext,
): Promise<void> {
  const values = await context.statistics.topValues(columns, most);
  columns.forEach((column, i) => {
    const { top = [], distinct = 0 } = values[i] ?? {};
    if (distinct > top.length) {
      context.note(
        'info',
        `'${column.name}' has ${distinct.toLocaleString('en')} categories; the ${top.length} most frequent become features, the others give zeros.`,
        {
          path,
          ...(column.kind === 'text' &&
            distinct > context.rows / 2 && {
              hint: "Almost every row has one of its own: for a free text use 'bag-of-words', or 'tokenize' for a network.",
            }),
        },
      );
    }
    const categories = top.map(({ value }) => value);
    encode(column, categories, context, { path });
  });
}

/**
 * The number of each category in their order, that of the step or their own.
 * @throws UserError when a column has too many categories to number
 */
export async function fitOrdinal(
  columns: readonly FeatureColumn[],
  order: NonNullable<FeatureStep['ordinal']>['order'],
  path: Path,
  context: CategoryContext,
): Promise<void> {
  const values = await context.statistics.topValues(columns, 10_000);
  for (const [i, { name, kind }] of columns.entries()) {
    const { top = [], distinct = 0 } = values[i] ?? {};
    const found = top.map(({ value }) => value);
    if (distinct > found.length) {
      throw new UserError({
        code: 'data-too-many-categories',
        message: `The column '${name}' has ${distinct.toLocaleString('en')} categories, too many to number.`,
        hint: kind === 'text' ? 'Is it an id or a free text?' : 'A number needs no ordinal encoding.',
        path,
      });
    }
    const categories = order ? statedOrder(order, kind, name, [...path, 'order']) : sorted(found);
    const strangers = found.filter((value) => !categories.includes(value));
    if (strangers.length > 0) {
      context.note(
        'warning',
        `'${name}' has categories that 'order' does not list; they become -1: ${strangers.slice(0, 5).join(', ')}${strangers.length > 5 ? ', …' : ''}.`,
        { code: 'data-order-incomplete', path: [...path, 'order'] },
      );
    }
    if (categories.length === 0) encode({ name, kind }, [], context, { path });
    else context.push({ step: 'ordinal', column: name, categories }, [name]);
  }
}

/**
 * Makes features of the texts that no step made into numbers, so that any model can train.
 * @param read names of the columns whose words were made into features: they are done with
 */
export async function fitLeftTexts(read: ReadonlySet<string>, context: CategoryContext): Promise<void> {
  const { note, push, statistics, rows } = context;
  const texts = () => context.columns().filter(({ kind }) => kind === 'text');
  const done = texts().flatMap(({ name }) => (read.has(name) ? [name] : []));
  if (done.length > 0) push({ step: 'drop', columns: done, implicit: true }, done);
  const left = texts();
  if (left.length === 0) return;
  const values = await statistics.topValues(left, MAX_CATEGORIES);
  const names: string[] = [];
  const free: { readonly name: string; readonly distinct: number }[] = [];
  left.forEach((column, i) => {
    const { top = [], distinct = 0 } = values[i] ?? {};
    if (distinct > MAX_CATEGORIES && distinct > rows / 2) {
      free.push({ name: column.name, distinct });
      push({ step: 'drop', columns: [column.name], implicit: true }, [column.name]);
      return;
    }
    names.push(column.name);
    const categories = top.map(({ value }) => value);
    encode(column, categories, context, { implicit: true });
  });
  if (free.length > 0) tellDropped(free, context);
  if (names.length > 0) {
    note(
      'info',
      `Text columns without a step are one-hot encoded (at most ${MAX_CATEGORIES} categories each): ${names.slice(0, 8).join(', ')}${names.length > 8 ? `, … (${names.length})` : ''}.`,
    );
  }
}

function encode(
  { name, kind }: FeatureColumn,
  found: readonly Category[],
  { columns, note, push }: CategoryContext,
  { implicit, path }: { readonly implicit?: true; readonly path?: Path },
): void {
  const mark = implicit ? { implicit } : {};
  if (found.length === 0) {
    note('warning', `The column '${name}' has no value in the training split; it is dropped.`, {
      code: 'data-no-categories',
      ...(path && { path }),
    });
    push({ step: 'drop', columns: [name], ...mark }, [name]);
    return;
  }
  const categories = sorted(found);
  const taken = new Set(columns().flatMap((column) => (column.name === name ? [] : [column.name.toLowerCase()])));
  const features = categories.map((category) => {
    const feature = freeName(`${name}=${categoryName(category, kind)}`, taken);
    taken.add(feature.toLowerCase());
    return feature;
  });
  push({ step: 'one-hot', column: name, categories, features, ...mark }, [name]);
}

/** Texts with nearly as many values as rows. */
function tellDropped(
  left: readonly { readonly name: string; readonly distinct: number }[],
  { rows, note }: CategoryContext,
): void {
  const count = (number: number): string => number.toLocaleString('en');
  const first = left[0]!;
  const one = left.length === 1;
  const it = one ? 'it' : 'one';
  const listed = left.map(({ name, distinct }) => `'${name}' (${count(distinct)})`).join(', ');
  const message = one
    ? `The text column '${first.name}' has ${count(first.distinct)} different values in ${count(rows)} rows; it looks like an id or free text and is no feature.`
    : `The text columns ${listed} have so many different values in ${count(rows)} rows; they look like ids or free texts and are no features.`;
  note('warning', message, {
    code: 'data-text-dropped',
    hint: `If ${it} is a text, let the model read its words: a step 'bag-of-words: {columns: ${first.name}}', or 'tokenize' for a network. If ${it} is an id, list it under 'columns.id'.`,
  });
}
