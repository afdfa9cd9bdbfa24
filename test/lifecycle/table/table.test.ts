import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { UserError } from '../../../lifecycle/problem';
import {
  columnsOf,
  columnType,
  concatenateParquet,
  copyToParquet,
  double,
  doubles,
  doublesOf,
  float,
  formatOf,
  identifier,
  LABEL,
  literalPath,
  openDatabase,
  readColumns,
  readDelimited,
  readMatrix,
  splitRecords,
  text,
  uniqueNames,
  withDatabase,
  words,
  wordsOf,
} from '../../../lifecycle/table';
import { readThrift, type ThriftStruct, type ThriftValue, writeThrift } from '../../../lifecycle/table/thrift';

describe('tables', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lifecycle-table-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => path.join(folder, name);

  it('read columns of every type, missing values included', async () => {
    await withDatabase({}, (database) =>
      database.run(
        copyToParquet(
          `SELECT * FROM (VALUES
            (1::BIGINT, 1.5::FLOAT, true, 'a', DATE '2024-02-01', 1.25::DECIMAL(9,2), TIMESTAMP '2024-01-01 00:00:01.5'),
            (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (9007199254740993, -0.25, false, '', DATE '1969-12-31', -3, TIMESTAMP '1900-01-01')) t(i, f, "b 1", "t""x", d, m, z)`,
          at('types.parquet'),
        ),
      ),
    );
    const { rows, columns } = await readColumns(at('types.parquet'));
    assert.equal(rows, 3);
    const plain = Object.fromEntries(
      Object.entries(columns).map(([name, { type, values }]) => [name, [type, ...Array.from<unknown>(values)]]),
    );
    assert.deepEqual(plain, {
      i: ['number', 1, NaN, 9007199254740992],
      f: ['number', 1.5, NaN, -0.25],
      'b 1': ['boolean', 1, NaN, 0],
      't"x': ['text', 'a', null, ''],
      d: ['time', Date.UTC(2024, 1, 1), NaN, -86_400_000],
      m: ['number', 1.25, NaN, -3],
      z: ['time', Date.UTC(2024, 0, 1, 0, 0, 1, 500), NaN, Date.UTC(1900, 0, 1)],
    });
    await assert.rejects(readColumns(at('types.parquet'), ['nope']), /no column 'nope'/);
    assert.deepEqual(
      ['HUGEINT', 'DECIMAL(18,3)', 'TIMESTAMP WITH TIME ZONE', 'UUID', 'BIGINT[]', 'INTEGER'].map(columnType),
      ['number', 'number', 'time', 'text', 'text', 'number'],
    );
  });

  it('read a matrix column by column, over several chunks and row groups', async () => {
    const n = 10_000;
    await withDatabase({}, (database) =>
      database.run(
        copyToParquet(
          `SELECT CAST(CASE WHEN r % 7 = 0 THEN NULL ELSE r / 3 END AS FLOAT) AS "a b", r % 2 = 0 AS flag, CAST(r % 3 AS FLOAT) AS ${LABEL} FROM range(${n}) t(r)`,
          at('matrix.parquet'),
          { rowGroup: 4096 },
        ),
      ),
    );
    const { rows, columns, label } = await readMatrix(at('matrix.parquet'), ['flag', 'a b']);
    assert.equal(rows, n);
    for (let r = 0; r < n; r++) {
      assert.equal(columns[r], r % 2 === 0 ? 1 : 0);
      const value = columns[n + r] ?? 0;
      assert.ok(r % 7 === 0 ? Number.isNaN(value) : value === Math.fround(r / 3));
      assert.equal(label?.[r], r % 3);
    }
    const { label: none, columns: slow } = {
      label: undefined,
      ...(await withDatabase({}, (database) => columnsOf(database, `(SELECT "a b" FROM '${at('matrix.parquet')}')`))),
    };
    assert.equal(none, undefined);
    assert.deepEqual(Float32Array.from(slow['a b']?.values as Float64Array), columns.subarray(n));
    await assert.rejects(readMatrix(at('matrix.parquet'), ['c']), /no feature 'c'/);
  });

  it('hand over columns past the objects of the bindings, and refuse another type', async () => {
    const n = 9_000;
    await withDatabase({}, async (database) => {
      const [some, all, hashes] = [doublesOf(0), doublesOf(1), wordsOf(2)];
      let row = 0;
      const query = `SELECT CASE WHEN r % 7 > 0 AND r NOT BETWEEN 2000 AND 5000 THEN r / 4 END, r / 8, CAST(r * 4294967299 AS UBIGINT) FROM range(${n}) t(r)`;
      await database.stream(query, (chunk, rows) => {
        const [a, b, c] = [some(chunk, rows), all(chunk, rows), hashes(chunk, rows)];
        assert.deepEqual([a.length, b.length, c.length], [rows, rows, 2 * rows]);
        assert.deepEqual([a, b, c], [doubles(chunk, 0), doubles(chunk, 1), words(chunk, 2)]);
        for (let i = 0; i < rows; i++, row++) {
          const missing = row % 7 === 0 || (row >= 2_000 && row <= 5_000);
          assert.ok(missing ? Number.isNaN(a[i]) : a[i] === row / 4);
          assert.deepEqual([b[i], c[2 * i], c[2 * i + 1]], [row / 8, (row * 3) | 0, row]);
        }
      });
      assert.equal(row, n);
      for (const read of [doublesOf(0), wordsOf(0)])
        await assert.rejects(
          database.stream('SELECT 1::INTEGER', (chunk, rows) => void read(chunk, rows)),
          /column 0 holds no/,
        );
    });
  });

  it('join Parquet files: rows in order, statistics and filters that still work', async () => {
    const parts = [0, 1, 2, 3].map((i) => at(`part${i}.parquet`));
    await withDatabase({ threads: 2 }, async (database) => {
      const query = (i: number): string =>
        `SELECT r, 'v' || (r % 11) AS t, CASE WHEN r % 5 = 0 THEN NULL ELSE r * 0.5 END AS x FROM range(${i * 5000}, ${i === 2 ? i * 5000 : (i + 1) * 5000}) t(r)`;
      await database.parallel(parts.map((part, i) => copyToParquet(query(i), part, { rowGroup: 2048 })));
      await concatenateParquet(parts, at('joined.parquet'));
      const relation = `read_parquet('${at('joined.parquet')}', file_row_number = true)`;
      const all = await database.one(
        `SELECT count(*) AS n, min(r) AS low, max(r) AS high, bool_and(r = file_row_number OR r = file_row_number + 5000) AS ordered, count(x) AS x FROM ${relation}`,
      );
      assert.deepEqual(all, { n: 15_000, low: 0, high: 19_999, ordered: true, x: 12_000 });
      assert.deepEqual(await database.query(`SELECT r, t, x FROM ${relation} WHERE r = 17777`), [
        { r: 17_777, t: 'v1', x: 8888.5 },
      ]);
      assert.deepEqual(await database.query(`SELECT count(*) AS n FROM ${relation} WHERE t = 'nope'`), [{ n: 0 }]);
      const groups = await database.one(
        `SELECT count(DISTINCT row_group_id) AS n, max(row_group_id) AS last FROM parquet_metadata('${at('joined.parquet')}')`,
      );
      assert.deepEqual(groups, { n: 9, last: 8 });
    });
    writeFileSync(at('not.parquet'), 'nothing of the kind');
    await assert.rejects(
      concatenateParquet([parts[0] ?? '', at('not.parquet')], at('x.parquet')),
      /not a Parquet file/,
    );
  });

  it('write and read Thrift back', () => {
    const leaf = fc.oneof(
      fc.boolean().map((value): ThriftValue => ({ type: 'bool', value })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): ThriftValue => ({ type: 'i64', value })),
      // Of every length that they are written in.
      fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: -2, max: 1 })).map(([bits, more]): ThriftValue => ({
        type: 'i64',
        value: BigInt.asIntN(64, (1n << BigInt(bits)) + BigInt(more)),
      })),
      fc.integer({ min: -128, max: 127 }).map((value): ThriftValue => ({ type: 'byte', value: BigInt(value) })),
      fc.uint8Array({ maxLength: 300 }).map((value): ThriftValue => ({ type: 'binary', value })),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value): ThriftValue => ({ type: 'double', value })),
      fc
        .array(fc.boolean(), { maxLength: 40 })
        .map((list): ThriftValue => ({ type: 'list', of: 1, items: list.map((value) => ({ type: 'bool', value })) })),
    );
    const { struct } = fc.letrec<{ struct: ThriftStruct; value: ThriftValue }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, leaf, tie('struct')),
      struct: fc
        .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), tie('value')), { selector: ([id]) => id, maxLength: 6 })
        .map((fields) => ({ type: 'struct' as const, fields: new Map(fields.toSorted(([a], [b]) => a - b)) })),
    }));
    const plain = (value: ThriftValue): unknown =>
      value.type === 'struct'
        ? [...value.fields].map(([id, field]) => [id, plain(field)])
        : value.type === 'list'
          ? value.items.map(plain)
          : typeof value.value === 'object'
            ? [...value.value]
            : value.value;
    fc.assert(fc.property(struct, (value) => assert.deepEqual(plain(readThrift(writeThrift(value))), plain(value))));
    assert.throws(() => readThrift(Uint8Array.of(0x15)), RangeError);
  });

  it('quote whatever a name or text holds', async () => {
    await withDatabase({}, async (database) => {
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\0')),
          fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')),
          async (name, value) => {
            const row = await database.one<Record<string, string>>(`SELECT ${text(value)} AS ${identifier(name)}`);
            assert.deepEqual(row, { [name]: value });
          },
        ),
        { numRuns: 50, examples: [['__proto__', 'kept']] },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.float({ noNaN: true, noDefaultInfinity: true }),
          async (wide, narrow) => {
            const row = await database.one<{ d: number; f: number }>(
              `SELECT ${double(wide)} AS d, ${float(narrow)} AS f`,
            );
            assert.ok(Object.is(row.d, wide) && Object.is(row.f, narrow), `${wide} ${narrow}`);
          },
        ),
        { numRuns: 50 },
      );
    });
    const odd = at("it's [1] *?.csv");
    writeFileSync(odd, 'x\n1\n');
    writeFileSync(at("it's 1 zz.csv"), 'x\n2\n');
    await withDatabase({}, async (database) =>
      assert.deepEqual(await database.query(`SELECT * FROM read_csv(${literalPath(odd)})`), [{ x: 1 }]),
    );
    assert.throws(() => float(NaN), RangeError);
  });

  it('keep to limits, clean up, and stop when told', async () => {
    const scratch = at('scratch');
    const controller = new AbortController();
    const database = await openDatabase({ scratch, memory: 100e6, threads: 2, signal: controller.signal });
    assert.equal(readdirSync(scratch).length, 1);
    const settings = await database.query<{ name: string; value: string }>(
      "SELECT name, value FROM duckdb_settings() WHERE name IN ('threads', 'autoinstall_known_extensions', 'autoload_known_extensions') ORDER BY name",
    );
    assert.deepEqual(
      settings.map(({ value }) => value),
      ['false', 'false', '2'],
    );
    const running = database.query(
      'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) % 3 = 0',
    );
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await assert.rejects(running, /enough/);
    await assert.rejects(database.query('SELECT 1'), /enough/);
    await database.close();
    await database.close();
    assert.deepEqual(readdirSync(scratch), []);
  });

  it('run statements side by side, and end all when one fails', async () => {
    await withDatabase({ threads: 2 }, async (database) => {
      await database.run('CREATE TABLE seen (i INTEGER)');
      let done = 0;
      const statements = Array.from({ length: 5 }, (_, i) => `INSERT INTO seen SELECT ${i} + getvariable('plus')`);
      await database.parallel(statements, { setup: 'SET VARIABLE plus = 10', onDone: () => void done++ });
      assert.equal(done, 5);
      assert.deepEqual(await database.one('SELECT sum(i) AS s, count(*) AS n FROM seen'), { s: 60, n: 5 });
      const slow = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) % 3 = 0';
      const began = performance.now();
      await assert.rejects(database.parallel([slow, "SELECT CAST('x' AS INTEGER)"]), /Could not convert/);
      assert.ok(performance.now() - began < 20_000);
      assert.deepEqual(await database.one("SELECT current_setting('threads') AS t"), { t: 2 });
    });
  });

  it("put the machine's limits in plain words", async () => {
    await withDatabase({ memory: 50e6 }, async (database) => {
      await database.run("SET max_temp_directory_size = '1MB'");
      await assert.rejects(
        database.run('CREATE TABLE big AS SELECT range AS r, hash(range) AS h FROM range(20000000)'),
        (error) => error instanceof UserError && error.problem.code === 'disk-full',
      );
      await assert.rejects(
        database.run("COPY (SELECT range FROM range(100000)) TO '/dev/full' (FORMAT csv)"),
        (error) => error instanceof UserError && error.problem.code === 'disk-full',
      );
      await assert.rejects(
        database.run('SELECT * FROM nowhere'),
        (error) =>
          error instanceof Error && !(error instanceof UserError) && /nowhere[\s\S]*in: SELECT/.test(error.message),
      );
      assert.deepEqual(await database.statements('SELECT 1; CREATE TABLE z (i INTEGER)'), ['select', 'other']);
    });
  });

  it('tell formats by name', () => {
    assert.deepEqual(['a.csv', 'A.CSV.GZ', 'b.tsv.zst', 'c.ndjson', 'd.parquet', 'e.xlsx', 'f'].map(formatOf), [
      'csv',
      'csv',
      'tsv',
      'jsonl',
      'parquet',
      undefined,
      undefined,
    ]);
  });
});

