/** Recognises that a device ran out of memory, and finds the batch that fits. */
import { UserError } from '../../problem';

/** What runtimes say when an allocation fails: ONNX Runtime (CPU, CUDA, WebGPU), CUDA libraries, Vulkan, PyTorch, TensorFlow, JAX. */
const SAID: readonly RegExp[] = [
  /failed to allocate memory/i,
  /CUDA out of memory/i,
  /CUDA (failure|error) 2\b/i,
  /cudaErrorMemoryAllocation/i,
  /CU(BLAS|DNN)_STATUS_ALLOC_FAILED/i,
  /CUDA_ERROR_OUT_OF_MEMORY/i,
  /VK_ERROR_OUT_OF_(DEVICE|HOST)_MEMORY/i,
  /out of device memory/i,
  /ResourceExhaustedError|RESOURCE_EXHAUSTED/,
  /OutOfMemoryError/,
  /\bOOM when allocating/i,
  /DefaultCPUAllocator: (not enough memory|can't allocate memory)/i,
  /std::bad_alloc/,
  /BFCArena.*(available memory|smaller than requested)/i,
  /Array buffer allocation failed|Invalid typed array length/i,
];

/** Does a message tell of memory that could not be had? */
export function tellsOutOfMemory(text: string): boolean {
  return SAID.some((pattern) => pattern.test(text));
}

export function isOutOfMemory(thrown: unknown): thrown is Error {
  return thrown instanceof Error && tellsOutOfMemory(thrown.message);
}

/**
 * The largest of half, a quarter, … of a batch size with which one step goes through.
 *
 * @param tryStep one step at a batch size; rejects when it does not fit
 * @returns undefined when not even one row fits
 */
export async function fittingBatch(
  failed: number,
  tryStep: (batch: number) => Promise<void>,
): Promise<number | undefined> {
  for (let batch = Math.floor(failed / 2); batch >= 1; batch = Math.floor(batch / 2)) {
    try {
      await tryStep(batch);
      return batch;
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
    }
  }
  return undefined;
}

/** The error that a training ends with when its device is full. */
export function outOfMemory(options: {
  readonly device: string;
  readonly batch: number;
  /** Undefined when nothing fits. */
  readonly fits: number | undefined;
  readonly said: string;
}): UserError {
  const { device, batch, fits, said } = options;
  return new UserError({
    code: 'out-of-memory',
    message: `The memory of ${device} is too small for a batch of ${batch.toLocaleString('en')} rows.`,
    hint:
      fits === undefined
        ? 'Not even one row fits: make the network smaller, or train it on another device (`resources: {device: cpu}`).'
        : `A batch of ${fits.toLocaleString('en')} fits: set \`batch-size: ${fits}\`.`,
    path: ['training', 'batch-size'],
    details: [said.split('\n')[0]!.slice(0, 300)],
  });
}
