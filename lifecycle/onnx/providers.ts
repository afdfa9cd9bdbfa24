import type * as Ort from 'onnxruntime-node';

/** Names of the execution providers that the onnxruntime at hand was built with: `cpu`, `webgpu`, `cuda`, … Loads it; computes nothing. */
export async function builtInProviders(): Promise<readonly string[]> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const module = await import('onnxruntime-node');
  const ort = ('default' in module ? module.default : module) as typeof Ort;
  return ort.listSupportedBackends().map(({ name }) => name);
}
