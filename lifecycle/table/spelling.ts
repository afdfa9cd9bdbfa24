/**
 * Numbers and dates as people and spreadsheets write them: `1.234,56 €`, `(1,234.50)`, `31.12.2024`, `3 Jan 2024 4:05 pm`. Recognised here without
 * DuckDB, so that the editor and the reader agree, and lowered to SQL for the reading itself.
 */
import { identifier, text, texts } from './quote';

export type Decimal = '.' | ',';

const CURRENCY =
  '(?:[$€£¥₹₩₽₺]|US\\$|[Kk][Rr]\\.?|zł|Kč|Fr\\.|EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|AUD|CAD|NZD|BRL|MXN|ZAR)';
/** A blank of any width: between thousands, and before a sign of currency. */
const BLANK = '[ \\x{a0}\\x{202f}\\x{2009}]';

/** What a number looks like, as a pattern of RE2. The sign may stand behind it (as SAP writes it), or brackets around it (as accountants do). */
function numberPattern(decimal: Decimal): string {
  const group = decimal === ',' ? "(?:[.'’]|§)" : "(?:[,'’]|§)";
  const point = decimal === ',' ? ',' : '\\.';
  const whole = `(?:\\d{1,3}(?:G\\d{2,3})*G\\d{3}|\\d+)`.replaceAll('G', group);
  const pattern = `^§*\\(?§*[-+−]?§*(?:${CURRENCY})?§*[-+−]?§*(?:${whole}(?:${point}\\d*)?|${point}\\d+)(?:[eE][-+]?\\d+)?§*(?:${CURRENCY}|%)?§*-?§*\\)?§*$`;
  return pattern.replaceAll('§', BLANK);
}

/** A pattern of RE2 as one of JavaScript. */
function scripted(pattern: string): RegExp {
  return new RegExp(
    pattern.replace(/\\x\{([0-9a-f]+)\}/g, (_, hex: string) => `\\u${hex.padStart(4, '0')}`),
    'u',
  );
}

const patterns: Readonly<Record<Decimal, RegExp>> = {
  '.': scripted(numberPattern('.')),
  ',': scripted(numberPattern(',')),
};

/** Is this a number, when decimals are written so? */
export function isNumber(value: string, decimal: Decimal): boolean {
  return patterns[decimal].test(value);
}

