/** Networks as ONNX fragments: the same layers for training (batch statistics, dropout masks) and for inference. */
import { float, type GraphBuilder, type Value } from '../onnx';
import { activate } from './forward/activations';
import { Build, type Flow, type Surroundings } from './forward/build';
import { convolution, flat, fromChannelsLast, globalPool, pool, project } from './forward/images';
import { normalizeBatch, normalizeRows } from './forward/normalization';
import { batchLast, type Convolution, convolvePooled, poolsAtOnce, turnedFlow } from './forward/pooled';
import { attention, embedding, positions, recurrent } from './forward/sequences';
import {
  everyPlaced,
  FEATURES,
  type Join,
  type Layout,
  type Mask,
  type Parameter,
  type Placed,
  type Shape,
  type Statistic,
} from './layers';
import { type FeatureInputs, standardizeFragment } from './standardize';

export { type Surroundings } from './forward/build';

/** A network laid out, and everything that is learnt, in the order in which it is kept. */
export interface NetworkPlan {
  readonly layout: Layout;
  /** Numbers a row that it takes: the plain features, then each column of tokens. */
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: readonly Parameter[];
  readonly statistics: readonly Statistic[];
  /** The dropout masks, in order. */
  readonly masks: readonly Mask[];
}

/** A trained network. */
export interface Network {
  readonly plan: NetworkPlan;
  readonly inputs: FeatureInputs;
  /** Values by parameter and statistic name. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

export function planNetwork(layout: Layout): NetworkPlan {
  const all = everyPlaced(layout.placed);
  const { features, tokens } = layout.inputs;
  return {
    layout,
    inputs: tokens.reduce((sum, { steps }) => sum + steps, features),
    outputs: layout.outputs,
    parameters: all.flatMap(({ parameters }) => parameters),
    statistics: all.flatMap(({ statistics }) => statistics),
    masks: all.flatMap(({ mask }) => mask ?? []),
  };
}

/**
 * Standardised inputs are cut off here, in training and when served: a single wild value, or a feature that hardly varied in training,
 * must not send a network far outside of what it has seen.
 */
export const INPUT_LIMIT = 10;

/** Adds the network's scores [N, outputs] over standardised inputs [N, F] to a graph. */
export function networkForward(graph: GraphBuilder, plan: NetworkPlan, inputs: Value, around: Surroundings): Value {
  const { layout } = plan;
  const build = new Build(graph, inputs.shape?.[0] ?? '?', around);
  const named = inputValues(build, layout, inputs);
  const start = named.get(layout.start.input)!;
  const referred = new Set(
    everyPlaced(layout.placed).flatMap(({ layer }) =>
      layer.kind === 'merge' ? layer.with : layer.kind === 'take' ? [layer.from] : [],
    ),
  );
  return new Forward(build, named, start, referred).list(layout.placed, start).value;
}

function withoutActivation(placed: Placed): Placed {
  const { layer } = placed;
  return layer.kind === 'convolution' ? { ...placed, layer: { ...layer, activation: 'none' } } : placed;
}

/** The plain features and the columns of tokens, by name. */
function inputValues(build: Build, { inputs, start, channelsLast }: Layout, x: Value): Map<string, Flow> {
  const parts = [
    ...(inputs.features > 0 ? [{ name: FEATURES, width: inputs.features }] : []),
    ...inputs.tokens.map(({ name, steps }) => ({ name, width: steps })),
  ];
  const values =
    parts.length === 1
      ? [x]
      : build.graph.ops('Split', [x, build.ints(parts.map(({ width }) => width))], parts.length, { axis: { int: 1 } });
  const shaped = (value: Value, shape: Shape): Value => {
    if (shape.length === 1) return value;
    return channelsLast ? fromChannelsLast(build, value, shape) : build.reshape(value, shape);
  };
  return new Map(
    parts.map(({ name }, i) => [name, { value: name === start.input ? shaped(values[i]!, start.shape) : values[i]! }]),
  );
}

class Forward {
  private masks = 0;

  constructor(
    private readonly build: Build,
    private readonly named: Map<string, Flow>,
    private readonly input: Flow,
    /** Layers that others refer to by name. */
    private readonly referred: ReadonlySet<string>,
  ) {}

  list(placed: readonly Placed[], start: Flow): Flow {
    return placed.reduce((flow, each, i) => {
      const ahead = this.pooled(each, placed[i + 1]);
      if (ahead === 'at once') return flow;
      const next =
        this.pool(placed[i - 1], each, flow) ??
        this.layer(ahead === 'relu last' ? withoutActivation(each) : each, flow);
      this.named.set(each.name, next);
      this.build.around.made?.(each.name, next.value);
      return next;
    }, start);
  }

  /** A pool, and what was left for it to do of the convolution before it. */
  private pool(before: Placed | undefined, each: Placed, flow: Flow): Flow | undefined {
    const { build } = this;
    switch (this.pooled(before, each)) {
      case 'at once': {
        const convolution = before as Convolution;
        const image = batchLast(build, flow, convolution.input);
        return turnedFlow(build, convolvePooled(build, image, convolution, each.output), each.output);
      }
      case 'relu last':
        return { value: activate(build, this.layer(each, flow).value, 'relu') };
      default:
        return undefined;
    }
  }

