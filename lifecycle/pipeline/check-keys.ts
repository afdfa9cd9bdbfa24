import type { SchemaNode } from './schema';
import { type Entry, entryOf, type MapNode } from './tree';
import { capital, lowerFirst, shortened, type Walk } from './walk';
import { guess, label, oneOf } from './wording';

export function alternative(walk: Walk, entry: Entry, node: MapNode, other: string): void {
  const second = entryOf(node, other);
  if (!second || second.keyRange.from > entry.keyRange.from) return;
  walk.report({
    code: 'two-alternatives',
    ...entry.keyRange,
    message: `\`${entry.key}\` and \`${other}\` exclude each other. Remove one of the two.`,
    related: [{ range: second.keyRange, message: `\`${other}\` is here.` }],
  });
}

/** The allowed key that a misspelt one was meant to be. */
export function meant(key: string, node: MapNode, schema: SchemaNode): string | undefined {
  const names = [...schema.properties.keys()];
  return guess(key, schema.singleKey ? names : names.filter((name) => !entryOf(node, name))).suggestion;
}

export function unknownKey(walk: Walk, { key, keyRange, value }: Entry, node: MapNode, schema: SchemaNode): void {
  const where = walk.path.length === 0 ? lowerFirst(walk.what) : label(walk.path);
  const free = [...schema.properties.keys()].filter((name) => !entryOf(node, name));
  const bare = value.type === 'scalar' && value.style === 'empty';
  const suggestion = (bare ? parted(key, node, schema.properties) : undefined) ?? meant(key, node, schema);
  const offer = suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
  const home = suggestion === undefined ? homeOf(key, schema) : undefined;
  const list =
    suggestion === undefined && home === undefined
      ? ` Allowed: ${oneOf(free.length > 0 ? free : [...schema.properties.keys()])}.`
      : '';
  walk.report({
    code: 'unknown-key',
    ...keyRange,
    message: `Unknown key \`${key}\` in ${where}.${offer}${home === undefined ? '' : ` It belongs under \`${home}\`.`}${list}`,
    ...(suggestion !== undefined && { suggestion }),
  });
}

export function tooMany(walk: Walk, entries: readonly Entry[], schema: SchemaNode, subject: string): void {
  const [first, second] = entries;
  if (!first || !second) return;
  const way = schema.singleKey
    ? `Put \`${second.key}\` into an item of its own, with \`- \` before it.`
    : 'Remove one of the two.';
  walk.report({
    code: 'two-alternatives',
    ...second.keyRange,
    message: schema.singleKey
      ? `${capital(subject)} has \`${first.key}\` already; each item says one thing. ${way}`
      : `\`${second.key}\` and \`${first.key}\` exclude each other. ${way}`,
    related: [{ range: first.keyRange, message: `\`${first.key}\` is here.` }],
  });
}

export function incomplete(walk: Walk, node: MapNode, keys: ReadonlySet<string>, subject: string): void {
  for (const { key, keyRange, incomplete } of node.entries) {
    if (!incomplete) continue;
    const pair = parted(key, node, keys);
    const begun = [...keys].filter((name) => name.startsWith(key) && !entryOf(node, name));
    const near = begun[0] ?? guess(key, keys).suggestion;
    const meant = pair ?? (near === undefined ? undefined : `${near}:`);
    walk.report({
      code: 'incomplete-key',
      ...keyRange,
      message: `Expected \`:\` after \`${shortened(pair === undefined ? key : (/^\S+/.exec(key)?.[0] ?? key))}\` in ${lowerFirst(subject)}.${meant === undefined ? '' : ` Did you mean \`${shortened(meant)}\`?`}`,
      ...(meant !== undefined && { suggestion: meant }),
    });
  }
}

/** The property under which a misplaced key would be at home. */
function homeOf(key: string, schema: SchemaNode): string | undefined {
  for (const [name, property] of schema.properties) {
    const maps = [property, ...property.anyOf, ...(property.cases ? property.cases.of.values() : [])];
    if (!property.singleKey && maps.some((map) => map.properties.has(key))) return name;
  }
  return undefined;
}

/** `epochs 30` as the key and value that it is without its colon. */
function parted(key: string, node: MapNode, keys: Pick<ReadonlySet<string>, 'has'>): string | undefined {
  const [, word = '', rest = ''] = /^(\S+)[ \t]+(\S.*)$/.exec(key) ?? [];
  return keys.has(word) && !entryOf(node, word) ? `${word}: ${rest}` : undefined;
}

/** The keys that a key excludes: one or several. */
export function alternatives(others: unknown): string[] {
  return (Array.isArray(others) ? others : [others]).filter((other) => typeof other === 'string');
}
