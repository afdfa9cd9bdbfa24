import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInfo, Task, TrainStage } from '../../../schemas/generated/types';
import { openSession } from '../../../lifecycle/onnx';
import { predictRows } from '../../../lifecycle/onnx/rows';
import { UserError } from '../../../lifecycle/problem';
import { Random } from '../../../lifecycle/statistics/random';
import { room } from '../../../lifecycle/train/room';
import { Products } from '../../../lifecycle/train/linear/products';
import { runStage, withFiles } from '../data/support';
import { runRoom } from './fixture';

/** Sentences whose verdict hangs on a word, and on the word before it. */
function reviews(rows: number): object[] {
  const random = new Random(5);
  const filler = ['the', 'film', 'was', 'we', 'saw', 'it', 'with', 'friends', 'and', 'popcorn'];
  const pick = (list: readonly string[]): string => list[random.integer(list.length)]!;
  return Array.from({ length: rows }, (_, i) => {
    const good = i % 2 === 0;
    const verdict =
      random.integer(2) === 0 ? pick(good ? ['great', 'Lovely'] : ['awful', 'BORING']) : good ? 'not bad' : 'not good';
    const words = [...Array.from({ length: 2 + random.integer(6) }, () => pick(filler)), verdict, pick(filler)];
    return { n: random.normal(), text: words.join(' '), verdict: good ? 'good' : 'bad' };
  });
}

const models: Record<string, Partial<TrainStage>> = {
  linear: { model: 'linear' },
  'boosted-trees': { model: { kind: 'boosted-trees', trees: 80, leaves: 7 } },
  'text-cnn': {
    model: { kind: 'network', preset: 'text-cnn' },
    training: { epochs: 8, 'batch-size': 32, optimizer: { kind: 'adam', 'learning-rate': 0.003 } },
  },
};

describe('training on texts', () => {
  let data: string;
  let tokens: string;

  before(async function () {
    this.timeout(60_000);
    const folder = withFiles({
      'a.jsonl': reviews(400)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    });
    const stage = { source: 'a.jsonl', target: { column: 'verdict', positive: 'good', task: 'binary' as Task } };
    const both = [
      { tokenize: { columns: 'text', 'max-length': 12 } },
      { 'bag-of-words': { columns: 'text', ngrams: 2 } },
    ];
    data = (await runStage({ ...stage, features: both }, { folder })).output;
    const only = { columns: { drop: ['n'] }, features: both.slice(0, 1) };
    tokens = (await runStage({ ...stage, ...only }, { folder })).output;
  });

  for (const [name, stage] of Object.entries(models)) {
    it(`${name} learns from a raw column of text, and its served model takes it as it is`, async () => {
      const { output, result } = await runRoom(room, { kind: 'train', data: 'd', ...stage }, { d: data });
      assert.ok(result.metrics!['validation/accuracy']! > 0.95, JSON.stringify(result.metrics));
      const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
      assert.deepEqual(
        info.inputs.map(({ name: input, type }) => [input, type]),
        [
          ['n', 'number'],
          ['text', 'text'],
        ],
      );
      const session = await openSession(join(output, 'model.onnx'));
      const texts = ['the film was GREAT', 'we saw it and it was boring', '', '😀', 'x '.repeat(100_000), null];
      const { probabilities } = await predictRows(session, info, { n: texts.map(() => 0), text: texts });
      const good = texts.map((_, i) => probabilities![2 * i + 1]!);
      assert.ok(good[0]! > 0.7 && good[1]! < 0.3, good.join());
      assert.ok(good.every((value) => value >= 0 && value <= 1));
      assert.equal(good[2], good[5]);
      await session.close();
    });
  }

  it('is refused where there is nothing but tokens and the model is no network', async () => {
    const attempt = runRoom(room, { kind: 'train', data: 'd', model: 'linear' }, { d: tokens });
    await assert.rejects(
      attempt,
      (error) => error instanceof UserError && error.problem.code === 'tokens-need-network',
    );
  });
});

describe('products with columns that are mostly zero', () => {
  it('are those of plain loops', () => {
    const random = new Random(3);
    const [rows, width, outputs] = [5003, 9, 3];
    const full = Array.from({ length: width }, () => Float32Array.from({ length: rows }, () => random.normal()));
    const holey = full.map((column, j) => (j % 3 === 0 ? column : column.map((x) => (random.uniform() < 0.9 ? 0 : x))));
    const standardization = { mean: new Float64Array(width), deviation: new Float64Array(width).fill(1) };
    const products = new Products(holey, rows, standardization);
    const vector = Float64Array.from({ length: outputs * (width + 1) }, () => random.normal());
    const scores = new Float64Array(outputs * rows);
    products.scores(vector, outputs, scores);
    for (const row of [0, 2047, 2048, 5002])
      for (let k = 0; k < outputs; k++) {
        let sum = vector[k * (width + 1) + width]!;
        for (let j = 0; j < width; j++) sum += vector[k * (width + 1) + j]! * holey[j]![row]!;
        assert.equal(scores[k * rows + row], sum);
      }
    const back = new Float64Array(vector.length);
    products.transposed(scores, outputs, back);
    for (let k = 0; k < outputs; k++)
      for (let j = 0; j < width; j++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += scores[k * rows + row]! * holey[j]![row]!;
        assert.ok(Math.abs(back[k * (width + 1) + j]! - sum) < 1e-9 * Math.max(1, Math.abs(sum)));
      }
  });
});