  /**
   * May a convolution's ReLU wait until its values are pooled? The largest is the same either way, and there are fewer of them. While training only,
   * and not where somebody looks at what the convolution makes. On a processor the two layers may even be made as one.
   */
  private pooled(each: Placed | undefined, next: Placed | undefined): 'at once' | 'relu last' | undefined {
    const { training, made } = this.build.around;
    if (training === undefined || made !== undefined || each?.layer.kind !== 'convolution') return undefined;
    if (next?.layer.kind !== 'pool' || next.layer.of !== 'max' || this.referred.has(each.name)) return undefined;
    const { activation } = each.layer;
    if (activation !== 'relu' && activation !== 'none') return undefined;
    if (training.accelerated !== true && poolsAtOnce(each, next)) return 'at once';
    return activation === 'relu' ? 'relu last' : undefined;
  }

  private layer(placed: Placed, flow: Flow): Flow {
    const { build } = this;
    const { value: x } = flow;
    const { layer, name } = placed;
    /** The steps stay where they are, so what is known of them stays too. */
    const kept = (value: Value): Flow => ({ value, ...(flow.present && { present: flow.present }) });
    switch (layer.kind) {
      case 'dense':
        return kept(activate(build, this.dense(x, placed), layer.activation));
      case 'convolution':
      case 'transposed-convolution': {
        const value = activate(build, convolution(build, x, { ...placed, layer }), layer.activation);
        return placed.output[0] === placed.input[0] && placed.input.length === 2 ? kept(value) : { value };
      }
      case 'pool':
        return { value: pool(build, x, { ...placed, layer }) };
      case 'global-pool':
        return { value: globalPool(build, flow, { ...placed, layer }) };
      case 'dropout':
        return build.around.training && placed.mask
          ? kept(build.mul(x, build.around.training.mask(this.masks++)))
          : flow;
      case 'activation':
        return kept(activate(build, x, layer.activation));
      case 'batch-normalization':
        return kept(normalizeBatch(build, x, { ...placed, layer }));
      case 'layer-normalization':
        return kept(normalizeRows(build, x, { ...placed, layer }));
      case 'flatten':
        return { value: flat(build, x, placed.input) };
      case 'reshape':
        return { value: build.reshape(x, layer.shape) };
      case 'embedding':
        return embedding(build, x, { ...placed, layer });
      case 'positions':
        return kept(positions(build, x, { ...placed, layer }));
      case 'recurrent':
        return recurrent(build, flow, { ...placed, layer });
      case 'attention':
        return kept(attention(build, flow, { ...placed, layer }));
      case 'transformer':
        return this.list(placed.inner[0]!, flow);
      case 'residual': {
        const inside = this.list(placed.inner[0]!, flow);
        return kept(build.add(inside.value, placed.projected ? project(build, x, placed) : x));
      }
      case 'branch':
        return this.joined(
          placed.inner.map((path) => this.list(path, flow)),
          layer.join,
          placed,
        );
      case 'merge':
        return this.joined([flow, ...layer.with.map((other) => this.named.get(other)!)], layer.join, placed);
      case 'take':
        return this.named.get(layer.from) ?? this.input;
      default: {
        const never: never = layer;
        throw new Error(`${name} is ${JSON.stringify(never)}`);
      }
    }
  }

  private dense(x: Value, { name, layer, input }: Placed): Value {
    const { graph, around } = this.build;
    const weights = around.value(`${name}/weights`);
    const bias = layer.kind === 'dense' && layer.bias ? around.value(`${name}/bias`) : undefined;
    if (input.length === 1) return graph.op('Gemm', [x, weights, bias], {}, { hint: name });
    const product = graph.op('MatMul', [x, weights], {}, { hint: name });
    return bias ? this.build.add(product, bias) : product;
  }

  private joined(flows: readonly Flow[], join: Join, { output }: Placed): Flow {
    const values = flows.map(({ value }) => value);
    const present = flows[0]?.present;
    const about = output.length === 2 && present ? { present } : {};
    if (join === 'concat') {
      const value = this.build.op('Concat', values, { axis: { int: output.length === 3 ? 1 : output.length } });
      return { value, ...about };
    }
    const add = join === 'add';
    return { value: values.reduce((a, b) => (add ? this.build.add(a, b) : this.build.mul(a, b))), ...about };
  }
}

/** Adds a trained network's scores [N, outputs] over `features` [N, F] to a graph, standardisation included. */
export function networkFragment(graph: GraphBuilder, features: Value, network: Network): Value {
  const { plan, values } = network;
  const { standardization, missing, limits } = network.inputs;
  const shapes = new Map([
    ...plan.parameters.map(({ name, shape }): [string, readonly number[]] => [name, shape]),
    ...plan.statistics.map(({ name, width }): [string, readonly number[]] => [name, [width]]),
  ]);
  // One limit for all is one operator.
  const limit = limits.every((each) => each === limits[0]) ? limits[0] : limits;
  const inputs = standardizeFragment(graph, features, standardization, limit, missing);
  return networkForward(graph, plan, inputs, {
    value: (name) => graph.constant(float(values.get(name)!, shapes.get(name)), name),
  });
}
