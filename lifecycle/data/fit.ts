import type { ColumnList, DataStage, FeatureStep } from '../../schemas/generated/types';
import { whyNotServed } from '../expression';
import { UserError } from '../problem';
import type { Database } from '../table';
import { type Choice, chooseFeatures, chooseNumbers, chooseTimes, fixedValue, type Path } from './choose';
import { readExpression } from './expressions';
import { type Category, type FeatureColumn, type FittedStep, freeName, kinds } from './feature-columns';
import { type CategoryContext, fitLeftTexts, fitOneHot, fitOrdinal } from './fit-categories';
import { fitTexts } from './fit-words';
import { deviation, filled } from './moments';
import type { PictureSizes } from '../image';
import { type ColumnProfile } from './profile';
import { Statistics } from './statistics';
import { type FeatureSql } from './to-sql';
import { type WordStatistics } from './vocabulary';

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
  /** The column that holds the pixels of images. */
  readonly image?: PixelColumn;
  /** Why a column that is in the data is no feature: `is the target`. */
  readonly whyNot: (name: string) => string | undefined;
  readonly onProgress?: (fraction: number) => void;
}

/** A column of texts that are pixels. */
export interface PixelColumn {
  readonly column: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Of the files, before they were resized. */
  readonly sizes?: PictureSizes;
}

export interface Fitted {
  readonly steps: readonly FittedStep[];
  readonly columns: readonly FeatureColumn[];
  /** What text steps saw, by column. */
  readonly words: ReadonlyMap<string, WordStatistics>;
}

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
  if (context.image) fitter.pixels(context.image);
  for (const [i, step] of steps.entries()) {
    await fitter.step(step, ['features', i]);
    context.onProgress?.((i + 1) / (steps.length + 1));
  }
  await fitter.complete();
  return { steps: fitter.fitted, columns: fitter.columns, words: fitter.words };
}

class Fitter {
  readonly fitted: FittedStep[] = [];
  readonly words = new Map<string, WordStatistics>();
  private readonly statistics: Statistics;

  constructor(private readonly context: FitContext) {
    const { database, sql, rows, profiles } = context;
    this.statistics = new Statistics(database, sql, rows, profiles);
  }

  get columns(): readonly FeatureColumn[] {
    return this.context.sql.columns;
  }

  private push(step: FittedStep, changed: readonly string[]): void {
    this.statistics.forget(changed);
    this.context.sql.apply(step);
    this.fitted.push(step);
  }

  private get choice(): Choice {
    const { note, whyNot } = this.context;
    return {
      columns: this.columns,
      steps: this.fitted,
      whyNot,
      none: (message, path) => note('info', message, { path }),
    };
  }

  private choose(list: ColumnList, path: Path): FeatureColumn[] {
    return chooseFeatures(this.choice, list, path);
  }

  private chooseNumbers(list: ColumnList, path: Path, step: string): string[] {
    return chooseNumbers(this.choice, list, path, step);
  }

  /** Before all other steps, for which the texts of pixels are no column. */
  pixels({ column, height, width, channels }: PixelColumn): void {
    if (!this.columns.some(({ name }) => name === column)) return;
    const taken = new Set(this.columns.map(({ name }) => name.toLowerCase()));
    const features = Array.from({ length: height * width * channels }, (_, i) => freeName(`pixel ${i + 1}`, taken));
    this.push({ step: 'pixels', column, features, height, width, channels, implicit: true }, []);
    this.push({ step: 'drop', columns: [column], implicit: true }, [column]);
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
    if (step['one-hot']) {
      const at = [...path, 'one-hot'];
      return fitOneHot(this.choose(step['one-hot'].columns, at), step['one-hot'], at, this.categories);
    }
    if (step.ordinal) {
      const at = [...path, 'ordinal'];
      return fitOrdinal(this.choose(step.ordinal.columns, at), step.ordinal.order, at, this.categories);
    }
    if (step['bag-of-words'] ?? step.tokenize)
      return fitTexts(step, path, {
        ...this.context,
        choice: this.choice,
        push: (fitted) => this.push(fitted, []),
        saw: (column, words) => this.words.set(column, words),
      });
    if (step['date-parts']) return this.dateParts(step['date-parts'], [...path, 'date-parts']);
    if (step['missing-indicator'])
      return this.missingIndicator(step['missing-indicator'].columns, [...path, 'missing-indicator']);
    if (step.drop) {
      const columns = this.choose(step.drop.columns, [...path, 'drop']).map(({ name }) => name);
      if (columns.length > 0) this.push({ step: 'drop', columns }, columns);
      return;
    }
    throw new Error('a feature step of no known kind');
  }

