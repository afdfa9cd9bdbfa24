import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { EvaluateStage, Evaluation, ModelInfo, Problem } from '../../../schemas/generated/types';
import { validateEvaluation, validateModel } from '../../../schemas/generated/validators';
import { room } from '../../../lifecycle/evaluate/room';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { storePaths } from '../../../lifecycle/store/layout';
import { freshFolder } from '../../rigs/folder';
import { contextFor, makeDataset, makeModel, type ModelOptions, type Table } from '../../rigs/stage';

/** Rows of which p tells y well, q worse; `female` and `city` are groups. */
function customers(rows: number, seed: number): Table {
  const random = new Random(seed);
  const y: string[] = [];
  const p: number[] = [];
  const q: number[] = [];
  const female: boolean[] = [];
  const city: (string | null)[] = [];
  const age: number[] = [];
  for (let i = 0; i < rows; i++) {
    const yes = random.uniform() < 0.4;
    y.push(yes ? 'Yes' : 'No');
    const noisy = (spread: number) =>
      Math.min(0.999, Math.max(0.001, (yes ? 0.7 : 0.3) + spread * (random.uniform() - 0.5)));
    p.push(Math.fround(noisy(0.9)));
    q.push(Math.fround(noisy(2.5)));
    female.push(random.uniform() < 0.5);
    city.push(i % 50 === 0 ? null : i % 40 === 1 ? 'Ulm' : 'Bonn');
    age.push(18 + Math.floor(random.uniform() * 60));
  }
  return { y, p, q, female, city, age };
}

