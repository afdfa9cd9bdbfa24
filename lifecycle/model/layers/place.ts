/** Where layers stand: shapes from one to the next, what each learns, and why one can't stand where it is. Needs no runtime. */
import { transformerLayers } from './plain';
import { convolved, pooled, projectionOf } from './windows';
import {
  type Join,
  type Mask,
  MisfitError,
  type Parameter,
  type Placed,
  type PlainLayer,
  type Shape,
  showShape,
  sizeOf,
  type Start,
  type Statistic,
} from './types';

/** What is around a list of layers. */
export interface Site {
  /** Values that `merge` and `take` may name, with their shapes; grows with each named layer. */
  readonly named: Map<string, Shape>;
  /** Inputs whose values are token numbers below this. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Names of layers that are not trained, with all in them. */
  readonly frozen: ReadonlySet<string>;
}

/** The value that flows, and what is known of it beside its shape. */
interface Flow {
  readonly shape: Shape;
  /** It holds token numbers below this. */
  readonly tokens?: number;
}

interface Around {
  readonly site: Site;
  readonly path: readonly (string | number)[];
  readonly prefix: string;
  readonly frozen: boolean;
}

/**
 * Places layers one after the other.
 *
 * @throws MisfitError naming the place of the first layer that does not fit
 */
export function placeLayers(
  layers: readonly PlainLayer[],
  start: Shape,
  site: Site,
  options: {
    readonly input?: string;
    readonly path?: readonly (string | number)[];
    /** Gets each layer as it is placed: those before the one that does not fit, too. */
    readonly into?: Placed[];
  } = {},
): Placed[] {
  const tokens = options.input === undefined ? undefined : site.tokens.get(options.input);
  const flow: Flow = { shape: start, ...(tokens !== undefined && { tokens }) };
  const around = { site, path: options.path ?? ['layers'], prefix: 'layer', frozen: false };
  return placeList(layers, flow, around, options.into);
}

function placeList(layers: readonly PlainLayer[], start: Flow, around: Around, into: Placed[] = []): Placed[] {
  let flow = start;
  layers.forEach((layer, i) => {
    const name = layer.name ?? `${around.prefix}${i}`;
    const path = [...around.path, i];
    const frozen = around.frozen || around.site.frozen.has(name);
    const placed = new Place(layer, name, flow, { ...around, path, frozen }).place(i);
    flow = layer.kind === 'take' ? taken(layer.from, around.site) : { shape: placed.output };
    around.site.named.set(name, placed.output);
    into.push(placed);
  });
  return into;
}

function taken(from: string, { named, tokens }: Site): Flow {
  const count = tokens.get(from);
  return { shape: named.get(from) ?? [], ...(count !== undefined && { tokens: count }) };
}

type Part = Pick<Placed, 'output'> & Partial<Omit<Placed, 'output'>>;

class Place {
  constructor(
    private readonly layer: PlainLayer,
    private readonly name: string,
    private readonly flow: Flow,
    private readonly around: Around,
  ) {}

  place(entry: number): Placed {
    if (this.layer.name !== undefined && this.around.site.named.has(this.name))
      throw this.misfit(`There are two layers called '${this.name}'.`);
    const part = this.part();
    const { frozen } = this.around;
    return {
      layer: this.layer,
      name: this.name,
      entry,
      input: this.flow.shape,
      inner: [],
      ...part,
      parameters: (part.parameters ?? []).map((parameter) => (frozen ? { ...parameter, frozen: true } : parameter)),
      statistics: (part.statistics ?? []).map((statistic) => (frozen ? { ...statistic, frozen: true } : statistic)),
      frozen,
    };
  }

  private misfit(message: string, hint?: string, before?: string): MisfitError {
    return new MisfitError({
      path: this.around.path,
      message,
      ...(hint !== undefined && { hint }),
      ...(before !== undefined && { missing: { layer: before, side: 'before' } }),
    });
  }

