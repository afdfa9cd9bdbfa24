/** Fine-tuning: the weights of a model that a train stage made, taken where names and shapes agree. */
import { readTarget } from '../../model/head';
import { type NetworkPlan } from '../../model/network';
import { everyPlaced, sizeOf } from '../../model/layers';
import { type FeatureInputs, readInputs } from '../../model/standardize';
import { servedTransform, type TransformKind } from '../../model/target-transform';
import { decodeModel, OnnxError, type OnnxModel, type TensorData } from '../../onnx';
import { UserError } from '../../problem';
import { type Report } from '../trainer';
import { type Weights } from './fit';
import { type Target } from './prepare';
import { kept, trained } from './step';

export interface Initial {
  readonly bytes: Uint8Array;
  /** What it is, for messages. */
  readonly from: string;
}

function decoded({ bytes, from }: Initial): OnnxModel {
  try {
    return decodeModel(bytes, { dropSequences: true });
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
 * Takes over what fits into the start weights, and gives what is frozen. When all of the first layer with weights fits, it is given the inputs that these
 * weights know: the features standardised as for the other model, so that a network that fits altogether begins with its very answers. When all of the
 * output layer fits, a regression's scores mean what they mean there: its target is standardised as there, too, as long as it is on about that scale.
 *
 * @param regression of the new data: mean and deviation of what is learnt; undefined for classes
 * @throws UserError when nothing fits, or a frozen layer finds no weights
 */
export function takeOver(
  plan: NetworkPlan,
  start: Weights,
  initial: Initial | undefined,
  report: Report,
  regression?: { readonly target: Target; readonly transform: TransformKind | undefined },
): {
  readonly weights: Weights;
  readonly frozen: Map<string, Float32Array>;
  readonly inputs?: FeatureInputs;
  readonly target?: Target;
} {
  const model = initial && decoded(initial);
  const arrays = new Map<string, TensorData>(model?.graph.initializers.map(({ name, tensor }) => [name, tensor]));
  const frozen = new Map<string, Float32Array>();
  const taken = new Set<string>();
  const left: string[] = [];
  const find = (name: string, shape: readonly number[]): Float32Array | undefined => {
    const found = arrays.get(name);
    const fits = found?.data instanceof Float32Array && found.dims.join() === shape.join();
    if (fits) taken.add(name);
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
    if (taken.size === 0)
      throw new UserError({
        code: 'start-unusable',
        message: `No layer of this network is in ${initial.from}: names and shapes must agree (${left.slice(0, 3).join('; ')}).`,
        hint: 'Give the layers the names and sizes that they have there.',
        path: ['training', 'start-from'],
      });
  }
  const first = everyPlaced(plan.layout.placed).find(({ parameters }) => parameters.length > 0)?.parameters ?? [];
  const inputs = model && first.every(({ name }) => taken.has(name)) ? readInputs(model, plan.inputs) : undefined;
  const last = plan.layout.placed.at(-1)?.parameters ?? [];
  const there =
    model && regression && last.length > 0 && last.every(({ name }) => taken.has(name))
      ? targetThere(model, regression.transform)
      : undefined;
  const target = there && regression && isNear(regression.target, there) ? there : undefined;
  if (initial)
    report.log(
      'info',
      [
        `Starts with ${taken.size} arrays of ${initial.from}${left.length > 0 ? `; ${left.length} begin anew: ${left.slice(0, 3).join('; ')}${left.length > 3 ? '; …' : ''}` : ''}.`,
        ...(target ? [`${inputs ? 'Features and target are' : 'The target is'} standardised as there.`] : []),
        ...(inputs && !target ? ['Features are standardised as they are there.'] : []),
        ...(there && !target
          ? [
              `The target is on another scale than there (mean ${short(regression?.target.mean)}, there ${short(there.mean)}; deviation ${short(regression?.target.deviation)}, there ${short(there.deviation)}), so its own counts.`,
            ]
          : []),
      ].join(' '),
    );
  return { weights, frozen, ...(inputs && { inputs }), ...(target && { target }) };
}

/** What the scores of the other model mean, where it learnt the target by the same transform. Powers are found anew, standardised by themselves. */
function targetThere(model: OnnxModel, transform: TransformKind | undefined): Target | undefined {
  const there = servedTransform(model);
  return there !== 'power' && there === (transform ?? 'none') ? readTarget(model) : undefined;
}

/** How many of the other model's deviations the new target may be away from its mean, or be spread. */
const FAR = 4;
/** Share of the other model's deviation that the new target has to be spread at least. */
const NARROW = 0.01;

/** Whether a target is on about the scale that another model learnt. On a far one its standardised values would be too large, or too alike, to be learnt. */
function isNear(own: Target, there: Target): boolean {
  const [shift, spread] = [Math.abs(own.mean - there.mean) / there.deviation, own.deviation / there.deviation];
  return shift <= FAR && spread <= FAR && spread >= NARROW;
}

const short = (value: number | undefined): string => String(Number((value ?? NaN).toPrecision(4)));
