import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { schemas } from '../../schemas/generated/schemas';

const root = path.resolve(__dirname, '../..');

describe('what is generated from the schemas', () => {
  it('is fresh', () => {
    const output = execFileSync(process.execPath, ['schemas/generate.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    assert.match(output, /everything is fresh/);
  });

  it('comes from schemas in which every property is described', () => {
    const missing: string[] = [];
    const visit = (node: unknown, place: string): void => {
      if (node === null || typeof node !== 'object') return;
      const { properties } = node as {
        properties?: Record<string, { description?: string; $ref?: string; const?: unknown }>;
      };
      for (const [name, property] of Object.entries(properties ?? {}))
        if (typeof property === 'object' && !property.description && !property.$ref) missing.push(`${place}.${name}`);
      for (const [key, value] of Object.entries(node))
        if (!['default', 'examples', 'enum'].includes(key)) visit(value, `${place}/${key}`);
    };
    for (const [id, schema] of Object.entries(schemas)) visit(schema, id);
    assert.deepEqual(missing, []);
  });

  it('includes every setting in package.json', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const names = Object.keys(manifest.contributes.configuration.properties);
    assert.deepEqual(names.sort(), Object.keys((schemas['settings'] as { properties: object }).properties).sort());
  });
});
