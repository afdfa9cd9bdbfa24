import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, OptimizeStage, TrainStage } from '../../../schemas/generated/types';
import { predictSample, readSample } from '../../../lifecycle/model/score';
import { decodeModel, encodeModel, openSession } from '../../../lifecycle/onnx';
import { LATENCY_SERIES } from '../../../lifecycle/optimize/room';
import { layersOf, withConstants } from '../../../lifecycle/optimize/weights';
import { UserError } from '../../../lifecycle/problem';
import { skip } from '../../rigs/skip';
import { example } from '../train/example';
import { temporaryFolder } from '../train/fixture';
import { assertModelInfo } from '../train/validate';
import { network, optimize, trained, type Trained } from './trained';

interface Record {
  readonly method: string;
  readonly changed: boolean;
  readonly bytes: { readonly before: number; readonly after: number };
  readonly packed?: { readonly before: number; readonly after: number };
  readonly validation: { readonly before: { readonly auc: number }; readonly after: { readonly auc: number } };
  readonly weights: { readonly before: number; readonly after: number };
  readonly layers?: readonly {
    readonly layer: string;
    readonly harm: number;
    readonly quantized: boolean;
    readonly before: number;
    readonly after: number;
    readonly kept: number;
  }[];
}

const methods: { readonly [name: string]: Partial<OptimizeStage> } = {
  float16: { quantize: 'float16' },
  'int8-static': { quantize: { kind: 'int8-static', rows: 200 } },
  'pruned weights': { prune: { sparsity: 0.7, epochs: 12 } },
  'pruned units': { prune: { sparsity: 0.5, structure: 'units', epochs: 6 } },
  'distilled network': {
    distil: {
      into: { kind: 'network', layers: [{ dense: { units: 8, activation: 'relu' } }] },
      training: { epochs: 20, 'batch-size': 64, optimizer: { kind: 'adam', 'learning-rate': 0.03 } },
    },
  },
  'distilled trees': { distil: { into: { kind: 'boosted-trees', trees: 40, leaves: 6 } } },
};

const read = async (output: string): Promise<{ bytes: Buffer; info: ModelInfo; record: Record; text: string }> => {
  const text = await readFile(join(output, 'model.json'), 'utf8');
  const info = JSON.parse(text) as ModelInfo;
  assertModelInfo(info);
  return {
    bytes: await readFile(join(output, 'model.onnx')),
    info,
    record: info.optimized?.at(-1) as unknown as Record,
    text,
  };
};
const code =
  (wanted: string, path: (string | number)[] = []) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.problem.code, wanted, error.message);
    if (path.length > 0) assert.deepEqual(error.problem.path, path);
    return true;
  };

/** onnx's own checker, then our numpy runtime on columns of JSON. */
const CHECK = `
import json, sys
import numpy as np, onnx
sys.path.insert(0, sys.argv[1])
import onnx_numpy
onnx.checker.check_model(onnx.load(sys.argv[2]))
columns = json.load(open(sys.argv[3]))
feeds = {}
for column in json.loads(sys.argv[4]):
    values = columns[column["name"]]
    kind = object if column["type"] == "text" else np.float32
    feeds[column["name"]] = np.array(values if kind is object else [float(v) for v in values], dtype=kind).reshape(-1, 1)
print(json.dumps(onnx_numpy.Model(open(sys.argv[2], "rb").read()).run(feeds)["probabilities"].ravel().tolist()))
`;

