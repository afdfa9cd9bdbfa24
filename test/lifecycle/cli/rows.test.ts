import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRows, tableRows, withIsoDates } from '../../../lifecycle/cli/rows';
import { withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';

describe('cli/rows', () => {
  const folder = freshFolder();
  const two = [
    { a: 1, b: 'x' },
    { a: 2, b: null },
  ];

  it('takes the dates of JSON rows as ISO has them, where day and month can be told', () => {
    const rows = [
      { day: '31.12.2024', open: '01/02/2024', n: 1, text: 'a' },
      { day: '2024-03-01', open: '02/03/2024', n: 2, text: '31.12.2024' },
      { day: null, open: null, n: 3, text: 'b' },
    ];
    assert.deepEqual(withIsoDates(rows), [{ ...rows[0], day: '2024-12-31' }, ...rows.slice(1)]);
    assert.deepEqual(withIsoDates([]), []);
  });

  it('names nested objects and writes lists as the data stage does, in rows and in files of JSON lines', async () => {
    const row = { id: 7, user: { age: 46, device: { os: 'ios' } }, tags: ['a', 'ü "b"'], none: [], open: true };
    const wanted = {
      id: 7,
      'user.age': 46,
      'user.device.os': 'ios',
      tags: '["a","ü \\"b\\""]',
      none: '[]',
      open: true,
    };
    assert.deepEqual(parseRows(JSON.stringify(row), '--row'), [wanted]);
    const file = join(folder(), 'rows.jsonl');
    writeFileSync(file, `${JSON.stringify(row)}\n${JSON.stringify({ ...row, id: 8 })}\n`);
    assert.deepEqual((await tableRows(file))(new Map()), [wanted, { ...wanted, id: 8 }]);
  });

  it('reads Parquet', async () => {
    const file = join(folder(), 'rows.parquet');
    await withDatabase({}, (database) =>
      database.run(
        `COPY (SELECT 7 AS id, 'x' AS kind, true AS open, DATE '2024-03-01' AS day, NULL::DOUBLE AS gone) TO '${file}' (FORMAT parquet)`,
      ),
    );
    assert.deepEqual((await tableRows(file))(new Map()), [
      { id: 7, kind: 'x', open: true, day: '2024-03-01T00:00:00.000Z', gone: null },
    ]);
  });

  it('reads rows in every form that people have', () => {
    const request = {
      inputs: [
        { name: 'a', shape: [2, 1], datatype: 'FP32', data: [1, 2] },
        { name: 'b', data: [['x'], [null]] },
      ],
    };
    for (const text of [
      JSON.stringify(two),
      JSON.stringify({ rows: two }),
      two.map((row) => JSON.stringify(row)).join('\n\n'),
      JSON.stringify(request),
    ]) {
      assert.deepEqual(parseRows(text, 'x'), two);
    }
    assert.deepEqual(parseRows('{"a": 1}', 'x'), [{ a: 1 }]);
  });

  it('says what is wrong', () => {
    const mistakes: [string, RegExp][] = [
      ['', /no rows in rows\.json/],
      ['[]', /no rows/],
      ['[{"a":1}, 7]', /Row 2 of rows\.json is not a JSON object/],
      ['{"a":1}\n{"a":', /Row 2/],
      ['{"inputs":[{"name":"a"}]}', /no data/],
      ['{"inputs":[{"name":"a","data":[1]},{"name":"b","data":[]}]}', /'b' has 0 values, 'a' 1/],
    ];
    for (const [text, message] of mistakes) assert.throws(() => parseRows(text, 'rows.json'), message);
  });
});

describe('cli: rows of a table', () => {
  const folder = freshFolder();

  it('are read as a spreadsheet writes them', async () => {
    const file = join(folder(), 'a.csv');
    writeFileSync(file, 'Ort;Umsatz;neu\nKöln;1.234,50 €;true\nBonn;k. A.;false\n');
    const read = await tableRows(file);
    assert.deepEqual(read(new Map()), [
      { Ort: 'Köln', Umsatz: 1234.5, neu: true },
      { Ort: 'Bonn', Umsatz: null, neu: false },
    ]);
    writeFileSync(file, 'plz;n\n01067;1\n80331;2\n');
    const few = await tableRows(file);
    assert.deepEqual(few(new Map([['plz', 'text']])), [
      { plz: '01067', n: 1 },
      { plz: '80331', n: 2 },
    ]);
    await assert.rejects(tableRows(join(folder(), 'b.csv')), /can't be read/);
  });

  it('have dates in ISO form, unless day and month can not be told apart', async () => {
    const file = join(folder(), 'a.csv');
    writeFileSync(
      file,
      'seit;um;wann\n31.12.2024;05.10.2022 7:05;01/02/2024\n01.02.2023;31.10.2022 18:30;03/04/2024\n',
    );
    const read = await tableRows(file);
    assert.deepEqual(read(new Map([['seit', 'time']])), [
      { seit: '2024-12-31', um: '2022-10-05T07:05:00', wann: '01/02/2024' },
      { seit: '2023-02-01', um: '2022-10-31T18:30:00', wann: '03/04/2024' },
    ]);
  });
});
