import { checkAgainst } from '../../lifecycle/pipeline/check';
import { CODES } from '../../lifecycle/pipeline/codes';
import type { KeyInfo } from '../../lifecycle/pipeline/language';
import { checkStage } from '../../lifecycle/pipeline/local';
import type { SchemaNode } from '../../lifecycle/pipeline/schema';
import type { Entry, Node, Path } from '../../lifecycle/pipeline/tree';
import type { Cursor } from '../cursor';
import { MARK } from '../mark';

const nowhere = { from: 0, to: 0 };

/** May what is written stand where a schema is asked for? Only the schema speaks, not what refers to what. */
export function fits(schema: SchemaNode, node: Node): boolean {
  return checkAgainst('', node, schema, nowhere, '').problems.every(
    ({ code, severity }) => (severity ?? CODES[code].severity) !== 'error',
  );
}

/**
 * The kind of a union that knows most of the keys that are written; of several the one that misses the fewest of its required keys.
 * None when most of the keys are strange to it.
 * @param keys written beside the one that tells the kinds apart
 */
export function kindMeant(cases: NonNullable<SchemaNode['cases']>, keys: readonly string[]): string | undefined {
  const score = (node: SchemaNode): number =>
    keys.filter((key) => node.properties.has(key)).length * 100 -
    node.required.filter((key) => !keys.includes(key)).length;
  const [best] = [...cases.of].sort(([, a], [, b]) => score(b) - score(a));
  const known = keys.filter((key) => best?.[1].properties.has(key)).length;
  return keys.length === 0 || known * 2 >= keys.length ? best?.[0] : undefined;
}

/**
 * The kinds of a union that know all the keys that are written.
 * @param keys written beside the one that tells the kinds apart
 */
export function kindsKnowing(cases: NonNullable<SchemaNode['cases']>, keys: readonly string[]): readonly string[] {
  return [...cases.of]
    .filter(([, node]) => keys.every((key) => node.properties.has(key) || (node.additional ?? false) !== false))
    .map(([kind]) => kind);
}

/** Where a key that is tried stands: nowhere in the text. */
const tried = { from: -2, to: -1 };

/** Those of some keys that would have no effect in the stage at the cursor, as a check of the stage with each of them says. */
export function idleKeys({ root, tree, path, unit }: Cursor, keys: readonly KeyInfo[]): ReadonlySet<string> {
  const kind = root === 'stage' ? unit?.kind : undefined;
  if (kind !== 'train' && kind !== 'monitor' && !(kind === 'data' && path[0] === 'target')) return new Set();
  return new Set(
    keys.flatMap(({ key, schema }) => {
      const entry: Entry = { key, keyRange: tried, value: standIn(schema) };
      const problems = checkStage(kind, withEntry(tree, path, entry), nowhere);
      return problems.some(({ code, from }) => code === 'no-effect' && from === tried.from) ? [key] : [];
    }),
  );
}

function standIn({ types, cases }: SchemaNode): Node {
  if (cases || types.includes('object')) return { type: 'map', flow: true, entries: [], ...nowhere };
  if (types.includes('array')) return { type: 'list', flow: true, items: [], ...nowhere };
  return { type: 'scalar', style: 'plain', value: 1, ...nowhere };
}

/** A tree with one more entry in the map at a path, and without the cursor's mark there. */
function withEntry(node: Node, path: Path, entry: Entry): Node {
  const [step, ...rest] = path;
  if (step === undefined) {
    const others = node.type === 'map' ? node.entries.filter(({ key }) => !key.includes(MARK)) : [];
    return { type: 'map', flow: false, from: node.from, to: node.to, entries: [...others, entry] };
  }
  if (node.type === 'map')
    return {
      ...node,
      entries: node.entries.map((each) =>
        each.key === step ? { ...each, value: withEntry(each.value, rest, entry) } : each,
      ),
    };
  if (node.type === 'list')
    return { ...node, items: node.items.map((item, i) => (i === step ? withEntry(item, rest, entry) : item)) };
  return node;
}