  private async fill({ columns: list, with: how }: NonNullable<FeatureStep['fill']>, path: Path): Promise<void> {
    const chosen = this.choose(list, path);
    if (chosen.length === 0) return;
    const names = chosen.map(({ name }) => name);
    const values =
      typeof how === 'object'
        ? chosen.map((column) => fixedValue(column, how.value, path))
        : await this.statistic(list, how, path);
    const before = new Map(names.map((name) => [name, this.statistics.remembered(name)]));
    this.push({ step: 'fill', columns: names, values }, names);
    names.forEach((name, i) => {
      const [moments, value] = [before.get(name), values[i]];
      if (moments && typeof value === 'number') this.statistics.remember(name, filled(moments, value));
    });
  }

  private async statistic(list: ColumnList, how: 'mean' | 'median' | 'mode', path: Path): Promise<Category[]> {
    if (how === 'mode') {
      const chosen = this.choose(list, path);
      const values = await this.statistics.topValues(chosen, 1);
      return chosen.map(({ name, kind }, i) => {
        const top = values[i]?.top[0]?.value;
        return top ?? this.nothingKnown(name, kind, path);
      });
    }
    const names = this.chooseNumbers(list, path, `fill with ${how}`);
    const statistics =
      how === 'mean'
        ? (await this.statistics.moments(names)).map(({ mean }) => mean)
        : (await this.statistics.quantiles(names, [0.5])).map(([median]) => median ?? NaN);
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
    const found = quantiles ? await this.statistics.quantiles(names, quantiles) : names.map(() => [...limits]);
    const bound = (at: 0 | 1, none: number): number[] =>
      found.map((values) => {
        const value = Math.fround(values[at] ?? none);
        return Number.isFinite(value) ? value : none;
      });
    this.push({ step: 'clip', columns: names, low: bound(0, -FLOAT_MAX), high: bound(1, FLOAT_MAX) }, names);
  }

  private derive(name: string, expression: string, path: Path): void {
    const types = kinds(this.columns);
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
    const moments = await this.statistics.moments(names);
    const mean = moments.map((one) => finite(one.mean, 0));
    const std = moments.map((one) => (one.max > one.min ? finite(deviation(one), 1) || 1 : 1));
    this.push({ step: 'standardize', columns: names, mean, std }, names);
  }

  private async minMax(list: ColumnList, path: Path): Promise<void> {
    const names = this.chooseNumbers(list, path, 'min-max');
    if (names.length === 0) return;
    const moments = await this.statistics.moments(names);
    const min = moments.map((one) => finite(one.min, 0));
    const range = moments.map((one, i) => finite(Math.fround(one.max) - (min[i] ?? 0), 1) || 1);
    this.push({ step: 'min-max', columns: names, min, range }, names);
  }

  private get categories(): CategoryContext {
    const { note, rows } = this.context;
    return {
      columns: () => this.columns,
      rows,
      statistics: this.statistics,
      note,
      push: (step, changed) => this.push(step, changed),
    };
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

  private dateParts({ columns: list, parts }: NonNullable<FeatureStep['date-parts']>, path: Path): void {
    for (const column of chooseTimes(this.choice, list, path)) {
      const taken = new Set(this.columns.map(({ name }) => name.toLowerCase()));
      const wanted = [...new Set(parts ?? (['year', 'month', 'day', 'weekday'] as const))];
      const features = wanted.map((part) => {
        const feature = freeName(`${column}_${part.replaceAll('-', '_')}`, taken);
        taken.add(feature.toLowerCase());
        return feature;
      });
      this.push({ step: 'date-parts', column, parts: [...wanted], features }, []);
    }
  }

  /** Texts that no step made into numbers. */
  complete(): Promise<void> {
    return fitLeftTexts(new Set(this.words.keys()), this.categories);
  }
}

function finite(value: number, otherwise: number): number {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) ? rounded : otherwise;
}
