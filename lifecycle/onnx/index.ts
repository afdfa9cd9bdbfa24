/** ONNX as this engine uses it: write, read, shapes, differentiate, run. */
export * from './builder';
export * from './decode';
export {
  differentiable,
  gradient,
  type GradientOptions,
  isDifferentiable,
  type Pullback,
  type Vjp,
} from './differentiate';
export { poolsByTwo } from './gradients/windows';
export { encodeModel } from './encode';
export * from './error';
export { fromFloat16, LARGEST_FLOAT16, toFloat16 } from './float16';
export * from './model';
export { encodeFor, narrow } from './narrow';
export * from './run';
export { refuseExternalData } from './scan';
export { infer, type Inferred, type Known } from './shapes';
export * from './tensor';
