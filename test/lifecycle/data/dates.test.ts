import assert from 'node:assert/strict';
import path from 'node:path';
import { openSession, strings } from '../../../lifecycle/onnx';
import { assertLoweringsEqual, problemOfStage, runStage, withFiles } from './support';

// Parts of dates: what SQL wrote for training must be what the served graph computes of ISO texts.

const parts = ['year', 'quarter', 'month', 'day', 'weekday', 'day-of-year', 'hour', 'minute', 'days'] as const;

/** What JavaScript's own calendar says of a moment. */
function expected(moment: Date): number[] {
  const year = moment.getUTCFullYear();
  const days = Math.floor(moment.getTime() / 86_400_000);
  return [
    year,
    Math.floor(moment.getUTCMonth() / 3) + 1,
    moment.getUTCMonth() + 1,
    moment.getUTCDate(),
    ((moment.getUTCDay() + 6) % 7) + 1,
    days - Math.floor(Date.UTC(year, 0, 1) / 86_400_000) + 1,
    moment.getUTCHours(),
    moment.getUTCMinutes(),
    days,
  ];
}

describe('parts of dates', () => {
  it('are the same in training, in the served graph and by JavaScript, over eight centuries', async () => {
    const rows: string[] = [];
    for (let i = 0; i < 1500; i++) {
      const moment = new Date(Date.UTC(1603, 0, 1) + i * 197_123_456_789 * 0.08);
      const iso = moment.toISOString().slice(0, 19);
      rows.push(i % 50 === 7 ? `,,${i}` : `${iso},${iso.slice(0, 10)},${i}`);
    }
    for (const day of [
      '2000-02-29',
      '1900-02-28',
      '1900-03-01',
      '1970-01-01',
      '1969-12-31',
      '2024-12-31',
      '2400-02-29',
    ])
      rows.push(`${day}T23:59:59,${day},1`);
    const folder = withFiles({ 'a.csv': `at,day,n\n${rows.join('\n')}\n` });
    const done = await runStage(
      {
        source: 'a.csv',
        columns: { time: 'at' },
        features: [
          { 'date-parts': { columns: ['at', 'day'], parts: [...parts] } },
          { derive: { apart: '`at_days` - `day_days`' } },
          { standardize: { columns: ['at_hour'] } },
        ],
      },
      { folder },
    );
    assert.deepEqual(done.dataset.inputs, ['at', 'day', 'n']);
    await assertLoweringsEqual(done);
  });

  it('of ISO texts with clocks and offsets are those of the moment in UTC; of anything else there are none', async () => {
    const folder = withFiles({ 'a.csv': `at,n\n${'2024-01-01T10:00:00,1\n2024-06-01T11:30:00,2\n'.repeat(20)}` });
    const done = await runStage(
      {
        source: 'a.csv',
        features: [{ 'date-parts': { columns: 'at', parts: [...parts] } }, { drop: { columns: ['n'] } }],
      },
      { folder },
    );
    const texts = [
      '2024-12-31T23:30:00Z',
      '2024-12-31T23:30:00.250-02:00',
      '2024-03-01 00:15+01:00',
      '2024-02-29',
      '1999-12-31T00:00+0530',
      '',
      'yesterday',
      '31.12.2024',
      '2024-13-01',
      '2024-02-01T25:00',
      '2024-02',
    ];
    const session = await openSession(path.join(done.output, 'preprocess.onnx'));
    try {
      for (const some of [texts, [''], ['2024-02-29'], ['x', '']]) {
        const { features } = await session.run({ at: strings(some, [some.length, 1]) });
        const values = features?.data as Float32Array;
        some.forEach((text, i) => {
          const moment = new Date(
            /[Z]|[+-]\d\d:?\d\d$/.test(text) ? text.replace(' ', 'T').replace(/(\d\d)(\d\d)$/, '$1:$2') : `${text}Z`,
          );
          const good = /^\d{4}-\d\d-\d\d/.test(text) && !/-13-|T25/.test(text);
          const found = [...values.slice(i * parts.length, (i + 1) * parts.length)];
          if (good) assert.deepEqual(found, expected(moment), text);
          else assert.ok(found.some(Number.isNaN), `${text}: ${found.join()}`);
          if (text === '' || text === 'yesterday') assert.ok(found.every(Number.isNaN), text);
        });
      }
    } finally {
      await session.close();
    }
  });

  it('are asked of dates alone', async () => {
    const folder = withFiles({ 'a.csv': `at,n,t\n${'2024-01-01,1,x\n2024-06-01,2,y\n'.repeat(20)}` });
    const problem = (features: Parameters<typeof runStage>[0]['features']) =>
      problemOfStage({ source: 'a.csv', features: features ?? [] }, { folder });
    const number = await problem([{ 'date-parts': { columns: 'n' } }]);
    assert.deepEqual([number.code, number.path], ['data-step-type', ['features', 0, 'date-parts', 'columns']]);
    const unknown = await problem([{ 'date-parts': { columns: ['att'] } }]);
    assert.equal(unknown.hint, "Did you mean 'at'?");
    const scaled = await problem([{ 'date-parts': { columns: 'at' } }, { standardize: { columns: ['at'] } }]);
    assert.match(scaled.message, /'at' is a time, of which 'date-parts' makes numbers/);
    const { dataset, logs } = await runStage({ source: 'a.csv' }, { folder });
    assert.deepEqual(dataset.inputs, ['n', 't']);
    assert.ok(logs.some(({ message }) => /'at' is a time and no feature.*date-parts: {columns: at}/.test(message)));
  });
});
