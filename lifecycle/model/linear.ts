import { float, type GraphBuilder, type Value } from '../onnx';
import { inverseDeviations, type Standardization, standardizeFragment } from './standardize';

/** Scores = standardised features · weightsᵀ + intercepts. */
export interface LinearModel {
  readonly standardization: Standardization;
  /** On standardised features, [outputs][features] row-major. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
}

/** The same model on the features as given: coefficients [outputs][features] and intercepts, as scikit-learn's `coef_` and `intercept_`. */
export function coefficientsOf(model: LinearModel): { coefficients: Float64Array[]; intercepts: Float64Array } {
  const inverse = inverseDeviations(model.standardization);
  const { mean } = model.standardization;
  const width = mean.length;
  const intercepts = Float64Array.from(model.intercepts);
  const coefficients = Array.from(intercepts, (_, k) => {
    const row = model.weights.slice(k * width, (k + 1) * width).map((weight, j) => weight * inverse[j]!);
    intercepts[k]! -= row.reduce((sum, weight, j) => sum + weight * mean[j]!, 0);
    return row;
  });
  return { coefficients, intercepts };
}

/** Share of each feature in the sum of absolute standardised weights. */
export function linearImportance(model: LinearModel): Float64Array {
  const width = model.standardization.mean.length;
  const sums = new Float64Array(width);
  model.weights.forEach((weight, i) => (sums[i % width]! += Math.abs(weight)));
  const total = sums.reduce((sum, value) => sum + value, 0);
  return total > 0 ? sums.map((value) => value / total) : sums;
}

/** Adds the model's scores [N, outputs] over `features` [N, F] to a graph. */
export function linearFragment(graph: GraphBuilder, features: Value, model: LinearModel): Value {
  const outputs = model.intercepts.length;
  const width = model.standardization.mean.length;
  const weights = graph.constant(float(Float32Array.from(model.weights), [outputs, width]), 'weights');
  const intercepts = graph.constant(float(Float32Array.from(model.intercepts)), 'intercepts');
  const inputs = standardizeFragment(graph, features, model.standardization);
  return graph.op('Gemm', [inputs, weights, intercepts], { transB: { int: 1 } }, { hint: 'scores' });
}
