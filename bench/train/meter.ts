/**
 * What it costs to tell what trainings use while they run: processor seconds of the process that holds a run, for each second of it, with the series written to the run's events as they are.
 * `nvidia-smi` is the stand-in of the tests, printing as often as it is asked; its own time is not ours. The cases run side by side, each in a process of its own.
 * Run: npx tsx bench/train/meter.ts [SECONDS] [--write] (60 unless given; --write renews its part of GPU.md)
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UsageMeter } from '../../lifecycle/run/usage';
import { EventWriter } from '../../lifecycle/store/events';
import { fakeNvidia } from '../../test/rigs/fake-nvidia';

interface Case {
  readonly what: string;
  /** The GPU of each training that is followed. */
  readonly trainings: readonly (number | 'any' | 'none')[];
  readonly cards: number;
}

const cases: readonly Case[] = [
  { what: 'nothing followed', trainings: [], cards: 1 },
  { what: 'a training on the processor', trainings: ['none'], cards: 1 },
  { what: 'a training on the one GPU', trainings: [0], cards: 1 },
  { what: 'four trainings on a machine with eight GPUs', trainings: [0, 1, 2, 3], cards: 8 },
  { what: 'a program that may use all of eight GPUs', trainings: ['any'], cards: 8 },
];

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly points: number;
  readonly streams: number;
}

/** In a process of its own: follows a shell with two sleeping children as each training. */
async function measure({ trainings, cards }: Case, seconds: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'lifecycle-meter-'));
  process.env['PATH'] = fakeNvidia(folder, cards, 'asked')['PATH'];
  const shells = trainings.map(() =>
    spawn('sh', ['-c', `sleep ${seconds + 30} & sleep ${seconds + 30} & wait`], { detached: true, stdio: 'ignore' }),
  );
  let points = 0;
  const events = new EventWriter(join(folder, 'events.jsonl'));
  const meter = new UsageMeter((event) => {
    points++;
    events.write(event);
  });
  await pause(1_000);
  const [began, before] = [performance.now(), process.cpuUsage()];
  const ends = shells.map(({ pid }, i) => meter.follow(`network-${i}`, pid!, trainings[i]!));
  await pause(1_000 * seconds);
  ends.forEach((end) => end());
  const { user, system } = process.cpuUsage(before);
  const took = (performance.now() - began) / 1000;
  await meter.close();
  events.close();
  for (const { pid } of shells) process.kill(-pid!, 'SIGKILL');
  const log = join(folder, 'nvidia-smi.log');
  const streams = trainings.every((gpu) => gpu === 'none') ? 0 : readFileSync(log, 'utf8').trim().split('\n').length;
  rmSync(folder, { recursive: true, force: true });
  return { seconds: took, cpuSeconds: (user + system) / 1e6, points, streams };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const seconds = Number(given.find((each) => /^\d+$/.test(each)) ?? 60);
  const one = given.find((each) => each.startsWith('--case='));
  if (one !== undefined) {
    console.log(JSON.stringify(await measure(cases[Number(one.slice(7))]!, seconds)));
    return;
  }
  const found = await Promise.all(
    cases.map(async (_, i) => {
      const args = ['--require', 'tsx', __filename, String(seconds), `--case=${i}`];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return JSON.parse(stdout) as Measured;
    }),
  );
  const rows = found.map(({ cpuSeconds, seconds: took, points, streams }, i) => {
    const share = `${((100 * cpuSeconds) / took).toFixed(2)} %`;
    return `| ${[cases[i]!.what, took.toFixed(0), cpuSeconds.toFixed(3), share, points, streams].join(' | ')} |`;
  });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: __dirname }).trim();
  const text = `## What it costs to show what a GPU does

Processor seconds of the process that holds a run, of which the meter of utilisation, memory and power is all that runs, over ${seconds} s; the bar is 1 % of a core and one stream. Series every two seconds, written to a file of events;
\`nvidia-smi\` is the stand-in of the tests, whose own time does not count. Each training is a tree of three processes. \`npx tsx bench/train/meter.ts --write\` at commit ${commit} on ${cpus().length} cores of
${cpus()[0]?.model.trim() ?? 'an unknown processor'} (load ${loadavg()[1]!.toFixed(1)}), Node ${process.version.slice(1)}.

| what runs | seconds | processor seconds | of a core | points written | nvidia-smi started |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
  console.log(text);
  if (!given.includes('--write')) return;
  const file = join(__dirname, 'GPU.md');
  const parts = readFileSync(file, 'utf8')
    .trimEnd()
    .split(/\n(?=## )/);
  const kept = parts.filter((part) => !part.startsWith('## What it costs'));
  writeFileSync(file, `${kept.map((part) => part.trimEnd()).join('\n\n')}\n\n${text}`);
}

void main();
