import { palette } from '../ui-kit';
import type { RunState, Series } from '../protocol';
import { placeOf } from './smooth';

/** How curves are called and drawn. */
export interface CurveLooks {
  labelOf(series: Series): string;
  strokeOf(series: Series): { color: string; dash: number[] };
}

/**
 * Colour by run where there are several, else by stage; dashes tell what shares a colour.
 * @param hueOf place of a run in the palette
 */
export function curveLooks(
  series: readonly Series[],
  runs: readonly RunState[],
  hueOf: (run: string) => number,
  nameOf: (run: string) => string,
): CurveLooks {
  const stages = [...new Set(series.map(({ stage }) => stage))];
  const labelOf = ({ run, stage, name }: Series): string => {
    const { split } = placeOf(name);
    const parts = [runs.length > 1 ? nameOf(run) : '', stage, split];
    return parts.filter(Boolean).join(' ');
  };

  const strokeOf = ({ run, stage, name }: Series): { color: string; dash: number[] } => {
    const { split } = placeOf(name);
    const isSplit = split !== '' && !/^train/.test(split);
    if (runs.length > 1) {
      const stroke = palette(hueOf(run));
      const dashes: readonly number[][] = [[...stroke.dash], [9, 3], [1, 3], [9, 3, 1, 3]];
      return { color: stroke.color, dash: isSplit ? [5, 4] : (dashes[stages.indexOf(stage) % dashes.length] ?? []) };
    }
    const stroke = palette(stages.indexOf(stage));
    return { color: stroke.color, dash: isSplit ? [5, 4] : [...stroke.dash] };
  };
  return { labelOf, strokeOf };
}
