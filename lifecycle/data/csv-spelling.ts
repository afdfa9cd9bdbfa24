import { csvRelation, type CsvReading, identifier } from '../table';
import { type ColumnAdvice, type Found } from './readable';
import {
  advise,
  type DateReading,
  dateSql,
  datesOf,
  type Decimal,
  isNumber,
  isProgramsNumber,
  numberSql,
  statedFormats,
} from '../table/spelling';

export interface Spelling {
  readonly columns: readonly Found[];
  /** Formats of the columns that hold dates which SQL does not know by itself. */
  readonly dates: ReadonlyMap<string, readonly string[]>;
  readonly advice: readonly ColumnAdvice[];
}

export interface SpellingOptions {
  readonly decimal?: Decimal;
  readonly 'date-format'?: string | readonly string[];
  /** Texts that mean missing. */
  readonly missing: readonly string[];
  /** The reader knows infinities and NaN for numbers. */
  readonly infinities?: boolean;
}

/**
 * The types of CSV columns, by the texts of their first rows: what DuckDB found, but for numbers and dates that are written as people write them.
 *
 * @param types DuckDB's, by the same index as the names
 */
export function spelling(
  names: readonly string[],
  types: readonly string[],
  records: readonly (readonly string[])[],
  options: SpellingOptions,
  delimiter: string,
): Spelling {
  const absent = new Set(['', ...options.missing]);
  const stated = statedFormats(options);
  const dates = new Map<string, readonly string[]>();
  const advice: ColumnAdvice[] = [];
  const columns = names.map((name, i): Found => {
    const sql = types[i] ?? 'VARCHAR';
    const plain = { name, sql };
    if (!/^(?:VARCHAR|DATE|DOUBLE|BIGINT)$|^TIMESTAMP/.test(sql)) return plain;
    const values = records
      .filter((record) => record.length === names.length)
      .map((record) => record[i] ?? '')
      .filter((value) => !absent.has(value));
    if (values.length === 0) return plain;
    if (sql === 'DOUBLE' || sql === 'BIGINT') return plain;
    if (sql === 'VARCHAR' && options.decimal && values.every((value) => isNumber(value, options.decimal as Decimal)))
      return { name, sql: 'DOUBLE' };
    if (sql === 'VARCHAR' && !options.decimal && options.infinities && values.every(isProgramsNumber)) {
      // DuckDB casts `inf` to a number, but does not look for it when it finds types.
      if (values.some((value) => /^\s*-?[in]/i.test(value))) return { name, sql: 'DOUBLE' };
      // DuckDB looked further.
      advice.push({ column: name, missing: [], odd: [], plain: true });
      return plain;
    }
    const found = datesOf(values, stated);
    if (found && found.rivals.length === 0) {
      dates.set(name, found.formats);
      return { name, sql: found.type };
    }
    // A date that DuckDB found by a format of its own, which may be the wrong one.
    const text = found || (sql !== 'VARCHAR' && !isIso(values)) ? { name, sql: 'VARCHAR' } : plain;
    if (text.sql !== 'VARCHAR') return text;
    const better = found ? { missing: [], dates: found } : advise(values, delimiter === ';' ? ',' : '.');
    if (better && (better.decimal === undefined || better.decimal !== options.decimal || better.missing.length > 0))
      advice.push({ column: name, ...better });
    return text;
  });
  return { columns, dates, advice };
}

function isIso(values: readonly string[]): boolean {
  return values.every((value) => /^\s*\d{4}-\d{2}-\d{2}/.test(value));
}

