import assert from 'node:assert/strict';
import { cp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { ControlState } from '../../../../lifecycle/deploy/serve/config';
import type { RunningServer } from '../../../../lifecycle/deploy/serve/server';
import { livingServer } from '../../../../lifecycle/deploy/server';
import { UserError } from '../../../../lifecycle/problem';
import { liveFigures } from '../../../../lifecycle/store/live';
import { readRequests } from '../../../../lifecycle/store/requests';
import { removeFolders, toyScore } from '../support';
import { ask, configFor, raw, serve, stopServers } from './support';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const row = { size: 3, city: 'Ulm', garden: true };
const tensor = (name: string, datatype: string, data: unknown[], shape: unknown = [data.length, 1]) => ({
  name,
  datatype,
  shape,
  data,
});
const inputs = (rows: (typeof row)[]) => [
  tensor(
    'size',
    'FP64',
    rows.map(({ size }) => size),
  ),
  tensor(
    'city',
    'BYTES',
    rows.map(({ city }) => city),
  ),
  tensor(
    'garden',
    'BOOL',
    rows.map(({ garden }) => garden),
  ),
];

describe('the model server', () => {
  let server: RunningServer;
  let url: string;
  before(async () => {
    server = await serve(await configFor());
    url = server.url;
  });
  after(async () => {
    await stopServers();
    await removeFolders();
  });

  it('says that it lives, is ready, and what it serves', async () => {
    assert.deepEqual((await ask(`${url}/v2/health/live`)).value, { live: true });
    assert.deepEqual((await ask(`${url}/v2/health/ready`)).value, { ready: true });
    assert.equal((await ask(`${url}/v2`)).value.name, 'ml-lifecycle');
    assert.deepEqual((await ask(`${url}/v2/models/toy/ready`)).value, { name: 'toy', ready: true });
    const { value } = await ask(`${url}/v2/models/toy/versions/1`);
    assert.deepEqual(value.inputs[1], {
      name: 'city',
      datatype: 'BYTES',
      shape: [-1, 1],
      parameters: { required: true, categories: ['Bonn', 'Ulm'] },
    });
    assert.deepEqual(
      value.outputs.map(({ name }: { name: string }) => name),
      ['probabilities', 'label'],
    );
    assert.equal((await ask(`${url}/`)).value.model, 'toy');
  });

  it('predicts rows by column name', async () => {
    const { status, value, headers } = await ask(`${url}/predict`, {
      body: { rows: [row, { size: 0, city: 'Bonn', garden: null }, { size: 1, city: 'Bonn' }] },
    });
    assert.equal(status, 200);
    assert.ok(headers.get('x-request-id'));
    assert.deepEqual([value.model, value.version], ['toy', 1]);
    assert.deepEqual(
      value.predictions.map(({ label }: { label: string }) => label),
      ['Yes', 'Yes', 'Yes'],
    );
    const expected = [toyScore(row), 0, 0.5].map(sigmoid);
    value.predictions.forEach(({ probabilities }: { probabilities: Record<string, number> }, i: number) => {
      assert.ok(Math.abs((probabilities['Yes'] ?? NaN) - (expected[i] ?? NaN)) < 1e-6);
      assert.ok(Math.abs((probabilities['No'] ?? NaN) + (probabilities['Yes'] ?? NaN) - 1) < 1e-6);
    });
  });

  it('speaks the Open Inference Protocol', async () => {
    const rows = [row, { size: 0, city: 'Bonn', garden: true }];
    const { value } = await ask(`${url}/v2/models/toy/infer`, { body: { id: 'mine', inputs: inputs(rows) } });
    assert.deepEqual([value.model_name, value.model_version, value.id], ['toy', '1', 'mine']);
    const [probabilities, label] = value.outputs;
    assert.deepEqual([probabilities.shape, probabilities.datatype, label.data], [[2, 2], 'FP32', ['Yes', 'No']]);
    rows.forEach((one, i) => assert.ok(Math.abs(probabilities.data[2 * i + 1] - sigmoid(toyScore(one))) < 1e-6));
    const only = await ask(`${url}/v2/models/toy/versions/1/infer`, {
      body: { inputs: inputs(rows), outputs: [{ name: 'label' }] },
    });
    assert.deepEqual(only.value.outputs.length, 1);
    const nested = inputs(rows).map((one) => ({ ...one, data: one.data.map((value) => [value]) }));
    assert.deepEqual(
      (await ask(`${url}/v2/models/toy/infer`, { body: { inputs: nested } })).value.outputs,
      value.outputs,
    );
    const flat = inputs(rows).map((one) => ({ ...one, shape: [2] }));
    assert.deepEqual(
      (await ask(`${url}/v2/models/toy/infer`, { body: { inputs: flat } })).value.outputs,
      value.outputs,
    );
  });

  it('answers its own example', async () => {
    const config = await configFor();
    const example = await readFile(path.join(config.model.folder, 'example.json'), 'utf8');
    assert.equal((await ask(`${url}/v2/models/toy/infer`, { body: example })).status, 200);
  });

  it('shows a body that it answers', async () => {
    const { example } = (await ask(`${url}/`)).value as { example: Record<string, unknown> };
    assert.equal((await ask(`${url}/predict`, { body: example['POST /predict'] })).status, 200);
  });

  it('refuses bad rows by name, row and what was expected', async () => {
    const cases: [unknown, number, string, Record<string, unknown>][] = [
      [{ rows: [{ ...row, size: 'big' }] }, 400, 'value-type', { column: 'size', row: 0, expected: 'a number' }],
      [{ rows: [row, { ...row, city: null }] }, 400, 'value-missing', { column: 'city', row: 1 }],
      [{ rows: [{ ...row, citi: 'Ulm' }] }, 400, 'column-unknown', { column: 'citi', hint: "Did you mean 'city'?" }],
      [{ rows: [{ ...row, sold: 'Yes' }] }, 400, 'column-unknown', { hint: 'Leave it out.' }],
      [{ rows: [{ city: 'Ulm' }] }, 400, 'column-missing', { column: 'size', expected: 'a number' }],
      ['{"rows": [{"size": 1e999, "city": "Ulm"}]}', 400, 'value-range', { column: 'size' }],
      ['{"rows": [{"size": NaN, "city": "Ulm"}]}', 400, 'not-json', {}],
      [{ rows: [] }, 400, 'not-a-predict-request', {}],
      [{ rows: {} }, 400, 'not-a-predict-request', {}],
      [[], 400, 'not-a-predict-request', {}],
      ['{"rows": [', 400, 'not-json', {}],
      ['', 400, 'not-json', {}],
    ];
    for (const [body, status, code, more] of cases) {
      const answer = await ask(`${url}/predict`, { method: 'POST', body });
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.value.code, code, answer.text);
      assert.equal(typeof answer.value.error, 'string');
      for (const [name, value] of Object.entries(more)) assert.deepEqual(answer.value[name], value, answer.text);
    }
  });

  it('refuses bad tensors', async () => {
    const [size, city, garden] = inputs([row]);
    const cases: [unknown, RegExp][] = [
      [{}, /`inputs` is not a list/],
      [[], /not an object/],
      [{ inputs: [] }, /no rows/],
      [{ inputs: [{}] }, /no `name`/],
      [{ inputs: [size, size] }, /given twice/],
      [{ inputs: [{ ...size, datatype: 'BYTES' }, city, garden] }, /takes FP32/],
      [{ inputs: [size, { ...city, datatype: 'FP32' }, garden] }, /takes BYTES/],
      [{ inputs: [{ ...size, shape: [1, 3] }, city, garden] }, /a column is \[N\] or \[N, 1\]/],
      [{ inputs: [{ ...size, shape: [2, 1] }, city, garden] }, /but 1 values/],
      [{ inputs: [{ ...size, data: undefined, parameters: { binary_data_size: 8 } }, city, garden] }, /binary/],
      [{ inputs: [{ ...size, data: [[1, 2]] }, city, garden] }, /one value a row/],
      [{ inputs: [{ ...size, data: [[[[1]]]] }, city, garden] }, /expected a number, got a list/],
      [{ inputs: [size, tensor('city', 'BYTES', ['a', 'b']), garden] }, /has 2 rows, others have 1/],
      [{ inputs: [city, garden] }, /'size' is missing/],
      [{ inputs: [size, city, garden, tensor('x', 'FP32', [1])] }, /takes no column 'x'/],
      [{ inputs: [size, city, garden], outputs: [{ name: 'x' }] }, /There is no output 'x'/],
      [{ id: 7, inputs: [size, city, garden] }, /`id`/],
      [{ inputs: JSON.parse('[{"name":"__proto__","shape":[1],"datatype":"FP32","data":[1]}]') }, /__proto__/],
    ];
    for (const [body, message] of cases) {
      const answer = await ask(`${url}/v2/models/toy/infer`, { method: 'POST', body });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.value.error, message);
    }
  });

  it('answers what is not there, and wrong methods, in JSON', async () => {
    const cases: [string, string, number][] = [
      ['GET', '/nothing', 404],
      ['GET', '/v2/health/odd', 404],
      ['GET', '/v2/models/', 404],
      ['GET', '/v2/models/other', 404],
      ['GET', '/v2/models/toy/versions/9', 404],
      ['GET', '/v2/models/toy/versions', 404],
      ['GET', '/v2/models/toy/odd', 404],
      ['GET', '/v2/models/toy/ready/more', 404],
      ['GET', '/v2/models/%ZZ', 400],
      ['GET', '/..%2f..%2fetc/passwd', 404],
      ['GET', '/predict', 405],
      ['GET', '/v2/models/toy/infer', 405],
      ['POST', '/v2/models/toy', 405],
      ['DELETE', '/v2/health/live', 405],
      ['POST', '/metrics', 405],
    ];
    for (const [method, where, status] of cases) {
      const answer = await ask(`${url}${where}`, { method });
      assert.equal(answer.status, status, `${method} ${where}: ${answer.text}`);
      assert.ok(answer.value.error);
    }
    assert.equal((await fetch(`${url}/v2`, { method: 'HEAD' })).status, 200);
  });

  it('stands oversized, deeply nested, malformed and slow requests, and good clients do not notice', async () => {
    const good = setInterval(
      () => void ask(`${url}/predict`, { body: { rows: [row] } }).then(({ status }) => statuses.push(status)),
      2,
    );
    const statuses: number[] = [];
    const large = await ask(`${url}/predict`, { body: 'x'.repeat(100_001) });
    assert.deepEqual([large.status, large.value.code], [413, 'body-too-large']);
    const chunked = await raw(
      server.port,
      `POST /predict HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${'fff0\r\n' + 'x'.repeat(0xfff0) + '\r\n'}`.concat(
        'fff0\r\n' + 'x'.repeat(0xfff0) + '\r\n',
      ),
    );
    assert.match(chunked, /^HTTP\/1\.1 413/);
    const nested = await ask(`${url}/predict`, { body: '['.repeat(90_000) });
    assert.deepEqual([nested.status, nested.value.code], [400, 'nested-too-deep']);
    const shallow = await ask(`${url}/predict`, { body: '['.repeat(4_000) });
    assert.equal(shallow.status, 400);
    assert.match(await raw(server.port, 'GARBAGE\r\n\r\n'), /^HTTP\/1\.1 400/);
    assert.match(
      await raw(server.port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431/,
    );
    assert.equal((await ask(`${url}/predict`, { body: '{}', headers: { 'content-encoding': 'gzip' } })).status, 415);
    const many = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        ask(`${url}/predict`, { body: i % 2 === 0 ? '{"rows":[{}]}' : { rows: [row] } }),
      ),
    );
    assert.deepEqual(
      many.map(({ status }) => status),
      many.map((_, i) => (i % 2 === 0 ? 400 : 200)),
    );
    clearInterval(good);
    assert.ok(statuses.length > 3 && statuses.every((status) => status === 200), statuses.join());
  });

  it('tells nothing of its inside and no request its neighbours', async () => {
    const answer = await ask(`${url}/v2/models/toy/infer`, { body: { inputs: 'x' } });
    assert.doesNotMatch(answer.text, /node_modules|\.ts|at /);
    assert.deepEqual(Object.keys(answer.value).sort(), ['code', 'error', 'request']);
  });

  it('keeps a harmless request id, and replaces others', async () => {
    const id = async (given: string) =>
      (await ask(`${url}/v2`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    assert.equal(await id('abc-1.2'), 'abc-1.2');
    assert.notEqual(await id('a"b c'), 'a"b c');
  });

  it('does not answer web pages of other sites', async () => {
    const head = `POST /predict HTTP/1.1\r\nhost: x\r\nsec-fetch-site: cross-site\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`;
    assert.match(await raw(server.port, head), /^HTTP\/1\.1 403/);
  });

  it('puts requests of one moment into one run and gives each its own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        ask(`${url}/predict`, {
          body: { rows: Array.from({ length: 1 + (i % 3) }, () => ({ size: i / 10, city: 'Bonn' })) },
        }),
      ),
    );
    answers.forEach(({ value }, i) => {
      assert.equal(value.predictions.length, 1 + (i % 3));
      for (const { probabilities } of value.predictions)
        assert.ok(Math.abs(probabilities.Yes - sigmoid(i / 20)) < 1e-6);
    });
  });

  it('counts for Prometheus', async () => {
    const { text, headers } = await ask(`${url}/metrics`);
    assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(text, /^lifecycle_requests_total\{endpoint="predict",code="200"\} \d+$/m);
    assert.match(text, /^lifecycle_requests_total\{endpoint="predict",code="413"\} 2$/m);
    assert.match(text, /^lifecycle_request_seconds_bucket\{endpoint="predict",le="\+Inf"\} \d+$/m);
    assert.match(text, /^lifecycle_rows_total\{model="toy",version="1"\} \d+$/m);
    assert.match(text, /^lifecycle_model_info\{model="toy",version="1",digest="[0-9a-f]{64}"\} 1$/m);
    assert.match(text, /^process_resident_memory_bytes \d+$/m);
    assert.match(text, /^process_cpu_seconds_total [\d.]+$/m);
    const names = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of names) assert.match(line, /^[a-z_]+(\{[^}]*\})? [-+0-9.e]+$/);
  });
});

