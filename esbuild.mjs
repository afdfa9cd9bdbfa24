// Builds everything that runs from dist/. Flags: --watch, --production (minified, no source maps, no tests), --outdir=FOLDER.
// UI_KIT=toolkit|elements chooses the component library behind webviews/ui-kit.
import { context, build } from 'esbuild';
import fs from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { noticesOf } from './scripts/lib/notices.mjs';

const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const outdir =
  process.argv.find((each) => each.startsWith('--outdir='))?.slice('--outdir='.length) ?? path.join(root, 'dist');
const uiKit = process.env.UI_KIT ?? 'toolkit';
const uiKits = ['toolkit', 'elements'];

/** Stay in node_modules: native parts and the packages that find theirs beside themselves. */
const natives = ['onnxruntime-node', '@duckdb/node-bindings', '@duckdb/node-bindings-*'];
const node = { platform: 'node', format: 'cjs', target: 'node20' };
const page = { platform: 'browser', target: 'es2022' };

/** The list of bundles. An entry that does not exist is left out with a notice. */
const bundles = [
  { name: 'extension', entry: 'extension/extension.ts', outfile: 'dist/extension.js', ...node, external: ['vscode'] },
  { name: 'extension, lazy', entry: 'extension/lazy.ts', outfile: 'dist/lazy.js', ...node, external: ['vscode'] },
  {
    name: 'extension, validators',
    entry: 'schemas/generated/validators.js',
    outfile: 'dist/validators.js',
    ...node,
  },
  {
    name: 'language server',
    entry: 'language-server/start.ts',
    outfile: 'dist/language-server.js',
    ...node,
  },
  {
    name: 'language server itself',
    entry: 'language-server/server.ts',
    outfile: 'dist/server.js',
    ...node,
    external: natives,
  },
  { name: 'command line', entry: 'lifecycle/cli.ts', outfile: 'dist/cli.js', ...node, executable: true },
  { name: 'engine', entry: 'lifecycle/engine.ts', outfile: 'dist/engine.js', ...node, external: natives },
  ...find('lifecycle', /\.worker\.ts$/).map((entry) => ({
    name: path.basename(entry, '.ts'),
    entry,
    outfile: `dist/${path.basename(entry, '.ts')}.js`,
    ...node,
    external: natives,
  })),
  ...['node', 'page'].map((kind) => ({
    name: `edge, pictures (${kind})`,
    entry: kind === 'node' ? 'lifecycle/image/read.ts' : 'lifecycle/image/page.ts',
    outfile: `dist/edge/pictures-${kind}.mjs`,
    ...(kind === 'node' ? node : page),
    format: 'esm',
    alone: true,
  })),
  ...find('webviews', /^webviews\/[^/]+\/main\.ts$/).map((entry) => {
    const name = entry.split('/')[1];
    // A notebook renderer is loaded as a module, a panel's script as a plain one.
    return { name, entry, outfile: `dist/webviews/${name}.js`, ...page, format: name === 'renderer' ? 'esm' : 'iife' };
  }),
  {
    name: 'suite',
    entry: 'test/vscode/suite/index.ts',
    outfile: 'dist/test/suite.js',
    ...node,
    external: ['vscode', 'mocha'],
    test: true,
  },
  ...find('test/vscode/suite', /\.test\.ts$/).map((entry) => ({
    name: path.basename(entry, '.ts'),
    entry,
    outfile: `dist/test/suite/${path.basename(entry, '.ts')}.js`,
    ...node,
    external: ['vscode', 'mocha', ...natives],
    test: true,
  })),
];

/** Files under a folder whose path relative to the root, with forward slashes, matches. */
function find(folder, pattern) {
  const start = path.join(root, folder);
  if (!fs.existsSync(start)) return [];
  return fs
    .readdirSync(start, { recursive: true })
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .filter((name) => pattern.test(name))
    .sort();
}

const chooseUiKit = {
  name: 'choose-ui-kit',
  setup(builder) {
    const stand = path.join(root, 'webviews/ui-kit/library.ts');
    builder.onLoad({ filter: /[\\/]ui-kit[\\/]library\.ts$/ }, (args) =>
      args.path === stand
        ? { contents: `export * from './${uiKit}';`, loader: 'ts', resolveDir: path.dirname(stand) }
        : undefined,
    );
  },
};

