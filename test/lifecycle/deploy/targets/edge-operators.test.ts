import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { assetsFolder } from '../../../../lifecycle/deploy/targets/edge';
import {
  type Attributes,
  type Dim,
  encodeModel,
  float,
  GraphBuilder,
  int64,
  numbers,
  openSession,
  strings,
  type TensorData,
} from '../../../../lifecycle/onnx';
import { textFeatures } from '../../../../lifecycle/data/words-to-onnx';
import { Random } from '../../../../lifecycle/statistics/random';
import { skip } from '../../../rigs/skip';
import { removeFolders, temporaryFolder } from '../support';

interface Case {
  readonly name: string;
  readonly model: Uint8Array;
  readonly feeds: Readonly<Record<string, TensorData>>;
}

const random = new Random(11);
const drawn = (...dims: number[]): TensorData =>
  float(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal(0, 1)),
    dims,
  );
const ints = (...values: number[]) => ({ ints: values });

const UNKNOWN = new Set(['GlobalAveragePool', 'GlobalMaxPool']);

/** One operator: the first operand is fed, the others are constants. */
function one(
  name: string,
  op: string,
  operands: readonly (TensorData | undefined)[],
  attributes: Attributes = {},
): Case {
  const builder = new GraphBuilder('one');
  const [x, ...others] = operands as [TensorData, ...(TensorData | undefined)[]];
  const given = [builder.input('x', x.type, x.dims), ...others.map((tensor) => tensor && builder.constant(tensor))];
  // What shape inference does not know has the type of the first operand, and any shape.
  const open: Dim[] = x.dims.map(() => '?');
  const y = UNKNOWN.has(op)
    ? builder.op(op, given, attributes, { type: 'float', shape: open })
    : builder.op(op, given, attributes);
  builder.output(y, 'y');
  return { name, model: encodeModel(builder.build()), feeds: { x } };
}

function texts(name: string, step: Parameters<typeof textFeatures>[2], rows: readonly string[]): Case {
  const builder = new GraphBuilder('texts');
  builder.output(textFeatures(builder, builder.input('text', 'string', ['N', 1]), step), 'y');
  return { name, model: encodeModel(builder.build()), feeds: { text: strings(rows, [rows.length, 1]) } };
}

const RUN = `
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
import onnx_numpy
for line in open(sys.argv[2], encoding="utf-8"):
    case = json.loads(line)
    feeds = {name: np.array(given["data"], dtype=object if given["type"] == "string" else np.int64 if given["type"] == "int64" else np.float32).reshape(given["dims"])
             for name, given in case["feeds"].items()}
    try:
        y = onnx_numpy.Model(open(case["file"], "rb").read()).run(feeds)["y"]
        print(json.dumps({"dims": list(y.shape), "type": str(y.dtype), "data": y.ravel().tolist()}))
    except onnx_numpy.Unsupported as error:
        print(json.dumps({"error": str(error)}))
`;

