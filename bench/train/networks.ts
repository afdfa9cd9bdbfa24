/**
 * The network trainer beside PyTorch: the same networks, batches, optimiser and threads, in turns.
 * Run: npx tsx bench/train/networks.ts  (writes NETWORKS.md; needs /usr/bin/python3 with torch). With other work on the machine, as root in a session
 * that comes first: setsid -w bash -c 'echo -15 > /proc/self/autogroup; npx tsx bench/train/networks.ts'
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { type Figures, ours, type Subject, subjects } from './steps';

const REPEATS = Number(process.env['REPEATS'] ?? 5);

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
