import { type Value } from '../../onnx';
import { type Placed, type PlainLayer } from '../layers';
import { type Build } from './build';

type Of<K extends PlainLayer['kind']> = Placed & { readonly layer: Extract<PlainLayer, { kind: K }> };

/**
 * Batch normalisation (Ioffe & Szegedy, 2015) of each feature or channel: by the batch's mean and (biased) variance in training, by
 * their running means when serving or frozen.
 */
export function normalizeBatch(build: Build, x: Value, placed: Of<'batch-normalization'>): Value {
  const { layer, name, input, frozen } = placed;
  const { momentum, epsilon } = layer;
  const get = (part: string): Value => build.around.value(`${name}/${part}`);
  const image = input.length === 3;
  /** [width] seen so that it broadcasts. */
  const wide = (value: Value): Value =>
    image ? build.graph.op('Reshape', [value, build.ints([1, input[0]!, 1, 1])]) : value;
  const training = frozen ? undefined : build.around.training;
  let mean = get('mean');
  let variance = get('variance');
  let centred: Value;
  if (training) {
    const axes = image ? [0, 2, 3] : input.length === 2 ? [0, 1] : [0];
    const over = { axes: { ints: axes }, keepdims: { int: 1 } };
    const batchMean = build.op('ReduceMean', [x], over);
    centred = build.op('Sub', [x, batchMean]);
    const batchVariance = build.op('ReduceMean', [build.mul(centred, centred)], over);
    const blend = (running: Value, batch: Value): Value => {
      const flat = build.op('Squeeze', [batch, build.ints(axes)]);
      return build.add(build.mul(running, build.number(momentum)), build.mul(flat, build.number(1 - momentum)));
    };
    training.update(`${name}/mean`, blend(mean, batchMean));
    training.update(`${name}/variance`, blend(variance, batchVariance));
    variance = batchVariance;
  } else {
    mean = wide(mean);
    variance = wide(variance);
    centred = build.op('Sub', [x, mean]);
  }
  const deviation = build.op('Sqrt', [build.add(variance, build.number(epsilon))]);
  // One factor for each channel first: a whole pass over the values less.
  const factor = build.op('Div', [wide(get('scale')), deviation]);
  return build.add(build.mul(centred, factor), wide(get('shift')));
}

export function normalizeRows(build: Build, x: Value, { layer, name, input }: Of<'layer-normalization'>): Value {
  const operands = ['scale', 'shift'].map((part) => build.around.value(`${name}/${part}`));
  return build.op('LayerNormalization', [x, ...operands], {
    axis: { int: input.length === 3 ? 1 : -1 },
    epsilon: { float: layer.epsilon },
  });
}