/** {@link csvRelation}, with numbers and dates read as they are written. */
export function speltRelation(
  files: readonly string[],
  reading: CsvReading,
  columns: readonly Found[],
  decimal: Decimal | undefined,
  dates: Spelling['dates'],
): string {
  const list = columns.map(({ name, sql }) => {
    const formats = dates.get(name);
    if (formats && /^(?:DATE|TIMESTAMP)/.test(sql)) return dateSql(name, formats, sql);
    return decimal !== undefined && (sql === 'DOUBLE' || sql === 'BIGINT') ? numberSql(name, decimal) : undefined;
  });
  if (list.every((sql) => sql === undefined)) return csvRelation(files, reading, columns);
  const texts = columns.map((column, i) => (list[i] === undefined ? column : { name: column.name, sql: 'VARCHAR' }));
  const select = columns.map(({ name }, i) => {
    const as = identifier(name);
    return list[i] === undefined ? as : `${list[i]} AS ${as}`;
  });
  return `(SELECT ${select.join(', ')} FROM ${csvRelation(files, reading, texts)})`;
}

/** What to write so that columns of texts read as what they are, in one warning for each kind of reason. */
export function adviceWarnings(
  advice: readonly ColumnAdvice[],
  stated: readonly string[] | undefined,
): { code: string; message: string; hint: string }[] {
  const warnings: { code: string; message: string; hint: string }[] = [];
  const list = (some: readonly ColumnAdvice[]): string =>
    some
      .slice(0, 4)
      .map(({ column }) => `'${column}'`)
      .join(', ') + (some.length > 4 ? `, … (${some.length})` : '');
  const many = (some: readonly ColumnAdvice[]): string => (some.length === 1 ? 'Column' : 'Columns');
  const worded = advice.filter(({ missing, odd }) => missing.length > 0 && odd === undefined);
  if (worded.length > 0) {
    const words = [...new Set([...(stated ?? ['']), ...worded.flatMap(({ missing }) => missing)])];
    warnings.push({
      code: 'data-missing-words',
      message: `${many(worded)} ${list(worded)} would be ${worded.every(({ dates }) => dates) ? 'dates' : 'numbers'} but for ${words
        .filter((word) => word !== '' && worded.some(({ missing }) => missing.includes(word)))
        .map((word) => `"${word}"`)
        .join(', ')}, and ${worded.length === 1 ? 'is' : 'are'} read as text.`,
      hint: `If that means a missing value: 'source: {file: …, missing: ${JSON.stringify(words)}}'.`,
    });
  }
  for (const { column, missing, odd } of advice.filter((each) => each.odd !== undefined).slice(0, 4)) {
    const words = [...(odd ?? []), ...missing];
    const shown =
      words.length === 0 ? ['a text further down'] : words.slice(0, 3).map((value) => `"${value.slice(0, 40)}"`);
    const absent = [...new Set([...(stated ?? ['']), ...words.slice(0, 12)])];
    warnings.push({
      code: 'data-odd-values',
      message: `Column '${column}' would be numbers but for ${shown.join(', ')}${words.length > 3 ? `, … (${words.length})` : ''}, and is read as text.`,
      hint: `If that means a missing value: 'source: {file: …, missing: ${words.length === 0 ? '["", …]' : JSON.stringify(absent)}}'. If the column is text, say so: 'columns: {types: {${column}: text}}'.`,
    });
  }
  for (const decimal of [',', '.'] as const) {
    const numbers = advice.filter((each) => each.decimal === decimal);
    if (numbers.length === 0) continue;
    warnings.push({
      code: 'data-numbers-as-text',
      message: `${many(numbers)} ${list(numbers)} ${numbers.length === 1 ? 'holds' : 'hold'} numbers like ${decimal === ',' ? '1.234,56' : '1,234.56'}, and ${numbers.length === 1 ? 'is' : 'are'} read as text.`,
      hint: `Say how numbers are written: 'source: {file: …, decimal: "${decimal}"}'.`,
    });
  }
  const doubtful = advice.filter(({ dates }) => dates && dates.rivals.length > 0);
  if (doubtful.length > 0) {
    const { formats = [], rivals = [] } = doubtful[0]?.dates as DateReading;
    warnings.push({
      code: 'data-date-ambiguous',
      message: `${many(doubtful)} ${list(doubtful)} could be dates as ${[formats[0], ...rivals].join(' or ')}, and ${doubtful.length === 1 ? 'is' : 'are'} read as text.`,
      hint: `Say which: 'source: {file: …, date-format: "${formats[0]}"}'.`,
    });
  }
  return warnings;
}
