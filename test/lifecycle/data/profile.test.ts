import assert from 'node:assert/strict';
import path from 'node:path';
import type { Column } from '../../../lifecycle/data/columns';
import { profile } from '../../../lifecycle/data/profile';
import { copyToParquet, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

describe('the profile of a split', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  it('is the same with half of the number columns in another thread', () =>
    withDatabase({ scratch: folder() }, async (database) => {
      const file = path.join(folder(), 'train.parquet');
      const rows = 160_000;
      const columns = ['few', 'many', 'gaps', 'empty', 'text', 'yes'];
      await database.run(
        copyToParquet(
          `SELECT (hash(range) % 9)::INTEGER AS few, hash(range * 3) / 1e15 AS many, CASE WHEN range % 7 > 0 THEN sqrt(range) END AS gaps, CAST(NULL AS DOUBLE) AS empty, 'c' || range % 200 AS text, range % 2 = 0 AS yes FROM range(${rows})`,
          file,
        ),
      );
      const asked = columns.map((name, i): Column => {
        const type = name === 'text' ? 'text' : name === 'yes' ? 'boolean' : 'number';
        return { name, id: `c${i}`, type, sql: type === 'number' ? 'DOUBLE' : 'VARCHAR', roles: [] };
      });
      const of = (threads: number) =>
        profile(database, asked, `read_parquet('${file}')`, rows, [0.1], {
          threads,
          scratch: folder(),
          signal: new AbortController().signal,
          apart: 0,
        });
      const [alone, beside] = [await of(1), await of(2)];
      assert.deepEqual([...alone.keys()].sort(), columns.toSorted());
      assert.deepEqual(beside, alone);
      assert.equal(alone.get('many')?.info.count, rows);
      assert.equal(alone.get('gaps')?.info.count, rows - Math.ceil(rows / 7));
    }));
});
