/** Which device a training stage gets. */
import { type TrainStage } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import type { DeviceKind } from './detect';
import { listNvidia, type NvidiaGpu } from './nvidia';
import { type Slot } from './lease';

/** A device that was given to a stage, as the stage's process is told it. */
export interface AssignedDevice {
  readonly kind: DeviceKind;
  /** For people: `NVIDIA L4`. */
  readonly name: string;
  /** Number of the GPU, as `CUDA_VISIBLE_DEVICES` counts. */
  readonly index?: number;
  readonly uuid?: string;
}

/** What a stage wants: devices of which it needs one for itself, or none. */
export interface DeviceWish {
  readonly kind: DeviceKind;
  readonly slots: readonly (Slot & { readonly gpu?: NvidiaGpu })[];
  /** A setting that does nothing here. */
  readonly idle?: string;
}

/**
 * The device for a stage. `auto` takes CUDA for a network where the machine has it, else the CPU: WebGPU is only taken when asked for.
 *
 * @param cudaWorks whether ONNX Runtime computes on CUDA here; asked only when it matters
 * @throws UserError `device-missing`, `device-unsuited`
 */
export async function deviceFor(
  stage: TrainStage,
  cudaWorks: () => Promise<boolean>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<DeviceWish> {
  const wanted = stage.resources?.device ?? 'auto';
  const onCpu: DeviceWish = { kind: 'cpu', slots: [] };
  if (wanted === 'cpu') return onCpu;
  if (stage.command !== undefined) {
    if (wanted === 'auto') return onCpu;
    const gpus = await listNvidia(env);
    if (gpus.length === 0 && wanted !== 'webgpu') throw missing(wanted);
    return { kind: wanted, slots: gpus.map(slotOf) };
  }
  if (!learnsOnGpu(stage)) {
    const kind = typeof stage.model === 'object' ? stage.model.kind : stage.model;
    return wanted === 'auto' ? onCpu : { ...onCpu, idle: `a ${kind} model is trained on the CPU` };
  }
  if (stage.reinforcement !== undefined && wanted === 'tensorflow-gpu') throw unsuited();
  switch (wanted) {
    case 'auto': {
      const gpus = await listNvidia(env);
      if (gpus.length === 0 || !(await cudaWorks())) return onCpu;
      return { kind: 'cuda', slots: gpus.map(slotOf) };
    }
    case 'cuda': {
      const gpus = await listNvidia(env);
      if (gpus.length === 0) throw missing(wanted);
      return { kind: 'cuda', slots: gpus.map(slotOf) };
    }
    case 'webgpu':
    case 'tensorflow-gpu': {
      const gpus = await listNvidia(env);
      return { kind: wanted, slots: gpus.length > 0 ? gpus.map(slotOf) : [{ id: 'webgpu-0' }] };
    }
  }
}

function learnsOnGpu({ model, reinforcement }: TrainStage): boolean {
  if (reinforcement !== undefined) return true;
  return model === 'network' || (typeof model === 'object' && model.kind === 'network');
}

/** A GPU as the queue names it. */
export function slotOf(gpu: NvidiaGpu): Slot & { gpu: NvidiaGpu } {
  return { id: gpu.uuid === '' ? `gpu-${gpu.index}` : gpu.uuid, gpu };
}

function unsuited(): UserError {
  return new UserError({
    code: 'device-unsuited',
    message: '`device: tensorflow-gpu` can’t train a policy: TensorFlow.js is for networks that learn from data.',
    hint: 'Use `cpu`, which is fastest for small environments, `cuda`, `webgpu` or `auto`.',
    path: ['resources', 'device'],
  });
}

function missing(wanted: string): UserError {
  return new UserError({
    code: 'device-missing',
    message: `\`device: ${wanted}\` needs an NVIDIA GPU, and nvidia-smi finds none.`,
    hint: 'Install the NVIDIA driver, or use `device: auto`. `lifecycle devices` lists what is here.',
    path: ['resources', 'device'],
  });
}

/** The environment that makes only the given GPU visible to a program. */
export function deviceEnvironment(device: AssignedDevice | undefined): Record<string, string> {
  if (device?.index === undefined) return {};
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: String(device.index) };
}
