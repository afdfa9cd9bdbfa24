import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {
  type ColumnRows,
  describe as described,
  isUnread,
  parquetRelation,
  ParquetReader,
  spelt,
  strings,
  Unread,
  withDatabase,
} from '../../../lifecycle/table';
import { areOnes, readHybrid, SLACK } from '../../../lifecycle/table/parquet/hybrid';
import { unsnap } from '../../../lifecycle/table/parquet/snappy';
import { Random } from '../../../lifecycle/statistics/random';
import { freshFolder } from '../../rigs/folder';

describe('Snappy', () => {
  /** What a block is made of: bytes as they are, or a copy of some that came before. */
  type Piece =
    { readonly literal: number[] } | { readonly offset: number; readonly length: number; readonly wide: number };

  const pieces = fc.array(
    fc.oneof(
      fc.record({ literal: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 300 }) }),
      fc.record({
        offset: fc.integer({ min: 1, max: 3_000 }),
        length: fc.integer({ min: 1, max: 64 }),
        wide: fc.constantFrom(1, 2, 4),
      }),
    ),
    { maxLength: 30 },
  );

  /** Written after the description of the format, so that every kind of element occurs. */
  function written(all: readonly Piece[]): { readonly block: Buffer; readonly plain: Buffer } {
    const plain: number[] = [];
    const body: number[] = [];
    for (const piece of all) {
      if ('literal' in piece) {
        const { length } = piece.literal;
        if (length <= 60) body.push((length - 1) << 2);
        else if (length <= 256) body.push(60 << 2, length - 1);
        else body.push(61 << 2, (length - 1) & 255, (length - 1) >> 8);
        body.push(...piece.literal);
        plain.push(...piece.literal);
        continue;
      }
      const offset = Math.min(piece.offset, plain.length);
      if (offset === 0) continue;
      let { length } = piece;
      if (piece.wide === 1 && offset < 2_048) {
        length = Math.max(4, Math.min(11, length));
        body.push(1 | ((length - 4) << 2) | ((offset >> 8) << 5), offset & 255);
      } else if (piece.wide === 4) body.push(3 | ((length - 1) << 2), offset & 255, offset >> 8, 0, 0);
      else body.push(2 | ((length - 1) << 2), offset & 255, offset >> 8);
      for (let i = 0; i < length; i++) plain.push(plain[plain.length - offset]!);
    }
    const head: number[] = [];
    let rest = plain.length;
    for (; rest > 127; rest >>= 7) head.push((rest & 127) | 128);
    head.push(rest);
    return { block: Buffer.from([...head, ...body]), plain: Buffer.from(plain) };
  }

  const room = (buffer: Buffer) => ({
    buffer,
    view: new DataView(buffer.buffer, buffer.byteOffset, buffer.length),
  });

  it('is unpacked, whatever it is made of', () => {
    fc.assert(
      fc.property(pieces, (all) => {
        const { block, plain } = written(all);
        const output = Buffer.alloc(plain.length);
        unsnap(room(block), 0, block.length, room(output), plain.length);
        assert.ok(output.equals(plain));
      }),
    );
  });

  it('is refused when it is damaged, and writes nothing beyond its size', () => {
    fc.assert(
      fc.property(pieces, fc.integer(), fc.integer({ min: 0, max: 255 }), (all, at, byte) => {
        const { block, plain } = written(all);
        block[Math.abs(at) % block.length] = byte;
        const output = Buffer.alloc(plain.length + 100, 7);
        try {
          unsnap(room(block), 0, block.length, room(output), plain.length);
        } catch (error) {
          assert.ok(error instanceof Unread, String(error));
        }
        assert.ok(output.subarray(plain.length).every((one) => one === 7));
        assert.throws(() => unsnap(room(block), 0, block.length - 1, room(output), plain.length), Unread);
      }),
    );
  });
});

