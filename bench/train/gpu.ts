/**
 * The network trainer on a GPU, by WebGPU and by CUDA, beside PyTorch on the same GPU and our own on the processor: the same networks, batches and optimiser, in turns.
 * Run on a machine with a GPU: npx tsx bench/train/gpu.ts  (writes GPU.md). What the machine lacks (CUDA parts of ONNX Runtime, a PyTorch with CUDA) stays empty.
 * PYTHON names the interpreter with torch (/usr/bin/python3 unless given). TINY=1 takes a few steps of the perceptron and writes nothing: does it run at all?
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { runtimeOf } from '../../lifecycle/onnx';
import { builtInProviders } from '../../lifecycle/onnx/providers';
import { graphicsDrivers } from '../../lifecycle/train/devices/graphics';
import { probeProvider } from '../../lifecycle/train/devices/probe';
import { ours, type Subject, subjects } from './steps';

const TINY = process.env['TINY'] === '1';
const REPEATS = TINY ? 1 : Number(process.env['REPEATS'] ?? 5);
/** A GPU wants larger batches than a processor: each network at its own and at sixteen times it. */
const sized: readonly Subject[] = TINY
  ? [{ ...subjects[0]!, batch: 16, steps: 4 }]
  : subjects.flatMap((subject) => [subject, { ...subject, batch: 16 * subject.batch }]);

function theirs({ name, batch, steps }: Subject): { wall: number; device: string } | undefined {
  const args = [join(__dirname, 'networks.py'), name, String(batch), String(steps), '1', 'cuda'];
  try {
    const said = execFileSync(process.env['PYTHON'] ?? '/usr/bin/python3', args, { encoding: 'utf8', stdio: 'pipe' });
    return JSON.parse(said) as { wall: number; device: string };
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const built = await builtInProviders();
  const providers: string[] = [];
  for (const provider of ['webgpu', 'cuda']) {
    const { works, why, lacks } = built.includes(provider)
      ? await probeProvider(provider)
      : { works: false, why: 'this ONNX Runtime was built without it', lacks: undefined };
    if (works) providers.push(provider);
    console.log(`${provider}: ${works ? `works${lacks ? `, not for ${lacks.join(', ')}` : ''}` : why}`);
  }
  if (providers.length === 0) throw new Error('There is no GPU here that ONNX Runtime can use.');
  let beside = '';
  const lines: string[] = [];
  for (const subject of sized) {
    const best = new Map<string, number>();
    const note = (who: string, wall: number | undefined): void => {
      if (wall !== undefined) best.set(who, Math.min(best.get(who) ?? Infinity, wall));
    };
    for (let i = 0; i < REPEATS; i++) {
      note('cpu', (await ours(subject, cpus().length)).wall);
      for (const provider of providers) note(provider, (await ours(subject, 1, provider)).wall);
      const run = theirs(subject);
      note('pytorch', run?.wall);
      beside = run?.device ?? beside;
    }
    const speed = (who: string): string => {
      const wall = best.get(who);
      return wall === undefined ? '–' : Math.round((subject.steps * subject.batch) / wall).toLocaleString('en');
    };
    const columns = ['cpu', 'webgpu', 'cuda', 'pytorch'].map(speed);
    const line = `| ${[subject.name, subject.what, subject.batch, ...columns].join(' | ')} |`;
    console.log(line);
    lines.push(line);
  }
  if (TINY) return;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: __dirname }).trim();
  const file = join(__dirname, 'GPU.md');
  const before = readFileSync(file, 'utf8');
  // What people wrote about it stays.
  const account = before.includes('\n## ') ? before.slice(before.indexOf('\n## ')) : '';
  writeFileSync(
    file,
    `# Networks on a GPU

Training steps (forward, backward, Adam), the best of ${REPEATS} runs each, in turns, at commit ${commit}: \`npx tsx bench/train/gpu.ts\`. Samples a second by
wall clock. Measured on ${beside || 'the GPU of these drivers'} (${await graphicsDrivers()}), ${await runtimeOf('webgpu')}; the processor is
${cpus().length} cores of ${cpus()[0]?.model.trim()}.

| network | what | batch | ours, processor | ours, WebGPU | ours, CUDA | PyTorch, CUDA |
|---|---|---|---|---|---|---|
${lines.join('\n')}
${account}`,
  );
}

void main();
