import { type Layer, type NetworkModel } from '../../../schemas/generated/types';
import { placeLayers } from './place';
import { plainLayer } from './plain';
import { presetLayers } from './presets';
import { type Misfit, MisfitError, type Parameter, type Placed, type PlainLayer, type Shape, sizeOf } from './types';
import { multiplications } from './windows';
import { nameOf } from './words';

/** A column of tokens among the features. */
export interface TokenInput {
  readonly name: string;
  readonly steps: number;
  /** Number of different tokens, padding and unknown ones included. */
  readonly tokens: number;
}

/** What a network is given of a dataset: plain features, and columns of tokens. */
export interface NetworkInputs {
  readonly features: number;
  readonly tokens: readonly TokenInput[];
  /** What the plain features are where the data says so: the pixels of images, channels side by side. */
  readonly image?: NonNullable<NetworkModel['image']>;
}

/** The name of all plain features as an input. */
export const FEATURES = 'features';

/** A network laid out: the layers with the output layer, each at its place. */
export interface Layout {
  readonly inputs: NetworkInputs;
  readonly outputs: number;
  /** What the first layer is given. */
  readonly start: { readonly input: string; readonly shape: Shape };
  /** The features are pixels, their channels last: what the first layer gets has them first. */
  readonly channelsLast: boolean;
  readonly placed: readonly Placed[];
}

export interface LayoutOptions {
  /** Names of layers that are not trained. */
  readonly freeze?: readonly string[];
}

type Design = Pick<NetworkModel, 'layers' | 'preset' | 'image' | 'sequence' | 'tokens'>;

/** A network says itself what its features are, or it follows from the data. */
function completed<M extends Design>(model: M, { image }: NetworkInputs): M {
  const said = model.image !== undefined || model.sequence !== undefined || model.tokens !== undefined;
  return said || image === undefined ? model : { ...model, image };
}

/** The layers of a network as the user would write them: its own, or its preset's. */
export function layersOf(design: Design, inputs: NetworkInputs): readonly Layer[] {
  const model = completed(design, inputs);
  return (
    model.layers ??
    presetLayers(model.preset ?? 'mlp', { inputs, start: startOf(model, inputs).shape, tokens: model.tokens })
  );
}

/** Lays out a network, or says what does not fit, with the layers before it. `outputs`: scores a row, 1 for a binary task or a regression, one a class else. */
export function layOut(
  model: Design,
  inputs: NetworkInputs,
  outputs: number,
  options: LayoutOptions = {},
): { readonly layout: Layout } | { readonly misfit: Misfit; readonly partial?: Layout } {
  let partial: Layout | undefined;
  try {
    return { layout: laidOut(model, inputs, outputs, options, (layout) => (partial = layout)) };
  } catch (error) {
    if (error instanceof MisfitError) return { misfit: error.misfit, ...(partial && { partial }) };
    throw error;
  }
}

