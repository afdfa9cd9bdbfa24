import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { answered, rowsWriter } from '../../../../lifecycle/deploy/serve/answer';
import { Batcher, QueueFull } from '../../../../lifecycle/deploy/serve/batcher';
import { parseJson } from '../../../../lifecycle/deploy/serve/json';
import { bytesOf, Lines, PIECE } from '../../../../lifecycle/deploy/serve/lines';
import { LogWriter } from '../../../../lifecycle/deploy/serve/log';
import { Histogram, MetricsTable } from '../../../../lifecycle/deploy/serve/metrics';
import { HttpError } from '../../../../lifecycle/net/server';
import type { RawColumns } from '../../../../lifecycle/onnx/rows';
import { removeFolders, temporaryFolder, toyInfo } from '../support';

const column = (...values: number[]): RawColumns => ({ x: Float32Array.from(values), t: values.map(String) });

describe('batching', () => {
  const double = (columns: RawColumns) =>
    Promise.resolve({ prediction: (columns['x'] as Float32Array).map((value) => 2 * value) });

  it('gives every request its own rows, whatever came together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.integer({ min: 1, max: 20 }),
        async (requests, maxRows) => {
          const sizes: number[] = [];
          const batcher = new Batcher(
            (columns) => {
              assert.deepEqual(columns['t'], Array.from(columns['x'] as Float32Array, String));
              return double(columns);
            },
            { maxRows, ran: (rows) => sizes.push(rows) },
          );
          const answers = await Promise.all(requests.map((values) => batcher.submit(column(...values), values.length)));
          answers.forEach(({ prediction }, i) =>
            assert.deepEqual(
              [...(prediction ?? [])],
              requests[i]?.map((value) => 2 * value),
            ),
          );
          assert.ok(sizes.every((rows) => rows <= Math.max(maxRows, 5)));
          await batcher.settled();
          assert.equal(batcher.waitingRows, 0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('lets one bad request fail alone', async () => {
    const batcher = new Batcher((columns) =>
      (columns['x'] as Float32Array).includes(13) ? Promise.reject(new Error('unlucky')) : double(columns),
    );
    const results = await Promise.allSettled([1, 13, 2].map((value) => batcher.submit(column(value), 1)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });

  it('refuses more than it is ready to hold', async () => {
    const batcher = new Batcher(double, { maxWaiting: 3 });
    const accepted = [batcher.submit(column(1, 2), 2), batcher.submit(column(3), 1)];
    await assert.rejects(batcher.submit(column(4), 1), QueueFull);
    await Promise.all(accepted);
    await batcher.submit(column(1, 2, 3, 4, 5), 5);
  });
});

describe('lines of a log as bytes', () => {
  const bytes = (write: (lines: Lines) => void) => {
    const lines = new Lines();
    write(lines);
    return Buffer.concat(lines.pieces).toString();
  };

  it('hold numbers as JavaScript writes them', () => {
    const same = (value: number) =>
      assert.equal(
        bytes((lines) => lines.number(value)),
        String(value),
      );
    const few = fc.tuple(fc.integer({ min: -2147483648, max: 2147483647 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), same));
    fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), same));
    fc.assert(fc.property(few, ([digits, decimals]) => same(Number(`${digits}e-${decimals}`))));
    fc.assert(fc.property(fc.maxSafeInteger(), same));
    for (const value of [
      0,
      -0,
      1e-6,
      1e-7,
      0.1 + 0.2,
      1e15,
      999999999.999999,
      1e9,
      -1e9,
      2 ** 31,
      1e21,
      5e-324,
      123456.5,
    ])
      same(value);
  });

  it('hold texts in UTF-8 beyond a piece of memory, and give the memory back', () => {
    const texts = ['ä€𝄞'.repeat(20_000), 'a'.repeat(3 * PIECE), '', 'z'];
    const lines = new Lines(Buffer.allocUnsafeSlow(PIECE));
    for (const text of texts) {
      lines.text(text);
      lines.bytes(bytesOf(',"ü":['));
      lines.end();
    }
    const wanted = texts.map((text) => `${text},"ü":[\n`).join('');
    assert.equal(Buffer.concat(lines.pieces).toString(), wanted);
    assert.deepEqual([lines.size, lines.count], [Buffer.byteLength(wanted), 4]);
    const spare = Buffer.allocUnsafeSlow(PIECE);
    assert.equal(new Lines(spare).spare, spare);
  });
});

describe('the body of a request', () => {
  it('is parsed as JSON does, or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), (value) =>
        assert.deepEqual(parseJson(Buffer.from(JSON.stringify(value))), JSON.parse(JSON.stringify(value))),
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseJson(Buffer.from(text));
        } catch (error) {
          assert.ok(error instanceof HttpError && error.status === 400);
        }
      }),
    );
  });

  it('may hold any number of brackets in its texts', () => {
    const value = { rows: [{ text: '[{"'.repeat(5_000), other: '\\"['.repeat(2_000) }] };
    assert.deepEqual(parseJson(Buffer.from(JSON.stringify(value))), value);
    assert.throws(() => parseJson(Buffer.from('{"a":'.repeat(5_000))), /nested more than 32 deep/);
  });
});

