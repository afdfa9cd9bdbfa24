import assert from 'node:assert/strict';
import { skip } from '../../rigs/skip';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { quotedFiles, sourceInputs } from '../../../lifecycle/data/source';
import { glob } from '../../../lifecycle/data/glob';
import { room } from '../../../lifecycle/data/room';
import { copyToParquet, readColumns, withDatabase } from '../../../lifecycle/table';
import { type Done, runStage, temporary, withFiles } from './support';

const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join('');
const whole = { train: 1 };

async function training(done: Done): Promise<Record<string, unknown[]>> {
  const { columns } = await readColumns(path.join(done.output, 'train.parquet'));
  return Object.fromEntries(Object.entries(columns).map(([name, { values }]) => [name, Array.from<unknown>(values)]));
}

describe('sources', () => {
  const csv = `a,b,c\n${lines(9, (i) => `${i},t${i % 2},${i % 2 === 0}`)}`;

  it('give the same rows from every format', async () => {
    const objects = Array.from({ length: 9 }, (_, i) => ({ a: i, b: `t${i % 2}`, c: i % 2 === 0 }));
    const folder = withFiles({
      'a.csv': csv,
      'a.tsv': csv.replaceAll(',', '\t'),
      'semicolon.csv': csv.replaceAll(',', ';'),
      'a.csv.gz': gzipSync(csv),
      'a.jsonl': objects.map((one) => `${JSON.stringify(one)}\n`).join(''),
      'array.json': JSON.stringify(objects, null, 1),
      'array.json.gz': gzipSync(JSON.stringify(objects)),
      'crlf.csv': csv.replaceAll('\n', '\r\n'),
      'odd.name[1].csv': csv,
      "it's, here/a b.csv": csv,
    });
    await withDatabase({}, async (database) => {
      await database.run(copyToParquet(`SELECT * FROM '${folder}/a.csv'`, path.join(folder, 'a.parquet')));
      await database.run(
        `COPY (SELECT * FROM '${folder}/a.csv') TO '${folder}/a.csv.zst' (FORMAT csv, COMPRESSION zstd, HEADER)`,
      );
    });
    const sources = [
      'a.csv',
      'a.tsv',
      'semicolon.csv',
      'a.csv.gz',
      'a.csv.zst',
      'a.jsonl',
      'array.json',
      'array.json.gz',
      'a.parquet',
      'crlf.csv',
      'odd.name[1].csv',
      "it's, here/a b.csv",
    ];
    const expected = await training(await runStage({ source: 'a.csv', split: whole }, { folder }));
    assert.deepEqual(expected['a'], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(expected['c'], [1, 0, 1, 0, 1, 0, 1, 0, 1]);
    for (const source of sources)
      assert.deepEqual(await training(await runStage({ source, split: whole }, { folder })), expected, source);
    const query = { sql: "select a, b, c from 'a.csv' order by a" };
    assert.deepEqual(await training(await runStage({ source: query, split: whole }, { folder })), expected);
  });

  it('join files by glob and list, in the order of their names', async () => {
    const folder = withFiles({
      'd/2.csv': 'x\n3\n4\n',
      'd/1.csv': 'x\n1\n2\n',
      'd/sub/3.csv': 'x\n5\n',
      'd/.hidden.csv': 'x\n9\n',
    });
    assert.deepEqual(
      (await glob('d/**/*.csv', folder)).map((file) => path.relative(folder, file)),
      ['d/1.csv', 'd/2.csv', 'd/sub/3.csv'],
    );
    assert.deepEqual((await glob('d/[2-9]*.csv', folder)).length, 1);
    const rows = async (source: Parameters<typeof runStage>[0]['source']): Promise<unknown> =>
      (await training(await runStage({ source, split: whole }, { folder })))['x'];
    assert.deepEqual(await rows('d/*.csv'), [1, 2, 3, 4]);
    assert.deepEqual(await rows('d/**/*.csv'), [1, 2, 3, 4, 5]);
    assert.deepEqual(await rows({ file: ['d/sub/3.csv', 'd/1.csv'] }), [5, 1, 2]);
  });

  it('have names with line breaks of another kind than the rows end with, as Excel writes wrapped headers', async () => {
    for (const end of ['\r\n', '\n']) {
      const wrapped = end === '\n' ? 'so\r\nwide' : 'so\nwide';
      const folder = withFiles({
        'a.csv': [`\ufeffn,"${wrapped}",c`, ...Array.from({ length: 9 }, (_, i) => `${i},"x${end}${i}",y`), ''].join(
          end,
        ),
      });
      const { columns } = (await runStage({ source: 'a.csv', split: whole }, { folder })).dataset;
      assert.deepEqual(
        columns.map(({ name, distinct }) => [name, distinct]),
        [
          ['n', 9],
          [wrapped, 9],
          ['c', 1],
        ],
      );
    }
  });

  it('refuse files whose headers differ', async () => {
    const folder = withFiles({ '1.csv': 'x,y\n1,2\n', '2.csv': 'x,z\n1,2\n' });
    await assert.rejects(
      runStage({ source: '*.csv' }, { folder }),
      /2\.csv has other columns than 1\.csv: 'z' is in one of them only/,
    );
  });

  it('take stated types, missing texts and a file without header', async () => {
    const folder = withFiles({
      'a.csv': `zip,when,flag,y\n${lines(20, (i) => `0${i % 3},2024-01-${String(i + 1).padStart(2, '0')},${i % 2},${i === 3 ? '?' : i}`)}`,
      'bare.csv': lines(5, (i) => `${i},x`),
    });
    const { dataset, output } = await runStage(
      {
        source: { file: 'a.csv', missing: ['', '?'] },
        columns: { types: { zip: 'text', flag: 'boolean' } },
        split: whole,
      },
      { folder },
    );
    assert.deepEqual(
      dataset.columns.map(({ name, type, missing }) => [name, type, missing]),
      [
        ['zip', 'text', 0],
        ['when', 'time', 0],
        ['flag', 'boolean', 0],
        ['y', 'number', 1],
      ],
    );
    assert.deepEqual(dataset.features, ['flag', 'y', 'zip=00', 'zip=01', 'zip=02']);
    const { columns } = await readColumns(path.join(output, 'train.parquet'));
    assert.equal(columns['when']?.values[1], Date.UTC(2024, 0, 2));
    const bare = await runStage({ source: { file: 'bare.csv', header: false }, split: whole }, { folder });
    assert.deepEqual(
      bare.dataset.columns.map(({ name }) => name),
      ['column1', 'column2'],
    );
    assert.equal(bare.dataset.rows?.read, 5);
  });

  it('keep Yes and No as texts, and treat what is not finite as missing', async () => {
    const folder = withFiles({
      'a.csv': `answer,x\n${lines(12, (i) => `${i % 2 ? 'Yes' : 'No'},${['1', 'nan', 'inf', '2'][i % 4]}`)}`,
    });
    const { dataset } = await runStage({ source: 'a.csv', split: whole }, { folder });
    assert.deepEqual(
      dataset.columns.map(({ type, missing, max }) => [type, missing, max]),
      [
        ['text', 0, undefined],
        ['number', 6, 2],
      ],
    );
  });

  it('take an empty text for missing, quoted or not, whichever words mean missing', async () => {
    const texts = ['', '""', 'NA', '"a ""b"""', '" "', 'x'];
    const folder = withFiles({ 'a.csv': `t,y\n${lines(24, (i) => `${texts[i % 6]},${i}`)}` });
    for (const missing of [undefined, ['', 'NA'], ['NA'], []]) {
      const source = { file: 'a.csv', ...(missing && { missing }) };
      const { dataset, output } = await runStage({ source, split: whole }, { folder });
      const na = missing?.includes('NA') ? null : 'NA';
      const { columns } = await readColumns(path.join(output, 'train.parquet'), ['t']);
      assert.deepEqual(Array.from<unknown>(columns['t']!.values).slice(0, 6), [null, null, na, 'a "b"', ' ', 'x']);
      assert.equal(dataset.columns[0]?.missing, na === null ? 12 : 8);
    }
  });

  it('are hashed by content for the fingerprint', async () => {
    const folder = withFiles({ 'd/1.csv': 'x\n1\n', 'd/2.csv': 'x\n2\n' });
    const hashFile = (file: string): Promise<string> => Promise.resolve(`hash of ${path.basename(file)}`);
    assert.deepEqual(await sourceInputs('d/*.csv', { folder, hashFile }), {
      'file d/1.csv': 'hash of 1.csv',
      'file d/2.csv': 'hash of 2.csv',
    });
    const query = {
      kind: 'data' as const,
      source: { sql: "select * from 'd/1.csv' -- 'd/2.csv'\n where name <> 'd/2.txt.exe'" },
    };
    assert.deepEqual(Object.keys((await room.inputs?.(query, { folder, root: folder, hashFile })) ?? {}), [
      'file d/1.csv',
    ]);
    assert.deepEqual(
      quotedFiles(`select 'it''s.csv', "a.csv", 'x' from read_csv('b.csv') /* 'c.csv' */ join 'http://h/d.csv'`),
      ["it's.csv", 'b.csv'],
    );
  });

  it('read what another engine wrote', async function () {
    const folder = temporary();
    try {
      execFileSync('/usr/bin/python3', ['-c', 'import pandas']);
    } catch {
      skip(this, 'python3-pandas is not installed');
    }
    const script = `
import pandas as pd
frame = pd.DataFrame({"x": [1.5, None, 3.0] * 5, "t": ["a", "b, c", 'say "hi"'] * 5, "n": range(15)})
frame.to_csv("a.csv", index=False)
frame.to_json("a.jsonl", orient="records", lines=True)
`;
    execFileSync('/usr/bin/python3', ['-c', script], { cwd: folder });
    const fromCsv = await training(await runStage({ source: 'a.csv', split: whole }, { folder }));
    assert.deepEqual(fromCsv['t']?.slice(0, 3), ['a', 'b, c', 'say "hi"']);
    assert.deepEqual(fromCsv, await training(await runStage({ source: 'a.jsonl', split: whole }, { folder })));
  });
});
