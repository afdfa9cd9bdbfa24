import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { binnerOf } from '../../../lifecycle/monitor/binner';
import { compareProfiles } from '../../../lifecycle/monitor/drift';
import type { CategoryProfile } from '../../../lifecycle/monitor/profile';
import { openParquet, profileRelation, readingsOf } from '../../../lifecycle/monitor/files';
import { Kept } from '../../../lifecycle/monitor/sources/keep';
import { readLog } from '../../../lifecycle/monitor/sources/log';
import {
  gridCell,
  gridCells,
  gridFrom,
  GRID_ERROR,
  gridValue,
  largestShare,
  NO_CELL,
  onGrid,
} from '../../../lifecycle/statistics/grid';
import { kolmogorovSmirnov, normalisedWasserstein, sampleMoments, sampleOf } from '../../../lifecycle/statistics/drift';
import { copyToParquet, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';
import { logContext } from './elsewhere';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
const grids = fc.tuple(finite, fc.double({ min: 1e-6, max: 1e6, noNaN: true })).map(([c, s]) => gridFrom(c, s));

describe('values on a grid', () => {
  it('are off by at most the stated share of their distance, and rounding twice is rounding once', () => {
    fc.assert(
      fc.property(grids, finite, (grid, value) => {
        const rounded = gridValue(grid, gridCell(grid, value));
        const bound = GRID_ERROR * Math.hypot(grid.scale, value - grid.center);
        assert.ok(Math.abs(rounded - value) <= bound + 1e-9 * Math.abs(value), `${value} became ${rounded}`);
        const again = gridValue(grid, gridCell(grid, rounded));
        assert.ok(Math.abs(again - rounded) <= 1e-9 * Math.abs(rounded) + 1e-12 * grid.scale);
      }),
    );
  });

  it('have the same cells one by one and in rows', () => {
    const any = fc.oneof(finite, fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324));
    fc.assert(
      fc.property(grids, fc.array(any, { maxLength: 1_200 }), fc.nat(20), (grid, all, from) => {
        const values = Float64Array.from(all);
        const cells = new Int32Array(values.length).fill(7);
        gridCells(grid, values, from, values.length, cells);
        const one = (value: number, i: number): number =>
          i < from ? 7 : Number.isFinite(value) ? gridCell(grid, value) + 0 : NO_CELL;
        assert.deepEqual(cells, Int32Array.from(values, one));
      }),
    );
  });

  it('change Kolmogorov–Smirnov and Wasserstein by no more than the bound says', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -50, max: 50 }), { minLength: 5, maxLength: 300 });
    fc.assert(
      fc.property(values, values, fc.double({ min: 0.5, max: 30, noNaN: true }), (a, b, scale) => {
        const grid = { center: 0, scale };
        const [before, after] = [sampleOf(a), sampleOf(b)];
        const [first, second] = [onGrid(before, grid), onGrid(after, grid)];
        const exact = kolmogorovSmirnov(before, after).statistic;
        const rounded = kolmogorovSmirnov(first, second).statistic;
        assert.ok(rounded <= exact + 1e-12);
        assert.ok(exact - rounded <= Math.max(largestShare(first), largestShare(second)) + 1e-12);
        const { deviation } = sampleMoments(before);
        if (deviation < 1) return;
        const most = GRID_ERROR * Math.hypot(scale, 50);
        const gap = Math.abs(
          normalisedWasserstein(before, after) * deviation -
            normalisedWasserstein(first, second) * sampleMoments(first).deviation,
        );
        assert.ok(gap <= 2 * most + 1e-9, `${gap} > ${2 * most}`);
      }),
    );
  });
});

