/** Before anything is started: does a step fit into memory? */
import { describeLayout } from '../../model/layers';
import { networkForward, type NetworkPlan } from '../../model/network';
import { elementCount, GraphBuilder } from '../../onnx';
import { UserError } from '../../problem';
import { memoryLimit } from '../../process/limits';
import { gigabytes } from '../gigabytes';
import { type FitSettings } from './fit';
import { stateNames } from './optimizer';
import { thetaSize } from './step';

export interface Need {
  /** Bytes of weights, gradient and the optimiser's vectors, as they are while a step runs. */
  readonly weights: number;
  /** Bytes of what the layers make of one row and of its gradients. */
  readonly row: number;
}

/** What a step needs, from the sizes of everything that its graph makes. */
export function memoryNeed(plan: NetworkPlan, optimizer: FitSettings['optimizer']): Need {
  const size = thetaSize(plan);
  // Theta in and out, the arrays cut out of it, their gradients apart and joined; each state in and out; what the update makes on its way.
  const weights = size * bytesOf(optimizer);
  const graph = new GraphBuilder('size');
  const x = graph.input('x', 'float', ['B', plan.inputs]);
  const shapes = new Map([
    ...plan.parameters.map(({ name, shape }): [string, readonly number[]] => [name, shape]),
    ...plan.statistics.map(({ name, width }): [string, readonly number[]] => [name, [width]]),
  ]);
  const value = (name: string) => graph.value(name) ?? graph.input(name, 'float', shapes.get(name)!);
  networkForward(graph, plan, x, {
    value,
    training: {
      mask: (i) => graph.input(`mask${i}`, 'float', ['B', ...plan.masks[i]!.shape]),
      update: () => undefined,
    },
  });
  let row = 4 * plan.inputs;
  for (const { outputs } of graph.trace)
    for (const { shape } of outputs)
      if (shape?.includes('B')) row += 4 * elementCount(shape.filter((dim): dim is number => typeof dim === 'number'));
  // Every value is kept for the way back, and its gradient is made there; half of these are alive at once.
  return { weights, row: Math.ceil(row * 1.5) };
}

/** Bytes that a learnt number takes while a step runs. */
function bytesOf(optimizer: FitSettings['optimizer']): number {
  return 4 * (5 + 2 * stateNames(optimizer).length + 3);
}

/** @throws UserError when a step can't fit, with the batch size that would, or how many parameters */
export function checkMemory(plan: NetworkPlan, settings: FitSettings, available = memoryLimit()): void {
  const { weights, row } = memoryNeed(plan, settings.optimizer);
  const limit = 0.9 * available;
  if (weights + row * settings.batchSize <= limit) return;
  const fitting = Math.floor((limit - weights) / row);
  const size = inWords(thetaSize(plan));
  if (fitting >= 1)
    throw new UserError({
      code: 'network-too-large',
      message: `A step needs about ${gigabytes(weights + row * settings.batchSize)} of memory (batch size ${settings.batchSize}, ${size} parameters); this machine has ${gigabytes(available)}.`,
      hint: `Set \`batch-size: ${fitting}\`${settings.batchSize > fitting ? ` and \`accumulate: ${Math.ceil(settings.batchSize / fitting)}\`` : ''}, or make the layers smaller.`,
      path: ['training', 'batch-size'],
    });
  // Two digits: the estimate has no more.
  const most = Number((limit / bytesOf(settings.optimizer)).toPrecision(2));
  const layers = describeLayout(plan.layout);
  const largest = layers.reduce((a, b) => (b.parameters > a.parameters ? b : a));
  throw new UserError({
    code: 'network-too-large',
    message: `The network has ${size} parameters: training it needs about ${gigabytes(weights)} of memory, and this machine has ${gigabytes(available)}.`,
    hint: `About ${inWords(most)} parameters would fit. The most are in \`${largest.name}\`: ${inWords(largest.parameters)}.`,
    path: largest.entry === undefined ? ['model'] : ['model', 'layers', largest.entry],
  });
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}
