import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columnsMeant, comparatorOf, csvOf, filterOf, type Column, type Value } from '../../../lifecycle/query';

const columns: Column[] = [
  { name: 'status', kind: 'fact', type: 'text' },
  { name: 'created', kind: 'fact', type: 'time' },
  { name: 'seconds', kind: 'fact', type: 'duration' },
  { name: 'parameters.learning-rate', kind: 'parameter', type: 'number' },
  { name: 'trees.model.kind', kind: 'setting', type: 'text', stage: 'trees' },
  { name: 'network.model.kind', kind: 'setting', type: 'text', stage: 'network' },
  { name: 'exam.f1', kind: 'metric', type: 'number', stage: 'exam' },
  { name: 'trees.validation/loss', kind: 'metric', type: 'number', stage: 'trees' },
  { name: 'trees.loss', kind: 'metric', type: 'number', stage: 'trees' },
  { name: 'tags', kind: 'label', type: 'text' },
];
const now = Date.UTC(2026, 10, 10);
const day = 86_400_000;
const rows: Record<string, Value>[] = [
  {
    status: 'succeeded',
    created: now - day,
    seconds: 30,
    'parameters.learning-rate': 0.01,
    'trees.model.kind': 'boosted-trees',
    'network.model.kind': 'network',
    'exam.f1': 0.85,
    'trees.validation/loss': 0.3,
    'trees.loss': 0.1,
    tags: 'candidate, Good One',
  },
  {
    status: 'failed',
    created: now - 5 * day,
    seconds: 400,
    'parameters.learning-rate': 0.5,
    'trees.model.kind': 'linear',
  },
  { status: 'succeeded', created: now - 9 * day, 'exam.f1': NaN, 'trees.loss': 2, tags: 'it\'s "odd"' },
];

function fitting(text: string): number[] {
  const { test, mistake } = filterOf(text, { columns, now, read: (name) => (row) => rows[row]?.[name] });
  assert.equal(mistake, undefined, `${text}: ${mistake?.message}`);
  return rows.map((_, index) => index).filter((row) => test?.(row));
}

function mistakeOf(text: string) {
  const { mistake } = filterOf(text, { columns, now, read: (name) => (row) => rows[row]?.[name] });
  assert.ok(mistake, text);
  return mistake;
}

