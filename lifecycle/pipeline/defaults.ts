import type { Stage } from '../../schemas/generated/types';
import { type SchemaNode, schemaNode, stageSchema } from './schema';

type Plain = Record<string, unknown>;
const isMap = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The meaningful content of a stage in one spelling: defaults of the schema written out, short forms as long ones (`model: linear` as
 * `{kind: linear}`), descriptions left out. Two stages of equal meaning give equal values, so that writing a default down re-runs nothing.
 */
export function normalized(stage: Stage): Plain {
  const schema = stageSchema(stage.kind);
  const value = schema ? (fill(stage, schema) as Plain) : { ...stage };
  if (stage.kind === 'data') {
    const { source, target } = stage;
    if (typeof source === 'string') value['source'] = fill({ file: source }, schemaNode('data#/$defs/FileSource'));
    const file = (value['source'] as Plain)['file'];
    if (Array.isArray(file) && file.length === 1)
      value['source'] = { ...(value['source'] as Plain), file: file[0] as unknown };
    if (typeof target === 'string') value['target'] = { column: target };
    const { train, validation, test, ...rest } = (stage.split ?? {}) as Plain & {
      train?: number;
      validation?: number;
      test?: number;
    };
    value['split'] = { ...rest, ...shares([train, validation, test]) };
  }
  return value;
}

/** Shares as the split takes them: what is not stated divides the rest in proportion to 0.7, 0.15, 0.15. */
function shares(stated: readonly (number | undefined)[]): Plain {
  const defaults = [0.7, 0.15, 0.15];
  const rest = 1 - stated.reduce<number>((total, share) => total + (share ?? 0), 0);
  const open = defaults.reduce((total, share, i) => total + (stated[i] === undefined ? share : 0), 0);
  const exact = defaults.map((share, i) => Number((stated[i] ?? (rest * share) / open).toFixed(12)));
  return { train: exact[0], validation: exact[1], test: exact[2] };
}

function fill(given: unknown, schema: SchemaNode): unknown {
  const value = expanded(given, schema);
  const branch = branchFor(value, schema);
  if (branch !== schema) return fill(value, branch);
  if (schema.cases && isMap(value)) {
    const found = schema.cases.of.get(String(value[schema.cases.key]));
    return found ? fill(value, found) : value;
  }
  if (Array.isArray(value)) return schema.items ? value.map((item) => fill(item, schema.items as SchemaNode)) : value;
  if (!isMap(value)) return value;
  const result: Plain = {};
  for (const [key, inner] of Object.entries(value)) {
    const property = schema.properties.get(key) ?? (schema.additional === false ? undefined : schema.additional);
    if (property?.x['cosmetic'] === true) continue;
    Object.defineProperty(result, key, {
      value: property ? fill(inner, property) : inner,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  for (const [key, property] of schema.properties) {
    if (Object.hasOwn(result, key)) continue;
    if (property.default !== undefined && !Object.hasOwn(value, key) && !schema.singleKey)
      result[key] = property.default;
    else if (!Object.hasOwn(value, key) && alwaysThere.has(key))
      result[key] = fill(key === 'optimizer' ? 'adam' : {}, property);
  }
  return result;
}

/** Groups of settings that hold even where they are not written: their absence and `{}` mean the same. */
const alwaysThere: ReadonlySet<string> = new Set(['training', 'resources', 'choose', 'drift', 'optimizer']);

/** The branch of a union that a value takes; a word that stands for a map of that kind is read as that map. */
function branchFor(value: unknown, schema: SchemaNode): SchemaNode {
  if (schema.anyOf.length === 0) return schema;
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const fitting = schema.anyOf.filter((branch) =>
    branch.types.some((each) => each === type || (each === 'integer' && type === 'number')),
  );
  if (isMap(value))
    return fitting.find((branch) => branch.required.every((key) => Object.hasOwn(value, key))) ?? fitting[0] ?? schema;
  return fitting[0] ?? schema;
}

/** Short forms written long: `linear` → `{kind: linear}`, `adam` → `{kind: adam}`, `batch-normalization` → `{batch-normalization: {}}`. */
function expanded(value: unknown, schema: SchemaNode): unknown {
  if (typeof value === 'string') {
    for (const branch of schema.anyOf) {
      if (branch.cases?.of.has(value)) return { [branch.cases.key]: value };
      if (branch.properties.get('kind')?.values?.includes(value)) return { kind: value };
      if (
        branch.singleKey &&
        branch.properties.get(value)?.types.includes('object') &&
        branch.properties.get(value)?.required.length === 0
      )
        return { [value]: {} };
    }
  }
  return value;
}