  /** A learnt array of this layer. */
  private parameter(part: string, shape: readonly number[], start: Start, l2 = 0): Parameter {
    return { name: `${this.name}/${part}`, shape, start, l2 };
  }

  private inside(index: number | undefined): Around {
    const key = this.layer.kind === 'branch' ? ['branch', 'paths', index ?? 0] : [this.layer.kind, 'layers'];
    // The parts of a transformer are not in the text: its place is theirs.
    const path = this.layer.kind === 'transformer' ? this.around.path : [...this.around.path, ...key];
    const prefix = index === undefined ? `${this.name}/` : `${this.name}/${index}/`;
    return { ...this.around, path, prefix };
  }

  private part(): Part {
    const { layer } = this;
    const shape = this.flow.shape;
    switch (layer.kind) {
      case 'dense':
        return this.dense(layer);
      case 'convolution':
      case 'transposed-convolution':
        return this.convolution(layer);
      case 'pool': {
        const axes = this.axes('Pooling');
        return { output: pooled(layer, shape, axes, (message, hint) => this.misfit(message, hint)) };
      }
      case 'global-pool': {
        this.axes('Pooling');
        return { output: [shape.length === 3 ? shape[0]! : shape[1]!] };
      }
      case 'dropout': {
        const mask: Mask = { shape, rate: layer.rate };
        return { output: shape, ...(layer.rate > 0 && { mask }) };
      }
      case 'activation':
        return { output: shape };
      case 'batch-normalization': {
        const width = shape.length === 3 ? shape[0]! : shape.at(-1)!;
        const statistic = (part: string, start: number): Statistic => ({ name: `${this.name}/${part}`, width, start });
        return {
          output: shape,
          parameters: this.scaleAndShift([width]),
          statistics: [statistic('mean', 0), statistic('variance', 1)],
        };
      }
      case 'layer-normalization':
        return { output: shape, parameters: this.scaleAndShift(shape.length === 3 ? shape : [shape.at(-1)!]) };
      case 'flatten':
        return { output: [sizeOf(shape)] };
      case 'reshape': {
        if (sizeOf(layer.shape) !== sizeOf(shape))
          throw this.misfit(
            `${shape.length > 1 ? `${showShape(shape)} is` : 'Here are'} ${sizeOf(shape)} values, but ${showShape(layer.shape)} takes ${sizeOf(layer.shape)}.`,
          );
        return { output: layer.shape };
      }
      case 'embedding':
        return this.embedding(layer);
      case 'positions': {
        const [steps, features] = this.sequence('Positions belong to');
        const parameters =
          layer.how === 'learned'
            ? [this.parameter('positions', [steps, features], { kind: 'uniform', limit: 0.05 })]
            : [];
        return { output: shape, parameters };
      }
      case 'recurrent':
        return this.recurrent(layer);
      case 'attention':
        return this.attention(layer);
      case 'transformer': {
        const [, features] = this.sequence('A transformer works on');
        const inner = placeList(transformerLayers(layer, features), { shape }, this.inside(undefined));
        return { output: shape, inner: [inner] };
      }
      case 'residual': {
        const inner = placeList(layer.layers, this.flow, this.inside(undefined));
        const output = inner.at(-1)?.output ?? shape;
        if (showShape(output) === showShape(shape)) return { output, inner: [inner] };
        const start = projectionOf(shape, output);
        if (start === undefined)
          throw this.misfit(
            `The input ${showShape(shape)} can't be brought to what its layers make, ${showShape(output)}.`,
          );
        return {
          output,
          inner: [inner],
          projected: true,
          parameters: [{ name: `${this.name}/projection`, l2: 0, ...start }],
        };
      }
      case 'branch': {
        const inner = layer.paths.map((path, i) => placeList(path, this.flow, this.inside(i)));
        return {
          output: this.joined(
            inner.map((path) => path.at(-1)?.output ?? shape),
            layer.join,
          ),
          inner,
        };
      }
      case 'merge':
        return { output: this.joined([shape, ...layer.with.map((name) => this.earlier(name))], layer.join) };
      case 'take':
        return { output: this.earlier(layer.from) };
    }
  }

