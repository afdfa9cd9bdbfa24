import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openParquet, readingsOf } from '../../../lifecycle/monitor/files';
import { KeptReference } from '../../../lifecycle/monitor/kept-reference';
import { copyToParquet, type Database, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

describe('a reference whose counts are kept', () => {
  const folder = freshFolder();

  const write = (database: Database, shift: number) =>
    database.run(
      copyToParquet(
        `SELECT CAST(range % 97 + ${shift} AS DOUBLE) AS a, CASE WHEN range % 5 > 0 THEN 'c' || range % 3 END AS t, TIMESTAMP '2026-01-01' + INTERVAL (range) HOUR AS at, range % 2 = 0 AS b FROM range(5000)`,
        join(folder(), 'train.parquet'),
      ),
    );

  async function look(database: Database, content: string) {
    const table = await openParquet(database, join(folder(), 'train.parquet'));
    const kept = new KeptReference(join(folder(), 'store'), content, folder(), database, table);
    return { table, kept };
  }

  it('is not read again, and says the same', () =>
    withDatabase({}, async (database) => {
      await write(database, 0);
      const { table, kept } = await look(database, 'one');
      const readings = readingsOf(table);
      const names = Object.keys(readings);
      const first = [await kept.profile(readings), await kept.sample(names, 5000)];
      await kept.close();
      // Gone, so that it can't be read.
      rmSync(join(folder(), 'train.parquet'));
      const again = new KeptReference(join(folder(), 'store'), 'one', folder(), database, table);
      assert.deepEqual([await again.profile(readings), await again.sample(names, 5000)], first);
      assert.equal((await again.profile(readings)).rows, 5000);
    }));

  it('is counted anew when its content is another, and when what was kept is damaged', () =>
    withDatabase({}, async (database) => {
      await write(database, 0);
      const one = await look(database, 'one');
      const readings = readingsOf(one.table);
      const before = await one.kept.profile(readings);
      const sketches = join(folder(), 'store', 'monitor', 'sketches');
      for (const name of readdirSync(sketches)) writeFileSync(join(sketches, name), '{"rows": 5');
      assert.deepEqual(await one.kept.profile(readings), before);
      await write(database, 1);
      const other = await look(database, 'two');
      const after = (await other.kept.profile(readings)).columns['a']!;
      assert.equal(after.kind === 'number' && after.sample.values[0], 1);
    }));
});
