import type { RunSummary, StageSummary } from '../../lifecycle/store/summary';
import type { Series as KeptSeries } from '../../lifecycle/store/series';
import { readPyramid } from '../../lifecycle/store/pyramid';
import type { RunState, Series, StageState } from '../../webviews/protocol';
import type { WorkspaceRun } from '../runs';
import { deviceName } from '../../lifecycle/report/words';
import { headline } from '../views/words';

/** Points that a chart gets at most of one curve: about two a pixel. */
export const mostPoints = 2_000;
/** Places of points that were not finite, marked at most. */
const mostMarks = 200;

export function runState(summary: RunSummary): RunState {
  const started = Date.parse(summary.created);
  return {
    id: summary.id,
    pipeline: summary.pipeline,
    status: summary.status,
    started,
    seconds: summary.seconds ?? Math.max(0, (Date.now() - started) / 1000),
    ...(summary.paused ? { paused: true } : {}),
    stages: summary.stages.map(stageState),
  };
}

export function stageState(stage: StageSummary): StageState {
  const { name, kind, state, fraction, doing, device, control, seconds, summary, reason, error, metrics, checkpoints } =
    stage;
  return {
    name,
    kind,
    status: state === 'lost' ? 'failed' : state,
    ...(fraction === undefined ? {} : { fraction }),
    ...(doing === undefined ? {} : { message: doing }),
    ...(device === undefined ? {} : { device: deviceName(device) }),
    ...(control === undefined ? {} : { control }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(summary === undefined ? {} : { summary }),
    ...(reason === undefined ? {} : { reason }),
    ...(error ? { error: error.message } : state === 'lost' ? { error: 'The process ended unexpectedly.' } : {}),
    headline: headline(metrics, 3),
    metrics,
    ...(checkpoints
      ? {
          checkpoints: {
            count: checkpoints.count,
            marks: checkpoints.marks.map(({ time, ...mark }) => ({ ...mark, time: Date.parse(time) })),
          },
        }
      : {}),
  };
}

/** Whether a run logged more points than its summary keeps. */
export const isLong = ({ stages }: RunSummary): boolean =>
  stages.some((stage) => Object.values(stage.series).some(({ stride }) => stride > 1));

/**
 * The curves of a run, each with at most {@link mostPoints} points. What has more is cut into buckets with smallest and largest value, so that
 * spikes survive; long series come from the pyramid beside the events where there is one.
 * @param range steps that are looked at
 */
export async function seriesOf(
  run: WorkspaceRun,
  summary: RunSummary,
  range?: readonly [number, number],
): Promise<Series[]> {
  const pyramid = isLong(summary) && summary.status !== 'running' ? await readPyramid(run.store, run.id) : undefined;
  const found: Series[] = [];
  for (const stage of summary.stages)
    for (const [name, series] of Object.entries(stage.series)) {
      const fine = series.stride > 1 ? await pyramid?.buckets(stage.name, name, mostPoints, range) : undefined;
      found.push(
        fine
          ? { run: run.id, stage: stage.name, name, ...fine, points: series.count }
          : bucketed(run.id, stage.name, name, series, range),
      );
    }
  return found;
}

function bucketed(
  run: string,
  stage: string,
  name: string,
  series: KeptSeries,
  range?: readonly [number, number],
): Series {
  const { steps, values, epochs, times } = series;
  let [from, to] = [0, values.length];
  if (range) {
    from = Math.max(0, steps.findIndex((step) => step >= range[0]) - 1);
    const after = steps.findIndex((step) => step > range[1]);
    to = after < 0 ? values.length : Math.min(values.length, after + 1);
  }
  const brokenAt: number[] = [];
  let broken = 0;
  for (let index = 0; index < values.length; index++)
    if (!Number.isFinite(values[index])) {
      broken++;
      if (brokenAt.length < mostMarks) brokenAt.push(steps[index] ?? 0);
    }
  const size = Math.max(1, Math.ceil((to - from) / mostPoints));
  const out = {
    steps: [] as number[],
    values: [] as (number | null)[],
    low: [] as (number | null)[],
    high: [] as (number | null)[],
    epochs: [] as (number | null)[],
    times: [] as number[],
  };
  for (let start = from; start < to; start += size) {
    const end = Math.min(start + size, to);
    let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
    for (let index = start; index < end; index++) {
      const value = values[index] ?? NaN;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
      count++;
    }
    out.steps.push(steps[start] ?? 0);
    out.values.push(count === 0 ? null : sum / count);
    out.low.push(count === 0 ? null : low);
    out.high.push(count === 0 ? null : high);
    out.epochs.push(finite(epochs?.[start]));
    out.times.push(times[start] ?? 0);
  }
  return {
    run,
    stage,
    name,
    steps: out.steps,
    values: out.values,
    ...(size > 1 || series.stride > 1 ? { low: out.low, high: out.high } : {}),
    ...(epochs ? { epochs: out.epochs } : {}),
    times: out.times,
    broken,
    brokenAt,
    points: series.count,
  };
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
