import type { Stage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import type { Room } from '../store/room';

export type StageKind = Stage['kind'];

/** How to get the room of each kind of stage. A room is loaded when its first stage is looked at, so an unused one costs nothing. */
export type Rooms = { readonly [K in StageKind]?: () => Promise<Room<Extract<Stage, { kind: K }>>> };

/** The rooms of ML Lifecycle: the one place that knows them all. */
export const rooms: Rooms = {
  data: async () => (await import('../data/room')).room,
  train: async () => (await import('../train/room')).room,
  evaluate: async () => (await import('../evaluate/room')).room,
  optimize: async () => (await import('../optimize/room')).room,
  package: async () => (await import('../package/room')).room,
  deploy: async () => (await import('../deploy/room')).room,
  monitor: async () => (await import('../monitor/room')).room,
};

/** The room of a stage. */
export async function roomOf(table: Rooms, kind: StageKind): Promise<Room> {
  const load = table[kind] as (() => Promise<Room>) | undefined;
  if (load === undefined) {
    throw new UserError({
      code: 'kind-not-supported',
      message: `Stages of kind '${kind}' can't be executed by this version.`,
    });
  }
  return load();
}
