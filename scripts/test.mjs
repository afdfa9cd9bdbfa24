#!/usr/bin/env node
// npm test: sets everything up, then type check, linter, unit tests, the suite inside a real VS Code and the UI tests.
// `--only check|unit|vscode|ui` runs one part; after `--only unit` or `--only ui` test files may be named. VSCODE_DESKTOP=1 takes a downloaded desktop VS Code for the suite inside it.
// Ends with one line for the whole run, "N passed, N failed, N skipped"; the exit code is 1 when anything failed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endProcessesIn, main, root, run, Stop } from './lib/proc.mjs';
import { buildAll, ensureDebianPackages, ensureDependencies } from './lib/setup.mjs';
import { printSummary, readResults, stepResult } from './lib/tally.mjs';

/** Seconds that each part may take before it is stopped and counted as failed: several times what a quiet machine takes. */
const limits = { check: 600, unit: 1800, vscode: 420, ui: 1500 };

/** The command line that `npm test` has just built: the end-to-end tests need no build of their own. */
const built = path.join(root, 'dist/cli.js');

const whole = ['test/end-to-end/**/*.test.ts', 'test/lifecycle/train/**/*.test.ts'];
const served = ['webviews', ...['cli', 'deploy', 'optimize', 'package'].map((room) => `lifecycle/${room}`)].map(
  (room) => `test/${room}/**/*.test.ts`,
);
/** Run side by side, on two cores too: the first two mostly wait for processes that they start. Each lane takes about as long as the others. */
const unitTests = {
  'whole program and training': whole,
  'what is served and shown': served,
  'unit tests': ['test/**/*.test.ts', ...['test/vscode/**', 'test/deep/**', ...whole, ...served].flatMap(ignored)],
};
const shown = ['stages', 'restore', 'renderer', 'alert', 'window', 'approve', 'reload'].map(
  (name) => `test/vscode/ui/${name}.test.ts`,
);
/** Also side by side: a window mostly waits for its runs. */
const uiTests = {
  'UI tests of results and alerts': shown,
  'UI tests': ['test/vscode/ui/**/*.test.ts', ...shown.flatMap(ignored)],
};

const parts = {
  check: async () => {
    const [[types, form], lint] = await Promise.all([
      (async () => [
        await quietly('npx', ['tsc', '-b']),
        await quietly('npx', ['prettier', '--check', '.', '--log-level=warn']),
      ])(),
      quietly('npx', ['eslint', '.', '--max-warnings=0']),
    ]);
    return [
      stepResult('type check', 'tsc -b', types),
      stepResult('lint', 'eslint .', lint),
      stepResult('form', 'prettier --check . (npm run format mends it)', form),
    ];
  },
  unit: (files) => sideBySide(files.length > 0 ? { 'unit tests': files } : unitTests, [], limits.unit),
  vscode: async () => [await suiteInsideVsCode()],
  ui: (files) =>
    sideBySide(
      files.length > 0 ? { 'UI tests': files } : uiTests,
      ['--config', 'test/vscode/ui/.mocharc.json'],
      limits.ui,
    ),
};

main(async () => {
  const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
  if (positionals.length > 0 && !['unit', 'ui'].includes(values.only))
    throw new Stop('Files are taken with --only unit or --only ui.');
  const chosen = values.only ? values.only.split(',') : Object.keys(parts);
  const unknown = chosen.find((part) => !(part in parts));
  if (unknown) throw new Stop(`--only takes ${Object.keys(parts).join(', ')}, not "${unknown}".`);

  await ensureDependencies();
  await ensureDebianPackages();
  useOwnTemporaryFolder();
  const results = [];
  await timed('build', async () => {
    await buildAll().catch(() => results.push(stepResult('build', 'esbuild.mjs', 1)));
  });
  // One part after the other: more at once wins nothing on two cores, and windows of VS Code then miss their times.
  for (const part of chosen) {
    await timed(part, async () => {
      // A broken part is a failure of the run, never the end of it.
      results.push(
        ...(await parts[part](positionals).catch((error) => [
          { ...stepResult(part, String(error.message ?? error), 1) },
        ])),
      );
    });
  }
  return printSummary(results).failed > 0 ? 1 : 0;
});

