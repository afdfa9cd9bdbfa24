import { type Activation } from '../../../schemas/generated/types';

/** Shape of one row's value, without the batch axis: [features], [steps, features] or [channels, height, width]. */
export type Shape = readonly number[];

export type Window = readonly number[];

interface Named {
  /** Given by the user; else the place gives the name. */
  readonly name?: string;
}

interface Weighted extends Named {
  readonly activation: Activation;
  readonly bias: boolean;
  /** L2 penalty on the weights. */
  readonly l2: number;
}

/** How a window is laid over an axis: `same` keeps the size (divided by the stride), `valid` stays inside. */
export type Padding = 'same' | 'valid';

export interface ConvolutionLayer extends Weighted {
  readonly kind: 'convolution' | 'transposed-convolution';
  /** Spatial axes: 1 over [steps, features], 2 over [channels, height, width]. */
  readonly axes: 1 | 2;
  readonly filters: number;
  readonly size: Window;
  readonly stride: Window;
  readonly dilation: Window;
  readonly padding: Padding;
  /** `depthwise`: each channel by itself, `filters` of them a channel. */
  readonly groups: number | 'depthwise';
}

/** A layer with its defaults filled in. */
export type PlainLayer =
  | ({ readonly kind: 'dense'; readonly units: number } & Weighted)
  | ConvolutionLayer
  | ({
      readonly kind: 'pool';
      readonly of: 'max' | 'average';
      readonly size: number | Window;
      readonly stride?: number | Window;
      readonly padding: Padding;
    } & Named)
  | ({ readonly kind: 'global-pool'; readonly of: 'max' | 'average' } & Named)
  | ({ readonly kind: 'dropout'; readonly rate: number } & Named)
  | ({ readonly kind: 'activation'; readonly activation: Activation } & Named)
  | ({ readonly kind: 'batch-normalization'; readonly momentum: number; readonly epsilon: number } & Named)
  | ({ readonly kind: 'layer-normalization'; readonly epsilon: number } & Named)
  | ({ readonly kind: 'flatten' } & Named)
  | ({ readonly kind: 'reshape'; readonly shape: Shape } & Named)
  | ({ readonly kind: 'embedding'; readonly tokens?: number; readonly size: number } & Named)
  | ({ readonly kind: 'positions'; readonly how: 'learned' | 'sinusoidal' } & Named)
  | ({
      readonly kind: 'recurrent';
      readonly cell: 'lstm' | 'gru';
      readonly units: number;
      readonly sequences: boolean;
      readonly bidirectional: boolean;
    } & Named)
  | ({ readonly kind: 'attention'; readonly heads: number; readonly causal: boolean } & Named)
  | ({ readonly kind: 'residual'; readonly layers: readonly PlainLayer[] } & Named)
  | ({ readonly kind: 'branch'; readonly paths: readonly (readonly PlainLayer[])[]; readonly join: Join } & Named)
  | ({ readonly kind: 'merge'; readonly with: readonly string[]; readonly join: Join } & Named)
  | ({ readonly kind: 'take'; readonly from: string } & Named)
  | ({
      readonly kind: 'transformer';
      readonly heads: number;
      /** Units of the inner network; four times the features unless given. */
      readonly units?: number;
      readonly dropout: number;
      readonly activation: Activation;
      readonly normalize: 'before' | 'after';
      readonly causal: boolean;
    } & Named);

export type Join = 'concat' | 'add' | 'multiply';

/** How a learnt array starts. */
export type Start =
  | { readonly kind: 'zeros' | 'ones' }
  /** Uniform within ±√(6 / (fanIn + fanOut)) (Glorot & Bengio, AISTATS 2010). */
  | { readonly kind: 'glorot'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  /** Zeros but for ones in [from, to): the forget gate of an LSTM starts open (Jozefowicz et al., ICML 2015). */
  | { readonly kind: 'ones-in'; readonly from: number; readonly to: number };

/** A learnt array of a network. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Start;
  /** L2 penalty: adds l2 · Σ w² to the loss. */
  readonly l2: number;
  /** Kept as it is. */
  readonly frozen?: true;
}

/** A running value of a batch normalisation: kept, but not by gradients. */
export interface Statistic {
  readonly name: string;
  readonly width: number;
  readonly start: number;
  readonly frozen?: true;
}

/** A dropout's mask: [N, ...shape]. */
export interface Mask {
  readonly shape: Shape;
  readonly rate: number;
}

/** A layer at its place in a network. */
export interface Placed {
  readonly layer: PlainLayer;
  /** Unique: the user's own, or by place: `layer2`, and `layer2/0` inside it. */
  readonly name: string;
  /** Index in the list that it stands in, as the user wrote it; undefined for what was added. */
  readonly entry: number | undefined;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: readonly Parameter[];
  readonly statistics: readonly Statistic[];
  /** The mask that it takes, if it drops anything. */
  readonly mask?: Mask;
  /** The lists inside it: a residual's or transformer's one, a branch's paths. */
  readonly inner: readonly (readonly Placed[])[];
  /** A residual whose input must be projected to fit is given weights for it. */
  readonly projected?: true;
  /** Not trained. */
  readonly frozen: boolean;
}

/** Why a layer can't stand where it stands. */
export interface Misfit {
  /** Place in `model`: `['layers', 2, 'branch', 'paths', 0, 1]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
  /** A layer that would make it fit, and on which side of the place. */
  readonly missing?: { readonly layer: string; readonly side: 'before' | 'after' };
}

/** Thrown inside of laying out, with the place; {@link Misfit} outside. */
export class MisfitError extends Error {
  constructor(readonly misfit: Misfit) {
    super(misfit.message);
    this.name = 'MisfitError';
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape in words: `28 × 28 × 8`. */
export function showShape(shape: Shape): string {
  return shape.join(' × ');
}
