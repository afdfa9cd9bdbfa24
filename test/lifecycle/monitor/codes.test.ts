import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelInfo } from '../../../schemas/generated/types';
import { binnerOf } from '../../../lifecycle/monitor/binner';
import { profileRelation } from '../../../lifecycle/monitor/files';
import type { ColumnReading } from '../../../lifecycle/monitor/profile';
import { type Counting, countFile, type FileCounts, type Span, spanOf } from '../../../lifecycle/monitor/sources/file';
import type { DrawnRows } from '../../../lifecycle/monitor/sources/picks';
import { openLog } from '../../../lifecycle/monitor/sources/table';
import { Vocabulary } from '../../../lifecycle/monitor/sources/vocabulary';
import { gridOf } from '../../../lifecycle/statistics/grid';
import { type Database, parquetRelation, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

const BEGIN = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;

/** Columns by name: SQL of the value of row `i`, and what it is read as. */
const COLUMNS: Readonly<Record<string, readonly [sql: string, reading: ColumnReading]>> = {
  whole: ['CASE WHEN i % 17 > 0 THEN (h % 40)::INTEGER END', { type: 'number' }],
  negative: ['((h % 9)::INTEGER - 4)::SMALLINT', { type: 'number' }],
  huge: ['CASE WHEN i % 3 = 0 THEN 9007199254740993 + (h % 5)::BIGINT ELSE -((h % 7)::BIGINT) END', { type: 'number' }],
  unsigned: ['18446744073709551615::UBIGINT - (h % 5)', { type: 'number' }],
  rounded: ['(h % 100000)::INTEGER', { type: 'number', float32: true }],
  continuous: ['(h % 1000003) / 997.0::DOUBLE - 300', { type: 'number' }],
  odd: [
    "CASE i % 11 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN -0.0::DOUBLE WHEN 3 THEN '-inf'::DOUBLE WHEN 4 THEN NULL WHEN 5 THEN 1e300 ELSE (h % 4) / 10 END",
    { type: 'number' },
  ],
  tenths: ['(h % 20) / 10.0::DOUBLE', { type: 'number' }],
  single: ['((h % 1000) / 7)::FLOAT', { type: 'number', float32: true }],
  flag: ['CASE WHEN i % 5 > 0 THEN h % 3 = 0 END', { type: 'boolean' }],
  flagged: ['h % 3 = 0', { type: 'number' }],
  text: ["CASE WHEN i % 31 = 0 THEN '' WHEN i % 37 > 0 THEN 'ü' || h % 45 END", { type: 'text' }],
  code: ['(h % 12)::INTEGER', { type: 'text' }],
  truth: ['h % 2 = 0', { type: 'text' }],
  nothing: ['NULL::VARCHAR', { type: 'text' }],
  none: ['NULL::DOUBLE', { type: 'number' }],
  one: ["'same'", { type: 'text' }],
  day: ["DATE '2020-01-01' + (h % 50)::INTEGER", { type: 'time' }],
  moment: [
    "CASE WHEN i % 7 > 0 THEN TIMESTAMP '2019-12-31 23:59:59.123456' - INTERVAL (h % 60) DAY END",
    { type: 'time' },
  ],
  zoned: ["TIMESTAMPTZ '1969-12-31 23:59:59.5+02' + INTERVAL (h % 10) SECOND", { type: 'time' }],
  coarse: ["TIMESTAMP_MS '2020-01-01 00:00:00.5' + INTERVAL (h % 10) HOUR", { type: 'time' }],
  fine: ['make_timestamp_ns(1577836800123456789 - (h % 20)::BIGINT * 150000000000000000)', { type: 'time' }],
};
/** What is left to the database: texts in no dictionary, kinds of numbers, and what is to be converted. */
const LEFT: typeof COLUMNS = {
  free: ["'id-' || i", { type: 'text' }],
  money: ['(h % 500)::DECIMAL(10, 2)', { type: 'number' }],
  spelt: ['(h % 30)::VARCHAR', { type: 'number' }],
  digits: ['(h % 3)::INTEGER', { type: 'boolean' }],
  wide: ['(h % 30)::BIGINT', { type: 'number', float32: true }],
};

interface Look {
  readonly options?: string;
  readonly rows?: number;
  /** SQL of the time, of row `i` of `n`. */
  readonly time?: string;
  readonly order?: string;
  readonly columns?: typeof COLUMNS;
  readonly window?: Partial<Span>;
  readonly each?: number;
  readonly info?: Counting['info'];
  readonly prediction?: string;
}

describe('counting the codes of Parquet files', function () {
  this.timeout(120_000);
  const folder = freshFolder();

  /** Counts a file by its codes, and with the database. Tells what the former asked of the database. */
  async function both(look: Look) {
    return withDatabase({ scratch: folder() }, async (database) => {
      const { columns = COLUMNS, rows = 9_000, options = '', order = 'i' } = look;
      const file = path.join(folder(), 'log.parquet');
      const time = look.time ?? `to_timestamp(${BEGIN / 1e3} + i * 3.7)`;
      const list = Object.entries(columns).map(([name, [sql]]) => `${sql} AS "${name}"`);
      await database.run(
        `COPY (SELECT ${[`${time} AS "at"`, ...list].join(', ')} FROM (SELECT range AS i, hash(range) AS h, ${rows} AS n FROM range(${rows})) ORDER BY ${order}) TO '${file}' (FORMAT parquet${options === '' ? '' : `, ${options}`})`,
      );
      const readings = Object.fromEntries(Object.entries(columns).map(([name, [, reading]]) => [name, reading]));
      const there = Object.keys(readings).map((name) => ({ name, sql: '', type: readings[name]!.type }));
      const types = await database.query<{ column_name: string; column_type: string }>(
        `DESCRIBE SELECT * FROM ${parquetRelation([file])}`,
      );
      const typed = there.map((one) => ({
        ...one,
        sql: types.find(({ column_name }) => column_name === one.name)!.column_type,
      }));
      const half = `(SELECT * FROM ${parquetRelation([file])} LIMIT ${Math.ceil(rows / 2)})`;
      const before = await profileRelation(database, { relation: half, columns: typed }, readings);
      const names = Object.keys(readings);
      const reference = before.columns;
      const counting: Counting = {
        readings,
        names,
        binners: names.map((name) => binnerOf(reference[name]!, readings[name]!.float32)),
        grids: Object.fromEntries(
          names.flatMap((name) => {
            const profile = reference[name]!;
            return profile.kind === 'number' ? [[name, gridOf(profile.sample)]] : [];
          }),
        ),
        kept: {},
        labels: Object.fromEntries(
          names.flatMap((name) => {
            const profile = reference[name]!;
            return profile.kind === 'category' ? [[name, [...profile.counts.keys()]]] : [];
          }),
        ),
        info: look.info,
        each: look.each,
        seed: 1,
      };
      const source = { files: file, time: 'at', ...(look.prediction !== undefined && { prediction: look.prediction }) };
      const log = await openLog(database, file, source, names, { readings, scratch: folder() });
      const questions: string[] = [];
      const heard = new Proxy(database, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as unknown;
          if (typeof method !== 'function') return method;
          return (...given: unknown[]) => {
            if (typeof given[0] === 'string') questions.push(given[0]);
            return (method as (...all: unknown[]) => unknown).apply(target, given);
          };
        },
      });
      const { signal } = new AbortController();
      const slow = { ...log, parquet: undefined };
      const [spanned, span] = [await spanOf(heard, log, signal), await spanOf(database, slow, signal)];
      assert.deepEqual(spanned, span);
      const window = { from: span.from ?? 0, to: (span.to ?? 0) + 1, ...look.window };
      const count = (one: Database, table: typeof log, level: number) => {
        let drawn: DrawnRows | undefined;
        const vocabulary = new Vocabulary(one, counting.labels);
        const nothing = () => Promise.resolve();
        const keep = (kept: DrawnRows) => void (drawn = kept);
        const more = { ids: false, labels: false };
        return countFile(one, table, counting, window, [], more, vocabulary, nothing, signal, {
          salt: 'a',
          level,
          keep,
        }).then((counts) => ({ counts, drawn }));
      };
      const coded = await count(heard, log, 0);
      const plain = await count(database, slow, 0);
      const fine = await count(database, log, 3);
      return { coded, fine, plain, questions };
    });
  }

  /** Counts with their sums of values apart, which are added up in another order. */
  function apart({ parts, ...counts }: FileCounts) {
    const sums = parts.flatMap(({ part }) => part.cells.map((cell) => cell?.sum ?? 0));
    const without = parts.map(({ from, part }) => ({
      from,
      part: { ...part, cells: part.cells.map((cell) => cell && { ...cell, sum: 0 }) },
    }));
    return { counts: { ...counts, parts: without }, sums };
  }

  function assertSame(one: FileCounts, other: FileCounts): void {
    const [found, expected] = [apart(one), apart(other)];
    assert.deepEqual(found.counts, expected.counts);
    found.sums.forEach((sum, i) => {
      const wanted = expected.sums[i]!;
      assert.ok(Math.abs(sum - wanted) <= 1e-11 * Math.max(1, Math.abs(wanted)), `${sum} is not ${wanted}`);
    });
  }

  const variants: Readonly<Record<string, Look>> = {
    'as DuckDB writes it': {},
    'in small row groups': { options: 'ROW_GROUP_SIZE 2048' },
    uncompressed: { options: 'COMPRESSION uncompressed' },
    'with gzip': { options: 'COMPRESSION gzip, ROW_GROUP_SIZE 4096' },
    'with dictionaries of few values only': { options: 'DICTIONARY_SIZE_LIMIT 30', columns: without('text', 'code') },
    'in parts by the minute': { each: 60_000 },
    'out of the order of time': { order: 'h', each: HOUR },
    'out of the order of time, in small row groups and short parts': {
      order: 'h',
      each: 60_000,
      options: 'ROW_GROUP_SIZE 2048',
    },
    'with rows outside of the window': { window: { from: BEGIN + HOUR, to: BEGIN + 5 * HOUR } },
    'with rows outside of the window, out of order': {
      window: { from: BEGIN + HOUR, to: BEGIN + 5 * HOUR },
      order: 'h',
    },
    'with no row in the window': { window: { from: 0, to: 1 } },
    'with rows that have no time': { time: `CASE WHEN i % 9 > 0 THEN to_timestamp(${BEGIN / 1e3} + i * 3.7) END` },
    'with times in seconds': { time: `(${BEGIN / 1e3} + i)::BIGINT` },
    'with times in nanoseconds, as whole numbers': { time: `${BEGIN}::BIGINT * 1000000 + i * 1234567890123` },
    'with times as dates': { time: `DATE '2026-01-05' + (i % 20)::INTEGER` },
    'with no row': { rows: 0 },
    'with more numbers than are told apart': { rows: 60_000, options: 'ROW_GROUP_SIZE 20480' },
    'with more numbers than are told apart, out of order': { rows: 50_000, order: 'h' },
  };

  function without(...names: string[]): typeof COLUMNS {
    return Object.fromEntries(Object.entries(COLUMNS).filter(([name]) => !names.includes(name)));
  }

  for (const [name, look] of Object.entries(variants))
    it(`gives what the database counts of a file ${name}, and asks it nothing`, async () => {
      const { coded, plain, questions } = await both(look);
      assertSame(coded.counts, plain.counts);
      assert.deepEqual(questions, []);
      assert.equal(coded.counts.rows, coded.drawn?.draws.length);
    });

  it('draws rows as they are in the file, of a coarser level those of a finer one', async () => {
    const columns = { ...COLUMNS, key: ['i::INTEGER', { type: 'number' }] as const };
    const { coded, fine } = await both({ columns, order: 'h', options: 'ROW_GROUP_SIZE 2048' });
    const [all, some] = [coded.drawn!, fine.drawn!];
    assert.deepEqual(Object.keys(all.columns).sort(), Object.keys(columns).sort());
    const keys = all.columns['key']!.values as Float64Array;
    assert.equal(new Set(keys).size, 9_000);
    // Of the values of each row what they are made of: see the columns.
    const text = all.columns['text']!.values;
    keys.forEach((key, row) => {
      assert.equal(all.columns['one']!.values[row], 'same');
      assert.equal(all.columns['nothing']!.values[row], null);
      const written = text[row] as string | null;
      assert.ok(key % 31 === 0 ? written === '' : key % 37 > 0 ? written!.startsWith('ü') : written === null);
      assert.equal(Number.isNaN(all.columns['whole']!.values[row]), key % 17 === 0);
      assert.equal(Number.isNaN(all.columns['flag']!.values[row]), key % 5 === 0);
    });
    const mean = all.draws.reduce((sum, draw) => sum + draw, 0) / all.draws.length;
    assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(1 / 12 / 9_000), String(mean));
    const below = [...all.draws.keys()].filter((row) => all.draws[row]! < 1 / 8);
    assert.deepEqual(
      [...some.draws],
      below.map((row) => all.draws[row]),
    );
    assert.deepEqual(
      [...some.columns['key']!.values],
      below.map((row) => keys[row]),
    );
    assert.ok(Math.abs(below.length - 9_000 / 8) < 5 * Math.sqrt((9_000 * 7) / 64), String(below.length));
  });

  it('leaves to the database the columns that are not written in codes, and only these', async () => {
    const { coded, plain, questions } = await both({ columns: { ...LEFT, ...COLUMNS } });
    assertSame(coded.counts, plain.counts);
    const asked = questions.find((sql) => sql.includes('FROM (SELECT * FROM'))!;
    for (const name of Object.keys(LEFT)) assert.ok(asked.includes(`"${name}"`), `${name} in ${asked}`);
    for (const name of Object.keys(COLUMNS)) assert.ok(!asked.includes(`CAST("${name}"`), `${name} in ${asked}`);
    assert.equal(coded.drawn, undefined);
  });

  it('leaves to the database encodings that are not read here', async () => {
    const { coded, plain, questions } = await both({ options: "PARQUET_VERSION 'V2', ROW_GROUP_SIZE 2048" });
    assertSame(coded.counts, plain.counts);
    assert.ok(questions.length > 0);
  });

  it('counts the scores of two classes', async () => {
    const info: Pick<ModelInfo, 'task' | 'classes' | 'threshold'> = {
      task: 'binary',
      classes: ['No', 'Yes'],
      threshold: 0.4,
    };
    const columns = {
      ...COLUMNS,
      score: ['CASE WHEN i % 13 > 0 THEN (h % 101) / 100.0::DOUBLE END', { type: 'number' }] as const,
    };
    const { coded, plain, questions } = await both({ columns, info, prediction: 'score', each: HOUR });
    assertSame(coded.counts, plain.counts);
    assert.ok(coded.counts.parts.every(({ part }) => part.scores !== undefined));
    assert.deepEqual(questions, []);
  });

  it('gives the same of a single row, whose texts are in no dictionary', async () => {
    const { coded, plain } = await both({ rows: 1 });
    assertSame(coded.counts, plain.counts);
  });

  it('says what the database says of a damaged file', () =>
    withDatabase({ scratch: folder() }, async (database) => {
      const file = path.join(folder(), 'log.parquet');
      await database.run(
        `COPY (SELECT to_timestamp(range) AS "at", range % 7 AS number, 'c' || range % 9 AS text FROM range(20000)) TO '${file}' (FORMAT parquet)`,
      );
      const whole = readFileSync(file);
      const readings = { number: { type: 'number' }, text: { type: 'text' } } as const;
      const counting: Counting = {
        readings,
        names: Object.keys(readings),
        binners: [],
        grids: {},
        labels: {},
        kept: {},
        info: undefined,
        each: undefined,
        seed: 1,
      };
      const { signal } = new AbortController();
      const told = async (coded: boolean): Promise<string> => {
        try {
          const source = { files: file, time: 'at' };
          const found = await openLog(database, file, source, counting.names, { readings, scratch: folder() });
          const log = coded ? found : { ...found, parquet: undefined };
          const { from, to } = await spanOf(database, log, signal);
          const window = { from: from ?? 0, to: (to ?? 0) + 1 };
          const vocabulary = new Vocabulary(database, {});
          const more = { ids: false, labels: false };
          const nothing = () => Promise.resolve();
          await countFile(database, log, counting, window, [], more, vocabulary, nothing, signal);
          return 'nothing';
        } catch (error) {
          return String(error);
        }
      };
      const damages: Readonly<Record<string, Buffer>> = {
        pages: Buffer.from(whole).fill(0x5a, 100, whole.length >> 1),
        'the end': whole.subarray(0, whole.length - 100),
        footer: Buffer.from(whole).fill(0x5a, whole.length - 300, whole.length - 200),
        everything: whole.subarray(0, 2),
      };
      for (const [where, bytes] of Object.entries(damages)) {
        writeFileSync(file, bytes);
        const [coded, plain] = [await told(true), await told(false)];
        assert.equal(coded, plain, where);
        // What is damaged in the footer need not matter.
        if (where !== 'footer') assert.match(coded, /^UserError/, where);
      }
    }));
});
