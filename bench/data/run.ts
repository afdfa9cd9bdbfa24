import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { generate } from './generate';

/**
 * The whole data stage (read, drop duplicates, split, impute, standardise, encode, write) against the same in pandas:
 * `npx tsx bench/data/run.ts [ROWS=10000000] [REPEATS=3]`. Ours and pandas take turns, each in a process of its own, and the best of each counts.
 * Writes the top of RESULTS.md beside this file when it is the full size; its notes stay. Needs about 6 GB in the temporary folder and python3 with pandas.
 */
interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  readonly megabytes: number;
  readonly features: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly pandas?: string;
}

function measure(command: string, args: readonly string[]): Measured {
  const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measured;
}

function best(runs: readonly Measured[]): Measured {
  return runs.reduce((least, run) => (run.seconds < least.seconds ? run : least));
}

/** Our side and its second thread, bundled as they are shipped. */
async function bundle(): Promise<string> {
  const root = path.join(__dirname, '../..');
  const outdir = path.join(root, 'node_modules/.cache/bench-data');
  await build({
    entryPoints: {
      ours: path.join(__dirname, 'ours.ts'),
      'numbers.worker': path.join(root, 'lifecycle/data/numbers.worker.ts'),
    },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    external: ['@duckdb/node-api', '@duckdb/node-bindings', 'onnxruntime-node'],
    logLevel: 'warning',
  });
  return path.join(outdir, 'ours.js');
}

async function main([rowsText = '10000000', repeatsText = '3']: string[]): Promise<void> {
  const [rows, repeats] = [Number(rowsText), Number(repeatsText)];
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lifecycle-bench-'));
  try {
    const file = path.join(folder, 'bench.csv');
    const script = await bundle();
    await generate(file, rows);
    const ours: Measured[] = [];
    const pandas: Measured[] = [];
    for (let i = 0; i < repeats; i++) {
      const out = path.join(folder, `out-${i}`);
      mkdirSync(out);
      ours.push(measure(process.execPath, [script, file, out]));
      rmSync(out, { recursive: true });
      mkdirSync(out);
      pandas.push(measure(python, [path.join(__dirname, 'pandas_stage.py'), file, out]));
      rmSync(out, { recursive: true });
    }
    const text = report(rows, statSync(file).size, ours, pandas);
    console.log(text);
    if (rows >= 10_000_000) {
      const results = path.join(__dirname, 'RESULTS.md');
      writeFileSync(results, `${text}\n${notes(readFileSync(results, 'utf8'))}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was written by hand: all from this heading on. */
function notes(results: string): string {
  const at = results.indexOf('## Notes\n');
  return at < 0 ? '## Notes\n' : results.slice(at);
}

function report(rows: number, bytes: number, ours: readonly Measured[], pandas: readonly Measured[]): string {
  const [a, b] = [best(ours), best(pandas)];
  const peaks = [ours, pandas].map((runs) => Math.max(...runs.map(({ megabytes }) => megabytes)));
  const [mine = 0, theirs = 1] = peaks;
  const [cpu] = os.cpus();
  const alone = ({ seconds, steps: of }: Measured): number =>
    Number((seconds - (of['profiling'] ?? 0) - (of['looking for leaks'] ?? 0)).toFixed(2));
  const list = (runs: readonly Measured[]): string => runs.map(({ seconds }) => seconds).join(', ');
  const steps = ({ steps: of }: Measured): string =>
    Object.entries(of)
      .map(([name, seconds]) => `${name} ${seconds}`)
      .join(', ');
  return `# The data stage against pandas

\`npx tsx bench/data/run.ts ${rows} ${ours.length}\`: ${rows.toLocaleString('en')} rows × 20 columns, ${(bytes / 1e9).toFixed(2)} GB of CSV; read, drop duplicates, stratified split,
fill with the median, standardise, one-hot encode, write rows and features. Ours also profiles every column, looks for columns that give the target away, and writes the preprocessing graph; it writes Parquet,
pandas writes pickles and numpy arrays, because Debian has no Parquet writer for it (Parquet would take pandas longer).

| | ours | pandas ${b.pandas ?? ''} | ratio |
|---|---|---|---|
| seconds (best of ${ours.length}) | ${a.seconds} | ${b.seconds} | ${(b.seconds / a.seconds).toFixed(2)} × faster |
| seconds of the same steps alone, without our profiling and our search for leaks | ${alone(a)} | ${b.seconds} | ${(b.seconds / alone(a)).toFixed(2)} × faster |
| processor seconds of that run | ${a.cpu} | ${b.cpu} | ${(b.cpu / a.cpu).toFixed(2)} × less |
| peak memory, MB (worst) | ${mine} | ${theirs} | ${(theirs / mine).toFixed(2)} × less |
| features | ${a.features} | ${b.features} | |

All runs in seconds: ours ${list(ours)}; pandas ${list(pandas)}.
Steps of the best runs: ours ${steps(a)}; pandas ${steps(b)}.

Machine: ${cpu?.model.trim() ?? 'unknown processor'}, ${os.availableParallelism()} cores, ${(os.totalmem() / 1e9).toFixed(0)} GB, ${os.type()} ${os.release().split('.').slice(0, 2).join('.')}, Node ${process.version}.
Load average over the last minute when this was written: ${os.loadavg()[0]?.toFixed(1)}.
`;
}

void main(process.argv.slice(2));
