import { type Task } from '../../schemas/generated/types';
import { float, type GraphBuilder, type OnnxModel, type Value } from '../onnx';

/** Scores that a model must give for a task: 1 for a binary task or a regression, one a class else. */
export function scoreCount(task: Task, classes: number): number {
  return task === 'multiclass' ? classes : 1;
}

/** Name of what a served model gives for a task. */
export function outputName(task: Task): 'probabilities' | 'prediction' {
  return task === 'regression' ? 'prediction' : 'probabilities';
}

/** Probabilities [N, C] that a model gives as such: kept within 0 and 1, which sums in float32 may pass by a hair. */
export function probabilityFragment(graph: GraphBuilder, scores: Value): Value {
  const bounds = [graph.constant(float([0], []), 'zero'), graph.constant(float([1], []), 'one')];
  return graph.op('Clip', [scores, ...bounds], {}, { hint: 'class_probabilities' });
}

const TARGET_MEAN = 'target_mean';
const TARGET_DEVIATION = 'target_deviation';

/** The mean and deviation by which {@link headFragment} turned the scores of a regression into its answers; undefined where a graph has none. */
export function readTarget({ graph }: OnnxModel): { readonly mean: number; readonly deviation: number } | undefined {
  const number = (name: string): number | undefined => {
    const data = graph.initializers.find((one) => one.name === name)?.tensor.data;
    return data instanceof Float32Array && data.length === 1 ? data[0] : undefined;
  };
  const [mean, deviation] = [number(TARGET_MEAN), number(TARGET_DEVIATION)];
  if (mean === undefined || deviation === undefined || !Number.isFinite(mean) || !(deviation > 0)) return undefined;
  return { mean, deviation };
}

/**
 * Turns scores into what a served model gives: [1 − σ(s), σ(s)] of a binary score [N, 1], softmax of class scores [N, C], or
 * mean + deviation · s of a standardised regression score [N, 1] (`target` left out: s itself).
 */
export function headFragment(
  graph: GraphBuilder,
  scores: Value,
  task: Task,
  target?: { readonly mean: number; readonly deviation: number },
): Value {
  switch (task) {
    case 'binary': {
      const positive = graph.op('Sigmoid', [scores], {}, { hint: 'positive' });
      const one = graph.constant(float([1], [1, 1]), 'one');
      const negative = graph.op('Sub', [one, positive], {}, { hint: 'negative' });
      return graph.op('Concat', [negative, positive], { axis: { int: 1 } }, { hint: 'class_probabilities' });
    }
    case 'multiclass':
      return graph.op('Softmax', [scores], { axis: { int: 1 } }, { hint: 'class_probabilities' });
    case 'regression': {
      if (target === undefined) return scores;
      const scaled = graph.op('Mul', [scores, graph.constant(float([target.deviation], [1, 1]), TARGET_DEVIATION)]);
      return graph.op('Add', [scaled, graph.constant(float([target.mean], [1, 1]), TARGET_MEAN)]);
    }
  }
}
