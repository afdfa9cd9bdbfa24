import type { Grid } from '../../statistics/grid';
import { type Database, doubles, stringAt, words } from '../../table';
import type { Binner } from '../binner';
import { misfitsOf, valueOf } from '../files';
import type { ColumnProfile, ColumnReading } from '../profile';
import { addScore } from '../windows';
import { ANSWER, TIME } from './table';
import { type Numbers, NumberTally, type PartCells, type Parts, TextTally } from './tally';

/** A column that is to be counted. */
export interface Asked {
  readonly name: string;
  /** Its SQL type in the log. */
  readonly sql: string;
  readonly reading: ColumnReading;
  /** Place among the cells of a part. */
  readonly at: number;
  readonly binner: Binner | undefined;
  readonly grid: Grid | undefined;
}

/** What was counted of a column. */
export interface Counted {
  readonly name: string;
  readonly at: number;
  readonly profile: ColumnProfile;
  readonly cells: PartCells | undefined;
  readonly seen?: Float64Array | undefined;
}

interface Pass {
  /** Distinct numbers that are counted one by one. */
  readonly exact: number;
  /** Whether the rows were not looked at before: they are counted then. */
  readonly first: boolean;
  /** Of a model of two classes, whose scores are counted. */
  readonly threshold: number | undefined;
}

/** Counts columns of a relation in one pass: values come over as typed arrays, texts as hashes, of which each is read once. */
export async function countColumns(
  database: Database,
  relation: string,
  asked: readonly Asked[],
  parts: Parts,
  { exact, first, threshold }: Pass,
): Promise<Counted[]> {
  const list = [TIME];
  const takes: ((chunk: Parameters<Parameters<Database['stream']>[1]>[0], numbers: Numbers) => void)[] = [];
  const ends: (() => Promise<Counted>)[] = [];
  for (const column of asked) {
    const { name, at, reading, binner } = column;
    const value = valueOf(column, reading);
    const place = list.length;
    if (reading.type === 'number' || reading.type === 'time') {
      const { type } = reading;
      list.push(`coalesce(CAST(${value} AS DOUBLE), 'nan'::DOUBLE)`);
      const tally = new NumberTally(binner, exact, column.grid);
      takes.push((chunk, numbers) => tally.add(doubles(chunk, place), numbers, parts.all.length));
      ends.push(async () => {
        const misfits = await misfitsOf(database, relation, column, reading, tally.missing);
        return { name, at, cells: tally.cells, ...tally.profile(type, misfits) };
      });
    } else {
      list.push(`hash(${value})`, value);
      const tally = new TextTally(binner, reading.type);
      takes.push((chunk, numbers) =>
        tally.add(words(chunk, place), (row) => stringAt(chunk, place + 1, row), numbers, parts.all.length),
      );
      ends.push(async () => {
        const misfits = await misfitsOf(database, relation, column, reading, tally.missing);
        return { name, at, cells: tally.cells, profile: tally.profile(misfits) };
      });
    }
  }
  const scores = list.length;
  if (threshold !== undefined) list.push(`coalesce(TRY_CAST(${ANSWER} AS DOUBLE), 'nan'::DOUBLE)`);
  await database.stream(
    `SELECT ${list.join(', ')} FROM ${relation}`,
    (chunk, rows) => {
      const numbers = parts.of(doubles(chunk, 0), rows, first);
      for (const take of takes) take(chunk, numbers);
      if (threshold === undefined) return;
      const values = doubles(chunk, scores);
      for (let i = 0; i < rows; i++) addScore(parts.all[numbers.numbers[i]!]!.part, values[i]!, threshold);
    },
    { ahead: true },
  );
  const counted: Counted[] = [];
  for (const end of ends) counted.push(await end());
  return counted;
}
