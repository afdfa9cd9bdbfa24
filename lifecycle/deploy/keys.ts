import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { readJson, writeAtomic } from '../process/files';
import { waitForLock } from '../process/lock';
import { targetFolder } from '../store/ledger';

/** What a key opens: predictions (and what a model takes), outcomes, figures. */
export const SCOPES = ['predict', 'feedback', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

/** One key as it is kept: never the key itself, only its SHA-256. Keys are 256 random bits, so that a slow hash adds nothing. */
export interface StoredKey {
  /** Public part, which stands in the key too. */
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** Only for these models; without it for all. */
  readonly models?: readonly string[];
  readonly created: string;
  readonly expires?: string;
  readonly revoked?: string;
}

interface KeysFile {
  readonly format: 1;
  readonly keys: readonly StoredKey[];
}

const KEYS_FILE = 'keys.json';

export function keysPath(store: string, target: string): string {
  return join(targetFolder(store, target), KEYS_FILE);
}

/** The keys of a target, oldest first. @throws UserError `keys-damaged`: nobody is let in by a file that can't be read */
export async function readKeys(store: string, target: string): Promise<readonly StoredKey[]> {
  return readKeysFile(keysPath(store, target));
}

export async function readKeysFile(path: string): Promise<readonly StoredKey[]> {
  const { stat } = await import('node:fs/promises');
  if ((await stat(path).catch(() => undefined)) === undefined) return [];
  const file = await readJson<KeysFile>(path);
  const keys: unknown = file?.keys;
  if (file?.format === 1 && Array.isArray(keys) && keys.every(isStored)) return keys;
  throw new UserError({
    code: 'keys-damaged',
    message: `${path} is not a list of keys.`,
    hint: 'Move it aside and make new keys with `lifecycle keys create`.',
    file: path,
  });
}

function isStored(key: unknown): key is StoredKey {
  const { id, hash, scopes } = (key ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof hash === 'string' && Array.isArray(scopes);
}

/**
 * Makes a key. It is shown once: only its hash is kept.
 * @throws UserError `key-exists`, `scope-unknown`
 */
export async function createKey(
  store: string,
  target: string,
  options: {
    readonly name: string;
    readonly scopes?: readonly string[];
    readonly models?: readonly string[];
    readonly expires?: Date;
  },
): Promise<{ readonly key: string; readonly stored: StoredKey }> {
  const scopes = (options.scopes ?? ['predict', 'feedback']).map(scopeOf);
  if (!/^[\w.-]{1,60}$/.test(options.name))
    throw new UserError({
      code: 'usage',
      message: `'${options.name.slice(0, 60)}' can't be the name of a key.`,
      hint: 'Use letters, digits, dots, dashes and underscores.',
    });
  return changed(store, target, (keys) => {
    if (keys.some((key) => key.name === options.name && isValid(key)))
      throw new UserError({
        code: 'key-exists',
        message: `There is a key '${options.name}' on '${target}' already.`,
        hint: '`lifecycle keys rotate` replaces it.',
      });
    const made = make(options.name, scopes, options.models, options.expires);
    return { keys: [...keys, made.stored], result: made };
  });
}

/**
 * Makes a key with the name, scopes and models of another, which keeps opening for `grace` seconds.
 * @throws UserError `key-unknown`
 */
export async function rotateKey(
  store: string,
  target: string,
  name: string,
  grace = 86_400,
): Promise<{ readonly key: string; readonly stored: StoredKey }> {
  return changed(store, target, (keys) => {
    const old = found(keys, name, target);
    const made = make(old.name, old.scopes, old.models, undefined);
    const until = new Date(Date.now() + grace * 1000).toISOString();
    const ends = old.expires !== undefined && old.expires < until ? old.expires : until;
    return {
      keys: [...keys.map((key) => (key.name === name && isValid(key) ? { ...key, expires: ends } : key)), made.stored],
      result: made,
    };
  });
}

/** @throws UserError `key-unknown` */
export async function revokeKey(store: string, target: string, name: string): Promise<number> {
  return changed(store, target, (keys) => {
    found(keys, name, target);
    const revoked = new Date().toISOString();
    const hit = (key: StoredKey) => (key.name === name || key.id === name) && isValid(key);
    return { keys: keys.map((key) => (hit(key) ? { ...key, revoked } : key)), result: keys.filter(hit).length };
  });
}

/** Whether a key opens at all now. */
export function isValid(key: StoredKey, now = new Date().toISOString()): boolean {
  return key.revoked === undefined && (key.expires === undefined || key.expires > now);
}

/** The valid key that a text is, by its public part and its hash. */
export function findKey(keys: ReadonlyMap<string, StoredKey>, text: string): StoredKey | undefined {
  const id = /^lk_([0-9a-f]{12})_[\w-]{43}$/.exec(text)?.[1];
  const key = id === undefined ? undefined : keys.get(id);
  if (key === undefined) return undefined;
  const [given, kept] = [hashOf(text), Buffer.from(key.hash, 'hex')];
  return given.length === kept.length && timingSafeEqual(given, kept) && isValid(key) ? key : undefined;
}

export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function make(
  name: string,
  scopes: readonly Scope[],
  models: readonly string[] | undefined,
  expires: Date | undefined,
) {
  const id = randomBytes(6).toString('hex');
  const key = `lk_${id}_${randomBytes(32).toString('base64url')}`;
  const stored: StoredKey = {
    id,
    name,
    hash: hashOf(key).toString('hex'),
    scopes,
    ...(models && models.length > 0 && { models }),
    created: new Date().toISOString(),
    ...(expires && { expires: expires.toISOString() }),
  };
  return { key, stored };
}

function found(keys: readonly StoredKey[], name: string, target: string): StoredKey {
  const key = keys.findLast((one) => (one.name === name || one.id === name) && isValid(one));
  if (key !== undefined) return key;
  const meant = nearest(name, new Set(keys.filter((one) => isValid(one)).map((one) => one.name)));
  throw new UserError({
    code: 'key-unknown',
    message: `There is no key '${name}' on '${target}'.`,
    hint: meant === undefined ? '`lifecycle keys` lists them.' : `Did you mean '${meant}'?`,
  });
}

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((one) => one === text);
  if (scope !== undefined) return scope;
  const meant = nearest(text, SCOPES);
  throw new UserError({
    code: 'scope-unknown',
    message: `There is no scope '${text.slice(0, 40)}'.`,
    hint: meant === undefined ? `There are ${SCOPES.join(', ')}.` : `Did you mean '${meant}'?`,
  });
}

async function changed<T>(
  store: string,
  target: string,
  change: (keys: readonly StoredKey[]) => { readonly keys: readonly StoredKey[]; readonly result: T },
): Promise<T> {
  const folder = targetFolder(store, target);
  await mkdir(folder, { recursive: true });
  const lock = await waitForLock(join(folder, '.keys-lock'), `keys of ${target}`, { interval: 20 });
  try {
    const { keys, result } = change(await readKeys(store, target));
    const file: KeysFile = { format: 1, keys };
    await writeAtomic(keysPath(store, target), JSON.stringify(file, null, 2) + '\n', { mode: 0o600 });
    return result;
  } finally {
    await lock.release();
  }
}
