import { createHash } from 'node:crypto';
import { normalized } from './defaults';
import type { PlannedStage } from './types';

/** What a stage's result depends on, by readable name: `config.model.trees` → `300`. */
export type FingerprintInputs = Readonly<Record<string, string>>;

export interface FingerprintContext {
  /** Implementation version of the room that executes the stage. */
  readonly version: number;
  /** Seed of the stage. */
  readonly seed: number;
  /** Content hash of each upstream result, by reference as written (`customers.train`). */
  readonly upstream: Readonly<Record<string, string>>;
  /** Further inputs by readable name, as `Room.inputs` gives them: `file data/a.csv` → hash. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Everything that a stage's result depends on, flat and readable. Of upstream stages the content counts and the place it is used in, not the
 * name; the name is in the key for people (`upstream candidates[0]: trees`), and {@link fingerprint} passes over it.
 */
export function fingerprintInputs(
  planned: Pick<PlannedStage, 'stage' | 'references'>,
  context: FingerprintContext,
): Record<string, string> {
  const inputs: Record<string, string> = {
    [`room ${planned.stage.kind}`]: String(context.version),
    seed: String(context.seed),
  };
  const references = new Map(planned.references.map(({ path, text }) => [pathName(path), text]));
  const { kind: _kind, seed: _seed, ...config } = normalized(planned.stage);
  const flatten = (value: unknown, name: string): void => {
    const reference = references.get(name);
    if (reference !== undefined && typeof value === 'string') {
      inputs[`upstream ${name}: ${reference}`] = context.upstream[reference] ?? 'unknown';
    } else if (Array.isArray(value)) {
      if (value.length === 0) inputs[`config.${name}`] = '[]';
      value.forEach((item, i) => {
        flatten(item, `${name}[${i}]`);
      });
    } else if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      if (entries.length === 0 && name !== '') inputs[`config.${name}`] = '{}';
      for (const [key, inner] of entries) flatten(inner, name === '' ? keyName(key) : `${name}.${keyName(key)}`);
    } else inputs[`config.${name}`] = JSON.stringify(value);
  };
  flatten(config, '');
  // Upstream results that the schema does not call references never get lost.
  for (const [reference, hash] of Object.entries(context.upstream))
    if (![...references.values()].includes(reference)) inputs[`upstream ${reference}: ${reference}`] = hash;
  return { ...inputs, ...context.files };
}

const keyName = (key: string): string => (/^[\p{L}\p{N}_-]+$/u.test(key) ? key : JSON.stringify(key));
const pathName = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (name, step) =>
      typeof step === 'number' ? `${name}[${step}]` : name === '' ? keyName(step) : `${name}.${keyName(step)}`,
    '',
  );

const upstreamKey = /^upstream ([^:]*): (.*)$/s;

/** What counts of an input's name: all of it, except the names of upstream stages. */
function identity(key: string): string {
  const upstream = upstreamKey.exec(key);
  return upstream ? `upstream ${upstream[1] ?? ''}` : key;
}

/** SHA-256 over the inputs in one order, as 64 hexadecimal digits. Equal inputs give equal fingerprints, whatever the stages are called. */
export function fingerprint(inputs: FingerprintInputs): string {
  const lines = Object.entries(inputs).map(([key, value]) => JSON.stringify([identity(key), value]));
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

/**
 * Why two fingerprints differ, most telling first: `model.learning-rate 0.01 → 0.02`, `customers changed`, `data/a.csv changed`. Empty when they
 * do not differ; `['first run']` without a former one.
 */
export function explain(before: FingerprintInputs | undefined, after: FingerprintInputs): string[] {
  if (!before) return ['first run'];
  const old = byIdentity(before);
  const now = byIdentity(after);
  const reasons: { rank: number; text: string }[] = [];
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(id), now.get(id)];
    if (was?.value !== is?.value) reasons.push(reasonOf(id, was, is));
  }
  return reasons.sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : 1)).map(({ text }) => text);
}

interface Named {
  readonly key: string;
  readonly value: string;
}

function byIdentity(inputs: FingerprintInputs): Map<string, Named> {
  return new Map(Object.entries(inputs).map(([key, value]) => [identity(key), { key, value }]));
}

function reasonOf(id: string, was: Named | undefined, is: Named | undefined): { rank: number; text: string } {
  const key = (is ?? was)?.key ?? id;
  const upstream = upstreamKey.exec(key);
  const changed = was && is ? 'changed' : is ? 'is new' : 'is gone';
  if (upstream) {
    const before = was && upstreamKey.exec(was.key)?.[2];
    const now = upstream[2] ?? '';
    return { rank: 2, text: was && is && before !== now ? `${before ?? ''} → ${now}` : `${now} ${changed}` };
  }
  if (id.startsWith('config.'))
    return {
      rank: 0,
      text: `${id.slice('config.'.length)} ${was ? shown(was.value) : 'not set'} → ${is ? shown(is.value) : 'not set'}`,
    };
  if (id.startsWith('file ')) return { rank: 1, text: `${id.slice('file '.length)} ${changed}` };
  if (id.startsWith('room '))
    return {
      rank: 4,
      text:
        was && is
          ? 'this version of ML Lifecycle computes it anew'
          : `it is ${is ? 'now' : 'no longer'} a ${id.slice('room '.length)} stage`,
    };
  if (id === 'seed') return { rank: 1, text: `seed ${was?.value ?? 'not set'} → ${is?.value ?? 'not set'}` };
  return { rank: 3, text: `${id} ${changed}` };
}

/** A value for a reason: of a long path outside the project the folder and the file. */
function shown(json: string): string {
  const path = /^"(?:\/|[A-Za-z]:[\\/]).*?[\\/]+([^\\/"]+[\\/]+[^\\/"]+)"$/.exec(json);
  if (path?.[1] !== undefined && json.length > 40) return `"…/${path[1].replaceAll(/[\\/]+/g, '/')}"`;
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
