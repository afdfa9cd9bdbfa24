import { LINE_ENDS } from './line-ends';
import path from 'node:path';
import type { Problem } from '../../schemas/generated/types';
import { UserError } from '../problem';

/** What DuckDB says of a value that did not fit its column's type. */
export interface Conversion {
  readonly column: string;
  readonly value: string;
  readonly type: string;
  readonly line?: number;
}

/** A CSV value that could not be read as its column's type; its reader may try a wider type. */
export class ConversionError extends UserError {
  constructor(
    problem: Problem,
    readonly conversion: Conversion,
  ) {
    super(problem);
  }
}

/**
 * Puts DuckDB's errors in the user's words: file, line and the way out. What is not known to be the user's or the machine's fault stays as it
 * is, with the statement it came from, and counts as a bug.
 */
export function translate(error: unknown, sql: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const message = error.message;
  return (
    latinError(message) ??
    csvError(message) ??
    jsonError(message) ??
    parquetError(message) ??
    machineError(message) ??
    fileError(message) ??
    new Error(`${message.trim()}\n  in: ${sql.length > 400 ? `${sql.slice(0, 400)}…` : sql}`, { cause: error })
  );
}

function latinError(message: string): UserError | undefined {
  if (!/File is not latin-1 encoded/i.test(message)) return undefined;
  const file = /read_csv\('([^']+)'/.exec(message)?.[1];
  return new UserError({
    code: 'data-wrong-encoding',
    message: `${file ? path.basename(file) : 'The CSV file'} is not Latin-1.`,
    hint: "Most files that seem to be are what Windows programs write: 'source: {file: …, encoding: windows-1252}'.",
    ...(file && { file }),
  });
}

/** What to do with lines of several ends. */

function csvError(message: string): UserError | undefined {
  const at = /CSV Error on Line: (\d+)/.exec(message);
  const file = /^\s*file = (.+)$/m.exec(message)?.[1] ?? /in CSV file "([^"]+)"/.exec(message)?.[1];
  if (!at && !/sniffing file|CSV/.test(message)) return undefined;
  const place: Pick<Problem, 'file' | 'line'> = { ...(file && { file }), ...(at && { line: Number(at[1]) }) };
  const where = `${file ? path.basename(file) : 'The CSV file'}${at ? ` line ${at[1]}` : ''}`;
  const original = /Original Line: (.*)/.exec(message)?.[1];
  const details = original === undefined ? {} : { details: [shorten(original)] };
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) {
    return new UserError({
      code: 'data-ragged-row',
      message: `${where} has ${columns[2]} values; the header has ${columns[1]} columns.`,
      hint: 'Correct the line. A value that holds the separator or a line break must stand in double quotes.',
      ...place,
      ...details,
    });
  }
  const conversion =
    /Error when converting column "((?:[^"]|"")*)"\. Could not convert string "(.*?)" to '(\w+)'/s.exec(message);
  if (conversion) {
    const [, column = '', value = '', type = ''] = conversion;
    return new ConversionError(
      {
        code: 'data-wrong-type',
        message: `${where}: column '${column}' holds "${shorten(value, 60)}", which is not ${typeName(type)}.`,
        hint: conversionHint(column, value, type),
        ...place,
        ...details,
      },
      { column, value, type, ...(at && { line: Number(at[1]) }) },
    );
  }
  if (/nvalid unicode|not utf-8 encoded/i.test(message)) {
    return new UserError({
      code: 'data-wrong-encoding',
      message: `${where} is not UTF-8.`,
      hint: "State the file's encoding, for example 'source: {file: …, encoding: windows-1252}' (or utf-16).",
      ...place,
    });
  }
  if (/unterminated quote/i.test(message)) {
    return new UserError({
      code: 'data-open-quote',
      message: `${where}: a double quote is opened and never closed.`,
      hint: 'Close the quote; a quote inside a quoted value is written twice.',
      ...place,
      ...details,
    });
  }
  if (/Maximum line size/i.test(message)) {
    return new UserError({
      code: 'data-line-too-long',
      message: `${where} is longer than 16 MB.`,
      hint: 'Is this really a CSV file, with line breaks between its rows?',
      ...place,
    });
  }
  if (/state machine reached an invalid state/.test(message)) {
    return new UserError({
      code: 'data-line-ends',
      message: `${where} can't be read: its lines do not all end in the same way, or text stands behind the closing quote of a value.`,
      hint: LINE_ENDS,
      ...place,
    });
  }
  if (!at) return undefined;
  return new UserError({
    code: 'data-bad-csv',
    message: `${where} can't be read: ${firstLine(message.replace(/^[^\n]*\n(Original Line:[^\n]*\n)?/, ''))}`,
    ...place,
    ...details,
  });
}