/** Whatever a test leaves in the temporary folder, files or processes, goes when the run ends. The name is short: sockets lie in it. */
function useOwnTemporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lt-'));
  process.env.TMPDIR = folder;
  process.on('exit', () => {
    endProcessesIn(folder);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
}

async function timed(name, body) {
  console.log(`\n— ${name}`);
  const started = Date.now();
  await body();
  console.log(`  (${name}: ${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** Runs a checker and shows what it says only when it fails. */
async function quietly(command, args) {
  const { code, output } = await run(command, args, { quiet: true, limit: limits.check });
  if (code !== 0) console.log(output.trim());
  else console.log(`  ✓ ${args.join(' ')}`);
  return code;
}

function ignored(pattern) {
  return ['--ignore', pattern];
}

function resultsFile() {
  return path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lifecycle-results-')), 'results.jsonl');
}

function collect(file, suite) {
  const result = readResults(file, suite);
  fs.rmSync(path.dirname(file), { recursive: true, force: true });
  return result;
}

function sideBySide(suites, options, limit) {
  return Promise.all(Object.entries(suites).map(([suite, files]) => mocha(suite, [...options, ...files], limit)));
}

async function mocha(suite, args, limit) {
  const file = resultsFile();
  const env = { TEST_PROGRAM: built, ...process.env, TEST_RESULTS: file, ORT_DISABLE_TELEMETRY: '1' };
  const { code } = await run('npx', ['mocha', '--reporter', 'scripts/lib/mocha-reporter.cjs', ...args], { env, limit });
  const result = collect(file, suite);
  if (code !== 0 && result.failures.length === 0) result.failures.push({ title: `${suite} ended with code ${code}` });
  return result;
}

/** The mocha suite inside VS Code: in the npm-carried one, or in the desktop one that @vscode/test-electron downloads. */
async function suiteInsideVsCode() {
  const { runTests } = await import('@vscode/test-electron');
  const { writeUserSettings } = await import('./lib/vscode-server.mjs');
  const file = resultsFile();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'lifecycle-suite-'));
  const example = path.join(work, 'churn');
  fs.cpSync(path.join(root, 'examples/churn'), example, {
    recursive: true,
    filter: (from) => path.basename(from) !== '.lifecycle',
  });
  writeUserSettings(path.join(work, 'user-data'));
  const windowLog = path.join(root, 'out/vscode-window.log');
  fs.mkdirSync(path.dirname(windowLog), { recursive: true });
  let ended = '';
  try {
    await runTests({
      ...(process.env.VSCODE_DESKTOP
        ? { version: '1.139.1' }
        : { vscodeExecutablePath: path.join(root, 'scripts/code.mjs') }),
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, 'dist/test/suite.js'),
      extensionTestsEnv: { TEST_RESULTS: file, TEST_WINDOW_LOG: windowLog },
      launchArgs: [
        example,
        `--user-data-dir=${path.join(work, 'user-data')}`,
        `--extensions-dir=${path.join(work, 'extensions')}`,
        `--time-limit=${limits.vscode}`,
      ],
    });
  } catch (error) {
    ended = error.message ?? String(error);
  }
  const result = collect(file, 'suite inside VS Code');
  for (const { title, error } of result.failures)
    console.log(`  ✗ ${title}\n${indent((error ?? ended).split('\n').slice(0, 12).join('\n'))}`);
  if (ended && result.failures.length === 0) result.failures.push({ title: ended });
  console.log(
    `  ${result.passed} passed in VS Code${result.failures.length > 0 ? `; its log: ${path.relative(root, windowLog)}` : ''}`,
  );
  endProcessesIn(work);
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  return result;
}

const indent = (text) => text.replace(/^/gm, '      ');
