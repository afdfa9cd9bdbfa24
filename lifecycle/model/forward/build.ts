import { type Dim, float, type GraphBuilder, int64, type TensorData, type Value } from '../../onnx';
import { type Shape } from '../layers';

/** What a forward pass takes from around it. */
export interface Surroundings {
  /** A parameter's or statistic's value by name. */
  readonly value: (name: string) => Value;
  /** Present while training. */
  readonly training?: {
    /** The next dropout mask [N, ...shape]: 0, or 1 / (1 − rate). */
    readonly mask: (index: number) => Value;
    /** Told the new running value [width] of a statistic. */
    readonly update: (name: string, value: Value) => void;
    /** On a device that has convolutions of its own, better than those made of products for a processor, and not every operator that a processor has. */
    readonly accelerated?: boolean;
  };
  /** Told what each layer made, as it is made. */
  readonly made?: (name: string, value: Value) => void;
}

/** What flows from layer to layer. */
export interface Flow {
  /** [N, ...shape] */
  readonly value: Value;
  /** The same as [...shape, N], where it was made so. */
  readonly turned?: Value;
  /** [N, steps], 1 where a step holds a token and 0 where it is padding; of sequences of tokens only. */
  readonly present?: Value;
}

/** Shorthand for adding nodes of a network to a graph. The batch axis comes first and is whatever the input's is. */
export class Build {
  private readonly numbers = new Map<number, Value>();

  constructor(
    readonly graph: GraphBuilder,
    readonly batch: Dim,
    readonly around: Surroundings,
  ) {}

  op(
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes: Parameters<GraphBuilder['op']>[2] = {},
  ): Value {
    return this.graph.op(opType, inputs, attributes);
  }

  add(a: Value, b: Value): Value {
    return this.op('Add', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.op('Mul', [a, b]);
  }

  /** A number that broadcasts. */
  number(value: number): Value {
    const known = this.numbers.get(value);
    if (known) return known;
    const made = this.graph.constant(float([value]), 'number');
    this.numbers.set(value, made);
    return made;
  }

  ints(values: readonly number[]): Value {
    return this.graph.constant(int64(values), 'ints');
  }

  constant(data: TensorData, hint: string): Value {
    return this.graph.constant(data, hint);
  }

  /** The same values in another shape, the batch axis kept. */
  reshape(x: Value, shape: Shape): Value {
    return this.graph.op('Reshape', [x, this.ints([-1, ...shape])], {}, { shape: [this.batch, ...shape] });
  }

  transpose(x: Value, order: readonly number[]): Value {
    return this.op('Transpose', [x], { perm: { ints: order } });
  }
}
