import type { Stage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { type AssignedDevice, deviceFor, type DeviceWish } from '../train/devices/choose';
import { leaseOne } from '../train/devices/lease';

/** A device that a stage was given, until it is given back. */
export interface GivenDevice {
  readonly device: AssignedDevice;
  release(): Promise<void>;
}

/**
 * Gives a training its device. A GPU goes to one training at a time, whichever run or project it belongs to; the others queue.
 *
 * @param options.purpose shown to those who wait
 * @param options.gpu number of the GPU that it must be, where the user chose one
 * @param options.waiting told who has the device that is waited for
 * @returns undefined for a stage that needs none
 * @throws UserError `device-missing`
 */
export async function giveDevice(
  stage: Stage,
  options: {
    readonly purpose: string;
    readonly gpu?: number;
    readonly signal: AbortSignal;
    readonly cudaWorks: () => Promise<boolean>;
    readonly waiting: (message: string) => void;
  },
): Promise<GivenDevice | undefined> {
  if (stage.kind !== 'train') return undefined;
  const { kind, slots: all } = await deviceFor(stage, options.cudaWorks);
  if (kind === 'cpu') return undefined;
  const slots = options.gpu === undefined ? all : heldTo(options.gpu, all);
  if (slots.length === 0) return { device: { kind, name: kind }, release: () => Promise.resolve() };
  const { slot, lease } = await leaseOne(slots, options.purpose, {
    signal: options.signal,
    waiting: ({ gpu }, owner) =>
      options.waiting(
        `Waits for ${gpu ? `GPU ${gpu.index} (${gpu.name})` : 'the GPU'}, which ${owner.purpose} uses (process ${owner.pid} on ${owner.host}).`,
      ),
  });
  const { gpu } = slot;
  return {
    device: gpu ? { kind, name: gpu.name, index: gpu.index, uuid: gpu.uuid } : { kind, name: 'GPU through WebGPU' },
    release: () => lease.release(),
  };
}

/**
 * The slots of one GPU.
 * @throws UserError `device-missing`
 */
export function heldTo(index: number, slots: DeviceWish['slots']): DeviceWish['slots'] {
  const here = slots.flatMap(({ gpu }) => gpu ?? []);
  const found = slots.filter(({ gpu }) => gpu?.index === index);
  if (found.length > 0) return found;
  throw new UserError({
    code: 'device-missing',
    message: `There is no GPU ${index} here${here.length === 0 ? ': nvidia-smi finds none' : `, only ${here.map(({ index: other, name }) => `GPU ${other} (${name})`).join(', ')}`}.`,
    hint: 'Leave `--gpu` away, or take one that `lifecycle devices` lists.',
    path: ['resources', 'device'],
  });
}
