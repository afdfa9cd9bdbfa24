import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exchange, type Exchanged, type ExchangeOptions } from '../../net/exchange';
import { googleToken } from '../../net/google';
import { isLoopback } from '../../net/guard';
import { outward, type SecretLookup } from '../../net/outward';
import { secretHint, UserError } from '../../problem';
import { readJson, temporaryName } from '../../process/files';
import { sha256 } from '../../process/hash';
import type { Action, RegistryCredentials } from '../plan';
import { blobPath, type Descriptor, DOCKER_MEDIA, isWhole, MEDIA, readManifest, writeBlob } from './layout';

type Push = Extract<Action, { program: 'push' }>;

export interface RegistryOptions {
  readonly secret: SecretLookup;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, message: string) => void;
}

/** Host and name of a repository, as in `registry.example.com:5000/team/churn`. */
export interface Repository {
  readonly host: string;
  readonly name: string;
  /** Tag or digest after the name, where there is one. */
  readonly reference?: string;
}

const REPOSITORY =
  /^(?:((?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+(?::\d+)?|[a-zA-Z0-9-]+:\d+|localhost)\/)?([a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127})|@(sha256:[0-9a-f]{64}))?$/;

/** @throws UserError `image-name` */
export function parseRepository(text: string): Repository {
  const [, host, path, tag, digest] = REPOSITORY.exec(text) ?? [];
  if (path === undefined) {
    throw new UserError({
      code: 'image-name',
      message: `'${text.slice(0, 200)}' is not the name of an image.`,
      hint: 'For example registry.example.com/team/churn, in small letters.',
    });
  }
  const reference = digest ?? tag;
  return {
    host: host ?? 'registry-1.docker.io',
    name: host === undefined && !path.includes('/') ? `library/${path}` : path,
    ...(reference !== undefined && { reference }),
  };
}

/** Sends an image to a registry by the OCI distribution protocol. @throws UserError `registry-refused`, `credentials-refused`, `unreachable` */
export async function pushImage(action: Push, options: RegistryOptions): Promise<void> {
  const client = new RegistryClient(parseRepository(action.repository), 'pull,push', action.credentials, options);
  const manifest = await readManifest(action.image, action.digest);
  const blobs = [...manifest.layers, manifest.config];
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  let sent = 0;
  for (const blob of blobs) {
    options.onProgress?.(sent / total, `${(sent / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB sent`);
    await client.pushBlob(blob, blobPath(action.image, blob.digest));
    sent += blob.size;
  }
  const bytes = await readFile(blobPath(action.image, action.digest));
  const [version, ...tags] = action.tags;
  await client.pushManifest(action.digest, bytes, manifest.mediaType);
  // Where tags can't be moved and another engine made this version's image, the image has a tag of its own: untagged ones are swept away.
  if (version !== undefined && !(await client.pushManifest(version, bytes, manifest.mediaType, 'or-say')))
    await client.pushManifest(`${version}-${action.digest.slice(7, 15)}`, bytes, manifest.mediaType);
  for (const tag of tags) await client.pushManifest(tag, bytes, manifest.mediaType);
}

/** Whether a registry holds what a push would send there. @throws UserError as {@link pushImage} */
export async function holdsImage(
  { repository, digest, credentials }: Pick<Push, 'repository' | 'digest' | 'credentials'>,
  options: RegistryOptions,
): Promise<boolean> {
  return new RegistryClient(parseRepository(repository), 'pull', credentials, options).holds(digest);
}

/**
 * Fetches an image that another is built upon into the store's images: manifest, configuration, layers, each checked against its digest.
 */
export async function pullImage(
  image: string,
  folder: string,
  architecture: string,
  options: RegistryOptions,
): Promise<string> {
  const repository = parseRepository(image);
  const client = new RegistryClient(repository, 'pull', undefined, options);
  let { digest, bytes, type } = await client.manifest(repository.reference ?? 'latest');
  if (type === MEDIA.index || type.endsWith('manifest.list.v2+json')) {
    const { manifests } = JSON.parse(bytes.toString('utf8')) as {
      manifests: readonly (Descriptor & { platform?: { os: string; architecture: string } })[];
    };
    const fitting = manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
    );
    if (fitting === undefined)
      throw new UserError({
        code: 'image-platform',
        message: `${image} has no part for linux/${architecture}.`,
        hint: 'Name another `base`.',
      });
    ({ digest, bytes, type } = await client.manifest(fitting.digest));
  }
  const manifest = JSON.parse(bytes.toString('utf8')) as { config: Descriptor; layers: readonly Descriptor[] };
  for (const blob of [...manifest.layers, manifest.config])
    if (!(await isWhole(folder, blob))) await client.pullBlob(blob, blobPath(folder, blob.digest));
  await writeBlob(folder, bytes, type);
  return digest;
}

