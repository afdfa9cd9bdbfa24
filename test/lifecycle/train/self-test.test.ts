import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Activation, Loss, Task } from '../../../schemas/generated/types';
import {
  addProvider,
  decodeModel,
  OnnxError,
  openSession,
  type Session,
  type TensorData,
} from '../../../lifecycle/onnx';
import { UserError } from '../../../lifecycle/problem';
import type { Teacher } from '../../../lifecycle/store/room';
import { ENGINE_VERSION } from '../../../lifecycle/store/version';
import { probeProvider } from '../../../lifecycle/train/devices/probe';
import { plainLayer, type PlainLayer } from '../../../lifecycle/model/layers';
import { activationOf, subjects, type Use } from '../../../lifecycle/train/network/families';
import { plainLoss, type PlainLoss } from '../../../lifecycle/train/network/loss';
import { errorOf, testGradients } from '../../../lifecycle/train/network/self-test';
import { names } from '../../../lifecycle/train/network/step';
import { taughtLoss } from '../../../lifecycle/train/network/taught';
import { trainNetwork } from '../../../lifecycle/train/network/trainer';
import { policyFamily } from '../../../lifecycle/train/reinforcement/families';
import type { Lesson } from '../../../lifecycle/train/trainer';
import { freshFolder } from '../../rigs/folder';
import { cases, pupilOf } from './golden-layers';

const added: (() => void)[] = [];

type Results = Record<string, TensorData>;

/** A provider that computes as the CPU does, but for what is done to its results, of models with an operator only where one is given. */
function addSpoilt(name: string, spoil: (results: Results) => Results, operator?: string): void {
  const open = async (model: Uint8Array): Promise<Session> => {
    const session = await openSession(model);
    const spares = operator !== undefined && !decodeModel(model).graph.nodes.some(({ opType }) => opType === operator);
    return spares
      ? session
      : { ...session, provider: name, run: async (...given) => spoil(await session.run(...given)) };
  };
  // A runtime of its own: what passes on it says nothing of others under this name.
  added.push(addProvider(name, open, 'test/self-test 1.0.0'));
}

/** Half as much again of the first numbers. */
function spoilGradient(results: Results): Results {
  const name = names.next(names.gradient);
  const given = results[name];
  if (given === undefined) return results;
  const gradient = Float32Array.from(given.data as Float32Array);
  gradient.set(gradient.subarray(0, 4).map((value) => value * 1.5));
  return { ...results, [name]: { ...given, data: gradient } };
}

