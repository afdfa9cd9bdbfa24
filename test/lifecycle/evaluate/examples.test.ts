import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelInfo } from '../../../schemas/generated/types';
import type { Candidate } from '../../../lifecycle/evaluate/candidates';
import { examplesOf, type ExamplesQuestion } from '../../../lifecycle/evaluate/examples';
import { UserError } from '../../../lifecycle/problem';
import { findDataset } from '../../../lifecycle/store/datasets';
import { withDatabase } from '../../../lifecycle/table';
import { freshFolder } from '../../rigs/folder';
import { type DatasetOptions, makeDataset, makeModel, type ModelOptions } from '../../rigs/stage';

/** Four rows: `p` is what one model says of y, `q` another. */
const rows = {
  y: ['No', 'Yes', 'Yes', 'No'],
  p: [0.125, 0.25, 0.75, 0.875],
  q: [0.25, 0.75, 0.75, 0.75],
  text: ['a', 'b'.repeat(3_000), null, 'd'],
};

describe('the examples behind a confusion matrix', () => {
  const folder = freshFolder();
  const store = () => path.join(folder(), '.lifecycle');
  const classes = ['No', 'Yes'];

  const dataset = (more: Partial<DatasetOptions> = {}) =>
    makeDataset(store(), { task: 'binary', target: 'y', classes, splits: { test: rows }, inputs: ['p', 'q'], ...more });

  async function model(name: string, data: string, more: Partial<ModelOptions>): Promise<Candidate> {
    const made = await makeModel(store(), { name, data, task: 'binary', classes, answer: ['p'], ...more });
    const info = JSON.parse(await readFile(path.join(made.path, 'model.json'), 'utf8')) as ModelInfo;
    const onnx = await readFile(path.join(made.path, 'model.onnx'));
    return { name, info, onnx, folder: made.path, hash: made.hash };
  }

  async function ask(data: string, models: Candidate[], question: Partial<ExamplesQuestion> = {}) {
    const found = await findDataset(store(), data);
    const signal = new AbortController().signal;
    return withDatabase({}, (database) =>
      examplesOf(database, found!, models, { split: 'test', most: 10, threshold: 0.5, signal, ...question }),
    );
  }

  it('are the wrong rows, the worst first, with what the model gives each class', async () => {
    const data = await dataset();
    const shown = await ask(data, [await model('trees', data, {})]);
    assert.deepEqual(
      { ...shown, examples: shown.examples.map(({ values: _, ...each }) => each) },
      {
        split: 'test',
        rows: 4,
        found: 2,
        task: 'binary',
        models: ['trees'],
        columns: [
          { name: 'p', type: 'number' },
          { name: 'q', type: 'number' },
          { name: 'text', type: 'text' },
        ],
        allColumns: 3,
        examples: [
          {
            row: 4,
            actual: 'No',
            said: [
              {
                predicted: 'Yes',
                probabilities: [
                  ['Yes', 0.875],
                  ['No', 0.125],
                ],
              },
            ],
          },
          {
            row: 2,
            actual: 'Yes',
            said: [
              {
                predicted: 'No',
                probabilities: [
                  ['No', 0.75],
                  ['Yes', 0.25],
                ],
              },
            ],
          },
        ],
      },
    );
    assert.deepEqual(shown.examples[0]!.values, [0.875, 0.75, 'd']);
    assert.equal(String(shown.examples[1]!.values[2]).length, 2_001, 'a long text is cut');
  });

  it('are those of one cell, right or wrong', async () => {
    const data = await dataset();
    const trees = await model('trees', data, {});
    const cell = async (actual: string, predicted: string) =>
      (await ask(data, [trees], { actual, predicted })).examples.map(({ row }) => row);
    assert.deepEqual(await cell('Yes', 'No'), [2]);
    assert.deepEqual(await cell('Yes', 'Yes'), [3]);
    assert.deepEqual(await cell('No', 'No'), [1]);
    const capped = await ask(data, [trees], { actual: 'No', most: 1 });
    assert.deepEqual([capped.found, capped.examples.length, capped.examples[0]?.row], [2, 1, 4]);
  });

  it('are what two models disagree on, where they are furthest apart first', async () => {
    const data = await dataset();
    const shown = await ask(data, [await model('trees', data, {}), await model('linear', data, { answer: ['q'] })]);
    assert.deepEqual(
      shown.examples.map(({ row, actual, said }) => [row, actual, ...said.map(({ predicted }) => predicted)]),
      [[2, 'Yes', 'No', 'Yes']],
    );
    assert.deepEqual(shown.models, ['trees', 'linear']);
  });

  it('of a regression are those furthest off', async () => {
    const table = { y: [1, 2, 3], p: [1, 5, 2.5] };
    const data = await makeDataset(store(), { task: 'regression', target: 'y', splits: { test: table } });
    const guess = await model('guess', data, { task: 'regression', classes: undefined as never });
    const shown = await ask(data, [guess]);
    assert.deepEqual(
      shown.examples.map(({ row, actual, said }) => [row, actual, said[0]?.predicted]),
      [
        [2, 2, 5],
        [3, 3, 2.5],
      ],
    );
  });

  it('are refused in words: an unknown class, a split that is not there, models that do not fit', async () => {
    const data = await dataset();
    const trees = await model('trees', data, {});
    const refusal = async (asked: Promise<unknown>) => {
      const error = await asked.then(
        () => assert.fail('nothing was refused'),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof UserError, String(error));
      return `${error.problem.code}: ${error.problem.message} ${error.problem.hint ?? ''}`;
    };
    assert.equal(
      await refusal(ask(data, [trees], { actual: 'Maybe' })),
      "class-unknown: 'trees' knows no class 'Maybe'. It knows No, Yes.",
    );
    assert.match(await refusal(ask(data, [trees], { split: 'validation' })), /^split-missing: .*It has test\.$/);
    const other = await model('other', data, { classes: ['No', 'Perhaps'] });
    assert.match(await refusal(ask(data, [trees, other])), /^columns-differ: 'other' predicts something else/);
    const wider = await model('wider', data, { answer: ['z'] });
    assert.match(await refusal(ask(data, [trees, wider])), /^columns-differ: 'wider' takes columns .*: z\./);
  });
});
