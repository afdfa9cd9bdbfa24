import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, ModelInfo, Scalar } from '../../schemas/generated/types';
import { validateBundle, validateModel, type Validator } from '../../schemas/generated/validators';
import { decodeModel } from '../onnx/decode';
import { UserError } from '../problem';
import { short32 } from '../statistics/short';
import { isMissing } from '../process/files';
import { sha256 } from '../process/hash';
import { canonicalJson } from './canonical';
import { isSigned, SIGNATURE_FILE, trustedKeys } from './signature';

/** A bundle whose every byte was checked. */
export interface VerifiedBundle {
  /** Absolute folder. */
  readonly folder: string;
  readonly bundle: Bundle;
  readonly model: ModelInfo;
  /** model.onnx as it was checked: load these bytes, not the file again. */
  readonly onnx: Uint8Array;
}

/** Where a bundle came from is checked file by file, but is not part of what it is: the same model made by another run is the same version. */
const ORIGIN = 'lineage.json';
const REQUIRED = ['model.onnx', 'model.json', 'metrics.json', ORIGIN, 'example.json', 'MODEL_CARD.md'];

/**
 * Digest of a bundle: SHA-256 over name, task, runtime and the checksums of every file but lineage.json, as canonical JSON.
 * No time, run or release number goes into it.
 */
export function bundleDigest(bundle: Omit<Bundle, 'digest'>): string {
  const files = bundle.files
    .filter(({ path }) => path !== ORIGIN)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256: hash, bytes }) => ({ path, sha256: hash, bytes }));
  return sha256(
    canonicalJson({
      format: bundle.format,
      name: bundle.name,
      task: bundle.task,
      runtime: bundle.runtime ?? {},
      files,
    }),
  );
}

/**
 * Checks a bundle folder before anything of it is used: every file is there, is a plain file, has its checksum, nothing else is there,
 * the digest fits, and the graph keeps all of its weights inside.
 *
 * @param expected digest on record (registry, ledger): refuses a bundle that is sound in itself but not the one meant
 * @throws UserError `bundle-missing`, `bundle-newer`, `bundle-damaged` (names the file), `bundle-not-the-one`, `bundle-model-refused`
 */
export async function verifyBundle(folder: string, expected?: { readonly digest?: string }): Promise<VerifiedBundle> {
  const bundle = await readBundle(folder);
  const listed = new Map(bundle.files.map((file) => [file.path, file]));
  const damaged = (message: string, file: string) =>
    new UserError({
      code: 'bundle-damaged',
      message: `${message} in the bundle ${folder}.`,
      hint: 'It is not loaded. Package the model again, or fetch the bundle anew.',
      file,
    });
  if (listed.size !== bundle.files.length) throw damaged('A file is listed twice', 'bundle.json');
  for (const path of listed.keys())
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(path) || path === 'bundle.json')
      throw damaged(`The file name '${path.slice(0, 80)}' is not allowed`, 'bundle.json');
  const present = new Set(await readdir(folder));
  for (const path of REQUIRED) if (!listed.has(path)) throw damaged(`${path} is not listed`, 'bundle.json');
  for (const name of present)
    if (name !== 'bundle.json' && name !== SIGNATURE_FILE && !listed.has(name))
      throw damaged(`${name} does not belong`, name);
  if (bundleDigest(bundle) !== bundle.digest)
    throw damaged('The digest in bundle.json does not fit its list of files', 'bundle.json');
  if (expected?.digest !== undefined && expected.digest !== bundle.digest) {
    throw new UserError({
      code: 'bundle-not-the-one',
      message: `The bundle ${folder} has the digest ${bundle.digest.slice(0, 12)}…, not ${expected.digest.slice(0, 12)}… as on record.`,
      hint: 'Someone replaced it. Package the model again.',
    });
  }
  await checkSignature(folder, present.has(SIGNATURE_FILE), bundle.digest, damaged);
  const contents = new Map<string, Buffer>();
  for (const [path, { sha256: hash, bytes }] of listed) {
    if (!present.has(path)) throw damaged(`${path} is missing`, path);
    const content = await readPlain(join(folder, path));
    if (content === undefined) throw damaged(`${path} is not a plain file`, path);
    if (content.length !== bytes || sha256(content) !== hash) throw damaged(`${path} was changed`, path);
    contents.set(path, content);
  }
  const model = parse<ModelInfo>(contents.get('model.json'), validateModel);
  if (model === undefined) throw damaged('model.json does not follow its schema', 'model.json');
  const onnx = contents.get('model.onnx') ?? Buffer.alloc(0);
  checkGraph(onnx, model, folder);
  return { folder, bundle, model, onnx };
}

