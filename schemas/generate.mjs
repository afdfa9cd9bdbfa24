// Makes everything that follows from the schemas: TypeScript types, standalone validators, the settings of package.json and the reference pages.
// `node schemas/generate.mjs` writes them; `--check` only says what is stale (exit 1).
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import prettier from 'prettier';
import { referencePages } from './reference.mjs';

const require = createRequire(import.meta.url);
const Ajv = require('ajv').default;
const standalone = require('ajv/dist/standalone').default;
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const check = process.argv.includes('--check');

/** Every schema by its $id, in a fixed order. */
export function readSchemas() {
  const files = ['.', 'stages', 'records'].flatMap((folder) =>
    fs
      .readdirSync(path.join(here, folder))
      .filter((name) => name.endsWith('.schema.json'))
      .sort()
      .map((name) => path.join(folder, name)),
  );
  return files.map((file) => JSON.parse(fs.readFileSync(path.join(here, file), 'utf8')));
}

const isDefinition = (key) => key.startsWith('x-') || key === '$id' || key === '$schema' || key === 'discriminator';

/** One schema whose definitions carry every type, with references made local. */
function combine(schemas) {
  const titles = Object.fromEntries(schemas.map((schema) => [schema.$id, schema.title]));
  const definitions = {};
  const local = (reference, from) => {
    const [id, pointer] = reference.split('#');
    const name = pointer ? pointer.split('/').pop() : titles[id || from];
    if (!name) throw new Error(`${from}: unknown reference ${reference}`);
    return `#/definitions/${name}`;
  };
  const rewrite = (node, from) => {
    if (Array.isArray(node)) return node.map((item) => rewrite(item, from));
    if (node === null || typeof node !== 'object') return node;
    if (typeof node.$ref === 'string') return { $ref: local(node.$ref, from) };
    const copy = {};
    for (const [key, value] of Object.entries(node)) {
      if (isDefinition(key) || key === '$defs' || key === 'title') continue;
      // The generator's tuples for short arrays read badly; lengths are the validators' business.
      if (key === 'minItems' && node.maxItems !== value) continue;
      copy[key] =
        key === 'properties'
          ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rewrite(v, from)]))
          : rewrite(value, from);
    }
    if (copy.anyOf && copy.properties) delete copy.anyOf; // "one of these is required" has no type of its own
    if (copy.oneOf && copy.type) (delete copy.type, delete copy.required);
    return copy;
  };
  for (const schema of schemas) {
    for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
      if (definitions[name]) throw new Error(`two definitions are named ${name}`);
      definitions[name] = rewrite(definition, schema.$id);
    }
    if (schema.$id !== 'common') definitions[schema.title] = rewrite(schema, schema.$id);
  }
  return {
    definitions,
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(definitions).map((name) => [name, { $ref: `#/definitions/${name}` }])),
  };
}

async function types(schemas) {
  const text = await compile(combine(schemas), 'AllTypes', {
    bannerComment: '/* Generated from schemas/ by `npm run generate`. Do not edit. */',
    additionalProperties: false,
    format: false,
    strictIndexSignatures: false,
    unreachableDefinitions: false,
    ignoreMinAndMaxItems: false,
  });
  return prettier.format(text, {
    ...(await prettier.resolveConfig(root)),
    parser: 'typescript',
    singleQuote: true,
    printWidth: 120,
  });
}

const validated = {
  validatePipeline: 'pipeline',
  validateData: 'data',
  validateTrain: 'train',
  validateEvaluate: 'evaluate',
  validateOptimize: 'optimize',
  validatePackage: 'package',
  validateDeploy: 'deploy',
  validateMonitor: 'monitor',
  validateTargets: 'targets',
  validateProject: 'project',
  validateEvent: 'event',
  validateRun: 'run',
  validateRecord: 'record',
  validateManifest: 'manifest',
  validateDataset: 'dataset',
  validateModel: 'model',
  validateTune: 'tune',
  validateEvaluation: 'evaluation',
  validateBundle: 'bundle',
  validateDeployment: 'deployment',
  validateFeedback: 'feedback',
  validateRollout: 'rollout',
  validateDrift: 'drift',
  validateLabel: 'label',
};

