import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { DriftReport, MonitorStage } from '../../../schemas/generated/types';
import { freePort } from '../../../lifecycle/net/http';
import { decide } from '../../../lifecycle/store/decisions';
import { type Cluster, hasPostgres, startPostgres } from '../../rigs/postgres';
import { skip } from '../../rigs/skip';
import { writeParquet } from '../../rigs/stage';
import { csv, elsewhere, HOUR, jsonl, type Row, rowsOf } from './elsewhere';

describe('predictions that are logged elsewhere', function () {
  this.timeout(60_000);
  const { store, at, stage, run, refusal } = elsewhere();

  it('are read from Parquet, CSV and JSON, lines or an array, in a folder, with what came true', async () => {
    const [a, b, c] = [rowsOf(300, 12, 4), rowsOf(300, 13, 3), rowsOf(400, 14, 2)];
    await writeFile(at('logs', 'a.csv'), csv(a));
    await writeFile(at('logs', 'b.jsonl'), jsonl(b.slice(100)));
    await writeFile(at('logs', 'b.json'), JSON.stringify(b.slice(0, 100), null, 1));
    const columns = Object.keys(c[0]!) as (keyof Row)[];
    await writeParquet(
      at('logs', 'c.parquet'),
      Object.fromEntries(columns.map((name) => [name, c.map((row) => row[name])])),
    );
    await writeFile(at('logs', '.d.csv.tmp'), 'half');
    const { report, codes } = await run(
      stage({ files: 'logs', id: 'request', prediction: 'score', label: 'sold' }, { window: { hours: 6, each: 1 } }),
    );
    assert.deepEqual(codes, []);
    assert.deepEqual([report.verdict, report.rows.current], ['stable', 1_000]);
    assert.deepEqual(report.deployment, { target: 'watch', model: 'toys', version: 0 });
    assert.deepEqual(report.features.map(({ column }) => column).sort(), ['city', 'size']);
    assert.equal(report.performance!.labelled, 1_000);
    // The scores are the true probabilities.
    const auc = report.performance!.metrics!['auc']!.value!;
    assert.ok(auc > 0.65 && auc < 0.85, String(auc));
    assert.equal(report.service!.requests, 1_000);
    assert.ok(report.windows!.length >= 3);
    assert.equal(
      report.windows!.reduce((sum, { rows }) => sum + rows, 0),
      1_000,
    );
  });

  it('drift where they do, in the window that is asked for', async () => {
    await writeFile(at('logs', 'old.csv'), csv(rowsOf(400, 2, 30)));
    await writeFile(at('logs', 'new.csv'), csv(rowsOf(400, 3, 2, 6.5)));
    const { report } = await run(stage({ files: 'logs/*.csv' }, { window: { hours: 24 }, drift: { mmd: true } }));
    assert.deepEqual([report.verdict, report.rows.current], ['drift', 400]);
    assert.deepEqual(
      report.features.map(({ column, drifted }) => [column, drifted]),
      [
        ['size', true],
        ['city', false],
      ],
    );
    // The domain classifier and slices look at drawn rows.
    assert.ok(report.slices!.length > 0);
    assert.ok(report.mmd!.drifted && report.mmd!.rows === 400);
    assert.equal(report.values!['drift.mmd'], report.mmd!.statistic);
    const last = await run(stage({ files: 'logs/*.csv' }, { window: { last: 100 } }));
    assert.equal(last.report.rows.current, 100);
  });

  it('are compared with a time that was accepted as the reference, their predictions too', async () => {
    await writeFile(at('logs', 'old.csv'), csv(rowsOf(400, 2, 30, 6.5)));
    await writeFile(at('logs', 'new.csv'), csv(rowsOf(400, 3, 2, 6.5)));
    const what = stage({ files: 'logs/*.csv', prediction: 'score' }, { window: { hours: 24 } });
    const before = await run(what);
    assert.deepEqual([before.report.verdict, before.report.prediction], ['drift', undefined]);
    const hour = (ago: number) => new Date(Date.now() - ago * HOUR).toISOString();
    await decide(store(), {
      pipeline: 'toys',
      stage: 'watch',
      action: 'accept-reference',
      window: { target: 'watch', from: hour(31), to: hour(28) },
      reason: 'the new normal',
    });
    const { report } = await run(what);
    assert.deepEqual([report.verdict, report.rows.current, report.rows.reference], ['stable', 400, 400]);
    assert.equal(report.prediction!.drifted, false);
    await writeFile(at('logs', 'new.csv'), csv(rowsOf(400, 4, 2, 4)));
    const shifted = await run(what);
    assert.deepEqual([shifted.report.verdict, shifted.report.prediction!.drifted], ['drift', true]);
  });

  it('count once, however often they were delivered, and late ones where they belong', async () => {
    const rows = rowsOf(600, 5, 3);
    const late = rows.slice(0, 50);
    await writeFile(at('logs', '1.jsonl'), jsonl(rows.slice(50, 400)));
    await writeFile(at('logs', '2.jsonl'), jsonl([...rows.slice(300), ...rows.slice(590), ...late]));
    const source = { files: 'logs', id: 'request' };
    const { report, codes } = await run(stage(source, { window: { hours: 6 } }));
    assert.deepEqual([report.rows.current, report.rows.duplicates], [600, 110]);
    assert.deepEqual(codes, ['requests-repeated']);
    const plain = at('plain');
    mkdirSync(plain);
    await writeFile(path.join(plain, 'all.jsonl'), jsonl(rows));
    const once = await run(stage({ ...source, files: 'plain' }, { window: { hours: 6 } }));
    assert.deepEqual(
      report.features.map(({ statistics }) => statistics),
      once.report.features.map(({ statistics }) => statistics),
    );
  });

  it('tolerate clocks that differ, and say what has no time or lies in the future', async () => {
    const rows = rowsOf(300, 6, 2);
    const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const odd = [
      { ...rows[0]!, request: 'x', at: soon(2) },
      { ...rows[0]!, request: 'y', at: soon(200) },
      { ...rows[0]!, request: 'z', at: 'yesterday' },
    ];
    await writeFile(at('logs', 'a.jsonl'), `${jsonl([...rows, ...odd])}{"at":"2026-01-01T00:00:00Z","si`);
    const { report, codes } = await run(stage({ files: 'logs' }));
    assert.deepEqual([report.rows.current, report.rows.future], [301, 1]);
    assert.ok(report.rows.undated! >= 1);
    assert.deepEqual(codes, ['log-rows-undated', 'log-rows-future']);
    const numbers = rows.map((row) => ({ ...row, at: Date.parse(row.at) / 1000 }));
    await writeFile(at('logs', 'a.jsonl'), jsonl(numbers));
    assert.equal((await run(stage({ files: 'logs' }, { window: { hours: 3 } }))).report.rows.current, 300);
  });

  it('are counted once and kept: an unchanged file is not opened again', async () => {
    await writeFile(at('logs', 'a.csv'), csv(rowsOf(300, 2, 4)));
    await writeFile(at('logs', 'b.csv'), csv(rowsOf(300, 3, 3)));
    const what = stage({ files: 'logs', prediction: 'score', label: 'sold' });
    const first = (await run(what)).report;
    const kept = at('.lifecycle', 'monitor', 'sketches');
    // The memory of hashes takes in a file once it is two seconds old.
    const there = () =>
      readdirSync(kept)
        .filter((name) => name !== 'files.json')
        .sort();
    const names = there();
    const second = (await run(what)).report;
    const compared = ({ features, windows, slices, performance, rows }: DriftReport) => ({
      features,
      windows,
      slices,
      performance,
      rows,
    });
    assert.deepEqual(compared(second), compared(first));
    assert.deepEqual(there(), names);
    // What is torn or missing is counted again.
    for (const name of names.filter((one) => one.endsWith('.bin'))) writeFileSync(path.join(kept, name), '{"rows":');
    await rm(
      path.join(
        kept,
        names.find((name) => name.endsWith('.parquet'))!,
      ),
    );
    assert.deepEqual(compared((await run(what)).report), compared(first));
  });

  it('are joined with outcomes that are told apart', async () => {
    const rows = rowsOf(300, 2, 2);
    await writeFile(at('logs', 'a.csv'), csv(rows));
    await writeFile(
      at('outcomes.csv'),
      csv(rows.slice(0, 200).map(({ request, sold }) => ({ id: request, label: sold }))),
    );
    const { report } = await run(
      stage({ files: 'logs', id: 'request', prediction: 'score' }, { labels: { source: 'outcomes.csv' } }),
    );
    assert.equal(report.performance!.labelled, 200);
    assert.ok(report.performance!.metrics!['accuracy']!.value! > 0.5);
  });

  it('are refused with the way out: no file, no such column, an unknown kind', async () => {
    await writeFile(at('logs', 'a.csv'), csv(rowsOf(60, 2, 2)));
    const codes = async (source: object) => {
      const { code, hint, path: place } = await refusal(stage(source));
      return [code, hint?.split(':')[0], place?.join('.')];
    };
    assert.deepEqual(await codes({ files: 'log' }), [
      'log-files-missing',
      'Name a file, a folder or a glob, relative to the pipeline file. Endings that are known',
      'source.files',
    ]);
    assert.deepEqual(await codes({ files: 'logs', time: 'att' }), [
      'log-column-missing',
      "Did you mean 'at'?",
      'source.time',
    ]);
    assert.deepEqual(await codes({ files: ['logs'], prediction: 'scor' }), [
      'log-column-missing',
      "Did you mean 'score'?",
      'source.prediction',
    ]);
    assert.equal((await codes({ files: 'logs', columns: { city: 'twon' } }))[2], 'source.columns.city');
    writeFileSync(at('logs.xlsx'), '');
    assert.equal((await codes({ files: 'logs.xlsx' }))[0], 'log-format');
    await writeFile(at('logs', 'a.csv'), 'at,request,size,town\n');
    assert.deepEqual((await run(stage({ files: 'logs' }))).codes, ['log-empty']);
  });

  describe('in PostgreSQL', () => {
    let cluster: Cluster | undefined;
    before(async function () {
      if (!hasPostgres) skip(this, 'PostgreSQL is not installed (Debian: postgresql)');
      cluster = await startPostgres();
      const values = [...rowsOf(500, 2, 3), ...rowsOf(100, 3, 60)].map(
        ({ at, request, size, town, score, sold }) =>
          `('${at}', '${request}', ${size}, '${town}', ${score}, '${sold}')`,
      );
      cluster.run(`CREATE TABLE predictions ("at" timestamptz, request text, size numeric, town text, score double precision, sold text);
        INSERT INTO predictions VALUES ${values.join(', ')};
        CREATE USER reader PASSWORD 'secret'; GRANT SELECT ON predictions TO reader;
        CREATE TABLE plain AS SELECT "at" AT TIME ZONE 'UTC' AS "at", size, town FROM predictions; GRANT ALL ON plain TO reader;`);
    });
    after(() => cluster?.stop());

    const query = (more: object = {}, others: object = {}) =>
      stage(
        { sql: 'SELECT * FROM predictions;', connection: { secret: 'LOG' }, ...more },
        { window: { hours: 24 }, ...others },
      );

    it('are fetched by a session that can only read', async () => {
      const { report, codes } = await run(query({ prediction: 'score', label: 'sold', id: 'request' }), {
        LOG: cluster!.url(),
      });
      assert.deepEqual([report.verdict, report.rows.current, codes], ['stable', 500, []]);
      assert.ok(report.performance!.metrics!['auc']!.value! > 0.6);
      const cut = await run(query({ 'most-rows': 120 }), { LOG: cluster!.url() });
      assert.deepEqual([cut.report.rows.current, cut.codes], [120, ['log-cut']]);
      // A time without a zone is UTC, whatever this machine's zone is.
      assert.equal(
        (await run(query({ sql: 'SELECT * FROM plain' }), { LOG: cluster!.url() })).report.rows.current,
        500,
      );
    });

    it('are what they are, whatever their types: true and false, padded texts, days, nanoseconds', async () => {
      cluster!
        .run(`CREATE TABLE odd AS SELECT "at", date("at") AS day, (extract(epoch FROM "at") * 1000000000)::bigint AS ns, size, town::char(12) AS town, score,
          sold = 'Yes' AS sold, 'ä;"ö' || chr(10) || 'x,y' AS note FROM predictions WHERE "at" > now() - interval '12 hours'; GRANT ALL ON odd TO reader;`);
      const odd = (more: object = {}, others: object = {}) =>
        run(query({ sql: 'SELECT * FROM odd', prediction: 'score', label: 'sold', ...more }, others), {
          LOG: cluster!.url(),
        });
      const { report, codes } = await odd();
      assert.deepEqual([report.verdict, report.rows.current, codes], ['stable', 500, []]);
      assert.deepEqual(report.features.find(({ column }) => column === 'city')!.violations, undefined);
      assert.equal(report.performance!.labelled, 500);
      assert.equal((await odd({ time: 'ns' })).report.rows.current, 500);
      // Midnight of a day lies before now, and may lie before the window.
      assert.equal((await odd({ time: 'day' }, { window: { hours: 60 } })).report.rows.current, 500);
      const none = (await odd({}, { window: { hours: 1 } })).report;
      assert.ok(Math.abs(none.values!['staleness.hours']! - 2) < 0.1, String(none.values!['staleness.hours']));
    });

    it('say what is wrong, and never the password', async () => {
      const url = cluster!.url();
      const told = async (what: MonitorStage, address: string | undefined) => {
        const problem = await refusal(what, address === undefined ? {} : { LOG: address });
        assert.ok(!JSON.stringify(problem).includes('wrong-pass') && !JSON.stringify(problem).includes('secret@'));
        return [problem.code, problem.path?.join('.')];
      };
      assert.deepEqual(await told(query(), undefined), ['secret-missing', 'source.connection.secret']);
      assert.deepEqual(await told(query(), 'mysql://x'), ['sql-address', 'source.connection.secret']);
      assert.deepEqual(await told(query(), cluster!.url('reader', 'wrong-pass')), [
        'sql-refused',
        'source.connection.secret',
      ]);
      assert.deepEqual(await told(query(), cluster!.url('reader', 'secret', 'nowhere')), [
        'sql-refused',
        'source.connection.secret',
      ]);
      assert.deepEqual(await told(query(), `postgres://reader:secret@127.0.0.1:${await freePort()}/x`), [
        'sql-unreachable',
        'source.connection.secret',
      ]);
      assert.deepEqual(await told(query({ sql: 'SELECT * FROM nothing' }), url), ['sql-failed', 'source.sql']);
      assert.deepEqual(await told(query({ sql: 'SELECT pg_sleep(9), now() AS "at"', timeout: 1 }), url), [
        'sql-timeout',
        'source.sql',
      ]);
      assert.deepEqual(
        await told(query({ sql: 'SELECT 1) AS log; DELETE FROM plain; SELECT * FROM (SELECT 1' }), url),
        ['sql-failed', 'source.sql'],
      );
      assert.deepEqual(await told(query({ sql: `SELECT "at", size, town, setval('x', 1) FROM plain` }), url), [
        'sql-failed',
        'source.sql',
      ]);
      assert.deepEqual(await told(query({ time: 'att' }), url), ['log-column-missing', 'source.time']);
    });
  });

  describe('with figures from Prometheus', () => {
    const started: ChildProcess[] = [];
    after(() => {
      for (const child of started.splice(0)) child.kill('SIGKILL');
    });

    it('are the means of its queries over the window', async function () {
      if (!existsSync('/usr/bin/prometheus')) skip(this, 'prometheus is not installed');
      let served = 0;
      const metrics = createServer((_, answer) => {
        served += 100;
        answer.end(
          `# TYPE requests_total counter\nrequests_total ${served}\nlatency_seconds{q="0.99"} 0.25\nlatency_seconds{q="0.5"} 0.05\nmemory_bytes 1e9\n`,
        );
      });
      await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve));
      metrics.unref();
      const port = await freePort();
      writeFileSync(
        at('prometheus.yml'),
        `global: {scrape_interval: 200ms}\nscrape_configs: [{job_name: model, static_configs: [{targets: ['127.0.0.1:${(metrics.address() as AddressInfo).port}']}]}]\n`,
      );
      started.push(
        spawn(
          '/usr/bin/prometheus',
          [
            `--config.file=${at('prometheus.yml')}`,
            `--storage.tsdb.path=${at('tsdb')}`,
            `--web.listen-address=127.0.0.1:${port}`,
          ],
          { stdio: 'ignore' },
        ),
      );
      await writeFile(at('logs', 'a.csv'), csv(rowsOf(100, 12, 1)));
      const service = (queries: object, more: object = {}) =>
        stage(
          { files: 'logs' },
          {
            service: { prometheus: `http://127.0.0.1:${port}/`, step: 1, queries, ...more },
            window: { hours: 2 },
            alerts: { slow: 'latency.p99 > 0.2' },
          },
        );
      const queries = {
        'per-minute': 'sum(rate(requests_total[2s])) * 60',
        p99: 'latency_seconds{q="0.99"}',
        memory: 'sum(memory_bytes)',
        'error-rate': 'sum(rate(nothing_total[1m]))',
      };
      let report: DriftReport | undefined;
      for (let left = 120; left > 0 && report?.service?.['per-minute'] == null; left--) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        report = await run(service(queries)).then(
          (done) => done.report,
          () => undefined,
        );
      }
      // A hundred requests at each scrape, five scrapes a second.
      const minute = report!.service!['per-minute']!;
      assert.ok(minute > 5_000 && minute < 45_000, String(minute));
      assert.deepEqual(
        [report!.service!.p99, report!.service!.memory, report!.service!['error-rate']],
        [0.25, 1e9, null],
      );
      assert.equal(report!.values!['latency.p99'], 0.25);
      assert.equal(report!.alerts![0]!.state, 'firing');
      const told = async (what: MonitorStage, secrets?: Record<string, string>) => {
        const { code, path: place } = await refusal(what, secrets);
        return [code, place?.join('.')];
      };
      assert.deepEqual(await told(service({ p50: 'latency_seconds{' })), ['prometheus-query', 'service.queries.p50']);
      assert.deepEqual(await told(service({ p50: 'latency_seconds' })), ['prometheus-series', 'service.queries.p50']);
      assert.deepEqual(await told(service({ p50: 'up' }, { token: { secret: 'T' } })), [
        'secret-missing',
        'service.token.secret',
      ]);
      // While it is away the rest goes on, and an alert stays as it was.
      const away = await run(service({ p50: 'up', p99: 'up' }, { prometheus: `http://127.0.0.1:${await freePort()}` }));
      assert.deepEqual(away.codes, ['prometheus-unreachable']);
      assert.match(
        away.logs.at(-1)!.message,
        /does not answer as Prometheus does; its figures are not known\. \(It does not answer: /,
      );
      assert.deepEqual(
        [away.report.service!.p50, away.report.service!.p99, away.report.rows.current, away.report.alerts![0]!.state],
        [null, null, 100, 'firing'],
      );
    });
  });
});
