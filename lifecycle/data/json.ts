import type { FileSource, Written } from '../../schemas/generated/types';
import { type Database, identifier, openJson, texts } from '../table';
import { dateSql, numberSql } from '../table/spelling';
import { spelling } from './csv-spelling';
import { wrappedRows } from './json-shape';
import type { Readable } from './readable';

/** Rows whose texts are looked at for how dates and numbers are written. */
const LOOKED_AT = 10_000;

/**
 * JSON files: nested objects unfolded, dates and numbers in texts read as they are written, as in CSV.
 *
 * @throws UserError `data-json-wrapped` for one object around the rows
 */
export async function readJson(
  database: Database,
  files: readonly string[],
  options: Omit<FileSource, 'file' | 'format'>,
): Promise<Readable> {
  const missing = options.missing ?? [''];
  const { columns, relation, wrapped } = await openJson(database, files);
  if (wrapped) throw wrappedRows(files[0] ?? '', wrapped.column);
  const plain = columns.map(({ name, sql }) => ({ name, sql }));
  const inTexts = plain.filter(({ sql }) => sql === 'VARCHAR');
  const rows =
    inTexts.length === 0
      ? []
      : await database.query<Record<string, string | null>>(
          `SELECT ${inTexts.map(({ name }, i) => `${identifier(name)} AS t${i}`).join(', ')} FROM ${relation} LIMIT ${LOOKED_AT}`,
        );
  const spelt = spelling(
    inTexts.map(({ name }) => name),
    inTexts.map(({ sql }) => sql),
    rows.map((row) => inTexts.map((_, i) => row[`t${i}`] ?? '')),
    { ...options, missing },
    ',',
  );
  const read = new Map(spelt.columns.filter(({ sql }) => sql !== 'VARCHAR').map(({ name, sql }) => [name, sql]));
  const written: Written = {
    ...(options.decimal !== undefined && { decimal: options.decimal }),
    ...(missing.some((word) => word !== '') && { missing: [...missing] }),
    ...(spelt.dates.size > 0 && {
      dates: Object.fromEntries([...spelt.dates].map(([name, formats]) => [name, [...formats]])),
    }),
  };
  return {
    columns: plain.map(({ name, sql }) => ({ name, sql: read.get(name) ?? sql })),
    relation: () => {
      const replaced = [...read].map(([name, sql]) => {
        const formats = spelt.dates.get(name);
        const value = formats ? dateSql(name, formats, sql) : numberSql(name, options.decimal ?? '.');
        return `${value} AS ${identifier(name)}`;
      });
      if (replaced.length === 0) return relation;
      const absent = [...read.keys()].map((name) => {
        const column = identifier(name);
        return `CASE WHEN ${column} NOT IN (${texts(['', ...missing]).slice(1, -1)}) THEN ${column} END AS ${column}`;
      });
      return `(SELECT * REPLACE (${replaced.join(', ')}) FROM (SELECT * REPLACE (${absent.join(', ')}) FROM ${relation}))`;
    },
    missing,
    typed: false,
    advice: spelt.advice,
    ...(Object.keys(written).length > 0 && { written }),
  };
}