class RegistryClient {
  readonly #base: string;
  #authorization: string | undefined;

  constructor(
    private readonly repository: Repository,
    private readonly rights: 'pull' | 'pull,push',
    private readonly credentials: RegistryCredentials | undefined,
    private readonly options: RegistryOptions,
  ) {
    const plain = isLoopback(repository.host.replace(/:\d+$/, ''));
    this.#base = `${plain ? 'http' : 'https'}://${repository.host}/v2/${repository.name}`;
  }

  async holds(digest: string): Promise<boolean> {
    const accept = [MEDIA, DOCKER_MEDIA].map(({ manifest }) => manifest).join(', ');
    const there = await this.#ask(`/manifests/${digest}`, { method: 'HEAD', headers: { accept } });
    if (there.status !== 200 && there.status !== 404) throw this.#refused('a look at an image', there);
    return there.status === 200;
  }

  async pushBlob(blob: Descriptor, path: string): Promise<void> {
    const there = await this.#ask(`/blobs/${blob.digest}`, { method: 'HEAD' });
    if (there.status === 200) return;
    const begun = await this.#ask('/blobs/uploads/', { method: 'POST', body: Buffer.alloc(0) });
    if (begun.status !== 202) throw this.#refused('a layer', begun);
    const location = new URL(String(begun.headers['location']), `${this.#base}/blobs/uploads/`);
    location.searchParams.set('digest', blob.digest);
    const done = await this.#ask(location.href, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: { path, bytes: blob.size },
      timeout: 300_000,
    });
    if (done.status !== 201) throw this.#refused('a layer', done);
  }

  /**
   * A tag that names the same image already stays: repositories with immutable tags refuse to be told twice.
   * @returns false, with `or-say`, when the tag names another image and can't be moved
   */
  async pushManifest(reference: string, bytes: Buffer, type: string, taken?: 'or-say'): Promise<boolean> {
    const there = await this.#ask(`/manifests/${reference}`, { method: 'HEAD', headers: { accept: type } });
    if (there.status === 200 && there.headers['docker-content-digest'] === `sha256:${sha256(bytes)}`) return true;
    const answer = await this.#ask(`/manifests/${reference}`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: bytes,
    });
    if (answer.status === 201) return true;
    if (taken === 'or-say' && there.status === 200 && [400, 405, 409, 412].includes(answer.status)) return false;
    throw this.#refused('the manifest', answer);
  }

  async manifest(reference: string): Promise<{ digest: string; bytes: Buffer; type: string }> {
    const accept = [
      MEDIA.index,
      MEDIA.manifest,
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ].join(', ');
    const answer = await this.#ask(`/manifests/${reference}`, { headers: { accept } });
    if (answer.status !== 200) throw this.#refused(reference, answer);
    const digest = `sha256:${sha256(answer.body)}`;
    if (reference.startsWith('sha256:') && reference !== digest) throw this.#damaged(reference);
    return { digest, bytes: answer.body, type: String(answer.headers['content-type']).replace(/;.*/, '') };
  }

  async pullBlob(blob: Descriptor, to: string): Promise<void> {
    await mkdir(join(to, '..'), { recursive: true });
    const aside = temporaryName(to);
    const file = createWriteStream(aside);
    const hash = createHash('sha256');
    try {
      const sink = (chunk: Buffer) => {
        hash.update(chunk);
        file.write(chunk);
      };
      let answer = await this.#ask(`/blobs/${blob.digest}`, { sink });
      if (answer.status >= 300 && answer.status < 400)
        answer = await exchange(new URL(String(answer.headers['location']), this.#base).href, { sink });
      if (answer.status !== 200) throw this.#refused('a layer', answer);
      await new Promise<void>((resolve, reject) =>
        file.end((error?: Error | null) => (error ? reject(error) : resolve())),
      );
      if (`sha256:${hash.digest('hex')}` !== blob.digest) throw this.#damaged(blob.digest);
      await rename(aside, to);
    } finally {
      file.destroy();
      await rm(aside, { force: true });
    }
  }

  /** Asks, and once more with credentials when the registry wants some. */
  async #ask(path: string, request: ExchangeOptions): Promise<Exchanged> {
    const url = path.startsWith('/') ? this.#base + path : path;
    // An upload may be sent elsewhere; the credentials are not.
    const own = new URL(url).host === this.repository.host;
    const send = () =>
      exchange(url, {
        ...request,
        headers: { ...request.headers, ...(own && this.#authorization && { authorization: this.#authorization }) },
        ...(this.options.signal && { signal: this.options.signal }),
      });
    const first = await send();
    if (first.status !== 401 || !own) return first;
    const authorization = await this.#authorize(String(first.headers['www-authenticate'] ?? ''));
    if (authorization === undefined || authorization === this.#authorization) return first;
    this.#authorization = authorization;
    return send();
  }

  async #authorize(challenge: string): Promise<string | undefined> {
    const login = await loginOf(this.repository.host, this.credentials, this.options.secret);
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    if (/^basic/i.test(challenge)) return basic;
    const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
    const realm = part('realm');
    if (realm === undefined) return basic;
    const where = new URL(realm);
    if (!related(where.hostname, this.repository.host.replace(/:\d+$/, ''))) {
      throw new UserError({
        code: 'registry-realm',
        message: `${this.repository.host} wants the credentials to be sent to ${where.host}, which is not its own.`,
        hint: 'They were not sent. Check the address of the registry.',
      });
    }
    where.searchParams.set('scope', `repository:${this.repository.name}:${this.rights}`);
    const service = part('service');
    if (service !== undefined) where.searchParams.set('service', service);
    const { status, body } = await exchange(where.href, { headers: basic ? { authorization: basic } : {} });
    if (status !== 200) return undefined;
    const { token, access_token } = JSON.parse(body.toString('utf8')) as { token?: string; access_token?: string };
    const found = token ?? access_token;
    return found === undefined ? undefined : `Bearer ${found}`;
  }

  #refused(what: string, { status, body }: Exchanged): UserError {
    const text = /"message"\s*:\s*"([^"]{1,200})/.exec(body.toString('utf8'))?.[1];
    const who = status === 401 || status === 403;
    return new UserError({
      code: who ? 'credentials-refused' : 'registry-refused',
      message: `${this.repository.host} refused ${what} of ${this.repository.name} (status ${status})${text === undefined ? '' : `: ${text}`}.`,
      hint: who
        ? 'Log in with `podman login` or `docker login`, or name `credentials` in targets.yaml.'
        : 'Check the name of the repository.',
    });
  }

  #damaged(digest: string): UserError {
    return new UserError({
      code: 'image-damaged',
      message: `${this.repository.host} answered with something else than ${digest}.`,
      hint: 'It is not used.',
    });
  }
}

