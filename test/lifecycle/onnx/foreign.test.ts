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

  it('says that a convolution has no gradient yet', () => {
    const builder = new GraphBuilder('around');
    const x = builder.input('x', 'float', ['N', 1, 8]);
    const { p } = builder.include(model, { x });
    assert.ok(p);
    const loss = builder.op('ReduceSum', [p], { keepdims: { int: 0 } });
    assert.throws(() => gradient(builder, loss, [x]), /no gradient rule for (MaxPool|Conv)/);
  });
});
