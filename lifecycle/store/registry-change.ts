import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../problem';
import { removeTree } from '../process/files';
import { readBundle } from './bundle';
import { liveHistory, readLedger } from './ledger';
import { findVersion, type Origin, type RegisteredVersion, registryHome, withRegistry } from './registry';

/** What removing a version would do. */
export interface Removal {
  readonly version: RegisteredVersion;
  readonly bytes: number;
  /** Aliases that would point at nothing, and go too. */
  readonly aliases: readonly string[];
  /** Targets where it is live: it can't be removed. */
  readonly live: readonly string[];
  /** Targets that could no longer be rolled back to it. */
  readonly former: readonly string[];
}

const TAG = /^[A-Za-z][A-Za-z0-9_./-]{0,99}$/;

/** Writes a note to a version; the one before stays in the log. The version itself does not change. */
export async function noteVersion(
  store: string,
  name: string,
  which: number | string,
  notes: string,
  origin: Origin = {},
): Promise<RegisteredVersion> {
  const { version, digest } = await findVersion(store, name, which);
  await withRegistry(store, name, (log) => log({ ...origin, action: 'note', version, digest, notes }));
  return findVersion(store, name, version);
}

/**
 * Gives a version tags (`{team: risk}`); an empty value takes one away.
 * @throws UserError `tag-name`
 */
export async function tagVersion(
  store: string,
  name: string,
  which: number | string,
  tags: Readonly<Record<string, string>>,
  origin: Origin = {},
): Promise<RegisteredVersion> {
  for (const tag of Object.keys(tags))
    if (!TAG.test(tag))
      throw new UserError({
        code: 'tag-name',
        message: `'${tag.slice(0, 100)}' can't be the name of a tag.`,
        hint: 'Use letters, digits, dashes, dots, slashes and underscores; begin with a letter.',
      });
  const { version, digest } = await findVersion(store, name, which);
  await withRegistry(store, name, (log) => log({ ...origin, action: 'tag', version, digest, tags }));
  return findVersion(store, name, version);
}

/** What {@link removeVersion} would do. Changes nothing. */
export async function planRemoval(store: string, name: string, which: number | string): Promise<Removal> {
  const version = await findVersion(store, name, which);
  const { entries } = await readLedger(store);
  const live: string[] = [];
  const former: string[] = [];
  for (const target of new Set(entries.map((entry) => entry.target))) {
    const history = liveHistory(entries, target);
    const stopped = entries.findLast((entry) => entry.target === target)?.action === 'stop';
    const at = history.findLastIndex(({ digest, model }) => digest === version.digest && model === name);
    if (at < 0) continue;
    if (at === history.length - 1 && !stopped) live.push(target);
    else former.push(target);
  }
  const { files } = await readBundle(version.folder);
  const own = (await lstat(join(version.folder, 'bundle.json'))).size;
  const bytes = files.reduce((sum, file) => sum + file.bytes, own);
  return { version, bytes, aliases: version.aliases, live, former };
}

/**
 * Removes a version for good, with the aliases that point at it. Its number is never given again, and the log tells that it was there.
 * @throws UserError `version-live` when it is deployed somewhere
 */
export async function removeVersion(
  store: string,
  name: string,
  which: number | string,
  origin: Origin = {},
): Promise<Removal> {
  const removal = await planRemoval(store, name, which);
  const { version, live } = removal;
  if (live.length > 0) {
    throw new UserError({
      code: 'version-live',
      message: `${name} ${version.version} is live on ${live.join(', ')}.`,
      hint: 'Deploy another version there, or stop it, and then delete it.',
    });
  }
  await withRegistry(store, name, async (log, aliases) => {
    if (version.aliases.length > 0)
      await aliases((all) =>
        Object.fromEntries(Object.entries(all).filter(([, number]) => number !== version.version)),
      );
    // The log first: whoever is killed in between leaves a version that is there, not a number that is given twice.
    log({ ...origin, action: 'remove', version: version.version, digest: version.digest });
    await removeTree(join(registryHome(store, name), 'versions', String(version.version)));
  });
  return removal;
}
