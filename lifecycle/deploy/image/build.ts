import { createRequire } from 'node:module';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { outward, type SecretLookup } from '../../net/outward';
import { UserError } from '../../problem';
import { readJson, readText } from '../../process/files';
import { readBundle } from '../../store/bundle';
import { SIGNATURE_FILE } from '../../store/signature';
import type { Placement } from '../plan';
import { neededLibraries } from './elf';
import {
  blobPath,
  DOCKER_MEDIA,
  type ImageConfig,
  imagesFolder,
  type Layer,
  type LayerFile,
  makeImage,
  makeLayer,
  MEDIA,
  readManifest,
} from './layout';
import { pullImage } from './registry';

export interface BuildOptions {
  /** An image with Node in it to build upon; without it Node and its libraries come from this machine. */
  readonly base?: string;
  readonly secret?: SecretLookup;
  /** How manifest and layers are described; the bytes inside are the same. */
  readonly format?: 'oci' | 'docker';
}

/** An image that lies in the store. */
export interface BuiltImage {
  /** Folder of the OCI layout. */
  readonly folder: string;
  /** Digest of the manifest. */
  readonly digest: string;
  readonly bytes: number;
}

/** Port inside of a container. */
export const CONTAINER_PORT = 8080;
/** Nobody of the host has this number. */
export const CONTAINER_USER = 65532;

/**
 * What starts the server in a container. It reads its settings from the environment, since SageMaker gives the container an argument of its
 * own and Vertex AI a port.
 */
export const START = `// Starts the model server of this container.
const { readFileSync } = require('node:fs');
const { env } = process;
const { version } = JSON.parse(readFileSync(__dirname + '/start.json', 'utf8'));
process.argv = [
  process.argv[0], __dirname + '/cli.js', 'serve', '/model', '--host', '0.0.0.0',
  '--port', env.AIP_HTTP_PORT || env.LIFECYCLE_PORT || '${CONTAINER_PORT}', '--as', String(version),
  ...(env.LIFECYCLE_THREADS ? ['--threads', env.LIFECYCLE_THREADS] : []),
  ...(env.LIFECYCLE_DRAIN ? ['--drain', env.LIFECYCLE_DRAIN] : []),
  ...(env.LIFECYCLE_API_KEY ? ['--api-key', 'LIFECYCLE_API_KEY'] : []),
];
require('./cli.js');
`;

/**
 * Builds an image with the model server and a bundle, without a daemon: layers are packed here and kept in the store, so that the next version
 * only packs the bundle. The same engine and bundle give the same digest.
 *
 * @throws UserError `engine-not-built`, `image-platform`
 */
export async function buildImage(placement: Placement, options: BuildOptions = {}): Promise<BuiltImage> {
  const { store, model } = placement;
  if (placement.image !== undefined) return { folder: imagesFolder(store), digest: placement.image, bytes: 0 };
  const engine = await engineFile(placement.engine);
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const secret = options.secret ?? placement.outward?.secret ?? outward().secret;
  const runtime = await runtimeFiles(engine);
  const below =
    options.base === undefined
      ? { layers: [await makeLayer(store, await systemFiles(runtime))], config: {}, node: '/usr/local/bin/node' }
      : await baseOf(options.base, store, architecture, secret);
  const layers = [
    ...below.layers,
    await makeLayer(store, runtime),
    await makeLayer(store, [
      { path: 'app/cli.js', mode: 0o755, from: engine },
      { path: 'app/start.cjs', mode: 0o644, content: START },
    ]),
    await makeLayer(store, [
      ...(await bundleFiles(model.folder, 'model')),
      { path: 'app/start.json', mode: 0o644, content: JSON.stringify({ version: model.version }) },
    ]),
  ];
  const settings: ImageConfig = {
    architecture,
    os: 'linux',
    config: {
      ...below.config,
      User: `${CONTAINER_USER}:${CONTAINER_USER}`,
      WorkingDir: '/tmp',
      Entrypoint: [below.node, '/app/start.cjs'],
      Cmd: [],
      ExposedPorts: { [`${CONTAINER_PORT}/tcp`]: {} },
      StopSignal: 'SIGTERM',
      Labels: {
        'org.opencontainers.image.title': model.name,
        'org.opencontainers.image.version': String(model.version),
        'io.ml-lifecycle.bundle': model.digest,
        // What SageMaker and others look for.
        'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true',
      },
    },
    history: layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'ml-lifecycle' })),
  };
  const digest = await makeImage(store, layers, settings, options.format === 'docker' ? DOCKER_MEDIA : MEDIA);
  const folder = imagesFolder(store);
  const manifest = await readManifest(folder, digest);
  return { folder, digest, bytes: manifest.layers.reduce((sum, { size }) => sum + size, 0) };
}

