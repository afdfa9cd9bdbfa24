import type { Column } from './columns';

/**
 * The shape of features in the making: the columns at hand after each fitted step. Both lowerings and the fitting follow it, so they agree on names
 * and order.
 */
export interface FeatureColumn {
  readonly name: string;
  /**
   * Numbers are float32, missing NULL or NaN; booleans are 0/1 features, possibly missing; texts are non-empty or missing. Words and tokens are float32 made of a
   * text: final features that no later step sees. Times are there for their parts alone, and never a feature.
   */
  readonly kind: 'number' | 'boolean' | 'text' | 'word' | 'token' | 'time';
}

/** What a date has that a model can read. */
export type DatePart = 'year' | 'quarter' | 'month' | 'day' | 'weekday' | 'day-of-year' | 'hour' | 'minute' | 'days';

/** Parts of a date or time, float32 each. */
export interface DateParts {
  readonly step: 'date-parts';
  readonly column: string;
  readonly parts: readonly DatePart[];
  readonly features: readonly string[];
}

/** A word that texts are split into, as it is learnt. */
interface Words {
  readonly column: string;
  readonly features: readonly string[];
  /** The words; tokens are their indexes and 2. */
  readonly vocabulary: readonly string[];
  /** Unusual ways of writing them that training had: `[form, index]`. */
  readonly forms: readonly (readonly [string, number])[];
  /** `Free` is `free`. */
  readonly fold: boolean;
  /** Characters of the shortest word. */
  readonly shortest: number;
}

export interface BagOfWords extends Words {
  readonly step: 'bag-of-words';
  /** What each feature counts: a word, or a sequence of words, by index. */
  readonly terms: readonly (readonly number[])[];
  readonly weight: 'tf-idf' | 'count' | 'binary';
  /** One a feature, of tf-idf. */
  readonly idf?: readonly number[];
}

export interface Tokenize extends Words {
  readonly step: 'tokenize';
}

/** Pixels of an image, from 0 to 1, row by row with the channels side by side: out of a text of two hexadecimal digits a value. */
export interface Pixels {
  readonly step: 'pixels';
  readonly column: string;
  readonly features: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly implicit: true;
}

export type OpenKind = Exclude<FeatureColumn['kind'], 'word' | 'token' | 'time'>;

/** May steps name this column? */
export function isOpen({ kind }: FeatureColumn): boolean {
  return kind !== 'word' && kind !== 'token' && kind !== 'time';
}

/** The features in their order: those of texts last, tokens after words. */
export function inOrder(columns: readonly FeatureColumn[]): FeatureColumn[] {
  const of = (kind: FeatureColumn['kind']): FeatureColumn[] => columns.filter((column) => column.kind === kind);
  return [...columns.filter(isOpen), ...of('word'), ...of('token')];
}

/** A category as one of its column's values. */
export type Category = string | number;

/** A feature step with its learnt statistics, as plain data; every number is a float32. */
export type FittedStep =
  | { readonly step: 'fill'; readonly columns: readonly string[]; readonly values: readonly Category[] }
  | {
      readonly step: 'clip';
      readonly columns: readonly string[];
      readonly low: readonly number[];
      readonly high: readonly number[];
    }
  | {
      readonly step: 'derive';
      readonly column: string;
      readonly expression: string;
      readonly kind: FeatureColumn['kind'];
      readonly uses: readonly string[];
    }
  | {
      readonly step: 'standardize';
      readonly columns: readonly string[];
      readonly mean: readonly number[];
      readonly std: readonly number[];
    }
  | {
      readonly step: 'min-max';
      readonly columns: readonly string[];
      readonly min: readonly number[];
      readonly range: readonly number[];
    }
  | {
      readonly step: 'one-hot';
      readonly column: string;
      readonly categories: readonly Category[];
      readonly features: readonly string[];
      /** Not asked for: completed so that any model can train. */
      readonly implicit?: true;
    }
  | { readonly step: 'ordinal'; readonly column: string; readonly categories: readonly Category[] }
  | BagOfWords
  | DateParts
  | Tokenize
  | Pixels
  | {
      readonly step: 'missing-indicator';
      readonly columns: readonly string[];
      readonly features: readonly string[];
    }
  | { readonly step: 'drop'; readonly columns: readonly string[]; readonly implicit?: true };

/** The raw columns that steps begin with. */
export function startColumns(columns: readonly Pick<Column, 'name' | 'type'>[]): FeatureColumn[] {
  return columns.map(({ name, type }) => ({ name, kind: type }));
}

