/**
 * The booster beside scikit-learn's HistGradientBoosting: the same data, the same trees (100 rounds, 31 leaves, 255 bins, no early stopping).
 * Run: npx tsx bench/train/booster.ts  (writes RESULTS.md; needs /usr/bin/python3 with scikit-learn)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import type { Task } from '../../schemas/generated/types';
import { Random } from '../../lifecycle/statistics/random';
import { boost } from '../../lifecycle/train/trees/booster';

const root = resolve(__dirname, '../..');
const work = join(root, '.cache/bench-train');
const REPEATS = 4;

interface Figures {
  readonly wall: number;
  readonly cpu: number;
  readonly loss: number;
}

interface Shape {
  readonly task: Task;
  readonly rows: number;
  readonly width: number;
  readonly trees: number;
}

const shapes: Shape[] = [
  { task: 'binary', rows: 100_000, width: 30, trees: 100 },
  { task: 'regression', rows: 100_000, width: 30, trees: 100 },
  { task: 'multiclass', rows: 20_000, width: 30, trees: 50 },
  { task: 'binary', rows: 1_000_000, width: 20, trees: 50 },
];

function make({ task, rows, width }: Shape): { columns: Float32Array[]; labels: Float64Array } {
  const random = new Random(rows + width);
  const columns = Array.from({ length: width }, (_, j) =>
    Float32Array.from({ length: rows }, () => (j % 5 === 4 ? random.integer(10) : random.normal())),
  );
  const labels = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = (j: number) => columns[j]![i]!;
    const score = x(0) * x(1) + Math.sin(2 * x(2)) + 0.5 * x(3) + (x(4) > 4 ? x(5) : -x(6)) + random.normal(0, 0.5);
    labels[i] =
      task === 'regression' ? score : task === 'binary' ? Number(score > 0) : score < -0.8 ? 0 : score < 0.8 ? 1 : 2;
  }
  return { columns, labels };
}

async function ours(shape: Shape, data: ReturnType<typeof make>): Promise<Figures> {
  let [wall, cpu] = [Infinity, Infinity];
  let loss = NaN;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    const used = process.cpuUsage();
    await boost(
      data,
      undefined,
      shape.task,
      3,
      {
        trees: shape.trees,
        leaves: 31,
        depth: Infinity,
        learningRate: 0.1,
        samplesPerLeaf: 20,
        l2: 0,
        bins: 255,
        rowSample: 1,
        columnSample: 1,
        seed: 1,
      },
      (round) => void (loss = round.loss),
    );
    const { user, system } = process.cpuUsage(used);
    wall = Math.min(wall, (performance.now() - started) / 1000);
    cpu = Math.min(cpu, (user + system) / 1e6);
  }
  return { wall, cpu, loss };
}

function theirs(shape: Shape, threads: number): Figures {
  const said = execFileSync(
    '/usr/bin/python3',
    [join(__dirname, 'booster.py'), work, JSON.stringify(shape), String(REPEATS)],
    { env: { ...process.env, OMP_NUM_THREADS: String(threads), OMP_WAIT_POLICY: 'PASSIVE' }, encoding: 'utf8' },
  );
  return JSON.parse(said) as Figures;
}

async function main(): Promise<void> {
  mkdirSync(work, { recursive: true });
  const lines: string[] = [];
  for (const shape of shapes) {
    const data = make(shape);
    const all = new Float32Array(shape.rows * shape.width);
    data.columns.forEach((column, j) => all.set(column, j * shape.rows));
    writeFileSync(join(work, 'x.f32'), new Uint8Array(all.buffer));
    writeFileSync(join(work, 'y.f64'), new Uint8Array(data.labels.buffer));
    const own = await ours(shape, data);
    const [one, two] = [theirs(shape, 1), theirs(shape, 2)];
    const ratio = (own: number, other: number) => `${other.toFixed(2)} (${(own / other).toFixed(2)})`;
    lines.push(
      `| ${shape.task} | ${shape.rows.toLocaleString('en')} × ${shape.width}, ${shape.trees} rounds | ${own.cpu.toFixed(2)} | ${ratio(own.cpu, one.cpu)} | ${own.wall.toFixed(2)} | ${ratio(own.wall, one.wall)} | ${ratio(own.wall, two.wall)} | ${own.loss.toFixed(5)} | ${one.loss.toFixed(5)} |`,
    );
    console.log(lines.at(-1));
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  writeFileSync(
    join(__dirname, 'RESULTS.md'),
    `# The booster beside scikit-learn's

Least of ${REPEATS} runs each, in seconds, on ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'} (load ${loadavg()[1]!.toFixed(1)}), at commit ${commit}: \`npx tsx bench/train/booster.ts\`. 31 leaves,
255 bins, learning rate 0.1, no early stopping, float32 features. Ours runs on one thread, whatever the machine (WebAssembly with SIMD); in parentheses ours ÷ theirs. Processor time
is what counts where the machine had other work. The loss is on the training rows.

| task | data | ours, CPU | scikit-learn, 1 thread, CPU | ours, wall | scikit-learn, 1 thread, wall | scikit-learn, 2 threads, wall | loss ours | loss scikit-learn |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`,
  );
}

void main();
