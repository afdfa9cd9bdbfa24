import assert from 'node:assert/strict';
import { type Cut, findCuts, type Order, randomKey } from '../../../lifecycle/data/cut';
import { type Database, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

const ROWS = 400_000;

describe('cuts through an order', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  /** Rows of two strata, 1 in 5 of `b`, under these keys. */
  const relation = (key: string): string =>
    `(SELECT range AS r, ${key} AS k, hash(range * 3 + 1) AS h, CASE WHEN range % 5 = 0 THEN 'b' ELSE 'a' END AS s FROM range(${ROWS}))`;

  /** The rows at the ranks, from 1, by putting all rows in order. */
  async function sorted(
    database: Database,
    { relation: of, stratum }: Order,
    wanted: ReadonlyMap<string, readonly number[]>,
  ): Promise<Map<string, (Cut | undefined)[]>> {
    const found = new Map<string, (Cut | undefined)[]>();
    for (const [s, ranks] of wanted) {
      const cuts: (Cut | undefined)[] = [];
      for (const rank of ranks) {
        const [row] = await database.query<{ k: string; h: string; r: string }>(
          `SELECT CAST(x.k AS VARCHAR) AS k, CAST(x.h AS VARCHAR) AS h, CAST(x.r AS VARCHAR) AS r FROM ${of} x WHERE ${stratum ?? "''"} = '${s}' ORDER BY x.k, x.h, x.r LIMIT 1 OFFSET ${Math.max(0, rank - 1)}`,
        );
        cuts.push(rank === 0 ? undefined : { t: '0', ...row! });
      }
      found.set(s, cuts);
    }
    return found;
  }

  const counts = new Map([
    ['a', (ROWS * 4) / 5],
    ['b', ROWS / 5],
  ]);
  const wanted = new Map([
    ['a', [224_000, 272_000]],
    ['b', [56_000, 68_001]],
  ]);
  const whole = new Map([
    ['a', [0, 320_000]],
    ['b', [0, 80_000]],
  ]);

  // Keys as rows have them, keys of which each is that of seven rows, and keys that all lie in a corner of their range.
  const keys = {
    random: randomKey('range::UBIGINT', 'cut:1'),
    shared: randomKey('(range // 7)::UBIGINT', 'cut:2'),
    cornered: `(${randomKey('range::UBIGINT', 'cut:3')} >> 8)`,
  };
  for (const [name, key] of Object.entries(keys)) {
    it(`are those of the rows in order, with ${name} keys, whether or not the strata's rows are known`, () =>
      withDatabase({ scratch: folder(), threads: 2 }, async (database) => {
        const order: Order = { relation: relation(key), stratum: 's', rows: ROWS };
        for (const ranks of [wanted, whole]) {
          const truth = await sorted(database, order, ranks);
          assert.deepEqual(await findCuts(database, order, ranks), truth);
          assert.deepEqual(await findCuts(database, { ...order, counts }, ranks), truth);
        }
      }));
  }

  it('are found near where random keys have them, without a table of buckets', () =>
    withDatabase({ scratch: folder() }, async (database) => {
      const order: Order = { relation: relation(keys.random), stratum: 's', rows: ROWS, counts };
      await findCuts(database, order, wanted);
      assert.deepEqual(await database.query(`SELECT table_name FROM duckdb_tables()`), []);
      await findCuts(database, { ...order, relation: relation(keys.cornered) }, wanted);
      assert.equal((await database.query(`SELECT table_name FROM duckdb_tables()`)).length, 2);
    }));
});
