/** Layers with their losses, gradients and curves as PyTorch computes them; test/golden/train has the script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkModel, Task } from '../../../schemas/generated/types';
import { layOut, type TokenInput } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { float, type TensorData } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import { startWeights } from '../../../lifecycle/train/network/fit';
import { names, type Pupil } from '../../../lifecycle/train/network/step';

export interface Case {
  readonly name: string;
  readonly task: Task;
  readonly model: Omit<NetworkModel, 'kind'>;
  readonly features: number;
  readonly tokens: TokenInput[];
  readonly rows: number;
  readonly inputs: number[];
  readonly targets: number[];
  /** What each dropout multiplies by: 0, or 1 / (1 − rate). */
  readonly masks?: number[][];
  readonly start: number[];
  readonly loss: number;
  readonly gradient: number[];
  readonly rate: number;
  readonly curve: number[];
}

export const cases = JSON.parse(readFileSync(join(__dirname, '../../golden/train/layers.json'), 'utf8')) as Case[];

function outputsOf({ task }: Case): number {
  return task === 'multiclass' ? 3 : 1;
}

export function pupilOf(golden: Case): Pupil {
  const { model, features, tokens, task } = golden;
  const result = layOut(model, { features, tokens }, outputsOf(golden));
  if ('misfit' in result) throw new Error(result.misfit.message);
  const plan = planNetwork(result.layout);
  return { plan, task, loss: { kind: task === 'multiclass' ? 'cross-entropy' : 'mse' }, frozen: new Map() };
}

/** All that an accumulating step takes, without the weights. */
export function feedsOf(golden: Case, { plan }: Pupil): Record<string, TensorData> {
  const { rows, inputs, targets, start, masks = [] } = golden;
  return {
    ...Object.fromEntries(masks.map((mask, i) => [names.mask(i), float(mask, [rows, ...plan.masks[i]!.shape])])),
    [names.inputs]: float(inputs, [rows, inputs.length / rows]),
    [names.targets]: float(targets, [rows, outputsOf(golden)]),
    [names.rowWeights]: float(new Float32Array(rows).fill(1 / rows), [rows, 1]),
    [names.gradient]: float(new Float32Array(start.length)),
    [names.weight]: float([0], []),
    [names.statistics]: float(startWeights(plan, new Random(1)).statistics),
  };
}

/** Length of the difference, relative to the length of what is wanted. */
export function apart(got: ArrayLike<number>, wanted: readonly number[]): number {
  let [difference, size] = [0, 0];
  wanted.forEach((value, i) => {
    difference += (got[i]! - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / Math.max(size, 1e-12));
}