describe('the model server, its log and its changes', () => {
  after(async () => {
    await stopServers();
    await removeFolders();
  });

  it('logs what was asked, as it was asked, and what was answered', async () => {
    const config = await configFor({ redact: ['city'] });
    const { url, app } = await serve(config);
    await ask(`${url}/predict`, {
      body: {
        rows: [
          { size: 0.1, city: 'Ulm', garden: true },
          { size: 2, city: 'Bonn' },
        ],
      },
      headers: { 'x-request-id': 'one' },
    });
    await ask(`${url}/v2/models/toy/infer`, { body: { inputs: inputs([row]) } });
    await ask(`${url}/predict`, { body: { rows: [{ size: 'bad' }] } });
    await app.close();
    const logged = await readRequests(config.store, 'local');
    assert.deepEqual([logged.rows, logged.requests, logged.skipped], [3, 2, 0]);
    assert.deepEqual(logged.inputs, { size: [0.1, 2, 3], garden: [1, NaN, 1] });
    assert.deepEqual(logged.label, [1, 1, 1]);
    assert.equal(logged.probabilities.length, 3);
    const day = new Date().toISOString().slice(0, 10);
    const text = await readFile(path.join(config.store, 'deployments', 'local', 'requests', `${day}.jsonl`), 'utf8');
    assert.doesNotMatch(text, /Ulm|Bonn/);
    assert.match(text, /"id":"one"/);
  });

  it('logs one in ten, or nothing', async () => {
    for (const [log, rows] of [
      ['sample', 3],
      ['off', 0],
    ] as const) {
      const config = await configFor({ log });
      const { url, app } = await serve(config);
      for (let i = 0; i < 30; i++) await ask(`${url}/predict`, { body: { rows: [row] } });
      await app.close();
      assert.equal((await readRequests(config.store, 'local')).rows, rows);
    }
  });

  it('serves regression', async () => {
    const { url } = await serve(await configFor({ toy: { task: 'regression' } }));
    assert.deepEqual((await ask(`${url}/predict`, { body: { rows: [row] } })).value.predictions, [
      { prediction: toyScore(row) },
    ]);
    const { value } = await ask(`${url}/v2/models/toy/infer`, { body: { inputs: inputs([row]) } });
    assert.deepEqual(value.outputs, [{ name: 'prediction', datatype: 'FP32', shape: [1, 1], data: [toyScore(row)] }]);
  });

  it('asks for its key where predictions are given, not where health is', async () => {
    const { url } = await serve(await configFor({ apiKey: 'TOY_KEY' }), 's3cret');
    const body = { rows: [row] };
    assert.equal((await ask(`${url}/predict`, { body })).status, 401);
    assert.equal((await ask(`${url}/predict`, { body, headers: { 'x-api-key': 'wrong' } })).status, 401);
    assert.equal((await ask(`${url}/predict`, { body, headers: { 'x-api-key': 's3cret' } })).status, 200);
    assert.equal((await ask(`${url}/predict`, { body, headers: { authorization: 'Bearer s3cret' } })).status, 200);
    assert.equal((await ask(`${url}/metrics`)).status, 401);
    assert.equal((await ask(`${url}/v2/models/toy`)).status, 401);
    assert.equal((await ask(`${url}/v2/health/ready`)).status, 200);
    await assert.rejects(
      serve(await configFor({ apiKey: 'TOY_KEY' })),
      (error) => error instanceof UserError && error.problem.code === 'secret-missing',
    );
  });

  it('changes the model under load without losing a request', async () => {
    const config = await configFor({ toy: { task: 'regression' } });
    const server = await serve(config);
    const next = await configFor({ toy: { task: 'regression', bias: 100 }, version: 2, store: config.store });
    let stop = false;
    const answers: { status: number; version: number; prediction: number }[] = [];
    const clients = Array.from({ length: 8 }, async () => {
      while (!stop) {
        const { status, value } = await ask(`${server.url}/predict`, { body: { rows: [row] } });
        answers.push({ status, version: value.version, prediction: value.predictions?.[0]?.prediction });
      }
    });
    for (let i = 0; i < 6; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await server.load(i % 2 === 0 ? next : config);
    }
    stop = true;
    await Promise.all(clients);
    assert.ok(answers.length > 100);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.ok(answers.every(({ version, prediction }) => prediction === toyScore(row) + (version === 2 ? 100 : 0)));
    assert.deepEqual([...new Set(answers.map(({ version }) => version))].sort(), [1, 2]);
  });

  it('keeps the old model when the new one is refused', async () => {
    const config = await configFor({ toy: { task: 'regression' } });
    const server = await serve(config);
    const bad = await configFor({ toy: { task: 'regression', bias: 1 }, version: 2, store: config.store });
    await writeFile(path.join(bad.model.folder, 'metrics.json'), '{}');
    await assert.rejects(
      server.load(bad),
      (error) => error instanceof UserError && error.problem.code === 'bundle-damaged',
    );
    await assert.rejects(
      server.load({ ...bad, model: { ...config.model, digest: '0'.repeat(64) } }),
      /not 000000000000/,
    );
    assert.equal((await ask(`${server.url}/predict`, { body: { rows: [row] } })).value.version, 1);
  });

  it('obeys only who can read its token', async () => {
    const config = await configFor();
    const server = await serve(config);
    const file = path.join(config.store, 'deployments', 'local', 'control.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const { port, token } = JSON.parse(await readFile(file, 'utf8')) as ControlState;
    const control = (where: string, headers: Record<string, string>) =>
      ask(`http://127.0.0.1:${port}${where}`, { method: 'POST', body: '{}', headers });
    assert.equal((await control('/stop', {})).status, 401);
    assert.equal((await control('/stop', { authorization: `Bearer ${'0'.repeat(64)}` })).status, 401);
    assert.equal((await control('/odd', { authorization: `Bearer ${token}` })).status, 404);
    assert.equal((await ask(`${server.url}/stop`, { method: 'POST', body: '{}' })).status, 404);
    assert.equal((await control('/stop', { authorization: `Bearer ${token}` })).status, 202);
    await server.stopped;
    await assert.rejects(stat(file), /ENOENT/);
    await assert.rejects(ask(`${server.url}/v2`));
  });

  it('answers what is in flight before it stops, and cuts what never comes', async () => {
    const server = await serve(await configFor());
    const body = JSON.stringify({ rows: [row] });
    const head = `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
    const never = raw(server.port, head);
    const socket = net.connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(head + body.slice(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = server.stop(400);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await assert.rejects(ask(`${server.url}/v2`));
    socket.write(body.slice(10));
    await stopped;
    assert.match(answer, /^HTTP\/1\.1 200[\s\S]*connection: close[\s\S]*"label":"Yes"/);
    assert.equal(await never, '');
  });

  it('ends when its folder is moved, and does not make it anew', async () => {
    const config = await configFor();
    const server = await serve(config);
    const moved = `${config.store}-moved`;
    await cp(config.store, moved, { recursive: true });
    assert.equal(await livingServer(moved, 'local'), undefined, 'a copy has no server');
    assert.deepEqual(await liveFigures(moved, 'local'), {
      alive: false,
      elsewhere: { folder: path.dirname(config.store), state: 'serves' },
    });
    assert.equal((await liveFigures(config.store, 'local')).alive, true);
    const link = `${config.store}-link`;
    await symlink(config.store, link);
    assert.equal((await livingServer(link, 'local'))?.url, server.url, 'another way to the same folder');
    await rm(moved, { recursive: true });
    await rename(config.store, moved);
    assert.equal((await ask(`${server.url}/predict`, { body: { rows: [row] } })).status, 200);
    await server.stopped;
    await assert.rejects(ask(`${server.url}/v2`));
    await assert.rejects(stat(config.store), /ENOENT/);
    assert.equal(await livingServer(moved, 'local'), undefined);
  });

  it('names the port that is taken', async () => {
    const { port } = await serve(await configFor());
    await assert.rejects(serve(await configFor({ port })), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problem.code, 'port-in-use');
      assert.match(error.message, new RegExp(`Port ${port} on 127.0.0.1 is in use`));
      return true;
    });
  });

  it('takes the port it had before', async () => {
    const config = await configFor();
    const first = await serve(config);
    await first.stop();
    const second = await serve(config);
    assert.equal(second.port, first.port);
  });
});
