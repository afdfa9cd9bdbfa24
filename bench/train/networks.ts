/**
 * The network trainer beside PyTorch: the same networks, batches, optimiser and threads, in turns.
 * Run: npx tsx bench/train/networks.ts  (writes NETWORKS.md; needs /usr/bin/python3 with torch). With other work on the machine, as root in a session
 * that comes first: setsid -w bash -c 'echo -15 > /proc/self/autogroup; npx tsx bench/train/networks.ts'
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { NetworkModel } from '../../schemas/generated/types';
import { layOut } from '../../lifecycle/model/layers';
import { planNetwork } from '../../lifecycle/model/network';
import { Random } from '../../lifecycle/statistics/random';
import { fit, startState, startWeights } from '../../lifecycle/train/network/fit';
import { memoryRows } from '../../lifecycle/train/network/rows';

interface Subject {
  readonly name: 'mlp' | 'cnn' | 'lstm' | 'transformer';
  readonly what: string;
  readonly model: Omit<NetworkModel, 'kind'>;
  readonly features: number;
  readonly batch: number;
  readonly steps: number;
}

const REPEATS = Number(process.env['REPEATS'] ?? 5);

const subjects: Subject[] = [
  {
    name: 'mlp',
    what: '784-256-10',
    model: { layers: [{ dense: { units: 256, activation: 'relu' } }] },
    features: 784,
    batch: 128,
    steps: 100,
  },
  {
    name: 'cnn',
    what: '28×28, two convolutions 16 and 32 with pools, dense 64',
    model: {
      image: { height: 28, width: 28 },
      layers: [
        { conv2d: { filters: 16, activation: 'relu' } },
        'max-pool',
        { conv2d: { filters: 32, activation: 'relu' } },
        'max-pool',
        'flatten',
        { dense: { units: 64, activation: 'relu' } },
      ],
    },
    features: 784,
    batch: 64,
    steps: 20,
  },
  {
    name: 'lstm',
    what: '32 steps of 16, 64 units',
    model: { sequence: { steps: 32 }, layers: [{ lstm: { units: 64 } }] },
    features: 512,
    batch: 64,
    steps: 30,
  },
  {
    name: 'transformer',
    what: 'one block, 32 steps of 64, 4 heads, 256 inner units',
    model: {
      sequence: { steps: 32 },
      layers: [{ transformer: { heads: 4, units: 256 } }, 'global-average-pool'],
    },
    features: 2048,
    batch: 64,
    steps: 20,
  },
];

interface Figures {
  readonly wall: number;
  readonly cpu: number;
}

async function ours({ model, features, batch, steps }: Subject, threads: number): Promise<Figures> {
  const result = layOut(model, { features, tokens: [] }, 10);
  if ('misfit' in result) throw new Error(result.misfit.message);
  const plan = planNetwork(result.layout);
  const pupil = { plan, task: 'multiclass', loss: { kind: 'cross-entropy' }, frozen: new Map() } as const;
  const random = new Random(1);
  const rows = batch * 4;
  const targets = new Float32Array(rows * 10);
  for (let i = 0; i < rows; i++) targets[i * 10 + random.integer(10)] = 1;
  const inputs = Float32Array.from({ length: rows * features }, () => random.normal());
  const source = memoryRows({ rows, inputs, targets, weights: new Float32Array(rows).fill(1) });
  const optimizer = { kind: 'adam' } as const;
  let done = 0;
  let from: { wall: number; cpu: NodeJS.CpuUsage } | undefined;
  let figures: Figures | undefined;
  await fit(
    pupil,
    source,
    startState(pupil, optimizer, startWeights(plan, random)),
    { optimizer, epochs: Math.ceil((steps + 5) / 4) + 1, batchSize: batch, schedule: { kind: 'constant' }, threads },
    random,
    {
      onStep: () => {
        done++;
        if (done === 5) from = { wall: performance.now(), cpu: process.cpuUsage() };
        if (done !== 5 + steps || !from) return;
        const { user, system } = process.cpuUsage(from.cpu);
        figures = { wall: (performance.now() - from.wall) / 1000, cpu: (user + system) / 1e6 };
      },
      onEpoch: () => Promise.resolve({}),
    },
  );
  if (!figures) throw new Error('too few steps');
  return figures;
}

/**
 * PyTorch's threads do not count those of OpenBLAS, which Debian's build multiplies matrices with: these are told the same number, or one, whichever
 * is faster.
 */
function theirs({ name, batch, steps }: Subject, threads: number): Figures[] {
  const script = join(__dirname, 'networks.py');
  return [...new Set([1, threads])].map((blas) => {
    const said = execFileSync('/usr/bin/python3', [script, name, String(batch), String(steps), String(threads)], {
      encoding: 'utf8',
      env: { ...process.env, OPENBLAS_NUM_THREADS: String(blas) },
    });
    return JSON.parse(said) as Figures;
  });
}

async function main(): Promise<void> {
  const lines: string[] = [];
  const only = process.argv[2];
  for (const subject of subjects) {
    if (only !== undefined && only !== subject.name) continue;
    for (const threads of [1, 2]) {
      const runs: { ours: Figures[]; theirs: Figures[] } = { ours: [], theirs: [] };
      for (let i = 0; i < REPEATS; i++) {
        runs.ours.push(await ours(subject, threads));
        runs.theirs.push(...theirs(subject, threads));
      }
      const least = (whose: 'ours' | 'theirs', what: keyof Figures): number =>
        Math.min(...runs[whose].map((run) => run[what]));
      const speed = (whose: 'ours' | 'theirs'): number => (subject.steps * subject.batch) / least(whose, 'wall');
      const round = (value: number): string => Math.round(value).toLocaleString('en');
      const line = `| ${subject.name} | ${subject.what} | ${subject.batch} | ${threads} | ${round(speed('ours'))} | ${round(speed('theirs'))} | ${(speed('ours') / speed('theirs')).toFixed(2)} | ${(least('theirs', 'cpu') / least('ours', 'cpu')).toFixed(2)} |`;
      console.log(line);
      lines.push(line);
    }
  }
  if (only !== undefined) return;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: __dirname }).trim();
  const file = join(__dirname, 'NETWORKS.md');
  const before = readFileSync(file, 'utf8');
  // What people wrote about it stays.
  const account = before.includes('\n## ') ? before.slice(before.indexOf('\n## ')) : '';
  writeFileSync(
    file,
    `# Networks beside PyTorch

Training steps (forward, backward, Adam) in turns with Debian's PyTorch 1.13, the best of ${REPEATS} runs each, on ${cpus().length} cores of
${cpus()[0]?.model.trim()} (load ${loadavg()[0]!.toFixed(1)}), at commit ${commit}: \`npx tsx bench/train/networks.ts\`. Samples a second by wall clock; the
last column compares processor time, which counts where the machine had other work. Above 1 ours is faster.

A thread means the same on both sides: \`torch.set_num_threads\` does not reach OpenBLAS, which Debian's PyTorch multiplies matrices with, so that
\`OPENBLAS_NUM_THREADS\` is set to the same number (or to 1, if that is faster). Without it, what is called one thread multiplies on two.

| network | what | batch | threads | ours, samples/s | PyTorch, samples/s | ours ÷ theirs | by processor time |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
${account}`,
  );
}

void main();
