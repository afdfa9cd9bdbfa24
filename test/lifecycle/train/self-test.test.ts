import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addProvider, OnnxError, openSession, type TensorData } from '../../../lifecycle/onnx';
import { UserError } from '../../../lifecycle/problem';
import { ENGINE_VERSION } from '../../../lifecycle/store/version';
import { probeProvider } from '../../../lifecycle/train/devices/probe';
import { errorOf, subjects, testGradients } from '../../../lifecycle/train/network/self-test';
import { names } from '../../../lifecycle/train/network/step';
import { freshFolder } from '../../rigs/folder';
import { cases, pupilOf } from './golden-layers';

const added: (() => void)[] = [];

/** A provider that computes as the CPU does, but for what is done to its results. */
function addSpoilt(name: string, spoil: (results: Record<string, TensorData>) => Record<string, TensorData>): void {
  const remove = addProvider(name, async (model) => {
    const session = await openSession(model);
    return { ...session, provider: name, run: async (...given) => spoil(await session.run(...given)) };
  });
  added.push(remove);
}

/** A provider that can't load a model with one of some operators. */
function addLacking(name: string, ...operators: string[]): void {
  const remove = addProvider(name, async (model) => {
    const lacked = operators.find((operator) => Buffer.from(model).includes(operator));
    if (lacked !== undefined) throw new OnnxError(`onnxruntime can't load the model: no ${lacked}`);
    return openSession(model);
  });
  added.push(remove);
}

const code = (wanted: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.problem.code, wanted);
  assert.match(error.problem.message, message);
  return true;
};

const dense = { kind: 'dense', units: 1, activation: 'none', bias: true, l2: 0 } as const;
const maxPool = { kind: 'pool', of: 'max', size: 2, padding: 'valid' } as const;

describe('the self-test of gradients', () => {
  const folder = freshFolder();
  after(() => added.forEach((remove) => remove()));

  for (const subject of subjects)
    it(`holds with room to spare: ${subject.name}`, async () => {
      const error = await errorOf(subject, 'cpu');
      assert.ok(error < 5e-3, `${error}`);
    });

  it('sees a gradient that is wrong', async () => {
    const error = await errorOf(subjects[0]!, 'cpu', (gradient) => gradient.map((value) => 1.5 * value));
    assert.ok(error > 2e-2, `${error}`);
  });

  it('has a family for every layer that is trained', () => {
    const learning = cases.flatMap((golden) => {
      const { placed } = pupilOf(golden).plan.layout;
      return placed.filter(({ parameters, inner }) => parameters.length > 0 && inner.length === 0);
    });
    for (const { layer } of learning)
      assert.ok(layer.kind === 'dense' || subjects.slice(1).some(({ covers }) => covers(layer)), layer.kind);
  });

  it('is remembered by family, for a version of engine and runtime, and for an adapter', async () => {
    const file = join(folder(), 'self-test.json');
    await writeFile(file, 'torn');
    let asked = 0;
    addSpoilt('counted', (results) => {
      asked++;
      return results;
    });
    const test = (driver: string, layers = [dense]) =>
      testGradients('counted', { file, layers, tested: new Set(), adapter: () => Promise.resolve(`L4 ${driver}`) });
    await test('1.0');
    const { passed } = JSON.parse(await readFile(file, 'utf8')) as { passed: string[] };
    assert.equal(passed.length, 2);
    assert.match(passed.join('\n'), /onnxruntime \d+\.\d+\.\d+ counted on L4 1\.0 .*: dense layers/);
    assert.ok(passed.every((key) => key.startsWith(`${ENGINE_VERSION} `)));
    assert.equal(asked, 1);
    await test('1.0');
    assert.equal(asked, 1);
    await test('1.1');
    assert.equal(asked, 2);
  });

  it('refuses a provider by name whose gradient is wrong in one array', async () => {
    const twice = names.next(names.gradient);
    addSpoilt('spoilt', (results) => {
      const gradient = Float32Array.from(results[twice]!.data as Float32Array);
      gradient.set(gradient.subarray(0, 4).map((value) => value * 1.5));
      return { ...results, [twice]: { ...results[twice]!, data: gradient } };
    });
    await assert.rejects(
      testGradients('spoilt', { layers: [dense], tested: new Set() }),
      code('gradients-unsound', /'spoilt'.*wrong gradients for dense layers \(off by \d/),
    );
    const { works, why } = await probeProvider('spoilt');
    assert.equal(works, false);
    assert.match(why ?? '', /gradients are off by/);
  });

  it('names the family that a provider lacks, to networks that use it only', async () => {
    addLacking('poolless', 'MaxPool');
    await testGradients('poolless', { layers: [dense], tested: new Set() });
    await assert.rejects(
      testGradients('poolless', { layers: [dense, maxPool], tested: new Set() }),
      code('operator-unsupported', /can't train max pools with its provider 'poolless'/),
    );
    assert.deepEqual(await probeProvider('poolless'), { provider: 'poolless', works: true, lacks: ['max pools'] });
  });

  it('says that a device is no use where not even dense layers can be had', async () => {
    addLacking('webgpu', 'Gemm', 'MatMul');
    await assert.rejects(
      testGradients('webgpu', { layers: [dense], tested: new Set() }),
      code('device-unusable', /`device: webgpu` can't be used on this machine: /),
    );
  });
});
