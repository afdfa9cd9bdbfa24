import type { ModelInfo } from '../../../schemas/generated/types';
import { predictionsOf } from '../../monitor/performance';
import { openSession } from '../../onnx';
import { runColumns } from '../../onnx/rows';
import { UserError } from '../../problem';
import { pairedBootstrap } from '../../statistics/comparison';
import { defaultMetrics, findMetric, type MetricName } from '../../statistics/metrics';
import { type Database, parquetRelation } from '../../table';
import { eachRawBatch } from '../../table/raw';
import type { RetrainEvent } from '../../store/retraining';
import type { FreshRow } from './data';

export interface Contender {
  readonly info: ModelInfo;
  readonly onnx: Uint8Array;
}

export type Comparison = NonNullable<RetrainEvent['comparison']>;

const REPLICATES = 1_000;

/**
 * Champion against challenger on the same rows, which neither learnt from: the difference of a metric with a paired bootstrap interval. The
 * challenger wins when the whole interval lies above `betterBy`.
 *
 * @param file the rows' inputs as Parquet, in the order of `rows`
 * @throws UserError `retrain-metric`, `retrain-other-task`
 */
export async function challenge(
  database: Database,
  file: string,
  rows: readonly FreshRow[],
  champion: Contender,
  challenger: Contender,
  options: {
    readonly metric?: string;
    readonly betterBy: number;
    readonly confidence: number;
    readonly seed: number;
    readonly signal: AbortSignal;
  },
): Promise<Comparison> {
  const { info } = champion;
  const name = (options.metric ??
    defaultMetrics(info.task)[info.task === 'binary' ? 4 : 0] ??
    'accuracy') as MetricName;
  const metric = findMetric(name);
  if (metric === undefined || !metric.task.includes(info.task))
    throw new UserError({
      code: 'retrain-metric',
      message: `Champion and challenger can't be compared by '${name}'.`,
      hint: `For a ${info.task} model: ${defaultMetrics(info.task).join(', ')}.`,
      path: ['retrain', 'metric'],
    });
  if (challenger.info.task !== info.task || String(challenger.info.classes) !== String(info.classes))
    throw new UserError({
      code: 'retrain-other-task',
      message: 'The challenger answers another question than the champion: their classes differ.',
      hint: 'Deploy it by hand if that is meant.',
    });
  const [before, after] = [
    await answered(database, file, rows, champion, options.signal),
    await answered(database, file, rows, challenger, options.signal),
  ];
  const all = pairedBootstrap([name], before, after, {
    seed: options.seed,
    replicates: REPLICATES,
    level: options.confidence,
  });
  const { difference, low, high, p } = all[name];
  const { computeMetrics } = await import('../../statistics/metrics');
  const [old, fresh] = [computeMetrics([name], before)[name], computeMetrics([name], after)[name]];
  const gain = metric.better === 'higher' ? low : -high;
  return {
    metric: name,
    rows: rows.length,
    champion: old,
    challenger: fresh,
    difference,
    low,
    high,
    p,
    wins: gain > options.betterBy,
  };
}

async function answered(
  database: Database,
  file: string,
  rows: readonly FreshRow[],
  { info, onnx }: Contender,
  signal: AbortSignal,
) {
  const answers: number[][] = [];
  const session = await openSession(onnx);
  try {
    await eachRawBatch(database, parquetRelation([file]), info.inputs, async (columns, count) => {
      signal.throwIfAborted();
      const { probabilities, prediction } = await runColumns(session, info, columns, count);
      const width = info.classes?.length ?? 2;
      for (let i = 0; i < count; i++)
        answers.push(prediction ? [prediction[i]!] : [...probabilities!.subarray(i * width, (i + 1) * width)]);
    });
  } finally {
    await session.close();
  }
  return predictionsOf(
    rows.map((row, i) => ({ ...row, answer: answers[i]! })),
    info,
  );
}

/** `auc 0.71 → 0.84 on 612 fresh rows (+0.13, 0.09 … 0.17)` */
export function sayComparison({ metric, rows, champion, challenger, difference, low, high }: Comparison): string {
  const n = (value: number) => String(Number(value.toPrecision(3)));
  return `${metric} ${n(champion)} → ${n(challenger)} on ${rows.toLocaleString('en')} fresh rows (${difference >= 0 ? '+' : ''}${n(difference)}, ${n(low)} … ${n(high)})`;
}
