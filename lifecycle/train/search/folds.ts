import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TrainStage } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { sha256 } from '../../process/hash';
import { type StageContext } from '../../store/room';
import { copyToParquet, identifier, LABEL, literalPath, text, withDatabase } from '../../table';
import { dataOf, type TrainingData } from '../dataset';
import { type Fold } from './trials';

/**
 * Cuts the training split into parts of about equal size and, for classes, equal shares, and writes a dataset a fold: one
 * part is its validation split, the others its training split. The features are those of the whole training split. The
 * stage's own validation split is left alone.
 */
export async function makeFolds(context: StageContext<TrainStage>, data: TrainingData, count: number): Promise<Fold[]> {
  const rows = data.dataset.splits['train']?.rows ?? 0;
  if (rows < 2 * count) {
    throw new UserError({
      code: 'tune-folds',
      message: `The training split has ${rows} rows, too few for ${count} folds.`,
      hint: 'Use fewer folds or more rows.',
      path: ['tune', 'folds'],
    });
  }
  const { scratch, threads, signal, seed } = context;
  const { raw, features } = data.splits.train!;
  const input = context.input(dataOf(context.stage));
  const home = join(scratch, 'folds');
  const folds: Fold[] = [];
  await withDatabase({ scratch, threads, signal }, async (database) => {
    const among = data.target.task === 'regression' ? '' : `PARTITION BY ${identifier(LABEL)} `;
    await database.run(
      `CREATE TABLE folds AS SELECT file_row_number AS place, (row_number() OVER (${among}ORDER BY md5_number_lower(file_row_number || ':' || ${text(String(seed))}))) % ${count} AS fold
       FROM read_parquet(${literalPath(features)}, file_row_number = true)`,
    );
    for (let fold = 0; fold < count; fold++) {
      const folder = join(home, String(fold + 1));
      await mkdir(folder, { recursive: true });
      const sizes: Record<string, { rows: number }> = {};
      for (const [split, condition] of [
        ['train', `fold <> ${fold}`],
        ['validation', `fold = ${fold}`],
      ] as const) {
        for (const [source, target] of [
          [raw, `${split}.parquet`],
          [features, `${split}.features.parquet`],
        ] as const) {
          const rowsOf = `SELECT t.* EXCLUDE (file_row_number) FROM read_parquet(${literalPath(source)}, file_row_number = true) t JOIN folds ON place = file_row_number WHERE ${condition} ORDER BY place`;
          await database.run(copyToParquet(rowsOf, join(folder, target)));
        }
        const [size] = await database.query<{ n: number | bigint }>(
          `SELECT count(*) AS n FROM folds WHERE ${condition}`,
        );
        sizes[split] = { rows: Number(size?.n ?? 0) };
      }
      await writeFile(join(folder, 'dataset.json'), JSON.stringify({ ...data.dataset, splits: sizes }));
      await copyFile(join(input.path, 'preprocess.onnx'), join(folder, 'preprocess.onnx'));
      folds.push({ path: folder, hash: sha256(`${input.hash}/${seed}/${fold}/${count}`) });
    }
  });
  return folds;
}
