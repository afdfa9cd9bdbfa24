import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, encodeModel, float, gradient, GraphBuilder, numbers, openSession } from '../../../lifecycle/onnx';

const folder = join(__dirname, '../../golden/onnx');
const golden = JSON.parse(readFileSync(join(folder, 'torch-export.json'), 'utf8')) as { x: number[]; p: number[] };

describe('a model that PyTorch exported', () => {
  const model = decodeModel(readFileSync(join(folder, 'torch-export.onnx')));

  it('is read whole', () => {
    assert.equal(model.producerName, 'pytorch');
    assert.deepEqual(model.graph.inputs, [{ name: 'x', type: 'float', shape: ['N', 1, 8] }]);
    assert.deepEqual(decodeModel(encodeModel(model)), model);
  });

  it('predicts the same alone, written again, and inside another graph', async () => {
    const builder = new GraphBuilder('around');
    const x = builder.input('x', 'float', ['N', 1, 8]);
    const { p } = builder.include(model, { x });
    assert.ok(p);
    assert.deepEqual(p.shape, ['N', 3]);
    builder.output(p, 'p');
    for (const bytes of [encodeModel(model), encodeModel(builder.build())]) {
      const session = await openSession(bytes);
      const results = await session.run({ x: float(golden.x, [2, 1, 8]) });
      const got = results['p'] && numbers(results['p']);
      assert.ok(got);
      golden.p.forEach((value, i) => assert.ok(Math.abs((got[i] ?? NaN) - value) < 1e-6));
      await session.close();
    }
  });

  it('is differentiated whole', async () => {
    const builder = new GraphBuilder('around');
    const x = builder.input('x', 'float', ['N', 1, 8]);
    const { p } = builder.include(model, { x });
    assert.ok(p);
    const weights = builder.constant(float([1, -2, 0.5], [1, 3]));
    const loss = builder.op('ReduceSum', [builder.op('Mul', [p, weights])], { keepdims: { int: 0 } });
    builder.output(loss, 'loss');
    builder.output(gradient(builder, loss, [x])[0]!, 'g');
    const session = await openSession(encodeModel(builder.build()));
    const run = async (values: number[]) => session.run({ x: float(values, [2, 1, 8]) });
    const slopes = numbers((await run(golden.x))['g']!);
    const by = 5e-3;
    for (const place of [0, 3, 7, 8, 12]) {
      const at = async (step: number): Promise<number> =>
        numbers((await run(golden.x.with(place, golden.x[place]! + step)))['loss']!)[0]!;
      const slope = ((await at(by)) - (await at(-by))) / (2 * by);
      assert.ok(Math.abs(slope - slopes[place]!) < 2e-3, `${place}: ${slopes[place]} not ${slope}`);
    }
    await session.close();
  });
});
