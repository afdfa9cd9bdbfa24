import { float, type GraphBuilder, type OnnxModel, type Value } from '../onnx';

/** Per feature, from the training split. A deviation of 0 marks a constant feature. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** 1 / deviation, 0 for a constant feature. */
export function inverseDeviation(deviation: number): number {
  return deviation > 0 ? 1 / deviation : 0;
}

export function inverseDeviations({ deviation }: Standardization): Float64Array {
  return deviation.map(inverseDeviation);
}

/** How the numbers that a network takes are made of features: standardised, then cut off; one entry a feature. */
export interface FeatureInputs {
  readonly standardization: Standardization;
  /** What a missing value is taken as, in the feature's own unit. */
  readonly missing: Float64Array;
  /** Standardised values are cut off at ± this. */
  readonly limits: Float32Array;
}

/** What a missing value is before it is multiplied: its distance from the mean in the float32 of the served graph. */
export function absentOffset(missing: number, mean: number): number {
  return Math.fround(Math.fround(missing) - Math.fround(mean));
}

const MEAN = 'feature_mean';
const INVERSE = 'feature_inverse_deviation';

/**
 * (x − mean) / deviation over `features` [N, F], a missing value (NaN) taken as `missing` (the mean unless given); cut off at ±`limit` when given (one
 * for all, or one a feature).
 */
export function standardizeFragment(
  graph: GraphBuilder,
  features: Value,
  standardization: Standardization,
  limit?: number | Float32Array,
  missing?: Float64Array,
): Value {
  const width = standardization.mean.length;
  const mean = graph.constant(float(Float32Array.from(standardization.mean), [1, width]), MEAN);
  const inverse = graph.constant(float(Float32Array.from(inverseDeviations(standardization)), [1, width]), INVERSE);
  const offsets = missing && Float32Array.from(missing, (value, j) => absentOffset(value, standardization.mean[j]!));
  const absent = offsets?.some((offset) => offset !== 0)
    ? graph.constant(float(offsets, [1, width]), 'feature_missing')
    : graph.constant(float([0], [1, 1]), 'zero');
  const centred = graph.op('Sub', [features, mean], {}, { hint: 'centred' });
  const present = graph.op('Where', [graph.op('IsNaN', [centred]), absent, centred], {}, { hint: 'present' });
  const standardized = graph.op('Mul', [present, inverse], {}, { hint: 'standardized' });
  if (limit === undefined) return standardized;
  if (typeof limit !== 'number') {
    const [low, high] = [limit.map((bound) => -bound), limit].map((row) =>
      graph.constant(float(row, [1, width]), 'limit'),
    );
    return graph.op('Min', [graph.op('Max', [standardized, low]), high], {}, { hint: 'standardized' });
  }
  const [low, high] = [-limit, limit].map((bound) => graph.constant(float([bound], []), 'limit'));
  return graph.op('Clip', [standardized, low, high], {}, { hint: 'standardized' });
}

/**
 * The inputs of a served network of `width` features as {@link standardizeFragment} wrote them, to the last bit. A feature that was constant has the
 * deviation 0. Undefined where a graph has none, or was rewritten since.
 */
export function readInputs({ graph }: OnnxModel, width: number): FeatureInputs | undefined {
  const arrays = new Map(graph.initializers.map(({ name, tensor }) => [name, tensor.data]));
  /** One number a feature, whether the graph holds one for each or one for all. */
  const row = (name: string | undefined): Float32Array | undefined => {
    const data = name === undefined ? undefined : arrays.get(name);
    if (!(data instanceof Float32Array)) return undefined;
    return data.length === width ? data : data.length === 1 ? new Float32Array(width).fill(data[0]!) : undefined;
  };
  const taking = (value: string | undefined, opType: string) =>
    graph.nodes.find((node) => node.opType === opType && value !== undefined && node.inputs.includes(value));
  const [mean, inverse] = [row(MEAN), row(INVERSE)];
  const centred = taking(MEAN, 'Sub')?.outputs[0];
  const absent = row(taking(centred, 'Where')?.inputs[1]);
  const standardized = taking(INVERSE, 'Mul')?.outputs[0];
  const limits =
    row(taking(standardized, 'Clip')?.inputs[2]) ??
    row(taking(taking(standardized, 'Max')?.outputs[0], 'Min')?.inputs[1]);
  if (!mean || !inverse || !absent || !limits) return undefined;
  return {
    standardization: {
      mean: Float64Array.from(mean),
      deviation: Float64Array.from(inverse, inverseDeviation),
    },
    missing: Float64Array.from(absent, (offset, feature) => mean[feature]! + offset),
    limits,
  };
}