describe('optimisation methods', function () {
  this.timeout(60_000);
  let given: Trained;
  const outputs = new Map<string, string>();
  before(async () => {
    // Numbers alone: what the fixture makes of text, numpy does not know.
    given = await trained(network, { ...example('binary', 1000), texts: {} });
  });

  for (const [name, stage] of Object.entries(methods)) {
    it(`${name}: smaller, nearly as good, and the same again byte by byte`, async () => {
      const { output, result, metrics, logs } = await optimize(given, stage);
      outputs.set(name, output);
      const { bytes, info, record, text } = await read(output);
      const { before, after } = record.validation;
      const size = record.packed ?? record.bytes;
      assert.ok(record.changed && size.after < 0.65 * size.before, JSON.stringify(size));
      assert.equal(record.bytes.after, bytes.length);
      assert.ok(after.auc > before.auc - 0.02, `${before.auc} → ${after.auc}`);
      assert.equal(result.metrics!['validation/auc'], after.auc);
      // Served as it was evaluated: the figures are those of the file that was written, on raw columns.
      const split = {
        raw: join(given.data, 'validation.parquet'),
        features: join(given.data, 'validation.features.parquet'),
      };
      const session = await openSession(bytes);
      const sample = await readSample(info, split);
      const all = (await predictSample(session, info, sample)).probabilities!;
      const one = Object.fromEntries(Object.entries(sample.columns).map(([column, values]) => [column, [values[0]]]));
      const alone = await predictSample(session, info, { rows: 1, columns: one, labels: sample.labels.slice(0, 1) });
      alone.probabilities!.forEach((value, i) => assert.ok(Math.abs(value - all[i]!) < 1e-6));
      await session.close();
      assert.deepEqual(info.inputs, (await read(given.model)).info.inputs);
      // What the clock said is told, and stands nowhere in the artifact.
      assert.equal(metrics.filter(({ name: series }) => series === LATENCY_SERIES).length, 2);
      assert.ok(logs.some(({ message }) => /One row took .* ms before and .* ms after/.test(message)));
      assert.doesNotMatch(text, /millisecond|latency/);
      const again = await read((await optimize(given, stage)).output);
      assert.ok(again.bytes.equals(bytes) && again.text === text);
      if (stage.distil === undefined)
        await assert.rejects(
          optimize(given, { ...stage, require: { auc: { min: 0.99999 } } }),
          code('requirement-not-met', ['require', 'auc', 'min']),
        );
    });
  }

  it('say what became of each layer', async () => {
    const { record: statically } = await read(outputs.get('int8-static')!);
    assert.deepEqual(
      statically.layers!.map(({ layer, quantized }) => [layer, quantized]),
      [
        ['layer0/weights', true],
        ['layer1/weights', true],
        ['output/weights', true],
      ],
    );
    const { record: weights } = await read(outputs.get('pruned weights')!);
    for (const { before, after, kept } of weights.layers!) {
      assert.equal(before, after);
      assert.equal(kept, before - Math.floor(0.7 * before));
    }
    const { record: units, info } = await read(outputs.get('pruned units')!);
    assert.deepEqual(
      units.layers!.map(({ before, after }) => [before, after]),
      [
        [2 * 128, 2 * 64],
        [128 * 64, 64 * 32],
        [64, 32],
      ],
    );
    assert.ok(info.parameters! < 2700 && info.kind === 'network');
    const { info: trees } = await read(outputs.get('distilled trees')!);
    assert.equal(trees.kind, 'boosted-trees');
  });

  it('leave out the layers that hurt, and say which', async () => {
    const { output, logs } = await optimize(given, { quantize: { kind: 'int8-static', tolerance: 0 } });
    const { record } = await read(output);
    const hurt = record.layers!.filter(({ harm }) => harm > 0);
    assert.ok(hurt.length > 0);
    for (const { layer, quantized } of hurt) {
      assert.equal(quantized, false);
      assert.ok(logs.some(({ message }) => message.includes(`'${layer}'`)));
    }
  });

  it('are models that onnx’s own checker passes, and that numpy computes alike', async function () {
    if (spawnSync('/usr/bin/python3', ['-c', 'import onnx, numpy']).status !== 0)
      skip(this, 'python3-onnx is not installed');
    const sample = await readSample((await read(given.model)).info, {
      raw: join(given.data, 'validation.parquet'),
      features: join(given.data, 'validation.features.parquet'),
    });
    const folder = await temporaryFolder();
    const feeds = join(folder, 'feeds.json');
    const plain = Object.entries(sample.columns).map(([name, values]) => [
      name,
      // JSON knows no NaN, and Python reads none of its own accord from null.
      Array.from(values, (value) => (Number.isNaN(value) ? 'nan' : value)),
    ]);
    await writeFile(feeds, JSON.stringify(Object.fromEntries(plain)));
    for (const [name, output] of outputs) {
      const { bytes, info } = await read(output);
      const numpy = join(__dirname, '../../../lifecycle/deploy/edge');
      const { status, stdout, stderr } = spawnSync(
        '/usr/bin/python3',
        ['-c', CHECK, numpy, join(output, 'model.onnx'), feeds, JSON.stringify(info.inputs)],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
      const theirs = JSON.parse(stdout) as number[];
      const session = await openSession(bytes);
      const mine = (await predictSample(session, info, sample)).probabilities!;
      await session.close();
      // What is rounded to a grid may, where it lies on the border of two steps, fall to either side.
      const off = theirs.map((value, i) => Math.abs(value - mine[i]!)).filter((distance) => distance > 1e-6);
      if (name === 'int8-static')
        assert.ok(
          off.length < 0.2 * theirs.length && off.every((distance) => distance < 0.02),
          `${off.length}: ${Math.max(...off)}`,
        );
      else assert.deepEqual(off, [], name);
    }
  });

  it('reach through normalisation, pooling and flattening, and into convolutions', async () => {
    const images = await trained(
      {
        model: {
          kind: 'network',
          layers: [
            { dense: { units: 64, activation: 'relu' } },
            { reshape: [1, 8, 8] },
            { conv2d: { filters: 8, size: 3, activation: 'none' } },
            'batch-normalization',
            { activation: 'relu' },
            { 'max-pool': { size: 2 } },
            { conv2d: { filters: 6, size: 3, activation: 'silu' } },
            'flatten',
            { dense: { units: 20, activation: 'gelu' } },
            { dense: { units: 10, activation: 'relu' } },
          ],
        },
        training: { epochs: 2 },
      },
      { ...example('binary'), texts: {} },
    );
    for (const structure of ['units', 'weights'] as const) {
      const { output } = await optimize(images, { prune: { sparsity: 0.5, structure, epochs: 2 } });
      const { bytes } = await read(output);
      const kernels = layersOf(decodeModel(bytes)).map(({ tensor: { dims } }) => dims.slice(0, 2));
      const halved = structure === 'units';
      assert.deepEqual(kernels.slice(1), [
        [halved ? 4 : 8, 1],
        halved ? [3, 4] : [6, 8],
        halved ? [48, 10] : [96, 20],
        halved ? [10, 5] : [20, 10],
        [halved ? 5 : 10, 1],
      ]);
    }
  });

  it('go on from one another: pruned, then in 8 bits', async () => {
    const pruned = outputs.get('pruned units')!;
    const { output } = await optimize({ ...given, model: pruned }, { quantize: 'int8-static' });
    const { info } = await read(output);
    assert.deepEqual(
      info.optimized!.map(({ method }) => method),
      ['pruning of units', 'int8-static'],
    );
  });
});

describe('optimisation of what can’t be', function () {
  this.timeout(60_000);
  let trees: Trained;
  let net: Trained;
  before(async () => {
    trees = await trained({ model: { kind: 'boosted-trees', trees: 5 } });
    net = await trained(network);
  });

  it('trees: passed on with a note where only their numbers were to be rounded, refused where weights were to go', async () => {
    for (const quantize of ['float16', 'int8-static'] as const) {
      const { output, logs, result } = await optimize(trees, { quantize });
      assert.ok((await read(output)).bytes.equals((await read(trees.model)).bytes));
      assert.ok(logs.some(({ message }) => /trees have none\), so it is passed on unchanged/.test(message)));
      assert.equal(result.summary, 'unchanged');
    }
    await assert.rejects(optimize(trees, { prune: { sparsity: 0.5 } }), code('model-not-prunable', ['prune']));
    await assert.rejects(
      optimize(trees, { prune: { sparsity: 0.5, structure: 'units', epochs: 0 } }),
      code('model-not-prunable', ['prune']),
    );
  });

  it('trees of several classes learn a network’s answers', async () => {
    const three = await trained(network, example('multiclass', 800));
    const { output } = await optimize(three, { distil: { into: { kind: 'boosted-trees', trees: 60 } } });
    const { record } = await read(output);
    assert.ok(record.validation.after.auc > record.validation.before.auc - 0.03);
  });

  it('numbers: a network and trees learn a network’s answers', async () => {
    const values = await trained(network, example('regression', 800));
    for (const into of [
      { kind: 'network' as const, layers: [{ dense: { units: 12, activation: 'tanh' as const } }] },
      { kind: 'boosted-trees' as const, trees: 60 },
    ]) {
      const training: TrainStage['training'] = {
        epochs: 20,
        'batch-size': 32,
        optimizer: { kind: 'adam', 'learning-rate': 0.02 },
      };
      const { output, logs } = await optimize(values, {
        distil: { into, temperature: 3, ...(into.kind === 'network' && { training }) },
      });
      const { r2 } = (await read(output)).record.validation.after as unknown as { r2: number };
      assert.ok(r2 > 0.75, String(r2));
      assert.ok(logs.some(({ message }) => /`temperature` has no effect/.test(message)));
    }
  });

  it('a target that was transformed: what is made smaller learns it so, and answers in its own unit', async () => {
    const plain = example('regression', 600);
    const skewed = { ...plain, labels: plain.labels.map((label) => Math.exp(5 + label / 200)) };
    const values = await trained({ ...network, 'target-transform': 'log' }, skewed);
    for (const stage of [
      { quantize: 'int8-static' as const },
      { prune: { sparsity: 0.5, epochs: 10 } },
      { distil: { into: { kind: 'boosted-trees' as const, trees: 40, leaves: 8 } } },
    ]) {
      const { output } = await optimize(values, stage);
      const { info, record } = await read(output);
      assert.deepEqual(info.targetTransform, { kind: 'log' });
      const { before, after } = record.validation as unknown as {
        readonly [at in 'before' | 'after']: { readonly r2: number; readonly rmse: number };
      };
      assert.ok(before.r2 > 0.7 && after.r2 > before.r2 - 0.15, `${JSON.stringify(stage)}: ${before.r2} → ${after.r2}`);
      assert.ok(after.rmse > 10, `rmse ${after.rmse} is no error of values around 150`);
    }
  });

  it('weights that are not numbers', async () => {
    const path = join(net.model, 'model.onnx');
    const bytes = await readFile(path);
    const model = decodeModel(bytes);
    const [{ weights, tensor }] = layersOf(model) as [ReturnType<typeof layersOf>[number]];
    const data = (tensor.data as Float32Array).slice();
    data[3] = NaN;
    await writeFile(path, encodeModel(withConstants(model, new Map([[weights, { ...tensor, data }]]))));
    try {
      for (const stage of [
        { quantize: 'int8' as const },
        { quantize: 'float16' as const },
        { quantize: 'int8-static' as const },
        { prune: { sparsity: 0.5 } },
      ])
        await assert.rejects(optimize(net, stage), code('weights-not-finite', ['model']));
    } finally {
      await writeFile(path, bytes);
    }
  });

  it('no rows: neither for calibration nor for fine-tuning nor to learn from', async () => {
    const gone = await trained(network);
    await rm(gone.data, { recursive: true });
    await assert.rejects(optimize(gone, { quantize: 'int8-static' }), code('validation-missing', ['quantize']));
    await assert.rejects(optimize(gone, { prune: { sparsity: 0.5 } }), code('training-rows-missing'));
    await assert.rejects(
      optimize(gone, { distil: { into: { kind: 'boosted-trees' } } }),
      code('training-rows-missing'),
    );
    const { logs } = await optimize(gone, { quantize: 'float16' });
    assert.ok(logs.some(({ code: said }) => said === 'not-measured'));
  });

  it('a smaller model that does not fit: the message stands at the stage’s own key', async () => {
    await assert.rejects(
      optimize(net, {
        distil: { into: { kind: 'network', layers: [{ conv2d: { filters: 4, size: 3 } }] } },
      }),
      code('layers-misfit', ['distil', 'into', 'layers', 0]),
    );
  });
});
