import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** A server that was started for another folder than the one that is looked into: a copy of it, or moved from there. */
export interface Elsewhere {
  /** Folder of the project that it was started for. */
  readonly folder: string;
  /** `serves` there now; `ended` there; `moved`: that folder is no longer there; `machine`: it is one of another machine. */
  readonly state: 'serves' | 'ended' | 'moved' | 'machine';
  readonly machine?: string;
}

/** What is true of such a server, to go on after "…: ". */
export function sayElsewhere({ folder, state, machine }: Elsewhere): string {
  if (state === 'serves') return `its address belongs to the project in ${folder}, of which this is a copy`;
  if (state === 'ended') return `it was served from ${folder}, of which this is a copy`;
  if (state === 'moved') return `the project was in ${folder} then, and a server ends when its folder is moved`;
  return `it was served from ${folder} on ${machine ?? 'another machine'}`;
}

/**
 * @param home folder of the target that the server was started for, which is another one than is looked into
 * @param runs whether its process does; undefined when it is one of another machine
 */
export async function elsewhereOf(
  home: string,
  runs: boolean | undefined,
  machine: string | undefined,
): Promise<Elsewhere> {
  const store = dirname(dirname(home));
  const folder = basename(store) === '.lifecycle' ? dirname(store) : store;
  if (runs === undefined) return { folder, state: 'machine', ...(machine !== undefined && { machine }) };
  const there = await realpath(home).then(
    () => true,
    () => false,
  );
  return { folder, state: !there ? 'moved' : runs ? 'serves' : 'ended' };
}
