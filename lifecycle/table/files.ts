import { extname } from 'node:path';
import { literalPath, text, texts } from './quote';
import { type Encoding, type LineEnd } from './delimited';

export type FileFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';

const endings: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.txt': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
  '.parquet': 'parquet',
  '.pq': 'parquet',
};

/** Endings of files that can be read, for completion and messages. */
export const readableEndings: readonly string[] = Object.keys(endings);

/** The format that a file's name tells; `.gz` and `.zst` are looked through. */
export function formatOf(file: string): FileFormat | undefined {
  return endings[extname(file.replace(/\.(gz|zst)$/i, '')).toLowerCase()];
}

/** How CSV files are read. */
export interface CsvReading {
  readonly delimiter: string;
  readonly header: boolean;
  /** Lines above the header that are no part of the table; none unless given. */
  readonly skip?: number;
  readonly encoding?: Encoding;
  /** How records end, where DuckDB would be mistaken: see {@link Delimited}. */
  readonly lineEnd?: LineEnd | undefined;
  /** Texts that mean missing. */
  readonly missing?: readonly string[];
}

const types = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR'];
/** Where no text means missing: the reader wants one all the same. A character that Unicode keeps from ever being one. */
const NOTHING = '\uffff';
/** Rows looked at to find types. */
export const SAMPLE_ROWS = 100_000;

/** A relation over CSV files. With `columns` (name → SQL type) reading is strict; without, types are found and broken rows overlooked: only for DESCRIBE. */
export function csvRelation(
  files: readonly string[],
  reading: CsvReading,
  columns?: readonly { readonly name: string; readonly sql: string }[],
): string {
  const options = [
    fileList(files),
    `delim = ${text(reading.delimiter)}`,
    `quote = '"', escape = '"', skip = ${reading.skip ?? 0}, comment = ''`,
    `header = ${reading.header}`,
    `nullstr = ${texts(reading.missing?.length === 0 ? [NOTHING] : (reading.missing ?? ['']))}`,
    `max_line_size = 16777216, buffer_size = 33554432`,
    ...(reading.lineEnd ? [`new_line = ${text(JSON.stringify(reading.lineEnd).slice(1, -1))}`] : []),
    ...(reading.encoding && reading.encoding !== 'utf-8' ? [`encoding = ${text(reading.encoding)}`] : []),
    ...(columns
      ? [
          'auto_detect = false',
          `columns = {${columns.map(({ name, sql }) => `${text(name)}: ${text(sql)}`).join(', ')}}`,
        ]
      : [`ignore_errors = true, sample_size = ${SAMPLE_ROWS}, auto_type_candidates = ${texts(types)}`]),
  ];
  return `read_csv(${options.join(', ')})`;
}

/**
 * A relation over JSON files: one object a line, or one array of objects, whichever each file turns out to be. Every type is found from the first
 * rows unless given.
 */
export function jsonRelation(files: readonly string[], columns?: readonly { name: string; sql: string }[]): string {
  const given = columns && `, columns = {${columns.map(({ name, sql }) => `${text(name)}: ${text(sql)}`).join(', ')}}`;
  return `read_json(${fileList(files)}, format = 'auto', records = true, sample_size = ${SAMPLE_ROWS}${given ?? ''})`;
}

export function parquetRelation(files: readonly string[]): string {
  return `read_parquet(${fileList(files)}${files.length > 1 ? ', union_by_name = true' : ''})`;
}

function fileList(files: readonly string[]): string {
  return files.length === 1 && files[0] !== undefined
    ? literalPath(files[0])
    : `[${files.map(literalPath).join(', ')}]`;
}

export interface CopyOptions {
  /** Rows of a row group; 122,880 unless given. */
  readonly rowGroup?: number;
  /** Most distinct values for which a column of a row group gets a dictionary; 4,096 unless given. Dictionaries are held for all columns at once. */
  readonly dictionary?: number;
  readonly compression?: 'snappy' | 'zstd' | 'lz4_raw' | 'uncompressed';
}

/** The statement that writes a query to a Parquet file. Write to a name aside and rename: an interrupted COPY leaves a part. */
export function copyToParquet(query: string, file: string, options: CopyOptions = {}): string {
  const { rowGroup = 122_880, dictionary = 4096, compression = 'snappy' } = options;
  return `COPY (${query}) TO ${text(file)} (FORMAT parquet, COMPRESSION ${compression}, ROW_GROUP_SIZE ${rowGroup}, DICTIONARY_SIZE_LIMIT ${dictionary}, WRITE_BLOOM_FILTER false)`;
}
