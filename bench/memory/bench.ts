/**
 * Trains on data that is larger than the memory it may take: 5 GB of CSV, and the most that the processes of each stage hold at once.
 * Run: npx tsx bench/memory/bench.ts [GIGABYTES=5] [FOLDER]  (writes RESULTS.md at 5 GB and more; needs about 20 GB of disk. A folder that is named is kept, with the data in it, for the next time.)
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { text, withDatabase } from '../../lifecycle/table';
import { treeUsage } from '../../lifecycle/process/usage';

const root = resolve(__dirname, '../..');
const NUMBERS = 52;
const PER_ROW = 512;

const PIPELINE = `lifecycle: 1
pipeline: large
stages:
  table:
    kind: data
    source: { file: large.csv, encoding: utf-8 }
    target: { column: y, positive: 'yes' }
    split: { train: 0.7, validation: 0.15, test: 0.15 }
    features:
      - standardize: { columns: numeric }
  linear:
    kind: train
    data: table
    model: linear
  trees:
    kind: train
    data: table
    model: { kind: boosted-trees, trees: 10 }
  forest:
    kind: train
    data: table
    model: { kind: random-forest, trees: 4, depth: 8 }
  network:
    kind: train
    data: table
    model: { kind: network, layers: [{ dense: { units: 32, activation: relu } }] }
    training: { epochs: 1, batch-size: 2048 }
  exam:
    kind: evaluate
    candidates: [linear, trees, network]
    metrics: [auc, log-loss]
`;

/** 52 numbers, 4 categories and a class that hangs on some of them; about 512 bytes a row. The same rows each time. */
async function generate(file: string, rows: number): Promise<void> {
  const unit = (salt: number): string => `((hash(i * 1000 + ${salt}) % 100000000) / 1e8)`;
  const columns = Array.from({ length: NUMBERS }, (_, k) => `round(${unit(k)} * 2 - 1, 6) AS n${k}`);
  [3, 5, 8, 12].forEach((many, k) =>
    columns.push(`'kind ' || CAST(floor(${unit(100 + k)} * ${many}) AS INTEGER) AS c${k}`),
  );
  const score = `n0 * n1 * 3 + sin(3 * n2) + n3 + (CASE WHEN c0 = 'kind 1' THEN n4 ELSE -n5 END) + ${unit(200)} - 0.5`;
  await withDatabase({ threads: 2 }, (database) =>
    database.run(
      `COPY (SELECT * EXCLUDE (i), CASE WHEN ${score} > 0 THEN 'yes' ELSE 'no' END AS y FROM (SELECT i, ${columns.join(', ')} FROM range(${rows}) t(i))) TO ${text(file)} (HEADER)`,
    ),
  );
}

interface Stage {
  readonly name: string;
  readonly seconds: number;
  readonly cpu: number;
  /** Bytes that the processes of the run held at most, all together. */
  readonly peak: number;
}

async function measure(program: string, folder: string, name: string): Promise<Stage> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, 'run', '--only', name, '--cores', '2'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let [peak, cpu] = [0, 0];
  const timer = setInterval(() => {
    void treeUsage(child.pid!).then((usage) => {
      peak = Math.max(peak, usage?.bytes ?? 0);
      cpu = Math.max(cpu, usage?.cpuSeconds ?? 0);
    });
  }, 50);
  const code = await new Promise<number | null>((end) => child.once('close', end));
  clearInterval(timer);
  if (code !== 0) throw new Error(said);
  const seconds = (performance.now() - began) / 1000;
  return { name, seconds, cpu, peak };
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (sum, entry) => (entry.isFile() ? sum + statSync(join(entry.parentPath, entry.name)).size : sum),
    0,
  );
}

async function main([size = '5', named, ...only]: string[]): Promise<void> {
  const rows = Math.round((Number(size) * 1e9) / PER_ROW);
  const folder = named ?? mkdtempSync(join(tmpdir(), 'lifecycle-memory-'));
  mkdirSync(folder, { recursive: true });
  try {
    const file = join(folder, 'large.csv');
    if (!existsSync(file)) await generate(file, rows);
    writeFileSync(join(folder, 'large.pipeline.yaml'), PIPELINE);
    const built = join(root, '.cache/bench-memory');
    execFileSync(process.execPath, [join(root, 'esbuild.mjs'), `--outdir=${built}`], { stdio: 'pipe' });
    const program = join(built, 'cli.js');
    const stages: Stage[] = [];
    for (const name of only.length > 0 ? only : ['table', 'linear', 'trees', 'forest', 'network', 'exam']) {
      stages.push(await measure(program, folder, name));
      console.log(stages.at(-1));
    }
    if (Number(size) < 5 || only.length > 0) return;
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
    const table = stages.map(
      ({ name, seconds, cpu, peak }) => `| ${name} | ${gigabytes(peak)} | ${seconds.toFixed(0)} | ${cpu.toFixed(0)} |`,
    );
    writeFileSync(
      join(__dirname, 'RESULTS.md'),
      `# Data larger than the memory it takes

\`npx tsx bench/memory/bench.ts ${size}\`: ${rows.toLocaleString('en')} rows × ${NUMBERS + 5} columns, ${gigabytes(statSync(file).size)} GB of CSV, ${gigabytes(sizeOf(join(folder, '.lifecycle', 'artifacts')))} GB of results.
Memory is what the command and the stage's process hold in main memory at most, together, seen every 50 ms. 70 % of the rows are for training, 15 % for validation. Boosted trees grow 10 rounds, the forest 4 trees of depth 8, the network learns one epoch.

| stage | most memory, GB | seconds | processor seconds |
|---|---|---|---|
${table.join('\n')}

On ${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${gigabytes(totalmem())} GB, Linux, Node ${process.version}, load ${loadavg()[1]!.toFixed(1)}, at commit ${commit}.
`,
    );
    console.log(readFileSync(join(__dirname, 'RESULTS.md'), 'utf8'));
  } finally {
    if (named === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

void main(process.argv.slice(2));