describe('the written log', () => {
  after(removeFolders);

  it('is whole after a flush, a file a day, and closes a torn line', async () => {
    const folder = path.join(await temporaryFolder(), 'requests');
    await mkdir(folder);
    await appendFile(path.join(folder, '2026-01-01.jsonl'), '{"torn');
    const log = new LogWriter(folder);
    for (let i = 0; i < 100; i++) log.append(`2026-01-0${1 + (i % 2)}T00:00:00.000Z`, `{"i":${i}}`);
    await log.flush();
    const lines = (await readFile(path.join(folder, '2026-01-01.jsonl'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual([lines.length, lines[0], lines[1]], [51, '{"torn', '{"i":0}']);
    assert.deepEqual([log.written, log.dropped], [100, 0]);
  });

  it('drops and counts what a disk does not take, says so once, and goes on', async () => {
    const folder = path.join(await temporaryFolder(), 'requests');
    await writeFile(folder, 'a file where the folder should be');
    const failures: unknown[] = [];
    const log = new LogWriter(folder, (error) => failures.push(error));
    for (let i = 0; i < 3; i++) {
      log.append('2026-01-01T00:00:00.000Z', '{}');
      await log.flush();
    }
    assert.deepEqual([log.written, log.dropped, failures.length], [0, 3, 1]);
  });

  it('does not fill the memory', async () => {
    const log = new LogWriter(path.join(await temporaryFolder(), 'requests'));
    const line = 'x'.repeat(1 << 20);
    for (let i = 0; i < 200; i++) log.append('2026-01-01T00:00:00.000Z', line);
    assert.ok(log.dropped > 100, String(log.dropped));
    await log.flush();
    assert.equal(log.written + log.dropped, 200);
  });
});

describe('answers', () => {
  it('writes what JSON would', () => {
    const info = { ...toyInfo(), classes: ['No "way"', 'Yes\n'] };
    const predictions = { probabilities: Float32Array.of(0.25, 0.75, 0.9, 0.1) };
    const text = rowsWriter(info, 'a "b"', 3)(answered(info, predictions, 2));
    assert.deepEqual(JSON.parse(text), {
      predictions: [
        { label: 'Yes\n', probabilities: { 'No "way"': 0.25, 'Yes\n': 0.75 } },
        { label: 'No "way"', probabilities: { 'No "way"': 0.8999999761581421, 'Yes\n': 0.10000000149011612 } },
      ],
      model: 'a "b"',
      version: 3,
    });
  });

  it('never passes NaN or infinity on', () => {
    for (const value of [NaN, Infinity, -Infinity])
      assert.throws(() => answered(toyInfo(), { probabilities: Float32Array.of(0.5, 0.5, 1, value) }, 2), /for row 1/);
  });
});

describe('figures', () => {
  it('count in buckets that add up', () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [0.5, 1, 1.5, 2, 3]) histogram.observe(value);
    assert.deepEqual([histogram.counts, histogram.sum], [[2, 2, 1], 8]);
    const table = new MetricsTable();
    table.histogram('h', 'H.', [1], { a: 'x"\\\n' }).observe(0.5);
    table.counter('c', 'C.').add(2);
    assert.equal(
      table.render(),
      '# HELP c C.\n# TYPE c counter\nc 2\n# HELP h H.\n# TYPE h histogram\nh_bucket{a="x\\"\\\\\\n",le="1"} 1\nh_bucket{a="x\\"\\\\\\n",le="+Inf"} 1\nh_sum{a="x\\"\\\\\\n"} 0.5\nh_count{a="x\\"\\\\\\n"} 1\n',
    );
  });
});
