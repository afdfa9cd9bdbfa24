/** What goes wrong with a device, told apart from what goes wrong with a training. */
import { OnnxError } from '../../onnx';
import { UserError } from '../../problem';

/** What runtimes say of a device that answers no more: WebGPU (Dawn), Vulkan, Direct3D 12, Metal, CUDA. Of CUDA the errors after which a process can't use it again. */
const LOST: readonly RegExp[] = [
  /device (was|is|has been)? ?(lost|removed|reset|hung)/i,
  /VK_ERROR_DEVICE_LOST/,
  /DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)/,
  /CUDA (failure|error) (46|4[5-9]|214|6\d\d|7[01]\d|999)\b/i,
  /cudaError(DevicesUnavailable|ECCUncorrectable|IllegalAddress|LaunchFailure|LaunchTimeout|Unknown)\b/,
  /fallen off the bus|GPU is lost/i,
];

/** Does a message tell that a device was lost? */
export function tellsDeviceLost(text: string): boolean {
  return LOST.some((pattern) => pattern.test(text));
}

/**
 * What an error in the midst of a training means; undefined where it is not the device's, as on the provider `cpu`.
 * @param what the training, for people: `this network`
 */
export function troubleOf(
  error: unknown,
  at: {
    readonly provider: string;
    readonly device: string | undefined;
    readonly what: string;
    readonly step: number;
    /** Has a step been taken? What computed once does not lack an operator. */
    readonly moved: boolean;
    readonly kept: number | undefined;
  },
): UserError | undefined {
  const { provider, device = provider, what, step, moved, kept } = at;
  if (provider === 'cpu' || !(error instanceof Error)) return undefined;
  if (tellsDeviceLost(error.message) || (error instanceof OnnxError && moved))
    return deviceLost({ device, step, kept, said: error.message });
  return error instanceof OnnxError ? operatorUnsupported(provider, what, error.message) : undefined;
}

/** The error that a training ends with when its device was lost midway. */
function deviceLost(options: {
  readonly device: string;
  readonly step: number;
  /** The step whose state lies on disk; undefined when none does. */
  readonly kept: number | undefined;
  readonly said: string;
}): UserError {
  const { device, step, kept, said } = options;
  const again =
    kept === undefined
      ? 'Run again: the training begins anew.'
      : `Run again: it goes on from step ${kept.toLocaleString('en')}.`;
  return new UserError({
    code: 'device-lost',
    message: `${device} was lost after step ${step.toLocaleString('en')} of the training.`,
    hint: `${again} If it happens again, look at the driver and at the heat and memory of the GPU, or train with \`resources: {device: cpu}\`.`,
    path: ['resources', 'device'],
    details: [firstLine(said)],
  });
}

/** The error of a provider that can't compute anything here. */
export function deviceUnusable(provider: string, said: string): UserError {
  return new UserError({
    code: 'device-unusable',
    message: `\`device: ${provider}\` can't be used on this machine: ${inWords(said)}.`,
    hint: `${remedyOf(provider)} \`lifecycle devices\` lists what can be used; \`resources: {device: cpu}\` needs nothing.`,
    path: ['resources', 'device'],
    details: [firstLine(said)],
  });
}

/** The error of a network, or a family of layers, with an operator that a provider lacks. */
export function operatorUnsupported(provider: string, what: string, said: string): UserError {
  return new UserError({
    code: 'operator-unsupported',
    message: `ONNX Runtime can't train ${what} with its provider '${provider}' here.`,
    hint: 'Train this network on another device (`resources: {device: cpu}`).',
    path: ['resources', 'device'],
    details: [firstLine(said)],
  });
}

/** What would make a provider work. */
export function remedyOf(provider: string, platform: NodeJS.Platform = process.platform): string {
  if (provider === 'cuda')
    return 'Install the CUDA parts of ONNX Runtime: CUDA 12 and cuDNN 9, then `npm rebuild onnxruntime-node` without ONNXRUNTIME_NODE_INSTALL=skip, which fetches them. `device: webgpu` needs neither.';
  if (provider !== 'webgpu') return 'Look at what its runtime needs.';
  return platform === 'linux'
    ? "Install the Vulkan loader (Debian and Ubuntu: `libvulkan1`) and a Vulkan driver for the GPU (its maker's, or `mesa-vulkan-drivers`)."
    : 'Update the graphics driver.';
}

/** What a runtime said, without places in its source, and its best-known riddles in words. */
export function inWords(said: string): string {
  if (/Failed to load shared library/i.test(said)) return 'a library of CUDA 12 or cuDNN 9 is missing';
  if (/WebGPU adapter|supported adapters|RequestAdapter|vkCreateInstance|libvulkan/i.test(said))
    return 'no graphics adapter answers';
  return firstLine(said)
    .replace(/^onnxruntime can't load the model: /, '')
    .replace(/^The model can't be run: /, '')
    .replace(/^\/\S+\.cc:\d+ .*?\) /, '')
    .replace(/\.$/, '');
}

/** The first line, without the place in a runtime's source and the condition that did not hold. */
function firstLine(text: string): string {
  return text
    .split('\n')[0]!
    .replace(/\/\S+\.(?:cc|cpp|h):\d+ .* was false\. /, '')
    .slice(0, 300);
}
