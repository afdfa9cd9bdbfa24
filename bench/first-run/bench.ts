/**
 * From the raw file to a served model: how long from typing `lifecycle run --deploy` in a fresh copy of the churn example to the first
 * prediction that the server gives.
 *
 * usage: npx tsx bench/first-run/bench.ts [--rounds 3] [--write]     (--write puts the figures into RESULTS.md)
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunRecord } from '../../schemas/generated/types';

const root = path.resolve(__dirname, '../..');
const program = path.join(root, '.cache/bench/cli.js');
const at = process.argv.indexOf('--rounds');
const ROUNDS = at < 0 ? 3 : Number(process.argv[at + 1]);
const load = os.loadavg().map((one) => one.toFixed(1));
const ROW = {
  ...{ female: 1, senior_citizen: 0, partner: 0, dependents: 0, tenure: 10, phone_service: 1, multiple_lines: 'No' },
  ...{ internet_service: 'DSL', online_security: 'Yes', online_backup: 'No', device_protection: 'No' },
  ...{ tech_support: 'No', streaming_tv: 'No', streaming_movies: 'No', contract: 'Month-to-month' },
  ...{ paperless_billing: 0, payment_method: 'Mailed check', monthly_charges: 29.75, total_charges: 301.9 },
};

interface Round {
  readonly wall: number;
  readonly answered: number;
  readonly record: RunRecord;
}

async function once(folder: string): Promise<Round> {
  const lifecycle = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stdout + stderr);
    return stdout;
  };
  const began = performance.now();
  lifecycle('run', '--deploy');
  const wall = (performance.now() - began) / 1000;
  const { url } = JSON.parse(lifecycle('deployments', '--json').split('\n')[0] ?? '') as { url: string };
  try {
    const asked = performance.now();
    const reply = await fetch(`${url}/predict`, { method: 'POST', body: JSON.stringify({ rows: [ROW] }) });
    if (reply.status !== 200) throw new Error(await reply.text());
    const [run = ''] = readdirSync(path.join(folder, '.lifecycle/runs'));
    const record = JSON.parse(
      readFileSync(path.join(folder, '.lifecycle/runs', run, 'record.json'), 'utf8'),
    ) as RunRecord;
    return { wall, answered: wall + (performance.now() - asked) / 1000, record };
  } finally {
    lifecycle('stop', 'local');
  }
}

async function main(): Promise<void> {
  execFileSync(process.execPath, ['esbuild.mjs', `--outdir=${path.dirname(program)}`], { cwd: root, stdio: 'pipe' });
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'first-run-'));
    const folder = path.join(scratch, 'churn');
    cpSync(path.join(root, 'examples/churn'), folder, {
      recursive: true,
      filter: (from) => path.basename(from) !== '.lifecycle' && !from.endsWith('.lock.yaml'),
    });
    try {
      rounds.push(await once(folder));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    console.log(`round ${round + 1}: ${rounds.at(-1)?.answered.toFixed(1)} s`);
  }
  const middle = [...rounds].sort((a, b) => a.answered - b.answered)[Math.floor(rounds.length / 2)];
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const stages = Object.entries(middle?.record.stages ?? {});
  const text = `# From the raw file to a served model

\`npx tsx bench/first-run/bench.ts --write\` on ${os.cpus()[0]?.model.trim() ?? 'this machine'}, ${os.cpus().length} cores, Node ${process.version.slice(1)}, commit ${commit}.
Seconds from the start of \`lifecycle run --deploy\` in a fresh copy of \`examples/churn\` (7,043 customers; a linear model, boosted trees and a network) to the
first prediction by the server. The bar is 60 s. Load average when it began: ${load.join(', ')} (other work shares this machine).

| Round | Run | First prediction |
| --- | ---: | ---: |
${rounds.map(({ wall, answered }, i) => `| ${i + 1} | ${wall.toFixed(2)} s | ${answered.toFixed(2)} s |`).join('\n')}

The stages of the middle round (independent ones run at the same time):

| Stage | Seconds | |
| --- | ---: | --- |
${stages.map(([name, { seconds, summary }]) => `| ${name} | ${(seconds ?? 0).toFixed(2)} | ${(summary ?? '').replace(/127\.0\.0\.1:\d+/, '127.0.0.1')} |`).join('\n')}
`;
  console.log(text);
  if (process.argv.includes('--write')) writeFileSync(path.join(__dirname, 'RESULTS.md'), text);
}

void main();