/**
 * The engine as one file. What is started (`dist/cli.js`) is a few lines beside it.
 * @param given what was started, when it is not what this process began with
 * @throws UserError `engine-not-built`
 */
export async function engineFile(given: string | undefined): Promise<string> {
  const isFile = async (path: string) => (await stat(path).catch(() => undefined))?.isFile() === true;
  const started = await realpath(given ?? process.argv[1] ?? '');
  const beside = join(dirname(started), 'engine.js');
  if (basename(started) === 'cli.js' && (await isFile(beside))) return beside;
  if (basename(started) === 'cli.js' || given !== undefined) return started;
  const built = join(started, '..', '..', 'dist', 'engine.js');
  if (await isFile(built)) return realpath(built);
  throw new UserError({
    code: 'engine-not-built',
    message: 'The engine runs from its sources, so there is nothing to put into an image.',
    hint: '`npm run build` makes dist/engine.js; deploy with dist/cli.js.',
  });
}

/** The files of a bundle and nothing else. */
export async function bundleFiles(folder: string, under: string): Promise<LayerFile[]> {
  const { files } = await readBundle(folder);
  const signature = (await readdir(folder)).filter((name) => name === SIGNATURE_FILE);
  return [...files.map(({ path }) => path), ...signature, 'bundle.json'].map((path) => ({
    path: `${under}/${path}`,
    mode: 0o644,
    from: join(folder, path),
  }));
}

/**
 * Node, and the libraries that it and the runtime need, as they are on this machine. What this process happens to have loaded tells where they
 * lie, not which: it may not have loaded the runtime yet, or more than is needed.
 */
async function systemFiles(runtime: readonly LayerFile[]): Promise<LayerFile[]> {
  const refuse = (message: string) =>
    new UserError({
      code: 'image-platform',
      message,
      hint: 'Name an image with Node as `base`, for example `base: docker.io/library/node:22-slim`, or let `dockerfile:` write one to build elsewhere.',
    });
  if (process.platform !== 'linux') throw refuse(`An image holds Linux programs; this machine is ${process.platform}.`);
  // The variable that makes Electron a Node says nothing: a host hands it on to every Node that it starts.
  if (process.versions['electron'] !== undefined)
    throw refuse("The engine runs on VS Code's own Electron, which does not go into an image.");
  const { sharedObjects = [] } = process.report.getReport() as { sharedObjects?: readonly string[] };
  const loaded = sharedObjects.filter(
    (path) => path.startsWith('/') && /\.so(\.|$)/.test(path) && /^\/(usr\/)?lib(32|64)?\//.test(path),
  );
  const loaders = loaded.filter((path) => /ld-(linux|musl)/.test(path));
  if (loaders.length === 0) throw refuse('The libraries that this Node needs can’t be found.');
  const folders = [...new Set(loaded.map((path) => dirname(path)))];
  const libraries = new Set(loaders);
  const inside = new Set(runtime.map(({ path }) => basename(path)));
  const open = [
    await realpath(process.execPath),
    ...runtime.flatMap(({ path, from = '' }) => (/\.(node|so)(\.|$)/.test(path) ? [from] : [])),
  ];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const name of await neededLibraries(path)) {
      // musl's loader is its C library as well.
      if (inside.has(name) || loaders.some((one) => basename(one) === name) || name.startsWith('libc.musl')) continue;
      const places = [...loaded.filter((one) => basename(one) === name), ...folders.map((one) => join(one, name))];
      let found: string | undefined;
      for (const place of places) found ??= (await stat(place).catch(() => undefined))?.isFile() ? place : undefined;
      if (found === undefined) throw refuse(`The library ${name}, which ${basename(path)} needs, can’t be found.`);
      if (libraries.has(found)) continue;
      libraries.add(found);
      open.push(found);
    }
  }
  return [
    { path: 'usr/local/bin/node', mode: 0o755, from: await realpath(process.execPath) },
    ...(await Promise.all(
      [...libraries].sort().map(async (path) => ({ path: path.slice(1), mode: 0o755, from: await realpath(path) })),
    )),
    {
      path: 'etc/passwd',
      mode: 0o644,
      content: `root:x:0:0:root:/root:/sbin/nologin\nlifecycle:x:${CONTAINER_USER}:${CONTAINER_USER}::/tmp:/sbin/nologin\n`,
    },
    { path: 'tmp', mode: 0o1777, folder: true },
  ];
}