function conversionHint(column: string, value: string, type: string): string {
  const text = `if the column is text, set 'columns.types: {${column}: text}'`;
  if (/DOUBLE|BIGINT/.test(type) && /^[^\p{L}]*\d[^\p{L}]*$/u.test(value))
    return `If numbers are written so, say so with 'source.decimal' ("," or "."), which also understands thousands and signs; ${text}.`;
  if (/DATE|TIME/.test(type) && /\d/.test(value))
    return `If dates are written so, say so with 'source.date-format', for example "%d.%m.%Y"; ${text}.`;
  return `If that text means a missing value, list it under 'source.missing'; ${text}.`;
}

function jsonError(message: string): UserError | undefined {
  const shape = 'A JSON file is one object a line, {"column": value, …}, or one array of such objects.';
  if (/expected records, but got non-record JSON/.test(message))
    return new UserError({
      code: 'data-bad-json',
      message: 'The JSON file holds something other than objects with columns.',
      hint: `${shape} (An array must not begin with a byte order mark.)`,
    });
  const malformed = /Malformed JSON in file "([^"]+)", at byte \d+ in (line|record\/value) (\d+): ([^\n]*)/.exec(
    message,
  );
  if (malformed) {
    const [, file = '', unit, number = '1', reason = ''] = malformed;
    const why = reason.trim().replace(/\.?$/, '.');
    // Of an array it counts one too many.
    if (unit !== 'line')
      return new UserError({
        code: 'data-bad-json',
        message: `${path.basename(file)} can't be read at object ${Math.max(1, Number(number) - 1)}: ${why}`,
        hint: shape,
        file,
      });
    return new UserError({
      code: 'data-bad-json',
      message: `${path.basename(file)} line ${number} is not a JSON object: ${why}`,
      hint: shape,
      file,
      line: Number(number),
    });
  }
  const transform =
    /(?:Failed to transform|JSON transform error).*?file "([^"]+)", in (line|record\/value) (\d+): (.*)/.exec(message);
  if (!transform) return undefined;
  const [, file = '', unit = 'line', number = '1', reason = ''] = transform;
  return new UserError({
    code: 'data-wrong-type',
    message: `${path.basename(file)} ${unit === 'line' ? 'line' : 'object'} ${number}: ${firstLine(reason)}`,
    hint: "Set the column's type under 'columns.types'.",
    file,
    ...(unit === 'line' && { line: Number(number) }),
  });
}

function parquetError(message: string): UserError | undefined {
  if (
    !/decompression failure/i.test(message) &&
    (!/parquet/i.test(message) ||
      !/too small|No magic bytes|footer|corrupt|Invalid Input Error.*metadata/i.test(message))
  )
    return undefined;
  const file = /[fF]ile ['"]([^'"]+)['"]/.exec(message)?.[1];
  return new UserError({
    code: 'data-bad-parquet',
    message: `${file ? path.basename(file) : 'The file'} is not a Parquet file, or only a part of one.`,
    hint: 'Copy it again; if it has another format, say so with source.format.',
    ...(file && { file }),
  });
}

function machineError(message: string): UserError | undefined {
  if (/No space left on device|max_temp_directory_size|ENOSPC|disk.*full/i.test(message)) {
    return new UserError({
      code: 'disk-full',
      message: 'There is no space left on the disk.',
      hint: "Free some space ('lifecycle gc' shows what old results take), then run again: finished stages are kept.",
      details: [firstLine(message)],
    });
  }
  if (/Out of Memory/i.test(message)) {
    return new UserError({
      code: 'out-of-memory',
      message: 'The data does not fit into the memory that the stage may use.',
      hint: 'Close other programs, run fewer stages at once (--cores 1), or drop columns early with columns.drop.',
      details: [firstLine(message)],
    });
  }
  return undefined;
}

function fileError(message: string): UserError | undefined {
  const missing = /No files found that match the pattern "([^"]+)"/.exec(message);
  if (missing) {
    const file = missing[1] ?? '';
    return new UserError({ code: 'data-file-missing', message: `There is no file ${path.basename(file)}.`, file });
  }
  const unreadable = /(?:Cannot open file|Could not (?:read from|open|write) file) "?([^":\n]+)"?: ([^\n]*)/.exec(
    message,
  );
  if (!unreadable) return undefined;
  const [, file = '', reason = ''] = unreadable;
  return new UserError({
    code: 'file-unusable',
    message: `${path.basename(file)} can't be used: ${reason.trim()}.`,
    hint: 'Check that the file exists and that you may read (or write) it.',
    file,
  });
}

/** A SQL type in words, with its article. */
export function typeName(type: string): string {
  if (/INT|DOUBLE|FLOAT|DECIMAL|REAL/.test(type)) return 'a number';
  if (type === 'BOOLEAN') return 'true or false';
  if (/DATE|TIME/.test(type)) return 'a date or time';
  return `a ${type.toLowerCase()}`;
}

function firstLine(message: string): string {
  return shorten(message.trim().split('\n', 1)[0] ?? '', 300);
}

function shorten(value: string, length = 200): string {
  return value.length > length ? `${value.slice(0, length)}…` : value;
}
