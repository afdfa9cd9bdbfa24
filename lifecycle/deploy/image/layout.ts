import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { readJson, temporaryName, writeAtomic } from '../../process/files';
import { HashMemory, sha256 } from '../../process/hash';
import { canonicalJson } from '../../store/canonical';
import { storePaths } from '../../store/layout';
import { tar, type TarFile } from './tar';

export const MEDIA = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** The same things under the names that Docker had for them before OCI: SageMaker takes no others. */
export const DOCKER_MEDIA = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

/** Size, digest and kind of something that an image consists of. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A layer that lies in the store. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the layer before it was packed. */
  readonly diffId: string;
}

/** What is in a layer: like {@link TarFile}, sizes are found. */
export type LayerFile = Omit<TarFile, 'bytes'>;

export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Settings of a container, as the OCI image specification names them. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: 'linux';
  readonly config: Readonly<Record<string, unknown>>;
  readonly history?: readonly Readonly<Record<string, unknown>>[];
}

/** Images of a store: one OCI layout, layers shared. */
export function imagesFolder(store: string): string {
  return join(store, 'images');
}

export function blobPath(folder: string, digest: string): string {
  const [algorithm, hash] = digest.split(':');
  if (algorithm !== 'sha256' || !/^[0-9a-f]{64}$/.test(hash ?? '')) throw new Error(`'${digest}' is not a digest.`);
  return join(folder, 'blobs', 'sha256', hash ?? '');
}

/** Packs files into a layer, once for the same files: the next time it is found. */
export async function makeLayer(store: string, files: readonly LayerFile[]): Promise<Layer> {
  const folder = imagesFolder(store);
  const memory = new HashMemory(storePaths.hashes(store));
  const sized: TarFile[] = [];
  const listed: unknown[] = [];
  for (const file of files) {
    const bytes =
      file.content !== undefined
        ? Buffer.byteLength(file.content)
        : file.from !== undefined
          ? (await stat(file.from)).size
          : 0;
    const hash =
      file.content !== undefined ? sha256(file.content) : file.from !== undefined ? await memory.hash(file.from) : '';
    sized.push({ ...file, bytes });
    listed.push({ path: file.path, mode: file.mode, bytes, hash, folder: file.folder === true });
  }
  await memory.save();
  const known = join(folder, 'layers', `${sha256(canonicalJson(listed))}.json`);
  const before = await readJson<Layer>(known);
  if (before !== undefined && (await isWhole(folder, before.descriptor))) return before;
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  const aside = temporaryName(join(folder, 'blobs', 'layer'));
  const [open, packed] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  const counted = (take: (chunk: Buffer) => void) =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        take(chunk);
        done(null, chunk);
      },
    });
  await pipeline(
    Readable.from(tar(sized)),
    counted((chunk) => open.update(chunk)),
    createGzip({ level: 6 }),
    counted((chunk) => {
      packed.update(chunk);
      size += chunk.length;
    }),
    createWriteStream(aside),
  );
  const layer: Layer = {
    descriptor: { mediaType: MEDIA.layer, digest: `sha256:${packed.digest('hex')}`, size },
    diffId: `sha256:${open.digest('hex')}`,
  };
  await rename(aside, blobPath(folder, layer.descriptor.digest));
  await writeAtomic(known, JSON.stringify(layer));
  return layer;
}

/** Writes configuration and manifest of an image into the store. @returns digest of the manifest: the same for the same layers and settings */
export async function makeImage(
  store: string,
  layers: readonly Layer[],
  settings: ImageConfig,
  media: typeof MEDIA | typeof DOCKER_MEDIA = MEDIA,
): Promise<string> {
  const folder = imagesFolder(store);
  const config = await writeBlob(
    folder,
    JSON.stringify({
      created: '1970-01-01T00:00:00Z',
      ...settings,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
    media.config,
  );
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: media.manifest,
    config,
    layers: layers.map(({ descriptor }) =>
      descriptor.mediaType === MEDIA.layer ? { ...descriptor, mediaType: media.layer } : descriptor,
    ),
  };
  const { digest } = await writeBlob(folder, JSON.stringify(manifest), media.manifest);
  return digest;
}

export async function writeBlob(folder: string, content: string | Buffer, mediaType: string): Promise<Descriptor> {
  const bytes = Buffer.from(content);
  const digest = `sha256:${sha256(bytes)}`;
  if (!(await isWhole(folder, { mediaType, digest, size: bytes.length })))
    await writeAtomic(blobPath(folder, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

export async function isWhole(folder: string, { digest, size }: Descriptor): Promise<boolean> {
  return stat(blobPath(folder, digest)).then(
    (found) => found.size === size,
    () => false,
  );
}

export async function readManifest(
  folder: string,
  digest: string,
): Promise<ImageManifest & { readonly bytes: number }> {
  const path = blobPath(folder, digest);
  const manifest = await readJson<ImageManifest>(path);
  if (manifest === undefined) throw new Error(`The image ${digest} is not in ${folder}.`);
  return { ...manifest, bytes: (await stat(path)).size };
}

/** Puts one image into a folder of its own, in the OCI layout (`podman run oci:FOLDER`, `skopeo copy oci:FOLDER …`). */
export async function copyImage(folder: string, digest: string, to: string): Promise<void> {
  const manifest = await readManifest(folder, digest);
  await mkdir(join(to, 'blobs', 'sha256'), { recursive: true });
  for (const blob of [digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)]) {
    const target = blobPath(to, blob);
    if ((await stat(target).catch(() => undefined)) !== undefined) continue;
    const aside = temporaryName(target);
    await link(blobPath(folder, blob), aside).catch(() => copyFile(blobPath(folder, blob), aside));
    await rename(aside, target);
  }
  await writeAtomic(join(to, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeAtomic(
    join(to, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA.index,
      manifests: [{ mediaType: MEDIA.manifest, digest, size: manifest.bytes }],
    }),
  );
}
