import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { guess } from '../../../lifecycle/data/draft/guess';
import { cli } from '../../rigs/cli';
import { freshFolder } from '../../rigs/folder';

/** The n-th of a few values, in no visible order. */
const pick = <T>(values: readonly T[], n: number): T => values[(n * 7919 + 13) % values.length] as T;

interface Drafted {
  stages: Record<string, Record<string, unknown>>;
}

describe('cli: new', () => {
  const folder = freshFolder();

  /** A customer table as a German spreadsheet writes it. */
  function customers(): string {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const left = (i * 31) % 7 === 0;
      return [
        `K${1000 + i}`,
        pick(['Köln', 'Bonn', 'Trier'], i),
        `${String((i % 28) + 1).padStart(2, '0')}.0${(i % 9) + 1}.202${i % 5}`,
        i % 23 === 0 ? 'k. A.' : `${i}.${String((i * 37) % 1000).padStart(3, '0')},50 €`,
        pick(['m', 'w'], i * i),
        left ? 'Preis' : '',
        'EU',
        left ? 'Ja' : 'Nein',
      ].join(';');
    });
    return [
      'Kunden-Nr.;Ort;Vertragsbeginn;Jahresumsatz (€);Geschlecht;Kündigungsgrund;Region;Gekündigt?',
      ...rows,
      '',
    ].join('\r\n');
  }

  async function draft(args: readonly string[]): Promise<{ text: string; stages: Drafted['stages'] }> {
    const { code, stdout, stderr } = await cli(folder(), ['new', ...args, '--stdout']);
    assert.equal(code, 0, stderr);
    return { text: stdout, stages: (parse(stdout) as Drafted).stages };
  }

  it('drafts a pipeline for a spreadsheet: how it is read, the target, ids and what gives the answer away', async () => {
    writeFileSync(join(folder(), 'Kunden 2024.csv'), Buffer.from(customers().replaceAll('€', '\u0080'), 'latin1'));
    const { text, stages } = await draft(['Kunden 2024.csv']);
    const data = stages['kunden-2024'];
    assert.deepEqual(data?.['source'], {
      file: 'Kunden 2024.csv',
      encoding: 'windows-1252',
      decimal: ',',
      missing: ['', 'k. A.'],
    });
    assert.deepEqual(data['target'], { column: 'Gekündigt?', positive: 'Ja' });
    assert.deepEqual(data['columns'], {
      id: ['Kunden-Nr.'],
      drop: ['Region'],
      exclude: ['Kündigungsgrund'],
      sensitive: ['Geschlecht'],
    });
    assert.match(text, /Kündigungsgrund # tells 'Gekündigt\?' in 100 % of the rows/);
    assert.deepEqual(Object.keys(stages), ['kunden-2024', 'baseline', 'trees', 'exam', 'bundle', 'live', 'watch']);
  });

  it('writes what the check finds right', async () => {
    writeFileSync(join(folder(), 'kunden.csv'), customers());
    const made = await cli(folder(), ['new', '--json']);
    assert.equal(made.code, 0, made.stderr);
    const check = await cli(folder(), ['check']);
    assert.match(check.stdout, /right \(7 stages\)/);
  });

  it('splits a history of numbers by its time, and takes no number for a column that repeats the target', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) =>
        `${pick(['A', 'B'], i)},${(i % 12) + 1}/${(i % 28) + 1}/2023,"$${(i * 1.5 + 1000).toLocaleString('en')}",${i * 3 + 2000}`,
    );
    writeFileSync(join(folder(), 'sales.csv'), ['store,day,sales,sales_cents', ...rows, ''].join('\n'));
    const { stages } = await draft(['sales.csv']);
    const data = stages['sales'];
    assert.deepEqual(data?.['source'], { file: 'sales.csv', decimal: '.' });
    assert.equal(data['target'], 'sales');
    assert.deepEqual(data['columns'], { exclude: ['sales_cents'], time: 'day' });
    assert.deepEqual(data['split'], { train: 0.7, validation: 0.15, test: 0.15, time: 'day' });
    assert.deepEqual(data['features'], [
      { 'date-parts': { columns: 'day', parts: ['month', 'weekday'] } },
      { 'one-hot': { columns: 'text' } },
    ]);
    const other = await draft(['sales.csv', '--target', 'store']);
    assert.equal((other.stages['sales']?.['target'] as { column: string }).column, 'store');
  });

  it('finds the only data file, also in data/, and writes over nothing', async () => {
    mkdirSync(join(folder(), 'data'));
    writeFileSync(join(folder(), 'data', 'iris.csv'), `x,y,species\n${'1,2,a\n2,1,b\n3,3,c\n'.repeat(20)}`);
    const first = await cli(folder(), ['new']);
    assert.equal(first.code, 0, first.stderr);
    const file = join(folder(), 'iris.pipeline.yaml');
    assert.match(readFileSync(file, 'utf8'), /source: data\/iris\.csv\n {4}target: species # guessed by its name/);
    writeFileSync(file, 'mine');
    const again = await cli(folder(), ['new']);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /is there already/);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    const document = await cli(folder(), ['new', '--document', '--target', 'x']);
    assert.equal(document.code, 0, document.stderr);
    assert.match(readFileSync(join(folder(), 'iris.lifecycle.md'), 'utf8'), /```yaml stage/);
  });

  it('says what is wrong with a file or target', async () => {
    const fails = async (args: readonly string[], expected: RegExp): Promise<void> => {
      const { code, stderr } = await cli(folder(), ['new', ...args]);
      assert.ok(code === 1 || code === 2, stderr);
      assert.match(stderr, expected);
    };
    await fails([], /There is no data file here/);
    writeFileSync(join(folder(), 'a.csv'), 'a,b\n1,x\n2,y\n');
    await fails(['b.csv'], /There is no file b\.csv\.\nhint: Beside it there are: a\.csv/);
    await fails(['a.csv', '--target', 'B'], /There is no column 'B'\.\nhint: Did you mean 'b'\?/);
    writeFileSync(join(folder(), 'empty.csv'), 'a,b\n');
    await fails(['empty.csv'], /has no rows/);
    await fails([], /several data files: a\.csv, empty\.csv/);
    writeFileSync(join(folder(), 'book.xlsx'), 'PK');
    await fails(
      ['book.xlsx'],
      /book\.xlsx is a workbook of a spreadsheet program, which is not read\.\nhint: Save the sheet as CSV/,
    );
    writeFileSync(join(folder(), 'notes.docx'), 'PK');
    await fails(['notes.docx'], /can't be told from its name/);
    writeFileSync(join(folder(), 'ragged.csv'), 'a,b\n1,2,3\n1,2,3\n');
    await fails(['ragged.csv'], /Row 1 of ragged\.csv has 3 values; the header has 2 columns/);
    writeFileSync(join(folder(), 'same.csv'), 'a,b\n1,1\n1,2\n');
    await fails(['same.csv', '--target', 'a'], /same value in every row/);
  });

  it('drafts from an array of objects, and keeps the only numbers there are as features', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ id: 1001 + 2 * i, rate: (i * 7) % 30 }));
    writeFileSync(join(folder(), 'rates.json'), JSON.stringify(rows, null, 2));
    const { stages } = await draft(['rates.json']);
    assert.deepEqual([stages['rates']?.['target'], stages['rates']?.['columns']], ['rate', undefined]);
    writeFileSync(join(folder(), 'few.json'), JSON.stringify(rows.slice(0, 8)));
    const few = await cli(folder(), ['new', 'few.json']);
    assert.match(few.stdout, /Only 8 rows: little can be learnt/);
    const names = rows.map(({ rate }, i) => ({ name: `K-${i}`, unit: 'm', rate }));
    writeFileSync(join(folder(), 'names.json'), JSON.stringify(names));
    const none = await cli(folder(), ['new', 'names.json', '--target', 'rate']);
    assert.match(none.stderr, /Nothing is left to predict 'rate' from: the other columns are ids or hold one value/);
  });

  it('drops copies of rows, names columns whatever stands in their names, and reads what it wrote', async () => {
    const names = ['Probe Nr.', '"Farb-\nintensität"', '${Säure}', '"a: b # c"', '1', 'null', '"say ""no"""', 'Sorte'];
    const rows = Array.from({ length: 120 }, (_, i) => {
      const sort = pick(['x', 'y', 'z'], i);
      return [
        `P${i}`,
        (i * 37) % 101,
        (i * 17) % 89,
        i % 7,
        (i * 13) % 53,
        (i * 5) % 31,
        `"${sort}\n${sort}"`,
        sort,
      ].join(',');
    });
    const copies = [...rows, ...rows.slice(5, 11)];
    writeFileSync(join(folder(), 'probe.csv'), [names.join(','), ...copies, ''].join('\n'));
    const { text, stages } = await draft(['probe.csv']);
    const data = stages['probe'];
    assert.deepEqual(data?.['rows'], ['drop-duplicates']);
    assert.match(text, /# 6 rows equal an earlier one/);
    assert.deepEqual(data['columns'], { id: ['Probe Nr.'], exclude: ['say "no"'] });
    const other = await draft(['probe.csv', '--target', 'Farb-\nintensität']);
    assert.equal(other.stages['probe']?.['target'], 'Farb-\nintensität');
    const made = await cli(folder(), ['new', 'probe.csv', '--target', '${Säure}']);
    assert.equal(made.code, 0, made.stderr);
    const check = await cli(folder(), ['check']);
    assert.equal(check.code, 0, check.stdout);
    assert.match(check.stdout, /right \(7 stages\)/);
    writeFileSync(
      join(folder(), 'scored.csv'),
      `x,prediction,species\n${Array.from({ length: 60 }, (_, i) => `${i * 3},${(i * 7) % 11},${pick(['a', 'b'], i)}`).join('\n')}\n`,
    );
    const scored = await draft(['scored.csv']);
    assert.deepEqual(scored.stages['scored']?.['columns'], { drop: ['prediction'] });
    assert.match(scored.text, /- prediction # an output of the served model is called so/);
    // Alike by chance, as few coarse values are: only said.
    writeFileSync(join(folder(), 'coarse.csv'), `x,y,species\n${'1,2,a\n2,1,b\n3,3,c\n'.repeat(20)}`);
    const coarse = await draft(['coarse.csv']);
    assert.equal(coarse.stages['coarse']?.['rows'], undefined);
    assert.match(coarse.text, /# rows: \[drop-duplicates\] # 57 rows equal an earlier one: copies, or just alike\?/);
  });

  it('takes a folder or a pattern for one table in several files', async () => {
    mkdirSync(join(folder(), 'months'));
    const month = (at: number, header = 'day,visitors,rain') =>
      [
        header,
        ...Array.from(
          { length: 28 },
          (_, i) => `2024-0${at}-${String(i + 1).padStart(2, '0')},${(i * 31 * at) % 97},${at === 3 ? 'no' : i % 2}`,
        ),
        '',
      ].join('\n');
    for (const at of [1, 2, 3]) writeFileSync(join(folder(), `months/2024-0${at}.csv`), month(at));
    const whole = await draft(['months', '--target', 'visitors']);
    assert.equal(whole.stages['months']?.['source'], 'months/*.csv');
    assert.match(whole.text, /# Drafted from 2024-01\.csv and 2 more \(84 rows\) by/);
    assert.deepEqual(whole.stages['months']?.['features'], [
      { 'date-parts': { columns: 'day', parts: ['month', 'weekday'] } },
      { 'one-hot': { columns: 'text' } },
    ]);
    const made = await cli(folder(), ['new', 'months/2024-0[12].csv', '--target', 'visitors']);
    assert.equal(made.code, 0, made.stderr);
    const file = join(folder(), 'months.pipeline.yaml');
    assert.match(readFileSync(file, 'utf8'), /source: "months\/2024-0\[12\]\.csv"\n/);
    assert.match((await cli(folder(), ['check'])).stdout, /right \(7 stages\)/);
    writeFileSync(join(folder(), 'months/2024-04.csv'), month(4, 'day,guests,rain'));
    const differ = await cli(folder(), ['new', 'months', '--stdout']);
    assert.equal(differ.code, 1);
    assert.match(differ.stderr, /2024-04\.csv has other columns than 2024-01\.csv: 'guests' is in one of them only/);
    const none = await cli(folder(), ['new', 'months/*.parquet', '--stdout']);
    assert.match(none.stderr, /No file matches 'months\/\*\.parquet'/);
  });

  it('takes running numbers and numbers of orders for ids, and leaves what was measured', () => {
    const rows = 300;
    type Values = (i: number) => string | number;
    const roles = (more: Readonly<Record<string, Values>>): Record<string, string> => {
      const values: Readonly<Record<string, Values>> = {
        ...more,
        kind: (i) => `k${(i * 7) % 3}`,
        price: (i) => (i * 37) % 101,
      };
      const { id } = guess({
        file: 'x.csv',
        options: {},
        rows,
        whole: true,
        columns: Object.entries(values).map(([name, value]) => ({
          name,
          type: name === 'kind' ? ('text' as const) : ('number' as const),
          values: Array.from({ length: rows }, (_, i) => String(value(i))),
        })),
      });
      return Object.fromEntries(id.map(({ name, why }) => [name, why]));
    };
    const running = (i: number): number => 10_001 + i;
    // Every tenth is gone, and a few stand twice.
    const nearly = (i: number): number => 500 + i + Math.floor(i / 9) - (i % 50 === 49 ? 1 : 0);
    assert.deepEqual(roles({ Auftrag: running, 'Pos.': nearly, column1: (i) => i }), {
      Auftrag: 'a different number in every row',
      'Pos.': 'a running number (500, 501, 502, …)',
      column1: 'a different number in every row',
    });
    const shuffled = (i: number): number => 10_001 + ((i * 7) % 300);
    assert.deepEqual(roles({ nr: shuffled, customer_id: (i) => 100 + Math.floor(i / 1.8) }), {
      nr: 'a different number in every row',
      customer_id: 'a number that names things, different in most rows',
    });
    assert.deepEqual(
      roles({
        weight: shuffled,
        measured: (i) => 10.5 + i,
        year: (i) => 1724 + i,
        century: (i) => 1724 + i,
        step: (i) => i,
        'time [s]': (i) => i,
        sensor: (i) => 17 * i,
        at: (i) => 1_700_000_000 + 3600 * i,
        store_id: (i) => i % 12,
        rooms: (i) => Math.floor(i / 30),
      }),
      {},
    );
  });

  it('guesses free texts, rare classes and targets without a telling name', () => {
    const rows = 200;
    const column = (name: string, value: (i: number) => string, type: 'text' | 'number' = 'text') => ({
      name,
      type,
      values: Array.from({ length: rows }, (_, i) => value(i)),
    });
    const found = guess({
      file: 'x.csv',
      options: {},
      rows,
      whole: true,
      columns: [
        column('comment', (i) => `the service was number ${i} of the whole week`),
        column('size', (i) => String((i * 17) % 90), 'number'),
        column('verdict', (i) => (i % 20 === 0 ? 'bad' : 'good')),
      ],
    });
    assert.deepEqual(found.texts, ['comment']);
    assert.deepEqual([found.target.column, found.target.task, found.target.positive], ['verdict', 'binary', 'bad']);
    assert.equal(found.rarest, 0.05);
  });

  it('groups rows of one thing, and learns the logarithm of a skewed target, each with its reason', async () => {
    const visit = (i: number) => {
      const cost = Math.round(Math.exp(5 + 1.6 * (Math.sin(i * 12.9) + Math.sin(i * 78.2) + Math.sin(i * 37.7))));
      return [`P${100 + (i % 60)}`, 20 + (i % 50), pick(['a', 'b', 'c'], i), 1 + (i % 9), cost].join(';');
    };
    const visits = ['patient_id;age;ward;store_id;cost', ...Array.from({ length: 300 }, (_, i) => visit(i)), ''].join(
      '\n',
    );
    writeFileSync(join(folder(), 'visits.csv'), `Visits of 2024: an export;;;;\n\n${visits}`);
    const { text, stages } = await draft(['visits.csv']);
    const data = stages['visits'];
    assert.deepEqual(data?.['source'], { file: 'visits.csv', 'skip-lines': 2 });
    assert.match(text, /skip-lines: 2 # above the header: "Visits of 2024: an export"/);
    assert.deepEqual(data['split'], { train: 0.7, validation: 0.15, test: 0.15, group: 'patient_id' });
    assert.match(text, /# rows of one patient_id stay together \(60 of them, 5\.0 rows each on average\)/);
    assert.equal(data['columns'], undefined);
    assert.deepEqual([stages['baseline']?.['target-transform'], stages['trees']?.['target-transform']], ['log', 'log']);
    assert.match(
      text,
      /target-transform: log # most values are small, a few very large \(skewness [\d.]+, of its logarithm -?[\d.]+\)/,
    );
    const made = await cli(folder(), ['new', 'visits.csv']);
    assert.equal(made.code, 0, made.stderr);
    assert.match((await cli(folder(), ['check'])).stdout, /right \(7 stages\)/);
  });

  it('groups by nothing that is a category, a measure or different in most rows', () => {
    const rows = 400;
    const groupBy = (name: string, value: (i: number) => string | number, type: 'text' | 'number' = 'number') =>
      guess({
        file: 'x.csv',
        options: {},
        rows,
        whole: true,
        columns: [
          { name, type, values: Array.from({ length: rows }, (_, i) => String(value(i))) },
          { name: 'kind', type: 'text', values: Array.from({ length: rows }, (_, i) => `k${(i * 7) % 3}`) },
          { name: 'price', type: 'number', values: Array.from({ length: rows }, (_, i) => String((i * 37) % 101)) },
        ],
      }).group?.name;
    assert.equal(
      groupBy('machine', (i) => `M-${i % 80}`, 'text'),
      'machine',
    );
    assert.equal(
      groupBy('customerId', (i) => i % 100),
      'customerId',
    );
    assert.equal(
      groupBy('store_id', (i) => i % 12),
      undefined,
    );
    assert.equal(
      groupBy('rooms', (i) => i % 100),
      undefined,
    );
    assert.equal(
      groupBy('postal code', (i) => 10_000 + (i % 100)),
      undefined,
    );
    assert.equal(
      groupBy('patient', (i) => i, 'number'),
      undefined,
    );
    assert.equal(
      groupBy('sensor', (i) => (i % 100) + 0.5),
      undefined,
    );
  });
});
