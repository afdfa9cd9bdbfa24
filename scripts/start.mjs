#!/usr/bin/env node
// npm start: sets everything up, then opens an example in VS Code with the extension. Desktop VS Code when `code` is on
// PATH and there is a display, else the one that npm carries, in a browser. `npm start -- diamonds` opens another example,
// `--port 4000` chooses the port, `--browser` insists on the npm-carried one, `--theme dark|light|hc-dark|hc-light` a theme.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main, root, Stop } from './lib/proc.mjs';
import { buildAll, ensureDependencies } from './lib/setup.mjs';

const options = { port: { type: 'string' }, browser: { type: 'boolean' }, theme: { type: 'string' } };

main(async () => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const folder = exampleFolder(positionals[0] ?? 'churn');
  const port = portFrom(values.port);
  await ensureDependencies();
  await buildAll();

  const names = fs.readdirSync(folder).sort();
  const first = (ending) => names.filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name))[0];
  const pipeline = first('.pipeline.yaml');
  // The browser would show a lifecycle document as text: it opens files before it knows the notebook.
  if (!values.browser && desktopIsFit()) return openDesktop(folder, pipeline ?? first('.lifecycle.md'));
  return openInBrowser(folder, pipeline ?? first('README.md'), port, values.theme);
});

/** The folder of an example by name, or any folder by path. */
function exampleFolder(name) {
  const examples = path.join(root, 'examples');
  const folder = [path.join(examples, name), path.resolve(name)].find(
    (each) => fs.existsSync(each) && fs.statSync(each).isDirectory(),
  );
  if (folder) return folder;
  const names = fs.readdirSync(examples, { withFileTypes: true }).filter((each) => each.isDirectory());
  throw new Stop(`There is no example "${name}". There are: ${names.map((each) => each.name).join(', ')}.`);
}

function portFrom(text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Stop(`--port takes a number from 0 to 65535, not "${text}".`);
  return port;
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** True when `code` is a desktop VS Code that is new enough for the extension; the `code` of a remote terminal is none. */
function desktopIsFit() {
  if (!hasDisplay() || process.env.VSCODE_IPC_HOOK_CLI) return false;
  const { status, stdout } = spawnSync('code', ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) return false;
  const found = stdout.split('\n')[0].trim();
  const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).engines?.vscode ?? '';
  if (!isOlder(found, wanted.replace(/^\D*/, ''))) return true;
  console.log(`\`code\` is VS Code ${found}; the extension needs ${wanted}: using the one from npm instead.`);
  return false;
}

function isOlder(version, than) {
  const [a, b] = [version, than].map((each) => each.split('.').map(Number));
  for (let part = 0; part < 3; part++) if ((a[part] || 0) !== (b[part] || 0)) return (a[part] || 0) < (b[part] || 0);
  return false;
}

function openDesktop(folder, open) {
  const shown = path.relative(root, folder) || folder;
  console.log(`Opening ${shown} in VS Code. Close its window, or press Ctrl+C here, to end.`);
  const args = [
    `--extensionDevelopmentPath=${root}`,
    '--new-window',
    '--wait',
    folder,
    ...(open ? ['--goto', open] : []),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('code', args, { stdio: 'inherit', shell: process.platform === 'win32' });
    child.once('error', (error) => reject(new Stop(`\`code\` could not be started: ${error.message}`)));
    child.once('exit', (code) => resolve(code ?? 0));
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  });
}

/** A port that stays the same from start to start keeps the browser's view of the workspace (open editors, layout). */
const usualPort = 4377;

async function openInBrowser(folder, open, port, theme) {
  const { startServer, PortTaken } = await import('./lib/vscode-server.mjs');
  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(0));
  });
  const userData = path.join(root, '.vscode-host/user-data');
  const start = (at) => startServer({ folder, open, development: [root], userData, theme, port: at });
  const busy = (error) => (error instanceof PortTaken ? start(0) : Promise.reject(error));
  const server = await (port === undefined ? start(usualPort).catch(busy) : start(port));
  console.log(`\nVS Code is open on ${path.relative(root, folder) || folder}:\n\n  ${server.url}\n\nCtrl+C stops it.`);
  if (hasDisplay()) showInBrowser(server.url);
  const died = server.ended.then((code) => {
    console.error(`The VS Code server ended by itself (${code}).`);
    return 1;
  });
  try {
    return await Promise.race([interrupted, died]);
  } finally {
    await server.stop();
    setTimeout(() => process.exit(), 500).unref();
  }
}

function showInBrowser(url) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.once('error', () => {}); // the address is printed anyway
  child.unref();
}
