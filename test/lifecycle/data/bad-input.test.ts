import assert from 'node:assert/strict';
import { peek } from '../../../lifecycle/data/peek';
import { troubleOf } from '../../../lifecycle/data/peek-trouble';
import { gzipSync } from 'node:zlib';
import { withDatabase } from '../../../lifecycle/table';
import { CHURN_FOLDER, churnStage } from './churn';
import { problemOfStage, runStage, withFiles } from './support';

async function sumOf(output: string, column: string): Promise<{ values: number }> {
  return withDatabase({}, (database) =>
    database.one<{ values: number }>(
      `SELECT sum("${column}") AS values FROM read_parquet(['${output}/train.parquet', '${output}/validation.parquet', '${output}/test.parquet'])`,
    ),
  );
}

// One clear message each: what is wrong, where, and the way out.

const rows = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join('');

describe('the data stage given bad input', () => {
  it('suggests the nearest file for one that is missing', async () => {
    const problem = await problemOfStage({ ...churnStage, source: 'data/telco-chrun.csv' }, { folder: CHURN_FOLDER });
    assert.equal(problem.code, 'data-file-missing');
    assert.equal(problem.message, 'There is no file data/telco-chrun.csv.');
    assert.equal(problem.hint, 'Did you mean data/telco-churn.csv?');
    assert.deepEqual(problem.path, ['source']);
  });

  it('suggests the nearest folder on the way', async () => {
    const problem = await problemOfStage({ source: 'date/telco-churn.csv' }, { folder: CHURN_FOLDER });
    assert.equal(problem.hint, 'Did you mean data/telco-churn.csv?');
  });

  it('names files for a folder, a glob of nothing and a format it does not know', async () => {
    const folder = withFiles({ 'd/a.csv': 'x\n1\n', 'b.xyz': 'x\n1\n', 'c.jsonl': '{}' });
    const code = async (source: string | { file: string[] }): Promise<string> =>
      (await problemOfStage({ source }, { folder })).code;
    assert.equal(await code('d'), 'data-is-folder');
    assert.equal(await code('d/*.parquet'), 'data-file-missing');
    assert.equal(await code('b.xyz'), 'data-format-unknown');
    assert.equal(await code({ file: ['d/a.csv', 'c.jsonl'] }), 'data-formats-mixed');
  });

  it('says that an empty file, and a header alone, have no rows', async () => {
    const folder = withFiles({
      'empty.csv': '',
      'blank.csv': '\n\n',
      'header.csv': 'a,b\n',
      'empty.jsonl': '',
      'gz.csv.gz': gzipSync('a,b\n'),
    });
    for (const source of ['empty.csv', 'blank.csv', 'header.csv', 'empty.jsonl', 'gz.csv.gz']) {
      const problem = await problemOfStage({ source }, { folder });
      assert.equal(problem.code, 'data-empty', source);
      assert.equal(problem.message, `${source} has no rows.`);
    }
  });

  it('points at a ragged row', async () => {
    const folder = withFiles({
      'short.csv': `a,b,c\n1,2,3\n4,5\n6,7,8\n`,
      'long.csv': `a,b\n${rows(30_000, (i) => `${i},1`)}1,2,3\n`,
    });
    const short = await problemOfStage({ source: 'short.csv' }, { folder });
    assert.deepEqual(
      { ...short, hint: '' },
      {
        code: 'data-ragged-row',
        message: 'short.csv line 3 has 2 values; the header has 3 columns.',
        hint: '',
        file: 'short.csv',
        line: 3,
        details: ['4,5'],
      },
    );
    const long = await problemOfStage({ source: 'long.csv' }, { folder });
    assert.equal(long.message, 'long.csv line 30002 has 3 values; the header has 2 columns.');
    assert.equal(long.line, 30_002);
  });

  it('names the first line that ends in another way than those before', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},"x\n${i}"`).join('\r\n');
    for (const [first, other, text] of [
      ['CR LF', 'LF', `a,b\r\n${rows}\r\n1,2\n3,4\n`],
      ['LF', 'CR LF', `a,b\n${'1,2\n'.repeat(80)}3,4\r\n5,6\n`],
    ] as const) {
      const folder = withFiles({
        'a.csv': text,
        'b.csv': text.replaceAll(/(x?)\r?\n/g, (_, x: string) => (x ? 'x\n' : '\r\n')),
      });
      const warned: string[] = [];
      const problem = await problemOfStage({ source: 'a.csv' }, { folder, warned });
      assert.deepEqual([problem.code, problem.line], ['data-line-ends', 82]);
      assert.deepEqual(warned, [], 'nothing is told before the cause');
      assert.equal(
        problem.message,
        `a.csv line 82 ends with ${other}; the lines before it end with ${first}. Rows that another program added?`,
      );
      // The look at the beginning, which the editor and `check` have, sees the same.
      const seen = await peek('a.csv', folder);
      assert.equal(troubleOf(seen)?.code, 'data-unreadable');
      assert.equal(seen.problem?.message, problem.message);
      assert.equal((await peek('b.csv', folder)).problem, undefined, 'a break within quotes is no end of a line');
    }
  });

  it('says which lines are a title above the header, and reads on without them', async () => {
    const table = `region;amount;day\n${rows(90, (i) => `${'nsw'[i % 3]!};${i},5;${i % 28}`)}`;
    const folder = withFiles({
      'short.csv': `Sales of 2024\n\n${table}`,
      'padded.csv': `Sales of 2024;;\n${table}`,
      'late.csv': `Sales of 2024\n${table}x;1\n`,
      'plain.csv': table,
    });
    const stated = (file: string, lines: number) => ({ file, decimal: ',' as const, 'skip-lines': lines });
    assert.deepEqual(await problemOfStage({ source: 'short.csv' }, { folder }), {
      code: 'data-title-line',
      message: 'The first 2 lines of short.csv ("Sales of 2024") stand above the header, which is line 3.',
      hint: "Say so: 'source: {file: …, skip-lines: 2}'.",
      path: ['source'],
      file: 'short.csv',
      line: 1,
    });
    const padded = await runStage({ source: 'padded.csv' }, { folder });
    assert.ok(padded.logs.some(({ code, message }) => code === 'data-title-line' && /stands above/.test(message)));
    const answers: unknown[] = [];
    for (const [file, lines] of [
      ['short.csv', 2],
      ['padded.csv', 1],
      ['plain.csv', 0],
    ] as const) {
      const { output, logs } = await runStage({ source: stated(file, lines), target: 'region' }, { folder });
      assert.ok(!logs.some(({ code }) => code === 'data-title-line'), file);
      answers.push(await sumOf(output, 'amount'));
    }
    assert.deepEqual(
      answers,
      Array.from({ length: 3 }, () => ({ values: 4050 })),
    );
    const late = await problemOfStage({ source: stated('late.csv', 1) }, { folder });
    assert.equal(late.message, 'late.csv line 93 has 2 values; the header has 3 columns.');
  });

  it('recognises a wrong encoding, wherever it shows', async () => {
    const folder = withFiles({
      'header.csv': Buffer.from('prénom,b\n1,2\n', 'latin1'),
      'body.csv': Buffer.from('a,b\n1,2\n3,caf\xe9\n', 'latin1'),
      'late.csv': Buffer.concat([
        Buffer.from(`a,b\n${rows(300_000, (i) => `${i},x`)}`),
        Buffer.from('1,caf\xe9\n', 'latin1'),
      ]),
      'binary.csv': Buffer.from([1, 0, 2, 0, 0, 7]),
    });
    const expected: Record<string, [string, number | undefined, string]> = {
      'header.csv': ['data-wrong-encoding', 1, 'windows-1252'],
      'body.csv': ['data-wrong-encoding', 3, 'windows-1252'],
      'late.csv': ['data-wrong-encoding', 300_002, 'windows-1252'],
      'binary.csv': ['data-not-text', undefined, 'format'],
    };
    for (const [source, [code, line, hint]] of Object.entries(expected)) {
      const problem = await problemOfStage({ source }, { folder });
      assert.deepEqual([problem.code, problem.line], [code, line], source);
      assert.match(problem.hint ?? '', new RegExp(hint), source);
    }
  });

  it('reads the stated encodings', async () => {
    const lines = `città,b\n${rows(20, (i) => `caffè ${i % 3},${i}`)}`;
    const folder = withFiles({
      'latin.csv': Buffer.from(lines, 'latin1'),
      'wide.csv': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(lines, 'utf16le')]),
      'bom.csv': `\uFEFF${lines}`,
    });
    for (const [file, encoding] of [
      ['latin.csv', 'latin-1'],
      ['latin.csv', 'windows-1252'],
      ['wide.csv', 'utf-16'],
      ['wide.csv', undefined],
      ['bom.csv', 'utf-8'],
      ['bom.csv', undefined],
    ] as const) {
      const { dataset } = await runStage({ source: { file, ...(encoding && { encoding }) } }, { folder });
      assert.deepEqual(
        dataset.columns.map(({ name }) => name),
        ['città', 'b'],
        file,
      );
      assert.ok(dataset.features.includes('città=caffè 1'), file);
    }
  });

  it('names the line and value that break a type, and keeps a decimal among whole numbers', async () => {
    const folder = withFiles({
      'late-text.csv': `a,b\n${rows(120_000, (i) => `${i},1`)}n/a,2\n`,
      'late-decimal.csv': `a,b\n${rows(120_000, (i) => `${i},1`)}1.5,2\n`,
    });
    const problem = await problemOfStage({ source: 'late-text.csv' }, { folder });
    assert.equal(problem.code, 'data-wrong-type');
    assert.equal(problem.message, `late-text.csv line 120002: column 'a' holds "n/a", which is not a number.`);
    assert.match(problem.hint ?? '', /source\.missing/);
    const { dataset } = await runStage({ source: { file: 'late-text.csv', missing: ['', 'n/a'] } }, { folder });
    assert.equal(dataset.columns[0]?.type, 'number');
    const decimal = await runStage({ source: 'late-decimal.csv' }, { folder });
    assert.deepEqual(
      decimal.dataset.columns.map(({ sql }) => sql),
      ['DOUBLE', 'DOUBLE'],
    );
    assert.ok(decimal.logs.length === 0);
    const { values } = await sumOf(decimal.output, 'a');
    assert.equal(values, (119_999 * 120_000) / 2 + 1.5);
  });

  it('takes infinities for missing numbers, and tells the few texts that keep a column from being numbers', async () => {
    const folder = withFiles({
      'a.csv': `a,b,c\n${rows(60, (i) => `${i % 20 === 0 ? 'inf' : `${i}.5`},${i === 30 ? 'n.z.' : i},${i === 30 ? 'X1' : i}`)}`,
    });
    const told = async (stage: object) => {
      const { dataset, logs } = await runStage({ source: 'a.csv', ...stage }, { folder });
      const odd = logs.filter(({ code }) => code === 'data-odd-values');
      return { types: dataset.columns.map(({ type }) => type), odd, missing: dataset.columns[0]?.missing };
    };
    const { types, odd } = await told({});
    assert.deepEqual(types, ['number', 'text', 'text']);
    assert.deepEqual(
      odd.map(({ message }) => message),
      ['b', 'c'].map(
        (name) => `Column '${name}' would be numbers but for "${name === 'b' ? 'n.z.' : 'X1'}", and is read as text.`,
      ),
    );
    assert.match(odd[0]?.hint ?? '', /missing: \["","n\.z\."\]/);
    const mended = await told({
      source: { file: 'a.csv', missing: ['', 'n.z.'] },
      columns: { types: { c: 'text' } },
    });
    assert.deepEqual([mended.types, mended.odd], [['number', 'number', 'text'], []]);
    // Beyond the first megabyte, of which the texts are known.
    const late = withFiles({
      'a.csv': `a,b\n${rows(50_000, (i) => `${i === 49_000 ? 'X1' : `${i}${'0'.repeat(20)}`},${i}`)}`,
    });
    const { logs } = await runStage({ source: 'a.csv' }, { folder: late });
    assert.match(
      logs.find(({ code }) => code === 'data-odd-values')?.message ?? '',
      /^Column 'a' would be numbers but for a text further down/,
    );
  });

  it('refuses broken JSON lines, Parquet and quotes', async () => {
    const folder = withFiles({
      'a.jsonl': '{"a":1}\n{"a":\n',
      'broken.json': '[{"a":1},\n {"a":2},\n {"a":}]',
      'cut.json': '[{"a":1},\n {"a":2},\n {"a":',
      'values.json': '[1, 2, 3]',
      'a.parquet': 'PAR1 not really',
      'b.parquet': '',
      'quote.csv': `a,b\n1,2\n3,"x\n${rows(50, (i) => `${i},1`)}`,
    });
    const codes: Record<string, string> = {
      'a.jsonl': 'data-bad-json',
      'broken.json': 'data-bad-json',
      'cut.json': 'data-bad-json',
      'values.json': 'data-bad-json',
      'a.parquet': 'data-bad-parquet',
      'b.parquet': 'data-bad-parquet',
      'quote.csv': 'data-open-quote',
    };
    for (const [source, code] of Object.entries(codes)) {
      assert.equal((await problemOfStage({ source }, { folder })).code, code, source);
    }
    assert.match(
      (await problemOfStage({ source: 'broken.json' }, { folder })).message,
      /^broken\.json can't be read at object 3: /,
    );
  });

  it('explains a target that is missing, constant, or does not fit its task', async () => {
    const folder = withFiles({ 'a.csv': `x,same,none,text,two\n${rows(60, (i) => `${i},1,,t${i % 5},${i % 2}`)}` });
    const problem = (target: Parameters<typeof runStage>[0]['target']): ReturnType<typeof problemOfStage> =>
      problemOfStage({ source: 'a.csv', ...(target !== undefined && { target }) }, { folder });
    const absent = await problem('twoo');
    assert.deepEqual(
      [absent.code, absent.hint, absent.path],
      ['data-column-missing', "Did you mean 'two'?", ['target']],
    );
    assert.equal((await problem('same')).message, "The target 'same' is 1 in every row, so there is nothing to learn.");
    assert.equal((await problem('none')).code, 'data-target-missing');
    assert.equal((await problem({ column: 'text', task: 'regression' })).code, 'data-target-text');
    assert.equal((await problem({ column: 'text', task: 'binary' })).code, 'data-target-not-binary');
    const positive = await problem({ column: 'two', positive: 3 });
    assert.equal(positive.message, "No row has 3 in the target 'two'; its values are 0 and 1.");
  });

  it('leaves out rows without a target and columns without a value, and says so', async () => {
    const folder = withFiles({ 'a.csv': `x,empty,y\n${rows(100, (i) => `${i},,${i % 10 === 0 ? '' : i % 3}`)}` });
    const { dataset, logs } = await runStage({ source: 'a.csv', target: 'y' }, { folder });
    assert.deepEqual(dataset.rows, { read: 100, kept: 90, steps: [{ step: 'drop rows without target', removed: 10 }] });
    assert.deepEqual(dataset.features, ['x']);
    assert.deepEqual(
      dataset.columns.map(({ name, roles }) => [name, roles]),
      [
        ['x', ['feature']],
        ['empty', []],
        ['y', ['target']],
      ],
    );
    assert.deepEqual(
      logs
        .filter(({ level }) => level === 'warning')
        .map(({ code }) => code)
        .sort(),
      ['data-column-empty', 'data-target-missing'],
    );
  });

  it('warns of a column that gives the target away, and of no other', async () => {
    const line = (i: number): string =>
      `${i},${i % 3},${i % 3 === 0 ? 'price' : ''},${i % 2},${(i * 7) % 11},${i % 3 === 0 ? 'yes' : 'no'},${i * 2 + 1}`;
    const folder = withFiles({ 'a.csv': `n,code,reason,coin,other,y,z\n${rows(300, line)}` });
    const leaks = async (target: string): Promise<string[]> => {
      const { logs } = await runStage({ source: 'a.csv', target }, { folder });
      return logs.filter(({ code }) => code === 'data-leak').map(({ message }) => message.split(' ', 1)[0] ?? '');
    };
    assert.deepEqual(await leaks('y'), ["'code'", "'reason'"]);
    assert.deepEqual(await leaks('z'), ["'n'"]);
    assert.deepEqual(await leaks('coin'), []);
  });

  it('finds columns that do not exist, wherever they are named', async () => {
    const folder = withFiles({ 'a.csv': `age,income,y\n${rows(40, (i) => `${i},${i * 2},${i % 2}`)}` });
    const base = { source: 'a.csv', target: 'y' };
    const cases: [Parameters<typeof runStage>[0], (string | number)[]][] = [
      [{ ...base, columns: { id: 'agee' } }, ['columns', 'id']],
      [{ ...base, columns: { drop: ['agee'] } }, ['columns', 'drop', 0]],
      [{ ...base, columns: { types: { agee: 'text' } } }, ['columns', 'types', 'agee']],
      [{ ...base, split: { stratify: 'agee' } }, ['split', 'stratify']],
      [{ ...base, split: { time: 'agee' } }, ['split', 'time']],
      [
        { ...base, rows: [{ 'drop-missing': { columns: ['age', 'agee'] } }] },
        ['rows', 0, 'drop-missing', 'columns', 1],
      ],
      [{ ...base, features: [{ fill: { columns: 'agee', with: 'mean' } }] }, ['features', 0, 'fill', 'columns']],
      [{ ...base, expect: [{ column: 'agee', 'not-null': true }] }, ['expect', 0, 'column']],
    ];
    for (const [stage, path] of cases) {
      const problem = await problemOfStage(stage, { folder });
      assert.equal(problem.code, 'data-column-missing', JSON.stringify(path));
      assert.equal(problem.hint, "Did you mean 'age'?");
      assert.deepEqual(problem.path, path);
    }
    const filter = await problemOfStage({ ...base, rows: [{ filter: 'agee > 3' }] }, { folder });
    assert.deepEqual(
      [filter.code, filter.path, filter.details],
      ['data-bad-expression', ['rows', 0, 'filter'], ['agee > 3', '^^^^']],
    );
    const target = await problemOfStage({ ...base, features: [{ standardize: { columns: ['y'] } }] }, { folder });
    assert.equal(target.message, "The column 'y' is the target, so it is no feature here.");
    const type = await problemOfStage(
      { source: 'a.csv', columns: { types: { age: 'text' } }, features: [{ standardize: { columns: 'all' } }] },
      { folder },
    );
    assert.deepEqual([type.code, type.hint], ['data-step-type', "Write 'columns: numeric'."]);
  });

  it('takes one SELECT and nothing else as a query', async () => {
    const folder = withFiles({ 'a.csv': `x\n${rows(20, (i) => `${i}`)}` });
    const code = async (sql: string): Promise<string> => (await problemOfStage({ source: { sql } }, { folder })).code;
    assert.equal(await code('drop table x'), 'data-sql-not-select');
    assert.equal(await code("select 1; copy (select 1) to 'a.csv'"), 'data-sql-not-select');
    assert.equal(await code('select from where'), 'data-bad-sql');
    assert.equal(await code("select nope from 'a.csv'"), 'data-bad-sql');
    assert.equal(await code("select * from 'b.csv'"), 'data-file-missing');
    assert.equal(await code("select * from 'a.csv' where x > 99"), 'data-empty');
    const { dataset } = await runStage({ source: { sql: "select x, x * 2 as y from 'a.csv' -- 'c.csv'" } }, { folder });
    assert.deepEqual(dataset.features, ['x', 'y']);
  });

  it('stops soon when cancelled', async () => {
    const folder = withFiles({ 'a.csv': `x,y\n${rows(400_000, (i) => `${i},${i % 7}`)}` });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 60);
    await assert.rejects(
      runStage({ source: 'a.csv', rows: ['drop-duplicates'] }, { folder, signal: controller.signal }),
      /cancelled/,
    );
  });

  it('has a message for columns named alike and for a row step that leaves nothing', async () => {
    const folder = withFiles({ 'a.csv': `a,A,,b\n${rows(30, (i) => `${i},${i},${i},x`)}` });
    const { dataset, logs } = await runStage({ source: 'a.csv' }, { folder });
    assert.deepEqual(
      dataset.columns.map(({ name }) => name),
      ['a', 'A_2', 'column3', 'b'],
    );
    assert.ok(logs.some(({ code }) => code === 'data-columns-renamed'));
    const nothing = await problemOfStage({ source: 'a.csv', rows: [{ filter: 'a > 100' }] }, { folder });
    assert.equal(nothing.message, "The row step 'filter a > 100' leaves none of the 30 rows.");
  });
});
