import assert from 'node:assert/strict';
import { peek } from '../../../lifecycle/data/peek';
import {
  advise,
  dateSql,
  datesOf,
  type Decimal,
  fitsFormat,
  isoOf,
  isNumber,
  numberOf,
  numberSql,
} from '../../../lifecycle/table/spelling';
import { withDatabase } from '../../../lifecycle/table';
import { problemOfStage, runStage, withFiles } from '../data/support';

// Numbers and dates as people write them. What JavaScript recognises and what SQL reads must be the same.

const numbers: readonly (readonly [string, Decimal, number])[] = [
  ['1.234,56 €', ',', 1234.56],
  ['1.234.567', ',', 1234567],
  ['28,3', ',', 28.3],
  ['-0,5 %', ',', -0.5],
  ['1 234,5', ',', 1234.5],
  ['1\u202f234,5 kr', ',', 1234.5],
  ["1'234,50 CHF", ',', 1234.5],
  ['12,00-', ',', -12],
  ['(1.000,25)', ',', -1000.25],
  ['−3', ',', -3],
  ['1,5E+03', ',', 1500],
  ['€ 12', ',', 12],
  ['$1,234.50', '.', 1234.5],
  ['-$1,234.50', '.', -1234.5],
  ['($99.10)', '.', -99.1],
  ['US$ 3', '.', 3],
  ['12,34,567.8', '.', 1234567.8],
  ['.5', '.', 0.5],
  ['5.', '.', 5],
  ['45%', '.', 45],
  ['Fr. 12.5', '.', 12.5],
  ['1e-3', '.', 0.001],
];

const none: readonly (readonly [string, Decimal])[] = [
  ['1,5', '.'],
  ['1.5', ','],
  ['12.34', ','],
  ['1.2.3', ','],
  ['31.12.2024', ','],
  ['2024-12-31', '.'],
  ['A12', '.'],
  ['12 Stück', ','],
  ['€', '.'],
  ['-', '.'],
  ['', '.'],
  ['1-2', '.'],
  ['0x10', '.'],
];

describe('numbers as people write them', () => {
  it('are recognised and read alike by JavaScript and SQL', async () => {
    for (const [value, decimal, expected] of numbers) {
      assert.ok(isNumber(value, decimal), value);
      assert.equal(numberOf(value, decimal), expected, value);
    }
    for (const [value, decimal] of none) assert.ok(!isNumber(value, decimal), `${value} with ${decimal}`);
    await withDatabase({}, async (database) => {
      for (const [value, decimal, expected] of numbers) {
        const table = `(SELECT '${value.replaceAll("'", "''")}' AS "a ""b""")`;
        const { n } = await database.one<{ n: number }>(`SELECT ${numberSql('a "b"', decimal)} AS n FROM ${table}`);
        assert.equal(n, expected, value);
      }
      for (const [value, decimal] of none) {
        const query = database.one(`SELECT ${numberSql('x', decimal)} AS n FROM (SELECT '${value}' AS x)`);
        await assert.rejects(query, /not as the column is written/, `${value} with ${decimal}`);
      }
    });
  });
});

