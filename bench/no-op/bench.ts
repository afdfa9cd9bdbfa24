/**
 * A run with nothing to do: how long from typing `lifecycle run` to its end, process start included, beside starting Node alone. Rounds
 * alternate, so that both meet the same machine.
 *
 * usage: npx tsx bench/no-op/bench.ts [--rounds 5] [--write]     (--write puts the figures into RESULTS.md)
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const program = path.join(root, '.cache/bench/cli.js');
const at = process.argv.indexOf('--rounds');
const ROUNDS = at < 0 ? 5 : Number(process.argv[at + 1]);
const load = os.loadavg().map((one) => one.toFixed(1));

/** Seconds of a command from start to end, and what it printed. */
function time(folder: string, args: readonly string[]): { wall: number; output: string } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const wall = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(stdout + stderr);
  return { wall, output: stdout };
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? NaN;
const seconds = (value: number): string => value.toFixed(3);

execFileSync(process.execPath, ['esbuild.mjs', `--outdir=${path.dirname(program)}`], { cwd: root, stdio: 'pipe' });
const scratch = mkdtempSync(path.join(os.tmpdir(), 'no-op-'));
const rows: string[] = [];
try {
  for (const example of ['churn', 'diamonds', 'digits']) {
    const folder = path.join(scratch, example);
    cpSync(path.join(root, 'examples', example), folder, {
      recursive: true,
      filter: (from) => path.basename(from) !== '.lifecycle' && !from.endsWith('.lock.yaml'),
    });
    time(folder, [program, 'run']);
    const node: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      node.push(time(folder, ['-e', '0']).wall);
      const { wall, output } = time(folder, [program, 'run']);
      if (!/succeeded in .*: \d+ reused /.test(output) || output.includes('▶')) throw new Error(output);
      ours.push(wall);
    }
    const stages = Number(/: (\d+) stages/.exec(time(folder, [program, 'run']).output)?.[1]);
    const row = [
      `${example}, ${stages} stages`,
      sorted(ours).map(seconds).join(' '),
      seconds(median(ours)),
      seconds(median(node)),
      `${(median(ours) / median(node)).toFixed(1)} ×`,
      median(ours) < 0.5 ? 'yes' : 'no',
    ];
    rows.push(`| ${row.join(' | ')} |`);
    console.log(row.join('  '));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const text = `# A run with nothing to do

\`npx tsx bench/no-op/bench.ts --write\` on ${os.cpus()[0]?.model.trim() ?? 'this machine'}, ${os.cpus().length} cores, Node ${process.version.slice(1)}, commit ${commit}.
Seconds of \`lifecycle run\` from the start of the process to its end when nothing has changed since the last run: it reads the pipeline, takes the content
of the data files into account, finds every result, and writes a run with the reason for each stage. Beside it \`node -e 0\`, in turns.
The bar is 0.5 s. Load average when it began: ${load.join(', ')} (other work shares this machine).

| Example | ${ROUNDS} runs | Median | \`node -e 0\` | Ours against it | Under 0.5 s |
| --- | --- | ---: | ---: | ---: | --- |
${rows.join('\n')}
`;
if (process.argv.includes('--write')) writeFileSync(path.join(__dirname, 'RESULTS.md'), text);
