import type { Grid } from '../../statistics/grid';
import { type Database, doublesOf, identifier, stringAt, wordsOf } from '../../table';
import type { Binner } from '../binner';
import { misfitsOf, valueOf } from '../files';
import type { ColumnProfile, ColumnReading } from '../profile';
import type { Categories, TextRoom } from '../rest';
import { addScore } from '../windows';
import { NumberTally } from './numbers';
import { arranged, type PartCells, type Parts, type Runs } from './parts';
import { ANSWER, TIME } from './table';
import { TextTally } from './texts';
import type { Vocabulary } from './vocabulary';

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
  /** Categories of the reference. */
  readonly kept: Categories | undefined;
  /** They are more than a vocabulary has. */
  readonly unremembered: boolean;
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
  readonly vocabulary: Vocabulary;
  readonly room: TextRoom;
}

/** Counts columns of a relation in one pass: values come over as typed arrays, texts as hashes; those that are not known are read afterwards, each once. */
export async function countColumns(
  database: Database,
  relation: string,
  asked: readonly Asked[],
  parts: Parts,
  { exact, first, threshold, vocabulary, room }: Pass,
): Promise<Counted[]> {
  const list = [TIME];
  const takes: ((chunk: Parameters<Parameters<Database['stream']>[1]>[0], runs: Runs) => void)[] = [];
  const ends: (() => Promise<Counted>)[] = [];
  for (const column of asked) {
    const { name, at, reading, binner } = column;
    const value = valueOf(column, reading);
    const place = list.length;
    if (reading.type === 'number' || reading.type === 'time') {
      const { type } = reading;
      list.push(`CAST(${value} AS DOUBLE)`);
      const values = doublesOf(place);
      const tally = new NumberTally(binner, exact, column.grid);
      takes.push((chunk, runs) => tally.add(values(chunk, runs.rows), runs, parts.all.length));
      ends.push(async () => {
        const misfits = await misfitsOf(database, relation, column, reading, tally.missing);
        return { name, at, cells: tally.cells, ...tally.profile(type, misfits) };
      });
    } else {
      // Of a reference with more texts than are remembered, each is read along, so that it has its place.
      const known = column.unremembered ? undefined : await vocabulary.of(name, reading.type, binner);
      const hashes = wordsOf(place);
      const tally = new TextTally(binner, reading.type, known, { room, kept: column.kept });
      // Empty texts are known as missing, so that the hashes are those of the column, which the database makes once for a text of a dictionary.
      const plain = reading.type === 'text' ? `CAST(${identifier(name)} AS VARCHAR)` : value;
      if (known === undefined) {
        list.push(`hash(${value})`, value);
        takes.push((chunk, runs) =>
          tally.add(hashes(chunk, runs.rows), runs, parts.all.length, (row) => stringAt(chunk, place + 1, row)),
        );
      } else {
        list.push(`hash(${plain})`);
        takes.push((chunk, runs) => tally.add(hashes(chunk, runs.rows), runs, parts.all.length));
      }
      ends.push(async () => {
        const { unread, full } = tally;
        const all = full && known !== undefined;
        if (all || unread.length > 0)
          await vocabulary.read(relation, name, plain, all ? undefined : unread, (some) => tally.name(some));
        const misfits = await misfitsOf(database, relation, column, reading, tally.missing);
        return { name, at, cells: tally.cells, profile: tally.profile(misfits) };
      });
    }
  }
  const [times, scores] = [doublesOf(0), doublesOf(list.length)];
  if (threshold !== undefined) list.push(`TRY_CAST(${ANSWER} AS DOUBLE)`);
  await database.stream(
    `SELECT ${list.join(', ')} FROM ${relation}`,
    (chunk, rows) => {
      const runs = parts.of(times(chunk, rows), rows, first);
      for (const take of takes) take(chunk, runs);
      if (threshold === undefined) return;
      const values = arranged(scores(chunk, rows), runs.order);
      for (const { part, from, to } of runs.runs)
        for (let i = from; i < to; i++) addScore(parts.all[part]!.part, values[i]!, threshold);
    },
    { ahead: true },
  );
  const counted: Counted[] = [];
  for (const end of ends) counted.push(await end());
  return counted;
}