const annotations = new Set(['$comment', 'title', 'description', 'default', 'examples', 'markdownDescription']);

/** A schema without what is there for people alone: ajv writes whole schemas into its code, and that is read at each start. */
function checkedPart(schema) {
  if (Array.isArray(schema)) return schema.map(checkedPart);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !annotations.has(key) && !key.startsWith('x-'))
      .map(([key, value]) => [
        key,
        key === 'const' || key === 'enum'
          ? value
          : ['properties', 'patternProperties', 'definitions', '$defs'].includes(key)
            ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, checkedPart(each)]))
            : checkedPart(value),
      ]),
  );
}

async function validators(schemas) {
  const ajv = new Ajv({
    schemas: schemas.map(checkedPart),
    allErrors: true,
    verbose: false,
    // Definitions as functions of their own: inlined at each use they made the engine slow to load.
    inlineRefs: false,
    discriminator: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: false, lines: true },
  });
  const code = standalone(ajv, validated);
  // ajv's output requires its own runtime helpers; bundling leaves one file without dependencies.
  const bundled = await build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    write: false,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    minifySyntax: true,
    banner: { js: '/* Generated from schemas/ by `npm run generate`. Do not edit. */' },
  });
  const declaration = [
    '/* Generated from schemas/ by `npm run generate`. Do not edit. */',
    'export interface SchemaError { instancePath: string; schemaPath: string; keyword: string; params: Record<string, unknown>; message?: string }',
    'export interface Validator { (value: unknown): boolean; errors?: SchemaError[] | null }',
    ...Object.keys(validated).map((name) => `export const ${name}: Validator;`),
    '',
  ].join('\n');
  return { code: bundled.outputFiles[0].text, declaration };
}

/** The settings block of package.json, in VS Code's form. */
function configuration(settings) {
  const scopeOf = (property) => property['x-scope'];
  const properties = Object.fromEntries(
    Object.entries(settings.properties).map(([name, property]) => {
      const { 'x-scope': _scope, description, ...rest } = property;
      return [name, { ...rest, scope: scopeOf(property), markdownDescription: description }];
    }),
  );
  return { title: 'ML Lifecycle', properties };
}

async function main() {
  const schemas = readSchemas();
  const outputs = new Map();
  outputs.set('schemas/generated/types.ts', await types(schemas));
  const { code, declaration } = await validators(schemas);
  outputs.set('schemas/generated/validators.js', code);
  outputs.set('schemas/generated/validators.d.ts', declaration);
  outputs.set(
    'schemas/generated/schemas.ts',
    // As JSON, which an engine reads faster than code that makes the same objects.
    `/* Generated from schemas/ by \`npm run generate\`. Do not edit. */\nexport const schemas = JSON.parse('${JSON.stringify(
      Object.fromEntries(schemas.map((schema) => [schema.$id, schema])),
    ).replace(/[\\']/g, '\\$&')}') as Record<string, unknown>;\n`,
  );
  for (const [name, text] of referencePages(schemas)) outputs.set(`docs/reference/${name}`, text);
  const manifestFile = path.join(root, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8'));
  manifest.contributes = {
    ...manifest.contributes,
    configuration: configuration(schemas.find((schema) => schema.$id === 'settings')),
  };
  outputs.set('package.json', JSON.stringify(manifest, null, 2) + '\n');

  const stale = [];
  for (const [name, text] of outputs) {
    const file = path.join(root, name);
    const now = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
    if (now === text) continue;
    stale.push(name);
    if (!check) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
  }
  if (check && stale.length > 0) {
    console.error(`Stale: ${stale.join(', ')}. Run \`npm run generate\`.`);
    process.exitCode = 1;
  } else console.log(stale.length > 0 ? `wrote ${stale.join(', ')}` : 'everything is fresh');
}

await main();
