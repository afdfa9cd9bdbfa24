import type { SentSeries } from '../../schemas/shown';
import type { Series } from '../store/series';
import type { StageSummary } from '../store/summary';

/** Marks on one small chart: more can't be told apart. */
const most = 40;

/** The curves of a stage with the places where its training was kept on disk; those of a stage that was reused have none. */
export function withCheckpoints(
  curves: readonly SentSeries[],
  { series, checkpoints }: Pick<StageSummary, 'series' | 'checkpoints'>,
): SentSeries[] {
  const marks = checkpoints?.marks ?? [];
  const every = Math.max(1, Math.ceil(marks.length / most));
  // The newest is always there.
  const times = marks
    .filter((_, index) => (marks.length - 1 - index) % every === 0)
    .map(({ time }) => Date.parse(time));
  return curves.map((curve) => {
    const told = series[curve.name];
    const steps = told ? times.map((time) => stepAt(told, time)).filter((step) => Number.isFinite(step)) : [];
    return steps.length > 0 ? { ...curve, checkpoints: steps } : curve;
  });
}

/** The step at which a curve was at a time, between its points by the clock: a curve may count other steps than a checkpoint does. */
function stepAt({ steps, times }: Series, time: number): number {
  if (!times.some(Number.isFinite)) return NaN;
  const after = times.findIndex((each) => each >= time);
  if (after < 0) return steps.at(-1) ?? NaN;
  const [left, right] = [steps[after - 1], steps[after] ?? NaN];
  const [from, to] = [times[after - 1], times[after] ?? NaN];
  if (left === undefined || from === undefined || !(to > from)) return right;
  return left + ((right - left) * (time - from)) / (to - from);
}
