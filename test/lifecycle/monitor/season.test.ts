import assert from 'node:assert/strict';
import type { MonitorStage } from '../../../schemas/generated/types';
import { inSeason, type ReferenceTable } from '../../../lifecycle/monitor/reference';
import { UserError } from '../../../lifecycle/problem';
import type { StageContext } from '../../../lifecycle/store/room';
import { withDatabase } from '../../../lifecycle/table';

describe('a reference of the same season', () => {
  type Season = NonNullable<NonNullable<MonitorStage['drift']>['season']>;
  const context = (season: Season) =>
    ({ stage: { kind: 'monitor', reference: 'd.train', drift: { season } } }) as unknown as StageContext<MonitorStage>;
  /** Four weeks of a row an hour, from a Monday on. */
  const table = {
    relation: `(SELECT TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS at FROM range(${28 * 24}) t(i))`,
    columns: [{ name: 'at', type: 'time', sql: 'TIMESTAMP' }],
    dataset: { columns: [{ name: 'at', type: 'time', roles: ['time'] }] },
    folder: '',
  } as unknown as ReferenceTable;

  it('has the weekdays and hours of the window, in UTC', async () => {
    await withDatabase({ threads: 1 }, async (database) => {
      const count = async (season: Season, from: string, to: string) =>
        (
          await database.one<{ n: number }>(
            `SELECT count(*) AS n FROM ${inSeason(context(season), table, from, to).relation}`,
          )
        ).n;
      // Tuesday, 10:00 to 12:30.
      const window = ['2024-03-05T10:00:00Z', '2024-03-05T12:30:00Z'] as const;
      assert.equal(await count('none', ...window), 672);
      assert.equal(await count('weekday', ...window), 4 * 24);
      assert.equal(await count('hour', ...window), 28 * 3);
      assert.equal(await count('weekday-and-hour', ...window), 4 * 3);
      // Over midnight of a Sunday.
      assert.equal(await count('weekday', '2024-03-03T23:30:00Z', '2024-03-04T00:10:00Z'), 8 * 24);
      assert.equal(await count('weekday-and-hour', '2024-03-03T23:30:00Z', '2024-03-04T00:10:00Z'), 4 * 2);
      // A week has them all.
      assert.equal(await count('weekday', '2024-03-01T00:00:00Z', '2024-03-08T00:00:00Z'), 672);
      const { n } = await database.one<{ n: number }>(
        `SELECT count(DISTINCT dayofweek("at")) AS n FROM ${inSeason(context('weekday'), table, ...window).relation}`,
      );
      assert.equal(n, 1);
    });
  });

  it('is refused where the reference has no time', () => {
    const timeless = { ...table, dataset: { columns: [] } } as unknown as ReferenceTable;
    assert.throws(
      () => inSeason(context('hour'), timeless, '2024-03-05T10:00:00Z', '2024-03-05T12:00:00Z'),
      (error: unknown) => error instanceof UserError && error.problem.code === 'reference-no-time',
    );
  });
});
