import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from '../../../bench/data/generate';
import { readColumns, readMatrix, withDatabase } from '../../../lifecycle/table';
import { CHURN_FOLDER, churnStage } from './churn';
import { assertLoweringsEqual, type Done, runStage, temporary, withFiles } from './support';

function hashes({ output }: Done): Record<string, string> {
  return Object.fromEntries(
    readdirSync(output)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(path.join(output, name)))
          .digest('hex'),
      ]),
  );
}

describe('a data artifact', () => {
  it('holds what the contract says', async () => {
    const done = await runStage(churnStage, { folder: CHURN_FOLDER });
    assert.deepEqual(readdirSync(done.output).sort(), [
      'dataset.json',
      'preprocess.onnx',
      'test.features.parquet',
      'test.parquet',
      'train.features.parquet',
      'train.parquet',
      'validation.features.parquet',
      'validation.parquet',
    ]);
    assert.deepEqual(Object.keys(done.result.outputs ?? {}), ['train', 'validation', 'test']);
    assert.equal(done.result.summary, '4,915 + 1,054 + 1,052 rows, 41 features');
    assert.deepEqual(done.dataset.target, { column: 'churn', task: 'binary', classes: ['No', 'Yes'] });
    const { rows, columns, label } = await readMatrix(
      path.join(done.output, 'train.features.parquet'),
      done.dataset.features,
    );
    assert.equal(rows, done.dataset.splits['train']?.rows);
    assert.ok(
      columns.every((value) => !Number.isNaN(value)),
      'every value is filled or encoded',
    );
    assert.equal(
      label?.reduce((sum, value) => sum + value, 0),
      done.dataset.splits['train']?.classes?.[1],
    );
    // Rows of both files are in the same order: the standardised tenure rises with the raw one.
    const { columns: raw } = await readColumns(path.join(done.output, 'train.parquet'), ['tenure']);
    const at = done.dataset.features.indexOf('tenure');
    const pairs = new Map<number, number>();
    for (let i = 0; i < rows; i++) {
      const [tenure, scaled] = [raw['tenure']?.values[i] as number, columns[at * rows + i] ?? NaN];
      assert.equal(pairs.get(tenure) ?? scaled, scaled);
      pairs.set(tenure, scaled);
    }
    assert.equal(pairs.size, 73);
  });

  it('has the same bytes each time, with several row groups and threads', async function () {
    this.timeout(120_000);
    const folder = temporary();
    await generate(path.join(folder, 'a.csv'), 185_000);
    const stage = {
      ...churnStage,
      ...{ source: 'a.csv', target: 'target', columns: {}, expect: [] },
      rows: ['drop-duplicates' as const],
      split: { stratify: 'target' },
    };
    const features = [
      { fill: { columns: 'numeric', with: 'median' as const } },
      { clip: { columns: 'numeric', quantiles: [0.01, 0.99] as [number, number] } },
      { standardize: { columns: 'numeric' } },
    ];
    const [first, second] = [
      await runStage({ ...stage, features }, { folder }),
      await runStage({ ...stage, features }, { folder }),
    ];
    assert.deepEqual(hashes(second), hashes(first));
    const one = await runStage({ ...stage, features }, { folder, threads: 1 });
    assert.deepEqual(one.dataset, first.dataset);
    // The rows are those of the file, in its order.
    await withDatabase({ threads: 2 }, async (database) => {
      const source = `(SELECT row_number() OVER () AS r, *, hash(t) AS h FROM read_csv('${folder}/a.csv') t)`;
      const { n, sorted } = await database.one<{ n: number; sorted: boolean }>(`
        SELECT count(*) AS n, bool_and(r > before OR before IS NULL) AS sorted FROM (
          SELECT r, lag(r) OVER (ORDER BY p) AS before FROM (
            SELECT s.p AS p, min(f.r) AS r FROM (SELECT file_row_number AS p, int0, num0, num1, num2, num3, num4 FROM read_parquet('${first.output}/train.parquet', file_row_number = true)) s
            JOIN ${source} f ON s.num0 = f.num0 AND s.num2 = f.num2 AND s.num4 = f.num4 AND s.int0 = f.int0 AND s.num3 IS NOT DISTINCT FROM f.num3 AND s.num1 IS NOT DISTINCT FROM f.num1 GROUP BY s.p))`);
      assert.equal(n, first.dataset.splits['train']?.rows);
      assert.equal(sorted, true);
    });
  });

  it('takes a thousand columns', async function () {
    this.timeout(120_000);
    const width = 1_000;
    const names = Array.from({ length: width }, (_, i) => (i % 100 === 99 ? `text ${i}` : `column ${i}`));
    const lines = Array.from({ length: 60 }, (_, r) =>
      [
        r % 2 ? 'yes' : 'no',
        ...names.map((_, i) =>
          i % 100 === 99 ? `t${(r + i) % 3}` : (r + i) % 17 === 0 ? '' : String(((r * 31 + i * 7) % 100) / 4),
        ),
      ].join(','),
    );
    const folder = withFiles({ 'a.csv': `y,${names.join(',')}\n${lines.join('\n')}\n` });
    const done = await runStage(
      {
        source: 'a.csv',
        target: 'y',
        rows: ['drop-duplicates'],
        split: { stratify: 'y' },
        features: [
          { fill: { columns: 'numeric', with: 'median' } },
          { standardize: { columns: 'numeric' } },
          { 'one-hot': { columns: 'text' } },
        ],
      },
      { folder },
    );
    assert.equal(done.dataset.inputs?.length, width);
    assert.equal(done.dataset.features.length, 990 + 30);
    await assertLoweringsEqual(done, ['test']);
  });
});
