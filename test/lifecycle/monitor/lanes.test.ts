import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { binnerOf } from '../../../lifecycle/monitor/binner';
import { openParquet, profileRelation, readingsOf } from '../../../lifecycle/monitor/files';
import { inLanes } from '../../../lifecycle/monitor/sources/lanes';
import { readLog } from '../../../lifecycle/monitor/sources/log';
import { UserError } from '../../../lifecycle/problem';
import { copyToParquet, type Database, parquetRelation, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';
import { logContext } from './elsewhere';

const FILES = 3;

describe('counting files in several threads', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  /** Five days, with rows that stand in two of them, and the reference. */
  async function setUp(database: Database) {
    const logs = path.join(folder(), 'logs');
    mkdirSync(logs, { recursive: true });
    const row = (from: number) =>
      `hash(range + ${from}) % 100000 / 1e3 AS number, CASE WHEN range % 50 > 0 THEN (hash(range) % 7)::INTEGER END AS few, CASE WHEN range % 31 = 0 THEN '' WHEN range % 37 > 0 THEN 'c' || hash(range * 3 + ${from}) % ${from + 40} END AS text, range % 3 = 0 AS flag`;
    const reference = path.join(folder(), 'reference.parquet');
    await database.run(copyToParquet(`SELECT ${row(0)} FROM range(4000)`, reference));
    for (let day = 0; day < FILES; day++)
      await database.run(
        copyToParquet(
          `SELECT to_timestamp(1767225600 + ${day} * 26000 + range * 3) AS "at", 'r' || (range + ${day} * 8600) AS id, ${row(day)} FROM range(9000)`,
          path.join(logs, `${day}.parquet`),
        ),
      );
    const table = await openParquet(database, reference);
    const readings = readingsOf(table);
    const before = await profileRelation(database, table, readings);
    const names = Object.keys(readings);
    return (store: string, threads: number, { ids = false, signal = new AbortController().signal } = {}) =>
      readLog(logContext(folder(), { store: path.join(folder(), store), threads, signal }), database, {
        source: { files: 'logs', time: 'at', ...(ids && { id: 'id' }) },
        readings,
        names,
        binners: names.map((name) => binnerOf(before.columns[name]!)),
        info: undefined,
        seed: 1,
        since: new Date(0),
        reference: before.columns,
        apart: 0,
      });
  }

  /** The texts of all files, counted by the database. */
  async function plainly(database: Database, name: string) {
    const files = Array.from({ length: FILES }, (_, day) => path.join(folder(), 'logs', `${day}.parquet`));
    const table = { relation: parquetRelation(files), columns: [{ name, type: 'text' as const, sql: 'VARCHAR' }] };
    return (await profileRelation(database, table, { [name]: { type: 'text' } })).columns[name];
  }

  it('gives the same whatever their number', () =>
    withDatabase({ scratch: folder() }, async (database) => {
      const read = await setUp(database);
      for (const ids of [false, true]) {
        const alone = await read(`alone-${ids}`, 1, { ids });
        const beside = await read(`beside-${ids}`, 2, { ids });
        assert.equal(alone.table.rows > 22_000, true);
        // Texts that the reference has not are read by their hashes; empty ones are missing.
        if (!ids) assert.deepEqual(alone.table.columns['text'], await plainly(database, 'text'));
        assert.deepEqual(beside.table, alone.table);
        assert.deepEqual(beside.windows?.sorted(), alone.windows?.sorted());
        assert.deepEqual(beside.sample, alone.sample);
        assert.equal(beside.counted, alone.counted);
        // What the threads counted is kept as if it had been counted here.
        assert.equal((await read(`beside-${ids}`, 1, { ids })).counted, 0);
      }
    }));

  it('tells what is wrong with a file as one thread does', () =>
    withDatabase({ scratch: folder() }, async (database) => {
      const read = await setUp(database);
      const file = path.join(folder(), 'logs', '1.parquet');
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0x5a, 1_000, bytes.length >> 1));
      const problem = async (threads: number) => {
        const error = await read(`broken-${threads}`, threads).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof UserError, String(error));
        return error.problem;
      };
      assert.deepEqual(await problem(3), await problem(1));
    }));

  it('stops when it is cancelled', () =>
    withDatabase({ scratch: folder() }, async (database) => {
      const read = await setUp(database);
      const controller = new AbortController();
      const reading = read('cancelled', 2, { signal: controller.signal });
      const reason = new Error('enough');
      setTimeout(() => controller.abort(reason), 20);
      await assert.rejects(reading, reason);
    }));
});

describe('work in lanes', () => {
  it('gives results in order, and of two failures the earlier one', async () => {
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const squares = await inLanes([5, 1, 3, 2], ['a', 'b'], async (item) => {
      await wait(item);
      return item * item;
    });
    assert.deepEqual(squares, [25, 1, 9, 4]);
    let begun = 0;
    await assert.rejects(
      inLanes([20, 1, 1, 1], ['a', 'b'], async (item, at) => {
        begun++;
        await wait(item);
        if (at < 2) throw new Error(`of ${at}`);
      }),
      /of 0/,
    );
    assert.equal(begun, 2);
  });
});
