import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { EdgeTarget, ModelInfo } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { listFolder, readJson, readText } from '../../process/files';
import { hashFile, sha256 } from '../../process/hash';
import type { Action, Placement, TargetKind } from '../plan';

type Runtime = 'node' | 'browser' | 'python';

/** `contents.json` of the folder: what belongs to it, and what it must be. */
interface Contents {
  readonly format: 1;
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

/** Which files of ours each runtime needs, beside the model. */
const OWN: Readonly<Record<Runtime, readonly string[]>> = {
  node: ['model.mjs', 'node.mjs'],
  browser: ['model.mjs', 'index.html', 'page.mjs'],
  python: ['predict.py', 'onnx_numpy.py', 'onnx_file.py', 'onnx_layers.py', 'onnx_texts.py'],
};

/** What reads pictures, for models that take some; built from the engine's own. */
const PICTURES: Readonly<Partial<Record<Runtime, string>>> = {
  node: 'pictures-node.mjs',
  browser: 'pictures-page.mjs',
};

interface Source {
  readonly name: string;
  readonly path?: string;
  readonly content?: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A folder with the model and what it needs to run without the engine. */
export const edge: TargetKind<EdgeTarget> = {
  kind: 'edge',
  asks: false,

  async plan(settings, placement) {
    const { target, model } = placement;
    const folder = resolve(placement.folder, settings.output);
    const before = await readJson<Contents>(join(folder, 'contents.json'));
    const foreign = before === undefined ? (await listFolder(folder)).filter((name) => !name.startsWith('.')) : [];
    if (foreign.length > 0) {
      throw new UserError({
        code: 'edge-folder-taken',
        message: `The target '${target}' writes into ${settings.output}, where there is something else already (${foreign.slice(0, 3).join(', ')}).`,
        hint: 'Name an empty folder as `output`.',
      });
    }
    const sources = await sourcesOf(settings.runtimes ?? ['node', 'browser', 'python'], placement);
    const bytes = sources.reduce((sum, source) => sum + source.bytes, 0);
    if (settings.budget !== undefined && bytes > settings.budget) {
      const largest = sources.toSorted((a, b) => b.bytes - a.bytes).slice(0, 3);
      throw new UserError({
        code: 'edge-budget',
        message: `${model.name} ${model.version} takes ${size(bytes)} on '${target}', more than its budget of ${size(settings.budget)}.`,
        hint: `Largest are ${largest.map(({ name, bytes: own }) => `${name} (${size(own)})`).join(', ')}. Quantise the model, or leave out a runtime.`,
      });
    }
    const contents: Contents = {
      format: 1,
      name: model.name,
      version: model.version,
      digest: model.digest,
      files: Object.fromEntries(
        sources
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, sha256: hash, bytes: own }) => [name, { sha256: hash, bytes: own }]),
      ),
    };
    const actions: Action[] = [];
    for (const source of sources) {
      const path = join(folder, source.name);
      const there = await hashFile(path).catch(() => undefined);
      if (there?.sha256 === source.sha256) continue;
      actions.push(await writeOf(source, path, there !== undefined));
    }
    for (const name of Object.keys(before?.files ?? {}))
      if (!Object.hasOwn(contents.files, name) && /^[\w.-]+$/.test(name) && name !== 'contents.json')
        actions.push(await removal(name, join(folder, name)));
    const list = JSON.stringify(contents, null, 2) + '\n';
    const listed = await readText(join(folder, 'contents.json'));
    // Last: whoever reads the folder while it changes refuses what does not fit the list.
    if (listed !== list) actions.push(textWrite('contents.json', join(folder, 'contents.json'), list, listed));
    return {
      target,
      kind: 'edge',
      actions,
      notes:
        actions.length === 0
          ? [`${settings.output} holds ${model.name} ${model.version} already.`]
          : [
              `${settings.output} takes ${size(bytes)}${settings.budget === undefined ? '' : ` of ${size(settings.budget)}`}.`,
            ],
    };
  },

  outcome: (settings, { folder }) => Promise.resolve({ output: resolve(folder, settings.output) }),
};

