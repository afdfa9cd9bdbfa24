import assert from 'node:assert/strict';
import type { NetworkModel, Optimizer } from '../../../schemas/generated/types';
import { layOut, type NetworkInputs } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { trainingMemory } from '../../../lifecycle/model/training-memory';
import { memoryNeed } from '../../../lifecycle/train/network/memory';

type Design = Omit<NetworkModel, 'kind'>;

const features = (count: number): NetworkInputs => ({ features: count, tokens: [] });
const text: NetworkInputs = { features: 0, tokens: [{ name: 'note', steps: 64, tokens: 5_000 }] };
const grey = { height: 28, width: 28 };
const colour = { height: 32, width: 32, channels: 3 } as const;
const sequence = { steps: 48 };

const networks: Record<string, readonly [Design, NetworkInputs]> = {
  mlp: [{ preset: 'mlp' }, features(30)],
  'deep-mlp': [{ preset: 'deep-mlp' }, features(200)],
  'own rows': [
    {
      layers: [
        { dense: { units: 256, activation: 'gelu' } },
        { dropout: 0.2 },
        'batch-normalization',
        { dense: { units: 64, activation: 'silu' } },
      ],
    },
    features(100),
  ],
  cnn: [{ preset: 'cnn', image: colour }, features(3072)],
  resnet: [{ preset: 'resnet', image: colour }, features(3072)],
  'own images': [
    {
      image: grey,
      layers: [
        { conv2d: { filters: 32, activation: 'relu' } },
        'max-pool',
        { conv2d: { filters: 64, activation: 'relu' } },
        'max-pool',
        'flatten',
        { dense: { units: 128, activation: 'relu' } },
        { dropout: 0.5 },
      ],
    },
    features(784),
  ],
  'without pools': [
    { image: grey, layers: [{ conv2d: { filters: 32, activation: 'relu' } }, { conv2d: { filters: 8 } }, 'flatten'] },
    features(784),
  ],
  lstm: [{ preset: 'lstm', sequence }, features(288)],
  gru: [{ preset: 'gru', sequence }, features(288)],
  transformer: [{ preset: 'transformer', sequence }, features(288)],
  'text-average': [{ preset: 'text-average' }, text],
  'text-cnn': [{ preset: 'text-cnn' }, text],
  'text-lstm': [{ preset: 'text-lstm' }, text],
  'text-transformer': [{ preset: 'text-transformer' }, text],
};

describe('the memory of a training, told from its layers', () => {
  for (const [name, [design, inputs]] of Object.entries(networks)) {
    it(`of ${name} is about what the check before a training counts`, () => {
      const laid = layOut(design, inputs, 4);
      assert.ok('layout' in laid);
      for (const optimizer of [
        { kind: 'adam' },
        { kind: 'sgd' },
        { kind: 'sgd', momentum: 0.9 },
        { kind: 'rmsprop' },
      ] satisfies Optimizer[]) {
        const exact = memoryNeed(planNetwork(laid.layout), optimizer);
        const told = trainingMemory(laid.layout, optimizer);
        assert.equal(told.weights, exact.weights);
        assert.ok(Math.abs(told.row / exact.row - 1) < 0.2, `${told.row} against ${exact.row}`);
      }
    });
  }
  it('leaves out what is frozen', () => {
    const laid = layOut({ layers: [{ dense: { units: 50, name: 'stem' } }] }, features(30), 1, { freeze: ['stem'] });
    assert.ok('layout' in laid);
    assert.equal(trainingMemory(laid.layout, { kind: 'sgd' }).weights, 4 * 8 * 51);
  });
});
