import { schemas } from '../../schemas/generated/schemas';

type Raw = Readonly<Record<string, unknown>>;
export type ValueType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array';

/** One place of a schema with its references resolved, ready to be walked beside a text. */
export interface SchemaNode {
  readonly types: readonly ValueType[];
  readonly description?: string;
  /** Default as declared; absent when there is none. */
  readonly default?: unknown;
  readonly examples: readonly unknown[];
  /** Allowed values: those of `enum`, or the one of `const`. */
  readonly values?: readonly unknown[];
  readonly pattern?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required: readonly string[];
  /** Groups of keys of which one must be there. */
  readonly oneOfRequired?: readonly string[];
  /** Keys of which one stands in the place of some required ones, and of `oneOfRequired`. */
  readonly instead?: { readonly keys: readonly string[]; readonly of: readonly string[] };
  readonly properties: ReadonlyMap<string, SchemaNode>;
  /** Schema of keys that are not in `properties`; false when there may be none. */
  readonly additional: SchemaNode | false | undefined;
  readonly keyPattern?: RegExp;
  readonly items?: SchemaNode;
  /** Branches of `anyOf`. */
  readonly anyOf: readonly SchemaNode[];
  /** Branches of a union told apart by one key, by that key's value. */
  readonly cases?: { readonly key: string; readonly of: ReadonlyMap<string, SchemaNode> };
  /** A map of exactly one entry, whose key says what it is. */
  readonly singleKey: boolean;
  /** Annotations `x-…` without their `x-`. */
  readonly x: Readonly<Record<string, unknown>>;
}

/** Keywords that {@link schemaNode} understands; a test holds the schemas to them. */
export const understoodKeywords: readonly string[] = [
  ...[
    '$schema',
    '$id',
    '$ref',
    '$defs',
    'title',
    'description',
    'default',
    'examples',
    'type',
    'enum',
    'const',
    'pattern',
  ],
  ...['minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems'],
  ...[
    'minProperties',
    'maxProperties',
    'required',
    'properties',
    'additionalProperties',
    'propertyNames',
    'items',
    'anyOf',
  ],
  ...['oneOf', 'discriminator'],
];

const compiled = new Map<string, SchemaNode>();

/** The schema of an id, or a definition of one: `train`, `common#/$defs/Bound`. Compiled once. */
export function schemaNode(reference: string): SchemaNode {
  const known = compiled.get(reference);
  if (known) return known;
  const node = uniform();
  compiled.set(reference, node);
  const [id = '', pointer = ''] = reference.split('#');
  return Object.assign(node, compile(lookUp(id, pointer), id));
}

/** A node with every key in its place: what is read in every walk is found at once when all are alike. */
function uniform(): SchemaNode {
  const node: Record<keyof SchemaNode, unknown> = {
    types: [],
    description: undefined,
    default: undefined,
    examples: [],
    values: undefined,
    pattern: undefined,
    minLength: undefined,
    maxLength: undefined,
    minimum: undefined,
    maximum: undefined,
    exclusiveMinimum: undefined,
    exclusiveMaximum: undefined,
    minItems: undefined,
    maxItems: undefined,
    minProperties: undefined,
    maxProperties: undefined,
    required: [],
    oneOfRequired: undefined,
    instead: undefined,
    properties: undefined,
    additional: undefined,
    keyPattern: undefined,
    items: undefined,
    anyOf: [],
    cases: undefined,
    singleKey: false,
    x: {},
  };
  return node as unknown as SchemaNode;
}

function lookUp(id: string, pointer: string): Raw {
  let at: unknown = schemas[id];
  for (const step of pointer.split('/').filter(Boolean)) at = (at as Raw | undefined)?.[step];
  if (typeof at !== 'object' || at === null) throw new Error(`no schema ${id}#${pointer}`);
  return at as Raw;
}