describe('operators in Python with numpy alone, beside onnxruntime', function () {
  this.timeout(60_000);
  after(removeFolders);

  it('give the same numbers', async function () {
    if (spawnSync('/usr/bin/python3', ['-c', 'import numpy']).status !== 0)
      skip(this, 'python3-numpy is not installed');
    const picture = drawn(2, 4, 9, 8);
    const series = drawn(2, 3, 11);
    const steps = drawn(5, 3, 2);
    const cases: Case[] = [
      one('Conv in two dimensions', 'Conv', [picture, drawn(6, 4, 3, 3), drawn(6)], {
        pads: ints(1, 0, 1, 2),
        strides: ints(2, 1),
      }),
      one('Conv of groups with holes', 'Conv', [picture, drawn(8, 1, 3, 2), drawn(8)], {
        group: { int: 4 },
        dilations: ints(2, 3),
      }),
      one('Conv in one dimension', 'Conv', [series, drawn(5, 3, 4)], { pads: ints(2, 1), strides: ints(3) }),
      one('Conv that pads by itself', 'Conv', [picture, drawn(3, 4, 4, 3)], {
        auto_pad: { string: 'SAME_UPPER' },
        strides: ints(2, 2),
      }),
      one('ConvTranspose', 'ConvTranspose', [picture, drawn(4, 3, 3, 2), drawn(6)], {
        group: { int: 2 },
        strides: ints(2, 3),
        pads: ints(1, 0, 1, 1),
        output_padding: ints(1, 0),
      }),
      one('MaxPool', 'MaxPool', [picture], { kernel_shape: ints(3, 2), strides: ints(2, 2), pads: ints(1, 0, 1, 1) }),
      one('MaxPool that takes what is left', 'MaxPool', [picture], {
        kernel_shape: ints(4, 3),
        strides: ints(3, 2),
        ceil_mode: { int: 1 },
      }),
      one('AveragePool', 'AveragePool', [picture], {
        kernel_shape: ints(3, 3),
        strides: ints(2, 2),
        pads: ints(1, 1, 1, 1),
      }),
      one('AveragePool that counts its padding', 'AveragePool', [series], {
        kernel_shape: ints(4),
        pads: ints(2, 1),
        count_include_pad: { int: 1 },
      }),
      one('GlobalAveragePool', 'GlobalAveragePool', [picture]),
      one('GlobalMaxPool', 'GlobalMaxPool', [picture]),
      one('LSTM', 'LSTM', [steps, drawn(1, 16, 2), drawn(1, 16, 4), drawn(1, 32)], {
        hidden_size: { int: 4 },
        direction: { string: 'reverse' },
      }),
      one('GRU', 'GRU', [steps, drawn(1, 12, 2), drawn(1, 12, 4), drawn(1, 24)], {
        hidden_size: { int: 4 },
        linear_before_reset: { int: 1 },
      }),
      one('GRU both ways, reset first', 'GRU', [steps, drawn(2, 12, 2), drawn(2, 12, 4), drawn(2, 24)], {
        hidden_size: { int: 4 },
        direction: { string: 'bidirectional' },
      }),
      one('HardSwish', 'HardSwish', [drawn(3, 40)]),
      one('Celu', 'Celu', [drawn(3, 40)], { alpha: { float: 1.7 } }),
      one('ReduceSumSquare', 'ReduceSumSquare', [drawn(3, 4)], { axes: ints(1), keepdims: { int: 1 } }),
      one('ScatterElements', 'ScatterElements', [drawn(3, 5), int64([0, -1, 2, 4, 1, 0], [3, 2]), drawn(3, 2)], {
        axis: { int: 1 },
      }),
      one('OneHot', 'OneHot', [int64([0, 2, 5, 9, -1], [5]), int64([6], [1]), float([-1, 3], [2])], {
        axis: { int: 0 },
      }),
      texts(
        'a bag of words and pairs',
        {
          step: 'bag-of-words',
          column: 'text',
          vocabulary: ['good', 'bad', 'très', 'ünder', '42'],
          forms: [],
          fold: true,
          shortest: 2,
          terms: [[0], [1], [2], [3], [4], [0, 1], [1, 0], [2, 3]],
          weight: 'tf-idf',
          idf: [1, 2, 0.5, 1.5, 3, 1, 1, 2],
          features: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
        },
        ['Good bad good', 'TRÈS ünder…  42_ 42', 'nothing here', '', '😀 good\n\tBAD'],
      ),
    ];
    const folder = await temporaryFolder();
    const list = cases.map(({ model, feeds }, i) => {
      const file = path.join(folder, `${i}.onnx`);
      writeFileSync(file, model);
      const plain = Object.entries(feeds).map(([name, { type, dims, data }]) => [
        name,
        {
          type,
          dims,
          data: Array.from(data as ArrayLike<unknown>, (value) => (typeof value === 'bigint' ? Number(value) : value)),
        },
      ]);
      return JSON.stringify({ file, feeds: Object.fromEntries(plain) as unknown });
    });
    writeFileSync(path.join(folder, 'cases.jsonl'), list.join('\n'));
    const python = spawnSync('/usr/bin/python3', ['-c', RUN, assetsFolder(), path.join(folder, 'cases.jsonl')], {
      encoding: 'utf8',
    });
    assert.equal(python.status, 0, python.stderr);
    const answers = python.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { dims: number[]; type: string; data: number[]; error?: string });
    for (const [i, { name, model, feeds }] of cases.entries()) {
      const session = await openSession(model);
      const { y } = await session.run(feeds);
      await session.close();
      const answer = answers[i]!;
      assert.ok(y && answer.error === undefined, `${name}: ${answer.error}`);
      assert.deepEqual([answer.dims, answer.type], [[...y.dims], 'float32'], name);
      numbers(y).forEach((value, k) => {
        const off = Math.abs(value - answer.data[k]!);
        assert.ok(
          off <= 1e-5 * Math.max(1, Math.abs(value)),
          `${name}: number ${k} is ${answer.data[k]}, not ${value}`,
        );
      });
    }
  });
});
