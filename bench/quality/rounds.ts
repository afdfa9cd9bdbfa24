/** The course of boosted trees on the validation and test rows of the splits that rounds.py prepared, for its rules. Run as it says; a course that is there is kept. */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../schemas/generated/types';
import { boost, type BoosterSettings, type TreeData } from '../../lifecycle/train/trees/booster';
import { work } from './stage';

/** The defaults, without an end. */
const settings: BoosterSettings = {
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

const variants = { plain: 1, half: 0.5 };

interface Meta {
  readonly task: Task;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

async function readFloats(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

async function main(): Promise<void> {
  const folder = join(work, 'rounds');
  for (const set of await readdir(folder)) {
    const at = join(folder, set);
    const { task, rows, features, classes } = await readJson<Meta>(join(at, 'meta.json'));
    const x = await readFloats(join(at, 'x.f32'));
    const y = await readFloats(join(at, 'y.f32'));
    const part = (of: readonly number[]): TreeData => ({
      columns: Array.from({ length: features }, (_, f) => Float32Array.from(of, (row) => x[f * rows + row]!)),
      labels: Float64Array.from(of, (row) => y[row]!),
    });
    const files = await readdir(join(at, 'splits'));
    for (const [name, columnSample] of Object.entries(variants)) {
      const out = join(at, name);
      await mkdir(out, { recursive: true });
      for (const file of files) {
        const seed = parseInt(file);
        // Half of the features is tried beside the rule that was taken, not chosen by.
        if (existsSync(join(out, file)) || (columnSample < 1 && (task === 'regression' || seed < 220))) continue;
        const split = await readJson<Record<'train' | 'validation' | 'test', number[]>>(join(at, 'splits', file));
        const scores = await open(join(out, `${seed}.f32`), 'w');
        const both = part([...split.validation, ...split.test]);
        const all = { ...settings, columnSample, seed };
        const { ensemble } = await boost(part(split.train), both, task, classes, all, async (round) => {
          await scores.write(new Uint8Array(Float32Array.from(round.validationScores()!).buffer));
        });
        await scores.close();
        // Whole, or not there.
        await writeFile(join(out, `${file}.part`), JSON.stringify({ base: ensemble.base }));
        await rename(join(out, `${file}.part`), join(out, file));
      }
    }
    console.log(set);
  }
}

void main();