describe('the evaluate stage', () => {
  const folder = freshFolder();
  const store = () => path.join(folder(), '.lifecycle');
  const classes = ['No', 'Yes'];

  function dataset(more: Partial<Parameters<typeof makeDataset>[1]> = {}) {
    const splits = { validation: customers(400, 1), test: customers(400, 2) };
    return makeDataset(store(), { task: 'binary', target: 'y', classes, splits, inputs: ['p', 'q'], ...more });
  }

  const model = (name: string, data: string, more: Partial<ModelOptions> = {}) =>
    makeModel(store(), { name, data, task: 'binary', classes, answer: ['p'], ...more });

  async function run(stage: Omit<EvaluateStage, 'kind'>, inputs: Awaited<ReturnType<typeof model>>[], more = {}) {
    const { context, logs } = await contextFor<EvaluateStage>(folder(), { kind: 'evaluate', ...stage }, inputs, more);
    const result = await room.run(context);
    const text = await readFile(path.join(context.output, 'evaluation.json'), 'utf8');
    const evaluation = JSON.parse(text) as Evaluation;
    assert.ok(validateEvaluation(evaluation), JSON.stringify(validateEvaluation.errors));
    return { result, evaluation, text, logs, output: context.output };
  }

  async function refusal(
    stage: Omit<EvaluateStage, 'kind'>,
    inputs: Awaited<ReturnType<typeof model>>[],
  ): Promise<Problem> {
    try {
      await run(stage, inputs);
    } catch (error) {
      assert.ok(error instanceof UserError, String((error as Error).stack));
      return error.problem;
    }
    return assert.fail('nothing was refused');
  }

  it('chooses on validation, measures only the best on test, and hands it on', async () => {
    const data = await dataset();
    const poor = await model('poor', data, { answer: ['q'], more: { kind: 'boosted-trees' } });
    const good = await model('good', data, { more: { metrics: { 'validation/auc': 0.5, own: 3 } } });
    const { result, evaluation, output } = await run({ candidates: ['poor', 'good'], require: { auc: { min: 0.8 } } }, [
      poor,
      good,
    ]);
    assert.equal(evaluation.best, 'good');
    assert.deepEqual(Object.keys(evaluation.candidates[0]!.splits), ['validation']);
    assert.deepEqual(Object.keys(evaluation.candidates[1]!.splits), ['validation', 'test']);
    const { validation, test } = evaluation.candidates[1]!.splits;
    assert.match(result.summary!, /^good is best of 2: auc 0\.\d{3} on validation, 0\.\d{3} on test$/);
    assert.equal(result.metrics!['auc'], test!.metrics['auc']);
    assert.equal(result.metrics!['validation/auc'], validation!.metrics['auc']);
    assert.deepEqual(result.outputs, { best: ['best'] });
    assert.deepEqual(evaluation.gates, [{ metric: 'auc', value: test!.metrics['auc'], bound: '>= 0.8', passed: true }]);
    for (const [name, [low, high]] of Object.entries(test!.intervals!)) {
      assert.ok(low <= test!.metrics[name]! && test!.metrics[name]! <= high && high - low < 0.3, name);
    }
    assert.equal(
      test!.confusion!.flat().reduce((sum, count) => sum + count, 0),
      400,
    );
    assert.ok(test!.roc!.x.length <= 200 && test!.pr!.x.length <= 200);
    assert.deepEqual([test!.roc!.x[0], test!.roc!.y.at(-1), test!.roc!.thresholds[0]], [0, 1, null]);

    assert.deepEqual((await readdir(path.join(output, 'best'))).sort(), ['model.json', 'model.onnx']);
    assert.deepEqual(
      await readFile(path.join(output, 'best/model.onnx')),
      await readFile(path.join(good.path, 'model.onnx')),
    );
    const info = JSON.parse(await readFile(path.join(output, 'best/model.json'), 'utf8')) as ModelInfo;
    assert.ok(validateModel(info));
    assert.equal(info.threshold, 0.5);
    assert.equal(info.metrics!['auc'], test!.metrics['auc']);
    assert.equal(info.metrics!['validation/auc'], validation!.metrics['auc']);
    assert.equal(info.metrics!['own'], 3);
  });

  it('takes the first listed of equals and says that the choice is a toss-up', async () => {
    const data = await dataset();
    const [first, second] = [await model('first', data), await model('second', data, { twist: 2 })];
    for (const candidates of [
      ['first', 'second'],
      ['second', 'first'],
    ]) {
      const { evaluation, logs } = await run({ candidates }, [first, second]);
      assert.equal(evaluation.best, candidates[0]);
      assert.match(
        logs.find(({ code }) => code === 'choice-within-chance')!.message,
        /equally good within chance: auc .* p = 1\.00/,
      );
    }
    const poor = await model('poor', data, { answer: ['q'] });
    assert.ok(
      !(await run({ candidates: ['first', 'poor'] }, [first, poor])).logs.some(
        ({ code }) => code === 'choice-within-chance',
      ),
    );
  });

  it('chooses by the metric asked for, lower where that is better', async () => {
    const data = await dataset();
    const inputs = [await model('sharp', data, { twist: 6 }), await model('plain', data)];
    const { evaluation, result } = await run(
      { candidates: ['sharp', 'plain'], metrics: ['accuracy'], choose: { metric: 'log-loss' }, threshold: 0.3 },
      inputs,
    );
    assert.equal(evaluation.best, 'plain');
    assert.deepEqual(evaluation['chosen-by'], { metric: 'log-loss', split: 'validation' });
    assert.deepEqual(Object.keys(result.metrics!), ['accuracy', 'log-loss', 'validation/log-loss']);
    assert.equal(evaluation.threshold, 0.3);
  });

  it('gives the same bytes again, also after a look at another model', async () => {
    const data = await dataset();
    const [a, b] = [await model('a', data), await model('b', data, { answer: ['q'] })];
    const one = await run({ candidates: ['a'] }, [a]);
    const other = await run({ candidates: ['b'] }, [b]);
    const again = await run({ candidates: ['a'] }, [a]);
    assert.equal(again.text, one.text);
    assert.deepEqual([one.evaluation['looks-at-test'], other.evaluation['looks-at-test']], [1, 2]);
    await rm(path.join(store(), 'looks'), { recursive: true });
    assert.equal((await run({ candidates: ['a'] }, [a])).text, one.text);
  });

  it('tells what the chosen model looks at, the same each time', async () => {
    const data = await dataset();
    const inputs = [await model('good', data, { answer: ['p'] }), await model('poor', data, { answer: ['q'] })];
    const { evaluation, text } = await run({ candidates: ['good', 'poor'] }, inputs);
    const [good, poor] = evaluation.candidates;
    const { split, rows, metric, repeats, score, permutation } = good!.explanation!;
    assert.deepEqual([split, rows, metric, repeats], ['validation', 400, 'auc', 5]);
    assert.ok(Math.abs(score - good!.splits['validation']!.metrics['auc']!) < 1e-9);
    assert.deepEqual(
      permutation.map(({ column }) => column),
      ['p'],
    );
    // Without its only column the model guesses.
    assert.ok(Math.abs(permutation[0]!.importance - (score - 0.5)) < 0.06);
    assert.ok(permutation[0]!.deviation > 0 && permutation[0]!.deviation < 0.05);
    assert.equal(poor!.explanation, undefined);
    assert.equal((await run({ candidates: ['good', 'poor'] }, inputs)).text, text);
    const other = await run({ candidates: ['good', 'poor'] }, inputs, { seed: 8 });
    assert.notEqual(
      other.evaluation.candidates[0]!.explanation!.permutation[0]!.importance,
      permutation[0]!.importance,
    );
  });

  it('explains all, by another metric, on fewer rows, on the test split, or nothing, as it is asked', async () => {
    const data = await dataset();
    const inputs = [await model('good', data, { answer: ['p'] }), await model('poor', data, { answer: ['q'] })];
    const explained = async (explain: NonNullable<EvaluateStage['explain']>) => {
      const { evaluation } = await run({ candidates: ['good', 'poor'], explain }, inputs);
      return evaluation.candidates.map(({ explanation }) => explanation);
    };
    const [good, poor] = await explained({ of: 'all', metric: 'log-loss', rows: 150, repeats: 2 });
    for (const one of [good!, poor!]) {
      assert.deepEqual([one.rows, one.metric, one.repeats, one.split], [150, 'log-loss', 2, 'validation']);
      assert.ok(one.permutation[0]!.importance > 0.05, 'a greater loss is a loss');
    }
    const onTest = await explained({ on: 'test', of: 'all' });
    assert.deepEqual([onTest[0]!.split, onTest[1]], ['test', undefined]);
    assert.deepEqual(await explained('none'), [undefined, undefined]);
    const problem = await refusal({ candidates: ['good', 'poor'], explain: { metric: 'rmse' } }, inputs);
    assert.deepEqual([problem.code, problem.path], ['metric-not-for-task', ['explain', 'metric']]);
  });

  it('says so where the metric is undefined on the rows', async () => {
    const alike = { ...customers(60, 4), y: new Array<string>(60).fill('No') };
    const data = await dataset({ splits: { validation: alike, test: customers(60, 5) } });
    const { evaluation, logs } = await run({ candidates: ['a'] }, [await model('a', data)]);
    assert.equal(evaluation.candidates[0]!.explanation, undefined);
    assert.match(
      logs.find(({ code }) => code === 'explanation-undefined')!.message,
      /^a can't be explained: auc is undefined on the 60 rows drawn of validation\.$/,
    );
  });

  it('warns when a test split is worn by many looks, counted over stages', async () => {
    const data = await dataset();
    for (let i = 0; i < 6; i++) {
      const input = await model('m', data, { twist: 1 + i / 10 });
      const { logs, evaluation } = await run({ candidates: ['m'] }, [input], { name: i % 2 ? 'exam' : 'retake' });
      assert.equal(evaluation['looks-at-test'], Math.floor(i / 2) + 1);
      assert.equal(
        logs.some(({ code }) => code === 'test-split-worn'),
        i === 5,
      );
    }
  });

  it('stops at gates that are not met: each with value and bound, the evaluation kept', async () => {
    const data = await dataset();
    const input = await model('m', data, { answer: ['q'] });
    const stage = {
      candidates: ['m'],
      require: { auc: { min: 0.95 }, 'log-loss': { min: 0, max: 0.1 } },
      fairness: {
        attributes: ['female'],
        require: { 'demographic-parity-difference': { max: 0.9 }, 'demographic-parity-ratio': { min: 0.999 } },
      },
    };
    const problem = await refusal(stage, [input]);
    assert.equal(problem.code, 'gate-failed');
    assert.match(
      problem.message,
      /m does not pass on the test split: 3 of 5 requirements are not met: auc is 0\.\d+, required is >= 0\.95; log-loss is .*required is <= 0\.1; demographic-parity-ratio of female is/,
    );
    assert.deepEqual(problem.path, ['require', 'auc']);
    assert.equal(problem.details!.filter((line) => line.startsWith('FAILED')).length, 3);
    assert.equal(problem.details!.filter((line) => line.startsWith('passed')).length, 2);
    assert.ok(problem.details!.some((line) => /selection rate by female: (true|false) 0\.\d+ \(\d+ rows\)/.test(line)));
    const kept = JSON.parse(
      await readFile(path.join(storePaths.run(store(), 'run-7'), 'reports/exam.evaluation.json'), 'utf8'),
    );
    assert.ok(validateEvaluation(kept));
    const looks = await readdir(path.join(store(), 'looks'));
    assert.equal(looks.length, 1, 'a look whose gate failed counts');
  });

  it('never shows a value as its bound when it is below', async () => {
    const data = await dataset();
    const input = await model('m', data);
    const { evaluation } = await run({ candidates: ['m'] }, [input]);
    const value = evaluation.candidates[0]!.splits['test']!.metrics['auc']!;
    const min = Math.ceil(value * 1000) / 1000;
    const problem = await refusal({ candidates: ['m'], require: { auc: { min } } }, [input]);
    assert.match(problem.message, new RegExp(`auc is (${value}|0\\.\\d{3}), required is >= ${min}`));
    assert.ok(!problem.message.includes(`auc is ${min.toFixed(3)},`));
  });

  it('compares groups: missing ones too, ages in quarters, small ones with a note', async () => {
    const data = await dataset();
    const input = await model('m', data);
    const { evaluation, logs } = await run({ candidates: ['m'], fairness: { attributes: ['female', 'city', 'age'] } }, [
      input,
    ]);
    const [female, city, age] = evaluation.fairness!;
    assert.deepEqual(female!.groups.map(({ group }) => group).sort(), ['false', 'true']);
    assert.deepEqual(
      city!.groups.map(({ group }) => group),
      ['Bonn', 'Ulm', 'missing'],
    );
    assert.match(city!.groups[2]!.note!, /Only 8 rows/);
    assert.equal(age!.groups.length, 4);
    assert.ok(age!.groups.every(({ group, rows }) => /^(≤ \d+|\d+ < … ≤ \d+|> \d+)$/.test(group) && rows > 70));
    assert.match(
      logs.find(({ code }) => code === 'group-small')!.message,
      /2 groups of city have fewer than 30 rows on the test split: 'Ulm' \(10\), 'missing' \(8\)/,
    );
  });

  it('compares groups of more classes and of a regression by what fits', async () => {
    const table = customers(200, 3);
    const splits = { validation: table, test: table };
    const data = await makeDataset(store(), { task: 'regression', target: 'age', splits, inputs: ['p'] });
    const input = await makeModel(store(), { name: 'm', data, task: 'regression', answer: ['p'] });
    const { evaluation } = await run({ candidates: ['m'], fairness: { attributes: ['female'] } }, [input]);
    assert.deepEqual(Object.keys(evaluation.fairness![0]!.gaps), ['mae-difference', 'mean-error-difference']);
    const problem = await refusal(
      {
        candidates: ['m'],
        fairness: { attributes: ['female'], require: { 'demographic-parity-ratio': { min: 0.8 } } },
      },
      [input],
    );
    assert.equal(problem.code, 'fairness-needs-binary');
  });

  describe('says plainly what is wrong', () => {
    it('with an attribute that is not in the data', async () => {
      const input = await model('m', await dataset());
      const problem = await refusal({ candidates: ['m'], fairness: { attributes: ['city', 'femal'] } }, [input]);
      assert.equal(problem.code, 'fairness-column-missing');
      assert.equal(problem.hint, "Did you mean 'female'?");
      assert.deepEqual(problem.path, ['fairness', 'attributes', 1]);
    });

    it('with metrics that do not exist or do not fit', async () => {
      const input = await model('m', await dataset());
      const unknown = await refusal({ candidates: ['m'], metrics: ['accuracy', 'acuracy'] }, [input]);
      assert.deepEqual(
        [unknown.code, unknown.hint, unknown.path],
        ['metric-unknown', "Did you mean 'accuracy'?", ['metrics', 1]],
      );
      const wrong = await refusal({ candidates: ['m'], require: { rmse: { max: 3 } } }, [input]);
      assert.deepEqual([wrong.code, wrong.path], ['metric-not-for-task', ['require', 'rmse']]);
    });

    it('with candidates that can not be compared or served', async () => {
      const one = await dataset();
      const two = await dataset({ splits: { validation: customers(50, 8), test: customers(50, 9) } });
      const differ = await refusal({ candidates: ['a', 'b'] }, [await model('a', one), await model('b', two)]);
      assert.deepEqual([differ.code, differ.path], ['candidates-differ-in-data', ['candidates', 1]]);
      const unserved = await model('c', one, { more: { servable: false, kind: 'command' } });
      const problem = await refusal({ candidates: ['c'] }, [unserved]);
      assert.deepEqual([problem.code, problem.path], ['candidate-not-servable', ['candidates', 0]]);
      assert.match(problem.hint!, /LIFECYCLE_OUTPUT/);
      const lost = await refusal({ candidates: ['d'] }, [await model('d', 'f'.repeat(64))]);
      assert.equal(lost.code, 'dataset-missing');
    });

    it('with predictions that are no numbers', async () => {
      const splits = { validation: { ...customers(50, 1), p: new Array<null>(50).fill(null) }, test: customers(50, 1) };
      const problem = await refusal({ candidates: ['m'] }, [await model('m', await dataset({ splits }))]);
      assert.equal(problem.code, 'prediction-not-finite');
      assert.match(problem.message, /'m' predicts NaN for row 1 of the validation split/);
    });

    it('with splits that are empty, tiny, or of one class', async () => {
      const empty = Object.fromEntries(Object.keys(customers(1, 1)).map((name) => [name, []]));
      const alike = { ...customers(60, 4), y: new Array<string>(60).fill('No') };
      const unchosen = await dataset({ splits: { validation: empty, test: customers(60, 2) } });
      const two = [await model('a', unchosen), await model('b', unchosen, { answer: ['q'] })];
      assert.equal((await refusal({ candidates: ['a', 'b'] }, two)).code, 'validation-split-empty');
      const { evaluation, logs, result } = await run({ candidates: ['a'] }, two);
      assert.deepEqual(Object.keys(evaluation.candidates[0]!.splits), ['test']);
      assert.match(result.summary!, /^a: auc 0\.\d+ on test$/);
      assert.ok(logs.some(({ code }) => code === 'test-split-small'));

      const oneClass = await dataset({ splits: { validation: alike, test: alike } });
      const pair = [await model('a', oneClass), await model('b', oneClass, { answer: ['q'] })];
      assert.equal((await refusal({ candidates: ['a', 'b'] }, pair)).code, 'choice-undefined');
      const alone = await run({ candidates: ['a'] }, pair);
      assert.ok(alone.logs.some(({ code, message }) => code === 'metric-undefined' && message.includes('auc')));
      const gate = await refusal({ candidates: ['a'], require: { auc: { min: 0.5 } } }, pair);
      assert.match(gate.message, /auc is undefined, required is >= 0\.5/);

      const untested = await dataset({ splits: { validation: customers(60, 1), test: empty } });
      const only = await model('a', untested);
      assert.equal(
        (await refusal({ candidates: ['a'], require: { auc: { min: 0.5 } } }, [only])).code,
        'test-split-empty',
      );
      const unproven = await run({ candidates: ['a'] }, [only]);
      assert.deepEqual(Object.keys(unproven.result.metrics!), ['validation/auc']);
      assert.ok(unproven.logs.some(({ code }) => code === 'test-split-empty'));
    });

    it('stops when it is cancelled', async () => {
      const input = await model('m', await dataset());
      await assert.rejects(
        run({ candidates: ['m'] }, [input], { signal: AbortSignal.abort(new Error('cancelled')) }),
        /cancelled/,
      );
    });
  });
});