describe('dates as people write them', () => {
  it('have a format that the values settle, or none', () => {
    assert.deepEqual(datesOf(['01.02.2024', '2024-03-31', '31.12.2023']), {
      formats: ['%d.%m.%Y', '%Y-%m-%d'],
      type: 'DATE',
      rivals: [],
    });
    assert.deepEqual(datesOf(['01/02/2024', '01/31/2024'])?.formats, ['%m/%d/%Y']);
    assert.deepEqual(datesOf(['01/02/2024', '03/04/2024'])?.rivals, ['%m/%d/%Y']);
    assert.deepEqual(datesOf(['3 Jan 2024 4:05 pm'])?.formats, ['%d %b %Y %I:%M %p']);
    assert.deepEqual(datesOf(['3 May 2024'])?.rivals, []);
    assert.equal(datesOf(['31.12.2024 10:00'])?.type, 'TIMESTAMP');
    assert.equal(datesOf(['2024-01-01']), undefined, 'ISO needs no format');
    assert.equal(isoOf('3 Jan 24 4:05 pm', ['%d.%m.%Y', '%d %b %y %I:%M %p']), '2024-01-03T16:05:00');
    assert.equal(isoOf('1.2.69', ['%d.%m.%y']), '1969-02-01');
    assert.equal(isoOf('31.2.2024', ['%d.%m.%Y']), undefined);
    assert.equal(isoOf('1.2.2024 12:00 am', ['%d.%m.%Y %I:%M %p']), '2024-02-01T00:00:00');
    assert.equal(datesOf(['30.02.2024']), undefined, 'no such day');
    assert.equal(datesOf(['12.5']), undefined);
    assert.deepEqual(datesOf(['01/02/2024'], ['%d/%m/%Y'])?.formats, ['%d/%m/%Y']);
  });

  it('are read by SQL as they are recognised', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['1.2.2024', '%d.%m.%Y'],
      ['01/31/2024', '%m/%d/%Y'],
      ['3-Jan-2024', '%d-%b-%Y'],
      ['January 3, 2024', '%B %d, %Y'],
      ['31.12.24 23:59', '%d.%m.%y %H:%M'],
      ['2024/12/31T01:02:03.5', '%Y/%m/%dT%H:%M:%S.%f'],
      ['1/2/2024 12:30 AM', '%m/%d/%Y %I:%M %p'],
      ['29.02.2023', '%d.%m.%Y'],
      ['2024-13-01', '%Y-%m-%d'],
    ];
    await withDatabase({}, async (database) => {
      for (const [value, format] of cases) {
        const query = database.one<{ d: unknown }>(
          `SELECT ${dateSql('x', [format], 'TIMESTAMP')} AS d FROM (SELECT '${value}' AS x)`,
        );
        if (fitsFormat(value, format)) assert.ok((await query).d !== null, value);
        else await assert.rejects(query, /not as the column is written/, value);
      }
    });
  });
});

describe('advice on columns of texts', () => {
  it('tells words that mean nothing, numbers and doubtful dates', () => {
    assert.deepEqual(advise(['1', '2.5', '-', 'N/A']), { missing: ['-', 'N/A'], plain: true });
    assert.deepEqual(advise(['1,5', 'k. A.']), { missing: ['k. A.'], decimal: ',' });
    assert.deepEqual(advise(['$1,500', '$2']), { missing: [], decimal: '.' });
    assert.equal(advise(['1,500', '2,500'], ',')?.decimal, ',');
    assert.equal(advise(['red', '-']), undefined);
    assert.equal(advise(['N/A', '-']), undefined);
    assert.equal(advise(['1', '2']), undefined);
  });

  it('tells the few texts that keep a column from being numbers, but takes no mixture for numbers', () => {
    const numbers = Array.from({ length: 38 }, (_, i) => `${i}.5`);
    assert.deepEqual(advise([...numbers, 'err', '-']), { missing: ['-'], odd: ['err'], plain: true });
    assert.deepEqual(advise([...numbers.map((value) => value.replace('.', ',')), 'err'], ',')?.odd, ['err']);
    assert.equal(advise([...numbers, 'A1', 'A2', 'A3']), undefined);
    assert.equal(advise([...numbers.slice(0, 10), 'err']), undefined);
  });
});

