import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ScoreOptions, scoreFiles } from '../../../../lifecycle/deploy/score';
import { predict } from '../../../../lifecycle/deploy/predict';
import { UserError } from '../../../../lifecycle/problem';
import { copyToParquet, literalPath, parquetRelation, withDatabase } from '../../../../lifecycle/table';
import { removeFolders, temporaryFolder, toyBundle, toyScore } from '../support';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const code = (wanted: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.problem.code, wanted, error.message);
  assert.match(error.message, message);
  return true;
};

describe('scoring files', function () {
  this.timeout(60_000);
  let binary: string;
  let regression: string;
  before(async () => {
    binary = await toyBundle();
    regression = await toyBundle({ task: 'regression' });
  });
  after(removeFolders);

  async function score(input: string, options: Partial<ScoreOptions> = {}): Promise<string> {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'in.csv');
    await writeFile(file, input);
    const output = path.join(folder, 'scored.csv');
    await scoreFiles({ bundle: regression, input: file, output, ...options });
    assert.deepEqual((await readdir(folder)).sort(), ['in.csv', 'scored.csv'], 'nothing else is left');
    return readFile(options.output ?? output, 'utf8');
  }

  it('appends predictions to the rows as they were written', async () => {
    assert.equal(
      await score('id,size,city,garden,note\n007,1,Ulm,true,"a, b"\n8,0.5,Bonn,,\n'),
      'id,size,city,garden,note,prediction\n007,1,Ulm,true,"a, b",1.5\n8,0.5,Bonn,,,0.25\n',
    );
  });

  it('gives class and probabilities, and keeps only what is asked for', async () => {
    const text = await score('id;size;city\n1;0;Bonn\n2;-9;Bonn\n', { bundle: binary, keep: ['id'] });
    const [head, first, second] = text.trimEnd().split('\n');
    assert.equal(head, 'id,prediction,probability_No,probability_Yes');
    assert.equal(first, '1,Yes,0.5,0.5');
    const [id, label, , yes] = (second ?? '').split(',');
    assert.deepEqual([id, label], ['2', 'No']);
    assert.ok(Math.abs(Number(yes) - sigmoid(-4.5)) < 1e-6);
  });

  it('leaves whole numbers whole: classes, and what JSON holds', async () => {
    const folder = await temporaryFolder();
    const numbers = await toyBundle({ info: { classes: [0, 1] } });
    const input = path.join(folder, 'in.json');
    const rows = [
      { id: 9007199254740991, visits: 0, rate: 0.5, size: 0, city: 'Bonn', of: { year: -2024 } },
      { id: 7, visits: null, rate: 3, size: -9, city: 'Bonn', of: { year: 1e20 } },
    ];
    await writeFile(input, JSON.stringify(rows));
    const output = path.join(folder, 'out.csv');
    await scoreFiles({ bundle: numbers, input, output, keep: ['id', 'visits', 'rate', 'of.year'] });
    const [head, first, second] = (await readFile(output, 'utf8')).trimEnd().split('\n');
    assert.equal(head, 'id,visits,rate,of.year,prediction,probability_0,probability_1');
    assert.equal(first, '9007199254740991,0,0.5,-2024,1,0.5,0.5');
    assert.match(second ?? '', /^7,,3,1e\+?20,0,0\.98/);
    const parquet = path.join(folder, 'out.parquet');
    await scoreFiles({ bundle: numbers, input, output: parquet, keep: ['rate'] });
    await withDatabase({}, async (database) => {
      const [types] = await database.query(
        `SELECT typeof(rate) AS rate, typeof(prediction) AS prediction FROM ${parquetRelation([parquet])} LIMIT 1`,
      );
      assert.deepEqual(types, { rate: 'DOUBLE', prediction: 'BIGINT' });
    });
  });

  it('gives the same predictions as the bundle itself', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({
      size: i / 7,
      city: i % 3 === 0 ? 'Ulm' : 'Bonn',
      garden: i % 2 === 0,
    }));
    const text = await score(`size,city,garden\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`, {
      bundle: binary,
    });
    const expected = await predict(binary, rows);
    text
      .trimEnd()
      .split('\n')
      .slice(1)
      .forEach((line, i) => {
        const [, , , label, , yes] = line.split(',');
        const one = expected[i];
        assert.ok(one && 'label' in one);
        assert.equal(label, one.label);
        assert.equal(Number(yes), one.probabilities['Yes']);
      });
  });

  it('reads JSON lines, and Parquet over many files in order, into Parquet', async () => {
    const folder = await temporaryFolder();
    const jsonl = path.join(folder, 'in.jsonl');
    await writeFile(jsonl, '{"size": 1, "city": "Ulm"}\n{"city": "Bonn", "size": 2.5, "garden": true}\n');
    await scoreFiles({ bundle: regression, input: jsonl, output: path.join(folder, 'a.csv'), keep: ['size'] });
    assert.equal(await readFile(path.join(folder, 'a.csv'), 'utf8'), 'size,prediction\n1,2.5\n2.5,0.25\n');

    await withDatabase({}, async (database) => {
      for (const part of [0, 1, 2])
        await database.run(
          copyToParquet(
            `SELECT (i + ${part} * 150000)::INTEGER AS id, (i % 10)::INTEGER AS size, CASE WHEN i % 2 = 0 THEN 'Ulm' ELSE 'Bonn' END AS city FROM range(150000) t(i)`,
            path.join(folder, `part-${part}.parquet`),
          ),
        );
    });
    const output = path.join(folder, 'out', 'scored.parquet');
    const { rows } = await scoreFiles({
      bundle: regression,
      input: path.join(folder, 'part-*.parquet'),
      output,
      threads: 2,
    });
    assert.equal(rows, 450_000);
    await withDatabase({}, async (database) => {
      const from = parquetRelation([output]);
      const [types] = await database.query(
        `SELECT typeof(id) AS id, typeof(size) AS size, typeof(prediction) AS prediction FROM ${from} LIMIT 1`,
      );
      assert.deepEqual(types, { id: 'INTEGER', size: 'INTEGER', prediction: 'DOUBLE' });
      const wrong = await database.one<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT *, row_number() OVER () - 1 AS place FROM ${from}) WHERE id <> place OR prediction <> size * 0.5 + CASE WHEN city = 'Ulm' THEN 2 ELSE 0 END`,
      );
      assert.equal(wrong.n, 0);
    });
    assert.ok(literalPath(output).startsWith("'"));
  });

  it('reads files whose columns come in another order', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a.csv'), 'size,city,x\n1,Ulm,p\n');
    await writeFile(path.join(folder, 'b.csv'), 'city,size\nBonn,4\n');
    const output = path.join(folder, 'scored.csv');
    await scoreFiles({ bundle: regression, input: path.join(folder, '?.csv'), output });
    assert.equal(await readFile(output, 'utf8'), 'size,city,x,prediction\n1,Ulm,p,2.5\n4,Bonn,,2.0\n');
  });

  it('skips lines above the header that are stated, and says where there seem to be some', async () => {
    const rows = 'size,city\n1,Ulm\n8,Bonn\n9,Bonn\n';
    const scored = await score(`Houses of 2026\n\n${rows}`, { skip: 2 });
    assert.equal(scored, await score(rows));
    await assert.rejects(score(`Houses of 2026\n\n${rows}`), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problem.code, 'column-missing');
      assert.match(error.problem.hint!, /header seems to be line 3, under "Houses of 2026".*`skip-lines: 2`/);
      return true;
    });
    await assert.rejects(score('Houses\nsize,city\n,Ulm\n', { skip: 1 }), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problem.line, 3);
      return error.problem.code === 'value-missing';
    });
  });

  it('writes a head alone for a file without rows', async () => {
    assert.equal(await score('size,city\n'), 'size,city,prediction\n');
  });

  it('names file, row and column of what can not be scored, and keeps the former output', async () => {
    const folder = await temporaryFolder();
    const input = path.join(folder, 'in.csv');
    const output = path.join(folder, 'scored.csv');
    const run = async (text: string, more: Partial<ScoreOptions> = {}) => {
      await writeFile(input, text);
      await writeFile(output, 'former');
      return scoreFiles({ bundle: regression, input, output, ...more });
    };
    const cases: [string, string, RegExp, Partial<ScoreOptions>?][] = [
      [
        'size,city\n1,Ulm\nbig,Ulm\n',
        'value-type',
        /in\.csv line 3: column 'size' holds "big", but the model takes numbers/,
      ],
      [
        'size,city,garden\n1,Ulm,maybe\n',
        'value-type',
        /column 'garden' holds "maybe", but the model takes true and false/,
      ],
      ['size,city\n1,Ulm\n,Ulm\n', 'value-missing', /in\.csv, row 2: column 'size': the value is missing/],
      ['size,city\n1,\n', 'value-missing', /row 1: column 'city'/],
      ['size,city\n1e300,Ulm\n', 'value-range', /row 1: column 'size'/],
      ['size,town\n1,Ulm\n', 'column-missing', /in\.csv has no column 'city'/],
      ['size,city\n1,Ulm,more\n', 'data-ragged-row', /line 2 has 3 values/],
      ['size,city,prediction\n1,Ulm,2\n', 'column-taken', /column 'prediction' already/],
      ['', 'batch-input-empty', /is empty/],
      ['size,city\n1,Ulm\n', 'column-unknown', /no column 'citi' to keep/, { keep: ['citi'] }],
      [
        'size,city\n1,Ulm\n',
        'batch-input-missing',
        /There is nothing to score/,
        { input: path.join(folder, 'other-*.csv') },
      ],
      ['size,city\n1,Ulm\n', 'batch-input-missing', /is a folder/, { input: folder }],
      ['size,city\n1,Ulm\n', 'batch-input-format', /can't be told/, { input: path.join(folder, 'in.data') }],
    ];
    await writeFile(path.join(folder, 'in.data'), 'x');
    for (const [text, wanted, message, more] of cases) {
      await assert.rejects(run(text, more), code(wanted, message));
      assert.equal(await readFile(output, 'utf8'), 'former');
    }
    assert.deepEqual((await readdir(folder)).sort(), ['in.csv', 'in.data', 'scored.csv']);
    await assert.rejects(
      run('size,city,prediction\n1,Ulm,2\n', { keep: ['size', 'prediction'] }),
      code('column-taken', /already/),
    );
  });

  it('names the row beyond the first batch', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => (i === 30_000 ? ',Ulm' : `${i},Ulm`));
    const folder = await temporaryFolder();
    const input = path.join(folder, 'in.csv');
    await writeFile(input, `size,city\n${rows.join('\n')}\n`);
    await assert.rejects(
      scoreFiles({ bundle: regression, input, output: path.join(folder, 'o.csv') }),
      code('value-missing', /row 30001: column 'size'/),
    );
  });

  it('stops when it is told to', async () => {
    const folder = await temporaryFolder();
    const input = path.join(folder, 'in.csv');
    await writeFile(input, 'size,city\n');
    const block = Array.from({ length: 20_000 }, (_, i) => `${i},Ulm`).join('\n') + '\n';
    for (let i = 0; i < 20; i++) await appendFile(input, block);
    const abort = new AbortController();
    const output = path.join(folder, 'o.csv');
    await assert.rejects(
      scoreFiles({ bundle: regression, input, output, signal: abort.signal, onProgress: () => abort.abort() }),
      /abort/i,
    );
    await assert.rejects(stat(output), /ENOENT/);
    assert.deepEqual(await readdir(folder), ['in.csv']);
    await mkdir(path.join(folder, 'x'));
    assert.equal(toyScore({ size: 2, city: 'Ulm' }), 3);
  });
});