/** The columns after a step. What a step adds comes last. */
export function advance(columns: readonly FeatureColumn[], step: FittedStep): FeatureColumn[] {
  switch (step.step) {
    case 'fill': {
      // A boolean filled with a mean is none any more.
      const fractions = new Set(step.columns.filter((_, i) => step.values[i] !== 0 && step.values[i] !== 1));
      return columns.map((column) =>
        column.kind === 'boolean' && fractions.has(column.name) ? { ...column, kind: 'number' } : column,
      );
    }
    case 'clip':
    case 'standardize':
    case 'min-max': {
      const changed = new Set(step.columns);
      return columns.map((column) => (changed.has(column.name) ? { ...column, kind: 'number' } : column));
    }
    case 'derive': {
      const made: FeatureColumn = { name: step.column, kind: step.kind };
      const at = columns.findIndex(({ name }) => name === step.column);
      return at < 0 ? [...columns, made] : columns.with(at, made);
    }
    case 'one-hot':
      return [
        ...columns.filter(({ name }) => name !== step.column),
        ...step.features.map((name): FeatureColumn => ({ name, kind: 'boolean' })),
      ];
    case 'ordinal':
      return columns.map((column) => (column.name === step.column ? { ...column, kind: 'number' } : column));
    case 'bag-of-words':
    case 'pixels':
    case 'tokenize': {
      const kind = step.step === 'tokenize' ? 'token' : 'word';
      // The text stays, for another step to read it in its way.
      return [...columns, ...step.features.map((name): FeatureColumn => ({ name, kind }))];
    }
    case 'date-parts':
      return [...columns, ...step.features.map((name): FeatureColumn => ({ name, kind: 'number' }))];
    case 'missing-indicator':
      return [...columns, ...step.features.map((name): FeatureColumn => ({ name, kind: 'boolean' }))];
    case 'drop': {
      const gone = new Set(step.columns);
      return columns.filter(({ name }) => !gone.has(name));
    }
  }
}

/** What is left of fitted steps when only some features are wanted, and the raw columns it takes. */
export function prune(
  raw: readonly FeatureColumn[],
  steps: readonly FittedStep[],
  features: readonly string[],
): { steps: FittedStep[]; inputs: FeatureColumn[] } {
  const live = new Set(features);
  const kept: FittedStep[] = [];
  for (const step of steps.toReversed()) {
    const left = liveStep(step, live);
    if (left) kept.unshift(left);
  }
  const inputs = raw.filter(({ name }) => live.has(name));
  // Columns that are not made any more can't be dropped either.
  let columns: FeatureColumn[] = inputs;
  const result: FittedStep[] = [];
  for (const step of kept) {
    const there = new Set(columns.map(({ name }) => name));
    const next = step.step === 'drop' ? { ...step, columns: step.columns.filter((name) => there.has(name)) } : step;
    if (next.step === 'drop' && next.columns.length === 0) continue;
    columns = advance(columns, next);
    result.push(next);
  }
  return { steps: result, inputs };
}

/** The part of a step that makes something live; turns `live` from what is needed after the step into what is needed before. */
function liveStep(step: FittedStep, live: Set<string>): FittedStep | undefined {
  const pick = <T>(list: readonly T[], columns: readonly string[]): T[] =>
    list.filter((_, i) => live.has(columns[i] ?? ''));
  switch (step.step) {
    case 'fill':
    case 'clip':
    case 'standardize':
    case 'min-max': {
      const { columns } = step;
      if (!columns.some((name) => live.has(name))) return undefined;
      if (step.step === 'fill') return { ...step, columns: pick(columns, columns), values: pick(step.values, columns) };
      if (step.step === 'clip')
        return {
          ...step,
          columns: pick(columns, columns),
          low: pick(step.low, columns),
          high: pick(step.high, columns),
        };
      if (step.step === 'standardize')
        return {
          ...step,
          columns: pick(columns, columns),
          mean: pick(step.mean, columns),
          std: pick(step.std, columns),
        };
      return {
        ...step,
        columns: pick(columns, columns),
        min: pick(step.min, columns),
        range: pick(step.range, columns),
      };
    }
    case 'derive':
      if (!live.delete(step.column)) return undefined;
      for (const name of step.uses) live.add(name);
      return step;
    case 'one-hot':
    case 'bag-of-words':
    case 'pixels':
    case 'tokenize':
      if (!step.features.some((name) => live.has(name))) return undefined;
      for (const name of step.features) live.delete(name);
      live.add(step.column);
      return step;
    case 'date-parts': {
      const { features } = step;
      if (!features.some((name) => live.has(name))) return undefined;
      const left = { ...step, parts: pick(step.parts, features), features: pick(features, features) };
      for (const name of left.features) live.delete(name);
      live.add(step.column);
      return left;
    }
    case 'ordinal':
      return live.has(step.column) ? step : undefined;
    case 'missing-indicator': {
      const { features } = step;
      if (!features.some((name) => live.has(name))) return undefined;
      const left = { ...step, columns: pick(step.columns, features), features: pick(features, features) };
      for (const name of left.features) live.delete(name);
      for (const name of left.columns) live.add(name);
      return left;
    }
    case 'drop':
      return step;
  }
}

/** The columns that steps may name, for as long as they don't change. */
export function kinds(columns: readonly FeatureColumn[]): Map<string, OpenKind> {
  return new Map(
    columns.flatMap(({ name, kind }) => (kind === 'word' || kind === 'token' || kind === 'time' ? [] : [[name, kind]])),
  );
}

/** A name that no column has, also not in another case: Parquet readers see none. */
export function freeName(wished: string, taken: ReadonlySet<string>): string {
  let name = wished;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wished} (${n})`;
  return name;
}

export function sorted(categories: readonly Category[]): Category[] {
  return categories.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A category as it stands in a feature's name. */
export function categoryName(category: Category, kind: FeatureColumn['kind']): string {
  if (typeof category === 'string') return category;
  return kind === 'boolean' ? String(category === 1) : shortFloat(category);
}

/** A float32 in as few digits as tell it from its neighbours: 0.1, not 0.10000000149011612. */
function shortFloat(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(value);
}
