import { type PlainLayer } from './types';

function window(size: readonly number[]): string {
  return new Set(size).size === 1 && size.length > 1 ? `${size[0]}×${size[0]}` : size.join('×');
}

/** A layer as the user would say it: `dense 64 relu`, `conv2d 32 3×3`. */
export function nameOf(layer: PlainLayer): string {
  const active = (words: string): string =>
    'activation' in layer && layer.activation !== 'none' ? `${words} ${layer.activation}` : words;
  switch (layer.kind) {
    case 'dense':
      return active(`dense ${layer.units}`);
    case 'convolution': {
      const strided = layer.stride.some((stride) => stride > 1) ? ` /${window(layer.stride)}` : '';
      const what = layer.groups === 'depthwise' ? 'depthwise-conv2d' : `conv${layer.axes}d ${layer.filters}`;
      return active(`${what} ${window(layer.size)}${strided}`);
    }
    case 'transposed-convolution':
      return active(`transposed-conv${layer.axes}d ${layer.filters} ${window(layer.size)}`);
    case 'pool':
      return `${layer.of}-pool ${typeof layer.size === 'number' ? layer.size : window(layer.size)}`;
    case 'global-pool':
      return `global-${layer.of}-pool`;
    case 'dropout':
      return `dropout ${layer.rate}`;
    case 'activation':
      return layer.activation;
    case 'reshape':
      return `reshape ${layer.shape.join('×')}`;
    case 'embedding':
      return `embedding ${layer.size}`;
    case 'positions':
      return `positions ${layer.how}`;
    case 'recurrent':
      return `${layer.bidirectional ? 'bidirectional ' : ''}${layer.cell} ${layer.units}`;
    case 'attention':
    case 'transformer':
      return `${layer.kind} ${layer.heads} heads`;
    case 'take':
      return `take ${layer.from}`;
    case 'merge':
      return `merge ${layer.with.join(', ')}`;
    case 'batch-normalization':
    case 'layer-normalization':
    case 'flatten':
    case 'residual':
    case 'branch':
      return layer.kind;
  }
}
