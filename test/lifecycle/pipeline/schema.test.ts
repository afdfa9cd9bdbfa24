import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { schemas } from '../../../schemas/generated/schemas';
import * as validators from '../../../schemas/generated/validators';
import { type SchemaNode, schemaNode, stageKinds, stageSchema } from '../../../lifecycle/pipeline';
import { checkAgainst } from '../../../lifecycle/pipeline/check';
import { understoodKeywords } from '../../../lifecycle/pipeline/schema';
import { readYaml } from '../../../lifecycle/pipeline/yaml';

const byKind: Readonly<Record<string, validators.Validator>> = {
  data: validators.validateData,
  train: validators.validateTrain,
  evaluate: validators.validateEvaluate,
  optimize: validators.validateOptimize,
  package: validators.validatePackage,
  deploy: validators.validateDeploy,
  monitor: validators.validateMonitor,
};

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -1,
    0.5,
    1.5,
    2,
    300,
    1e9,
    '',
    'a',
    'all',
    'linear',
    'sgd',
    'a b',
    '1',
    'é',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 5 }),
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('kind', 'columns', 'value', 'min', 'a'), scalar, { maxKeys: 3 }),
);

/** Values that mostly fulfil a schema. */
function valuesOf(schema: SchemaNode, depth = 0): fc.Arbitrary<unknown> {
  const mostly = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: anything });
  if (depth > 7) return anything;
  if (schema.anyOf.length > 0) return mostly(fc.oneof(...schema.anyOf.map((branch) => valuesOf(branch, depth + 1))));
  if (schema.cases)
    return mostly(fc.oneof(...[...schema.cases.of.values()].map((branch) => valuesOf(branch, depth + 1))));
  if (schema.values) return mostly(fc.constantFrom(...schema.values));
  if (schema.types.includes('object')) {
    const known = [...schema.properties].map(([key, inner]) => ({ key, inner }));
    const entries = known.map(({ key, inner }) =>
      fc.tuple(
        fc.constant(key),
        schema.required.includes(key)
          ? fc.nat(30).map((n) => n > 0)
          : fc.nat(schema.singleKey ? 5 : 3).map((n) => n === 0),
        valuesOf(inner, depth + 1),
      ),
    );
    const additional = schema.additional;
    const more = additional
      ? fc.dictionary(fc.constantFrom('a', 'b-1', 'c d'), valuesOf(additional, depth + 1), { maxKeys: 2 })
      : fc.oneof({ weight: 30, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.constant({ stray: 1 }) });
    return mostly(
      fc.tuple(fc.tuple(...entries), more).map(([found, rest]) => ({
        ...Object.fromEntries(found.filter(([, there]) => there).map(([key, , value]) => [key, value])),
        ...rest,
      })),
    );
  }
  if (schema.types.includes('array'))
    return mostly(fc.array(schema.items ? valuesOf(schema.items, depth + 1) : anything, { maxLength: 3 }));
  const { minimum = -10, maximum = 400, exclusiveMinimum = -10 } = schema;
  const low = Math.max(minimum, exclusiveMinimum);
  const choices: fc.Arbitrary<unknown>[] = schema.types.map((type) => {
    if (type === 'integer') return fc.integer({ min: Math.ceil(low), max: Math.min(maximum, 1e6) });
    if (type === 'number')
      return fc.double({ min: low, max: Math.min(maximum, schema.exclusiveMaximum ?? 1e6), noNaN: true });
    if (type === 'string')
      return schema.pattern
        ? fc.constantFrom('name', 'a-b', 'x y', '1a')
        : fc.string({ minLength: schema.minLength ?? 0, maxLength: 8 });
    if (type === 'boolean') return fc.boolean();
    return fc.constant(null);
  });
  return mostly(choices.length > 0 ? fc.oneof(...choices) : anything);
}

function hasBoth(value: unknown, one: string, other: string): boolean {
  return typeof value === 'object' && value !== null && one in value && other in value;
}

describe('the schema walk', () => {
  it('understands every keyword of the schemas', () => {
    const strange = new Set<string>();
    const visit = (node: unknown, named: boolean): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (Array.isArray(node) || named) visit(value, false);
        else {
          if (!understoodKeywords.includes(key) && !key.startsWith('x-')) strange.add(key);
          if (
            !['default', 'examples', 'enum', 'const', 'required', 'discriminator'].includes(key) &&
            !key.startsWith('x-')
          )
            visit(value, key === 'properties' || key === '$defs');
        }
      }
    };
    for (const id of ['common', 'pipeline', 'targets', 'project', ...stageKinds()]) visit(schemas[id], false);
    assert.deepEqual([...strange], []);
  });

  for (const kind of stageKinds()) {
    it(`agrees with the validator of ${kind} stages on what fits`, () => {
      const schema = stageSchema(kind);
      const validate = byKind[kind];
      assert.ok(schema && validate);
      let valid = 0;
      fc.assert(
        fc.property(valuesOf(schema), (value) => {
          if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
          const found = { ...value, kind };
          const text = stringify(found, { version: '1.2', lineWidth: 0 });
          const { root, problems } = readYaml(text);
          assert.deepEqual(problems, []);
          assert.ok(root);
          const mine = checkAgainst(
            text,
            root,
            schemaNode('pipeline#/$defs/Stage'),
            { from: 0, to: 1 },
            'a stage',
          ).problems.filter(
            // The rule that the schema does not hold: `model` or `command`, `data` or `reinforcement`, `layers` or `preset`, one way to optimise; not several.
            ({ code }) =>
              !(
                code === 'two-alternatives' &&
                (('model' in found && 'command' in found) ||
                  ('data' in found && 'reinforcement' in found) ||
                  hasBoth((found as { model?: unknown }).model, 'layers', 'preset') ||
                  ['quantize', 'prune', 'distil', 'tensorrt'].filter((key) => key in found).length > 1)
              ),
          );
          const theirs = validate(found);
          if (theirs) valid++;
          assert.equal(
            mine.length === 0,
            theirs,
            `${text}\n${JSON.stringify(mine)}\n${JSON.stringify(validate.errors)}`,
          );
        }),
        { numRuns: 250, seed: 20 },
      );
      assert.ok(valid > 10, `only ${valid} were valid`);
    });
  }
});
