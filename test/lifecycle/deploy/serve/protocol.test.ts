import assert from 'node:assert/strict';
import type { RunningServer } from '../../../../lifecycle/deploy/serve/server';
import { readFeedback } from '../../../../lifecycle/store/feedback';
import { readRequests } from '../../../../lifecycle/store/requests';
import type { ServedModel } from '../../../../lifecycle/deploy/serve/model';
import { metadata, readInfer } from '../../../../lifecycle/deploy/serve/v2';
import { short32 } from '../../../../lifecycle/statistics/short';
import { Batcher, TooLate } from '../../../../lifecycle/deploy/serve/batcher';
import { random } from '../../../rigs/random';
import { removeFolders, toyInfo, toyScore } from '../support';
import { ask, configFor, serve, stopServers } from './support';

const row = { size: 3, city: 'Ulm', garden: true };
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('what the server speaks besides JSON rows', () => {
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

  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  async function infer(json: unknown, tensors: Buffer, headerLength?: number) {
    const head = Buffer.from(JSON.stringify(json));
    const response = await fetch(`${url}/v2/models/toy/infer`, {
      method: 'POST',
      headers: { 'inference-header-content-length': String(headerLength ?? head.length) },
      body: new Uint8Array(Buffer.concat([head, tensors])),
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }
  const binary = (name: string, datatype: string, bytes: Buffer, rows: number) => ({
    name,
    datatype,
    shape: [rows, 1],
    parameters: { binary_data_size: bytes.length },
  });

  it('takes a column by its whole name, however long, and answers of another with a part', () => {
    const question = `How satisfied were you with ${'the service '.repeat(20)}`;
    const info = { ...toyInfo(), inputs: [{ name: question, type: 'number' as const }] };
    const asked = (name: string) =>
      readInfer(info, { inputs: [{ name, datatype: 'FP32', shape: [2, 1], data: [1, 2] }] });
    assert.deepEqual([asked(question).rows, asked(question).given(0, 1)], [2, 2]);
    assert.throws(() => asked(`${question}?`), { message: `The model takes no column '${question.slice(0, 100)}'.` });
  });

  it('tells the numbers that training saw as people wrote them, and of many only the range', () => {
    const inputs = (categories: number[]) => [
      { name: 'size', type: 'number' as const, min: Math.fround(0.1), max: 1e6, categories },
    ];
    const told = (categories: number[]) =>
      metadata({ name: 'toy', info: { ...toyInfo(), inputs: inputs(categories) } } as ServedModel, [1]) as {
        inputs: { parameters: unknown }[];
      };
    assert.deepEqual(told([0.3, 7, 1234.5].map(Math.fround)).inputs[0]?.parameters, {
      required: false,
      min: 0.1,
      max: 1e6,
      categories: [0.3, 7, 1234.5],
    });
    const many = Array.from({ length: 100 }, (_, i) => Math.fround(i / 10));
    assert.deepEqual(told(many).inputs[0]?.parameters, { required: false, min: 0.1, max: 1e6 });
    const next = random(7);
    for (let i = 0; i < 1000; i++) {
      const value = Math.fround((next() - 0.5) * 10 ** Math.floor(next() * 60 - 30));
      assert.equal(Math.fround(short32(value)), value);
      assert.ok(String(short32(value)).length <= String(value).length);
    }
  });

  it('takes and gives tensors as bytes', async () => {
    const sizes = Buffer.alloc(8);
    sizes.writeFloatLE(3, 0);
    sizes.writeFloatLE(1.5, 4);
    const cities = Buffer.concat([text('Ulm'), text('Bonn')]);
    const gardens = Buffer.from([1, 0]);
    const { status, headers, bytes } = await infer(
      {
        inputs: [
          binary('size', 'FP32', sizes, 2),
          binary('city', 'BYTES', cities, 2),
          binary('garden', 'BOOL', gardens, 2),
        ],
        parameters: { binary_data_output: true },
      },
      Buffer.concat([sizes, cities, gardens]),
    );
    assert.equal(status, 200, bytes.toString());
    const length = Number(headers.get('inference-header-content-length'));
    const answer = JSON.parse(bytes.toString('utf8', 0, length));
    assert.deepEqual(answer.outputs[0].parameters, { binary_data_size: 16 });
    const tensors = bytes.subarray(length);
    assert.ok(Math.abs(tensors.readFloatLE(4) - sigmoid(toyScore(row))) < 1e-6);
    assert.ok(Math.abs(tensors.readFloatLE(12) - sigmoid(toyScore({ size: 1.5, city: 'Bonn', garden: false }))) < 1e-6);
    assert.equal(tensors.subarray(16).toString(), `${text('Yes').toString()}${text('Yes').toString()}`);
  });

  it('takes every datatype, mixed with JSON, and gives bytes for the outputs that are asked so', async () => {
    const cases: [string, Buffer][] = [
      ['FP64', Buffer.from(Float64Array.of(3).buffer)],
      ['INT64', Buffer.from(BigInt64Array.of(3n).buffer)],
      ['INT32', Buffer.from(Int32Array.of(3).buffer)],
      ['UINT8', Buffer.of(3)],
      ['FP16', Buffer.of(0x00, 0x42)],
      ['BF16', Buffer.of(0x40, 0x40)],
    ];
    for (const [datatype, bytes] of cases) {
      const {
        status,
        headers,
        bytes: body,
      } = await infer(
        {
          inputs: [
            binary('size', datatype, bytes, 1),
            { name: 'city', datatype: 'BYTES', shape: [1], data: ['Ulm'] },
            { name: 'garden', datatype: 'BOOL', shape: [1], data: [true] },
          ],
          outputs: [{ name: 'label' }, { name: 'probabilities', parameters: { binary_data: true } }],
        },
        bytes,
      );
      assert.equal(status, 200, `${datatype}: ${body.toString()}`);
      const length = Number(headers.get('inference-header-content-length'));
      const answer = JSON.parse(body.toString('utf8', 0, length));
      assert.deepEqual(answer.outputs[0].data, ['Yes']);
      assert.ok(Math.abs(body.readFloatLE(length + 4) - sigmoid(toyScore(row))) < 1e-6, datatype);
    }
  });

  it('refuses bytes that do not fit', async () => {
    const size = Buffer.alloc(4);
    const rest = [
      { name: 'city', datatype: 'BYTES', shape: [1], data: ['Ulm'] },
      { name: 'garden', datatype: 'BOOL', shape: [1], data: [true] },
    ];
    const cases: [unknown, Buffer, RegExp, number?][] = [
      [{ inputs: [binary('size', 'FP32', Buffer.alloc(8), 1), ...rest] }, size, /only 4 are left/],
      [{ inputs: [binary('size', 'FP32', size, 2), ...rest] }, size, /2 values of FP32 are 8/],
      [{ inputs: [binary('size', 'FP32', size, 1), ...rest] }, Buffer.alloc(9), /5 bytes after the last tensor/],
      [
        { inputs: [{ ...binary('size', 'FP32', size, 1), parameters: { binary_data_size: -1 } }, ...rest] },
        size,
        /not a number of bytes/,
      ],
      [
        { inputs: [binary('city', 'BYTES', Buffer.of(255, 255, 255, 255), 1)] },
        Buffer.of(255, 255, 255, 255),
        /not 1 texts/,
      ],
      [{ inputs: [] }, size, /not the length of the JSON/, 1_000_000],
    ];
    for (const [json, bytes, message, length] of cases) {
      const answer = await infer(json, bytes, length);
      assert.equal(answer.status, 400, answer.bytes.toString());
      assert.match(JSON.parse(answer.bytes.toString()).error, message);
    }
  });

  it('describes itself, and shows a page to people', async () => {
    const api = (await ask(`${url}/openapi.json`)).value;
    assert.equal(api.openapi, '3.1.0');
    assert.deepEqual(api.components.schemas.Row.required, ['size', 'city']);
    const example = api.paths['/predict'].post.requestBody.content['application/json'].example;
    assert.equal((await ask(`${url}/predict`, { body: example })).status, 200);
    const references = [...JSON.stringify(api).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name ?? '',
    );
    for (const name of references) assert.ok(name in api.components.schemas, name);
    const page = await ask(`${url}/`, { headers: { accept: 'text/html,*/*' } });
    assert.match(page.text, /<form id="form">/);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    for (const [, asset] of page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      assert.equal((await ask(`${url}${asset}`)).status, 200, asset);
    assert.deepEqual((await ask(`${url}/v2/repository/index`)).value, [{ name: 'toy', version: '1', state: 'READY' }]);
  });

  it('takes outcomes, and refuses what is none', async () => {
    const config = await configFor();
    const own = await serve(config);
    const send = (body: unknown) => ask(`${own.url}/feedback`, { body });
    assert.deepEqual((await send({ id: 'a-1', actual: 'Yes', value: 3.5 })).value, { accepted: 1 });
    assert.equal(
      (
        await send({
          feedback: [
            { id: 'b', actual: ['No', null, 'Yes'] },
            { id: 'c', value: 1 },
          ],
        })
      ).status,
      202,
    );
    for (const [body, message] of [
      [{}, /`id`/],
      [{ id: 'a b' }, /`id`/],
      [{ id: 'a' }, /neither `actual` nor `value`/],
      [{ id: 'a', actual: 'yes' }, /"yes"; the classes are No, Yes/],
      [{ id: 'a', actual: { x: 1 } }, /neither a value nor a list/],
      [{ id: 'a', value: 'much' }, /`value` is not a number/],
      [{ feedback: [] }, /between 1 and/],
    ] as const) {
      const answer = await send(body);
      assert.equal(answer.status, 400);
      assert.match(answer.value.error, message);
    }
    await own.stop(100);
    const { requests, count, skipped } = await readFeedback(config.store, config.target);
    assert.deepEqual([count, skipped], [3, 0]);
    assert.equal(requests.get('b')?.actual[2], 'Yes');
  });

  it('serves several models and versions, each by name and number', async () => {
    const main = await configFor();
    const [second, other] = [
      await configFor({ toy: { bias: 5 }, version: 7 }),
      await configFor({ toy: { task: 'regression', name: 'price' }, version: 3 }),
    ];
    const { url: at } = await serve({ ...main, also: [second.model, other.model] });
    const rows = { rows: [row] };
    assert.equal((await ask(`${at}/predict`, { body: rows })).value.version, 1);
    assert.deepEqual((await ask(`${at}/predict/price`, { body: rows })).value, {
      predictions: [{ prediction: toyScore(row) }],
      model: 'price',
      version: 3,
    });
    assert.equal((await ask(`${at}/predict/prize`, { body: rows })).status, 404);
    assert.equal((await ask(`${at}/predict/price/1`, { body: rows })).status, 404);
    assert.deepEqual((await ask(`${at}/v2/models/toy`)).value.versions, ['1', '7']);
    const inputs = [
      { name: 'size', datatype: 'FP32', shape: [1], data: [3] },
      { name: 'city', datatype: 'BYTES', shape: [1], data: ['Ulm'] },
    ];
    const of = async (version: string) =>
      (await ask(`${at}/v2/models/toy${version}/infer`, { body: { inputs } })).value.model_version;
    assert.deepEqual([await of(''), await of('/versions/7')], ['1', '7']);
    assert.equal((await ask(`${at}/v2/models/toy/versions/2/infer`, { body: { inputs } })).status, 404);
  });

  it('keeps sensitive columns out of the log', async () => {
    const [size, city, garden] = toyInfo().inputs;
    assert.ok(size && city && garden);
    const info = { inputs: [size, { ...city, sensitive: true }, garden] };
    for (const [logSensitive, columns] of [
      [false, ['garden', 'size']],
      [true, ['city', 'garden', 'size']],
    ] as const) {
      const config = await configFor({ toy: { info }, logSensitive });
      const own = await serve(config);
      await ask(`${own.url}/predict`, { body: { rows: [row] } });
      await own.stop(100);
      assert.deepEqual(Object.keys((await readRequests(config.store, 'local')).inputs).sort(), columns);
    }
  });

  it('refuses what nobody waits for any more, without running it', async () => {
    let runs = 0;
    let free: () => void = () => undefined;
    const batcher = new Batcher(async () => {
      runs++;
      await new Promise<void>((resolve) => (free = resolve));
      return { prediction: Float32Array.of(1) };
    });
    const first = batcher.submit({}, 1);
    while (runs === 0) await new Promise((resolve) => setImmediate(resolve));
    const late = assert.rejects(batcher.submit({}, 1, performance.now() - 1), TooLate);
    free();
    await Promise.all([first, late]);
    assert.equal(runs, 1);
    assert.equal(
      (await ask(`${url}/predict`, { body: { rows: [row] }, headers: { 'x-deadline-ms': 'soon' } })).status,
      400,
    );
    assert.equal(
      (await ask(`${url}/predict`, { body: { rows: [row] }, headers: { 'x-deadline-ms': '5000' } })).status,
      200,
    );
  });
});
