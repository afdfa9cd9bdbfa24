import { type Activation, type Layer } from '../../../schemas/generated/types';
import { type PlainLayer, type Window } from './types';

type Settings = Extract<Layer, object>;
type Convolution = NonNullable<Settings['conv2d']>;

/** The layer as one of a union, its defaults filled in. A map with several or no known entry is read by its first known one. */
export function plainLayer(layer: Layer): PlainLayer {
  if (typeof layer === 'string') return plainLayer({ [layer]: {} });
  const plain = simple(layer) ?? windowed(layer) ?? ordered(layer) ?? composed(layer);
  return plain ?? { kind: 'activation', activation: layer.activation ?? 'none' };
}

function simple(layer: Settings): PlainLayer | undefined {
  if (layer.dense) return { kind: 'dense', units: layer.dense.units, ...weighted(layer.dense) };
  if (layer.dropout !== undefined) return { kind: 'dropout', rate: layer.dropout };
  const batch = layer['batch-normalization'];
  if (batch)
    return {
      kind: 'batch-normalization',
      momentum: batch.momentum ?? 0.9,
      epsilon: batch.epsilon ?? 1e-5,
      ...named(batch),
    };
  const rows = layer['layer-normalization'];
  if (rows) return { kind: 'layer-normalization', epsilon: rows.epsilon ?? 1e-5, ...named(rows) };
  if (layer.flatten) return { kind: 'flatten', ...named(layer.flatten) };
  if (layer.reshape) return { kind: 'reshape', shape: layer.reshape };
  return undefined;
}

function windowed(layer: Settings): PlainLayer | undefined {
  for (const axes of [1, 2] as const) {
    const plain = layer[`conv${axes}d`];
    if (plain) return convolution('convolution', axes, plain, plain.filters);
    const transposed = layer[`transposed-conv${axes}d`];
    if (transposed) return convolution('transposed-convolution', axes, transposed, transposed.filters);
  }
  const depthwise = layer['depthwise-conv2d'];
  if (depthwise) return { ...convolution('convolution', 2, depthwise, depthwise.multiplier ?? 1), groups: 'depthwise' };
  for (const of of ['max', 'average'] as const) {
    const pool = layer[`${of}-pool`];
    if (pool) {
      const { size = 2, stride, padding = 'valid' } = pool;
      return { kind: 'pool', of, size, ...(stride !== undefined && { stride }), padding, ...named(pool) };
    }
    const global = layer[`global-${of}-pool`];
    if (global) return { kind: 'global-pool', of, ...named(global) };
  }
  return undefined;
}

function ordered(layer: Settings): PlainLayer | undefined {
  if (layer.embedding) {
    const { tokens, size } = layer.embedding;
    return { kind: 'embedding', size, ...(tokens !== undefined && { tokens }), ...named(layer.embedding) };
  }
  if (layer.positions !== undefined) return { kind: 'positions', how: layer.positions };
  for (const cell of ['lstm', 'gru'] as const) {
    const settings = layer[cell];
    if (!settings) continue;
    const { units, sequences = false, bidirectional = false } = settings;
    return { kind: 'recurrent', cell, units, sequences, bidirectional, ...named(settings) };
  }
  if (layer.attention) {
    const { heads = 4, causal = false } = layer.attention;
    return { kind: 'attention', heads, causal, ...named(layer.attention) };
  }
  if (layer.transformer) {
    const {
      heads = 4,
      units,
      dropout = 0,
      activation = 'gelu',
      normalize = 'before',
      causal = false,
    } = layer.transformer;
    return {
      kind: 'transformer',
      heads,
      ...(units !== undefined && { units }),
      dropout,
      activation,
      normalize,
      causal,
      ...named(layer.transformer),
    };
  }
  return undefined;
}

function composed(layer: Settings): PlainLayer | undefined {
  if (layer.residual) {
    return { kind: 'residual', layers: layer.residual.layers.map(plainLayer), ...named(layer.residual) };
  }
  if (layer.branch) {
    const { paths, join = 'concat' } = layer.branch;
    return { kind: 'branch', paths: paths.map((path) => path.map(plainLayer)), join, ...named(layer.branch) };
  }
  if (layer.merge) {
    const { with: others, join = 'concat' } = layer.merge;
    return { kind: 'merge', with: others, join, ...named(layer.merge) };
  }
  return layer.take === undefined ? undefined : { kind: 'take', from: layer.take };
}

/**
 * The parts of a transformer's encoder block over [steps, features] (Vaswani et al., 2017): attention and a two-layer network, each with
 * its residual, normalised before (Xiong et al., ICML 2020) or after.
 */
export function transformerLayers(
  { heads, units, dropout, activation, normalize, causal }: Extract<PlainLayer, { kind: 'transformer' }>,
  features: number,
): PlainLayer[] {
  const drop: PlainLayer[] = dropout > 0 ? [{ kind: 'dropout', rate: dropout }] : [];
  const norm: PlainLayer = { kind: 'layer-normalization', epsilon: 1e-5 };
  const dense = (size: number, by: Activation): PlainLayer => ({
    kind: 'dense',
    units: size,
    ...weighted({ activation: by }),
  });
  const before = normalize === 'before' ? [norm] : [];
  const after = normalize === 'after' ? [norm] : [];
  return [
    { kind: 'residual', layers: [...before, { kind: 'attention', heads, causal }, ...drop] },
    ...after,
    {
      kind: 'residual',
      layers: [...before, dense(units ?? 4 * features, activation), ...drop, dense(features, 'none'), ...drop],
    },
    ...after,
  ];
}

function convolution(
  kind: 'convolution' | 'transposed-convolution',
  axes: 1 | 2,
  settings: Omit<Convolution, 'filters' | 'groups' | 'dilation'> & Partial<Pick<Convolution, 'groups' | 'dilation'>>,
  filters: number,
): Extract<PlainLayer, { kind: 'convolution' | 'transposed-convolution' }> {
  const { size = 3, stride = 1, dilation = 1, padding = 'same', groups = 1 } = settings;
  return {
    kind,
    axes,
    filters,
    size: along(size, axes),
    stride: along(stride, axes),
    dilation: along(dilation, axes),
    padding,
    groups,
    ...weighted(settings),
  };
}

/** One number for every axis, or one for each. */
export function along(value: number | Window, axes: number): Window {
  return typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
}

function weighted(settings: {
  readonly name?: string;
  readonly activation?: Activation;
  readonly bias?: boolean;
  readonly l2?: number;
}): { name?: string; activation: Activation; bias: boolean; l2: number } {
  const { activation = 'none', bias = true, l2 = 0 } = settings;
  return { activation, bias, l2, ...named(settings) };
}

function named({ name }: { readonly name?: string }): { name?: string } {
  return name === undefined ? {} : { name };
}
