import type { ColumnList, DataStage, FeatureStep } from '../../schemas/generated/types';
import { whyNotServed } from '../expression';
import { UserError } from '../problem';
import { cellText, type Database } from '../table';
import { missingColumn } from './columns';
import { readExpression } from './expressions';
import { type Category, type FeatureColumn, type FittedStep, freeName, shortFloat } from './feature-columns';
import { deviation, filled, type Moments, readHeld, readMoments } from './moments';
import { type ColumnProfile } from './profile';
import { Ranks } from './ranks';
import { type FeatureSql } from './to-sql';
import { readValues } from './values';

type Path = (string | number)[];
export type Note = (
  level: 'info' | 'warning',
  message: string,
  more?: { code?: string; hint?: string; path?: Path },
) => void;

export interface FitContext {
  readonly database: Database;
  /** Raw training columns. */
  readonly sql: FeatureSql;
  readonly rows: number;
  readonly profiles: ReadonlyMap<string, ColumnProfile>;
  readonly note: Note;
  /** Why a column that is in the data is no feature: `is the target`. */
  readonly whyNot: (name: string) => string | undefined;
  readonly onProgress?: (fraction: number) => void;
}

export interface Fitted {
  readonly steps: readonly FittedStep[];
  readonly columns: readonly FeatureColumn[];
}

const MAX_CATEGORIES = 100;
const FLOAT_MAX = 3.4028234663852886e38;

/** The quantiles that steps will ask of columns: read in one go with the profile. */
export function wantedQuantiles(steps: DataStage['features'] = []): number[] {
  return [...new Set(steps.flatMap(({ clip }) => clip?.quantiles ?? []))];
}

/**
 * Learns the statistics of feature steps on the training split, each on what the steps before it made of the columns, and completes them so that any
 * model can train: texts that are left become 0/1 features.
 *
 * @throws UserError when a step names a column that is no feature there, or one of the wrong type
 */
export async function fit(context: FitContext, steps: DataStage['features'] = []): Promise<Fitted> {
  const fitter = new Fitter(context);
  for (const [i, step] of steps.entries()) {
    await fitter.step(step, ['features', i]);
    context.onProgress?.((i + 1) / (steps.length + 1));
  }
  await fitter.complete();
  return { steps: fitter.fitted, columns: fitter.columns };
}

class Fitter {
  readonly fitted: FittedStep[] = [];
  /** Known moments of columns as they are now. */
  private readonly known = new Map<string, Moments>();
  /** Raw columns that no step has touched yet. */
  private readonly untouched: Set<string>;

  constructor(private readonly context: FitContext) {
    this.untouched = new Set(this.columns.map(({ name }) => name));
    for (const [name, { moments }] of context.profiles) {
      if (
        moments &&
        this.untouched.has(name) &&
        !(Math.abs(moments.max) > FLOAT_MAX || Math.abs(moments.min) > FLOAT_MAX)
      )
        this.known.set(name, moments);
    }
  }

  get columns(): readonly FeatureColumn[] {
    return this.context.sql.columns;
  }

  private push(step: FittedStep, changed: readonly string[]): void {
    for (const name of changed) {
      this.untouched.delete(name);
      this.known.delete(name);
    }
    this.context.sql.apply(step);
    this.fitted.push(step);
  }

  async step(step: FeatureStep, path: Path): Promise<void> {
    if (step.fill) return this.fill(step.fill, [...path, 'fill']);
    if (step.clip) return this.clip(step.clip, [...path, 'clip']);
    if (step.derive) {
      for (const [name, expression] of Object.entries(step.derive))
        this.derive(name, expression, [...path, 'derive', name]);
      return;
    }
    if (step.standardize) return this.standardize(step.standardize.columns, [...path, 'standardize']);
    if (step['min-max']) return this.minMax(step['min-max'].columns, [...path, 'min-max']);
    if (step['one-hot']) return this.oneHot(step['one-hot'], [...path, 'one-hot']);
    if (step.ordinal) return this.ordinal(step.ordinal, [...path, 'ordinal']);
    if (step['missing-indicator'])
      return this.missingIndicator(step['missing-indicator'].columns, [...path, 'missing-indicator']);
    if (step.drop) {
      const columns = this.choose(step.drop.columns, [...path, 'drop']).map(({ name }) => name);
      if (columns.length > 0) this.push({ step: 'drop', columns }, columns);
      return;
    }
    throw new Error('a feature step of no known kind');
  }

