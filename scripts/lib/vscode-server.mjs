// Serves the npm-carried VS Code on 127.0.0.1 and builds the address that opens a folder in it with our extension.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { installHost } from '../vscode-host.mjs';
import { endGroup, groupLives, run, Stop } from './proc.mjs';

/** Calm defaults: nothing pops up over what a test or a newcomer looks at. The caller's settings win. */
const calmSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.showReleaseNotes': false,
  'security.workspace.trust.banner': 'always',
  'git.openRepositoryInParentFolders': 'never',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'terminal.integrated.initialHint': false,
  'terminal.integrated.suggest.enabled': false,
};

/** Neither tests nor an example look anything up in an extension gallery. */
const noGallery = JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' });

/** Short names for the four themes that our panels are checked in; other names are passed on as they are. */
export const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'hc-dark': 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};

/** Writes `User/settings.json` of a user-data folder: the calm defaults, what stands there, then `settings` and `theme`. */
export function writeUserSettings(userData, { settings = {}, theme } = {}) {
  const file = path.join(userData, 'User/settings.json');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const themed = theme
    ? {
        'workbench.colorTheme': themes[theme] ?? theme,
        'window.autoDetectColorScheme': false,
        'window.autoDetectHighContrast': false,
      }
    : {};
  fs.writeFileSync(file, `${JSON.stringify({ ...calmSettings, ...before, ...themed, ...settings }, null, 2)}\n`);
}

/**
 * Starts the server and resolves, once it listens, with `{url, port, pid, folder, ended, stop}`.
 *
 * - `folder` to open, `open`: a file in it to show at start;
 * - `development`: folders of extensions under development; `tests`: the compiled test suite to run;
 * - `userData`, `extensions`: folders kept between starts (default: new ones, deleted by `stop`);
 * - `settings`, `theme`: user settings; `trust: true`: every folder is trusted, `false`: VS Code asks;
 * - `port`: 0 takes a free one; `env`: extra environment of the extension host.
 *
 * `stop()` ends the whole process group (extension host, terminals, language servers) and resolves when it is gone.
 */
export async function startServer({
  folder,
  open,
  development = [],
  tests,
  userData,
  extensions,
  settings,
  theme,
  trust = true,
  port = 0,
  env = {},
}) {
  if (port !== 0) await mustBeFree(port);
  const { serverMain, node } = await installHost({ log: console.error });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-host-'));
  const data = path.resolve(userData ?? path.join(scratch, 'user-data'));
  writeUserSettings(data, { settings, theme });
  const log = path.join(scratch, 'server.log');
  const token = randomBytes(16).toString('hex');

  const child = spawn(
    node,
    [
      serverMain,
      '--host=127.0.0.1',
      `--port=${port}`,
      `--connection-token=${token}`,
      '--accept-server-license-terms',
      '--telemetry-level=off',
      `--server-data-dir=${scratch}`,
      `--user-data-dir=${data}`,
      `--extensions-dir=${path.resolve(extensions ?? path.join(scratch, 'extensions'))}`,
      ...(trust ? ['--disable-workspace-trust'] : []),
      '--enable-smoke-test-driver', // lets the address below name an extension under development
    ],
    {
      cwd: folder,
      env: { ...process.env, EXTENSIONS_GALLERY: noGallery, ...env },
      stdio: ['ignore', 'pipe', fs.openSync(log, 'w')],
      detached: process.platform !== 'win32',
    },
  );
  let stopping = false;
  // Resolves only when the server ends by itself.
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => stopping || resolve(code ?? signal)));

  async function stop() {
    stopping = true;
    endGroup(child.pid, 'SIGTERM');
    for (let waited = 0; waited < 3000 && groupLives(child.pid); waited += 50)
      await new Promise((go) => setTimeout(go, 50));
    endGroup(child.pid, 'SIGKILL');
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }

  let listening;
  try {
    listening = await untilListening(child, ended, log);
  } catch (error) {
    await stop();
    throw error;
  }
  const remote = (file) => `vscode-remote://127.0.0.1:${listening}${path.resolve(file)}`;
  const payload = [
    ...development.map((each) => ['extensionDevelopmentPath', remote(each)]),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
    ...(open ? [['openFile', remote(open)]] : []),
  ];
  const url = new URL(`http://127.0.0.1:${listening}/`);
  url.searchParams.set('tkn', token);
  if (folder) url.searchParams.set('folder', path.resolve(folder));
  url.searchParams.set('payload', JSON.stringify(payload));
  return { url: url.href, port: listening, pid: child.pid, folder, ended, stop };
}

/** The server does not say that its port is taken: it waits for ever. */
function mustBeFree(port) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) =>
      reject(new PortTaken(`Port ${port} can't be used (${error.code}): choose another with --port.`)),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(resolve));
  });
}

/** The port that was asked for is in use, or may not be used. */
export class PortTaken extends Stop {}

function untilListening(child, ended, log) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => fail('did not start within 60 s'), 60_000);
    child.stdout.on('data', (data) => {
      output += data;
      const port = /listening on (\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('error', (error) => fail(error.message));
    void ended.then((code) => fail(`ended at once (${code})`));
    function fail(why) {
      clearTimeout(timer);
      const said = `${output}${fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : ''}`.trim();
      const hint = /EADDRINUSE/.test(said) ? '\nThe port is in use: choose another with --port.' : '';
      reject(new Stop(`The VS Code server ${why}.\n${said.split('\n').slice(-12).join('\n')}`));
    }
  });
}

/** Installs a VSIX into an extensions folder of the npm-carried VS Code; throws `Stop` when it is refused. */
export async function installExtension(vsix, extensions) {
  const { serverMain, node } = await installHost({ log: console.error });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-install-'));
  const args = [
    serverMain,
    '--accept-server-license-terms',
    `--server-data-dir=${scratch}`,
    `--extensions-dir=${path.resolve(extensions)}`,
  ];
  const result = await run(node, [...args, `--install-extension=${path.resolve(vsix)}`, '--force'], {
    quiet: true,
    limit: 120,
  });
  fs.rmSync(scratch, { recursive: true, force: true });
  if (result.code !== 0) throw new Stop(`VS Code refused ${vsix}:\n${result.output.trim()}`);
  return result.output;
}
