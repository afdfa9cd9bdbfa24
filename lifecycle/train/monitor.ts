import { computeMetrics } from '../statistics/metrics';
import { type Lesson } from './trainer';

/**
 * A few cheap metrics of validation scores while training: AUC and accuracy, accuracy, or RMSE in the target's own unit.
 * @param scores [outputs][rows] raw scores: log odds, class scores, or the predicted value
 */
export function monitorMetrics(
  { task, classes, restore }: Pick<Lesson, 'task' | 'classes' | 'restore'>,
  labels: Float64Array,
  scores: ArrayLike<number>,
): Record<string, number> {
  const rows = labels.length;
  switch (task) {
    case 'binary':
      return finite(computeMetrics(['auc', 'accuracy'], { task, actual: labels, scores, threshold: 0 }));
    case 'multiclass': {
      const predicted = new Int32Array(rows);
      for (let i = 0; i < rows; i++) {
        let best = 0;
        for (let k = 1; k < classes.length; k++) if (scores[k * rows + i]! > scores[best * rows + i]!) best = k;
        predicted[i] = best;
      }
      return finite(computeMetrics(['accuracy'], { task, actual: labels, classes: classes.length, predicted }));
    }
    case 'regression':
      return finite(
        computeMetrics(['rmse'], {
          task,
          actual: restore ? labels.map(restore) : labels,
          predicted: restore ? Float64Array.from(scores, restore) : scores,
        }),
      );
  }
}

/** Leaves out metrics that are not defined for these rows. */
export function finite(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
