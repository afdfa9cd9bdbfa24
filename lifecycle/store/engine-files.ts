/** Files of a TensorRT engine, beside model.onnx in the result of an `optimize` stage and in a bundle. */
export const ENGINE_FILES = {
  /** What `trtexec --saveEngine` wrote. */
  engine: 'tensorrt.engine',
  /** What it was built for: GPU, version, precision, rows, inputs and output. */
  about: 'tensorrt.json',
  /** From raw columns to the engine's inputs; only where these are not the columns themselves. */
  before: 'tensorrt-inputs.onnx',
} as const;