describe('counts that are kept', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  it('of several files equal those of all rows together; large columns within their bound', async () => {
    const logs = path.join(folder(), 'logs');
    mkdirSync(logs);
    await withDatabase({ threads: 2 }, async (database) => {
      const row = (shift: number) =>
        `sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) + ${shift} AS big, floor(random() * 40) AS small, 'c' || floor(random() * 5) AS city`;
      await database.run('SELECT setseed(0.5)');
      const reference = path.join(folder(), 'reference.parquet');
      await database.run(copyToParquet(`SELECT ${row(0)} FROM range(5000)`, reference));
      // One with too many values to count each, and one without.
      for (const [part, rows] of [120_000, 20_000].entries())
        await database.run(
          copyToParquet(
            `SELECT to_timestamp(1767225600 + ${part} * 86400 + range % 86400) AS "at", ${row(0.2)} FROM range(${rows})`,
            path.join(logs, `${part}.parquet`),
          ),
        );
      const table = await openParquet(database, reference);
      const readings = readingsOf(table);
      const before = await profileRelation(database, table, readings);
      const names = Object.keys(readings);
      const context = logContext(folder());
      const read = (exact?: number) =>
        readLog(context, database, {
          source: { files: 'logs', time: 'at' },
          readings,
          names,
          binners: names.map((name) => binnerOf(before.columns[name]!)),
          info: undefined,
          seed: 1,
          since: new Date(0),
          reference: before.columns,
          exact,
        });
      const log = await read(50_000);
      const all = await profileRelation(
        database,
        { relation: `(SELECT * FROM read_parquet('${logs}/*.parquet'))`, columns: table.columns },
        readings,
      );
      assert.equal(log.table.rows, 140_000);
      assert.deepEqual(log.table.columns['small'], all.columns['small']);
      assert.deepEqual(
        [...(log.table.columns['city'] as CategoryProfile).counts].sort(),
        [...(all.columns['city'] as CategoryProfile).counts].sort(),
      );
      const by = (drift: ReturnType<typeof compareProfiles>, column: string) =>
        drift.features.find((feature) => feature.column === column)!;
      const [kept, exact] = [compareProfiles(before, log.table), compareProfiles(before, all)];
      assert.deepEqual(by(kept, 'small').statistics, by(exact, 'small').statistics);
      const { bound, statistics } = by(kept, 'big');
      assert.ok(bound! > 0 && bound! < 0.01, String(bound));
      assert.ok(Math.abs(statistics.ks! - by(exact, 'big').statistics.ks!) <= bound!);
      assert.ok(Math.abs(statistics.wasserstein! - by(exact, 'big').statistics.wasserstein!) < 0.002);
      const whole = compareProfiles(before, (await read()).table);
      assert.deepEqual(by(whole, 'big'), by(exact, 'big'));
      const again = await read(50_000);
      assert.equal(again.counted, 0);
      assert.deepEqual(again.table, log.table);
      // Two spans and two counts; rows are drawn on the way.
      assert.equal(log.counted, 4);
    });
  });

  it('survive a kill -9 at any moment: what is there is whole', async () => {
    const script = `
      const { Kept } = require(${JSON.stringify(path.resolve(__dirname, '../../../lifecycle/monitor/sources/keep'))});
      const { writeFileSync } = require('node:fs');
      (async () => {
        const kept = new Kept(process.argv[1]);
        for (let i = 0; ; i++) {
          if (i === 1) process.stdout.write('.');
          await kept.of(kept.key(i), async (side) => {
            writeFileSync(side('rows'), Buffer.alloc(100_000, i % 256));
            return { i, values: new Float64Array(20_000).fill(i) };
          }, ['rows']);
        }
      })();`;
    const store = path.join(folder(), '.lifecycle');
    for (const wait of [7, 45]) {
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', script, store], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    const kept = new Kept(store);
    const there = readdirSync(path.join(store, 'monitor', 'sketches'));
    for (let i = 0; i < 5; i++) {
      let made = false;
      const value = await kept.of(
        kept.key(i),
        (side) => {
          made = true;
          return withDatabase({}, (database) => database.run(copyToParquet('SELECT 1', side('rows')))).then(() => ({
            i,
            values: new Float64Array(20_000).fill(i),
          }));
        },
        ['rows'],
      );
      assert.deepEqual(value, { i, values: new Float64Array(20_000).fill(i) });
      assert.ok(made || there.includes(`${kept.key(i)}.rows.parquet`));
    }
  });
});
