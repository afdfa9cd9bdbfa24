import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, TrainStage } from '../../../schemas/generated/types';
import { encodeModel, float, GraphBuilder, openSession, type Value } from '../../../lifecycle/onnx';
import { predictRows } from '../../../lifecycle/onnx/rows';
import { UserError } from '../../../lifecycle/problem';
import { parseLine } from '../../../lifecycle/train/command/protocol';
import { room } from '../../../lifecycle/train/room';
import { example } from './example';
import { type Ran, runRoom, temporaryFolder, type Told, writeDataset } from './fixture';
import { assertModelInfo } from './validate';

/** A command that runs JavaScript with `env` as the environment and `fs` at hand. */
const program = (code: string): string[] => [
  process.execPath,
  '-e',
  `const fs = require('fs'), path = require('path'), env = process.env; const say = (m) => console.log('::lifecycle ' + JSON.stringify(m)); ${code}`,
];

async function run(
  code: string,
  options: {
    stage?: Partial<TrainStage>;
    task?: 'binary' | 'multiclass' | 'regression';
    signal?: AbortSignal;
    gaps?: boolean;
    told?: Told;
  } = {},
): Promise<Ran> {
  const folder = await temporaryFolder();
  await writeDataset(folder, example(options.task ?? 'binary', 80, options.gaps ?? false));
  const stage: TrainStage = { kind: 'train', data: 'd', command: program(code), ...options.stage };
  return runRoom(room, stage, { d: folder }, options);
}

/** A program that writes these bytes as its model. */
const writing = (bytes: Uint8Array): string =>
  `fs.writeFileSync(path.join(env.LIFECYCLE_OUTPUT, 'model.onnx'), Buffer.from('${Buffer.from(bytes).toString('base64')}', 'base64'));`;

function graphOf(make: (graph: GraphBuilder) => Record<string, Value>): Uint8Array {
  const graph = new GraphBuilder('theirs');
  for (const [name, value] of Object.entries(make(graph))) graph.output(value, name);
  return encodeModel(graph.build());
}

async function predict(ran: Ran): Promise<{ info: ModelInfo; values: number[] }> {
  const info = JSON.parse(await readFile(join(ran.output, 'model.json'), 'utf8')) as ModelInfo;
  assertModelInfo(info);
  const session = await openSession(join(ran.output, 'model.onnx'));
  const said = await predictRows(session, info, { a: [12, 3], b: [0.5, 0], kind: ['x', 'y'] });
  await session.close();
  return { info, values: Array.from(said.probabilities ?? said.prediction!) };
}

const fails = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.problem.code, code, error.message);
  assert.match(error.problem.message, message);
  return true;
};

