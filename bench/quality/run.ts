/**
 * Quality beside scikit-learn's: prepares the three example data sets with the data room, trains our models with the train room, and
 * leaves the features of the same splits for compare.py, with our figures on the test split as predicted by the served graph. The pipelines of the
 * examples follow, with the features and models that they hold.
 * Run: npx tsx bench/quality/run.ts && /usr/bin/python3 bench/quality/compare.py
 * With names of sets after it (`digits 'churn, example'`) only these are made anew; with `--kind boosted-trees` only models of that kind. With a file, the same for the census set (`adult.data` of the UCI repository, CC BY 4.0; no package of npm or Debian carries it): the figures are
 * then printed, for CENSUS.md.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DataStage, Dataset, ModelInfo, TrainStage } from '../../schemas/generated/types';
import { room as dataRoom } from '../../lifecycle/data/room';
import { scoreModel } from '../../lifecycle/model/score';
import { analyze, diskFiles } from '../../lifecycle/pipeline';
import { readMatrix } from '../../lifecycle/table';
import { room as trainRoom } from '../../lifecycle/train/room';
import { run, work } from './stage';

const split = { train: 0.7, validation: 0.15, test: 0.15 };
const plain: Record<string, DataStage> = {
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

/** Seeds of the split, from 7 on. An image of digits is a 270th of a test split: what five splits say of them is chance. */
const seeds: Record<string, number> = { digits: 40 };

const pipelines = {
  churn: 'examples/churn/churn.pipeline.yaml',
  diamonds: 'examples/diamonds/diamonds.lifecycle.md',
  digits: 'examples/digits/digits.pipeline.yaml',
};

interface Figure {
  readonly set: string;
  readonly data: string;
  readonly seed: number;
  /** Its name, and its kind. */
  readonly model: string;
  readonly kind: string;
  /** On the test split. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Round or epoch. */
  readonly best: number | null;
}

interface Compared {
  /** Of which set it is: says the metric and the peers. */
  readonly data: string;
  readonly stage: DataStage;
  readonly models: Readonly<Record<string, Partial<TrainStage>>>;
}

/** The data stage and the train stages of an example. */
async function exampleOf(data: string, file: string): Promise<Compared> {
  const { stages } = analyze(file, await readFile(file, 'utf8'), { files: diskFiles() });
  const stage = stages.map(({ value }) => value).find((value) => value?.kind === 'data')!;
  const models = stages.flatMap(({ name, value }) => (value?.kind === 'train' ? [[name, value] as const] : []));
  const source = join(dirname(file), stage.source as string);
  return { data, stage: { ...stage, source }, models: Object.fromEntries(models) };
}

/** All sets by name: the plain ones, and the examples as their pipelines have them. */
async function setsOf(file: string | undefined): Promise<Record<string, Compared>> {
  const sets = Object.entries(file === undefined ? plain : census);
  const examples = file === undefined ? Object.entries(pipelines) : [];
  return {
    ...Object.fromEntries(sets.map(([data, stage]) => [data, { data, stage, models }])),
    ...Object.fromEntries(
      await Promise.all(
        examples.map(async ([data, path]) => [`${data}, example`, await exampleOf(data, path)] as const),
      ),
    ),
  };
}

function kindOf({ model }: TrainStage): string | undefined {
  return typeof model === 'object' ? model.kind : model;
}

async function main(): Promise<void> {
  const { values, positionals: given } = parseArgs({ options: { kind: { type: 'string' } }, allowPositionals: true });
  const file = given.find((name) => existsSync(name));
  if (file !== undefined) await tellCensus(file);
  const sets = await setsOf(file);
  const names = file === undefined && given.length > 0 ? given : Object.keys(sets);
  const told = join(work, file === undefined ? 'ours.json' : 'census.json');
  for (const name of names) {
    const { data, stage, models } = sets[name]!;
    const figures: Figure[] = [];
    for (let seed = 7; seed < 7 + (seeds[data] ?? 5); seed++) {
      const folder = join(work, name, String(seed));
      const artifact = join(folder, 'data');
      await run(dataRoom, stage, artifact, {}, seed);
      const dataset = JSON.parse(await readFile(join(artifact, 'dataset.json'), 'utf8')) as Dataset;
      for (const part of ['train', 'validation', 'test']) {
        const matrix = await readMatrix(join(artifact, `${part}.features.parquet`), dataset.features);
        await writeFile(join(folder, `${part}.x.f32`), new Uint8Array(matrix.columns.buffer));
        await writeFile(join(folder, `${part}.y.f32`), new Uint8Array(matrix.label!.buffer));
      }
      for (const [model, settings] of Object.entries(models)) {
        const output = join(folder, model);
        const stage: TrainStage = { ...settings, kind: 'train', data: 'd' };
        if (values.kind !== undefined && values.kind !== kindOf(stage)) continue;
        // Noisy sets want an early end, and small steps so that it does not come in the first epochs.
        if ((name === 'churn' || name === 'census') && stage.training)
          stage.training = { ...stage.training, optimizer: { kind: 'adam' }, 'early-stopping': { patience: 10 } };
        const seconds = await run(trainRoom, stage, output, { d: artifact }, seed);
        const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
        const files = { raw: join(artifact, 'test.parquet'), features: join(artifact, 'test.features.parquet') };
        const metrics = await scoreModel(join(output, 'model.onnx'), info, files);
        const { bestRound, bestEpoch } = info.training ?? {};
        const best = Number(bestRound ?? bestEpoch ?? NaN);
        figures.push({ set: name, data, seed, model, kind: info.kind, metrics, seconds, best });
        console.log(name, seed, model, seconds.toFixed(1), JSON.stringify(metrics), bestRound ?? bestEpoch ?? '');
      }
    }
    // The other sets keep the figures that they have.
    const kept = existsSync(told) ? (JSON.parse(await readFile(told, 'utf8')) as { figures: Figure[] }).figures : [];
    const made = (figure: Figure) => figure.set === name && (values.kind ?? figure.kind) === figure.kind;
    const all = [...kept.filter((figure) => !made(figure)), ...figures];
    const order = Object.keys(sets);
    all.sort((a, b) => order.indexOf(a.set) - order.indexOf(b.set));
    await writeFile(told, JSON.stringify({ figures: all }));
  }
}

void main();
