import { mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DataStage } from '../../schemas/generated/types';
import { room } from '../../lifecycle/data/room';

/** Seconds of processor time until now, all threads together. */
function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The data stage of bench/data by this engine, in a process of its own: `tsx ours.ts FILE FOLDER`. Prints seconds and peak memory as JSON. */
async function main([file = '', folder = '']: string[]): Promise<void> {
  const stage: DataStage = {
    kind: 'data',
    source: path.basename(file),
    target: { column: 'target', positive: 'yes' },
    rows: ['drop-duplicates'],
    split: { stratify: 'target' },
    features: [
      { fill: { columns: 'numeric', with: 'median' } },
      { standardize: { columns: 'numeric' } },
      { 'one-hot': { columns: 'text' } },
    ],
  };
  const [output, scratch] = ['output', 'scratch'].map((name) => path.join(folder, name)) as [string, string];
  mkdirSync(output, { recursive: true });
  mkdirSync(scratch, { recursive: true });
  const marks: [string, number][] = [];
  const used: number[] = [];
  const start = performance.now();
  const result = await room.run({
    name: 'bench',
    stage,
    pipeline: { name: 'bench', file: 'bench.pipeline.yaml' },
    root: path.dirname(file),
    folder: path.dirname(file),
    store: folder,
    run: 'bench',
    seed: 7,
    threads: os.availableParallelism(),
    output,
    scratch,
    signal: new AbortController().signal,
    input: () => {
      throw new Error('no inputs');
    },
    progress: (_fraction, message) => {
      if (message !== undefined && marks.at(-1)?.[0] !== message) {
        marks.push([message, performance.now()]);
        used.push(processor());
      }
    },
    metric: () => undefined,
    log: (level, message) => console.error(`${level}: ${message}`),
    trial: () => undefined,
    child: () => Promise.reject(new Error('no children here')),
    secret: () => Promise.resolve(undefined),
  });
  const end = performance.now();
  const cpu = processor();
  const steps = Object.fromEntries(
    marks.map(([name, at], i) => [name, Number((((marks[i + 1]?.[1] ?? end) - at) / 1000).toFixed(2))]),
  );
  const processors = Object.fromEntries(
    marks.map(([name], i) => [name, Number(((used[i + 1] ?? cpu) - (used[i] ?? 0)).toFixed(2))]),
  );
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  console.log(
    JSON.stringify({
      seconds: Number(((end - start) / 1000).toFixed(2)),
      cpu: Number(cpu.toFixed(2)),
      megabytes: Math.round(peak === undefined ? process.resourceUsage().maxRSS / 1024 : Number(peak) / 1024),
      features: result.metrics?.['features'],
      steps,
      'steps-cpu': processors,
      summary: result.summary,
    }),
  );
}

void main(process.argv.slice(2));