describe('runs and packed bits', () => {
  const runs = fc.integer({ min: 1, max: 24 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      runs: fc.array(
        fc.oneof(
          fc.record({ value: fc.integer({ min: 0, max: 2 ** width - 1 }), times: fc.integer({ min: 0, max: 300 }) }),
          fc
            .array(fc.integer({ min: 0, max: 2 ** width - 1 }), { maxLength: 5 * 8 })
            .map((values) => ({ values: values.slice(0, values.length & ~7) })),
        ),
        { maxLength: 8 },
      ),
    }),
  );

  it('are read as they were written', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 3 }), (all, less, before) => {
        const bytes: number[] = new Array<number>(before).fill(0xff);
        const expected: number[] = [];
        const varint = (value: number): void => {
          for (; value > 127; value >>= 7) bytes.push((value & 127) | 128);
          bytes.push(value);
        };
        for (const run of all.runs) {
          if ('times' in run) {
            varint(run.times << 1);
            for (let i = 0; i < all.width; i += 8) bytes.push((run.value >> i) & 255);
            for (let i = 0; i < run.times; i++) expected.push(run.value);
          } else {
            varint(((run.values.length / 8) << 1) | 1);
            let bits = 0n;
            run.values.forEach((value, i) => (bits |= BigInt(value) << BigInt(i * all.width)));
            for (let i = 0; i < (run.values.length / 8) * all.width; i++)
              bytes.push(Number((bits >> BigInt(8 * i)) & 255n));
            expected.push(...run.values);
          }
        }
        const buffer = Buffer.concat([Buffer.from(bytes), Buffer.alloc(SLACK, 0xff)]);
        const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
        const count = Math.max(0, expected.length - less);
        const out = new Uint32Array(count + 2).fill(9);
        readHybrid(view, before, bytes.length, all.width, out, 1, count);
        assert.deepEqual([...out], [9, ...expected.slice(0, count), 9]);
        if (all.width === 1)
          assert.equal(areOnes(view, before, bytes.length, count) && expected.slice(0, count).includes(0), false);
        assert.throws(
          () => readHybrid(view, before, bytes.length, all.width, new Uint32Array(9_999), 0, 9_999),
          Unread,
        );
      }),
    );
  });
});

const TYPES: Readonly<Record<string, string>> = {
  flag: 'h % 3 = 0',
  tiny: '(h % 100)::TINYINT',
  small: '(h % 100)::SMALLINT',
  int: '(h % 100)::INTEGER',
  big: '(h % 100)::BIGINT',
  utiny: '(h % 100)::UTINYINT',
  usmall: '(h % 100)::USMALLINT',
  uint: '(h % 100)::UINTEGER',
  ubig: '(h % 100)::UBIGINT',
  float: '(h % 100)::FLOAT / 7',
  double: '(h % 100000007)::DOUBLE / 7',
  text: "CASE WHEN i % 3 > 0 THEN 'é' || h % 50 END",
  date: "DATE '2020-01-01' + (h % 9)::INTEGER",
  stamp: "TIMESTAMP '2020-01-01' + INTERVAL (h % 9) HOUR",
  zoned: "TIMESTAMPTZ '2020-01-01' + INTERVAL (h % 9) HOUR",
  milli: "TIMESTAMP_MS '2020-01-01' + INTERVAL (h % 9) HOUR",
  nano: 'make_timestamp_ns((h % 9)::BIGINT)',
};
/** Not read here. */
const OTHERS: Readonly<Record<string, string>> = {
  money: '(h % 100)::DECIMAL(9, 2)',
  blob: "'x'::BLOB",
  id: 'uuid()',
  time: "TIME '10:00:00'",
  list: '[1, 2]',
  pair: "{a: 1, b: 'x'}",
  map: "MAP {'a': 1}",
  json: `'{"a":1}'::JSON`,
  span: 'INTERVAL 3 DAY',
};

