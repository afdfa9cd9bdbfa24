/**
 * The booster beside scikit-learn's HistGradientBoosting and xgboost's `hist`: the same data, the same trees (100 rounds, 31 leaves, 255 bins, no early stopping).
 * Run: npx tsx bench/train/booster.ts  (writes RESULTS.md; needs /usr/bin/python3 with scikit-learn and xgboost; a number takes only so many of the shapes and writes nothing)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import type { Task } from '../../schemas/generated/types';
import { Random } from '../../lifecycle/statistics/random';
import { rocAuc } from '../../lifecycle/statistics/ranking';
import { boost, type BoosterSettings } from '../../lifecycle/train/trees/booster';

const root = resolve(__dirname, '../..');
const work = join(root, '.cache/bench-train');
const REPEATS = 4;

interface Figures {
  readonly wall: number;
  readonly cpu: number;
  /** On held-out rows: AUC of two classes, else the loss. */
  readonly quality: number;
}

interface Shape {
  readonly task: Task;
  readonly rows: number;
  readonly width: number;
  readonly trees: number;
  /** Rows held out. */
  readonly held: number;
}

const shapes: Shape[] = [
  { task: 'binary', rows: 100_000, width: 30, trees: 100, held: 25_000 },
  { task: 'regression', rows: 100_000, width: 30, trees: 100, held: 25_000 },
  { task: 'multiclass', rows: 20_000, width: 30, trees: 50, held: 10_000 },
  { task: 'binary', rows: 1_000_000, width: 20, trees: 50, held: 50_000 },
];

interface Table {
  readonly columns: Float32Array[];
  readonly labels: Float64Array;
}

function make({ task, width }: Shape, rows: number): Table {
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

function settingsOf({ trees }: Shape): BoosterSettings {
  return {
    trees,
    leaves: 31,
    depth: Infinity,
    learningRate: 0.1,
    samplesPerLeaf: 20,
    l2: 0,
    bins: 255,
    rowSample: 1,
    columnSample: 1,
    seed: 1,
  };
}

async function ours(shape: Shape, data: Table, held: Table): Promise<Figures> {
  let [wall, cpu] = [Infinity, Infinity];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    const used = process.cpuUsage();
    await boost(data, undefined, shape.task, 3, settingsOf(shape));
    const { user, system } = process.cpuUsage(used);
    wall = Math.min(wall, (performance.now() - started) / 1000);
    cpu = Math.min(cpu, (user + system) / 1e6);
  }
  let quality = NaN;
  await boost(data, held, shape.task, 3, settingsOf(shape), ({ validationLoss, validationScores }) => {
    quality = shape.task === 'binary' ? rocAuc(held.labels, validationScores()!) : validationLoss!;
  });
  return { wall, cpu, quality };
}

function theirs(shape: Shape, library: 'sklearn' | 'xgboost', threads: number): Figures {
  const said = execFileSync(
    '/usr/bin/python3',
    [join(__dirname, 'booster.py'), work, JSON.stringify(shape), String(REPEATS), library, String(threads)],
    { env: { ...process.env, OMP_NUM_THREADS: String(threads), OMP_WAIT_POLICY: 'PASSIVE' }, encoding: 'utf8' },
  );
  return JSON.parse(said) as Figures;
}

function keep(name: string, { columns, labels }: Table): void {
  const all = new Float32Array(labels.length * columns.length);
  columns.forEach((column, j) => all.set(column, j * labels.length));
  writeFileSync(join(work, `${name}x.f32`), new Uint8Array(all.buffer));
  writeFileSync(join(work, `${name}y.f64`), new Uint8Array(labels.buffer));
}

async function main([most]: string[]): Promise<void> {
  mkdirSync(work, { recursive: true });
  const lines: string[] = [];
  for (const shape of shapes.slice(0, most === undefined ? undefined : Number(most))) {
    const [data, held] = [make(shape, shape.rows), make(shape, shape.held)];
    keep('', data);
    keep('t', held);
    const own = await ours(shape, data, held);
    const others = (['sklearn', 'xgboost'] as const).map((library) =>
      [1, 2].map((threads) => theirs(shape, library, threads)),
    );
    const ratio = (mine: number, other: number) => `${other.toFixed(2)} (${(mine / other).toFixed(2)})`;
    lines.push(
      `| ${[
        shape.task,
        `${shape.rows.toLocaleString('en')} × ${shape.width}, ${shape.trees} rounds`,
        own.cpu.toFixed(2),
        ...others.map(([one]) => ratio(own.cpu, one!.cpu)),
        own.wall.toFixed(2),
        ...others.flatMap((runs) => runs.map(({ wall }) => ratio(own.wall, wall))),
        own.quality.toFixed(4),
        ...others.map(([one]) => one!.quality.toFixed(4)),
      ].join(' | ')} |`,
    );
    console.log(lines.at(-1));
  }
  if (most !== undefined) return;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  writeFileSync(
    join(__dirname, 'RESULTS.md'),
    `# The booster beside scikit-learn's and xgboost's

Least of ${REPEATS} runs each, in seconds, on ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'} (load ${loadavg()[1]!.toFixed(1)}), at commit ${commit}: \`npx tsx bench/train/booster.ts\`. 31 leaves,
255 bins, learning rate 0.1, no penalty, no early stopping, float32 features; xgboost with \`tree_method: hist\`, grown by gain. Ours runs on one thread, whatever the machine (WebAssembly with SIMD); in
parentheses ours ÷ theirs. Processor time (of one thread each) is what counts where the machine had other work. Quality is that on rows held out: AUC of two classes, log loss of three, squared error of numbers.

| task | data | ours, CPU | scikit-learn, CPU | xgboost, CPU | ours, wall | scikit-learn, 1 thread | 2 threads | xgboost, 1 thread | 2 threads | quality ours | scikit-learn | xgboost |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`,
  );
}

void main(process.argv.slice(2));