  private scaleAndShift(shape: Shape): Parameter[] {
    return [this.parameter('scale', shape, { kind: 'ones' }), this.parameter('shift', shape, { kind: 'zeros' })];
  }

  private earlier(name: string): Shape {
    const shape = this.around.site.named.get(name);
    if (shape !== undefined) return shape;
    const known = [...this.around.site.named.keys()].filter((each) => !/^layer\d/.test(each));
    throw this.misfit(
      `There is no layer '${name}' before this one.`,
      known.length > 0 ? `There are ${known.join(', ')}.` : 'Give an earlier layer a `name`.',
    );
  }

  private joined(shapes: readonly Shape[], join: Join): Shape {
    const [first = [], ...others] = shapes;
    const along = first.length === 3 ? 0 : first.length - 1;
    const fits = (shape: Shape): boolean =>
      shape.length === first.length &&
      shape.every((size, i) => size === first[i] || (join === 'concat' && i === along));
    const odd = others.find((shape) => !fits(shape));
    if (odd)
      throw this.misfit(
        `${showShape(first)} and ${showShape(odd)} can't be ${join === 'concat' ? 'put side by side' : join === 'add' ? 'added' : 'multiplied'}.`,
        join === 'concat' ? 'All but the channels (or features) must be the same.' : 'They must be of the same shape.',
      );
    return join === 'concat'
      ? first.with(
          along,
          shapes.reduce((sum, shape) => sum + shape[along]!, 0),
        )
      : first;
  }

  private sequence(what: string): readonly [number, number] {
    const { shape, tokens } = this.flow;
    const [steps, features] = shape;
    if (shape.length === 2) return [steps!, features!];
    throw this.misfit(
      `${what} a sequence [steps, features], but here is ${shape.length === 3 ? 'an image' : 'a row of values'}, ${showShape(shape)}.`,
      tokens === undefined
        ? shape.length === 1
          ? 'Put `- reshape: [steps, features]` before it, or say `sequence: {steps: …}` beside `layers`.'
          : 'Put `- reshape: [steps, features]` before it.'
        : 'Put an `embedding` before it.',
    );
  }

  /** 1 over a sequence, 2 over an image. */
  private axes(what: string, wanted?: 1 | 2): 1 | 2 {
    const { shape, tokens } = this.flow;
    const axes = shape.length - 1;
    if (axes === 0 || (wanted !== undefined && axes !== wanted)) {
      const over =
        wanted === 1
          ? 'a sequence [steps, features]'
          : wanted === 2
            ? 'an image [channels, height, width]'
            : 'an image or a sequence';
      const here = shape.length === 1 ? 'a row of values' : shape.length === 2 ? 'a sequence' : 'an image';
      throw this.misfit(
        `${what} is over ${over}, but here is ${here}, ${showShape(shape)}.`,
        tokens !== undefined
          ? 'Put an `embedding` before it.'
          : shape.length > 1
            ? undefined
            : wanted === 1
              ? 'Say `sequence: {steps: …}` beside `layers`, or put a `reshape` before it.'
              : 'Say `image: {height: …, width: …}` beside `layers`, or put a `reshape` before it.',
      );
    }
    return axes as 1 | 2;
  }

  private dense({ units, bias, l2 }: Extract<PlainLayer, { kind: 'dense' }>): Part {
    const { shape } = this.flow;
    if (shape.length === 3)
      throw this.misfit(
        `A dense layer takes a row of values, but here is an image, ${showShape(shape)}.`,
        'Put `flatten` or `global-average-pool` before it.',
        'flatten',
      );
    const width = shape.at(-1)!;
    const start: Start = { kind: 'glorot', fanIn: width, fanOut: units };
    return {
      output: [...shape.slice(0, -1), units],
      parameters: [
        this.parameter('weights', [width, units], start, l2),
        ...(bias ? [this.parameter('bias', [units], { kind: 'zeros' })] : []),
      ],
    };
  }