describe('Parquet files', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  async function write(columns: typeof TYPES, options = '', rows = 5_000): Promise<string> {
    const file = path.join(folder(), 'file.parquet');
    const list = Object.entries(columns).map(([name, sql]) => `${sql} AS "${name}"`);
    await withDatabase({ scratch: folder() }, (database) =>
      database.run(
        `COPY (SELECT ${list.join(', ')} FROM (SELECT range AS i, hash(range) AS h FROM range(${rows}))) TO '${file}' (FORMAT parquet${options})`,
      ),
    );
    return file;
  }

  /** Texts and numbers of a column, null where there is none; times in milliseconds. */
  async function read(file: string, name: string): Promise<(number | string | null)[]> {
    const reader = await ParquetReader.open(file);
    try {
      const all: (number | string | null)[] = [];
      for (const group of reader.footer.groups)
        all.push(...plainly(reader.read(group, reader.footer.columns.get(name)!)));
      return all;
    } finally {
      await reader.close();
    }
  }

  function plainly(rows: ColumnRows): (number | string | null)[] {
    if (rows.kind === 'numbers') return Array.from(rows.numbers, (value) => (Number.isNaN(value) ? null : value));
    const { codes, dictionary } = rows;
    const values: readonly (number | string)[] =
      dictionary.kind === 'texts' ? dictionary.spellings.map(spelt) : [...dictionary.numbers];
    return Array.from(codes, (code) => values[code] ?? null);
  }

  async function plainlyBy(file: string, name: string): Promise<(number | string | null)[]> {
    return withDatabase({ scratch: folder() }, async (database) => {
      const [column] = (await described(database, parquetRelation([file]))).filter((one) => one.name === name);
      const isTime = /^(DATE|TIMESTAMP)/.test(column!.sql);
      const sql = isTime ? `epoch_us(CAST("${name}" AS TIMESTAMP)) / 1e3` : `"${name}"`;
      const all: (string | null)[] = [];
      await database.stream(
        `SELECT CAST(${column!.sql === 'VARCHAR' ? sql : `CAST(${sql} AS DOUBLE)`} AS VARCHAR) FROM ${parquetRelation([file])}`,
        (chunk, rows) => void all.push(...strings(chunk, 0).slice(0, rows)),
      );
      return column!.sql === 'VARCHAR' ? all : all.map((value) => (value === null ? null : Number(value)));
    });
  }

  it('have the columns and types that the database finds', async () => {
    const file = await write({ ...TYPES, ...OTHERS }, '', 10);
    const reader = await ParquetReader.open(file);
    await reader.close();
    const there = await withDatabase({ scratch: folder() }, (database) => described(database, parquetRelation([file])));
    const known = [...reader.footer.columns].map(([name, column]) => ({ name, sql: column?.sql }));
    assert.deepEqual(
      known,
      there.map(({ name, sql }) => ({ name, sql: name in TYPES ? sql : undefined })),
    );
  });

  for (const options of [
    '',
    ', COMPRESSION uncompressed',
    ', COMPRESSION gzip',
    ', ROW_GROUP_SIZE 2048',
    ', DICTIONARY_SIZE_LIMIT 60',
  ])
    it(`have the values that the database finds${options}`, async () => {
      const file = await write(TYPES, options);
      for (const name of Object.keys(TYPES))
        assert.deepEqual(await read(file, name), await plainlyBy(file, name), name);
    });

  it('are left to the database when they are packed otherwise', async () => {
    const file = await write({ int: TYPES['int']! }, ', COMPRESSION brotli');
    await assert.rejects(read(file, 'int'), Unread);
  });

  it('of other programs are read alike', async () => {
    const fixtures = path.resolve(__dirname, '../../golden/table/parquet');
    const files = readdirSync(fixtures).filter((name) => name.endsWith('.parquet'));
    assert.ok(files.length > 3);
    for (const name of files) {
      const file = path.join(fixtures, name);
      const reader = await ParquetReader.open(file);
      await reader.close();
      let seen = 0;
      for (const [column, kind] of reader.footer.columns) {
        const there = await plainlyBy(file, column);
        try {
          assert.deepEqual(kind && (await read(file, column)), kind && there, `${name}: ${column}`);
          seen++;
        } catch (error) {
          // Some are in encodings that are not read here.
          if (!(error instanceof Unread)) throw error;
        }
      }
      // Node unpacks zstd from 22.15 on.
      assert.ok(seen > 0 || name.includes('zstd'), name);
    }
  });

  it('that are damaged anywhere are refused or read, never more than that', async () => {
    const file = await write(TYPES, ', ROW_GROUP_SIZE 2048', 3_000);
    const whole = readFileSync(file);
    const random = new Random(3);
    const copy = path.join(folder(), 'damaged.parquet');
    let refused = 0;
    for (let round = 0; round < 150; round++) {
      const bytes = Buffer.from(whole);
      // Half of them in the footer and the headers of pages, where the sizes are.
      const late = round % 2 === 0;
      for (let i = 0; i < 3; i++) {
        const at = late ? bytes.length - 1 - random.integer(3_000) : random.integer(bytes.length);
        bytes[at] = random.integer(256);
      }
      writeFileSync(copy, round % 10 === 9 ? bytes.subarray(0, random.integer(bytes.length)) : bytes);
      try {
        const reader = await ParquetReader.open(copy);
        try {
          for (const group of reader.footer.groups)
            for (const column of reader.footer.columns.values()) {
              if (column === undefined) continue;
              const rows = reader.read(group, column);
              assert.equal((rows.kind === 'codes' ? rows.codes : rows.numbers).length, group.rows);
            }
        } finally {
          await reader.close();
        }
      } catch (error) {
        assert.ok(isUnread(error), String((error as Error).stack));
        refused++;
      }
    }
    assert.ok(refused > 50);
  });
});