describe('command stages', () => {
  it('give the program its files, and take its events, metrics and other files', async () => {
    const ran = await run(
      `
      for (const name of ['TRAIN', 'VALIDATION', 'FEATURES_TRAIN', 'FEATURES_VALIDATION', 'DATASET', 'PREPROCESS'])
        if (!fs.statSync(env['LIFECYCLE_' + name]).size) throw new Error(name);
      console.log([env.LIFECYCLE_SEED, env.LIFECYCLE_THREADS, env.LIFECYCLE_TARGET, env.LIFECYCLE_TASK, env.OWN].join());
      say({metric: 'loss', value: 0.5, step: 1}); say({metric: 'loss', value: 0.25, step: 2});
      say({progress: 0.4}); say({log: 'careful', level: 'warning'}); say({metric: 'auc', value: 0.9});
      console.error('to stderr');
      fs.writeFileSync(path.join(env.LIFECYCLE_OUTPUT, 'notes.txt'), 'kept');
    `,
      { stage: { environment: { OWN: 'mine' } } },
    );
    assert.deepEqual(ran.metrics, [
      { name: 'loss', value: 0.5, step: 1 },
      { name: 'loss', value: 0.25, step: 2 },
    ]);
    assert.deepEqual(ran.progress, [0.4]);
    const said = ran.logs.map(({ level, message }) => `${level}: ${message}`);
    assert.ok(said.includes('output: 7,1,target,binary,mine'), said.join('\n'));
    assert.ok(said.includes('output: to stderr') && said.includes('warning: careful'));
    assert.deepEqual(ran.result.metrics, { auc: 0.9 });
    assert.deepEqual((await readdir(ran.output)).sort(), ['files', 'history.json', 'model.json']);
    assert.equal(await readFile(join(ran.output, 'files/notes.txt'), 'utf8'), 'kept');
    const info = JSON.parse(await readFile(join(ran.output, 'model.json'), 'utf8')) as ModelInfo;
    assertModelInfo(info);
    assert.equal(info.servable, false);
    assert.ok(ran.logs.some(({ code }) => code === 'model-not-servable'));
  });

  it('give CSV when asked', async () => {
    const ran = await run(`console.log(fs.readFileSync(env.LIFECYCLE_FEATURES_TRAIN, 'utf8').split('\\n')[0])`, {
      stage: { environment: { LIFECYCLE_FORMAT: 'csv' } },
    });
    assert.ok(
      ran.logs.some(({ message }) => message === 'a,b,kind=x,kind=y,kind=z,__label'),
      JSON.stringify(ran.logs),
    );
    await assert.rejects(
      run('', { stage: { environment: { LIFECYCLE_FORMAT: 'arrow' } } }),
      fails('format-unknown', /arrow/),
    );
  });

  it('put the preprocessing before a model of the features; logits of one score', async () => {
    const bytes = graphOf((graph) => {
      const x = graph.input('input', 'float', ['batch', 5]);
      return { logits: graph.op('MatMul', [x, graph.constant(float([0.1, 0, 1, 0, -1], [5, 1]))]) };
    });
    const { info, values } = await predict(await run(`${writing(bytes)}`, {}));
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
    [1 - sigmoid(2.2), sigmoid(2.2), 1 - sigmoid(0.3), sigmoid(0.3)].forEach((p, i) =>
      assert.ok(Math.abs(values[i]! - p) < 1e-5),
    );
    assert.deepEqual(
      info.inputs.map(({ name }) => name),
      ['a', 'b', 'kind'],
    );
    assert.equal(info.training!['input'], 'features');
    assert.ok('validation/auc' in info.metrics!);
  });

  it('take a model of some raw columns, in double, with a vector of positive probabilities', async () => {
    const bytes = graphOf((graph) => {
      const a = graph.input('a', 'double', ['N', 1]);
      const p = graph.op('Sigmoid', [
        graph.op('Sub', [a, graph.constant({ type: 'double', dims: [1, 1], data: Float64Array.of(12) })]),
      ]);
      return {
        probability: graph.op('Squeeze', [p, graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(1n) })]),
      };
    });
    const { info, values } = await predict(await run(writing(bytes)));
    assert.deepEqual(
      info.inputs.map(({ name }) => name),
      ['a'],
    );
    assert.ok(Math.abs(values[1]! - 0.5) < 1e-6);
  });

  it('undo the class order and the maps of scikit-learn’s converters', async () => {
    const graph = new GraphBuilder('sklearn');
    const x = graph.input('X', 'float', ['N', 5]);
    const scores = graph.op('MatMul', [
      x,
      graph.constant(
        float(
          Float32Array.from({ length: 15 }, (_, i) => (i % 3) / 10),
          [5, 3],
        ),
      ),
    ]);
    const p = graph.op('Softmax', [scores], { axis: { int: 1 } });
    const zip = graph.op(
      'ZipMap',
      [p],
      { classlabels_strings: { strings: ['high', 'low', 'mid'] } },
      { type: 'float', shape: ['N', 3] },
    );
    graph.output(zip, 'output_probability');
    const { values } = await predict(await run(writing(encodeModel(graph.build())), { task: 'multiclass' }));
    const total = 12 + 0.5 + 1;
    const exps = [0, 1, 2].map((k) => Math.exp((k / 10) * total));
    const sum = exps.reduce((a, b) => a + b);
    // Theirs is high, low, mid; the dataset's is low, mid, high.
    [exps[1]!, exps[2]!, exps[0]!].forEach((e, i) => assert.ok(Math.abs(values[i]! - e / sum) < 1e-5, values.join()));
  });

  it('take a regression', async () => {
    const bytes = graphOf((graph) => {
      const x = graph.input('features', 'float', ['N', 5]);
      return {
        variable: graph.op('ReduceSum', [x, graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(1n) })], {
          keepdims: { int: 0 },
        }),
      };
    });
    const { values } = await predict(await run(writing(bytes), { task: 'regression' }));
    assert.ok(Math.abs(values[0]! - 13.5) < 1e-5);
    const gaps = run(writing(bytes), { task: 'regression', gaps: true });
    await assert.rejects(gaps, fails('model-unusable', /answers NaN on training rows/));
  });

  const bad: [string, Uint8Array, RegExp][] = [
    ['garbage', Buffer.from('not a model at all'), /can't be served/],
    [
      'a model of other inputs',
      graphOf((g) => ({
        probabilities: g.op('Add', [g.input('p', 'float', ['N', 2]), g.input('q', 'float', ['N', 2])]),
      })),
      /takes p, q, which are not raw columns/,
    ],
    [
      'a batch of one',
      graphOf((g) => ({
        probabilities: g.op(
          'Softmax',
          [
            g.op('Reshape', [
              g.input('features', 'float', ['N', 5]),
              g.constant({ type: 'int64', dims: [2], data: BigInt64Array.of(1n, -1n) }),
            ]),
          ],
          { axis: { int: 1 } },
        ),
      })),
      /For \d+ rows it answers with the shape \[1, \d+\]/,
    ],
    [
      'too many classes',
      graphOf((g) => ({
        probabilities: g.op('Softmax', [g.input('features', 'float', ['N', 5])], { axis: { int: 1 } }),
      })),
      /gives 5 numbers a row, but the target 'target' has 2 classes/,
    ],
    [
      'scores that are no probabilities',
      graphOf((g) => ({
        probabilities: g.op('MatMul', [
          g.input('features', 'float', ['N', 5]),
          g.constant(float([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [5, 2])),
        ]),
      })),
      /is not a list of probabilities/,
    ],
  ];
  for (const [what, bytes, message] of bad)
    it(`refuse ${what}`, () => assert.rejects(run(writing(bytes)), fails('model-unusable', message)));

  it('fail with the program’s last lines', async () => {
    await assert.rejects(
      run(`console.log('step 1'); console.error('Boom: out of cheese'); process.exit(3)`),
      (error) => {
        fails('command-failed', /ended with exit code 3.*Boom: out of cheese/)(error);
        assert.deepEqual((error as UserError).problem.details, ['step 1', 'Boom: out of cheese']);
        return true;
      },
    );
    await assert.rejects(
      run(`console.error("UnicodeDecodeError: 'utf-8' codec can't decode byte 0x98 in position 7"); process.exit(1)`),
      (error) => /Was Parquet read as CSV\?.*LIFECYCLE_FORMAT: csv/.test((error as UserError).problem.hint ?? ''),
    );
    await assert.rejects(
      run('', { stage: { command: ['no-such-program-at-all'] } }),
      fails('command-missing', /no-such-program-at-all was not found/),
    );
    await assert.rejects(
      run('setTimeout(() => {}, 60000)', { stage: { timeout: 0.3 } }),
      fails('command-timeout', /longer than 0.3 s/),
    );
  });

  it('stand garbage', async () => {
    const ran = await run(`
      console.log('::lifecycle {"metric": "loss", "value": NaN}'); console.log('::lifecycle {broken'); console.log('::lifecycle [1]');
      console.log('::lifecycle {"metric": 5}'); console.log('::lifecycle {"metric": "m", "value": 1, "step": -1}');
      process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x80])); process.stdout.write('x'.repeat(200000));
    `);
    assert.deepEqual(ran.metrics, []);
    assert.equal(ran.logs.filter(({ code }) => code === 'message-garbled').length, 3);
  });

  it('end when cancelled', async () => {
    const abort = new AbortController();
    const told: Told = { metrics: [], logs: [], progress: [], checkpoints: [] };
    setTimeout(() => abort.abort(new Error('cancelled')), 500);
    await assert.rejects(run('setInterval(() => {}, 1000)', { signal: abort.signal, told }), /cancelled/);
  });

  it('run again when their files change', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'train.py'), '1');
    const stage: TrainStage = {
      kind: 'train',
      data: 'd',
      command: ['python3', 'train.py', '--fast'],
      inputs: ['lock.txt'],
    };
    const where = { folder, root: folder, hashFile: (path: string) => readFile(path, 'utf8') };
    await assert.rejects(room.inputs!(stage, where), fails('file-missing', /lock.txt/));
    await writeFile(join(folder, 'lock.txt'), '2');
    assert.deepEqual(await room.inputs!(stage, where), { 'file lock.txt': '2', 'file train.py': '1' });
  });
});

describe('lines of a program', () => {
  const cases: [string, unknown][] = [
    ['hello', { kind: 'output', text: 'hello' }],
    ['  ::lifecycle {"progress": 3}', { kind: 'progress', fraction: 1 }],
    [
      '::lifecycle {"metric": "loss", "value": 0.5, "step": 2, "epoch": 1.5}',
      { kind: 'metric', name: 'loss', value: 0.5, step: 2, epoch: 1.5 },
    ],
    ['::lifecycle {"log": "x", "level": "odd"}', { kind: 'log', level: 'info', text: 'x' }],
    [
      '::lifecycle {"metric": "loss", "value": NaN}',
      { kind: 'garbled', text: '::lifecycle {"metric": "loss", "value": NaN}', why: 'NaN and Infinity are not JSON' },
    ],
  ];
  for (const [line, message] of cases) it(line, () => assert.deepEqual(parseLine(line), message));
});
