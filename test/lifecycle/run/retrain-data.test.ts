import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../../schemas/generated/types';
import { type FreshRow, writeFresh, writeVersion } from '../../../lifecycle/run/retrain/data';
import { type Database, withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

const inputs = [
  { name: 'size', type: 'number' as const },
  { name: 'town', type: 'text' as const },
];
const fresh: FreshRow[] = [
  { key: 'a/0', time: 1, actual: 1, label: 'Yes', answer: [0, 1], inputs: { size: 7, town: 'Köln; Süd' } },
  { key: 'b/0', time: 2, actual: 0, label: 'No', answer: [1, 0], inputs: { size: null, town: '"Ulm", Ost' } },
];
const dataset = { splits: {} } as Dataset;

describe('the data that a retraining learns from', () => {
  const folder = freshFolder();

  /** Writes a source and its next version. @returns the rows of the version, as text */
  async function version(
    name: string,
    content: string | Buffer,
    settings: Parameters<typeof writeVersion>[4] = {},
  ): Promise<{ file: string; rows: string[][] }> {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), name), content);
    return withDatabase({ threads: 1 }, async (database: Database) => {
      const parquet = join(folder(), 'fresh.parquet');
      await writeFresh(database, parquet, fresh, { inputs }, 'sold');
      const where = { folder: folder(), base: join(folder(), 'versions', 'one'), artifact: folder(), dataset };
      const file = await writeVersion(database, name, where, parquet, settings);
      const read = file.endsWith('.csv') ? `read_csv('${file}', all_varchar = true)` : `read_parquet('${file}')`;
      const rows = await database.query<Record<string, unknown>>(
        `SELECT CAST(size AS VARCHAR) AS size, town, sold FROM ${read}`,
      );
      return { file, rows: rows.map(({ size, town, sold }) => [size, town, sold].map((value) => value as string)) };
    });
  }

  const lines = ['size,town,sold', '12,Bonn,Yes', '3.5,"Köln, Nord",No'];
  const wanted = [
    ['12', 'Bonn', 'Yes'],
    ['3.5', 'Köln, Nord', 'No'],
    ['7', 'Köln; Süd', 'Yes'],
    [null, '"Ulm", Ost', 'No'],
  ];
  const semicolons = ['size;town;sold', '12;Bonn;Yes', '3.5;Köln, Nord;No'].join('\r\n');

  for (const [name, content] of [
    ['commas.csv', lines.join('\n')],
    ['semicolons.csv', semicolons],
    ['tabs.tsv', semicolons.replaceAll(';', '\t')],
    ['marked.csv', '\uFEFF' + semicolons],
    ['utf-16.csv', Buffer.from('\uFEFF' + semicolons, 'utf16le')],
  ] as const)
    it(`is the source and the labelled requests after it: ${name}`, async () => {
      const { file, rows } = await version(name, content);
      assert.deepEqual(rows, wanted);
      assert.match(readFileSync(file, 'utf8'), /^size,town,sold\n12,Bonn,Yes\n/);
    });

  it('is Parquet where the source is no CSV', async () => {
    const json = '{"size": 12, "town": "Bonn", "sold": "Yes"}\n{"size": 3.5, "town": "Köln, Nord", "sold": "No"}\n';
    const { file, rows } = await version('rows.jsonl', json);
    assert.match(file, /\.parquet$/);
    assert.deepEqual(
      rows.map(([size, ...others]) => [size === null ? null : String(Number(size)), ...others]),
      wanted,
    );
  });

  it('may be the latest rows only', async () => {
    assert.deepEqual((await version('commas.csv', lines.join('\n'), { last: 3 })).rows, wanted.slice(1));
  });

  it('may be the requests alone', async () => {
    const { rows } = await version('commas.csv', lines.join('\n'), { feedback: 'only' });
    assert.deepEqual(
      rows.map((row) => row[1]),
      ['Köln; Süd', '"Ulm", Ost'],
    );
  });
});
