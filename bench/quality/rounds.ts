/** The whole course of boosted trees on validation and test rows, for rounds.py. Run: npx tsx bench/quality/rounds.ts VARIANT FROM-TO SET... */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../schemas/generated/types';
import { boost, type BoosterSettings } from '../../lifecycle/train/trees/booster';
import { work } from './stage';

const plain: BoosterSettings = {
  trees: 300,
  leaves: 31,
  depth: Infinity,
  learningRate: 0.1,
  samplesPerLeaf: 20,
  l2: 0,
  bins: 255,
  rowSample: 1,
  columnSample: 1,
  seed: 7,
};
const variants: Record<string, Partial<BoosterSettings>> = {
  plain: {},
  l2: { l2: 1 },
  slow: { learningRate: 0.05, trees: 600 },
  leaf10: { samplesPerLeaf: 10 },
  half: { columnSample: 0.5 },
  rows: { rowSample: 0.7 },
};

async function main(): Promise<void> {
  const [variant, range, ...sets] = process.argv.slice(2) as [string, string, ...string[]];
  const [from, to] = range.split('-').map(Number) as [number, number];
  for (const set of sets) {
    const folder = join(work, 'rounds', set);
    const meta = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8')) as {
      task: Task;
      rows: number;
      features: number;
      classes: number;
    };
    const bytes = await readFile(join(folder, 'x.f32'));
    const x = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
    const labels = await readFile(join(folder, 'y.f32'));
    const y = new Float32Array(
      labels.buffer.slice(labels.byteOffset, labels.byteOffset + labels.length) as ArrayBuffer,
    );
    const out = join(folder, variant);
    await mkdir(out, { recursive: true });
    const started = performance.now();
    for (let seed = from; seed <= to; seed++) {
      if (existsSync(join(out, `${seed}.json`))) continue;
      const split = JSON.parse(await readFile(join(folder, 'splits', `${seed}.json`), 'utf8')) as Record<
        string,
        number[]
      >;
      const pick = (rows: number[]) => {
        const columns = Array.from({ length: meta.features }, (_, f) =>
          Float32Array.from(rows, (row) => x[f * meta.rows + row]!),
        );
        return { columns, labels: Float64Array.from(rows, (row) => y[row]!) };
      };
      const file = await open(join(out, `${seed}.f32`), 'w');
      const losses: number[] = [];
      const { ensemble } = await boost(
        pick(split['train']!),
        pick([...split['validation']!, ...split['test']!]),
        meta.task,
        meta.classes,
        { ...plain, ...variants[variant], seed },
        async ({ loss, validationScores }) => {
          losses.push(loss);
          await file.write(new Uint8Array(Float32Array.from(validationScores()!).buffer));
        },
      );
      await file.close();
      await writeFile(join(out, `${seed}.tmp`), JSON.stringify({ base: ensemble.base, losses }));
      await rename(join(out, `${seed}.tmp`), join(out, `${seed}.json`));
    }
    console.log(set, variant, ((performance.now() - started) / 1000).toFixed(1));
  }
}

void main();