describe('the data stage given a spreadsheet of Windows', () => {
  const cities = ['Köln', 'Bonn', 'Trier'];
  const body = Array.from(
    { length: 60 },
    (_, i) =>
      `K${i};${cities[i % 3] ?? ''};${(i % 28) + 1}.0${(i % 9) + 1}.2024;${i % 10 === 0 ? 'k. A.' : `${i}.${String((i * 37) % 1000).padStart(3, '0')},50 €`};${i % 2 === 0 ? 'Ja' : 'Nein'}\r\n`,
  ).join('');
  const text = `Nr.;Ort;Seit;Umsatz (€);"Ge""kündigt""?"\r\n${body}`;
  /** Windows-1252: as Latin-1, but the sign of the euro is 0x80. */
  const bytes = Buffer.from(text.replaceAll('€', '\u0080'), 'latin1');
  const folder = withFiles({ 'kunden.csv': bytes });
  const source = {
    file: 'kunden.csv',
    encoding: 'windows-1252' as const,
    decimal: ',' as const,
    missing: ['', 'k. A.'],
  };

  it('reads umlauts, the euro, decimal commas, dates and quoted names', async () => {
    const { dataset, logs, output } = await runStage(
      { source, target: 'Ge"kündigt"?', columns: { id: 'Nr.', time: 'Seit' } },
      { folder },
    );
    assert.deepEqual(
      dataset.columns.map(({ name, type }) => [name, type]),
      [
        ['Nr.', 'text'],
        ['Ort', 'text'],
        ['Seit', 'time'],
        ['Umsatz (€)', 'number'],
        ['Ge"kündigt"?', 'text'],
      ],
    );
    assert.ok(dataset.features.includes('Ort=Köln'));
    assert.deepEqual(
      logs.filter(({ level }) => level === 'warning'),
      [],
    );
    const { total, missing } = await withDatabase({}, (database) =>
      database.one<{ total: number; missing: number }>(
        `SELECT sum("Umsatz (€)") AS total, count(*) - count("Umsatz (€)") AS missing FROM read_parquet(['${output}/train.parquet', '${output}/validation.parquet', '${output}/test.parquet'])`,
      ),
    );
    let expected = 0;
    for (let i = 0; i < 60; i++) if (i % 10 !== 0) expected += i * 1000 + ((i * 37) % 1000) + 0.5;
    assert.equal(total, expected);
    assert.equal(missing, 6);
  });

  it('gives the editor the same types', async () => {
    const { columns } = await peek(source, folder, { native: false });
    assert.deepEqual(
      columns.map(({ name, type }) => `${name}: ${type}`),
      ['Nr.: text', 'Ort: text', 'Seit: time', 'Umsatz (€): number', 'Ge"kündigt"?: text'],
    );
    assert.equal(columns[3]?.min, 1037.5);
  });

  it('says what to write when nothing is stated', async () => {
    const { logs } = await runStage({ source: { file: 'kunden.csv', encoding: 'windows-1252' } }, { folder });
    const warnings = logs.filter(({ code }) => code?.startsWith('data-missing') || code?.startsWith('data-numbers'));
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['data-missing-words', 'data-numbers-as-text'],
    );
    assert.match(warnings[0]?.hint ?? '', /missing: \["","k\. A\."\]/);
    assert.match(warnings[1]?.hint ?? '', /decimal: ","/);
  });

  it('names a value that is not written as the others', async () => {
    const late = withFiles({
      'a.csv': `when;n\n${'31.12.2024;1,5\n'.repeat(120_000)}12/31/2024;1,5\n`,
      'b.csv': `when;n\n${'31.12.2024;1,5\n'.repeat(120_000)}31.12.2024;1.5\n`,
    });
    const date = await problemOfStage({ source: { file: 'a.csv', decimal: ',' } }, { folder: late });
    assert.equal(date.message, `Column 'when' holds "12/31/2024", which is not a date as the others are.`);
    assert.match(date.hint ?? '', /source\.date-format/);
    const number = await problemOfStage({ source: { file: 'b.csv', decimal: ',' } }, { folder: late });
    assert.equal(number.code, 'data-wrong-type');
    assert.match(number.message, /Column 'n' holds "1\.5"/);
  });

  it('says that Latin-1 with a euro is Windows-1252', async () => {
    const problem = await problemOfStage({ source: { file: 'kunden.csv', encoding: 'latin-1' } }, { folder });
    assert.equal(problem.code, 'data-wrong-encoding');
    assert.match(problem.hint ?? '', /windows-1252/);
  });

  it('asks which of two ways a doubtful date is meant', async () => {
    const doubtful = withFiles({ 'a.csv': `d,x\n${'01/02/2024,1\n02/03/2024,2\n'.repeat(10)}` });
    const { logs } = await runStage({ source: 'a.csv' }, { folder: doubtful });
    const warning = logs.find(({ code }) => code === 'data-date-ambiguous');
    assert.match(warning?.message ?? '', /'d' could be dates as %d\/%m\/%Y or %m\/%d\/%Y/);
    const { dataset } = await runStage(
      { source: { file: 'a.csv', 'date-format': '%m/%d/%Y' }, columns: { time: 'd' } },
      { folder: doubtful },
    );
    assert.deepEqual([dataset.columns[0]?.type, dataset.columns[0]?.min], ['time', '2024-01-02']);
  });
});
