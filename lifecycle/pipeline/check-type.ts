import type { SchemaNode } from './schema';
import type { Node } from './tree';
import type { Range } from './types';
import { allows, fitsType, isOf } from './value-type';
import { capital, place, type Walk } from './walk';
import { expected, found, guess } from './wording';

/** The branch of a union that was meant: by type, and among maps by the keys that are there. */
export function branchFor(node: Node, schema: SchemaNode): SchemaNode | undefined {
  if (node.type !== 'map') {
    let first: SchemaNode | undefined;
    for (const branch of schema.anyOf) {
      if (!fitsType(node, branch)) continue;
      if (allows(node, branch)) return branch;
      first ??= branch;
    }
    return first;
  }
  const fitting = schema.anyOf.filter((branch) => fitsType(node, branch));
  if (fitting.length < 2) return fitting[0];
  const score = (branch: SchemaNode): number => {
    const keys = node.entries.map(({ key }) => key);
    const known = keys.filter((key) => branch.properties.has(key)).length;
    const near = keys.filter(
      (key) => !branch.properties.has(key) && guess(key, branch.properties.keys()).suggestion !== undefined,
    ).length;
    return known * 4 + near + branch.required.filter((key) => keys.includes(key)).length * 8;
  };
  return [...fitting].sort((a, b) => score(b) - score(a))[0];
}

export function wrongType(walk: Walk, node: Node, schema: SchemaNode, owner: Range): void {
  const { path, subject } = walk;
  const wanted = expected(schema);
  if (node.type === 'scalar' && node.value === null && node.style === 'empty') {
    walk.report({
      code: 'missing-value',
      ...(path.length > 0 && typeof path.at(-1) === 'string' ? owner : place(node, owner)),
      message: `${capital(subject)} has no value. Expected ${wanted}.`,
    });
    return;
  }
  const suggestion = conversion(walk, node, schema);
  const option = node.type === 'scalar' && typeof node.value === 'string' ? optionOf(node.value, schema) : undefined;
  walk.report({
    code: 'wrong-type',
    ...walk.firstLine(node),
    message:
      option ??
      `${capital(subject)} must be ${wanted}, not ${found(node)}.${suggestion === undefined ? '' : ` Write ${suggestion}.`}`,
    ...(suggestion !== undefined && { suggestion }),
  });
}

/** A step written without its settings, as `- standardize`. */
function optionOf(word: string, schema: SchemaNode): string | undefined {
  const choice = schema.singleKey ? schema : schema.anyOf.find(({ singleKey }) => singleKey);
  const inner = choice?.properties.get(word);
  if (!inner) return undefined;
  const needs = inner.required.map((key) => `${key}: …`).join(', ');
  return `\`${word}\` needs settings: \`${word}: ${needs === '' ? '…' : `{${needs}}`}\`.`;
}

/** What the user probably meant, written with the type that is asked for. */
function conversion(walk: Walk, node: Node, schema: SchemaNode): string | undefined {
  if (node.type !== 'scalar') return undefined;
  const { value } = node;
  const branches = schema.anyOf.length > 0 ? schema.anyOf : [schema];
  const types = branches.flatMap((branch) => branch.types);
  const source = walk.text.slice(node.from, node.to);
  if (typeof value === 'string') {
    const number = value.trim() === '' ? NaN : Number(value);
    if (types.includes('number') && Number.isFinite(number)) return String(number);
    if (types.includes('integer') && Number.isInteger(number)) return String(number);
    if (types.includes('boolean') && /^(true|yes|on|y)$/i.test(value)) return 'true';
    if (types.includes('boolean') && /^(false|no|off|n)$/i.test(value)) return 'false';
  }
  if (types.includes('string') && value !== null && typeof value !== 'string' && !branches.some(({ values }) => values))
    return `"${source}"`;
  const list = branches.find((branch) => branch.types.includes('array'));
  if (list?.items && value !== null && node.style !== 'block' && !source.includes('\n')) {
    const fits = list.items.types.length === 0 || list.items.types.some((type) => isOf(node, type));
    if (fits && (list.minItems ?? 0) <= 1) return `[${source}]`;
  }
  return undefined;
}
