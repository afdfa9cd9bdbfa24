import { type Activation, type Layer } from '../../schemas/generated/types';

/** A layer with its defaults filled in. */
export type PlainLayer =
  | { readonly kind: 'dense'; readonly units: number; readonly activation: Activation; readonly l2: number }
  | { readonly kind: 'dropout'; readonly rate: number }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'batch-normalization'; readonly momentum: number; readonly epsilon: number }
  | { readonly kind: 'layer-normalization'; readonly epsilon: number };

/** What a layer makes of its input. */
export interface LayerSummary {
  /** As the user wrote it: `dense 64 relu`, `dropout 0.2`. */
  readonly name: string;
  /** Shape of its output. */
  readonly shape: readonly ['N', number];
  /** Learnt numbers in it. */
  readonly parameters: number;
}

/** How a learnt array starts. */
export type Start =
  | { readonly kind: 'zeros' | 'ones' }
  /** Uniform within ±√(6 / (fanIn + fanOut)) (Glorot & Bengio, AISTATS 2010). */
  | { readonly kind: 'glorot'; readonly fanIn: number; readonly fanOut: number };

/** A learnt array of a network. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Start;
  /** L2 penalty: adds l2 · Σ w² to the loss. */
  readonly l2: number;
}

/** The layer as one of a union, its defaults filled in. A map with several or no known entry is read by its first known one. */
export function plainLayer(layer: Layer): PlainLayer {
  if (typeof layer === 'string') return plainLayer({ [layer]: {} });
  if (layer.dense) {
    const { units, activation = 'none', l2 = 0 } = layer.dense;
    return { kind: 'dense', units, activation, l2 };
  }
  if (layer.dropout !== undefined) return { kind: 'dropout', rate: layer.dropout };
  const batch = layer['batch-normalization'];
  if (batch) return { kind: 'batch-normalization', momentum: batch.momentum ?? 0.9, epsilon: batch.epsilon ?? 1e-5 };
  const rows = layer['layer-normalization'];
  if (rows) return { kind: 'layer-normalization', epsilon: rows.epsilon ?? 1e-5 };
  return { kind: 'activation', activation: layer.activation ?? 'none' };
}

/** The learnt arrays of one layer over `width` inputs, in the order in which they are kept. */
export function parametersOf(layer: PlainLayer, width: number, prefix: string): Parameter[] {
  switch (layer.kind) {
    case 'dense': {
      const start: Start = { kind: 'glorot', fanIn: width, fanOut: layer.units };
      return [
        { name: `${prefix}/weights`, shape: [width, layer.units], start, l2: layer.l2 },
        { name: `${prefix}/bias`, shape: [layer.units], start: { kind: 'zeros' }, l2: 0 },
      ];
    }
    case 'batch-normalization':
    case 'layer-normalization':
      return [
        { name: `${prefix}/scale`, shape: [width], start: { kind: 'ones' }, l2: 0 },
        { name: `${prefix}/shift`, shape: [width], start: { kind: 'zeros' }, l2: 0 },
      ];
    case 'dropout':
    case 'activation':
      return [];
  }
}

export function widthAfter(layer: PlainLayer, width: number): number {
  return layer.kind === 'dense' ? layer.units : width;
}

/**
 * Shapes and parameter counts of a network's layers over `inputs` features; with `outputs` (scores a row: 1 for a binary task or a
 * regression, one a class else) the added output layer comes last.
 */
export function describeLayers(layers: readonly Layer[], inputs: number, outputs?: number): LayerSummary[] {
  const plain = layers.map(plainLayer);
  if (outputs !== undefined) plain.push({ kind: 'dense', units: outputs, activation: 'none', l2: 0 });
  let width = inputs;
  return plain.map((layer, i) => {
    const parameters = parametersOf(layer, width, '').reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    width = widthAfter(layer, width);
    const name = outputs !== undefined && i === plain.length - 1 ? `output ${outputs}` : nameOf(layer);
    return { name, shape: ['N', width], parameters };
  });
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function nameOf(layer: PlainLayer): string {
  switch (layer.kind) {
    case 'dense':
      return `dense ${layer.units}${layer.activation === 'none' ? '' : ` ${layer.activation}`}`;
    case 'dropout':
      return `dropout ${layer.rate}`;
    case 'activation':
      return layer.activation;
    case 'batch-normalization':
    case 'layer-normalization':
      return layer.kind;
  }
}