/** The start and end of each rebuild of any bundle, in the words that .vscode/tasks.json waits for. */
let building = 0;
const tellWatchers = {
  name: 'tell-watchers',
  setup(builder) {
    builder.onStart(() => {
      if (building++ === 0) console.log('[watch] build started');
    });
    builder.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      if (--building === 0) console.log('[watch] build finished');
    });
  },
};

/** `dist/…` of the list, in the folder that this build goes to. */
const inOutdir = (outfile) => path.join(outdir, path.relative('dist', outfile));

/** `import('./lazy')` in the extension is the bundle beside it, read when it is asked for. */
const lazyApart = {
  name: 'lazy-apart',
  setup(builder) {
    builder.onResolve({ filter: /^\.{1,2}\/lazy$/ }, () => ({ path: './lazy.js', external: true }));
  },
};

/**
 * The editor's API is taken as it is. esbuild's own way with `import * as` copies its hundreds of members into a new object for each file that
 * imports it, before the extension is active.
 */
const vscodeAsItIs = {
  name: 'vscode-as-it-is',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]extension[\\/].*\.ts$/ }, async ({ path: file }) => ({
      contents: (await fs.promises.readFile(file, 'utf8')).replace(
        "import * as vscode from 'vscode';",
        "const vscode = require('vscode');",
      ),
      loader: 'ts',
    }));
  },
};

/** Of Node, of packages and of ours, what the extension and the language server have no use for before their first answer, or mostly never. */
const late = new Set(['child_process', 'crypto', 'fs/promises', 'os', 'v8', 'vm', 'worker_threads', 'yaml', 'zlib']);
const ours = { schemas: './schemas/generated/schemas.ts', validators: './schemas/generated/validators.js' };

/** A module of {@link late} and of {@link ours} is loaded when one of its names is used, not when it is imported. */
const loadLate = {
  name: 'load-late',
  setup(builder) {
    const require = createRequire(import.meta.url);
    builder.onResolve({ filter: /./ }, ({ path: asked, kind, namespace }) => {
      const name = asked.replace(/^node:|^.*\/generated\//, '');
      if (kind === 'dynamic-import' || namespace === 'late' || !(late.has(name) || name in ours)) return undefined;
      return { path: name, namespace: 'late' };
    });
    builder.onLoad({ filter: /./, namespace: 'late' }, ({ path: name }) => {
      const from = ours[name] ?? (isBuiltin(name) ? `node:${name}` : name);
      const names = name === 'schemas' ? ['schemas'] : Object.keys(require(from)).filter((key) => key !== 'default');
      return {
        contents: `const load = () => require(${JSON.stringify(from)});
module.exports = { __esModule: true, get default() { return load(); },
${names.map((key) => `get ${key}() { return load().${key}; },`).join('\n')} };`,
        resolveDir: root,
      };
    });
  },
};

/** The validators, most of what the extension would be read and compiled for, are a file of its two bundles. */
const validatorsApart = {
  name: 'validators-apart',
  setup(builder) {
    builder.onResolve({ filter: /\/generated\/validators(\.js)?$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './validators.js', external: true },
    );
  },
};

/** Goes into users' folders by itself: with its licences, and in Node with a `require` for what is no module. */
function aloneBanner(platform) {
  const packages = platform === 'node' ? ['jpeg-js', 'pngjs'] : ['jpeg-js'];
  const notices = noticesOf(
    root,
    packages.map((name) => `node_modules/${name}/`),
  );
  const require = `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);`;
  return `/*! ${notices} */${platform === 'node' ? `\n${require}` : ''}`;
}

function optionsFor(bundle) {
  const { entry, outfile, platform, format, target, external = [], executable, alone } = bundle;
  const hasShebang = executable && fs.readFileSync(path.join(root, entry), 'utf8').startsWith('#!');
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: inOutdir(outfile),
    bundle: true,
    platform,
    format,
    target,
    external,
    // The engine and the language server always: reading them is most of the time to their first answer.
    minify: production || ['dist/engine.js', 'dist/server.js'].includes(outfile) || alone,
    sourcemap: production || alone ? false : 'linked',
    legalComments: 'none',
    metafile: true,
    logLevel: watch ? 'silent' : 'warning',
    define: {
      'process.env.UI_KIT': JSON.stringify(uiKit),
      ...(platform === 'browser' ? { 'process.env.NODE_ENV': '"production"' } : {}),
    },
    // The maintained ESM of a package first: UMD wrappers hide their requires from the bundler.
    mainFields: platform === 'node' ? ['module', 'main'] : ['browser', 'module', 'main'],
    loader: { '.ttf': 'file', '.svg': 'text', '.proto': 'text' },
    ...(executable && !hasShebang ? { banner: { js: '#!/usr/bin/env node' } } : {}),
    ...(alone ? { banner: { js: aloneBanner(platform) } } : {}),
    plugins: [
      ...(platform === 'browser' ? [chooseUiKit] : []),
      ...(outfile === 'dist/extension.js' ? [lazyApart, vscodeAsItIs] : []),
      ...(['dist/extension.js', 'dist/server.js'].includes(outfile) ? [loadLate] : []),
      ...(['dist/extension.js', 'dist/lazy.js'].includes(outfile) ? [validatorsApart] : []),
      ...(watch ? [tellWatchers] : []),
    ],
    // As a require: Node's own import() of the lazy bundle would read and scan it before activate returns, and there is none in code that was kept.
    ...(['dist/extension.js', 'dist/engine.js', 'dist/count.worker.js'].includes(outfile)
      ? { supported: { 'dynamic-import': false } }
      : {}),
  };
}

