import assert from 'node:assert/strict';
import { PlainReader, type PlainRows } from '../../../../lifecycle/deploy/serve/plain-rows';
import type { Answered } from '../../../../lifecycle/deploy/serve/answer';
import { Lines } from '../../../../lifecycle/deploy/serve/lines';
import { type LogWriter, RequestLog } from '../../../../lifecycle/deploy/serve/log';
import { strict } from '../../../../lifecycle/deploy/serve/model';
import { type RawColumns, rowsToColumns } from '../../../../lifecycle/onnx/rows';
import { Random } from '../../../../lifecycle/statistics/random';
import type { ModelInfo } from '../../../../schemas/generated/types';

const input = (name: string, type: 'number' | 'text' | 'boolean') => ({ name, type, example: 1, required: true });
const info = {
  format: 1,
  kind: 'network',
  task: 'regression',
  inputs: [input('a', 'number'), input('city "x"', 'text'), input('b', 'number'), input('ok', 'boolean')],
  outputs: [],
  servable: true,
} as unknown as ModelInfo;
const reader = () => PlainReader.for(info)!;

/** What the ordinary way says; undefined when it refuses. */
function ordinary(text: string): { rows: Record<string, unknown>[]; columns: RawColumns } | undefined {
  try {
    const { rows } = JSON.parse(text) as { rows: Record<string, unknown>[] };
    return { rows, columns: rowsToColumns(info, rows, strict).columns };
  } catch {
    return undefined;
  }
}

/** Whatever is read plainly is what the ordinary way reads. @returns whether it was */
function agrees(read: PlainRows | undefined, text: string): boolean {
  if (read === undefined) return false;
  const other = ordinary(text);
  assert.ok(other, `read plainly what is refused: ${text}`);
  assert.deepEqual(read.columns, other.columns, text);
  for (const [row, values] of other.rows.entries())
    for (const [i, { name }] of info.inputs.entries()) assert.ok(Object.is(read.given(i, row), values[name]), text);
  assert.equal(read.rows, other.rows.length);
  return true;
}

describe('rows that are written plainly', () => {
  const random = new Random('rows');
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)] as T;
  const number = () =>
    pick(
      () => String(Math.round(random.normal() * 1e4) / pick(1, 10, 1e3, 1e6)),
      () => String(random.normal() * 10 ** pick(-12, -5, 0, 3, 20)),
      () => pick('0', '-0', '-0.0', '1e5', '1E-05', '2.5e+3', '0.1', '999999999999999', '123456789012345678', '1.0'),
    )();
  const value = {
    a: number,
    'city "x"': () => JSON.stringify(pick('Ulm', 'Kiel', 'x y')),
    b: number,
    ok: () => pick('true', 'false'),
  };
  const row = (names: readonly string[], space: string) =>
    `{${names.map((name) => `${JSON.stringify(name)}:${space}${value[name as keyof typeof value]()}`).join(`,${space}`)}}`;
  const body = (names: readonly string[], space: string) =>
    `{"rows":${space}[${Array.from({ length: pick(1, 1, 2, 5) }, () => row(names, space)).join(`,${space}`)}]}`;

  it('are read as JSON, to the bit, with the spaces of Python or none, in whatever order the client has', () => {
    for (const names of [
      ['a', 'city "x"', 'b', 'ok'],
      ['ok', 'b', 'a', 'city "x"'],
    ])
      for (const space of ['', ' ']) {
        const one = reader();
        one.learn(Object.fromEntries(names.map((name) => [name, 0])));
        for (let i = 0; i < 300; i++) {
          const text = body(names, space);
          assert.ok(agrees(one.read(Buffer.from(text)), text), text);
        }
      }
  });

  it('are left to the ordinary way when anything is odd', () => {
    const good = '{"rows":[{"a":1,"city \\"x\\"":"Ulm","b":2,"ok":true}]}';
    const one = reader();
    assert.ok(one.read(Buffer.from(good)));
    for (const [from, to] of [
      ['"a":1', '"a":01'],
      ['"a":1', '"a":.5'],
      ['"a":1', '"a":1.'],
      ['"a":1', '"a":+1'],
      ['"a":1', '"a":1e400'],
      ['"a":1', '"a":1e39'],
      ['"a":1', '"a":null'],
      ['"a":1', '"a":"1"'],
      ['"a":1', '"a":1,"a":2'],
      ['"a":1,', ''],
      ['"a":1', '"c":1'],
      ['Ulm', ''],
      ['Ulm', 'K\u00f6ln'],
      ['Ulm', '\\u0041'],
      ['Ulm', 'a\tb'],
      ['true', '1'],
      ['true', 'true,"d":1'],
      ['}]}', '}]} '],
      ['}]}', '}],"rows":[]}'],
      ['}]}', '},]}'],
      ['}]}', '}]'],
      ['{"rows":[{', '{"rows":[[{'],
      ['{"rows"', '{"instances"'],
    ] as const) {
      const text = good.replace(from, to);
      assert.notEqual(text, good);
      assert.equal(one.read(Buffer.from(text)), undefined, text);
    }
  });

  it('are never read otherwise, whatever byte is changed', () => {
    const one = reader();
    let plain = 0;
    for (let i = 0; i < 4_000; i++) {
      const bytes = Buffer.from(body(['a', 'city "x"', 'b', 'ok'], pick('', ' ')));
      const at = Math.floor(random.uniform() * bytes.length);
      const change = pick(...'0123456789.-+eE",:{}[] \\ntr', '\0', '\u00ff');
      const text = Buffer.concat([bytes.subarray(0, at), Buffer.from(change), bytes.subarray(at + pick(0, 1))]);
      if (agrees(one.read(text), text.toString())) plain++;
    }
    assert.ok(plain > 400, String(plain));
  });

  it('are logged with the same bytes', () => {
    const lines = new Lines();
    const writer = { appendLater: (line: { write(lines: Lines): void }) => (line.write(lines), lines.end()) };
    const settings = { log: 'full', sample: 1, redact: ['b'] } as const;
    const log = new RequestLog(writer as unknown as LogWriter, { name: 'm', version: 3, info }, settings);
    const answer: Answered = { rows: 1, predictions: { prediction: Float32Array.of(0.1) } };
    for (let i = 0; i < 200; i++) {
      const text = body(['a', 'city "x"', 'b', 'ok'], '');
      const read = reader().read(Buffer.from(text))!;
      const { rows } = ordinary(text)!;
      const given = (column: number, row: number) => rows[row]![info.inputs[column]!.name];
      log.add(`id-${i}`, read, answer);
      log.add(`id-${i}`, { rows: rows.length, columns: {}, given }, answer);
    }
    const written = Buffer.concat(lines.pieces).toString().trimEnd().split('\n');
    const told = written.map((line) => line.replace(/"time":"[^"]*"/, ''));
    for (let i = 0; i < told.length; i += 2) assert.equal(told[i], told[i + 1]);
    assert.equal(told.length, 400);
    assert.deepEqual(Object.keys(JSON.parse(written[0]!)), [
      'format',
      'time',
      'id',
      'model',
      'version',
      'rows',
      'inputs',
      'outputs',
    ]);
  });

  it('are not read so for a model of times or pictures', () => {
    const time = { ...info, inputs: [{ ...info.inputs[0]!, type: 'time' as const }] };
    assert.equal(PlainReader.for(time), undefined);
  });
});