describe('the beginning of a delimited text', () => {
  it('is cut as RFC 4180 says', () => {
    assert.deepEqual(splitRecords('a,b\r\n"x ""y"", z",\n\n1,"2\n3"\r4,5', ',', true), [
      ['a', 'b'],
      ['x "y", z', ''],
      ['1', '2\n3'],
      ['4', '5'],
    ]);
    assert.deepEqual(splitRecords('a,b\n1,2\n3', ',', false), [
      ['a', 'b'],
      ['1', '2'],
    ]);
    assert.deepEqual(splitRecords('a,"b', ',', true), []);
  });

  it('tells the separator', () => {
    const delimiter = (body: string): string => readDelimited(body, true).delimiter;
    assert.equal(delimiter('a;b\n1,5;2,5\n'), ';');
    assert.equal(delimiter('a\tb\n1\t2\n'), '\t');
    assert.equal(delimiter('a|b|c\n1|2|3\n'), '|');
    assert.equal(delimiter('alone\n1\n2\n'), ',');
    assert.equal(delimiter('a,b\n"x;y",1\n"z;w",2\n'), ',');
  });

  it('comes back whatever the values hold', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ' ', ';', "'"), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const quoted = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
        const { names, records } = readDelimited(`x,y\n${quoted.join('\n')}\n`, true, { delimiter: ',' });
        assert.deepEqual([names, records], [['x', 'y'], rows]);
      }),
    );
  });

  it('gives every column a name of its own', () => {
    assert.deepEqual(uniqueNames(['a', '', 'A', ' b ', 'a']).names, ['a', 'column2', 'A_2', 'b', 'a_3']);
  });
});
