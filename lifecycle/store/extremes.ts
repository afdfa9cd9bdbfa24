import type { RunEvent, RunRecord } from '../../schemas/generated/types';
import { decodeNumber } from './events';

/** Smallest and largest finite value of each series by name. */
export type Ranges = NonNullable<RunRecord['stages'][string]['ranges']>;

/** Series of a stage whose ends are kept: a record must stay small. */
const most = 200;

/** Follows the events of a run for the smallest and the largest value of each series, so that its record can tell them without its events. */
export class Extremes {
  private readonly stages = new Map<string, Map<string, { least: number; greatest: number }>>();

  take(event: RunEvent): void {
    if (event.type !== 'metric') return;
    const value = decodeNumber(event.value);
    if (!Number.isFinite(value)) return;
    const series = this.stages.get(event.stage) ?? new Map<string, { least: number; greatest: number }>();
    if (series.size === 0) this.stages.set(event.stage, series);
    const known = series.get(event.name);
    if (!known) {
      if (series.size < most) series.set(event.name, { least: value, greatest: value });
      return;
    }
    if (value < known.least) known.least = value;
    if (value > known.greatest) known.greatest = value;
  }

  /** What is known of a stage; undefined where it logged nothing finite. */
  of(stage: string): Ranges | undefined {
    const series = this.stages.get(stage);
    return series && Object.fromEntries(series);
  }
}
