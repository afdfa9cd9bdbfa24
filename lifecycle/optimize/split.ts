/** The rows that an optimisation measures on: those of the dataset that the model was trained beside. */
import { join } from 'node:path';
import { type ModelInfo, type OptimizeStage } from '../../schemas/generated/types';
import { readSample, type Sample } from '../model/score';
import { UserError } from '../problem';
import { Random } from '../statistics/random';
import { findDataset, type StoredDataset } from '../store/datasets';
import { type StageContext } from '../store/room';

/** Files of a split: raw columns, and features with the label. */
export interface Split {
  readonly raw: string;
  readonly features: string;
}

export interface Splits {
  readonly data: StoredDataset | undefined;
  readonly train: Split | undefined;
  readonly validation: Split | undefined;
}

/** Splits that have rows; none when the data is no longer in the store. */
export async function openSplits({ store }: StageContext<OptimizeStage>, info: ModelInfo): Promise<Splits> {
  const data = info.data === undefined ? undefined : await findDataset(store, info.data);
  const split = (name: string): Split | undefined =>
    data && (data.dataset.splits[name]?.rows ?? 0) > 0
      ? { raw: join(data.folder, `${name}.parquet`), features: join(data.folder, `${name}.features.parquet`) }
      : undefined;
  return { data, train: split('train'), validation: split('validation') };
}

/** Rows among which those for calibration are drawn. */
const DRAWN_FROM = 200_000;

/** Rows of the training split, drawn without replacement where there are more than wanted. @throws UserError when there are none */
export async function trainingSample(
  context: StageContext<OptimizeStage>,
  info: ModelInfo,
  splits: Splits,
  most: number,
  what: string,
): Promise<Sample> {
  if (splits.train === undefined) {
    throw new UserError({
      code: 'training-rows-missing',
      message: splits.data
        ? `${what} needs training rows, and the training split has none.`
        : `${what} needs training rows, and the model’s data is no longer in the store.`,
      hint: splits.data
        ? 'Give the data stage a training split, or use `quantize: int8`, which needs no rows.'
        : 'Run its data and train stages again (`lifecycle run --force`), or use `quantize: int8`, which needs no rows.',
      path: ['model'],
    });
  }
  const { scratch, signal, threads } = context;
  const all = await readSample(info, splits.train, { scratch, signal, threads }, DRAWN_FROM);
  if (all.rows <= most) return all;
  const chosen = new Random(context.seed).fork('optimize').fork('rows').sample(all.rows, most);
  return choose(all, chosen);
}

/** Some rows of a sample, in the order given. */
export function choose(sample: Sample, rows: ArrayLike<number>): Sample {
  const columns = Object.entries(sample.columns).map(([name, values]): [string, ArrayLike<unknown>] => [
    name,
    values instanceof Float32Array
      ? Float32Array.from({ length: rows.length }, (_, i) => values[rows[i]!]!)
      : Array.from({ length: rows.length }, (_, i) => values[rows[i]!]),
  ]);
  return {
    rows: rows.length,
    columns: Object.fromEntries(columns),
    labels: Float64Array.from({ length: rows.length }, (_, i) => sample.labels[rows[i]!]!),
  };
}
