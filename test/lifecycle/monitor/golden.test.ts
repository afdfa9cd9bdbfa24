import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Drift, driftBetween } from '../../../lifecycle/monitor/drift';
import { driftOfFiles } from '../../../lifecycle/monitor/files';
import type { DriftMethod } from '../../../lifecycle/monitor/column';
import { freshFolder } from '../../rigs/folder';
import { type Table, writeParquet } from '../../rigs/stage';
import { close } from '../statistics/golden';

// test/golden/monitor/monitor.py wrote these from scipy.
const golden = JSON.parse(readFileSync(path.join(__dirname, '../../golden/monitor/monitor.json'), 'utf8'));
const { reference, current, expected } = golden as {
  reference: Table;
  current: Table;
  expected: Record<string, Record<string, number>>;
};

function held({ features }: Drift): void {
  assert.deepEqual(features.map(({ column }) => column).sort(), Object.keys(expected).sort());
  for (const { column, statistics } of features) {
    const { adjusted: _, 'missing-adjusted': __, ...figures } = expected[column]!;
    assert.deepEqual(Object.keys(statistics).sort(), Object.keys(figures).sort(), column);
    for (const [name, value] of Object.entries(figures)) close(statistics[name] ?? NaN, value, `${column} ${name}`);
  }
}

describe('drift beside scipy', () => {
  const folder = freshFolder();

  it('has its statistics for plain columns', () => held(driftBetween(reference, current)));

  it('has its statistics for files of any kind, counted by the database', async () => {
    const file = (name: string) => path.join(folder(), name);
    await writeParquet(file('reference.parquet'), reference);
    await writeParquet(file('current.parquet'), current);
    const names = Object.keys(current).reverse();
    const rows = current[names[0]!]!.map((_, i) => names.map((name) => current[name]![i]!));
    const text = (value: string | number | boolean | null) => (value === null ? '' : String(value));
    await writeFile(file('current.csv'), [names, ...rows].map((row) => row.map(text).join(';')).join('\n'));
    await writeFile(
      file('current.jsonl'),
      rows.map((row) => JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]])))).join('\n'),
    );
    for (const kind of ['parquet', 'csv', 'jsonl'])
      held(await driftOfFiles(file('reference.parquet'), file(`current.${kind}`)));
  });

  it('decides by each method as described', () => {
    const numbers = ['tenure', 'charges', 'income', 'steady'];
    const isNumber = (column: string) => numbers.includes(column);
    const siblings: Record<Exclude<DriftMethod, 'auto'>, readonly [string, string]> = {
      ks: ['ks', 'chi2'],
      chi2: ['ks', 'chi2'],
      psi: ['psi', 'psi'],
      'jensen-shannon': ['jensen-shannon', 'jensen-shannon'],
      wasserstein: ['wasserstein', 'jensen-shannon'],
      hellinger: ['hellinger', 'hellinger'],
      'l-infinity': ['l-infinity', 'l-infinity'],
    };
    const limits: Record<string, number> = {
      psi: 0.2,
      'jensen-shannon': 0.1,
      wasserstein: 0.1,
      hellinger: 0.1,
      'l-infinity': 0.1,
    };
    for (const [method, [numeric, categorical]] of Object.entries({ ...siblings, auto: siblings.ks })) {
      const { features, drift, verdict } = driftBetween(reference, current, { method: method as DriftMethod });
      for (const feature of features) {
        const deciding = isNumber(feature.column) ? numeric : categorical;
        const figures = expected[feature.column]!;
        const significant = figures['adjusted']! <= 0.05;
        const tested = deciding === 'ks' || deciding === 'chi2';
        const large = tested || figures[deciding]! >= limits[deciding]!;
        const lost =
          (figures['missing-adjusted'] ?? 1) <= 0.05 &&
          (tested || figures['missing-current']! - figures['missing-reference']! >= 0.1);
        assert.equal(feature.drifted, (significant && large) || lost, `${method} ${feature.column}`);
        if (feature.method === 'missing') continue;
        assert.equal(feature.method, deciding);
        close(feature.statistic!, figures[deciding]!);
        if (tested) close(feature['adjusted-p-value']!, figures['adjusted']!, feature.column);
        else assert.equal(feature.threshold, limits[deciding]);
      }
      assert.equal(drift.count, features.filter(({ drifted }) => drifted).length);
      assert.equal(drift.share, drift.count / 7);
      assert.equal(verdict, 'drift');
      assert.ok(!features.find(({ column }) => column === 'steady')!.drifted);
      assert.ok(!features.find(({ column }) => column === 'payment')!.drifted);
    }
  });
});