/** The number that a text is, when decimals are written so; NaN when it is none. */
export function numberOf(value: string, decimal: Decimal): number {
  if (!isNumber(value, decimal)) return NaN;
  const digits = /[\d.,](?:.*\d)?[.,]?(?:[eE][-+]?\d+)?/u.exec(value.replace(/Fr\.|[Kk][Rr]\./g, ''))?.[0] ?? '';
  const plain = digits.replace(decimal === ',' ? /[^\d,eE+-]/gu : /[^\d.eE+-]/gu, '').replace(',', '.');
  const negative = /^[^\d]*[-\u2212(]/u.test(value) || /-[^\d]*$/u.test(value);
  return negative ? -Number(plain) : Number(plain);
}

/** Marks the messages of values that are not what their column is; {@link misspelt} reads them. */
const MARK = 'not as the column is written';
const SEPARATOR = '\u001f';

/** SQL that reads the texts of a column as numbers; what is none ends the query with an error that {@link misspelt} knows. */
export function numberSql(column: string, decimal: Decimal): string {
  const { value, isOne, number } = numberParts(column, decimal);
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${isOne} THEN ${number} ELSE ${failure(column, 'DOUBLE')} END`;
}

/** SQL that writes the numbers among the texts of a column plainly (`1234.56`), and leaves other texts as they are. */
export function numberText(column: string, decimal: Decimal): string {
  const { value, isOne, number } = numberParts(column, decimal);
  return `CASE WHEN ${isOne} THEN CAST(${number} AS VARCHAR) ELSE ${value} END`;
}

/** As {@link numberText}, as a number; what is none, plain ones included, ends the query with an error that {@link misspelt} knows. */
export function strictNumber(column: string, decimal: Decimal): string {
  const value = identifier(column);
  return `coalesce(TRY_CAST(${numberText(column, decimal)} AS DOUBLE), CASE WHEN trim(${value}) <> '' THEN ${failure(column, 'DOUBLE')} END)`;
}

function numberParts(column: string, decimal: Decimal): { value: string; isOne: string; number: string } {
  const value = identifier(column);
  const digits = `regexp_extract(regexp_replace(${value}, 'Fr\\.|[Kk][Rr]\\.', ''), '[\\d.,](?:.*\\d)?[.,]?(?:[eE][-+]?\\d+)?')`;
  const kept = `regexp_replace(${digits}, ${text(decimal === ',' ? '[^\\d,eE+-]' : '[^\\d.eE+-]')}, '', 'g')`;
  const plain = decimal === ',' ? `replace(${kept}, ',', '.')` : kept;
  const negative = `regexp_matches(${value}, '^[^\\d]*[-−(]') OR regexp_matches(${value}, '-[^\\d]*$')`;
  return {
    value,
    isOne: `regexp_full_match(${value}, ${text(numberPattern(decimal))})`,
    number: `CAST(${plain} AS DOUBLE) * CASE WHEN ${negative} THEN -1 ELSE 1 END`,
  };
}

/** SQL that reads the texts of a column as dates or times in one of the formats. */
export function dateSql(column: string, formats: readonly string[], type: string): string {
  const value = identifier(column);
  const read = `try_strptime(trim(${value}), ${texts([...formats])})`;
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${read} IS NOT NULL THEN CAST(${read} AS ${type}) ELSE CAST(${failure(column, type)} AS ${type}) END`;
}

/** SQL that writes the dates and times among the texts of a column as ISO has them, and leaves other texts as they are. */
export function dateText(column: string, formats: readonly string[]): string {
  const value = identifier(column);
  const read = `try_strptime(trim(${value}), ${texts([...formats])})`;
  const day = !formats.some((format) => /%[HI]/.test(format));
  return `coalesce(CAST(${day ? `CAST(${read} AS DATE)` : read} AS VARCHAR), ${value})`;
}

function failure(column: string, type: string): string {
  const start = [MARK, column, type, ''].join(SEPARATOR);
  return `error(${text(start)} || ${identifier(column)})`;
}

/** The value that {@link numberSql} or {@link dateSql} stumbled over. */
export function misspelt(error: unknown): { column: string; type: string; value: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const at = error.message.indexOf(`${MARK}${SEPARATOR}`);
  if (at < 0) return undefined;
  const [, column = '', type = '', ...rest] = error.message.slice(at).split(SEPARATOR);
  return { column, type, value: (rest.join(SEPARATOR).split('\n  in: ', 1)[0] ?? '').trim() };
}

/** Days and clocks as `strptime` spells them; a format is one of these, or both with what stands between. */
const days = [
  '%Y-%m-%d',
  '%d.%m.%Y',
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%d %b %Y',
  '%d-%b-%Y',
  '%b %d, %Y',
  '%b %d %Y',
  '%d %B %Y',
  '%B %d, %Y',
  '%d.%m.%y',
  '%d/%m/%y',
  '%m/%d/%y',
] as const;
const clocks = ['%H:%M', '%H:%M:%S', '%H:%M:%S.%f', '%I:%M %p', '%I:%M:%S %p'] as const;
const between = [' ', 'T', ', '] as const;

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const longMonths = 'january february march april may june july august september october november december'.split(' ');

const parts: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  b: `(?<b>${months.join('|')})`,
  B: `(?<b>${longMonths.join('|')})`,
  H: '(?<H>\\d{1,2})',
  I: '(?<I>\\d{1,2})',
  M: '(?<M>\\d{2})',
  S: '(?<S>\\d{2})',
  f: '(?<f>\\d{1,6})',
  p: '(?<p>am|pm)',
};

const formatPatterns = new Map<string, RegExp>();

function patternOf(format: string): RegExp {
  let pattern = formatPatterns.get(format);
  if (!pattern) {
    const body = format.replace(/%(\w)|[^%\w]/g, (all, letter: string | undefined) =>
      letter === undefined ? `\\${all}`.replace('\\ ', ' ') : (parts[letter] ?? '.+?'),
    );
    formatPatterns.set(format, (pattern = new RegExp(`^${body}$`, 'i')));
  }
  return pattern;
}

