#!/usr/bin/env node
// npm run package: a VSIX for one platform, with the engine and its native parts inside. `--target darwin-arm64` makes
// another platform's (its native part of DuckDB comes from npm). The result lies in out/ and its path is printed last.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cleanNpmEnv, main, root, run, Stop } from './lib/proc.mjs';
import { buildAll, ensureDependencies } from './lib/setup.mjs';

/** VS Code's name of a platform, and what the native packages call it. */
const targets = {
  'linux-x64': ['linux', 'x64'],
  'linux-arm64': ['linux', 'arm64'],
  'darwin-arm64': ['darwin', 'arm64'],
  'darwin-x64': ['darwin', 'x64'],
  'win32-x64': ['win32', 'x64'],
  'win32-arm64': ['win32', 'arm64'],
};

/** What is shipped beside dist/. */
const shipped = [
  'package.nls.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'extension/media',
  'extension/languages',
  'extension/walkthrough',
  'examples',
];

main(async () => {
  const { values } = parseArgs({
    options: { target: { type: 'string', default: `${process.platform}-${process.arch}` } },
  });
  if (!(values.target in targets))
    throw new Stop(`--target takes ${Object.keys(targets).join(', ')}, not "${values.target}".`);
  await ensureDependencies();
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'lifecycle-package-'));
  try {
    await buildAll('--production', `--outdir=${path.join(stage, 'dist')}`);
    for (const name of shipped) copy(name, stage);
    const manifest = writeManifest(stage);
    await addNatives(values.target, path.join(stage, 'dist/node_modules'));
    const file = path.join(root, 'out', `${manifest.name}-${values.target}-${manifest.version}.vsix`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await pack(stage, values.target, file);
    console.log(`${path.relative(root, file)}: ${(fs.statSync(file).size / 2 ** 20).toFixed(1)} MB`);
    return 0;
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
});

function copy(name, stage) {
  const from = path.join(root, name);
  if (!fs.existsSync(from)) throw new Stop(`${name} is missing; the package can't be made without it.`);
  const filter = (file) => !['.lifecycle', '__pycache__', 'node_modules'].includes(path.basename(file));
  fs.cpSync(from, path.join(stage, name), { recursive: true, filter });
}

/** The manifest without what only development needs: everything it runs is in dist/. */
function writeManifest(stage) {
  const {
    scripts,
    devDependencies,
    dependencies,
    private: _,
    ...manifest
  } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  fs.writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
  return manifest;
}

/** The packages that the bundles leave outside, reduced to what runs on the target, where dist/cli.js finds them. */
async function addNatives(target, modules) {
  const [platform, arch] = targets[target];
  const installed = path.join(root, 'node_modules');
  const take = (name, filter = () => true) =>
    fs.cpSync(path.join(installed, name), path.join(modules, name), {
      recursive: true,
      filter: (file) => {
        const inside = path.relative(path.join(installed, name), file).split(path.sep).join('/');
        return !/\.(map|ts|md)$|^(src|script|docs?|test)(\/|$)/.test(inside) && filter(inside);
      },
    });
  const bin = `bin/napi-v6/${platform}/${arch}`;
  const native = (inside) => !inside.startsWith('bin/napi-v6/') || bin.startsWith(inside) || inside.startsWith(bin);
  if (!fs.existsSync(path.join(installed, 'onnxruntime-node', bin)))
    throw new Stop(`onnxruntime-node has no native part for ${target}.`);
  take('onnxruntime-node', native);
  take('onnxruntime-common', (inside) => !/^dist\/(esm|ort\.)/.test(inside));
  take('@duckdb/node-api');
  take('@duckdb/node-bindings');
  const binding = `@duckdb/node-bindings-${target}`;
  if (fs.existsSync(path.join(installed, binding))) take(binding);
  else await fetchPackage(binding, path.join(modules, binding));
}

/** Another platform's package, which npm would not install here: fetched as its archive and unpacked. */
async function fetchPackage(name, to) {
  const bindings = JSON.parse(
    fs.readFileSync(path.join(root, 'node_modules/@duckdb/node-bindings/package.json'), 'utf8'),
  );
  const version = bindings.optionalDependencies?.[name];
  if (!version) throw new Stop(`DuckDB has no native part ${name}.`);
  fs.mkdirSync(to, { recursive: true });
  const result = await run('npm', ['pack', `${name}@${version}`, '--silent', `--pack-destination=${to}`], {
    cwd: to,
    env: cleanNpmEnv(),
    quiet: true,
    limit: 300,
  });
  const archive = fs.readdirSync(to).find((file) => file.endsWith('.tgz'));
  if (result.code !== 0 || !archive)
    throw new Stop(`${name}@${version} could not be fetched from npm:\n${result.output.trim()}`);
  const unpacked = await run('tar', ['-xzf', archive, '--strip-components=1'], { cwd: to, quiet: true });
  fs.rmSync(path.join(to, archive));
  if (unpacked.code !== 0) throw new Stop(`${archive} could not be unpacked:\n${unpacked.output.trim()}`);
}

async function pack(stage, target, file) {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const args = [
    'package',
    '--target',
    target,
    '--no-dependencies',
    '--out',
    file,
    '--allow-missing-repository',
    '--skip-license',
  ];
  const { code, output } = await run(process.execPath, [vsce, ...args], { cwd: stage, quiet: true, limit: 300 });
  const warnings = output.split('\n').filter((line) => /WARN|warning/i.test(line));
  for (const line of warnings) console.log(`  ${line.trim()}`);
  if (code !== 0) throw new Stop(`vsce refused the package:\n${output.trim()}`);
}