describe('the filter of runs', () => {
  it('compares, and joins comparisons', () => {
    const wanted: [string, number[]][] = [
      ['', [0, 1, 2]],
      ['f1 > 0.8 and model.kind = network', [0]],
      ['exam.f1 >= 0.85', [0]],
      ['f1 > 0.8 or status = failed', [0, 1]],
      ['not status = failed', [0, 2]],
      ['status != failed', [0, 2]],
      ['!(status = failed) && f1 > 0', [0]],
      ['status = SUCCEEDED', [0, 2]],
      ['learning-rate < 0.1', [0]],
      ['parameters.learning-rate = 5e-1', [1]],
      ['seconds > 5m', [1]],
      ['seconds <= 30', [0]],
      ['created > 3d', [0]],
      ['created > 2026-11-04', [0, 1]],
      ['created = 2026-11-09', [0]],
      ['f1 is null', [1, 2].filter((row) => rows[row]?.['exam.f1'] === undefined)],
      ['f1 is not null', [0, 2]],
      ['tags ~ good', [0]],
      ['tags !~ good', [1, 2]],
      ['tags = "it\'s \\"odd\\""', [2]],
      ['status in (failed, cancelled)', [1]],
      ['status not in (failed, cancelled)', [0, 2]],
      ['boosted', [0]],
      ['tags', [0, 2]],
      ['`exam.f1` > 80%', [0]],
    ];
    for (const [text, expected] of wanted) assert.deepEqual(fitting(text), expected, text);
  });

  it('lets a missing or broken number fit no comparison but !=', () => {
    for (const text of ['f1 < 2', 'f1 > -1', 'f1 = 0.85']) assert.deepEqual(fitting(text), [0], text);
    assert.deepEqual(fitting('f1 != 0.85'), [1, 2]);
  });

  it('means any stage by the end of a name, and the plain loss before the validation one', () => {
    assert.deepEqual(
      columnsMeant('model.kind', columns).map(({ name }) => name),
      ['trees.model.kind', 'network.model.kind'],
    );
    assert.deepEqual(
      columnsMeant('loss', columns).map(({ name }) => name),
      ['trees.loss'],
    );
    assert.deepEqual(
      columnsMeant('validation/loss', columns).map(({ name }) => name),
      ['trees.validation/loss'],
    );
  });

  it('says what is wrong and where', () => {
    const wanted: [string, string, number][] = [
      ['f2 > 1', "There is no column 'f2'. Did you mean f1?", 0],
      ['f1 >', 'A value is missing here.', 4],
      ['f1 > a', "'a' is no number.", 5],
      ['created > soon', "'soon' is no time", 10],
      ['(f1 > 1', 'There is no ) for this (.', 0],
      ['f1 > 1)', 'There is no ( for this ).', 6],
      ['f1 > 1 status = x', "Put and, or or a comparison before 'status'.", 7],
      ['status = "x', 'This " is never closed.', 9],
      ['status in failed', 'Write the values in brackets', 7],
    ];
    for (const [text, message, from] of wanted) {
      const mistake = mistakeOf(text);
      assert.ok(mistake.message.includes(message), `${text}: ${mistake.message}`);
      assert.equal(mistake.from, from, text);
    }
  });

  it('never throws, and its mistakes lie in the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc
            .array(
              fc.constantFrom(
                'f1',
                'status',
                '>',
                '=',
                'and',
                'or',
                'not',
                '(',
                ')',
                'in',
                ',',
                '0.5',
                '"x"',
                'is',
                'null',
                '~',
              ),
              { maxLength: 14 },
            )
            .map((parts) => parts.join(' ')),
        ),
        (text) => {
          const { test, mistake } = filterOf(text, { columns, now, read: (name) => (row) => rows[row]?.[name] });
          assert.ok((test === undefined) !== (mistake === undefined));
          if (mistake) assert.ok(mistake.from >= 0 && mistake.to <= Math.max(text.length, mistake.from + 1));
          else for (let row = 0; row < rows.length; row++) assert.equal(typeof test?.(row), 'boolean');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survives brackets without end', () => {
    assert.match(mistakeOf('('.repeat(5000)).message, /nested too deeply/);
  });
});

describe('the order of runs', () => {
  it('sorts by several columns, with what is missing last both ways', () => {
    const read = (name: string) => (row: number) => rows[row]?.[name];
    const by = (...keys: Parameters<typeof comparatorOf>[0][number][]) => [0, 1, 2].sort(comparatorOf(keys, read));
    assert.deepEqual(by({ column: 'exam.f1', descending: true }), [0, 1, 2]);
    assert.deepEqual(by({ column: 'exam.f1' }), [0, 1, 2]);
    assert.deepEqual(by({ column: 'status' }, { column: 'created' }), [1, 2, 0]);
    assert.deepEqual(by({ column: 'status', descending: true }, { column: 'created', descending: true }), [0, 2, 1]);
  });
});

describe('CSV', () => {
  it('quotes, and defuses formulas', () => {
    assert.equal(
      csvOf(
        ['a', 'b,c'],
        [
          ['x"y', 1.5],
          ['=cmd()', undefined],
          ['two\nlines', -3],
          ['-3.5', '-x'],
          ['@sum', '+1'],
        ],
      ),
      'a,"b,c"\r\n"x""y",1.5\r\n\'=cmd(),\r\n"two\nlines",-3\r\n-3.5,\'-x\r\n\'@sum,\'+1\r\n',
    );
  });
});
