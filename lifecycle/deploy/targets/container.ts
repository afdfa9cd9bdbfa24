import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ContainerTarget, ImageSettings } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { readJson, readText } from '../../process/files';
import { hashFile } from '../../process/hash';
import { readBundle } from '../../store/bundle';
import { buildImage, type BuiltImage, CONTAINER_USER, engineFile, runtimeVersion, START } from '../image/build';
import { parseRepository } from '../image/registry';
import type { Action, Placement, RegistryCredentials, TargetKind } from '../plan';

/** An image with server and model: pushed, written to a folder, or as a Dockerfile. */
export const container: TargetKind<ContainerTarget> = {
  kind: 'container',
  asks: true,

  async plan(settings, placement) {
    const { target, model, folder } = placement;
    const actions: Action[] = [];
    const notes: string[] = [];
    if (settings.repository === undefined && settings.output === undefined && settings.dockerfile === undefined) {
      throw new UserError({
        code: 'container-nowhere',
        message: `The target '${target}' does not say where the image goes.`,
        hint: 'Give it a `repository`, an `output` folder or a `dockerfile` folder.',
      });
    }
    if (settings.repository !== undefined || settings.output !== undefined) {
      const image = await buildImage(placement, settings.base === undefined ? {} : { base: settings.base });
      notes.push(`The image is ${image.digest}, ${(image.bytes / 1e6).toFixed(0)} MB.`);
      if (settings.repository !== undefined)
        actions.push(
          pushOf({ repository: settings.repository, ...credentials(settings) }, image, placement, settings.tags),
        );
      if (settings.output !== undefined) {
        const path = resolve(folder, settings.output);
        const before = await readJson<{ manifests?: readonly { digest?: string }[] }>(join(path, 'index.json'));
        if (before?.manifests?.[0]?.digest === image.digest) notes.push(`${settings.output} holds it already.`);
        else {
          await refuseForeign(path, settings.output, target);
          actions.push({
            do: 'run',
            program: 'copy-image',
            say: `write the image of ${model.name} ${model.version} into ${settings.output}`,
            image: image.folder,
            digest: image.digest,
            path,
          });
        }
      }
    }
    if (settings.dockerfile !== undefined)
      actions.push(...(await dockerfileActions(resolve(folder, settings.dockerfile), placement)));
    return { target, kind: 'container', actions, notes };
  },

  async outcome(settings, placement) {
    const output = settings.output ?? settings.dockerfile;
    const built =
      settings.repository === undefined && settings.output === undefined
        ? undefined
        : await buildImage(placement, settings.base === undefined ? {} : { base: settings.base });
    return {
      ...(output !== undefined && { output: resolve(placement.folder, output) }),
      ...(built && {
        image: settings.repository === undefined ? built.digest : `${settings.repository}@${built.digest}`,
      }),
    };
  },
};

function credentials({ credentials: named }: Pick<ImageSettings, 'credentials'>): {
  credentials?: { username: { secret: string }; password: { secret: string } };
} {
  return named === undefined ? {} : { credentials: named };
}

/** Pushes an image by its version, and under further tags. */
export function pushOf(
  settings: ImageSettings,
  image: BuiltImage,
  { model }: Placement,
  tags: readonly string[] = [],
): Action {
  const { reference } = parseRepository(settings.repository);
  if (reference !== undefined) {
    throw new UserError({
      code: 'image-name',
      message: `'${settings.repository}' has a tag or digest of its own.`,
      hint: 'Leave it out: the version is the tag.',
    });
  }
  const named: RegistryCredentials | undefined = settings.credentials && {
    username: settings.credentials.username.secret,
    password: settings.credentials.password.secret,
  };
  return {
    do: 'run',
    program: 'push',
    say: `push the image of ${model.name} ${model.version} to ${settings.repository}`,
    image: image.folder,
    digest: image.digest,
    repository: settings.repository,
    tags: [...new Set([String(model.version), ...tags])],
    ...(named && { credentials: named }),
  };
}

async function refuseForeign(path: string, output: string, target: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || (await readText(join(path, 'oci-layout'))) !== undefined) return;
  throw new UserError({
    code: 'container-folder-taken',
    message: `The target '${target}' writes into ${output}, which is there and holds no image.`,
    hint: 'Name another folder as `output`.',
  });
}

/** Always the same text: what differs from model to model lies in files beside it, so nothing can be smuggled into an instruction. */
const DOCKERFILE = `# Server and model. Build it with: docker build -t NAME .
ARG BASE=docker.io/library/node:22-slim
FROM \${BASE}
WORKDIR /app
ENV NODE_ENV=production ONNXRUNTIME_NODE_INSTALL=skip
COPY app/package.json ./
RUN npm install --omit=dev --no-audit --no-fund
COPY app/ ./
COPY model/ /model/
WORKDIR /tmp
USER ${CONTAINER_USER}:${CONTAINER_USER}
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/start.cjs"]
`;

async function dockerfileActions(folder: string, placement: Placement): Promise<Action[]> {
  const engine = await engineFile(placement.engine);
  const { model } = placement;
  const texts: Record<string, string> = {
    Dockerfile: DOCKERFILE,
    '.dockerignore': '*\n!app\n!model\n',
    'app/start.cjs': START,
    'app/start.json': JSON.stringify({ version: model.version }),
    'app/package.json':
      JSON.stringify({ private: true, dependencies: { 'onnxruntime-node': await runtimeVersion(engine) } }, null, 2) +
      '\n',
  };
  const actions: Action[] = [];
  for (const [name, content] of Object.entries(texts)) {
    const path = join(folder, name);
    const before = await readText(path);
    if (before === content) continue;
    actions.push({
      do: 'write',
      say: `${before === undefined ? 'write' : 'change'} ${name}`,
      path,
      content,
      ...(before !== undefined && { before }),
      undo: { do: 'write', say: `put ${name} back`, path, ...(before !== undefined && { content: before }) },
    });
  }
  const { files } = await readBundle(model.folder);
  const copies: [string, string][] = [
    ['app/cli.js', engine],
    ...[...files.map(({ path }) => path), 'bundle.json'].map((name): [string, string] => [
      `model/${name}`,
      join(model.folder, name),
    ]),
  ];
  for (const [name, from] of copies) {
    const path = join(folder, name);
    const { sha256 } = await hashFile(from);
    if ((await hashFile(path).catch(() => undefined))?.sha256 === sha256) continue;
    actions.push({ do: 'write', say: `copy ${name}`, path, from: { path: from, sha256 } });
  }
  return actions;
}
