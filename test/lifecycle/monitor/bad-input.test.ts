import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import type { DriftReport, MonitorStage } from '../../../schemas/generated/types';
import { Random } from '../../../lifecycle/statistics/random';
import { withDatabase } from '../../../lifecycle/table';
import { writeParquet } from '../../rigs/stage';
import { csv, elsewhere, jsonl, type Row, rowsOf } from './elsewhere';

const hour = (report: { values?: Record<string, number | null> }, name: string) => report.values![name]!;

describe('a log of elsewhere, as it should not be', function () {
  this.timeout(60_000);
  const { at, stage, run, refusal } = elsewhere();
  const parquet = (name: string, rows: readonly Row[]) =>
    writeParquet(
      at('logs', name),
      Object.fromEntries((Object.keys(rows[0]!) as (keyof Row)[]).map((key) => [key, rows.map((row) => row[key])])),
    );

  it('has files that are empty, half written or of another kind: the others are looked at', async () => {
    await writeFile(at('logs', 'a.csv'), csv(rowsOf(300, 12, 2)));
    for (const name of ['b.csv', 'b.jsonl', 'b.parquet']) await writeFile(at('logs', name), '');
    assert.deepEqual((await run(stage({ files: 'logs' }))).codes, []);
    await parquet('whole.parquet', rowsOf(100, 13, 1));
    const whole = readFileSync(at('logs', 'whole.parquet'));
    await rm(at('logs', 'whole.parquet'));
    await writeFile(at('logs', 'half.parquet'), whole.subarray(0, whole.length >> 1));
    await writeFile(at('logs', 'other.csv'), 'when,what\n1,2\n');
    const { report, codes, logs } = await run(stage({ files: 'logs' }));
    assert.deepEqual([report.verdict, report.rows.current, codes], ['stable', 300, ['log-file-unreadable']]);
    assert.match(
      logs[0]!.message,
      /^2 files of the log can't be read and are left out: half\.parquet, other\.csv\. \(half\.parquet is not a Parquet file, or only a part of one\.\)$/,
    );
    // What is whole later counts then.
    await writeFile(at('logs', 'half.parquet'), whole);
    assert.equal((await run(stage({ files: 'logs' }))).report.rows.current, 400);
    await writeFile(at('logs', 'half.parquet'), whole.subarray(0, whole.length >> 1));
    const alone = await refusal(stage({ files: 'logs/half.parquet' }));
    assert.deepEqual([alone.code, alone.path], ['data-bad-parquet', ['source', 'files']]);
  });

  it('has compressed files that are cut off: they count as far as they go, and as a whole later', async () => {
    const rows = rowsOf(2_000, 15, 1);
    for (const [name, text] of [
      ['a.csv.gz', csv(rows)],
      ['a.jsonl.gz', jsonl(rows)],
    ] as const) {
      const packed = gzipSync(text);
      await writeFile(at(name), packed.subarray(0, packed.length >> 1));
      const { report, codes } = await run(stage({ files: name }));
      assert.ok(report.rows.current > 500 && report.rows.current < 1_500, String(report.rows.current));
      assert.deepEqual([report.drift.count, codes.filter((code) => code !== 'log-rows-undated')], [0, []]);
      await writeFile(at(name), packed);
      assert.equal((await run(stage({ files: name }))).report.rows.current, 2_000);
    }
  });

  it('has no request for hours: it says for how long, and that nothing is asked', async () => {
    await writeFile(at('logs', 'a.csv'), csv(rowsOf(300, 12, 6)));
    const what = (hours: number): MonitorStage =>
      stage(
        { files: 'logs' },
        {
          window: { hours },
          alerts: {
            silent: 'staleness.hours > 3',
            quiet: 'volume.per_minute < 0.01',
            drift: 'drift.share >= 0.2',
            old: 'staleness.days > 30',
          },
        },
      );
    const { report, codes } = await run(what(2));
    assert.deepEqual(codes, ['log-empty']);
    // The last row came an hour after the first.
    assert.ok(Math.abs(hour(report, 'staleness.hours') - 5) < 0.05, String(report.values!['staleness.hours']));
    assert.deepEqual(
      ['volume.per_minute', 'drift.share', 'drift.count', 'staleness.days'].map((name) => report.values![name]),
      [0, null, null, null],
    );
    assert.deepEqual(
      report.alerts!.map(({ rule, state }) => [rule, state]),
      [
        ['silent', 'firing'],
        ['quiet', 'firing'],
      ],
    );
    const { report: all } = await run(what(10));
    assert.ok(Math.abs(all.values!['volume.per_minute']! - 300 / 600) < 0.01);
    assert.deepEqual(
      all.alerts!.map(({ rule, state }) => [rule, state]),
      [
        ['silent', 'firing'],
        ['quiet', 'resolved'],
      ],
    );
  });

  it('carries labels that are decimals, and outcomes that come twice, change, or are of nobody', async () => {
    const rows = rowsOf(300, 12, 2);
    await writeFile(at('logs', '1.csv'), csv(rows.slice(0, 200)));
    // Delivered again, in another file.
    await writeFile(at('logs', '2.csv'), csv(rows.slice(100)));
    await writeFile(at('logs', '0-old.csv'), csv(rowsOf(50, 9, 50)));
    const told = rows
      .slice(0, 200)
      .map(({ request, sold }) => ({ id: request, label: sold === 'Yes' ? '1.0' : '0.0' }));
    await writeFile(
      at('outcomes.csv'),
      csv([
        ...told,
        { id: '9-3', label: '1.0' },
        { id: 'nobody', label: '1.0' },
        { id: '12-7', label: '' },
        { id: '12-8', label: '7.0' },
      ]),
    );
    const what = (more: object = {}) =>
      stage(
        { files: 'logs', id: 'request', prediction: 'score', ...more },
        { labels: { source: 'outcomes.csv' }, window: { hours: 5 } },
      );
    const { report, codes, logs } = await run(what());
    assert.deepEqual([report.rows.current, report.rows.duplicates], [300, 100]);
    assert.equal(report.performance!.labelled, 199);
    assert.deepEqual(codes, ['requests-repeated', 'labels-strange', 'labels-skipped', 'labels-unknown']);
    assert.match(logs.at(-1)!.message, /^1 outcome is for requests that the log does not hold \(nobody\)\.$/);
    // An outcome that is told apart goes before the one in the log.
    const accuracy = (sold: string) => rows.map((row) => ({ ...row, sold }));
    await writeFile(at('logs', '1.csv'), csv(accuracy('Yes').slice(0, 200)));
    await writeFile(at('logs', '2.csv'), csv(accuracy('Yes').slice(200)));
    const both = await run(what({ label: 'sold' }));
    assert.equal(both.report.performance!.labelled, 299);
    assert.deepEqual((await run(what({ label: 'sold' }))).report.performance, both.report.performance);
  });

  it('is joined with outcomes that are not there yet, half written, or of a row far out', async () => {
    const rows = rowsOf(100, 12, 2);
    await writeFile(at('logs', 'a.csv'), csv(rows));
    const what = stage({ files: 'logs', id: 'request', prediction: 'score' }, { labels: { source: 'outcomes.csv' } });
    assert.deepEqual((await run(what)).codes, ['labels-missing']);
    await writeFile(at('outcomes.csv'), '');
    assert.deepEqual((await run(what)).codes, ['labels-missing']);
    await writeFile(at('outcomes.csv'), `id,label,row\n12-1,Yes,0\n12-2,Yes,1000000000000\n12-3,No,0\n`);
    const { report, codes } = await run(what);
    assert.deepEqual([report.performance!.labelled, codes], [2, ['labels-skipped']]);
    await writeFile(at('outcomes.csv'), 'ids,label\n1,2\n');
    assert.equal((await refusal(what)).code, 'labels-columns');
  });

  it('holds classes or per cent where probabilities belong: no performance is made of them', async () => {
    const rows = rowsOf(200, 12, 2);
    const worse = { alerts: { worse: 'performance.accuracy < 0.9 or estimated.accuracy < 0.9' } };
    for (const score of [
      ({ score: p }: Row) => (p >= 0.5 ? 'Yes' : 'No'),
      ({ score: p }: Row) => Math.round(100 * p) + 2,
    ]) {
      await writeFile(at('logs', 'a.csv'), csv(rows.map((row) => ({ ...row, score: score(row) }))));
      const { report, codes, logs } = await run(stage({ files: 'logs', prediction: 'score', label: 'sold' }, worse));
      assert.deepEqual(codes, ['log-predictions-strange']);
      assert.match(logs[0]!.message, /^200 of 200 predictions in the log are no probability between 0 and 1/);
      assert.deepEqual([report.performance!.labelled, report.performance!.estimated], [0, undefined]);
      assert.deepEqual(report.alerts ?? [], []);
    }
  });

  it('has numbers as texts, for a figure of the user: missing, zero, of another type, of a column that is not watched', async () => {
    const rows = rowsOf(100, 12, 2).map((row, i) => ({
      ...row,
      amount: i % 10 === 0 ? 0 : i,
      rebate: i % 2 ? 'true' : 'false',
    }));
    await writeFile(at('logs', 'a.csv'), csv(rows));
    const business = async (text: string, more: object = {}) => {
      const { report, logs } = await run(
        stage(
          { files: 'logs', prediction: 'score', label: 'sold' },
          { labels: { business: text, slices: ['city'] }, drift: { columns: ['city'] }, ...more },
        ),
      );
      return { figure: report.performance!.metrics!['business']!, logs, report };
    };
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const near = (value: number | null, wanted: number) =>
      assert.ok(Math.abs(value! - wanted) < 1e-6, `${value} ${wanted}`);
    const sizes = await business('size * 2');
    near(sizes.figure.value, 2 * mean(rows.map(({ size }) => Math.fround(size))));
    assert.deepEqual(
      sizes.logs.map(({ code }) => code),
      [undefined],
    );
    const divided = await business('if(label = prediction, 10, -40) / amount');
    const right = rows
      .filter(({ amount }) => amount > 0)
      .map((row) => ((row.sold === 'Yes') === row.score >= 0.5 ? 10 : -40) / row.amount);
    near(divided.figure.value, mean(right));
    assert.match(divided.logs.at(-1)!.message, /^10 of 100 labelled rows have no figure of `business`/);
    const none = await business('amout * 2');
    assert.deepEqual([none.figure.value, none.logs.at(-1)!.code], [null, 'business-incomplete']);
    assert.match(none.logs.at(-1)!.message, /^The log has no value of amout/);
    near(
      (await business(`if(city = 'Bonn', 1, 0)`)).figure.value,
      mean(rows.map(({ town }) => Number(town === 'Bonn'))),
    );
    assert.deepEqual(divided.report.performance!.slices!.map(({ slice }) => slice).sort(), [
      `city = 'Bonn'`,
      `city = 'Ulm'`,
    ]);
  });

  it('has values of several types in JSON, ids that look like something else, times in zones', async () => {
    const rows = rowsOf(300, 12, 2);
    const odd = [5.1, true, [1], { a: 1 }, null];
    const look = async (name: string, what: readonly object[], source: object = {}, more: object = {}) => {
      await writeFile(at('logs', name), jsonl(what));
      return (await run(stage({ files: `logs/${name}`, ...source }, more))).report;
    };
    const feature = (report: DriftReport, name: string) => report.features.find(({ column }) => column === name)!;
    // A few odd values among texts leave the others as they are, and numbers in quotes are numbers.
    const towns = await look(
      'towns.jsonl',
      rows.map((row, i) => (i % 50 === 0 ? { ...row, town: i / 50 < 5 ? odd[i / 50] : 'x' } : row)),
    );
    assert.deepEqual(
      feature(towns, 'city').violations!.map(({ kind, count }) => [kind, count]),
      [
        ['missing', 1],
        ['new-category', 5],
      ],
    );
    const sizes = await look(
      'sizes.jsonl',
      rows.map((row, i) => (i % 2 === 0 ? { ...row, size: i % 100 === 0 ? 'big' : String(row.size) } : row)),
    );
    assert.deepEqual(
      feature(sizes, 'size').violations!.map(({ kind, count }) => [kind, count]),
      [['wrong-type', 3]],
    );
    // An id is what it is, also where it could be read as a UUID, a day or a number.
    for (const [kind, id] of Object.entries({
      uuid: (i: number) => `550E8400-E29B-41D4-A716-4466554400${10 + i}`,
      day: (i: number) => `2026-0${1 + Math.floor(i / 28)}-${String(1 + (i % 28)).padStart(2, '0')}`,
      number: (i: number) => 9_007_199_254_740_900 + i,
    })) {
      const named = rows.slice(0, 80).map((row, i) => ({ ...row, request: id(i) }));
      await writeFile(
        at('outcomes.csv'),
        csv(named.slice(0, 50).map(({ request, sold }) => ({ id: request, label: sold }))),
      );
      const { performance } = await look(
        `${kind}.jsonl`,
        named,
        { id: 'request', prediction: 'score' },
        { labels: { source: 'outcomes.csv' } },
      );
      assert.deepEqual([performance!.labelled, performance!.unknown], [50, undefined], kind);
    }
    const zoned = (iso: string) => new Date(Date.parse(iso) + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    const times = await look(
      'times.jsonl',
      rows.map((row, i) => (i % 2 === 0 ? { ...row, at: zoned(row.at) } : row)),
    );
    assert.deepEqual([times.window!.from, times.window!.to], [rows[0]!.at, rows.at(-1)!.at]);
  });

  it('has ids of nineteen digits, and outcomes in every kind of file, one with a torn line', async () => {
    const rows = rowsOf(60, 12, 2);
    const id = (i: number) => 1_234_567_890_123_456_000n + BigInt(i);
    const line = (i: number, more: string) => `{"request":${id(i)},${more}\n`;
    const log = rows.map(({ at: time, size, town, score }, i) =>
      line(i, `"at":"${time}","size":${size},"town":"${town}","score":${score}}`),
    );
    await writeFile(at('logs', 'a.jsonl'), log.join(''));
    const told = rows
      .slice(0, 40)
      .map(({ sold }, i) => `{"id":${id(i)},"label":"${sold}"}\n`)
      .join('');
    await writeFile(at('o.jsonl'), `${told}{"id":12345678901234560`);
    await writeFile(
      at('o.csv'),
      `id,label\n${rows
        .slice(0, 40)
        .map(({ sold }, i) => `${id(i)},${sold}\n`)
        .join('')}`,
    );
    await withDatabase({}, (database) =>
      database.run(
        `COPY (SELECT CAST(id AS BIGINT) AS id, label FROM read_csv('${at('o.csv')}', all_varchar = true)) TO '${at('o.parquet')}' (FORMAT parquet)`,
      ),
    );
    for (const source of ['o.jsonl', 'o.csv', 'o.parquet']) {
      const { report } = await run(
        stage({ files: 'logs', id: 'request', prediction: 'score' }, { labels: { source } }),
      );
      assert.deepEqual([report.performance!.labelled, report.performance!.unknown], [40, undefined], source);
    }
  });

  it('has lines that are torn, of another encoding, or very long, and texts of several lines', async () => {
    const rows = rowsOf(300, 12, 2);
    const look = (name: string) => run(stage({ files: `logs/${name}` }));
    const span = { from: rows[0]!.at, to: rows.at(-1)!.at };
    // What stands of a time is no time of long ago.
    for (const [name, time, torn] of [
      ['iso.csv', (at: string) => at, '2026'],
      ['seconds.csv', (at: string) => String(Date.parse(at) / 1000), '17643'],
    ] as const) {
      await writeFile(at('logs', name), csv(rows.map((row) => ({ ...row, at: time(row.at) }))) + torn);
      const { report, codes } = await look(name);
      assert.deepEqual(
        [report.rows.current, report.rows.undated, codes.filter(Boolean)],
        [300, 1, ['log-rows-undated']],
      );
      assert.deepEqual(report.window, span);
    }
    const latin = Buffer.from(`${rows[0]!.at},x,5,M\u00fcnchen,0.5,Yes\n`, 'latin1');
    await writeFile(at('logs', 'latin.csv'), Buffer.concat([Buffer.from(csv(rows)), latin]));
    const { report, codes, logs } = await look('latin.csv');
    assert.deepEqual([report.rows.current, report.rows.skipped, codes[0]], [300, 1, 'log-lines-skipped']);
    assert.equal(logs[0]!.message, '1 line of the log could not be read and was passed over.');
    // Kept with what was counted of the file.
    assert.equal((await look('latin.csv')).report.rows.skipped, 1);
    const noted = rows.map((row, i) => ({
      ...row,
      note: i % 3 === 0 ? `"two\nlines; ${i}"` : i === 4 ? 'x'.repeat(3_000_000) : '',
    }));
    await writeFile(at('logs', 'noted.csv'), csv(noted));
    assert.equal((await look('noted.csv')).report.rows.current, 300);
  });

  it('has one row, no value, columns in another order, or ten times as many rows: no alarm but of what changed', async () => {
    const rows = rowsOf(300, 12, 2);
    const turned = rows.map((row) => Object.fromEntries(Object.entries({ extra: 'x', ...row }).reverse()));
    await writeFile(at('logs', 'turned.csv'), csv(turned));
    assert.equal((await run(stage({ files: 'logs' }))).report.verdict, 'stable');
    await writeFile(at('logs', 'turned.csv'), csv(rows.slice(0, 1)));
    const { report: one, logs } = await run(stage({ files: 'logs' }));
    assert.deepEqual([one.verdict, one.drift.count, one.alerts ?? []], ['too-few-rows', 0, []]);
    assert.match(logs.find(({ code }) => code === 'too-few-rows')!.message, /^1 row was asked and 1,500 are/);
    await writeFile(at('logs', 'turned.csv'), csv(rowsOf(15_000, 15, 2)));
    const { report: many } = await run(stage({ files: 'logs' }));
    assert.deepEqual([many.rows.current, many.verdict], [15_000, 'stable']);
    await writeFile(at('logs', 'turned.csv'), csv(rows.map((row) => ({ ...row, size: '' }))));
    const { report: none } = await run(stage({ files: 'logs' }));
    assert.deepEqual(
      none.features.map(({ column, drifted, note }) => [column, drifted, note]),
      [
        ['size', true, 'No row has a value any more.'],
        ['city', false, undefined],
      ],
    );
  });
});

describe('columns of odd names in a log of elsewhere', function () {
  this.timeout(60_000);
  const names = ['__proto__', 'constructor', 'Monthly Charges', 'a.b', 'qu"o\'te`d', 'id', 'time', 'value', 'ä€😀'];
  const tableOf = (seed: number, count: number, shift = 0) => {
    const random = new Random(seed);
    const rows = Array.from({ length: count }, () => names.map(() => random.normal(shift, 1)));
    return Object.fromEntries([
      ...names.map((name, i) => [name, rows.map((row) => row[i]!)] as const),
      ['toString', rows.map((row) => (row[0]! > shift ? 'a' : 'b'))] as const,
      ['y', rows.map((row) => (row[1]! > shift ? 1 : 0))] as const,
    ]);
  };
  const { at, stage, run } = elsewhere(() => ({ target: 'y', classes: [0, 1], splits: { train: tableOf(1, 1_000) } }));

  it('are watched, counted and cut like others', async () => {
    const log = tableOf(2, 600, 1);
    const columns = Object.keys(log);
    const lines = Array.from({ length: 600 }, (_, i) => [
      new Date(Date.now() - 3_600_000 + i).toISOString(),
      ...columns.map((name) => log[name]![i]),
    ]);
    const quoted = (text: unknown) => `"${String(text).replaceAll('"', '""')}"`;
    await writeFile(
      at('logs', 'a.csv'),
      [['when', ...columns], ...lines].map((line) => line.map(quoted).join(',')).join('\n'),
    );
    const { report } = await run(
      stage(
        { files: 'logs', time: 'when', columns: {}, label: 'y', prediction: 'y' },
        {
          window: { each: 1 },
          labels: { business: '`Monthly Charges` + 0 * `a.b`', slices: ['toString'] },
          alerts: { proto: 'drift.__proto__ > 0.3', spaces: '`drift.Monthly Charges` > 0.3' },
        },
      ),
    );
    const drifted = new Set(report.features.filter((feature) => feature.drifted).map(({ column }) => column));
    assert.deepEqual([...drifted].sort(), [...names].sort());
    assert.deepEqual(
      report.alerts!.map(({ state }) => state),
      ['firing', 'firing'],
    );
    assert.ok(Math.abs(report.performance!.metrics!['business']!.value! - 1) < 0.15);
    assert.deepEqual(report.performance!.slices!.map(({ slice }) => slice).sort(), [
      `toString = 'a'`,
      `toString = 'b'`,
    ]);
    for (const { columns: parts } of report.windows ?? []) assert.equal(Object.keys(parts).length, names.length + 1);
  });
});
