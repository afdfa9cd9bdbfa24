import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../problem';
import { isMissing, listFolder, readJson, removeTree, temporaryName, writeAtomic } from '../process/files';
import { LineWriter, readJsonLines } from '../process/jsonl';
import { waitForLock } from '../process/lock';
import { readBundle, verifyBundle } from './bundle';
import { SIGNATURE_FILE } from './signature';

/*
 * .lifecycle/registry/<name>/versions/<n>/   a bundle; never changed once it is there
 *                            aliases.json    {format: 1, aliases: {champion: 3}}
 *                            log.jsonl       what happened: one RegistryEvent a line
 */

/** Where a version came from, and who moved an alias when. */
export interface RegistryEvent {
  readonly format: 1;
  readonly time: string;
  readonly action: 'register' | 'promote' | 'demote' | 'note' | 'tag' | 'remove';
  readonly version: number;
  readonly digest: string;
  /** The alias that was set or taken away. */
  readonly alias?: string;
  readonly run?: string;
  readonly pipeline?: string;
  readonly stage?: string;
  readonly notes?: string;
  /** Tags that were set; an empty value takes one away. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly by?: string;
}

export interface RegisteredVersion {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  /** Absolute folder of the bundle. */
  readonly folder: string;
  readonly aliases: readonly string[];
  /** When it was registered first; absent when the log was lost. */
  readonly created?: string;
  readonly run?: string;
  readonly pipeline?: string;
  readonly stage?: string;
  readonly notes?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RegisteredModel {
  readonly name: string;
  /** From the first on. */
  readonly versions: readonly RegisteredVersion[];
  readonly aliases: Readonly<Record<string, number>>;
}

/** Where something comes from, as far as it is known. */
export type Origin = Pick<RegistryEvent, 'run' | 'pipeline' | 'stage' | 'notes' | 'by'>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const ALIAS = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * Puts a verified bundle into the registry. Equal content (digest) gives the version it had before, otherwise the next number.
 * Either way the aliases point at it afterwards. Safe against other processes and against being killed half-way.
 *
 * @param store absolute folder of the store (`.lifecycle`)
 */
export async function registerBundle(
  store: string,
  folder: string,
  options: { readonly aliases?: readonly string[] } & Origin = {},
): Promise<RegisteredVersion & { readonly isNew: boolean }> {
  const { bundle } = await verifyBundle(folder);
  const home = homeOf(store, bundle.name);
  for (const alias of options.aliases ?? []) checkAlias(alias);
  const { aliases: wanted = [], ...origin } = options;
  return locked(store, bundle.name, async () => {
    const known = await versionsOf(home);
    let version: number | undefined;
    for (const number of known.toReversed()) if ((await digestOf(home, number)) === bundle.digest) version = number;
    const isNew = version === undefined;
    // A number that was removed is never given again.
    const gone = (await registryLog(store, bundle.name)).map((event) => event.version);
    const number = version ?? Math.max(0, ...known, ...gone) + 1;
    if (isNew) {
      await copyBundle(folder, join(home, 'versions', String(number)), [
        ...bundle.files.map(({ path }) => path),
        ...(await listFolder(folder)).filter((name) => name === SIGNATURE_FILE),
        'bundle.json',
      ]);
      log(home, { action: 'register', version: number, digest: bundle.digest, ...origin });
    }
    const aliases = await aliasesOf(home);
    const moved = wanted.filter((alias) => aliases[alias] !== number);
    if (moved.length > 0) {
      await writeAliases(home, { ...aliases, ...Object.fromEntries(moved.map((alias) => [alias, number])) });
      for (const alias of moved)
        log(home, { action: 'promote', version: number, digest: bundle.digest, alias, ...origin });
    }
    return { ...(await findVersion(store, bundle.name, number)), isNew };
  });
}

/** All models, by name. */
export async function listModels(store: string): Promise<RegisteredModel[]> {
  const models: RegisteredModel[] = [];
  for (const name of await listFolder(join(store, 'registry'))) {
    if (!NAME.test(name)) continue;
    const model = await readModel(store, name);
    if (model.versions.length > 0) models.push(model);
  }
  return models;
}

/**
 * One version of a model.
 * @param which number, alias, or `latest` (the highest number, unless there is an alias of that name)
 * @throws UserError `model-unknown`, `version-unknown`
 */
export async function findVersion(
  store: string,
  name: string,
  which: number | string = 'latest',
): Promise<RegisteredVersion> {
  homeOf(store, name);
  const model = await readModel(store, name);
  if (model.versions.length === 0) {
    const others = (await listModels(store)).map((other) => other.name);
    throw new UserError({
      code: 'model-unknown',
      message: `There is no model '${name}' in the registry${others.length > 0 ? `; there are ${others.slice(0, 10).join(', ')}` : ''}.`,
      hint: 'A `package` stage registers one.',
    });
  }
  const text = String(which);
  const number = /^\d+$/.test(text)
    ? Number(text)
    : (model.aliases[text] ?? (text === 'latest' ? model.versions.at(-1)?.version : undefined));
  const found = model.versions.find(({ version }) => version === number);
  if (found !== undefined) return found;
  const aliases = Object.entries(model.aliases).map(([alias, version]) => `${alias} (${version})`);
  throw new UserError({
    code: 'version-unknown',
    message: `The model '${name}' has no version '${text}'. It has ${model.versions.map(({ version }) => version).join(', ')}${
      aliases.length > 0 ? `; aliases: ${aliases.join(', ')}` : ''
    }.`,
  });
}

/** The version of a model that has this digest, if any. */
export async function findByDigest(
  store: string,
  name: string,
  digest: string,
): Promise<RegisteredVersion | undefined> {
  return (await readModel(store, name)).versions.find((version) => version.digest === digest);
}

/** Points an alias (`champion`) at a version. Gives the version it pointed at before. */
export async function promote(
  store: string,
  name: string,
  which: number | string,
  alias: string,
  origin: Origin = {},
): Promise<number | undefined> {
  checkAlias(alias);
  const { version, digest } = await findVersion(store, name, which);
  const home = homeOf(store, name);
  return locked(store, name, async () => {
    const aliases = await aliasesOf(home);
    if (aliases[alias] !== version) {
      await writeAliases(home, { ...aliases, [alias]: version });
      log(home, { action: 'promote', version, digest, alias, ...origin });
    }
    return aliases[alias];
  });
}

/** Takes an alias away. */
export async function demote(store: string, name: string, alias: string, origin: Origin = {}): Promise<void> {
  const home = homeOf(store, name);
  await locked(store, name, async () => {
    const { [alias]: version, ...rest } = await aliasesOf(home);
    if (version === undefined)
      throw new UserError({ code: 'alias-unknown', message: `The model '${name}' has no alias '${alias}'.` });
    await writeAliases(home, rest);
    log(home, { action: 'demote', version, digest: (await digestOf(home, version)) ?? '', alias, ...origin });
  });
}

/** What happened to a model, oldest first. */
export async function registryLog(store: string, name: string): Promise<RegistryEvent[]> {
  return (await readJsonLines<RegistryEvent>(join(homeOf(store, name), 'log.jsonl'))).values;
}

async function readModel(store: string, name: string): Promise<RegisteredModel> {
  const home = homeOf(store, name);
  const aliases = await aliasesOf(home);
  const first = new Map<number, RegistryEvent>();
  const notes = new Map<number, string>();
  const tags = new Map<number, Record<string, string>>();
  for (const event of await registryLog(store, name)) {
    if (event.action === 'register' && !first.has(event.version)) first.set(event.version, event);
    if (event.action === 'note' && event.notes !== undefined) notes.set(event.version, event.notes);
    if (event.action === 'tag')
      tags.set(
        event.version,
        Object.fromEntries(
          Object.entries({ ...tags.get(event.version), ...event.tags }).filter(([, value]) => value !== ''),
        ),
      );
  }
  const versions: RegisteredVersion[] = [];
  for (const version of await versionsOf(home)) {
    const digest = await digestOf(home, version);
    if (digest === undefined) continue;
    const event = first.get(version);
    versions.push({
      name,
      version,
      digest,
      folder: join(home, 'versions', String(version)),
      aliases: Object.keys(aliases).filter((alias) => aliases[alias] === version),
      ...(event && { created: event.time }),
      ...(event?.run !== undefined && { run: event.run }),
      ...(event?.pipeline !== undefined && { pipeline: event.pipeline }),
      ...(event?.stage !== undefined && { stage: event.stage }),
      ...((notes.get(version) ?? event?.notes) !== undefined && { notes: notes.get(version) ?? event?.notes ?? '' }),
      ...(Object.keys(tags.get(version) ?? {}).length > 0 && { tags: tags.get(version) ?? {} }),
    });
  }
  return { name, versions, aliases };
}

/** Changes a model's log and aliases while nobody else does. */
export function withRegistry<T>(
  store: string,
  name: string,
  work: (
    write: (event: Omit<RegistryEvent, 'format' | 'time'>) => void,
    aliases: (change: (all: Record<string, number>) => Record<string, number>) => Promise<void>,
  ) => Promise<T> | T,
): Promise<T> {
  const home = homeOf(store, name);
  return locked(store, name, async () =>
    work(
      (event) => log(home, event),
      async (change) => writeAliases(home, change(await aliasesOf(home))),
    ),
  );
}

/** Folder of a model. A name never leads out of the registry. */
export function registryHome(store: string, name: string): string {
  return homeOf(store, name);
}

function homeOf(store: string, name: string): string {
  if (!NAME.test(name)) {
    throw new UserError({
      code: 'model-name',
      message: `'${name.slice(0, 100)}' can't be the name of a model.`,
      hint: 'Use letters, digits, dots, dashes and underscores; begin with a letter or digit.',
    });
  }
  return join(store, 'registry', name);
}

function checkAlias(alias: string): void {
  if (ALIAS.test(alias)) return;
  throw new UserError({
    code: 'alias-name',
    message: `'${alias.slice(0, 100)}' can't be an alias.`,
    hint: 'Use letters, digits, dashes and underscores; begin with a letter.',
  });
}

async function versionsOf(home: string): Promise<number[]> {
  return (await listFolder(join(home, 'versions')))
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function digestOf(home: string, version: number): Promise<string | undefined> {
  try {
    return (await readBundle(join(home, 'versions', String(version)))).digest;
  } catch (error) {
    if (error instanceof UserError || isMissing(error)) return undefined;
    throw error;
  }
}

async function aliasesOf(home: string): Promise<Record<string, number>> {
  return { ...(await readJson<{ aliases?: Record<string, number> }>(join(home, 'aliases.json')))?.aliases };
}

function writeAliases(home: string, aliases: Record<string, number>): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(aliases).sort(([a], [b]) => (a < b ? -1 : 1)));
  return writeAtomic(join(home, 'aliases.json'), JSON.stringify({ format: 1, aliases: sorted }, null, 2) + '\n');
}

function log(home: string, event: Omit<RegistryEvent, 'format' | 'time'>): void {
  const writer = new LineWriter(join(home, 'log.jsonl'));
  writer.append(JSON.stringify({ format: 1, time: new Date().toISOString(), ...event }));
  writer.close();
}

/** A version appears whole or not at all. */
async function copyBundle(from: string, to: string, files: readonly string[]): Promise<void> {
  const aside = temporaryName(to);
  await mkdir(aside, { recursive: true });
  try {
    for (const file of files) await copyFile(join(from, file), join(aside, file));
    await verifyBundle(aside);
    await rename(aside, to);
  } catch (error) {
    await removeTree(aside);
    throw error;
  }
}

async function locked<T>(store: string, name: string, work: () => Promise<T>): Promise<T> {
  const home = join(store, 'registry', name);
  await mkdir(join(home, 'versions'), { recursive: true });
  const lock = await waitForLock(join(home, '.lock'), `registry ${name}`, { interval: 20 });
  try {
    for (const left of await readdir(join(home, 'versions')))
      if (left.endsWith('.tmp')) await removeTree(join(home, 'versions', left));
    return await work();
  } finally {
    await lock.release();
  }
}
