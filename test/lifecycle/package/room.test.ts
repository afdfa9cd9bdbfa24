import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, Evaluation, PackageStage, StageManifest } from '../../../schemas/generated/types';
import { room } from '../../../lifecycle/package/room';
import { verifyBundle } from '../../../lifecycle/store/bundle';
import { keepManifest } from '../../../lifecycle/store/cache';
import { storePaths } from '../../../lifecycle/store/layout';
import { findVersion } from '../../../lifecycle/store/registry';
import type { Input } from '../../../lifecycle/store/room';
import { removeFolders, stageContext, temporaryFolder, toyModelFolder } from '../deploy/support';

const hash = (digit: string) => digit.repeat(64);

const manifest = (stage: string, kind: string, digit: string, inputs: Record<string, string>): StageManifest => ({
  format: 1,
  kind,
  fingerprint: hash(digit),
  inputs,
  artifact: hash(digit),
  files: [],
  outputs: { best: hash('b') },
  metrics: { auc: 0.87, seconds: 3 },
  run: 'run-5',
  stage,
  created: '2026-01-01T00:00:00.000Z',
  seconds: 1,
});

const evaluation: Evaluation = {
  format: 1,
  task: 'binary',
  best: 'trees',
  'chosen-by': { metric: 'auc', split: 'validation' },
  candidates: [
    {
      name: 'trees',
      kind: 'boosted-trees',
      splits: { test: { rows: 100, metrics: { auc: 0.87 }, intervals: { auc: [0.8, 0.9] } } },
    },
  ],
  gates: [{ metric: 'auc', value: 0.87, bound: '>= 0.8', passed: true }],
  fairness: [
    {
      attribute: 'female',
      groups: [{ group: '1', rows: 50, metrics: { 'selection-rate': 0.5 } }],
      gaps: { 'demographic-parity-difference': 0.02 },
    },
  ],
};

const dataset: Dataset = {
  format: 1,
  columns: [
    { name: 'sold', type: 'text', roles: ['target'], count: 1000 },
    { name: 'size', type: 'number', roles: ['feature'], count: 985, missing: 15 },
    { name: 'female', type: 'boolean', roles: ['feature', 'sensitive'], count: 1000, missing: 0 },
  ],
  target: { column: 'sold', task: 'binary', classes: ['No', 'Yes'] },
  splits: { train: { rows: 1000, classes: [750, 250] }, test: { rows: 250, classes: [188, 62] } },
  rows: {
    read: 1300,
    kept: 1250,
    steps: [
      { step: 'drop-duplicates', removed: 50 },
      { step: 'filter size > 0', removed: 0 },
    ],
  },
  features: ['size', 'female'],
  expectations: [{ expectation: "'size' to be between 0 and 10", passed: false, broken: 3 }],
};

describe('the package stage', () => {
  after(removeFolders);

  it('packages the best of an evaluation with its figures and lineage, and registers it', async () => {
    const root = await temporaryFolder();
    const store = path.join(root, '.lifecycle');
    const output = path.join(root, 'out');
    await mkdir(output);
    const artifact = storePaths.artifact(store, hash('e'));
    await cp(await toyModelFolder(), path.join(artifact, 'best'), { recursive: true });
    await writeFile(path.join(artifact, 'evaluation.json'), JSON.stringify(evaluation));
    const data = storePaths.artifact(store, hash('d'));
    await mkdir(data, { recursive: true });
    await writeFile(path.join(data, 'dataset.json'), JSON.stringify(dataset));
    await keepManifest(store, 'toys', manifest('customers', 'data', 'd', { 'file data/a.csv': hash('7') }));
    const exam = manifest('exam', 'evaluate', 'e', {
      'config.metrics': '["auc"]',
      'upstream data: customers': hash('d'),
    });
    await mkdir(storePaths.run(store, 'run-7'), { recursive: true });
    await writeFile(
      path.join(storePaths.run(store, 'run-7'), 'run.json'),
      JSON.stringify({ file: 'toys.pipeline.yaml', git: { commit: 'abc', dirty: false }, parameters: { rate: 0.1 } }),
    );
    const input: Input = {
      reference: 'exam.best',
      stage: 'exam',
      kind: 'evaluate',
      output: 'best',
      path: path.join(artifact, 'best'),
      hash: hash('b'),
      manifest: exam,
    };
    const stage: PackageStage = { kind: 'package', model: 'exam.best', name: 'toy-classifier', notes: 'try it' };
    const context = stageContext(stage, { root, store, output }, input);

    const result = await room.run(context);
    assert.match(result.summary ?? '', /^toy-classifier 1 \(candidate\), \d+ kB, digest [0-9a-f]{12}$/);
    const { bundle } = await verifyBundle(output);
    const version = await findVersion(store, 'toy-classifier', 'candidate');
    assert.deepEqual(
      [version.version, version.digest, version.run, version.notes],
      [1, bundle.digest, 'run-7', 'try it'],
    );

    const read = async (name: string) => JSON.parse(await readFile(path.join(output, name), 'utf8'));
    const metrics = await read('metrics.json');
    assert.deepEqual(metrics.metrics, { auc: 0.87 });
    assert.deepEqual(metrics.evaluation.splits.test.intervals, { auc: [0.8, 0.9] });
    const lineage = await read('lineage.json');
    assert.deepEqual(lineage.git, { commit: 'abc', dirty: false });
    assert.deepEqual(lineage.parameters, { rate: 0.1 });
    assert.deepEqual(lineage.data, { 'file data/a.csv': hash('7') });
    assert.deepEqual(
      lineage.stages.map((one: { stage: string }) => one.stage),
      ['exam', 'customers'],
    );
    const card = await readFile(path.join(output, 'MODEL_CARD.md'), 'utf8');
    assert.match(card, /\| auc \| 0\.87 \| 0\.8 … 0\.9 \|/);
    assert.match(card, /Groups by `female`/);
    assert.match(card, /## Training data\n\n1,300 rows were read, 1,250 kept\. `lineage\.json` names the files/);
    assert.match(card, /\| Split \| Rows \| No \| Yes \|\n.*\n\| train \| 1,000 \| 750 \(75 %\) \| 250 \(25 %\) \|/);
    assert.match(card, /Left out: 50 by `drop-duplicates`\./);
    assert.match(card, /Marked as sensitive: `female`\./);
    assert.match(card, /Missing in training: `size` 1\.5 %\./);
    assert.match(card, /\| 'size' to be between 0 and 10 \| no, 3 rows \|/);
    assert.ok(!card.includes('data/a.csv'), 'the same model is the same bundle wherever its data lies');

    const again = path.join(root, 'again');
    await mkdir(again);
    const logged: string[] = [];
    await room.run(stageContext(stage, { root, store, output: again }, input, logged));
    assert.equal((await findVersion(store, 'toy-classifier')).version, 1);
    assert.match(logged.join(), /content is that of version 1/);
  });
});
