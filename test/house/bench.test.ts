import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('npm run bench', () => {
  const script = read('scripts/bench.mjs');
  const files = [...script.matchAll(/'(bench\/[^']+)'/g)].map(([, file]) => file!);

  it('knows a comparison of every folder of bench, and files that are there', () => {
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
    const folders = readdirSync(join(root, 'bench'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders)
      assert.ok(
        files.some((file) => file.startsWith(`bench/${name}/`)),
        name,
      );
  });

  it('has a page that names each', () => {
    const page = read('bench/README.md');
    const names = [...script.matchAll(/^ {2}'?([a-z-]+)'?: \{$/gm)].map(([, name]) => name!);
    assert.ok(names.length >= 15, names.join());
    for (const name of names) assert.match(page, new RegExp(`^\\| (.*, )?${name}(,.*)? \\|`, 'm'));
  });
});
