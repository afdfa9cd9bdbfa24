/**
 * Quality beside scikit-learn's: prepares the three example data sets with the data room, trains our models with the train room, and
 * leaves the features of the same splits for compare.py, with our figures on the test split as predicted by the served graph.
 * Run: npx tsx bench/quality/run.ts && /usr/bin/python3 bench/quality/compare.py
 * With a file after it, the same for the census set (`adult.data` of the UCI repository, CC BY 4.0; no package of npm or Debian carries it): the figures are
 * then printed, for CENSUS.md.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataStage, Dataset, ModelInfo, TrainStage } from '../../schemas/generated/types';
import { room as dataRoom } from '../../lifecycle/data/room';
import { scoreModel } from '../../lifecycle/model/score';
import { readMatrix } from '../../lifecycle/table';
import { room as trainRoom } from '../../lifecycle/train/room';
import { run, work } from './stage';

const split = { train: 0.7, validation: 0.15, test: 0.15 };
const data: Record<string, DataStage> = {
  churn: {
    kind: 'data',
    source: 'examples/churn/data/telco-churn.csv',
    target: { column: 'churn', positive: 'Yes' },
    split: { ...split, stratify: 'churn' },
    features: [
      { fill: { columns: 'numeric', with: 'median' } },
      { standardize: { columns: 'numeric' } },
      { 'one-hot': { columns: 'text' } },
    ],
  },
  diamonds: {
    kind: 'data',
    source: 'examples/diamonds/data/diamonds.csv',
    target: 'price',
    split,
    features: [{ standardize: { columns: 'numeric' } }, { 'one-hot': { columns: 'text' } }],
  },
  digits: {
    kind: 'data',
    source: 'examples/digits/data/digits.csv',
    target: { column: 'digit', task: 'multiclass' },
    split: { ...split, stratify: 'digit' },
    features: [{ standardize: { columns: 'numeric' } }],
  },
};

const census: Record<string, DataStage> = {
  census: {
    kind: 'data',
    source: '.cache/quality/census.csv',
    target: { column: 'income', positive: '>50K' },
    split: { ...split, stratify: 'income' },
    features: [
      { fill: { columns: 'numeric', with: 'median' } },
      { standardize: { columns: 'numeric' } },
      { 'one-hot': { columns: 'text' } },
    ],
  },
};

/** Names of the columns, which the file lacks; an answer that was not given is empty. */
async function tellCensus(file: string): Promise<void> {
  const names =
    'age,workclass,weight,education,education_years,marital_status,occupation,relationship,race,sex,capital_gain,capital_loss,hours,country,income';
  const rows = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => /^\d/.test(line));
  const cells = rows.map((line) => line.split(/,\s*/).map((cell) => (cell === '?' ? '' : cell)));
  await mkdir(work, { recursive: true });
  await writeFile(join(work, 'census.csv'), `${[names, ...cells.map((row) => row.join())].join('\n')}\n`);
}

const models: Record<string, Partial<TrainStage>> = {
  linear: { model: 'linear' },
  'boosted-trees': { model: 'boosted-trees' },
  network: {
    model: { kind: 'network', layers: [{ dense: { units: 100, activation: 'relu' } }] },
    training: {
      epochs: 100,
      'batch-size': 200,
      schedule: 'cosine',
      optimizer: { kind: 'adam', 'learning-rate': 0.005 },
    },
  },
};

/** What scikit-learn's does: features as the data stage prepared them, one-hot columns not standardised once more. */
const asPrepared: Partial<TrainStage> = {
  ...models['network']!,
  model: { kind: 'network', scale: 'none', layers: [{ dense: { units: 100, activation: 'relu' } }] },
};

async function main(): Promise<void> {
  const [file] = process.argv.slice(2);
  if (file !== undefined) await tellCensus(file);
  const sets = file === undefined ? data : census;
  const seeds = file === undefined ? [7, 8, 9, 10, 11] : [7, 8, 9];
  const figures: Record<string, unknown>[] = [];
  for (const [name, stage] of Object.entries(sets)) {
    for (const seed of seeds) {
      const folder = join(work, name, String(seed));
      const artifact = join(folder, 'data');
      await run(dataRoom, stage, artifact, {}, seed);
      const dataset = JSON.parse(await readFile(join(artifact, 'dataset.json'), 'utf8')) as Dataset;
      for (const part of ['train', 'validation', 'test']) {
        const matrix = await readMatrix(join(artifact, `${part}.features.parquet`), dataset.features);
        await writeFile(join(folder, `${part}.x.f32`), new Uint8Array(matrix.columns.buffer));
        await writeFile(join(folder, `${part}.y.f32`), new Uint8Array(matrix.label!.buffer));
      }
      const wanted = name === 'census' ? { ...models, 'network, scale: none': asPrepared } : models;
      for (const [kind, model] of Object.entries(wanted)) {
        const output = join(folder, kind);
        const stage: TrainStage = { kind: 'train', data: 'd', ...model };
        // Noisy sets want an early end.
        if ((name === 'churn' || name === 'census') && stage.training)
          stage.training = { ...stage.training, 'early-stopping': { patience: 10 } };
        const seconds = await run(trainRoom, stage, output, { d: artifact }, seed);
        const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
        const files = { raw: join(artifact, 'test.parquet'), features: join(artifact, 'test.features.parquet') };
        const metrics = await scoreModel(join(output, 'model.onnx'), info, files);
        const { bestRound, bestEpoch } = info.training ?? {};
        figures.push({ data: name, seed, model: kind, metrics, seconds, best: bestRound ?? bestEpoch ?? null });
        console.log(name, seed, kind, seconds.toFixed(1), JSON.stringify(metrics), bestRound ?? bestEpoch ?? '');
      }
    }
  }
  await writeFile(join(work, 'ours.json'), JSON.stringify({ figures, seeds, data: Object.keys(sets) }));
}

void main();
