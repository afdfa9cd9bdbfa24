#!/usr/bin/env node
// npm run test:deep: the long counts of test/deep. Their outcome is written to test/deep/results.json with the commit it
// holds for, to be committed. Arguments name single files.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { main, root, run } from './lib/proc.mjs';
import { buildAll, ensureDebianPackages, ensureDependencies } from './lib/setup.mjs';
import { printSummary, readResults } from './lib/tally.mjs';

main(async () => {
  await ensureDependencies();
  await ensureDebianPackages();
  await buildAll();
  const folder = path.join(root, 'test/deep');
  const named = process.argv.slice(2);
  const found = fs.existsSync(folder)
    ? fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.ts'))
    : [];
  const files = named.length > 0 ? named : found.map((name) => path.join('test/deep', name)).sort();
  if (files.length === 0) console.log('There is no test in test/deep yet.');

  const results = [];
  const records = readRecords();
  for (const file of files) {
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'lifecycle-deep-'));
    const lines = path.join(scratch, 'results.jsonl');
    const started = Date.now();
    const args = ['mocha', '--config', 'test/deep/.mocharc.json', '--reporter', 'scripts/lib/mocha-reporter.cjs', file];
    await run('npx', args, { env: { ...process.env, TEST_RESULTS: lines, ORT_DISABLE_TELEMETRY: '1' } });
    const result = readResults(lines, file);
    fs.rmSync(scratch, { recursive: true, force: true });
    results.push(result);
    records[file] = recordOf(result, started);
    writeRecords(records);
  }
  return printSummary(results).failed > 0 ? 1 : 0;
});

const recordsFile = path.join(root, 'test/deep/results.json');

function readRecords() {
  return fs.existsSync(recordsFile) ? JSON.parse(fs.readFileSync(recordsFile, 'utf8')) : {};
}

function writeRecords(records) {
  const sorted = Object.fromEntries(Object.entries(records).sort(([a], [b]) => a.localeCompare(b)));
  fs.writeFileSync(recordsFile, `${JSON.stringify(sorted, null, 2)}\n`);
}

function recordOf({ passed, failures, skips }, started) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  return {
    commit: git('rev-parse', 'HEAD'),
    // What such a test writes itself is no change.
    changedSince:
      git(
        'status',
        '--porcelain',
        '--',
        '.',
        ':!test/deep/results.json',
        ':!test/deep/sittings.jsonl',
        ':!test/deep/*.md',
      ) !== '',
    date: new Date(started).toISOString().slice(0, 10),
    node: process.version,
    machine: `${process.platform}-${process.arch}, ${os.cpus().length} cores of ${os.cpus()[0]?.model.trim() ?? 'an unknown processor'}`,
    // A part of the full count, when that was asked for.
    ...(process.env.LIFECYCLE_DEEP_SHARE && { share: Number(process.env.LIFECYCLE_DEEP_SHARE) }),
    seconds: Math.round((Date.now() - started) / 1000),
    passed,
    failed: failures.map(({ title }) => title),
    skipped: skips.map(({ title, reason }) => `${title} (${reason})`),
  };
}
