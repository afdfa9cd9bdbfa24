import type { Unit } from './stage';
import { nodeAt } from './tree';
import type { Range } from './types';

/** Layers that do not fit, as laying out a network tells them. */
interface Misfit {
  /** Within the model, or within `training`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

/** Where in a train stage layers do not fit, and what is said of it: the same in the editor and in the terminal. Offsets are the unit's. */
export function misfitSaid({ node, nameRange }: Unit, { path, message, hint }: Misfit): Range & { message: string } {
  const found = nodeAt(node, path[0] === 'training' ? path : ['model', ...path]) ?? nodeAt(node, ['model']);
  const { from, to } = found?.node ?? nameRange;
  return { from, to, message: hint === undefined ? message : `${message} ${hint}` };
}