/** Ten numbers to learn, on a device. */
function numbers(loss: Loss['kind']): Lesson {
  const column = Float32Array.from({ length: 10 }, (_, i) => i);
  const nothing = () => undefined;
  return {
    task: 'regression',
    classes: [],
    train: { names: ['a'], columns: [column], labels: Float64Array.from(column), rows: 10 },
    stage: { kind: 'train', data: 'd', training: { epochs: 1, loss }, model: 'network' },
    scratch: '',
    seed: 7,
    threads: 1,
    report: {
      signal: new AbortController().signal,
      ...{ progress: nothing, metric: nothing, log: nothing },
      device: { kind: 'webgpu', name: 'L4' },
    },
  };
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
const use = (...layers: PlainLayer[]): Use => ({ layers, task: 'multiclass', loss: { kind: 'cross-entropy' } });
const train = JSON.parse(readFileSync(join(__dirname, '../../../schemas/stages/train.schema.json'), 'utf8')) as {
  $defs: { Activation: { enum: string[] }; Loss: { properties: { kind: { enum: string[] } } } };
};
const maxPool = { kind: 'pool', of: 'max', size: 2, padding: 'valid' } as const;

/** What the families hold that a training is held to. */
const heldTo = (wanted: Use): Use[] => subjects.filter(({ covers }) => covers(wanted)).map(({ holds }) => holds());

const axesOf = (layer: PlainLayer): number | undefined => ('axes' in layer ? layer.axes : undefined);

describe('the self-test of gradients', () => {
  const folder = freshFolder();
  after(() => added.forEach((remove) => remove()));

  for (const subject of [...subjects, policyFamily('ppo'), policyFamily('dqn')])
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
      assert.ok(
        heldTo(use(layer)).some(({ layers }) =>
          layers.some((each) => each.kind === layer.kind && axesOf(each) === axesOf(layer)),
        ),
        `${layer.kind} ${axesOf(layer)}`,
      );
  });

  it('has a family for every activation of the schema, whatever layer it stands in', () => {
    const activations = train.$defs.Activation.enum as Activation[];
    assert.ok(activations.length >= 19);
    const wearing = (activation: Activation): PlainLayer[] => [
      { kind: 'activation', activation },
      { ...dense, activation },
      plainLayer({ conv2d: { filters: 1, activation } }),
    ];
    for (const activation of activations.filter((name) => name !== 'none'))
      for (const layer of wearing(activation))
        assert.ok(
          heldTo(use(layer)).some(({ layers }) => layers.some((each) => activationOf(each) === activation)),
          `${activation} of ${layer.kind}`,
        );
    const sigmoid = subjects.find(({ name }) => name === "the activation 'sigmoid'")!;
    assert.ok(!sigmoid.covers(use({ ...dense, activation: 'elu' })), 'what a network does not use is not asked');
  });

  it('has a family for every loss of the schema, for every task, and for what a student learns by', () => {
    const kinds = train.$defs.Loss.properties.kind.enum as Loss['kind'][];
    assert.ok(kinds.length >= 6);
    const held = (task: Task, loss: PlainLoss): void => {
      const found = heldTo({ layers: [dense], task, loss });
      assert.ok(
        found.some((each) => each.loss.kind === loss.kind),
        loss.kind,
      );
      assert.ok(
        found.some((each) => each.task === task),
        `${loss.kind}, ${task}`,
      );
    };
    for (const kind of kinds)
      for (const task of ['cross-entropy', 'focal'].includes(kind)
        ? (['binary', 'multiclass'] as const)
        : (['regression'] as const))
        held(task, plainLoss(kind, task));
    for (const task of ['binary', 'multiclass'] as const) held(task, taughtLoss({ temperature: 2 } as Teacher, task)!);
  });

  it('is remembered by family, for a version of engine and runtime, and for an adapter', async () => {
    const file = join(folder(), 'self-test.json');
    await writeFile(file, 'torn');
    let asked = 0;
    addSpoilt('counted', (results) => {
      asked++;
      return results;
    });
    const test = (driver: string) =>
      testGradients('counted', {
        file,
        use: use(dense),
        tested: new Set(),
        adapter: () => Promise.resolve(`L4 ${driver}`),
      });
    await test('1.0');
    const { passed } = JSON.parse(await readFile(file, 'utf8')) as { passed: string[] };
    assert.equal(passed.length, 2);
    assert.match(
      passed.join('\n'),
      /onnxruntime \d+\.\d+\.\d+ cpu .*: dense layers\n.*test\/self-test 1\.0\.0 counted on L4 1\.0 .*: dense layers/,
    );
    assert.ok(passed.every((key) => key.startsWith(`${ENGINE_VERSION} `)));
    assert.equal(asked, 1);
    await test('1.0');
    assert.equal(asked, 1);
    await test('1.1');
    assert.equal(asked, 2);
  });

  it('refuses a provider by name whose gradient is wrong in one array', async () => {
    addSpoilt('spoilt', spoilGradient);
    await assert.rejects(
      testGradients('spoilt', { use: use(dense), tested: new Set() }),
      code('gradients-unsound', /'spoilt'.*wrong gradients for dense layers \(off by \d/),
    );
    const { works, why } = await probeProvider('spoilt');
    assert.equal(works, false);
    assert.match(why ?? '', /gradients are off by/);
  });

  it('refuses an activation or a loss by name to trainings that use it only', async () => {
    addSpoilt('bent', spoilGradient, 'Elu');
    const elu = { ...dense, activation: 'elu' } as const;
    await testGradients('bent', { use: use(dense), tested: new Set() });
    await assert.rejects(
      testGradients('bent', { use: use(dense, elu), tested: new Set() }),
      code('gradients-unsound', /'bent'.*wrong gradients for the activation 'elu' /),
    );
    addSpoilt('webgpu', spoilGradient, 'Min');
    const train = (loss: Loss['kind']) => trainNetwork(numbers(loss), { kind: 'network', layers: [] });
    await assert.rejects(train('huber'), code('gradients-unsound', /'webgpu'.*wrong gradients for the loss 'huber' /));
    assert.equal((await train('mae')).training['loss'], 'mae');
  });

  it('names the family that a provider lacks, to networks that use it only', async () => {
    addLacking('poolless', 'MaxPool');
    await testGradients('poolless', { use: use(dense), tested: new Set() });
    await assert.rejects(
      testGradients('poolless', { use: use(dense, maxPool), tested: new Set() }),
      code('operator-unsupported', /can't train max pools with its provider 'poolless'/),
    );
    assert.deepEqual(await probeProvider('poolless'), { provider: 'poolless', works: true, lacks: ['max pools'] });
  });

  it('says that a device is no use where not even dense layers can be had', async () => {
    addLacking('webgpu', 'Gemm', 'MatMul');
    await assert.rejects(
      testGradients('webgpu', { use: use(dense), tested: new Set() }),
      code('device-unusable', /`device: webgpu` can't be used on this machine: /),
    );
  });
});