/** Is this a date or time in the format? A day that does not exist is none. */
export function fitsFormat(value: string, format: string): boolean {
  return momentOf(value, format) !== undefined;
}

interface Moment {
  /** `2024-12-31` */
  readonly day: string;
  /** `18:30:00`; absent where the format has no clock. */
  readonly clock?: string;
}

function momentOf(value: string, format: string): Moment | undefined {
  const found = patternOf(format).exec(value.trim())?.groups;
  if (!found) return undefined;
  const number = (name: string, otherwise: number): number =>
    found[name] === undefined ? otherwise : Number(found[name]);
  // Two digits as strptime has them: 69 is 1969, 68 is 2068.
  const short = number('y', 0);
  const year = number('Y', short + (short < 69 ? 2000 : 1900));
  const month = found['b'] === undefined ? number('m', 1) : months.indexOf(found['b'].slice(0, 3).toLowerCase()) + 1;
  const day = number('d', 1);
  const twelve = number('I', 1);
  const afternoon = found['p']?.toLowerCase() === 'pm' ? 12 : 0;
  const hour = found['I'] === undefined ? number('H', 0) : (twelve % 12) + afternoon;
  const [minute, second] = [number('M', 0), number('S', 0)];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const exists =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= last &&
    hour < 24 &&
    twelve >= 1 &&
    twelve <= 12 &&
    minute < 60 &&
    second < 60;
  if (!exists) return undefined;
  const two = (part: number): string => String(part).padStart(2, '0');
  const written = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  if (found['H'] === undefined && found['I'] === undefined) return { day: written };
  const fraction = found['f'] === undefined ? '' : `.${found['f']}`;
  return { day: written, clock: `${two(hour)}:${two(minute)}:${two(second)}${fraction}` };
}

/** A date or time in ISO form, by the first of the formats that fits; undefined when none does. */
export function isoOf(value: string, formats: readonly string[]): string | undefined {
  for (const format of formats) {
    const moment = momentOf(value, format);
    if (moment) return moment.clock === undefined ? moment.day : `${moment.day}T${moment.clock}`;
  }
  return undefined;
}

const ISO = /^\s*\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$/;

/** All formats that can be found out, those of the first value that there is. */
function formatsOf(value: string): string[] {
  // Each has the digits of a year. Most texts have none, and making all patterns for them is the longest part of looking at a small file.
  if (!/\d/.test(value)) return [];
  const all = days.flatMap((day) => [day, ...between.flatMap((gap) => clocks.map((clock) => `${day}${gap}${clock}`))]);
  return all.filter((format) => fitsFormat(value, format));
}

export interface DateReading {
  /** Formats in the order they are tried. */
  readonly formats: readonly string[];
  readonly type: 'DATE' | 'TIMESTAMP';
  /** Other formats that would fit each value as well: which is meant can't be told. */
  readonly rivals: readonly string[];
}

/**
 * How the dates of a column are written, when each of its values is one. Besides one other format ISO dates may stand in it; a column of ISO
 * dates alone needs no format.
 *
 * @param given formats that the stage states; then nothing is guessed
 */
export function datesOf(values: readonly string[], given: readonly string[] = []): DateReading | undefined {
  const distinct = [...new Set(values)];
  const foreign = distinct.filter((value) => !ISO.test(value));
  const [first] = foreign;
  if (first === undefined) return undefined;
  if (given.length > 0) {
    const fits = distinct.every((value) => given.some((format) => fitsFormat(value, format)) || ISO.test(value));
    if (!fits) return undefined;
    return { formats: withIso(given, distinct), type: typeOf(distinct, given), rivals: [] };
  }
  const open = formatsOf(first).filter((format) => foreign.every((value) => fitsFormat(value, format)));
  const [format, ...rivals] = open;
  if (format === undefined) return undefined;
  return { formats: withIso([format], distinct), type: typeOf(distinct, [format]), rivals: same(format, rivals) };
}

/** `%b` and `%B` say the same of May: only formats that mean another day are rivals. */
function same(format: string, rivals: readonly string[]): string[] {
  const folded = (each: string): string => each.replace('%B', '%b');
  return rivals.filter((each) => folded(each) !== folded(format));
}

