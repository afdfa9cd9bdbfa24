import { type SchemaNode, schemaNode, stageSchema } from './schema';
import { entryOf, type Node, nodeAt, textOf } from './tree';

/** Which schema a text follows. */
export type SchemaRoot = 'pipeline' | 'stage' | 'targets' | 'project';

/** What may stand at a place of a text: everything that hover and completion show. */
export interface SchemaAt {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples: readonly unknown[];
  /** In words of the schema: `string`, `integer`, `object`, … */
  readonly types: readonly string[];
  /** Allowed values with their descriptions, when there is a fixed set: of an enum, of a discriminating `kind`, of a union of words. */
  readonly values: readonly { readonly value: unknown; readonly description?: string }[];
  /** Keys that a map here may have, those already there included. */
  readonly keys: readonly KeyInfo[];
  /** A map of exactly one entry, as a layer or a feature step. */
  readonly singleKey: boolean;
  /** What an item of a list here looks like. */
  readonly items?: SchemaAt;
  /** Annotations: `reference` (kinds of stages), `column`, `metric`, `expression`, `file`, `target`, `metric-keys`, `column-keys`. */
  readonly x: Readonly<Record<string, unknown>>;
  /** The allowed range of a number, and other limits. */
  readonly limits: Readonly<
    Partial<
      Record<
        'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'minItems' | 'maxItems' | 'maxLength',
        number
      >
    >
  >;
  /** The schema nodes themselves, one for each way the value may be written. */
  readonly nodes: readonly SchemaNode[];
}

export interface KeyInfo {
  readonly key: string;
  readonly required: boolean;
  readonly schema: SchemaNode;
  readonly description?: string;
}

/**
 * What may stand at a path. Unions are narrowed by what is already written around it: the `kind` beside, the one key of a step; where nothing
 * narrows them, all of their branches answer.
 * @param root schema that the tree follows; `stage` for the tree of one stage
 * @param tree as far as it could be read; may be undefined while nothing is written
 * @param path of a value, for example `['model', 'layers', 0, 'dense', 'units']`; a step may name what is not in the tree yet
 */
export function schemaAt(
  root: SchemaRoot,
  tree: Node | undefined,
  path: readonly (string | number)[],
): SchemaAt | undefined {
  const start = root === 'stage' ? schemaNode('pipeline#/$defs/Stage') : schemaNode(root);
  let whole = start;
  let nodes = branches(start, tree);
  path.forEach((step, depth) => {
    const at = nodeAt(tree, path.slice(0, depth + 1))?.node;
    const next = nodes.flatMap((node) => {
      if (typeof step === 'number') return node.items ? [node.items] : [];
      const property = node.properties.get(step) ?? (node.additional === false ? undefined : node.additional);
      return property ? [property] : [];
    });
    nodes = [...new Set(next.flatMap((node) => branches(node, at)))];
    whole = next[0] ?? whole;
  });
  if (nodes.length === 0) return undefined;
  return view(nodes, whole);
}

/** The ways in which a value may be written, narrowed by what is written. */
function branches(schema: SchemaNode, tree: Node | undefined): SchemaNode[] {
  if (schema.anyOf.length > 0) {
    const all = schema.anyOf.flatMap((branch) => branches(branch, tree));
    const wanted = tree?.type === 'map' ? 'object' : tree?.type === 'list' ? 'array' : undefined;
    const fitting = wanted === undefined ? all : all.filter(({ types }) => types.includes(wanted));
    if (wanted === 'object' && tree?.type === 'map' && fitting.length > 1) {
      const known = fitting.filter((node) => tree.entries.some(({ key }) => node.properties.has(key)));
      if (known.length > 0) return known;
    }
    return fitting.length > 0 ? fitting : all;
  }
  if (!schema.cases) return [schema];
  const kind = textOf(entryOf(tree, schema.cases.key)?.value);
  const chosen = kind === undefined ? undefined : schema.cases.of.get(kind);
  if (chosen) return [chosen];
  return [
    { ...schema, properties: new Map([[schema.cases.key, kindSchema(schema.cases)]]), required: [schema.cases.key] },
  ];
}

/** The schema of a discriminating key: all kinds, each with its description. */
function kindSchema(cases: NonNullable<SchemaNode['cases']>): SchemaNode {
  return {
    types: ['string'],
    examples: [],
    required: [],
    properties: new Map(),
    additional: undefined,
    anyOf: [],
    singleKey: false,
    x: {},
    values: [...cases.of.keys()],
    description: `One of ${[...cases.of.keys()].join(', ')}.`,
  };
}

function view(nodes: readonly SchemaNode[], union: SchemaNode): SchemaAt {
  const [first] = nodes;
  const keys = new Map<string, KeyInfo>();
  for (const node of nodes)
    for (const [key, schema] of node.properties)
      if (!keys.has(key))
        keys.set(key, {
          key,
          schema,
          required: node.required.includes(key),
          ...(schema.description !== undefined && { description: schema.description }),
        });
  const values = nodes.flatMap((node) =>
    (node.values ?? []).map((value) => ({ value, ...describe(union, value, node) })),
  );
  const items = nodes.find((node) => node.items)?.items;
  const description = union.description ?? first?.description;
  const limits = Object.fromEntries(
    limitNames.flatMap((name) => nodes.flatMap((node) => (node[name] === undefined ? [] : [[name, node[name]]]))),
  ) as SchemaAt['limits'];
  const known = union.default !== undefined ? union : nodes.find((node) => node.default !== undefined);
  return {
    ...(description !== undefined && { description }),
    ...(known?.default !== undefined && { default: known.default }),
    examples: [...union.examples, ...nodes.flatMap((node) => (node === union ? [] : node.examples))],
    types: [...new Set(nodes.flatMap((node) => node.types))],
    values,
    keys: [...keys.values()],
    singleKey: nodes.some((node) => node.singleKey),
    ...(items && { items: view(branches(items, undefined), items) }),
    x: Object.assign({}, union.x, ...nodes.map((node) => node.x)) as Record<string, unknown>,
    limits,
    nodes,
  };
}

const limitNames = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
  'maxLength',
] as const;

/** What one of several words means: the description of the kind or of the step that it stands for. */
function describe(union: SchemaNode, value: unknown, node: SchemaNode): { description?: string } {
  const word = String(value);
  const places = [union, node, ...union.anyOf];
  for (const place of places) {
    const found =
      place.cases?.of.get(word)?.description ?? (place.singleKey ? place.properties.get(word)?.description : undefined);
    if (found !== undefined) return { description: found };
  }
  const stage = node.values?.length === stageCount() ? stageSchema(word)?.description : undefined;
  return stage === undefined ? {} : { description: stage };
}

const stageCount = (): number => schemaNode('pipeline#/$defs/Stage').cases?.of.size ?? 0;
