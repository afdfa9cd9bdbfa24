#!/usr/bin/env node
// Stand-in for the `code` executable, made of the npm-carried VS Code and a Chromium. It takes the arguments that
// @vscode/test-electron passes: with --extensionTestsPath it runs that suite in a headless window and ends with its exit
// code; without, it serves until it is stopped and prints the address. As with `code`, folders are not trusted unless
// --disable-workspace-trust is given.
import fs from 'node:fs';
import path from 'node:path';
import { format, parseArgs } from 'node:util';
import { browserFlags, ensureBrowser, noBrowser } from './lib/browser.mjs';
import { main, root, Stop } from './lib/proc.mjs';
import { installExtension, startServer } from './lib/vscode-server.mjs';

const options = {
  extensionDevelopmentPath: { type: 'string', multiple: true },
  extensionTestsPath: { type: 'string' },
  'user-data-dir': { type: 'string' },
  'extensions-dir': { type: 'string' },
  'install-extension': { type: 'string' },
  'disable-workspace-trust': { type: 'boolean' },
  settings: { type: 'string' }, // user settings, as JSON
  theme: { type: 'string' }, // dark | light | hc-dark | hc-light | a theme's full name
  port: { type: 'string' },
  json: { type: 'boolean' }, // print {url, port, pid} instead of a sentence
  'time-limit': { type: 'string' }, // seconds a test suite may take (default 600)
};

main(async () => {
  // strict: false, because `code` has many more options; those are without effect here.
  const { values, positionals } = parseArgs({ options, allowPositionals: true, strict: false });
  if (values['install-extension']) {
    if (!values['extensions-dir']) throw new Stop('--install-extension needs --extensions-dir.');
    console.log(await installExtension(values['install-extension'], values['extensions-dir']));
    return 0;
  }

  const paths = positionals.map((each) => path.resolve(each));
  const missing = paths.find((each) => !fs.existsSync(each));
  if (missing) throw new Stop(`${missing} does not exist.`);
  const folder = paths.find((each) => fs.statSync(each).isDirectory());
  const open = paths.find((each) => fs.statSync(each).isFile());
  const suite = values.extensionTestsPath;
  if (suite && !fs.existsSync(suite))
    throw new Stop(`The test suite ${suite} does not exist: run \`npm run build\` first.`);

  const interrupted = new Promise((resolve) => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ])
      process.on(signal, () => resolve(code));
  });
  const server = await startServer({
    folder: folder ?? (open && path.dirname(open)),
    open,
    development: values.extensionDevelopmentPath ?? [],
    tests: suite,
    userData: values['user-data-dir'],
    extensions: values['extensions-dir'],
    settings: values.settings ? JSON.parse(values.settings) : {},
    theme: values.theme,
    trust: Boolean(values['disable-workspace-trust']),
    port: Number(values.port ?? 0),
  });
  const died = server.ended.then((code) => {
    console.error(`The VS Code server ended by itself (${code}).`);
    return 1;
  });

  try {
    if (suite)
      return await Promise.race([runSuite(server.url, Number(values['time-limit'] ?? 600)), interrupted, died]);
    console.log(
      values.json ? JSON.stringify({ url: server.url, port: server.port, pid: server.pid }) : `Open ${server.url}`,
    );
    return await Promise.race([interrupted, died]);
  } finally {
    await server.stop();
    setTimeout(() => process.exit(), 2000).unref();
  }
});

/** Opens the window that runs the suite and resolves with the suite's exit code; 124 when it takes longer than `limit` s. */
async function runSuite(url, limit) {
  const executablePath = await ensureBrowser();
  if (!executablePath) throw new Stop(noBrowser);
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath,
    args: browserFlags,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    let timer;
    const code = await new Promise((resolve, reject) => {
      timer = setTimeout(() => {
        console.error(`The suite did not end within ${limit} s.`);
        resolve(124);
      }, limit * 1000);
      page.on('crash', () => reject(new Stop('The VS Code window crashed.')));
      page
        .exposeFunction('codeAutomationLog', logger())
        .then(() => page.exposeFunction('codeAutomationExit', (exit) => resolve(Number(exit ?? 0))))
        .then(() => page.goto(url))
        .catch(reject);
    });
    clearTimeout(timer);
    if (code !== 0) await keepPicture(page);
    return code;
  } finally {
    await browser.close();
  }
}

/** The window's log mixes the suite's output with VS Code's own chatter: it goes to TEST_WINDOW_LOG when that names a file. */
function logger() {
  const file = process.env.TEST_WINDOW_LOG;
  if (file) fs.writeFileSync(file, '');
  return (type, args) => {
    if (type === 'debug' || type === 'trace') return;
    if (file) fs.appendFileSync(file, `${type} ${format(...args)}\n`);
    else console.log(...args);
  };
}

async function keepPicture(page) {
  const file = path.join(root, 'out/screenshots/suite-failed.png');
  await page.screenshot({ path: file }).then(
    () => console.error(`The window at the end: ${path.relative(root, file)}`),
    () => {},
  );
}
