import type { EvaluateStage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { type Difference, delongTest, pairedBootstrap } from '../statistics/intervals';
import { isBetter, type Metric, type Predictions } from '../statistics/metrics';
import type { StageContext } from '../store/room';
import { part } from './measure';
import { shown } from './metrics';

/** A candidate with what it was worth on the validation split. */
export interface Contender {
  readonly name: string;
  readonly predictions: Predictions;
  /** Value of the choosing metric; undefined where it is not defined. */
  readonly value: number | undefined;
}

const COMPARED_ROWS = 50_000;
const REPLICATES = 400;

/**
 * Index of the best; the first listed of equals. Says when the next best is as good but for chance.
 *
 * @throws UserError `choice-undefined` when the metric is defined for none of several
 */
export function chooseBest(
  contenders: readonly Contender[],
  metric: Metric,
  context: Pick<StageContext<EvaluateStage>, 'log' | 'seed'>,
): number {
  if (contenders.length === 1) return 0;
  const order = contenders
    .map(({ value }, index) => ({ index, value: value ?? NaN }))
    .sort((a, b) =>
      isBetter(metric, a.value, b.value) ? -1 : isBetter(metric, b.value, a.value) ? 1 : a.index - b.index,
    );
  const [first, second] = order as [(typeof order)[0], (typeof order)[0]];
  if (Number.isNaN(first.value)) {
    throw new UserError({
      code: 'choice-undefined',
      message: `The choice is by ${metric.name}, which is undefined on the validation split${metric.name === 'auc' ? ': not every class occurs in it' : ''}.`,
      hint: 'Stratify the split by the target (`split: {stratify: …}`), give validation more rows, or choose by another metric.',
      path: ['choose'],
    });
  }
  if (!Number.isNaN(second.value)) sayIfTossUp(contenders[first.index]!, contenders[second.index]!, metric, context);
  return first.index;
}

function sayIfTossUp(
  best: Contender,
  next: Contender,
  metric: Metric,
  { log, seed }: Pick<StageContext<EvaluateStage>, 'log' | 'seed'>,
): void {
  const { p, difference } = compare(next.predictions, best.predictions, metric, `${seed}/choice`);
  if (!(p > 0.05)) return;
  log(
    'info',
    `${best.name} and ${next.name} are equally good within chance: ${metric.name} ${shown(best.value!)} and ${shown(next.value!)} on validation (difference ${shown(Math.abs(difference))}, p = ${p.toFixed(2)}).`,
    { code: 'choice-within-chance', hint: 'Prefer the smaller or simpler one, or validate on more rows.' },
  );
}

/** By how much the second model differs from the first on the same rows: DeLong's test for the AUC of two classes, else a paired bootstrap. */
export function compare(first: Predictions, second: Predictions, metric: Metric, seed: string): Difference {
  if (metric.name === 'auc' && first.task === 'binary' && second.task === 'binary')
    return delongTest(first.actual, first.scores!, second.scores!);
  const [a, b] = [part(first, COMPARED_ROWS, seed), part(second, COMPARED_ROWS, seed)];
  return pairedBootstrap([metric.name], a, b, { seed, replicates: REPLICATES })[metric.name];
}
