/** Counts columns of a Parquet file by the codes of their dictionaries; what is not written so is left to the database. */
import { setImmediate } from 'node:timers/promises';
import { type ColumnRows, isUnread, type ParquetColumn, Unread } from '../../table';
import type { TextRoom } from '../rest';
import { addScore } from '../windows';
import type { Span } from './file';
import { LabelTally } from './labels';
import { NumberTally } from './numbers';
import { clockOf, momentsOf, numbersOf, type ParquetLog, withParquet } from './parquet-log';
import { arranged, type Parts, type Runs } from './parts';
import type { Asked, Counted } from './pass';
import type { RowPicks } from './picks';
import { ANSWER } from './table';

interface CodePass {
  /** Distinct numbers that are counted one by one. */
  readonly exact: number;
  /** Whether the rows were not looked at before: they are counted then. */
  readonly first: boolean;
  /** Of a model of two classes, whose scores are counted. */
  readonly threshold: number | undefined;
  readonly room: TextRoom;
  /** Draws rows on the way, with these columns. */
  readonly picks: RowPicks | undefined;
  readonly picked: readonly string[];
  readonly signal: AbortSignal;
}

/** What is done with the values of a column, row group by row group. */
interface Consumer {
  /** @param chosen rows that are drawn */
  take(rows: ColumnRows, runs: Runs, chosen: Uint32Array): void;
  /** The column can't be read here. */
  lost(): void;
}

const NONE = new Uint32Array(0);

/**
 * Counts columns in the rows that lie in a window.
 *
 * @returns what was counted, and the columns that the database is to count; undefined when it is to count all: `parts` may hold some rows by then
 */
export async function countCodes(
  { path, time, own }: ParquetLog,
  window: Span,
  asked: readonly Asked[],
  parts: Parts,
  { exact, first, threshold, room, picks, picked, signal }: CodePass,
): Promise<{ readonly counted: readonly Counted[]; readonly left: readonly Asked[] } | undefined> {
  return withParquet(path, async (reader) => {
    const consumers = new Map<ParquetColumn, Consumer[]>();
    const give = (name: string, make: (column: ParquetColumn) => Consumer | undefined): boolean => {
      const column = reader.footer.columns.get(own.get(name) ?? '');
      const consumer = column && make(column);
      if (column === undefined || consumer === undefined) return false;
      const others = consumers.get(column);
      if (others === undefined) consumers.set(column, [consumer]);
      else others.push(consumer);
      return true;
    };
    const ends = new Map<Asked, () => Counted>();
    for (const one of asked)
      give(one.name, (column) => {
        const tally = tallyOf(one, column, exact, parts, room);
        if (tally === undefined) return undefined;
        ends.set(one, tally.end);
        return { take: tally.take, lost: () => void ends.delete(one) };
      });
    for (const name of picks === undefined ? [] : picked) {
      const found = give(name, (column) => ({
        take: (rows, _runs, chosen) => picks?.take(name, column, rows, chosen),
        lost: () => picks?.fail(),
      }));
      if (!found) picks?.fail();
    }
    if (threshold !== undefined && !give(ANSWER, (column) => scoresOf(column, threshold, parts)))
      throw new Unread('scores that are no numbers');
    const clock = clockOf(reader, time);
    let before = 0;
    for (const group of reader.footer.groups) {
      // Nothing else has its turn while a row group is counted.
      await setImmediate();
      signal.throwIfAborted();
      const runs = within(momentsOf(reader.read(group, clock), clock), window, parts, first);
      const chosen = picks?.choose(before, group.rows, runs, first) ?? NONE;
      before += group.rows;
      for (const [column, all] of consumers) {
        try {
          const rows = reader.read(group, column);
          for (const consumer of all) consumer.take(rows, runs, chosen);
        } catch (error) {
          if (!isUnread(error)) throw error;
          consumers.delete(column);
          for (const consumer of all) consumer.lost();
        }
      }
    }
    return {
      counted: [...ends.values()].map((end) => end()),
      left: asked.filter((one) => !ends.has(one)),
    };
  });
}

/** The rows of a row group that lie in a window, by their parts. */
function within(moments: Float64Array, { from, to }: Span, parts: Parts, count: boolean): Runs {
  const outside = outsideOf(moments, from, to);
  if (outside === 0) return parts.of(moments, moments.length, count);
  const rows = moments.length - outside;
  const inside = new Uint32Array(rows);
  const times = new Float64Array(rows);
  for (let i = 0, at = 0; i < moments.length; i++) {
    const moment = moments[i]!;
    if (!(moment >= from && moment < to)) continue;
    inside[at] = i;
    times[at++] = moment;
  }
  const { runs, order } = parts.of(times, rows, count);
  return { rows, runs, order: order === undefined ? inside : order.map((row) => inside[row]!) };
}