  /** Columns that a step names, or a group of the current ones by type. */
  private choose(list: ColumnList, path: Path): FeatureColumn[] {
    const at = [...path, 'columns'];
    const { columns } = this;
    if (typeof list === 'string' && !columns.some(({ name }) => name === list)) {
      const group = groupOf(columns, list);
      if (group) {
        if (group.length === 0)
          this.context.note('info', `No ${list === 'all' ? '' : `${list} `}column is left for this step.`, {
            path: at,
          });
        return group;
      }
    }
    const byName = new Map(columns.map((column) => [column.name, column]));
    return (typeof list === 'string' ? [list] : list).map((name, i) => {
      const column = byName.get(name);
      if (column) return column;
      const here = typeof list === 'string' ? at : [...at, i];
      const reason =
        this.context.whyNot(name) ??
        (this.fitted.some((step) => goneWith(step, name)) ? 'was encoded or dropped by a step above' : undefined);
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

  /** As {@link choose}, for steps on numbers. */
  private chooseNumbers(list: ColumnList, path: Path, step: string): string[] {
    const columns = this.choose(list, path);
    const odd = columns.find(({ kind }) => kind === 'text');
    if (odd) {
      throw new UserError({
        code: 'data-step-type',
        message: `'${step}' works on numbers, but the column '${odd.name}' is text.`,
        hint:
          list === 'all'
            ? "Write 'columns: numeric'."
            : `Leave it out, encode it first (one-hot, ordinal), or set 'columns.types: {${odd.name}: number}'.`,
        path: [...path, 'columns'],
      });
    }
    return columns.map(({ name }) => name);
  }

  private async moments(names: readonly string[]): Promise<Moments[]> {
    const unknown = names.filter((name) => !this.known.has(name));
    if (unknown.length > 0) {
      const found = await readMoments(this.context.database, this.context.sql.select(unknown));
      unknown.forEach((name, i) => this.known.set(name, found[i] as Moments));
    }
    return names.map((name) => this.known.get(name) as Moments);
  }

  /** Quantiles by column, in the order of the probabilities. */
  private async quantiles(names: readonly string[], probabilities: readonly number[]): Promise<number[][]> {
    const found = new Map<string, number[]>();
    const unknown: string[] = [];
    for (const name of names) {
      const raw =
        this.untouched.has(name) && this.known.has(name) ? this.context.profiles.get(name)?.quantiles : undefined;
      if (raw && probabilities.every((p) => raw.has(p)))
        found.set(
          name,
          probabilities.map((p) => raw.get(p) as number),
        );
      else unknown.push(name);
    }
    await readHeld(this.context.database, this.context.sql.select(unknown), this.context.rows, (i, { values }) => {
      found.set(unknown[i] as string, new Ranks(values).quantiles(probabilities));
    });
    return names.map((name) => found.get(name) as number[]);
  }

  private async fill({ columns: list, with: how }: NonNullable<FeatureStep['fill']>, path: Path): Promise<void> {
    const chosen = this.choose(list, path);
    if (chosen.length === 0) return;
    const names = chosen.map(({ name }) => name);
    const values =
      typeof how === 'object'
        ? chosen.map((column) => fixedValue(column, how.value, path))
        : await this.statistic(list, how, path);
    const before = new Map(names.map((name) => [name, this.known.get(name)]));
    this.push({ step: 'fill', columns: names, values }, names);
    names.forEach((name, i) => {
      const [moments, value] = [before.get(name), values[i]];
      if (moments && typeof value === 'number') this.known.set(name, filled(moments, value));
    });
  }

  private async statistic(list: ColumnList, how: 'mean' | 'median' | 'mode', path: Path): Promise<Category[]> {
    if (how === 'mode') {
      const chosen = this.choose(list, path);
      const values = await this.topValues(chosen, 1);
      return chosen.map(({ name, kind }, i) => {
        const top = values[i]?.top[0]?.value;
        return top ?? this.nothingKnown(name, kind, path);
      });
    }
    const names = this.chooseNumbers(list, path, `fill with ${how}`);
    const statistics =
      how === 'mean'
        ? (await this.moments(names)).map(({ mean }) => mean)
        : (await this.quantiles(names, [0.5])).map(([median]) => median ?? NaN);
    return names.map((name, i) => {
      const value = Math.fround(statistics[i] ?? NaN);
      return Number.isFinite(value) ? value : this.nothingKnown(name, 'number', path);
    });
  }

  private nothingKnown(name: string, kind: FeatureColumn['kind'], path: Path): Category {
    this.context.note('warning', `The column '${name}' has no value in the training split to fill with; 0 is put in.`, {
      code: 'data-fill-nothing',
      path,
    });
    return kind === 'text' ? '0' : 0;
  }

  private async topValues(
    columns: readonly FeatureColumn[],
    most: number,
  ): Promise<{ top: { value: Category }[]; distinct: number }[]> {
    const found = new Map<string, { top: { value: Category }[]; distinct: number }>();
    for (const { name, kind } of columns) {
      const { categories, distinct } = this.context.profiles.get(name)?.info ?? {};
      if (kind !== 'text' || !this.untouched.has(name) || !categories || distinct === undefined) continue;
      if (categories.length < Math.min(most, distinct)) continue;
      found.set(name, { top: categories.slice(0, most).map(({ value }) => ({ value: String(value) })), distinct });
    }
    for (const text of [true, false]) {
      const part = columns.filter(({ name, kind }) => (kind === 'text') === text && !found.has(name));
      if (part.length === 0) continue;
      const values = await readValues(
        this.context.database,
        this.context.sql.select(part.map(({ name }) => name)),
        most,
      );
      part.forEach(({ name }, i) => {
        const { top = [], distinct = 0 } = values[i] ?? {};
        found.set(name, { top: top.map(({ value }) => ({ value: text ? cellText(value) : Number(value) })), distinct });
      });
    }
    return columns.map(({ name }) => found.get(name) ?? { top: [], distinct: 0 });
  }

  private async clip({ columns: list, quantiles, range }: NonNullable<FeatureStep['clip']>, path: Path): Promise<void> {
    const limits = quantiles ?? range;
    if (!limits || (quantiles && range)) {
      throw new UserError({
        code: 'data-clip-limits',
        message: quantiles ? "'clip' takes quantiles or a range, not both." : "'clip' needs quantiles or a range.",
        hint: 'For example quantiles: [0.01, 0.99], or range: [0, 100].',
        path,
      });
    }
    if (limits[0] > limits[1]) {
      throw new UserError({
        code: 'data-clip-limits',
        message: `The lower limit ${limits[0]} is above the upper limit ${limits[1]}.`,
        path: [...path, quantiles ? 'quantiles' : 'range'],
      });
    }
    const names = this.chooseNumbers(list, path, 'clip');
    if (names.length === 0) return;
    const found = quantiles ? await this.quantiles(names, quantiles) : names.map(() => [...limits]);
    const bound = (at: 0 | 1, none: number): number[] =>
      found.map((values) => {
        const value = Math.fround(values[at] ?? none);
        return Number.isFinite(value) ? value : none;
      });
    this.push({ step: 'clip', columns: names, low: bound(0, -FLOAT_MAX), high: bound(1, FLOAT_MAX) }, names);
  }

  private derive(name: string, expression: string, path: Path): void {
    const types = new Map(this.columns.map((column) => [column.name, column.kind]));
    const { tree, checked } = readExpression(expression, types, path);
    const [obstacle] = whyNotServed(tree, checked);
    if (obstacle) {
      throw new UserError({
        code: 'data-not-servable',
        message: `'${expression}' can't be computed by a served model: ${obstacle.reason}.`,
        hint: 'Compute it in the source: source: {sql: …}.',
        path,
      });
    }
    const kind = checked.type;
    if (kind === undefined || kind === 'time')
      throw new UserError({
        code: 'data-not-servable',
        message: `'${expression}' gives a time; a feature is a number, text or boolean.`,
        path,
      });
    const others = new Set(
      this.columns.filter((column) => column.name !== name).map((column) => column.name.toLowerCase()),
    );
    if (others.has(name.toLowerCase())) {
      throw new UserError({
        code: 'data-name-taken',
        message: `There is a column whose name differs from '${name}' in case only.`,
        hint: 'Choose another name.',
        path,
      });
    }
    const reason = this.context.whyNot(name);
    if (reason !== undefined && !types.has(name)) {
      throw new UserError({
        code: 'data-name-taken',
        message: `The column '${name}' ${reason}; a derived feature needs another name.`,
        path,
      });
    }
    const uses = [...new Set(checked.names.map((one) => one.name))];
    this.push({ step: 'derive', column: name, expression, kind, uses }, [name]);
  }

  private async standardize(list: ColumnList, path: Path): Promise<void> {
    const names = this.chooseNumbers(list, path, 'standardize');
    if (names.length === 0) return;
    const moments = await this.moments(names);
    const mean = moments.map((one) => finite(one.mean, 0));
    const std = moments.map((one) => (one.max > one.min ? finite(deviation(one), 1) || 1 : 1));
    this.push({ step: 'standardize', columns: names, mean, std }, names);
  }

  private async minMax(list: ColumnList, path: Path): Promise<void> {
    const names = this.chooseNumbers(list, path, 'min-max');
    if (names.length === 0) return;
    const moments = await this.moments(names);
    const min = moments.map((one) => finite(one.min, 0));
    const range = moments.map((one, i) => finite(Math.fround(one.max) - (min[i] ?? 0), 1) || 1);
    this.push({ step: 'min-max', columns: names, min, range }, names);
  }

  private async oneHot(
    { columns: list, 'max-categories': most = MAX_CATEGORIES }: NonNullable<FeatureStep['one-hot']>,
    path: Path,
  ): Promise<void> {
    const columns = this.choose(list, path);
    const values = await this.topValues(columns, most);
    columns.forEach((column, i) => {
      const { top = [], distinct = 0 } = values[i] ?? {};
      if (distinct > top.length) {
        this.context.note(
          'info',
          `'${column.name}' has ${distinct.toLocaleString('en')} categories; the ${top.length} most frequent become features, the others give zeros.`,
          { path },
        );
      }
      this.encode(
        column,
        top.map(({ value }) => value),
      );
    });
  }

  private encode({ name, kind }: FeatureColumn, found: readonly Category[], implicit?: true): void {
    const mark = implicit ? { implicit } : {};
    if (found.length === 0) {
      this.context.note('warning', `The column '${name}' has no value in the training split; it is dropped.`, {
        code: 'data-no-categories',
      });
      this.push({ step: 'drop', columns: [name], ...mark }, [name]);
      return;
    }
    const categories = sorted(found);
    const taken = new Set(
      this.columns.filter((column) => column.name !== name).map((column) => column.name.toLowerCase()),
    );
    const features = categories.map((category) => {
      const feature = freeName(`${name}=${categoryName(category, kind)}`, taken);
      taken.add(feature.toLowerCase());
      return feature;
    });
    this.push({ step: 'one-hot', column: name, categories, features, ...mark }, [name]);
  }

  private async ordinal({ columns: list, order }: NonNullable<FeatureStep['ordinal']>, path: Path): Promise<void> {
    const columns = this.choose(list, path);
    const values = await this.topValues(columns, 10_000);
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
      const categories = order ? stated(order, kind, name, [...path, 'order']) : sorted(found);
      const strangers = found.filter((value) => !categories.includes(value));
      if (strangers.length > 0) {
        this.context.note(
          'warning',
          `'${name}' has categories that 'order' does not list; they become -1: ${strangers.slice(0, 5).join(', ')}${strangers.length > 5 ? ', …' : ''}.`,
          { code: 'data-order-incomplete', path: [...path, 'order'] },
        );
      }
      if (categories.length === 0) this.encode({ name, kind }, []);
      else this.push({ step: 'ordinal', column: name, categories }, [name]);
    }
  }

  private missingIndicator(list: ColumnList, path: Path): void {
    const columns = this.choose(list, path).map(({ name }) => name);
    if (columns.length === 0) return;
    const taken = new Set(this.columns.map(({ name }) => name.toLowerCase()));
    const features = columns.map((name) => {
      const feature = freeName(`${name}_missing`, taken);
      taken.add(feature.toLowerCase());
      return feature;
    });
    this.push({ step: 'missing-indicator', columns, features }, []);
  }

  /** Texts that no step made into numbers. */
  async complete(): Promise<void> {
    const texts = this.columns.filter(({ kind }) => kind === 'text');
    if (texts.length === 0) return;
    const values = await this.topValues(texts, MAX_CATEGORIES);
    const names: string[] = [];
    texts.forEach((column, i) => {
      const { top = [], distinct = 0 } = values[i] ?? {};
      if (distinct > MAX_CATEGORIES && distinct > this.context.rows / 2) {
        this.context.note(
          'warning',
          `The text column '${column.name}' has ${distinct.toLocaleString('en')} different values in ${this.context.rows.toLocaleString('en')} rows; it looks like an id or free text and is no feature.`,
          {
            code: 'data-text-dropped',
            hint: `List it under 'columns.id' or 'columns.drop'; to encode it nevertheless, add a step 'one-hot: {columns: ${column.name}}'.`,
          },
        );
        this.push({ step: 'drop', columns: [column.name], implicit: true }, [column.name]);
        return;
      }
      names.push(column.name);
      this.encode(
        column,
        top.map(({ value }) => value),
        true,
      );
    });
    if (names.length > 0) {
      this.context.note(
        'info',
        `Text columns without a step are one-hot encoded (at most ${MAX_CATEGORIES} categories each): ${names.slice(0, 8).join(', ')}${names.length > 8 ? `, … (${names.length})` : ''}.`,
      );
    }
  }
}

function groupOf(columns: readonly FeatureColumn[], name: string): FeatureColumn[] | undefined {
  if (name === 'all') return [...columns];
  const kind = name === 'numeric' ? 'number' : name === 'text' || name === 'boolean' ? name : undefined;
  return kind && columns.filter((column) => column.kind === kind);
}

function goneWith(step: FittedStep, name: string): boolean {
  if (step.step === 'drop') return step.columns.includes(name);
  return step.step === 'one-hot' && step.column === name;
}

function finite(value: number, otherwise: number): number {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) ? rounded : otherwise;
}

function sorted(categories: readonly Category[]): Category[] {
  return categories.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function categoryName(category: Category, kind: FeatureColumn['kind']): string {
  if (typeof category === 'string') return category;
  return kind === 'boolean' ? String(category === 1) : shortFloat(category);
}

function fixedValue({ name, kind }: FeatureColumn, value: number | string | boolean, path: Path): Category {
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

function stated(order: readonly string[], kind: FeatureColumn['kind'], name: string, path: Path): Category[] {
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