  private convolution(layer: Extract<PlainLayer, { kind: 'convolution' | 'transposed-convolution' }>): Part {
    const { axes, size, bias, l2, kind } = layer;
    this.axes('A convolution', axes);
    const { shape } = this.flow;
    const channels = axes === 2 ? shape[0]! : shape[1]!;
    const groups = layer.groups === 'depthwise' ? channels : layer.groups;
    const filters = layer.groups === 'depthwise' ? channels * layer.filters : layer.filters;
    if (channels % groups !== 0 || filters % groups !== 0)
      throw this.misfit(
        `${groups} groups must divide the ${channels} channels that come in and the ${filters} that go out.`,
      );
    const window = sizeOf(size);
    const start: Start = { kind: 'glorot', fanIn: (channels / groups) * window, fanOut: (filters / groups) * window };
    const weights =
      kind === 'convolution' ? [filters, channels / groups, ...size] : [channels, filters / groups, ...size];
    return {
      output: convolved(layer, shape, filters, (message, hint) => this.misfit(message, hint)),
      parameters: [
        this.parameter('weights', weights, start, l2),
        ...(bias ? [this.parameter('bias', [filters], { kind: 'zeros' })] : []),
      ],
    };
  }

  private embedding({ tokens, size }: Extract<PlainLayer, { kind: 'embedding' }>): Part {
    const { shape } = this.flow;
    if (shape.length !== 1)
      throw this.misfit(`An embedding takes a row of token numbers, but here is ${showShape(shape)}.`);
    const count = tokens ?? this.flow.tokens;
    if (count === undefined)
      throw this.misfit(
        'How many different tokens there are is not known.',
        'Say `tokens: …` there, or beside `layers`.',
      );
    return {
      output: [shape[0]!, size],
      parameters: [this.parameter('table', [count, size], { kind: 'uniform', limit: 0.05 })],
    };
  }

  private recurrent({ cell, units, sequences, bidirectional }: Extract<PlainLayer, { kind: 'recurrent' }>): Part {
    const [steps, features] = this.sequence(`${cell.toUpperCase()} reads`);
    const gates = cell === 'lstm' ? 4 : 3;
    const start: Start = { kind: 'uniform', limit: 1 / Math.sqrt(units) };
    const direction = (tag: string): Parameter[] => [
      this.parameter(`${tag}weights`, [1, gates * units, features], start),
      this.parameter(`${tag}recurrence`, [1, gates * units, units], start),
      // ONNX orders an LSTM's gates input, output, forget, cell; the second half is the recurrence's own bias.
      this.parameter(
        `${tag}bias`,
        [1, 2 * gates * units],
        cell === 'lstm' ? { kind: 'ones-in', from: 2 * units, to: 3 * units } : { kind: 'zeros' },
      ),
    ];
    const width = bidirectional ? 2 * units : units;
    return {
      output: sequences ? [steps, width] : [width],
      parameters: [...direction(''), ...(bidirectional ? direction('backward-') : [])],
    };
  }

  private attention({ heads }: Extract<PlainLayer, { kind: 'attention' }>): Part {
    const [, features] = this.sequence('Attention works on');
    if (features % heads !== 0)
      throw this.misfit(
        `${heads} heads do not divide ${features} features.`,
        `Use ${divisorsOf(features).join(', ')} heads, or another size before.`,
      );
    const glorot = (out: number): Start => ({ kind: 'glorot', fanIn: features, fanOut: out });
    return {
      output: this.flow.shape,
      parameters: [
        this.parameter('weights', [features, 3 * features], glorot(3 * features)),
        this.parameter('bias', [3 * features], { kind: 'zeros' }),
        this.parameter('out-weights', [features, features], glorot(features)),
        this.parameter('out-bias', [features], { kind: 'zeros' }),
      ],
    };
  }
}

function divisorsOf(n: number): number[] {
  return Array.from({ length: Math.min(n, 64) }, (_, i) => i + 1).filter((k) => n % k === 0);
}
