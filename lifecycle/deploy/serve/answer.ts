import type { ModelInfo } from '../../../schemas/generated/types';
import { labelsOf, type Predictions } from '../../onnx/rows';
import { HttpError } from '../../net/server';

/** What the model said of the rows of one request, ready to be written down. */
export interface Answered {
  readonly rows: number;
  readonly predictions: Predictions;
  /** Index of the predicted class by row; absent for regression. */
  readonly labels?: Int32Array;
}

/** @throws HttpError 500 when the model gives something that is not a finite number: JSON has no NaN, and nobody should act on one */
export function answered(info: ModelInfo, predictions: Predictions, rows: number): Answered {
  const values = predictions.probabilities ?? predictions.prediction ?? new Float32Array(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    // NaN and the infinities are the numbers that differ from themselves when taken away from themselves.
    if (value - value !== 0) {
      const row = Math.floor(i / (values.length / rows));
      throw new HttpError(500, 'model-gives-nonsense', `The model gives ${value} for row ${row}.`, { row });
    }
  }
  const { probabilities } = predictions;
  return probabilities ? { rows, predictions, labels: labelsOf(info, probabilities) } : { rows, predictions };
}

/** Whether what {@link rowsWriter} writes is ASCII: names and classes are, as numbers always are. */
export function writesAscii(info: ModelInfo, name: string): boolean {
  return [name, ...(info.classes ?? []).map(String)].every((text) => !/[^ -~]/.test(text));
}

/** Writes the body of an answer of `/predict`. Class names are turned into JSON once, not for each request. */
export function rowsWriter(info: ModelInfo, name: string, version: number): (answer: Answered) => string {
  const end = `],"model":${JSON.stringify(name)},"version":${version}}`;
  if (info.task === 'regression') {
    return ({ predictions: { prediction = new Float32Array(0) } }) => {
      let text = '{"predictions":[';
      for (let i = 0; i < prediction.length; i++) text += `${i > 0 ? ',' : ''}{"prediction":${prediction[i]}}`;
      return text + end;
    };
  }
  const labels = (info.classes ?? []).map((value) => JSON.stringify(value));
  const keys = (info.classes ?? []).map((value) => JSON.stringify(String(value)));
  const width = labels.length;
  return ({ rows, predictions: { probabilities = new Float32Array(0) }, labels: chosen }) => {
    let text = '{"predictions":[';
    for (let i = 0; i < rows; i++) {
      text += `${i > 0 ? ',' : ''}{"label":${labels[chosen?.[i] ?? 0]},"probabilities":{`;
      for (let c = 0; c < width; c++) text += `${c > 0 ? ',' : ''}${keys[c]}:${probabilities[i * width + c]}`;
      text += '}}';
    }
    return text + end;
  };
}