function laidOut(
  design: Design,
  inputs: NetworkInputs,
  outputs: number,
  { freeze = [] }: LayoutOptions,
  begun: (layout: Layout) => void,
): Layout {
  const model = completed(design, inputs);
  const start = startOf(model, inputs);
  const named = new Map<string, Shape>([
    ...inputs.tokens.map(({ name, steps }): [string, Shape] => [name, [steps]]),
    ...(inputs.features > 0 ? [[FEATURES, start.input === FEATURES ? start.shape : [inputs.features]] as const] : []),
  ]);
  const site = {
    named,
    tokens: new Map([
      ...inputs.tokens.map(({ name, tokens }): [string, number] => [name, tokens]),
      ...(model.tokens === undefined ? [] : [[FEATURES, model.tokens] as const]),
    ]),
    frozen: new Set(freeze),
  };
  const hidden = layersOf(model, inputs).map(plainLayer);
  const channelsLast = start.input === FEATURES && (model.image?.channels ?? 1) > 1;
  const placed: Placed[] = [];
  begun({ inputs, outputs, start, channelsLast, placed });
  placeLayers(hidden, start.shape, site, { input: start.input, into: placed });
  const last = placed.at(-1)?.output ?? start.shape;
  if (last.length !== 1) {
    throw new MisfitError({
      path: ['layers', Math.max(0, hidden.length - 1)],
      message: `The last layer gives ${last.length === 2 ? 'a sequence' : 'an image'}, ${last.join(' × ')}, but the output layer takes a row of values.`,
      hint:
        last.length === 2
          ? 'End with `global-average-pool`, `flatten`, or a recurrent layer without `sequences`.'
          : 'End with `flatten` or `global-average-pool`.',
      missing: { layer: last.length === 2 ? 'global-average-pool' : 'flatten', side: 'after' },
    });
  }
  const unknown = freeze.find((name) => !named.has(name));
  if (unknown !== undefined)
    throw new MisfitError({ path: ['training', 'freeze'], message: `There is no layer '${unknown}' to freeze.` });
  const head: PlainLayer = {
    kind: 'dense',
    name: freeName('output', named),
    units: outputs,
    activation: 'none',
    bias: true,
    l2: 0,
  };
  const output = placeLayers([head], last, site).map((each) => ({ ...each, entry: undefined }));
  return { inputs, outputs, start, channelsLast, placed: [...placed, ...output] };
}

function freeName(wish: string, taken: ReadonlyMap<string, unknown>): string {
  return taken.has(wish) ? freeName(`${wish}-`, taken) : wish;
}

function startOf({ image, sequence }: Design, { features, tokens }: NetworkInputs): Layout['start'] {
  const [text] = tokens;
  if (image !== undefined) {
    const { height, width, channels = 1 } = image;
    if (height * width * channels !== features)
      throw new MisfitError({
        path: ['image'],
        message: `An image of ${height} × ${width}${channels > 1 ? ` × ${channels}` : ''} has ${height * width * channels} values, but there are ${features} features.`,
      });
    return { input: FEATURES, shape: [channels, height, width] };
  }
  if (sequence !== undefined) {
    if (features % sequence.steps !== 0 || features === 0)
      throw new MisfitError({
        path: ['sequence'],
        message: `${features} features can't be cut into ${sequence.steps} steps of the same size.`,
      });
    return { input: FEATURES, shape: [sequence.steps, features / sequence.steps] };
  }
  return features > 0 || text === undefined
    ? { input: FEATURES, shape: [features] }
    : { input: text.name, shape: [text.steps] };
}

/** Every placed layer, those inside of others too, in the order they run; an enclosing one comes after its inner ones. */
export function everyPlaced(placed: readonly Placed[]): Placed[] {
  return placed.flatMap((each) => [...each.inner.flatMap(everyPlaced), each]);
}

/** Everything learnt, in the order in which it is kept. */
export function parametersOf(placed: readonly Placed[]): Parameter[] {
  return everyPlaced(placed).flatMap(({ parameters }) => parameters);
}

/** What a layer makes of its input. */
export interface LayerSummary {
  /** As the user would say it: `dense 64 relu`, `dropout 0.2`. */
  readonly name: string;
  /** Index in `layers`; undefined for the output layer. */
  readonly entry: number | undefined;
  readonly input: readonly ['N', ...number[]];
  readonly shape: readonly ['N', ...number[]];
  /** Learnt numbers in it. */
  readonly parameters: number;
  /** Multiplications for one row, about. */
  readonly multiplications: number;
}

/** Shapes, parameter counts and work of a network's layers, the output layer last. */
export function describeLayout({ placed, outputs }: Layout): LayerSummary[] {
  return placed.map((each) => {
    const inside = everyPlaced([each]);
    const count = ({ parameters }: Placed): number => parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return {
      name: each.entry === undefined ? `output ${outputs}` : nameOf(each.layer),
      entry: each.entry,
      input: ['N', ...each.input],
      shape: ['N', ...each.output],
      parameters: inside.reduce((sum, one) => sum + count(one), 0),
      multiplications: inside.reduce(
        (sum, one) => sum + multiplications(one.layer, one.input, one.output, count(one)),
        0,
      ),
    };
  });
}
