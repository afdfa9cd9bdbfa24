import { type Activation } from '../../../schemas/generated/types';
import { type Value } from '../../onnx';
import { type Build } from './build';

/** Activations as PyTorch has them, with its defaults. */
export function activate(build: Build, x: Value, activation: Activation): Value {
  const { graph } = build;
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return graph.op('Relu', [x]);
    case 'relu6': {
      const [low, high] = [0, 6].map((limit) =>
        graph.constant({ type: 'float', dims: [], data: Float32Array.of(limit) }),
      );
      return graph.op('Clip', [x, low, high]);
    }
    case 'leaky-relu':
      return graph.op('LeakyRelu', [x], { alpha: { float: 0.01 } });
    case 'elu':
      return graph.op('Elu', [x], { alpha: { float: 1 } });
    case 'selu':
      return graph.op('Selu', [x]);
    case 'celu':
      return graph.op('Celu', [x], { alpha: { float: 1 } });
    case 'sigmoid':
      return graph.op('Sigmoid', [x]);
    case 'hard-sigmoid':
      return graph.op('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    case 'hard-swish':
      return graph.op('HardSwish', [x]);
    case 'tanh':
      return graph.op('Tanh', [x]);
    case 'softplus':
      return graph.op('Softplus', [x]);
    case 'softsign':
      return graph.op('Softsign', [x]);
    case 'softmax':
      return graph.op('Softmax', [x], { axis: { int: x.shape?.length === 4 ? 1 : -1 } });
    case 'exponential':
      return graph.op('Exp', [x]);
    case 'silu':
      return build.mul(x, graph.op('Sigmoid', [x]));
    case 'mish':
      return build.mul(x, graph.op('Tanh', [graph.op('Softplus', [x])]));
    case 'gelu': {
      const error = graph.op('Erf', [build.mul(x, build.number(Math.SQRT1_2))]);
      return build.mul(build.mul(x, build.number(0.5)), build.add(error, build.number(1)));
    }
    case 'gelu-tanh': {
      const cube = build.mul(build.mul(x, x), x);
      const inner = build.mul(
        build.add(x, build.mul(cube, build.number(0.044715))),
        build.number(Math.sqrt(2 / Math.PI)),
      );
      return build.mul(build.mul(x, build.number(0.5)), build.add(graph.op('Tanh', [inner]), build.number(1)));
    }
  }
}
