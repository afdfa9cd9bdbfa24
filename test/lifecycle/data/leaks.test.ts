import assert from 'node:assert/strict';
import path from 'node:path';
import type { Column } from '../../../lifecycle/data/columns';
import { warnOfLeaks } from '../../../lifecycle/data/leaks';
import { profile } from '../../../lifecycle/data/profile';
import { copyToParquet, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

const types: Readonly<Record<string, Column['type']>> = {
  code: 'number',
  early: 'number',
  coin: 'number',
  nearly: 'number',
  reason: 'text',
  gaps: 'number',
  y: 'text',
};

describe('columns that give the target away', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  /** Which are found in a table: `early` tells the target in its first part alone, `nearly` in all but 5 % of the rows that matter, `reason` by whether it is there. */
  async function found(rows: number): Promise<string[]> {
    return withDatabase({ scratch: folder(), threads: 2 }, async (database) => {
      const file = path.join(folder(), `${rows}.parquet`);
      const yes = 'range % 4 = 0';
      await database.run(
        copyToParquet(
          `SELECT (${yes})::INTEGER AS code, CASE WHEN range < ${rows / 5} THEN (${yes})::INTEGER ELSE (hash(range) % 2)::INTEGER END AS early,
            (hash(range) % 3)::INTEGER AS coin, CASE WHEN ${yes} AND hash(range) % 20 > 0 THEN 1 ELSE 0 END AS nearly,
            CASE WHEN ${yes} THEN 'r' || range END AS reason, CASE WHEN hash(range) % 20 > 0 THEN range END AS gaps,
            CASE WHEN ${yes} THEN 'yes' ELSE 'no' END AS y FROM range(${rows})`,
          file,
        ),
      );
      const columns = Object.entries(types).map(([name, type], i): Column => {
        return { name, id: `c${i}`, type, sql: type === 'number' ? 'DOUBLE' : 'VARCHAR', roles: [] };
      });
      const relation = `read_parquet('${file}')`;
      const [column, candidates] = [columns.at(-1)!, columns.slice(0, -1)];
      const profiles = await profile(database, columns, relation, rows, []);
      const messages: string[] = [];
      await warnOfLeaks(
        database,
        { relation, rows, first: (count) => `(SELECT * FROM ${relation} LIMIT ${count})` },
        { column, task: 'binary', classes: ['no', 'yes'], label: (sql) => sql },
        candidates,
        profiles,
        (message) => messages.push(message.split(' ', 1)[0] ?? ''),
      );
      return messages;
    });
  }

  it('are found in a table of any length', async () => {
    assert.deepEqual(await found(2_000), ["'code'", "'reason'"]);
    assert.deepEqual(await found(1_000_000), ["'code'", "'reason'"]);
  });
});
