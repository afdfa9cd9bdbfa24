import { createPublicKey, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { HttpError, type HttpRequest } from '../../net/server';
import { secretHint, UserError } from '../../problem';
import { readText } from '../../process/files';
import { findKey, hashOf, readKeysFile, type Scope, SCOPES, type StoredKey } from '../keys';

/** Who asks. */
export interface Client {
  /** Stable name for rate limits. */
  readonly id: string;
  readonly scopes: readonly Scope[];
  readonly models?: readonly string[];
}

export interface JwtSettings {
  /** Name of the secret (HS256). */
  readonly secret?: string;
  /** Absolute path of a PEM file. */
  readonly publicKey?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export interface GuardSettings {
  /** The one key of targets.yaml's `api-key`. */
  readonly apiKey?: string;
  /** Absolute path of the file of keys. */
  readonly keysFile?: string;
  readonly keysRequired?: boolean;
  readonly jwt?: JwtSettings;
  readonly jwtSecret?: string;
}

/** Verified tokens that are remembered, so that a signature is checked once. */
const REMEMBERED = 1_000;
const ANYONE: Client = { id: '', scopes: SCOPES };

/** Decides who may ask what. */
export class Guard {
  readonly #apiKey: Buffer | undefined;
  readonly #settings: GuardSettings;
  readonly #verifyWith: KeyObject | undefined;
  #keys: ReadonlyMap<string, StoredKey> = new Map();
  #tokens = new Map<string, { client: Client; until: number }>();

  private constructor(settings: GuardSettings, verifyWith: KeyObject | undefined) {
    this.#settings = settings;
    this.#apiKey = settings.apiKey === undefined ? undefined : hashOf(settings.apiKey);
    this.#verifyWith = verifyWith;
  }

  /** @throws UserError `keys-damaged`, `jwt-key` */
  static async open(settings: GuardSettings): Promise<Guard> {
    const guard = new Guard(settings, await verificationKey(settings));
    await guard.reload();
    return guard;
  }

  /** Reads the keys again. */
  async reload(): Promise<void> {
    if (this.#settings.keysFile === undefined) return;
    this.#keys = new Map((await readKeysFile(this.#settings.keysFile)).map((key) => [key.id, key]));
  }

  /** Whether anyone may ask. */
  get open(): boolean {
    return (
      this.#apiKey === undefined &&
      this.#settings.keysRequired !== true &&
      this.#keys.size === 0 &&
      this.#verifyWith === undefined
    );
  }

  /**
   * The client of a request.
   * @throws HttpError 401 who is not known, 403 who may not do that
   */
  check(request: HttpRequest, scope: Scope, model?: string): Client | Promise<Client> {
    if (this.open) return ANYONE;
    const key = keyOf(request);
    if (key === undefined) throw unknown('An API key or a token is needed.');
    const client = this.#byKey(key) ?? this.#byToken(key);
    if (client instanceof Promise) return client.then((one) => permitted(one, scope, model));
    return permitted(client, scope, model);
  }

  #byKey(text: string): Client | undefined {
    if (this.#apiKey !== undefined && timingSafeEqual(hashOf(text), this.#apiKey))
      return { id: 'api-key', scopes: SCOPES };
    const key = findKey(this.#keys, text);
    if (key === undefined) return undefined;
    return { id: `key ${key.id}`, scopes: key.scopes, ...(key.models && { models: key.models }) };
  }

  #byToken(token: string): Client | Promise<Client> {
    if (this.#verifyWith === undefined || token.split('.').length !== 3)
      throw unknown('The API key is not the right one.');
    const known = this.#tokens.get(token);
    if (known !== undefined && known.until > Date.now()) return known.client;
    return this.#verify(token, this.#verifyWith);
  }

  async #verify(token: string, key: KeyObject): Promise<Client> {
    const { jwtVerify } = await import('jose');
    const { jwt } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, key, {
        // The kind of key decides, never the token: a public key must not pass for a shared secret.
        algorithms: key.type === 'secret' ? ['HS256', 'HS384', 'HS512'] : ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'],
        ...(jwt?.issuer !== undefined && { issuer: jwt.issuer }),
        ...(jwt?.audience !== undefined && { audience: jwt.audience }),
        requiredClaims: ['exp'],
      });
      const claimed = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : [];
      const client: Client = {
        id: `token ${payload.sub ?? ''}`,
        scopes: SCOPES.filter((scope) => claimed.includes(scope)),
      };
      if (this.#tokens.size >= REMEMBERED) this.#tokens = new Map();
      this.#tokens.set(token, { client, until: (payload.exp ?? 0) * 1000 });
      return client;
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      throw unknown(
        code === 'ERR_JWT_EXPIRED' ? 'The token has expired.' : 'The token is not one that this server accepts.',
      );
    }
  }
}

async function verificationKey({ jwt, jwtSecret }: GuardSettings): Promise<KeyObject | undefined> {
  if (jwt === undefined) return undefined;
  if (jwt.publicKey === undefined) {
    if (jwtSecret !== undefined && jwtSecret.length >= 32) return createSecretKey(jwtSecret, 'utf8');
    throw new UserError({
      code: jwtSecret === undefined ? 'secret-missing' : 'jwt-key',
      message:
        jwtSecret === undefined
          ? `Nobody has the secret ${jwt.secret ?? ''}, which tokens are signed with.`
          : `The secret ${jwt.secret ?? ''} is shorter than 32 characters: tokens signed with it could be guessed.`,
      hint: `${secretHint(jwt.secret ?? '')} Then deploy again.`,
    });
  }
  const pem = await readText(jwt.publicKey);
  try {
    if (pem === undefined) throw new Error('it is not there');
    return createPublicKey(pem);
  } catch (error) {
    throw new UserError({
      code: 'jwt-key',
      message: `The public key ${jwt.publicKey} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'It is a PEM file that begins with -----BEGIN PUBLIC KEY-----.',
      file: jwt.publicKey,
    });
  }
}

function permitted(client: Client, scope: Scope, model: string | undefined): Client {
  if (!client.scopes.includes(scope))
    throw new HttpError(
      403,
      'scope',
      `This key does not open '${scope}'; it opens ${client.scopes.join(', ') || 'nothing'}.`,
    );
  if (model !== undefined && client.models !== undefined && !client.models.includes(model))
    throw new HttpError(403, 'scope', `This key does not open the model '${model.slice(0, 100)}'.`);
  return client;
}

function unknown(message: string): HttpError {
  return new HttpError(
    401,
    'api-key',
    message,
    { hint: 'Send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`.' },
    { 'www-authenticate': 'Bearer' },
  );
}

/** The key or token that a request brings. */
function keyOf({ headers: { authorization, 'x-api-key': header } }: HttpRequest): string | undefined {
  const bearer = authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined;
  return typeof header === 'string' ? header : bearer;
}
