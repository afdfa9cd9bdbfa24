import assert from 'node:assert/strict';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, OptimizeStage, TrainStage } from '../../../schemas/generated/types';
import { decodeModel, encodeModel, float, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { quantizeWeights } from '../../../lifecycle/optimize/quantize';
import { room } from '../../../lifecycle/optimize/room';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { room as trainRoom } from '../../../lifecycle/train/room';
import { example } from '../train/example';
import { runRoom, temporaryFolder, writeDataset } from '../train/fixture';
import { assertModelInfo } from '../train/validate';

describe('int8 weights', () => {
  const random = new Random(1);
  const matrix = (rows: number, columns: number) =>
    float(
      Float32Array.from({ length: rows * columns }, (_, i) => random.normal() * (1 + (i % columns))),
      [rows, columns],
    );

  it('are a column at a time, for MatMul and for Gemm either way round', async () => {
    const graph = new GraphBuilder('g');
    const x = graph.input('x', 'float', ['N', 20]);
    const first = graph.op('MatMul', [x, graph.constant(matrix(20, 30))]);
    const second = graph.op('Gemm', [first, graph.constant(matrix(40, 30)), graph.constant(matrix(1, 40))], {
      transB: { int: 1 },
    });
    graph.output(graph.op('Gemm', [second, graph.constant(matrix(40, 3))]), 'y');
    const model = graph.build();
    const bytes = encodeModel(model);
    const { model: small, matrices, weights } = quantizeWeights(decodeModel(bytes));
    assert.equal(matrices, 2);
    assert.equal(weights, 600 + 1200);
    const smaller = encodeModel(small);
    assert.ok(smaller.length < bytes.length * 0.45);
    const input = Float32Array.from({ length: 5 * 20 }, () => random.normal());
    const run = async (content: Uint8Array, data: Float32Array) => {
      const session = await openSession(content);
      const { y } = await session.run({ x: float(data, [data.length / 20, 20]) });
      await session.close();
      return y!.data as Float32Array;
    };
    const before = await run(bytes, input);
    const after = await run(smaller, input);
    const scale = Math.max(...before.map(Math.abs));
    before.forEach((value, i) => assert.ok(Math.abs(value - after[i]!) < 0.02 * scale, `${after[i]} not ${value}`));
    // What is computed is what the graph says, not what a runtime makes of it.
    const plain = await openSession(smaller, { optimization: 'disabled' });
    const { y: exact } = await plain.run({ x: float(input, [5, 20]) });
    await plain.close();
    (exact!.data as Float32Array).forEach((value, i) => assert.ok(Math.abs(value - after[i]!) < 1e-5 * scale));
    // A row's answer does not depend on the rows beside it.
    const alone = await run(smaller, input.slice(0, 20));
    alone.forEach((value, i) => assert.ok(Math.abs(value - after[i]!) < 1e-5 * scale));
  });

  it('keep a matrix that two nodes share once, and columns of zeros', async () => {
    const graph = new GraphBuilder('g');
    const shared = graph.constant(float(new Float32Array(400), [20, 20]));
    const x = graph.input('x', 'float', ['N', 20]);
    graph.output(graph.op('MatMul', [graph.op('MatMul', [x, shared]), shared]), 'y');
    const { model, matrices } = quantizeWeights(graph.build());
    assert.equal(matrices, 1);
    const session = await openSession(encodeModel(model));
    const { y } = await session.run({ x: float(new Float32Array(20).fill(1), [1, 20]) });
    assert.ok((y!.data as Float32Array).every((value) => value === 0));
    await session.close();
  });
});

describe('optimize room', () => {
  /** A store with a dataset, and a trained model of it. */
  async function trained(stage: Partial<TrainStage>): Promise<{ store: string; model: string }> {
    const store = await temporaryFolder();
    const hash = '0'.repeat(64);
    const data = join(store, 'artifacts', '00', hash);
    await mkdir(data, { recursive: true });
    await writeDataset(data, example('binary'));
    const { output } = await runRoom(trainRoom, { kind: 'train', data: 'd', ...stage }, { d: data });
    const model = join(store, 'model');
    await cp(output, model, { recursive: true });
    return { store, model };
  }

  const network: Partial<TrainStage> = {
    model: {
      kind: 'network',
      layers: [{ dense: { units: 128, activation: 'relu' } }, { dense: { units: 64, activation: 'relu' } }],
    },
    training: { epochs: 10 },
  };

  it('makes a network smaller and records what it cost', async () => {
    const { store, model } = await trained(network);
    const stage: OptimizeStage = {
      kind: 'optimize',
      model: 'm',
      quantize: 'int8',
      require: { auc: { 'drop-at-most': 0.01 } },
    };
    const { output, result } = await runRoom(room, stage, { m: model }, { store });
    const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
    assertModelInfo(info);
    const [{ bytes, validation, changed }] = info.optimized as [
      {
        bytes: { before: number; after: number };
        validation: { before: { auc: number }; after: { auc: number } };
        changed: boolean;
      },
    ];
    assert.ok(changed && bytes.after < bytes.before * 0.4, JSON.stringify(bytes));
    assert.equal(info.bytes, bytes.after);
    assert.ok(Math.abs(validation.before.auc - validation.after.auc) < 0.01);
    assert.equal(result.metrics!['validation/auc'], validation.after.auc);
    assert.equal((await readFile(join(output, 'model.onnx'))).length, bytes.after);
  });

  it('passes trees on unchanged, with a note', async () => {
    const { store, model } = await trained({ model: { kind: 'boosted-trees', trees: 5 } });
    const stage: OptimizeStage = { kind: 'optimize', model: 'm', quantize: 'int8' };
    const { output, logs, result } = await runRoom(room, stage, { m: model }, { store });
    assert.ok((await readFile(join(output, 'model.onnx'))).equals(await readFile(join(model, 'model.onnx'))));
    assert.ok(logs.some(({ message }) => /passed on unchanged/.test(message)));
    assert.equal(result.summary, 'unchanged');
  });

  it('stops at a requirement that is not met, and at one that can’t be', async () => {
    const { store, model } = await trained(network);
    const optimize = (require: NonNullable<OptimizeStage['require']>) =>
      runRoom(room, { kind: 'optimize', model: 'm', quantize: 'int8', require }, { m: model }, { store });
    const code = (expected: string) => (error: unknown) =>
      error instanceof UserError && error.problem.code === expected;
    await assert.rejects(optimize({ auc: { min: 0.9999999 } }), code('requirement-not-met'));
    await assert.rejects(optimize({ 'log-loss': { max: 0 } }), code('requirement-not-met'));
    await assert.rejects(optimize({ speed: { min: 1 } }), code('metric-unknown'));
    await assert.rejects(optimize({ rmse: { min: 1 } }), code('metric-not-for-task'));
  });
});
