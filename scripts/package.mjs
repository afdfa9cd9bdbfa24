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
  'docs',
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
    fs.writeFileSync(path.join(stage, '.vscodeignore'), '# What is staged here is what is shipped.\n');
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

/** The native packages, where dist/cli.js finds them: their JavaScript bundled, of their native parts only the target's. */
async function addNatives(target, modules) {
  const installed = path.join(root, 'node_modules');
  const bin = path.join('onnxruntime-node/bin/napi-v6', ...targets[target]);
  if (!fs.existsSync(path.join(installed, bin))) throw new Stop(`onnxruntime-node has no native part for ${target}.`);
  // Under macOS the library lies there twice; the one with the full version in its name is never loaded.
  fs.cpSync(path.join(installed, bin), path.join(modules, bin), {
    recursive: true,
    filter: (file) => !/\.\d+\.\d+\.\d+\.dylib$/.test(file),
  });
  await bundleInto(modules, 'onnxruntime-node', 'dist/index.js', ['../bin/*']);
  await bundleInto(modules, '@duckdb/node-bindings', 'duckdb.js', ['@duckdb/node-bindings-*']);
  const binding = `@duckdb/node-bindings-${target}`;
  if (fs.existsSync(path.join(installed, binding)))
    fs.cpSync(path.join(installed, binding), path.join(modules, binding), { recursive: true });
  else await fetchPackage(binding, path.join(modules, binding));
}

async function bundleInto(modules, name, entry, external) {
  const { build } = await import('esbuild');
  const from = path.join(root, 'node_modules', name);
  const to = path.join(modules, name);
  await build({
    entryPoints: [path.join(from, entry)],
    outfile: path.join(to, entry),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    keepNames: true,
    external,
    logLevel: 'error',
  });
  const { version, license } = JSON.parse(fs.readFileSync(path.join(from, 'package.json'), 'utf8'));
  fs.writeFileSync(path.join(to, 'package.json'), JSON.stringify({ name, version, license, main: entry }));
  for (const file of fs.readdirSync(from))
    if (/^licen[cs]e/i.test(file)) fs.copyFileSync(path.join(from, file), path.join(to, file));
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
    '--no-rewrite-relative-links',
    '--skip-license',
  ];
  const { code, output } = await run(process.execPath, [vsce, ...args], { cwd: stage, quiet: true, limit: 300 });
  const warnings = output.split('\n').filter((line) => /WARN|warning/i.test(line));
  for (const line of warnings) console.log(`  ${line.trim()}`);
  if (code !== 0) throw new Stop(`vsce refused the package:\n${output.trim()}`);
}
