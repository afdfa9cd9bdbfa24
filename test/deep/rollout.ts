/**
 * What roll-outs on the model server do, at full count: for each seed a canary with a planted regression and an equal one, 500 requests a
 * window; then hot swaps and rollbacks under a steady load.
 *
 * usage: npx tsx test/deep/rollout.ts [--seeds 20] [--only NAME] [--write]
 */
import { writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { DeployStage } from '../../schemas/generated/types';
import { removeFolders, type ToyOptions } from '../lifecycle/deploy/support';
import { swaps } from '../lifecycle/deploy/serve/swaps';
import { outcome, trialConfig } from '../lifecycle/deploy/serve/trial';

const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const SEEDS = option('seeds', 20);
/** Part of the names of the cases that are tried, and then nothing is swapped. */
const ONLY = process.argv.includes('--only') ? String(process.argv[process.argv.indexOf('--only') + 1]) : '';
const WORK = 60;

interface Case {
  readonly name: string;
  readonly live: ToyOptions;
  readonly candidate: ToyOptions;
  readonly labels?: boolean;
  readonly wanted: 'rolled-back' | 'promoted';
}

const bias = -3;
const CASES: readonly Case[] = [
  {
    name: '2 points more failures',
    live: { bias },
    candidate: { bias, flaw: { kind: 'nan', from: 7, to: 7.2 } },
    wanted: 'rolled-back',
  },
  { name: 'latency × 1.5', live: { bias, work: WORK }, candidate: { bias, work: WORK * 1.5 }, wanted: 'rolled-back' },
  {
    name: '5 points less accuracy, with labels',
    live: { bias },
    candidate: { bias, flaw: { kind: 'flip', from: 8, to: 8.5 } },
    labels: true,
    wanted: 'rolled-back',
  },
  { name: 'an equal one', live: { bias }, candidate: { bias: bias + 1e-4 }, wanted: 'promoted' },
  {
    name: 'an equal one, with labels',
    live: { bias },
    candidate: { bias: bias + 1e-4 },
    labels: true,
    wanted: 'promoted',
  },
];

async function canaries(): Promise<string[]> {
  const lines: string[] = [];
  for (const one of CASES.filter(({ name }) => name.includes(ONLY))) {
    let right = 0;
    let failed = 0;
    const asked: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const strategy: DeployStage['strategy'] = {
        kind: 'canary',
        steps: [10],
        window: { requests: 500 },
        ...(one.labels === true && { gates: { accuracy: { 'drop-at-most': 0.02 } } }),
      };
      const config = await trialConfig(strategy, one.live, one.candidate);
      const { asked: answers, state } = await outcome(config, { seed, most: 20_000, labels: one.labels === true });
      if (state?.status === one.wanted) right++;
      else process.stderr.write(`${one.name}, seed ${seed}: ${state?.status} ${state?.reason}\n`);
      failed += answers.filter(({ status }) => status !== 200).length;
      asked.push(state?.requests ?? 0);
      await removeFolders();
    }
    asked.sort((a, b) => a - b);
    lines.push(
      `| ${one.name} | ${one.wanted} | ${right} of ${SEEDS} | ${asked[asked.length >> 1]} (at most ${asked.at(-1)}) | ${failed} |`,
    );
    process.stderr.write(`${lines.at(-1)}\n`);
  }
  return lines;
}

async function main(): Promise<void> {
  const load = os
    .loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  if (ONLY !== '') return void (await canaries());
  const swapped = await swaps(2_000, 10);
  process.stderr.write(JSON.stringify(swapped) + '\n');
  const lines = await canaries();
  await removeFolders();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim();
  const report = `# Roll-outs on the model server

\`npx tsx test/deep/rollout.ts --write\` on ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, Node ${process.versions.node}, commit ${commit}. Load average when it began: ${load}.

## Canaries

Seeds 1 to ${SEEDS}, each a server of its own, 16 connections, one step of 10 %, a window of 500 requests; the gates as they come, accuracy where there are labels.

| Candidate | Wanted | Happened | Requests it had: median | Answers that were not 200 |
| --- | --- | ---: | ---: | ---: |
${lines.join('\n')}

Failures: the model gives NaN for sizes between 7 and 7.2 of 0 to 10. Latency: ${WORK} and ${WORK * 1.5} products of 64 × 64 matrices. Accuracy: the other class for sizes between 8 and 8.5. The live version does not fail and is always right, so
these are the easy side of what a window of 500 can tell; see docs/serving.md.

## Hot swaps and rollbacks under load

${swapped.swaps} swaps between two versions within ${Math.round(swapped.sent / swapped.perSecond)} s, at ${Math.round(swapped.perSecond).toLocaleString('en')} requests/s (client and server in one process), every request logged: ${swapped.sent.toLocaleString('en')} requests, **${swapped.failed} failed**. A swap with all of its checks took ${swapped.median.toFixed(0)} ms (median), ${swapped.slowest.toFixed(0)} ms at most.
`;
  process.stdout.write(report);
  if (process.argv.includes('--write')) writeFileSync(path.join(__dirname, 'ROLLOUT.md'), report);
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
