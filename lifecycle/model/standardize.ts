import { float, type GraphBuilder, type Value } from '../onnx';

/** Per feature, from the training split. A deviation of 0 marks a constant feature. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** 1 / deviation, 0 for a constant feature. */
export function inverseDeviations({ deviation }: Standardization): Float64Array {
  return deviation.map((value) => (value > 0 ? 1 / value : 0));
}

/** (x − mean) / deviation with a missing value (NaN) as the mean, over `features` [N, F]; cut off at ±`limit` when given (one for all, or one a feature). */
export function standardizeFragment(
  graph: GraphBuilder,
  features: Value,
  standardization: Standardization,
  limit?: number | Float32Array,
): Value {
  const width = standardization.mean.length;
  const mean = graph.constant(float(Float32Array.from(standardization.mean), [1, width]), 'feature_mean');
  const inverse = graph.constant(
    float(Float32Array.from(inverseDeviations(standardization)), [1, width]),
    'feature_inverse_deviation',
  );
  const zero = graph.constant(float([0], [1, 1]), 'zero');
  const centred = graph.op('Sub', [features, mean], {}, { hint: 'centred' });
  const present = graph.op('Where', [graph.op('IsNaN', [centred]), zero, centred], {}, { hint: 'present' });
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
