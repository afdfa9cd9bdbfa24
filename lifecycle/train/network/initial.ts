/** Fine-tuning: the weights of a model that a train stage made, taken where names and shapes agree. */
import { type NetworkPlan } from '../../model/network';
import { sizeOf } from '../../model/layers';
import { decodeModel, OnnxError, type TensorData } from '../../onnx';
import { UserError } from '../../problem';
import { type Report } from '../trainer';
import { type Weights } from './fit';
import { kept, trained } from './step';

export interface Initial {
  readonly bytes: Uint8Array;
  /** What it is, for messages. */
  readonly from: string;
}

/** The arrays of a model by name. */
function arraysOf({ bytes, from }: Initial): Map<string, TensorData> {
  try {
    return new Map(
      decodeModel(bytes, { dropSequences: true }).graph.initializers.map(({ name, tensor }) => [name, tensor]),
    );
  } catch (error) {
    if (error instanceof OnnxError)
      throw new UserError({
        code: 'start-unusable',
        message: `The model to start from, ${from}, can't be read: ${error.message}`,
        path: ['training', 'start-from'],
      });
    throw error;
  }
}

/**
 * Takes over what fits into the start weights, and gives what is frozen.
 *
 * @throws UserError when nothing fits, or a frozen layer finds no weights
 */
export function takeOver(
  plan: NetworkPlan,
  start: Weights,
  initial: Initial | undefined,
  report: Report,
): { readonly weights: Weights; readonly frozen: Map<string, Float32Array> } {
  const arrays = initial ? arraysOf(initial) : new Map<string, TensorData>();
  const frozen = new Map<string, Float32Array>();
  let taken = 0;
  const left: string[] = [];
  const find = (name: string, shape: readonly number[]): Float32Array | undefined => {
    const found = arrays.get(name);
    const fits = found?.data instanceof Float32Array && found.dims.join() === shape.join();
    if (fits) taken++;
    else left.push(found ? `${name} [${shape.join(', ')}], there [${found.dims.join(', ')}]` : name);
    return fits ? found.data : undefined;
  };
  const copy = (whole: Float32Array, parts: readonly { name: string; shape: readonly number[] }[]): Float32Array => {
    const into = Float32Array.from(whole);
    let at = 0;
    for (const { name, shape } of parts) {
      const found = initial && find(name, shape);
      if (found) into.set(found, at);
      at += sizeOf(shape);
    }
    return into;
  };
  const wide = (statistics: readonly { name: string; width: number }[]) =>
    statistics.map(({ name, width }) => ({ name, shape: [width] }));
  const weights: Weights = {
    theta: copy(start.theta, trained(plan)),
    statistics: copy(start.statistics, wide(kept(plan))),
  };
  const still = [
    ...plan.parameters.filter(({ frozen: keep }) => keep),
    ...wide(plan.statistics.filter(({ frozen: keep }) => keep)),
  ];
  for (const { name, shape } of still) {
    const found = find(name, shape);
    if (!found)
      throw new UserError({
        code: 'frozen-without-weights',
        message: initial
          ? `The frozen layer's '${name}' of shape [${shape.join(', ')}] is not in ${initial.from}.`
          : `'${name}' is frozen, but nothing says what its weights are.`,
        hint: initial
          ? 'Freeze only layers that the other model has too, of the same sizes.'
          : 'Name a model to begin with: `start-from`.',
        path: ['training', 'freeze'],
      });
    frozen.set(name, found);
  }
  if (initial) {
    if (taken === 0)
      throw new UserError({
        code: 'start-unusable',
        message: `No layer of this network is in ${initial.from}: names and shapes must agree (${left.slice(0, 3).join('; ')}).`,
        hint: 'Give the layers the names and sizes that they have there.',
        path: ['training', 'start-from'],
      });
    report.log(
      'info',
      `Starts with ${taken} arrays of ${initial.from}${left.length > 0 ? `; ${left.length} begin anew: ${left.slice(0, 3).join('; ')}${left.length > 3 ? '; …' : ''}` : ''}.`,
    );
  }
  return { weights, frozen };
}
