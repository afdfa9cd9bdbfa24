/**
 * Drift on real data: three million US domestic flights of January to June 2001 (`flights-3m.parquet` of the npm package vega-datasets, BSD-3-Clause), each month
 * against the one before, and halves of one month against each other, where nothing may be found.
 *
 * usage: npm pack vega-datasets@2.11.0, unpack it, then npx tsx bench/monitor/flights.ts package/data/flights-3m.parquet
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { driftOfFiles } from '../../lifecycle/monitor/files';
import { copyToParquet, literalPath, withDatabase } from '../../lifecycle/table';

const [source = ''] = process.argv.slice(2);
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June'];

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-flights-'));
  const file = (name: string) => path.join(folder, `${name}.parquet`);
  try {
    await withDatabase({ threads: 2 }, async (database) => {
      // Month, day, hour and minute in two digits each.
      const rows = `(SELECT delay, distance, origin, destination, CAST(substr(date, 1, 2) AS INTEGER) AS month, CAST(substr(date, 3, 2) AS INTEGER) AS day, CAST(substr(date, 5, 2) AS INTEGER) AS hour FROM read_parquet(${literalPath(path.resolve(source))}))`;
      const columns = `delay, distance, origin, destination, hour, strftime(make_date(2001, month, day), '%a') AS weekday`;
      for (let month = 1; month <= 6; month++)
        await database.run(copyToParquet(`SELECT ${columns} FROM ${rows} WHERE month = ${month}`, file(String(month))));
      for (const half of [0, 1])
        await database.run(
          copyToParquet(
            `SELECT ${columns} FROM (SELECT *, row_number() OVER () AS n FROM ${rows} WHERE month = 3) WHERE n % 2 = ${half}`,
            file(`half-${half}`),
          ),
        );
      for (const row of await database.query(
        `SELECT month, count(*) AS flights, round(avg(delay), 2) AS mean_delay, round(100 * avg(CAST(delay > 15 AS INTEGER)), 1) AS late_percent, round(avg(distance), 1) AS mean_distance, count(DISTINCT origin) AS airports, round(100 * avg(CAST(weekday IN (0, 6) AS INTEGER)), 1) AS weekend_percent FROM (SELECT *, dayofweek(make_date(2001, month, day)) AS weekday FROM ${rows}) GROUP BY month ORDER BY month`,
      ))
        console.log(JSON.stringify(row));
    });
    const look = async (name: string, before: string, after: string) => {
      const begin = performance.now();
      const drift = await driftOfFiles(file(before), file(after), { threads: 2 });
      const told = drift.features.map(
        ({ column, statistic, method, drifted, effect }) =>
          `${drifted ? '**' : ''}${column} ${(statistic ?? NaN).toFixed(3)}${drifted ? '**' : ''}${effect ? ` (${effect.name} ${(effect.value ?? NaN).toFixed(3)}, ${effect.level})` : ''} ${method}`,
      );
      console.log(
        `| ${name} | ${drift.verdict} | ${told.join('; ')} | ${((performance.now() - begin) / 1000).toFixed(1)} s |`,
      );
    };
    for (let month = 2; month <= 6; month++)
      await look(`${MONTHS[month - 1]} against ${MONTHS[month - 2]}`, String(month - 1), String(month));
    await look('June against January', '1', '6');
    await look('halves of March', 'half-0', 'half-1');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
