#!/usr/bin/env node
// npm run package: a VSIX for one platform that carries the engine with its native parts. `-- --target linux-arm64` for another
// platform (its native parts come from npm), `--out FILE` for another name. The file lies in out/.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main, root, run, Stop } from './lib/proc.mjs';
import { buildAll, ensureDependencies } from './lib/setup.mjs';

/** Platforms of VS Code for which every native part exists. */
const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** What an extension needs besides dist/. */
const carried = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.nls.json',
  'extension/media',
  'extension/languages',
  'extension/walkthrough',
  'examples',
];

main(async () => {
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  const target = values.target ?? `${process.platform}-${process.arch}`;
  if (!targets.includes(target))
    throw new Stop(`There is no package for ${target}. There is one for ${targets.join(', ')}.`);
  await ensureDependencies();
  await buildAll('--production');

  const stage = path.join(root, 'out/package', target);
  fs.rmSync(stage, { recursive: true, force: true });
  fs.mkdirSync(stage, { recursive: true });
  fs.writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest(), null, 2) + '\n');
  fs.writeFileSync(path.join(stage, '.vscodeignore'), '**/*.map\n');
  for (const name of carried) copy(path.join(root, name), path.join(stage, name));
  copy(path.join(root, 'dist'), path.join(stage, 'dist'));
  await natives(target, path.join(stage, 'dist/node_modules'));

  const { version } = manifest();
  const file = path.resolve(values.out ?? path.join(root, 'out', `ml-lifecycle-${target}-${version}.vsix`));
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const { code } = await run(
    process.execPath,
    [
      vsce,
      'package',
      '--target',
      target,
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      file,
    ],
    { cwd: stage, limit: 300 },
  );
  if (code !== 0) throw new Stop('vsce refused to package.');
  console.log(`${path.relative(root, file)}: ${(fs.statSync(file).size / 1e6).toFixed(1)} MB`);
  return 0;
});

/** The manifest without what only developers need. */
function manifest() {
  const {
    devDependencies: _dev,
    dependencies: _bundled,
    scripts: _scripts,
    private: _private,
    ...rest
  } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  return rest;
}

function copy(from, to) {
  fs.cpSync(from, to, {
    recursive: true,
    filter: (source) =>
      !/(^|[\\/])(\.lifecycle|__pycache__|test)$|\.lock\.yaml$|\.map$/.test(path.relative(root, source)),
  });
}

/** The packages that can't be bundled, with the binaries of one platform only. */
async function natives(target, folder) {
  const [platform, arch] = target.split('-');
  const from = (name) => path.join(root, 'node_modules', name);
  const runtime = path.join(folder, 'onnxruntime-node');
  for (const part of ['package.json', 'dist'])
    copy(path.join(from('onnxruntime-node'), part), path.join(runtime, part));
  const binaries = fs.readdirSync(path.join(from('onnxruntime-node'), 'bin'))[0];
  const binary = path.join('bin', binaries, platform, arch);
  if (!fs.existsSync(path.join(from('onnxruntime-node'), binary)))
    throw new Stop(`onnxruntime-node has no binary for ${target}.`);
  copy(path.join(from('onnxruntime-node'), binary), path.join(runtime, binary));
  copyPackage(from('onnxruntime-common'), path.join(folder, 'onnxruntime-common'));
  copyPackage(from('@duckdb/node-api'), path.join(folder, '@duckdb/node-api'));
  copyPackage(from('@duckdb/node-bindings'), path.join(folder, '@duckdb/node-bindings'));
  const bindings = `@duckdb/node-bindings-${platform}-${arch}`;
  copyPackage(fs.existsSync(from(bindings)) ? from(bindings) : await fetched(bindings), path.join(folder, bindings));
}

function copyPackage(from, to) {
  fs.cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (source) => !/\.map$|\.d\.ts$/.test(source) && path.basename(source) !== 'node_modules',
  });
}

/** A package for another platform, brought from npm into out/. */
async function fetched(name) {
  const { version } = JSON.parse(
    fs.readFileSync(path.join(root, 'node_modules/@duckdb/node-bindings/package.json'), 'utf8'),
  );
  const folder = path.join(root, 'out/natives');
  fs.mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--no-save',
    '--force',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    `${name}@${version}`,
  ];
  const { code, output } = await run('npm', args, { quiet: true, limit: 300 });
  if (code !== 0) throw new Stop(`npm could not bring ${name}:\n${output.trim().slice(-500)}`);
  return path.join(folder, 'node_modules', name);
}