function outsideOf(moments: Float64Array, from: number, to: number): number {
  let outside = 0;
  for (let i = 0; i < moments.length; i++) {
    const moment = moments[i]!;
    if (!(moment >= from && moment < to)) outside++;
  }
  return outside;
}

function scoresOf(column: ParquetColumn, threshold: number, parts: Parts): Consumer | undefined {
  if (!isNumeric(column)) return undefined;
  return {
    take: (rows, { runs, order }) => {
      const values = arranged(numbersOf(rows), order);
      for (const { part, from, to } of runs)
        for (let i = from; i < to; i++) addScore(parts.all[part]!.part, values[i]!, threshold);
    },
    lost: () => {
      throw new Unread('scores that are not read here');
    },
  };
}

function isNumeric({ physical, unit }: ParquetColumn): boolean {
  return physical !== 'bytes' && unit === undefined;
}

/** What counts a column; undefined when its values are not of the type they are read as, and the database is to convert them. */
function tallyOf(
  { name, at, reading: { type, float32 = false }, binner, grid, kept }: Asked,
  column: ParquetColumn,
  exact: number,
  parts: Parts,
  room: TextRoom,
): { take: Consumer['take']; end: () => Counted } | undefined {
  if (type === 'number' || type === 'time') {
    const fits = type === 'time' ? column.unit !== undefined : isNumeric(column);
    // Rounded to a double first, it might be rounded to another float.
    if (!fits || (float32 && column.physical === 'int64')) return undefined;
    const tally = new NumberTally(binner, exact, grid);
    const rounded = (values: Float64Array) => (float32 && type === 'number' ? values.map(Math.fround) : values);
    return {
      take: (rows, runs) => {
        if (rows.kind === 'codes' && rows.dictionary.kind === 'numbers' && isWorthIt(rows.dictionary.size, runs)) {
          const numbers = rounded(rows.dictionary.numbers);
          eachCount(rows.codes, rows.dictionary.size, runs, (part, counts) =>
            tally.addCounts(part, numbers, counts, parts.all.length),
          );
        } else tally.add(rounded(numbersOf(rows)), runs, parts.all.length);
      },
      end: () => ({ name, at, cells: tally.cells, ...tally.profile(type, 0) }),
    };
  }
  const truth = column.physical === 'boolean';
  const whole = (column.physical === 'int32' || column.physical === 'int64') && column.unit === undefined;
  if (!(truth || (type === 'text' && (whole || column.physical === 'bytes')))) return undefined;
  const tally = new LabelTally(binner, type, truth, { room, kept });
  return {
    take: (rows, runs) => {
      if (rows.kind !== 'codes') throw new Unread('categories that are in no dictionary');
      const { codes, dictionary } = rows;
      const numbers = tally.numbersOf(dictionary);
      if (isWorthIt(dictionary.size, runs))
        eachCount(codes, dictionary.size, runs, (part, counts) =>
          tally.addCounts(part, numbers, counts, parts.all.length),
        );
      else tally.addRows(numbers, codes, runs, parts.all.length);
    },
    end: () => ({ name, at, cells: tally.cells, profile: tally.profile() }),
  };
}

/** Whether there are fewer codes to go through after each run of a part than rows. */
function isWorthIt(size: number, { runs, rows }: Runs): boolean {
  return size * runs.length <= rows;
}

/** Counts the codes of each run; the last count is of what is missing. */
function eachCount(
  codes: Uint32Array,
  size: number,
  { runs, order }: Runs,
  take: (part: number, counts: Uint32Array) => void,
): void {
  const counts = new Uint32Array(size + 1);
  // The next code is often the same, and one count would wait for the other.
  const others = new Uint32Array(size + 1);
  for (const { part, from, to } of runs) {
    counts.fill(0);
    if (order === undefined) {
      let i = from;
      for (; i < to - 1; i += 2) {
        counts[codes[i]!]!++;
        others[codes[i + 1]!]!++;
      }
      if (i < to) counts[codes[i]!]!++;
      for (let code = 0; code <= size; code++) counts[code]! += others[code]!;
      others.fill(0);
    } else for (let i = from; i < to; i++) counts[codes[order[i]!]!]!++;
    take(part, counts);
  }
}
