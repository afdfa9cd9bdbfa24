import assert from 'node:assert/strict';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import {
  canServe,
  check,
  evaluate,
  type Expression,
  format,
  parse,
  type Scalar,
  toOnnx,
  toSql,
  type Type,
} from '../../../lifecycle/expression';
import {
  encodeModel,
  float,
  GraphBuilder,
  openSession,
  strings,
  type TensorData,
  type Value,
} from '../../../lifecycle/onnx';
import { columns, expressions, type Row, rows } from './arbitrary';

type Column = keyof Row;
const columnNames = Object.keys(columns) as Column[];
const runs = Number(process.env['LIFECYCLE_PROPERTY_RUNS'] ?? 300);

describe('an expression means the same in SQL, ONNX and JavaScript', () => {
  let connection: DuckDBConnection;

  before(async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = await instance.connect();
    await connection.run(
      'CREATE TABLE rows (i INTEGER, a FLOAT, b FLOAT, "c d" FLOAT, s VARCHAR, t VARCHAR, p BOOLEAN, q BOOLEAN)',
    );
  });
  after(() => connection.closeSync());

  async function bySql(sql: string, data: readonly Row[]): Promise<Scalar[]> {
    await connection.run('DELETE FROM rows');
    const literal = (value: Row[Column]): string => {
      if (value === null) return 'NULL';
      if (typeof value === 'number') return `'${Object.is(value, -0) ? '-0' : value}'::FLOAT`;
      return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
    };
    const values = data.map(
      (row, i) => `(${[String(i), ...columnNames.map((column) => literal(row[column]))].join(', ')})`,
    );
    await connection.run(`INSERT INTO rows VALUES ${values.join(', ')}`);
    const result = await connection.runAndReadAll(`SELECT ${sql} FROM rows ORDER BY i`);
    return result.getRows().map(([value]) => (value === null ? undefined : (value as Scalar)));
  }

  async function byOnnx(tree: Expression, data: readonly Row[]): Promise<Scalar[]> {
    const builder = new GraphBuilder('expression');
    const types = columns as Readonly<Record<Column, Type>>;
    const used = new Set(check(tree, columns).names.map(({ name }) => name as Column));
    const values = new Map<string, Value>();
    const feeds: Record<string, TensorData> = {};
    for (const column of used) {
      values.set(column, builder.input(column, types[column] === 'text' ? 'string' : 'float', ['N', 1]));
      const dims = [data.length, 1];
      feeds[column] =
        types[column] === 'text'
          ? strings(
              data.map((row) => String(row[column] ?? '')),
              dims,
            )
          : float(
              data.map((row) => (row[column] === null ? NaN : Number(row[column]))),
              dims,
            );
    }
    const output = toOnnx(builder, tree, columns, values);
    assert.deepEqual(output.shape, ['N', 1]);
    builder.output(output, 'result');
    const session = await openSession(encodeModel(builder.build()));
    try {
      const { result } = await session.run(feeds);
      assert.ok(result);
      return Array.from(result.data as ArrayLike<number | string>, (value) => {
        if (result.type === 'bool') return value === 1;
        if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
        return value === '' ? undefined : String(value);
      });
    } finally {
      await session.close();
    }
  }

  function byHand(tree: Expression, data: readonly Row[]): Scalar[] {
    return data.map((row) => {
      const result = evaluate(tree, (name) => row[name as Column], { float32: true, columns });
      assert.ok(result.ok, result.ok ? '' : result.problem.message);
      return result.value;
    });
  }

  function assertSame(got: readonly Scalar[], wanted: readonly Scalar[], what: string): void {
    assert.equal(got.length, wanted.length);
    wanted.forEach((value, i) => {
      const other = got[i];
      if (typeof value === 'number' && typeof other === 'number') {
        assert.ok(
          Math.abs(value - other) <= 1e-6 * Math.abs(value) + 1e-44,
          `${what}: row ${i}: ${other} instead of ${value}`,
        );
      } else assert.equal(other, value, `${what}: row ${i}`);
    });
  }

  it('for random expressions over random rows with NULL, NaN, zeros, negatives and extremes', async () => {
    await fc.assert(
      fc.asyncProperty(expressions.any, rows, async (tree, data) => {
        const checked = check(tree, columns);
        assert.deepEqual(checked.problems, []);
        fc.pre(canServe(tree, checked).ok);
        const sql = await bySql(toSql(tree, columns, { float32: true }), data);
        assertSame(await byOnnx(tree, data), sql, `ONNX ≠ SQL for ${format(tree)}`);
        assertSame(byHand(tree, data), sql, `JavaScript ≠ SQL for ${format(tree)}`);
      }),
      {
        numRuns: runs,
        ...(process.env['LIFECYCLE_SEED'] ? { seed: Number(process.env['LIFECYCLE_SEED']) } : { seed: 20 }),
      },
    );
  });

  const cases: readonly [string, Scalar[]][] = [
    ['a / b', [0.5, undefined, undefined, -2]],
    ['a + b', [3, 3, undefined, 1]],
    ['-a ^ 2', [-1, -9, undefined, -4]],
    ['a % 2', [1, 1, undefined, 0]],
    ['(0 - a) % 2', [-1, -1, undefined, 0]],
    ['a > 0', [true, true, false, true]],
    ['a != 1', [false, true, true, true]],
    ['not (a > 2)', [true, false, true, true]],
    ['a is null', [false, false, true, false]],
    ['is_missing(a / b)', [false, true, true, false]],
    ['coalesce(a, -1)', [1, 3, -1, 2]],
    ['max(a, b)', [2, 3, undefined, 2]],
    ['if(a > 1, 1, 0)', [0, 1, 0, 1]],
    ['if(a > 1, null, b)', [2, undefined, 5, undefined]],
    ['a between 1 and 2', [true, false, false, true]],
    ['a not between 1 and 2', [false, true, true, false]],
    ["s in ('x', 'One year')", [true, true, false, false]],
    ["s not in ('x', 'One year')", [false, false, true, true]],
    ["s != 'x'", [false, true, true, true]],
    ['s is null', [false, false, true, false]],
    ["coalesce(s, 'none')", ['x', 'One year', 'none', 'y']],
    ['round(a / 2)', [1, 2, undefined, 1]],
    ['sqrt(0 - a)', [undefined, undefined, undefined, undefined]],
    ['log(b)', [Math.fround(Math.log(2)), undefined, Math.fround(Math.log(5)), undefined]],
    ['p', [true, false, false, true]],
    ['not p', [false, true, true, false]],
    ['p is null', [false, true, false, false]],
    ['exp(a * 100)', [undefined, undefined, undefined, undefined]],
    ['pow(b, 0)', [1, 1, 1, 1]],
    ['pow(a, 0)', [1, 1, undefined, 1]],
    ['sign(a)', [1, 1, undefined, 1]],
    ['clip(a, 1.5, 2.5)', [1.5, 2.5, undefined, 2]],
  ];
  const none = { 'c d': null, t: null, q: null };
  const table: Row[] = [
    { a: 1, b: 2, s: 'x', p: true, ...none },
    { a: 3, b: 0, s: 'One year', p: null, ...none },
    { a: null, b: 5, s: '', p: false, ...none },
    { a: 2, b: -1, s: 'y', p: true, ...none },
  ];
  for (const [source, wanted] of cases) {
    it(source, async () => {
      const { tree, problems } = parse(source);
      assert.deepEqual(problems, []);
      assert.ok(tree);
      assertSame(await bySql(toSql(tree, columns, { float32: true }), table), wanted, 'SQL');
      assertSame(await byOnnx(tree, table), wanted, 'ONNX');
      assertSame(byHand(tree, table), wanted, 'JavaScript');
    });
  }

  const sqlOnly: readonly [string, Scalar[]][] = [
    ['length(s)', [1, 8, undefined, 1]],
    ['upper(s)', ['X', 'ONE YEAR', undefined, 'Y']],
    ["contains(s, 'e')", [false, true, false, false]],
    ["starts_with(lower(s), 'one')", [false, true, false, false]],
    ["s > 'x'", [false, false, false, true]],
  ];
  for (const [source, wanted] of sqlOnly) {
    it(`${source} (in SQL only)`, async () => {
      const { tree } = parse(source);
      assert.ok(tree);
      assert.equal(canServe(tree, check(tree, columns)).ok, false);
      assertSame(await bySql(toSql(tree, columns), table), wanted, 'SQL');
      assertSame(byHand(tree, table), wanted, 'JavaScript');
    });
  }

  it('computes in double when asked to filter', async () => {
    const { tree } = parse('a / 3');
    assert.ok(tree);
    assert.equal((await bySql(toSql(tree, columns), table))[0], 1 / 3);
  });

  it('compares times with ISO dates', async () => {
    const { tree } = parse("`when` >= '2024-02-29' and `when` < '2024-03-01T01:00:00+01:00'");
    assert.ok(tree);
    const sql = toSql(tree, { when: 'time' }, { column: () => 'w' });
    const result = await connection.runAndReadAll(
      `SELECT ${sql} FROM (VALUES (TIMESTAMP '2024-02-29 12:00:00'), (TIMESTAMP '2024-03-01'), (NULL)) v(w)`,
    );
    assert.deepEqual(
      result.getRows().map(([value]) => value),
      [true, false, false],
    );
  });

  it('cannot be broken out of by names or texts', async () => {
    const evil = `x" FROM rows; DROP TABLE rows; --`;
    const { tree } = parse(`\`${evil}\` = '''; DROP TABLE rows; --'`);
    assert.ok(tree);
    const sql = toSql(tree, { [evil]: 'text' });
    const result = await connection.runAndReadAll(`SELECT ${sql} FROM (SELECT 'a' AS "${evil.replaceAll('"', '""')}")`);
    assert.deepEqual(result.getRows(), [[false]]);
    await connection.run('SELECT 1 FROM rows');
  });
});
