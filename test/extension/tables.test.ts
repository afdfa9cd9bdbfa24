import assert from 'node:assert/strict';
import { mayBeTable, pipelineFolder, tablesIn } from '../../extension/commands/tables';

describe('the tables that a pipeline can be drafted for', () => {
  const together = (files: string[]) => tablesIn(files).filter((table) => table.files > 1);

  it('are files, and before them those whose names differ by numbers only', () => {
    const months = ['/w/data/sales/2024-01.csv', '/w/data/sales/2024-02.csv', '/w/data/sales/2024-03.csv'];
    assert.deepEqual(tablesIn([...months, '/w/churn.csv']), [
      { path: '/w/data/sales/2024-*.csv', files: 3 },
      ...[...months, '/w/churn.csv'].map((path) => ({ path, files: 1 })),
    ]);
    assert.deepEqual(together(['/w/part-0000-of-2.parquet', '/w/part-0001-of-2.parquet']), [
      { path: '/w/part-*-of-2.parquet', files: 2 },
    ]);
    assert.deepEqual(together(['/w/2023-12.csv.gz', '/w/2024-01.csv.gz']), [{ path: '/w/*-*.csv.gz', files: 2 }]);
  });

  it('are not files of different folders, endings or names, nor those that a pattern can not tell from others', () => {
    assert.deepEqual(together(['/w/a/1.csv', '/w/b/2.csv']), []);
    assert.deepEqual(together(['/w/1.csv', '/w/2.tsv', '/w/train.csv', '/w/test.csv']), []);
    assert.deepEqual(together(['/w/x-1.csv', '/w/x-2.csv', '/w/x-notes.csv']), []);
    assert.deepEqual(together(['/w/a(1).csv', '/w/a(2).csv']), [{ path: '/w/a(*).csv', files: 2 }]);
  });

  it('are not the settings of programs', () => {
    assert.ok(mayBeTable('/w/data/events.json'));
    for (const file of [
      '/w/package.json',
      '/w/tsconfig.base.json',
      '/w/.vscode/settings.json',
      '/w/.cache/a.json',
      '.cache/a.json',
    ])
      assert.ok(!mayBeTable(file), file);
  });

  it('get their pipeline beside the data, or above a folder that is only data', () => {
    const at = (path: string, files = 1) => pipelineFolder({ path, files }, '/w');
    assert.equal(at('/w/data/churn.csv'), '/w');
    assert.equal(at('/w/churn/churn.csv'), '/w/churn');
    assert.equal(at('/w/churn.csv'), '/w');
    assert.equal(at('/w/data/sales/2024-*.csv', 3), '/w');
    assert.equal(at('/w/shop/sales/2024-*.csv', 3), '/w/shop');
    assert.equal(at('/w/2024-*.csv', 3), '/w');
    assert.equal(pipelineFolder({ path: '/elsewhere/data/a.csv', files: 1 }, undefined), '/elsewhere/data');
  });
});