/** The packages that the engine does not carry inside: onnxruntime, with its part for Linux. */
async function runtimeFiles(engine: string): Promise<LayerFile[]> {
  const from = createRequire(engine);
  const files: LayerFile[] = [];
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    const manifest = packageFile(from, name);
    if (manifest === undefined) continue;
    const root = dirname(manifest);
    for (const path of await walk(root)) {
      const local = relative(root, path).split(sep).join(posix.sep);
      const native = /^bin\/[^/]+\/([^/]+)\/([^/]+)\//.exec(local);
      if (native && (native[1] !== 'linux' || native[2] !== process.arch)) continue;
      if (/\.(d\.[cm]?ts|map|md|ts)$|^(lib|script)\//.test(local) && name === 'onnxruntime-node') continue;
      if (name === 'onnxruntime-common' && !/^(package\.json|dist\/cjs\/.*\.js(on)?)$/.test(local)) continue;
      files.push({ path: `app/node_modules/${name}/${local}`, mode: 0o644, from: await realpath(path) });
    }
  }
  if (!files.some(({ path }) => path.endsWith('.node'))) {
    throw new UserError({
      code: 'image-platform',
      message: `onnxruntime has no part for linux/${process.arch} here.`,
      hint: 'Deploy from a Linux machine, or let `dockerfile:` write one to build elsewhere.',
    });
  }
  return files;
}

function packageFile(from: NodeJS.Require, name: string): string | undefined {
  for (const folder of from.resolve.paths(name) ?? []) {
    try {
      return from.resolve(join(folder, name, 'package.json'));
    } catch {
      // Further up.
    }
  }
  return undefined;
}

async function walk(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') found.push(...(await walk(path)));
    } else if (entry.isFile()) found.push(path);
  }
  return found;
}

async function baseOf(
  image: string,
  store: string,
  architecture: string,
  secret: SecretLookup,
): Promise<{ layers: Layer[]; config: Record<string, unknown>; node: string }> {
  const folder = imagesFolder(store);
  const digest = await pullImage(image, folder, architecture, { secret });
  const manifest = await readManifest(folder, digest);
  const config = await readJson<{ config?: Record<string, unknown>; rootfs?: { diff_ids?: readonly string[] } }>(
    blobPath(folder, manifest.config.digest),
  );
  const ids = config?.rootfs?.diff_ids ?? [];
  return {
    layers: manifest.layers.map((descriptor, i) => ({
      descriptor: {
        ...descriptor,
        mediaType: descriptor.mediaType.includes('docker') ? MEDIA.layer : descriptor.mediaType,
      },
      diffId: ids[i] ?? '',
    })),
    config: { Env: config?.config?.['Env'] ?? [] },
    node: 'node',
  };
}

/** Content of a text file of the engine's folder, for the Dockerfile's context. */
export async function runtimeVersion(engine: string): Promise<string> {
  const manifest = packageFile(createRequire(engine), 'onnxruntime-node');
  const text = manifest === undefined ? undefined : await readText(manifest);
  return text === undefined ? '1.27.0' : (JSON.parse(text) as { version: string }).version;
}
