import { CompletionItemKind } from '../protocol';
import type { SchemaAt } from '../../lifecycle/pipeline/language';
import type { SchemaNode } from '../../lifecycle/pipeline/schema';
import { keysAsValue } from './keys';
import { keySnippet, Stops, valueShape } from './snippets';
import type { Ask, Suggestion } from './suggestion';

/** Keys of a map that is about to begin: as an item of a list, or below its key. */
export function mapKeys(ask: Ask): Suggestion[] {
  const { cursor } = ask;
  if (cursor.flow && cursor.container?.type === 'list')
    return keysAsValue({ ...ask, cursor: { ...cursor, flow: true } }).map((item) => ({
      ...item,
      insert: `{${item.insert}}`,
    }));
  return keysAsValue(ask);
}

/** A whole map, opened behind its key: one for each kind that it may be of. */
export function mapSnippets(ask: Ask): Suggestion[] {
  const { schema } = ask;
  const result: Suggestion[] = [];
  const maps = new Set(schema.nodes.filter((node) => node.types.includes('object')));
  for (const node of maps) {
    const kinds = node.properties.get('kind')?.values;
    if (kinds && kinds.length > 1 && node.properties.size === 1)
      for (const kind of kinds) result.push(kindSnippet(ask, String(kind)));
    else if (kinds?.length === 1) result.push(kindSnippet(ask, String(kinds[0])));
    else if (!node.singleKey && node.required.length > 0) {
      const stops = new Stops();
      const { text } = valueShape(node, stops, 0, true);
      result.push({
        label: text.replaceAll(/\$\{\d+:?([^}]*)\}/g, (_all, given: string) => given || '…'),
        kind: CompletionItemKind.Snippet,
        insert: text,
        snippet: true,
        documentation: node.description ?? '',
        rank: 4,
        verbatim: true,
        again: true,
      });
    }
  }
  return result;
}

function kindSnippet({ cursor, schema }: Ask, kind: string): Suggestion {
  const node = caseOf(schema, kind);
  const required = [...(node?.required ?? []), ...(node?.oneOfRequired?.slice(0, 1) ?? [])].filter(
    (key) => key !== 'kind',
  );
  const stops = new Stops();
  const rest = required.map((key) => {
    const property = node?.properties.get(key);
    return property ? `${key}: ${valueShape(property, stops, 2, true).text}` : `${key}: ${stops.stop()}`;
  });
  const insert = cursor.flow
    ? `{${[`kind: ${kind}`, ...rest].join(', ')}\${0}}`
    : `\n  kind: ${kind}${rest.map((line) => `\n  ${line}`).join('')}\n  \${0}`;
  return {
    label: `kind: ${kind}`,
    kind: CompletionItemKind.Snippet,
    insert,
    snippet: true,
    detail: 'with settings',
    documentation: node?.description ?? '',
    rank: 2,
    verbatim: true,
    filter: kind,
  };
}

function caseOf(schema: SchemaAt, kind: string): SchemaNode | undefined {
  for (const node of schema.nodes) {
    const found = node.cases?.of.get(kind) ?? (node.properties.get('kind')?.values?.includes(kind) ? node : undefined);
    if (found) return found;
  }
  return undefined;
}

/**
 * A list where one is wanted: its items in brackets, or the beginning of a block list.
 *
 * @param scalars what an item may be as a word, name or number
 */
export function listSnippets(
  ask: Ask,
  items: SchemaAt,
  scalars: (ask: Ask, schema: SchemaAt) => Suggestion[],
): Suggestion[] {
  const { cursor } = ask;
  const plain = items.nodes.every((node) => !node.types.includes('object') && !node.cases);
  if (plain && !cursor.ownLine)
    return scalars({ ...ask, schema: items, cursor: { ...cursor, path: [...cursor.path, 0], flow: true } }, items).map(
      (item) => ({
        ...item,
        insert: `[${item.insert}\${0}]`,
        snippet: true,
        verbatim: true,
        rank: Math.max(2, item.rank ?? 1),
      }),
    );
  if (cursor.flow) return [];
  const pad = cursor.ownLine ? '' : '\n  ';
  const inner: Ask = {
    ...ask,
    schema: items,
    cursor: { ...cursor, path: [...cursor.path, 0], afterDash: true, column: cursor.indent + 2 },
  };
  const words = scalars(inner, items).map((item) => ({
    ...item,
    insert: `${pad}- ${item.insert}`,
    snippet: item.snippet ?? false,
    verbatim: true,
  }));
  const maps = items.singleKey
    ? items.keys.map(({ key, schema }): Suggestion => {
        const { insert, again } = keySnippet(key, schema, { indent: 2, flow: true });
        return {
          label: key,
          kind: CompletionItemKind.Property,
          insert: `${pad}- ${insert}`,
          snippet: true,
          again,
          documentation: schema.description ?? '',
          rank: 2,
          verbatim: true,
        };
      })
    : [];
  return [...words, ...maps];
}