/** A signature that is there must hold; where keys are trusted there must be one, by one of them. */
async function checkSignature(
  folder: string,
  there: boolean,
  digest: string,
  damaged: (message: string, file: string) => UserError,
): Promise<void> {
  const keys = trustedKeys();
  if (!there && keys === undefined) return;
  const content = there ? await readPlain(join(folder, SIGNATURE_FILE)) : undefined;
  const signature = parse(content, () => true);
  if (there && !isSigned(signature, digest)) throw damaged('The signature does not hold', SIGNATURE_FILE);
  if (keys === undefined || (isSigned(signature, digest) && keys.includes(signature.key))) return;
  throw new UserError({
    code: 'bundle-untrusted',
    message: there
      ? `The bundle ${folder} is signed by a key that is not trusted.`
      : `The bundle ${folder} is not signed.`,
    hint: 'It is not loaded: LIFECYCLE_TRUSTED_KEYS names the keys that bundles must be signed by.',
    file: SIGNATURE_FILE,
  });
}

/** `bundle.json` of a folder, checked against its schema but not against the files. */
export async function readBundle(folder: string): Promise<Bundle> {
  let content: Buffer | undefined;
  try {
    content = await readPlain(join(folder, 'bundle.json'));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  if (content === undefined) {
    throw new UserError({
      code: 'bundle-missing',
      message: `${folder} is not a bundle: it has no bundle.json.`,
      hint: 'A `package` stage makes one.',
    });
  }
  const bundle = parse<Bundle>(content, validateBundle);
  if (bundle !== undefined) return bundle;
  const format = parse<{ format?: unknown }>(content, () => true)?.format;
  if (typeof format === 'number' && format > 1) {
    throw new UserError({
      code: 'bundle-newer',
      message: `The bundle ${folder} has format ${format}; this engine reads format 1.`,
      hint: 'Update ML Lifecycle.',
    });
  }
  throw new UserError({
    code: 'bundle-damaged',
    message: `bundle.json in ${folder} does not follow its schema.`,
    hint: 'It is not loaded. Package the model again, or fetch the bundle anew.',
    file: 'bundle.json',
  });
}

function parse<T>(content: Buffer | undefined, valid: Validator | (() => boolean)): T | undefined {
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    return valid(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Content of a plain file; undefined for a link, folder or device. */
async function readPlain(path: string): Promise<Buffer | undefined> {
  return (await lstat(path)).isFile() ? readFile(path) : undefined;
}

/** The graph takes exactly the inputs of model.json, gives its outputs, and keeps no weight elsewhere. */
function checkGraph(onnx: Uint8Array, model: ModelInfo, folder: string): void {
  const refuse = (message: string, hint?: string) =>
    new UserError({
      code: 'bundle-model-refused',
      message: `The model of the bundle ${folder} can't be served: ${message}`,
      hint: hint ?? 'Package the model again.',
      file: 'model.onnx',
    });
  let graph;
  try {
    ({ graph } = decodeModel(onnx));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const stored = new Set(graph.initializers.map(({ name }) => name));
  const inputs = new Map(graph.inputs.filter(({ name }) => !stored.has(name)).map((input) => [input.name, input.type]));
  for (const { name, type } of model.inputs) {
    const given = inputs.get(name);
    if (given === undefined) throw refuse(`the graph has no input '${name}', which model.json lists.`);
    const textual = type === 'text' || type === 'time';
    if ((given === 'string') !== textual && !(type === 'time' && given === 'float'))
      throw refuse(`the graph takes ${given} for '${name}', model.json says ${type}.`);
    inputs.delete(name);
  }
  const extra = inputs.keys().next().value;
  if (extra !== undefined) throw refuse(`the graph takes an input '${extra}', which model.json does not list.`);
  const wanted = model.task === 'regression' ? 'prediction' : 'probabilities';
  const output = graph.outputs.find(({ name }) => name === wanted);
  if (output === undefined) throw refuse(`it has no output '${wanted}'.`);
  const width = output.shape?.[1];
  const classes = model.classes?.length ?? 0;
  if (model.task !== 'regression') {
    if (classes < 2) throw refuse('model.json lists no classes.');
    if (typeof width === 'number' && width !== classes)
      throw refuse(`it gives ${width} probabilities, model.json lists ${classes} classes.`);
  }
}

/** The row of such a request by column, with the digits that people write: 47.85 for 47.85000038146973. */
export function exampleRow({ inputs }: ExampleRequest): Record<string, Scalar> {
  return Object.fromEntries(
    inputs.map(({ name, data: [value = null] }) => [name, typeof value === 'number' ? short32(value) : value]),
  );
}

/** An Open Inference Protocol request with one typical row. */
export interface ExampleRequest {
  readonly inputs: readonly {
    readonly name: string;
    readonly datatype: 'FP32' | 'BOOL' | 'BYTES';
    readonly shape: readonly [1, 1];
    readonly data: readonly Scalar[];
  }[];
}