/** One character beyond ASCII, which esbuild leaves only in a regular expression, and V8 keeps and reads the whole of a bundle as UTF-16. */
function assertAscii(file) {
  const found = /.{0,40}[^\0-\x7f].{0,20}/.exec(fs.readFileSync(file, 'utf8'))?.[0];
  if (found !== undefined)
    throw new Error(`${file} is not ASCII; write \\u and the number of the character in: ${found}`);
}

function printSizes(bundle, metafile) {
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    if (file.endsWith('.map')) continue;
    const packed = gzipSync(fs.readFileSync(path.resolve(root, file))).length;
    console.log(
      `  ${bundle.name.padEnd(18)} ${path.relative(path.dirname(outdir), path.resolve(root, file)).padEnd(34)} ${kilobytes(bytes)}  ${kilobytes(packed)} gzip`,
    );
  }
}

/** What an `edge` target writes beside the model: our files, and onnxruntime for WebAssembly. */
function copyEdge() {
  const to = path.join(outdir, 'edge');
  fs.mkdirSync(to, { recursive: true });
  const ours = path.join(root, 'lifecycle/deploy/edge');
  for (const name of fs.readdirSync(ours))
    if (/\.(mjs|html|py)$/.test(name)) fs.copyFileSync(path.join(ours, name), path.join(to, name));
  const theirs = path.join(root, 'node_modules/onnxruntime-web/dist');
  for (const name of ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'])
    fs.copyFileSync(path.join(theirs, name), path.join(to, name));
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1).padStart(8)} KB`;

if (!uiKits.includes(uiKit)) {
  console.error(`UI_KIT is "${uiKit}"; it can be ${uiKits.join(' or ')}.`);
  process.exit(1);
}
const present = bundles.filter(({ name, entry, test }) => {
  if (production && test) return false;
  if (fs.existsSync(path.join(root, entry))) return true;
  console.log(`  ${name}: skipped, ${entry} does not exist`);
  return false;
});
// A suite runs every file it finds in dist/test: none may be left of a test that is gone.
fs.rmSync(path.join(outdir, production ? '.' : 'test'), { recursive: true, force: true });

copyEdge();

if (watch) {
  const contexts = await Promise.all(present.map((bundle) => context(optionsFor(bundle))));
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  const started = Date.now();
  const results = await Promise.allSettled(
    present.map(async (bundle) => {
      const { metafile } = await build(optionsFor(bundle));
      if (['dist/extension.js', 'dist/server.js'].includes(bundle.outfile)) assertAscii(inOutdir(bundle.outfile));
      if (bundle.executable && process.platform !== 'win32') fs.chmodSync(inOutdir(bundle.outfile), 0o755);
      return [bundle, metafile];
    }),
  );
  for (const { status, value } of results) if (status === 'fulfilled') printSizes(...value);
  const failed = present.filter((_, index) => results[index].status === 'rejected');
  if (failed.length > 0) {
    console.error(`Build failed: ${failed.map(({ entry }) => entry).join(', ')}`);
    process.exit(1);
  }
  if (production) {
    const inputs = results.flatMap(({ value }) => Object.keys(value[1].inputs));
    fs.writeFileSync(path.join(outdir, 'THIRD_PARTY_NOTICES.txt'), noticesOf(root, inputs));
  }
  console.log(
    `  built ${present.length} bundles in ${((Date.now() - started) / 1000).toFixed(1)} s${production ? ', for production' : ''}`,
  );
}
