/** The networks that are timed beside PyTorch, and a run of ours. */
import type { NetworkModel } from '../../schemas/generated/types';
import { layOut } from '../../lifecycle/model/layers';
import { planNetwork } from '../../lifecycle/model/network';
import { Random } from '../../lifecycle/statistics/random';
import { fit, startState, startWeights } from '../../lifecycle/train/network/fit';
import { memoryRows } from '../../lifecycle/train/network/rows';

export interface Subject {
  readonly name: 'mlp' | 'cnn' | 'lstm' | 'transformer';
  readonly what: string;
  readonly model: Omit<NetworkModel, 'kind'>;
  readonly features: number;
  readonly batch: number;
  readonly steps: number;
}

export const subjects: readonly Subject[] = [
  {
    name: 'mlp',
    what: '784-256-10',
    model: { layers: [{ dense: { units: 256, activation: 'relu' } }] },
    features: 784,
    batch: 128,
    steps: 100,
  },
  {
    name: 'cnn',
    what: '28×28, two convolutions 16 and 32 with pools, dense 64',
    model: {
      image: { height: 28, width: 28 },
      layers: [
        { conv2d: { filters: 16, activation: 'relu' } },
        'max-pool',
        { conv2d: { filters: 32, activation: 'relu' } },
        'max-pool',
        'flatten',
        { dense: { units: 64, activation: 'relu' } },
      ],
    },
    features: 784,
    batch: 64,
    steps: 20,
  },
  {
    name: 'lstm',
    what: '32 steps of 16, 64 units',
    model: { sequence: { steps: 32 }, layers: [{ lstm: { units: 64 } }] },
    features: 512,
    batch: 64,
    steps: 30,
  },
  {
    name: 'transformer',
    what: 'one block, 32 steps of 64, 4 heads, 256 inner units',
    model: {
      sequence: { steps: 32 },
      layers: [{ transformer: { heads: 4, units: 256 } }, 'global-average-pool'],
    },
    features: 2048,
    batch: 64,
    steps: 20,
  },
];

export interface Figures {
  readonly wall: number;
  readonly cpu: number;
}

/** Times steps of ours, after five that are not counted. */
export async function ours(
  { model, features, batch, steps }: Subject,
  threads: number,
  provider?: string,
): Promise<Figures> {
  const result = layOut(model, { features, tokens: [] }, 10);
  if ('misfit' in result) throw new Error(result.misfit.message);
  const plan = planNetwork(result.layout);
  const pupil = { plan, task: 'multiclass', loss: { kind: 'cross-entropy' }, frozen: new Map() } as const;
  const random = new Random(1);
  const rows = batch * 4;
  const targets = new Float32Array(rows * 10);
  for (let i = 0; i < rows; i++) targets[i * 10 + random.integer(10)] = 1;
  const inputs = Float32Array.from({ length: rows * features }, () => random.normal());
  const source = memoryRows({ rows, inputs, targets, weights: new Float32Array(rows).fill(1) });
  const optimizer = { kind: 'adam' } as const;
  let done = 0;
  let from: { wall: number; cpu: NodeJS.CpuUsage } | undefined;
  let figures: Figures | undefined;
  await fit(
    pupil,
    source,
    startState(pupil, optimizer, startWeights(plan, random)),
    {
      optimizer,
      epochs: Math.ceil((steps + 5) / 4) + 1,
      batchSize: batch,
      schedule: { kind: 'constant' },
      threads,
      ...(provider !== undefined && { provider }),
    },
    random,
    {
      onStep: () => {
        done++;
        if (done === 5) from = { wall: performance.now(), cpu: process.cpuUsage() };
        if (done !== 5 + steps || !from) return;
        const { user, system } = process.cpuUsage(from.cpu);
        figures = { wall: (performance.now() - from.wall) / 1000, cpu: (user + system) / 1e6 };
      },
      onEpoch: () => Promise.resolve({}),
    },
  );
  if (!figures) throw new Error('too few steps');
  return figures;
}