function withIso(formats: readonly string[], values: readonly string[]): string[] {
  const iso = ['%Y-%m-%d', ...[' ', 'T'].flatMap((gap) => clocks.slice(0, 3).map((clock) => `%Y-%m-%d${gap}${clock}`))];
  const some = iso.filter((format) => values.some((value) => fitsFormat(value, format)));
  return [...new Set([...formats, ...some])];
}

function typeOf(values: readonly string[], formats: readonly string[]): 'DATE' | 'TIMESTAMP' {
  return formats.some((format) => /%[HI]/.test(format)) ||
    values.some((value) => ISO.test(value) && value.includes(':'))
    ? 'TIMESTAMP'
    : 'DATE';
}

/** The formats that a source states. */
export function statedFormats(source: { readonly 'date-format'?: string | readonly string[] }): readonly string[] {
  const format = source['date-format'];
  return format === undefined ? [] : typeof format === 'string' ? [format] : format;
}

/** Texts that people and programs write where there is nothing. */
const nothing = new Set(
  [
    'na',
    'n/a',
    '#n/a',
    '#n/v',
    '#nv',
    'n.a.',
    'n. a.',
    'k.a.',
    'k. a.',
    's.o.',
    'nan',
    'nil',
    'none',
    'null',
    '(null)',
    '\\n',
    '-',
    '--',
    '—',
    '–',
    '.',
    '?',
    'missing',
    'unknown',
    'unbekannt',
    '#value!',
    '#ref!',
    '#div/0!',
    '#name?',
  ].map((word) => word.toLowerCase()),
);

/** Does this text say that there is nothing? */
export function meansNothing(value: string): boolean {
  return nothing.has(value.trim().toLowerCase());
}

const programsNumber = /^\s*-?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)\s*$/i;

/** Is this a number as programs write them, NaN and infinities included? Those count as missing wherever numbers are read. */
export function isProgramsNumber(value: string): boolean {
  return programsNumber.test(value);
}

/** How the texts of a column would read better, for a column that is text otherwise. */
export interface Advice {
  /** Texts that stand for a missing value. */
  readonly missing: readonly string[];
  /** The few texts in a column of numbers that are none, and mean nothing that is known. */
  readonly odd?: readonly string[];
  /** They are numbers with this decimal sign. */
  readonly decimal?: Decimal;
  /** They are plain numbers, but for `missing`. */
  readonly plain?: true;
  /** They are dates, in this way. */
  readonly dates?: DateReading;
}

const plainNumber = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** Least values of which a few can be odd, and the largest share of them. */
const ENOUGH = 20;
const ODD = 0.05;

/**
 * What the texts of a column seem to be: numbers or dates, but for words that mean a missing value, or numbers but for a few texts. Undefined when
 * they are texts, or ISO dates and plain numbers without such a word, which need no advice.
 *
 * @param values those that are there
 * @param prefer the decimal sign where both would do, as in `1,500`
 */
export function advise(values: readonly string[], prefer: Decimal = '.'): Advice | undefined {
  const missing = [...new Set(values.filter(meansNothing))].sort();
  const there = missing.length === 0 ? values : values.filter((value) => !meansNothing(value));
  if (there.length === 0) return undefined;
  if (there.every((value) => plainNumber.test(value))) return missing.length > 0 ? { missing, plain: true } : undefined;
  for (const decimal of prefer === ',' ? ([',', '.'] as const) : (['.', ','] as const))
    if (there.every((value) => isNumber(value, decimal))) return { missing, decimal };
  const dates = datesOf(there);
  if (dates) return { missing, dates };
  if (missing.length > 0 && there.every((value) => ISO.test(value)))
    return { missing, dates: { formats: [], type: 'DATE', rivals: [] } };
  const odd = oddOnes(there, prefer);
  return odd && { missing, odd, plain: true };
}

/** The values of a column that keep it from being numbers, where they are few. */
function oddOnes(values: readonly string[], decimal: Decimal): string[] | undefined {
  if (values.length < ENOUGH) return undefined;
  const odd = new Set<string>();
  let left = Math.floor(values.length * ODD);
  for (const value of values)
    if (!plainNumber.test(value) && !isNumber(value, decimal)) {
      if (left-- === 0) return undefined;
      odd.add(value);
    }
  return [...odd].sort();
}