async function sourcesOf(runtimes: readonly Runtime[], { model }: Placement): Promise<Source[]> {
  const sources: Source[] = [];
  for (const name of ['model.onnx', 'model.json', 'example.json', 'MODEL_CARD.md'])
    sources.push(await fileSource(name, join(model.folder, name)));
  const own = assetsFolder();
  for (const name of new Set(runtimes.flatMap((runtime) => OWN[runtime])))
    sources.push(await fileSource(name, join(own, name)));
  if (await takesPictures(model.folder))
    for (const runtime of runtimes) {
      const name = PICTURES[runtime];
      if (name !== undefined) sources.push(await fileSource(name, await builtFile(name)));
    }
  if (runtimes.some((runtime) => runtime !== 'python')) {
    sources.push(await fileSource('ort.mjs', await wasmFile('ort.wasm.bundle.min.mjs')));
    sources.push(await fileSource('ort.wasm', await wasmFile('ort-wasm-simd-threaded.wasm')));
  }
  const readme = readmeOf(runtimes);
  sources.push({ name: 'README.md', content: readme, sha256: sha256(readme), bytes: Buffer.byteLength(readme) });
  return sources;
}

async function fileSource(name: string, path: string): Promise<Source> {
  return { name, path, ...(await hashFile(path)) };
}

async function writeOf(source: Source, path: string, there: boolean): Promise<Action> {
  const isText = /\.(json|md|mjs|html|py)$/.test(source.name) && source.bytes < 100_000;
  if (source.path !== undefined && !isText)
    return {
      do: 'write',
      say: `${there ? 'replace' : 'write'} ${source.name} (${size(source.bytes)})`,
      path,
      from: { path: source.path, sha256: source.sha256 },
      ...(!there && { undo: { do: 'write' as const, say: `remove ${source.name}`, path } }),
    };
  const content = source.content ?? (await readFile(source.path ?? '', 'utf8'));
  return textWrite(source.name, path, content, await readText(path));
}

function textWrite(name: string, path: string, content: string, before: string | undefined): Action {
  return {
    do: 'write',
    say: `${before === undefined ? 'write' : 'change'} ${name}`,
    path,
    content,
    ...(before !== undefined && { before }),
    undo: { do: 'write', say: `put ${name} back`, path, ...(before !== undefined && { content: before }) },
  };
}

async function removal(name: string, path: string): Promise<Action> {
  const before = (await stat(path).catch(() => undefined))?.size ?? 0;
  const text = before < 100_000 ? await readText(path) : undefined;
  return {
    do: 'write',
    say: `remove ${name}`,
    path,
    ...(text !== undefined && {
      before: text,
      undo: { do: 'write' as const, say: `put ${name} back`, path, content: text },
    }),
  };
}

/** Our own files: beside the engine (`dist/edge`), in the sources beside this room. */
export function assetsFolder(): string {
  return __dirname.endsWith(join('deploy', 'targets')) ? join(__dirname, '..', 'edge') : join(__dirname, 'edge');
}

async function takesPictures(bundle: string): Promise<boolean> {
  const info = await readJson<ModelInfo>(join(bundle, 'model.json'));
  return info?.inputs?.some(({ image }) => image !== undefined) === true;
}

/** A file that the build makes: beside our own; in the sources in the build's folder. */
async function builtFile(name: string): Promise<string> {
  for (const folder of [assetsFolder(), join(__dirname, '../../../dist/edge')]) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  throw new UserError({
    code: 'edge-runtime-missing',
    message: `${name}, which reads pictures, is not beside the engine.`,
    hint: 'Install ML Lifecycle anew, or set `runtimes: [python]`.',
  });
}

/** A file of onnxruntime for WebAssembly: beside our own, else in the package. */
async function wasmFile(name: string): Promise<string> {
  const beside = join(assetsFolder(), name);
  if ((await stat(beside).catch(() => undefined))?.isFile()) return beside;
  try {
    return join(dirname(createRequire(join(__dirname, 'x.js')).resolve('onnxruntime-web')), name);
  } catch {
    throw new UserError({
      code: 'edge-runtime-missing',
      message: 'onnxruntime for WebAssembly is not beside the engine.',
      hint: 'Install ML Lifecycle anew, or set `runtimes: [python]`.',
    });
  }
}

function readmeOf(runtimes: readonly Runtime[]): string {
  const parts = [
    '# A model to take along',
    'MODEL_CARD.md tells what it predicts, and from what. contents.json lists the files with their checksums, which are verified when the model is loaded.',
  ];
  if (runtimes.includes('node')) parts.push('## Node', '```sh\nnode node.mjs rows.json\n```');
  if (runtimes.includes('browser'))
    parts.push(
      '## Browser',
      'Serve the folder over HTTP and open index.html, for example:',
      '```sh\nnpx serve .\n```',
      'Everything runs in the page. Other pages import `openModel` of model.mjs as page.mjs does.',
    );
  if (runtimes.includes('python'))
    parts.push(
      '## Python',
      '```sh\npython3 predict.py rows.json\n```',
      'Needs numpy; uses onnxruntime when it is installed.',
    );
  return parts.join('\n\n') + '\n';
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