/** Hosts of one owner: equal, or equal in their last two labels. */
function related(a: string, b: string): boolean {
  const owner = (host: string) => host.split('.').slice(-2).join('.');
  return a === b || (!isLoopback(a) && owner(a) === owner(b));
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** User and password for a registry: named secrets, the cloud's own, or what `podman login` and `docker login` left. */
async function loginOf(
  host: string,
  named: RegistryCredentials | undefined,
  secret: SecretLookup,
): Promise<Login | undefined> {
  if (named !== undefined) {
    const [username, password] = await Promise.all([secret(named.username), secret(named.password)]);
    if (username && password) return { username, password };
    throw new UserError({
      code: 'secret-missing',
      message: `Nobody has the secret ${username ? named.password : named.username}.`,
      hint: secretHint(username ? named.password : named.username),
    });
  }
  const kept = await fromLoginFiles(host);
  if (kept !== undefined) return kept;
  const ecr = /^(\d+)\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host);
  if (ecr) return ecrLogin(ecr[2] ?? '', secret);
  if (/(^|[.-])(docker\.pkg\.dev|gcr\.io)$/.test(host))
    return { username: 'oauth2accesstoken', password: await googleToken(secret) };
  return undefined;
}

async function ecrLogin(region: string, secret: SecretLookup): Promise<Login | undefined> {
  const { status, value } = await outward(secret).send({
    method: 'POST',
    url: `https://api.ecr.${region}.amazonaws.com/`,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
    },
    body: {},
    auth: { kind: 'aws', service: 'ecr', region },
  });
  if (status !== 200) return undefined;
  const { authorizationData } = value as { authorizationData?: readonly { authorizationToken?: string }[] };
  return split(authorizationData?.[0]?.authorizationToken);
}

async function fromLoginFiles(host: string): Promise<Login | undefined> {
  const { env } = process;
  const files = [
    env['REGISTRY_AUTH_FILE'],
    env['XDG_RUNTIME_DIR'] && join(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'),
    join(env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json'),
  ];
  const names =
    host === 'registry-1.docker.io' ? ['https://index.docker.io/v1/', 'docker.io'] : [host, `https://${host}`];
  for (const file of files) {
    if (!file) continue;
    const config = await readJson<{ auths?: Record<string, { auth?: string }> }>(file);
    for (const name of names) {
      const login = split(config?.auths?.[name]?.auth);
      if (login !== undefined) return login;
    }
  }
  return undefined;
}

function split(auth: string | undefined): Login | undefined {
  if (auth === undefined) return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? undefined : { username: text.slice(0, at), password: text.slice(at + 1) };
}
