import { dirname, join, relative } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { DeploymentTarget, Targets } from '../../schemas/generated/types';
import { validateTargets } from '../../schemas/generated/validators';
import { nearest } from '../expression/nearest';
import { UserError } from '../problem';
import { readText } from '../process/files';

/** A target and the folder its relative paths start from. */
export interface ResolvedTarget {
  readonly name: string;
  readonly settings: DeploymentTarget;
  /** Absolute folder of targets.yaml, or where it would be. */
  readonly folder: string;
}

export const TARGETS_FILE = 'targets.yaml';

/**
 * Finds a target by name: in the nearest targets.yaml from `folder` up to `root`. `local` is there without a file.
 *
 * @throws UserError `target-unknown` (with the nearest name), `targets-invalid` (with file and line)
 */
export async function findTarget(
  name: string,
  where: { readonly folder: string; readonly root: string },
): Promise<ResolvedTarget> {
  const found = await readTargets(where);
  const settings = found && Object.hasOwn(found.targets, name) ? found.targets[name] : undefined;
  if (found !== undefined && settings !== undefined) return { name, settings, folder: found.folder };
  if (name === 'local') return { name, settings: { kind: 'local' }, folder: found?.folder ?? where.folder };
  const names = [...Object.keys(found?.targets ?? {}), 'local'];
  const meant = nearest(name, names);
  throw new UserError({
    code: 'target-unknown',
    message: `There is no target '${name}'${found === undefined ? ` and no ${TARGETS_FILE}` : ` in ${relative(where.root, found.path)}`}.`,
    hint: meant === undefined ? `There are ${names.join(', ')}.` : `Did you mean '${meant}'?`,
    path: ['target'],
  });
}

/** All targets of a project: those of the nearest targets.yaml, and `local`. */
export async function listTargets(where: {
  readonly folder: string;
  readonly root: string;
}): Promise<ResolvedTarget[]> {
  const found = await readTargets(where);
  const targets: Record<string, DeploymentTarget> = { local: { kind: 'local' }, ...found?.targets };
  return Object.entries(targets).map(([name, settings]) => ({ name, settings, folder: found?.folder ?? where.folder }));
}

interface TargetsFile {
  readonly path: string;
  readonly folder: string;
  readonly targets: Targets['targets'];
}

async function readTargets({
  folder,
  root,
}: {
  readonly folder: string;
  readonly root: string;
}): Promise<TargetsFile | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, TARGETS_FILE);
    const text = await readText(path);
    if (text !== undefined) return { path, folder: at, targets: parseTargets(text, path) };
    if (at === root || dirname(at) === at) return undefined;
  }
}

/**
 * The same problem with its place in targets.yaml, when the target stands there: at the setting that `path` names, else at the target.
 * A problem that names a file already stays as it is.
 */
export async function atTarget(error: unknown, { name, folder }: ResolvedTarget): Promise<unknown> {
  if (!(error instanceof UserError) || error.problem.file !== undefined) return error;
  const file = join(folder, TARGETS_FILE);
  const text = await readText(file);
  if (text === undefined) return error;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  let place: readonly (string | number)[] = ['targets', name, ...(error.problem.path ?? [])];
  while (place.length > 2 && !document.hasIn(place)) place = place.slice(0, -1);
  const offset = offsetOf(document, place);
  if (offset === undefined) return error;
  const { line, col: column } = lines.linePos(offset);
  return new UserError({ ...error.problem, file, line, column });
}

/**
 * Where what a path names begins: a value that is written on its own at itself, a map, a list or nothing at the key that it stands under.
 * @param atKey its key in any case
 */
function offsetOf(document: Document, place: readonly (string | number)[], atKey = false): number | undefined {
  const found = (path: readonly (string | number)[]) =>
    (path.length === 0 ? document.contents : document.getIn(path, true)) as Node | undefined;
  const value = found(place);
  const parent = place.length > 0 ? found(place.slice(0, -1)) : undefined;
  const pair =
    parent && isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(place.at(-1)))
      : undefined;
  const own = !atKey && isScalar(value) && value.value !== null;
  return (own || pair === undefined ? value : (pair.key as Node))?.range?.[0];
}

/** @throws UserError `targets-invalid` naming the line */
export function parseTargets(text: string, path: string): Targets['targets'] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (message: string, offset: number | undefined) =>
    new UserError({
      code: 'targets-invalid',
      message: `${path}${offset === undefined ? '' : ` line ${lines.linePos(offset).line}`}: ${message}`,
      hint: 'docs/reference/targets.md describes the file.',
      file: path,
      ...(offset !== undefined && { line: lines.linePos(offset).line, column: lines.linePos(offset).col }),
    });
  const broken = document.errors[0];
  if (broken) throw refuse(broken.message, broken.pos[0]);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), undefined);
  }
  if (validateTargets(value)) return (value as Targets).targets;
  const first = validateTargets.errors?.[0];
  const place = (first?.instancePath ?? '')
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const extra = first?.params['additionalProperty'];
  if (typeof extra === 'string') place.push(extra);
  const offset = offsetOf(document, place, typeof extra === 'string');
  const what =
    typeof extra === 'string'
      ? `'${extra}' is not allowed here`
      : `${place.length > 0 ? `'${place.join('.')}' ` : 'the file '}${first?.message ?? 'is not valid'}`;
  throw refuse(`${what}.`, offset);
}
