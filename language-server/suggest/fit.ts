import { checkAgainst } from '../../lifecycle/pipeline/check';
import { CODES } from '../../lifecycle/pipeline/codes';
import type { SchemaNode } from '../../lifecycle/pipeline/schema';
import type { Node } from '../../lifecycle/pipeline/tree';

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
