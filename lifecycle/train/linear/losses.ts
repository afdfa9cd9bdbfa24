import { type RowLoss } from './newton';

/** −log p of a two-class label (0, 1) given its log odds. */
export function logisticLoss(labels: Float64Array): RowLoss {
  const rows = labels.length;
  const curvature = new Float64Array(rows);
  const value = (scores: Float64Array): number => {
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const z = scores[i]!;
      total += Math.log1p(Math.exp(-Math.abs(z))) + (z > 0 ? z : 0) - labels[i]! * z;
    }
    return total;
  };
  return {
    outputs: 1,
    value,
    residuals(scores, residuals) {
      for (let i = 0; i < rows; i++) {
        const z = scores[i]!;
        const small = Math.exp(-Math.abs(z));
        const p = (z < 0 ? small : 1) / (1 + small);
        residuals[i] = p - labels[i]!;
        curvature[i] = small / (1 + small) ** 2;
      }
      return value(scores);
    },
    curve(directions) {
      for (let i = 0; i < rows; i++) directions[i]! *= curvature[i]!;
    },
    meanCurvature: () => mean(curvature),
  };
}

/** −log softmax of the label's class. */
export function softmaxLoss(labels: Float64Array, classes: number): RowLoss {
  const rows = labels.length;
  const probabilities = new Float64Array(classes * rows);
  const row = (scores: Float64Array, i: number): number => {
    let top = scores[i]!;
    for (let k = 1; k < classes; k++) top = Math.max(top, scores[k * rows + i]!);
    let total = 0;
    for (let k = 0; k < classes; k++) total += Math.exp(scores[k * rows + i]! - top);
    return top + Math.log(total);
  };
  return {
    outputs: classes,
    value(scores) {
      let total = 0;
      for (let i = 0; i < rows; i++) total += row(scores, i) - scores[labels[i]! * rows + i]!;
      return total;
    },
    residuals(scores, residuals) {
      let total = 0;
      for (let i = 0; i < rows; i++) {
        const log = row(scores, i);
        const own = labels[i]!;
        total += log - scores[own * rows + i]!;
        for (let k = 0; k < classes; k++) {
          const p = Math.exp(scores[k * rows + i]! - log);
          probabilities[k * rows + i] = p;
          residuals[k * rows + i] = k === own ? p - 1 : p;
        }
      }
      return total;
    },
    curve(directions) {
      for (let i = 0; i < rows; i++) {
        let along = 0;
        for (let k = 0; k < classes; k++) along += probabilities[k * rows + i]! * directions[k * rows + i]!;
        for (let k = 0; k < classes; k++)
          directions[k * rows + i] = probabilities[k * rows + i]! * (directions[k * rows + i]! - along);
      }
    },
    meanCurvature: () => mean(probabilities.map((p) => p * (1 - p))),
  };
}

/** Half the squared error: with it one Newton step solves the ridge regression. */
export function squaredLoss(labels: Float64Array): RowLoss {
  const rows = labels.length;
  const value = (scores: Float64Array): number => {
    let total = 0;
    for (let i = 0; i < rows; i++) total += (scores[i]! - labels[i]!) ** 2;
    return total / 2;
  };
  return {
    outputs: 1,
    value,
    residuals(scores, residuals) {
      for (let i = 0; i < rows; i++) residuals[i] = scores[i]! - labels[i]!;
      return value(scores);
    },
    curve: () => undefined,
    meanCurvature: () => 1,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
