import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainStage } from '../../../schemas/generated/types';
import { ColumnFile, rangeOf } from '../../../lifecycle/train/columns';
import { room } from '../../../lifecycle/train/room';
import { Random } from '../../../lifecycle/statistics/random';
import { readMatrix } from '../../../lifecycle/table';
import { type Example, runRoom, temporaryFolder, writeDataset } from './fixture';

const ROWS = 2600;

/** Numbers with gaps, a constant, a column that is mostly 0, and categories. */
function example(task: Example['task']): Example {
  const random = new Random(17);
  const numbers: Record<string, number[]> = { a: [], b: [], rare: [], constant: [] };
  const texts: string[] = [];
  const labels: number[] = [];
  for (let i = 0; i < ROWS; i++) {
    const [a, b] = [random.normal(), random.normal()];
    numbers['a']!.push(random.chance(0.1) ? NaN : a);
    numbers['b']!.push(b);
    numbers['rare']!.push(random.chance(0.05) ? 1 + random.normal() : 0);
    numbers['constant']!.push(4);
    texts.push(['x', 'y', 'z'][random.integer(3)]!);
    const score = a * b + b + (texts[i] === 'x' ? 1 : 0) + random.normal(0, 0.3);
    labels.push(
      task === 'regression' ? score : task === 'binary' ? Number(score > 0) : score < -0.5 ? 0 : score < 0.7 ? 1 : 2,
    );
  }
  const classes = { binary: ['no', 'yes'], multiclass: ['low', 'middle', 'high'], regression: undefined }[task];
  return { numbers, texts: { t: texts }, labels, task, ...(classes && { classes }), trainRows: 2300 };
}

describe('rows that stay on the disk', () => {
  it('are read as they were written, whatever is asked for', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder, example('binary'));
    const source = join(folder, 'train.features.parquet');
    const names = ['b', 'a', 'rare'];
    const { columns: all, rows, label } = await readMatrix(source, names);
    const { columns, labels } = await ColumnFile.write(source, names, rows, join(folder, 'columns'), {});
    try {
      assert.deepEqual([columns.length, columns.rows, columns.at(3)], [3, rows, undefined]);
      assert.deepEqual([...labels], [...label!]);
      const filled = columns.filled(Float64Array.of(0, 7, 0));
      for (let f = 0; f < 3; f++) {
        const column = all.subarray(f * rows, (f + 1) * rows);
        assert.deepEqual(columns.at(f), column);
        for (const [from, to] of [
          [0, 2048],
          [1024, 2300],
          [100, 300],
          [2040, rows],
          [0, rows],
        ] as const) {
          assert.deepEqual(rangeOf(columns, f, from, to), column.slice(from, to));
          const whole = column.slice(from, to).map((value) => (Number.isNaN(value) ? [0, 7, 0][f]! : value));
          assert.deepEqual(rangeOf(filled, f, from, to), whole);
        }
      }
    } finally {
      columns.close();
    }
    await rm(folder, { recursive: true });
  });

  it('make the very model that rows in memory make', async function () {
    this.timeout(60_000);
    for (const task of ['binary', 'multiclass', 'regression'] as const) {
      const folder = await temporaryFolder();
      await writeDataset(folder, example(task));
      const models: NonNullable<TrainStage['model']>[] = [
        'linear',
        { kind: 'boosted-trees', trees: 6, 'row-sample': 0.7, 'column-sample': 0.8 },
        'decision-tree',
        { kind: 'random-forest', trees: 6 },
      ];
      // Each kind of model for two classes, which costs the least; of the other tasks what they do otherwise.
      const chosen = { binary: models, multiclass: models.slice(0, 2), regression: models.slice(2) }[task];
      for (const model of chosen) {
        const train = async (memory?: number): Promise<string> => {
          const stage: TrainStage = { kind: 'train', data: 'd', model, ...(memory && { training: { memory } }) };
          const { output, logs } = await runRoom(room, stage, { d: folder });
          assert.ok(!logs.some(({ code }) => code === 'setting-without-effect'));
          const bytes = await readFile(join(output, 'model.onnx'), 'base64');
          return (
            bytes +
            (await readFile(join(output, 'model.json'), 'utf8')) +
            (await readFile(join(output, 'history.json'), 'utf8'))
          );
        };
        assert.equal(await train(1e-9), await train(), `${task}, ${JSON.stringify(model)}`);
      }
      await rm(folder, { recursive: true });
    }
  });
});
