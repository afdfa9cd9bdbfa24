import type { Stage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import type { Room } from '../store/room';

export type StageKind = Stage['kind'];

/** How to get the room of each kind of stage. A room is loaded when its first stage is looked at, so an unused one costs nothing. */
export type Rooms = { readonly [K in StageKind]?: () => Promise<Room<Extract<Stage, { kind: K }>>> };

/** The rooms of ML Lifecycle: the one place that knows them all. */
export const rooms: Rooms = {};

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
