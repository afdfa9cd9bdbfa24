import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scoresOf } from '../../../lifecycle/model/ensemble';
import { Random } from '../../../lifecycle/statistics/random';
import { boost, type BoosterSettings, type TreeData } from '../../../lifecycle/train/trees/booster';
import { LeafScale, scaleScores } from '../../../lifecycle/train/trees/leaf-scale';

const golden = JSON.parse(readFileSync(join(__dirname, '../../golden/train/leaf-scale.json'), 'utf8')) as {
  name: string;
  base: number[];
  raw: number[][];
  labels: number[];
  scale: number;
  loss: number;
  plain: number;
}[];

const settings: BoosterSettings = {
  trees: 200,
  leaves: 31,
  depth: Infinity,
  learningRate: 0.1,
  samplesPerLeaf: 2,
  l2: 0,
  bins: 255,
  rowSample: 1,
  columnSample: 1,
  earlyStopping: { patience: 20, minDelta: 0 },
  seed: 1,
};

/** Classes by two of four features, every tenth label by chance: enough to be too sure of. */
function example(classes: number, rows: number, seed: number): TreeData & { readonly columns: Float32Array[] } {
  const random = new Random(seed);
  const columns = [0, 1, 2, 3].map(() => Float32Array.from({ length: rows }, () => random.normal()));
  const labels = Array.from({ length: rows }, (_, i) => {
    if (random.uniform() < 0.1) return Math.floor(classes * random.uniform());
    const place = 0.5 + Math.atan2(columns[0]![i]!, columns[1]![i]!) / (2 * Math.PI);
    return Math.min(classes - 1, Math.floor(classes * place));
  });
  return { columns, labels };
}

/** Mean log loss of scores [outputs][rows], written out. */
function logLoss(raw: ArrayLike<number>, labels: ArrayLike<number>): number {
  const rows = labels.length;
  const outputs = raw.length / rows;
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const scores = outputs === 1 ? [0, raw[i]!] : Array.from({ length: outputs }, (_, k) => raw[k * rows + i]!);
    loss -= Math.log(Math.exp(scores[labels[i]!]!) / scores.reduce((sum, score) => sum + Math.exp(score), 0));
  }
  return loss / rows;
}

/** Probabilities [outputs][rows] of scores, written out. */
function softmax(raw: readonly number[][]): Float64Array {
  const totals = raw[0]!.map((_, i) => raw.reduce((sum, scores) => sum + Math.exp(scores[i]!), 0));
  return Float64Array.from(raw.flatMap((scores) => scores.map((score, i) => Math.exp(score) / totals[i]!)));
}

/** [outputs][rows] of the ensemble. */
function scoresBy(ensemble: Parameters<typeof scoresOf>[0], columns: readonly Float32Array[]): Float64Array {
  const byRow = scoresOf(ensemble, columns);
  const rows = columns[0]!.length;
  return Float64Array.from(byRow, (_, at) => byRow[(at % rows) * ensemble.outputs + Math.floor(at / rows)]!);
}

describe('the scale of leaves', () => {
  for (const { name, base, raw, labels, scale, loss, plain } of golden) {
    it(`is what scipy finds: ${name}`, () => {
      const told = { raw: Float64Array.from(raw.flat()), labels: Float64Array.from(labels) };
      const finder = new LeafScale(base);
      const found = finder.find(told, plain);
      assert.ok(Math.abs(found.scale - scale) < 2e-4, `${found.scale}, not ${scale}`);
      // At the least scale, the loss is as exact as the scale; elsewhere as its square.
      const exact = scale < 0.01 ? 2e-4 : 1e-6;
      assert.ok(Math.abs(found.loss - loss) < exact, `${found.loss}, not ${loss}`);
      // Wherever the search starts, and with the probabilities at hand.
      const again = finder.find(raw.length > 1 ? { ...told, probabilities: softmax(raw) } : told, plain);
      assert.ok(Math.abs(again.scale - scale) < 2e-4 && Math.abs(again.loss - loss) < exact);
      const scores = scaleScores(told.raw.slice(), base, found.scale);
      assert.ok(Math.abs(logLoss(scores, labels) - found.loss) < 1e-9);
    });
  }

  for (const classes of [2, 4])
    it(`keeps the round that is best with it, and its trees are scaled: ${classes} classes`, async () => {
      const task = classes === 2 ? 'binary' : 'multiclass';
      const validation = example(classes, 300, 2);
      const told: { loss: number; scores: Float64Array }[] = [];
      const result = await boost(
        example(classes, 600, 1),
        validation,
        task,
        classes,
        settings,
        ({ validationLoss, validationScores }) =>
          void told.push({ loss: validationLoss!, scores: validationScores()! }),
      );
      const { bestRound, rounds, leafScale, ensemble } = result;
      const losses = told.map(({ loss }) => loss);
      assert.equal(bestRound, losses.indexOf(Math.min(...losses)) + 1);
      assert.equal(rounds, bestRound + 20);
      assert.ok(leafScale > 0.1 && leafScale < 0.95, String(leafScale));
      // The model that is kept is the one that was told of.
      const scores = scoresBy(ensemble, validation.columns);
      assert.ok(scores.every((score, i) => Math.abs(score - told[bestRound - 1]!.scores[i]!) < 1e-9));
      assert.ok(Math.abs(logLoss(scores, validation.labels) - losses[bestRound - 1]!) < 1e-9);
      // Neither more nor less of the trees is likelier.
      const unlikely = (scale: number) => {
        const loss = logLoss(scaleScores(scores.slice(), ensemble.base, scale / leafScale), validation.labels);
        return validation.labels.length * loss + (scale - 1) ** 2 / 0.2;
      };
      for (const factor of [0.98, 1.02]) assert.ok(unlikely(leafScale * factor) > unlikely(leafScale));

      // Judged as it is, an earlier round would have been kept; on other rows it is the worse model.
      const plain: number[] = [];
      const all = { ...settings, trees: rounds };
      delete (all as { earlyStopping?: unknown }).earlyStopping;
      await boost(
        example(classes, 600, 1),
        validation,
        task,
        classes,
        all,
        ({ validationLoss }) => void plain.push(validationLoss!),
      );
      const early = plain.indexOf(Math.min(...plain)) + 1;
      assert.ok(early <= bestRound, `${early} of ${bestRound}`);
      const { ensemble: unscaled } = await boost(example(classes, 600, 1), undefined, task, classes, {
        ...all,
        trees: early,
      });
      const other = example(classes, 5000, 3);
      const lost = [ensemble, unscaled].map((each) => logLoss(scoresBy(each, other.columns), other.labels));
      assert.ok(lost[0]! < lost[1]!, lost.join(' and '));
    });

  it('is left alone for numbers, and where no round is chosen', async () => {
    const [train, validation] = [example(2, 200, 4), example(2, 200, 5)];
    const { earlyStopping, ...without } = settings;
    assert.ok(earlyStopping);
    assert.equal((await boost(train, validation, 'regression', 0, settings)).leafScale, 1);
    const { leafScale, bestRound } = await boost(train, validation, 'binary', 2, { ...without, trees: 60 });
    assert.deepEqual([leafScale, bestRound], [1, 60]);
  });
});