function compile(raw: Raw, id: string): SchemaNode {
  if (typeof raw['$ref'] === 'string') {
    const [target, pointer = ''] = raw['$ref'].split('#') as [string, string?];
    const reference = `${target === '' ? id : target}${pointer === '' ? '' : `#${pointer}`}`;
    const { $ref: _reference, ...siblings } = raw;
    const node = schemaNode(reference);
    if (Object.keys(siblings).length === 0) return node;
    const beside = compile(siblings, id);
    return {
      ...node,
      ...(beside.description !== undefined && { description: beside.description }),
      ...(beside.default !== undefined && { default: beside.default }),
      ...(beside.examples.length > 0 && { examples: beside.examples }),
      x: { ...node.x, ...beside.x },
    };
  }
  const number = (key: string) => (typeof raw[key] === 'number' ? { [key]: raw[key] } : {});
  const type = raw['type'];
  const properties = new Map(
    Object.entries((raw['properties'] ?? {}) as Record<string, Raw>).map(([key, inner]) => [key, compile(inner, id)]),
  );
  const additional = raw['additionalProperties'];
  const { anyOf, oneOfRequired, instead, common } = union((raw['anyOf'] ?? []) as Raw[], id);
  const names = raw['propertyNames'] as Raw | undefined;
  const discriminator = raw['discriminator'] as { propertyName: string } | undefined;
  return Object.assign(uniform(), {
    types: (Array.isArray(type) ? type : type === undefined ? [] : [type]) as ValueType[],
    ...(typeof raw['description'] === 'string' && { description: raw['description'] }),
    ...('default' in raw && { default: raw['default'] }),
    examples: Array.isArray(raw['examples']) ? (raw['examples'] as unknown[]) : [],
    ...('const' in raw
      ? { values: [raw['const']] }
      : Array.isArray(raw['enum'])
        ? { values: raw['enum'] as unknown[] }
        : {}),
    ...(typeof raw['pattern'] === 'string' && { pattern: new RegExp(raw['pattern'], 'u') }),
    ...number('minLength'),
    ...number('maxLength'),
    ...number('minimum'),
    ...number('maximum'),
    ...number('exclusiveMinimum'),
    ...number('exclusiveMaximum'),
    ...number('minItems'),
    ...number('maxItems'),
    ...number('minProperties'),
    ...number('maxProperties'),
    required: [...((raw['required'] ?? []) as string[]), ...common],
    ...(oneOfRequired && { oneOfRequired }),
    ...(instead && { instead }),
    properties,
    additional:
      additional === false ? false : typeof additional === 'object' ? compile(additional as Raw, id) : undefined,
    ...(typeof names?.['pattern'] === 'string' && { keyPattern: new RegExp(names['pattern'], 'u') }),
    ...(typeof raw['items'] === 'object' && { items: compile(raw['items'] as Raw, id) }),
    anyOf,
    ...(discriminator && {
      cases: {
        key: discriminator.propertyName,
        of: cases((raw['oneOf'] ?? []) as Raw[], discriminator.propertyName, id),
      },
    }),
    singleKey: raw['x-one-of-keys'] === true,
    x: Object.fromEntries(
      Object.entries(raw)
        .filter(([key]) => key.startsWith('x-'))
        .map(([key, value]) => [key.slice(2), value]),
    ),
  });
}

/**
 * `anyOf` of bare `required`s says that one of some keys must be there; any other is a choice of values. Branches of several keys have
 * some in common, which are required then, unless the only key of another branch stands in their place.
 */
function union(
  branches: readonly Raw[],
  id: string,
): Pick<SchemaNode, 'anyOf' | 'oneOfRequired' | 'instead'> & { common: readonly string[] } {
  const bare = branches.length > 0 && branches.every((branch) => Object.keys(branch).join() === 'required');
  if (!bare) return { anyOf: branches.map((branch) => compile(branch, id)), common: [] };
  const lists = branches.map((branch) => branch['required'] as string[]);
  const long = lists.filter((keys) => keys.length > 1);
  if (long.length === 0) return { anyOf: [], oneOfRequired: lists.flat(), common: [] };
  const common = long[0]!.filter((key) => long.every((keys) => keys.includes(key)));
  const instead = lists.filter((keys) => keys.length === 1).flat();
  return {
    anyOf: [],
    oneOfRequired: long.flat().filter((key) => !common.includes(key)),
    instead: { keys: instead, of: common },
    common,
  };
}

function cases(branches: readonly Raw[], key: string, id: string): Map<string, SchemaNode> {
  const result = new Map<string, SchemaNode>();
  for (const branch of branches) {
    const node = compile(branch, id);
    for (const value of node.properties.get(key)?.values ?? []) result.set(String(value), node);
  }
  return result;
}

/** The stage kinds in the order of the lifecycle. */
export function stageKinds(): readonly string[] {
  return [...(schemaNode('pipeline#/$defs/Stage').cases?.of.keys() ?? [])];
}

/** The schema of a stage kind; undefined for a word that is none. */
export function stageSchema(kind: string): SchemaNode | undefined {
  return schemaNode('pipeline#/$defs/Stage').cases?.of.get(kind);
}

/** Outputs of a stage kind that others can refer to, with what they are. */
export function outputsOf(kind: string): Readonly<Record<string, string>> {
  return (stageSchema(kind)?.x['outputs'] ?? {}) as Record<string, string>;
}
