import { palette } from '../ui-kit';
import type { RunState, Series } from '../protocol';
import { placeOf } from '../ui-kit/series';

/** How curves are called and drawn. */
export interface CurveLooks {
  labelOf(series: Series): string;
  strokeOf(series: Series): { color: string; dash: number[] };
}

/** Whose curves are drawn: a run, or several of which the mean is drawn. */
export interface CurveOwner {
  readonly id: string;
  /** Empty for a run that is alone: then nothing needs to be told apart. */
  readonly name: string;
  /** Place in the palette. */
  readonly hue: number;
  readonly stages: RunState['stages'];
  /** Whether it is a mean: then the steps of its curves are places on the axis that is shown. */
  readonly mean?: true;
}

/** Colour by run where there are several, else by stage; dashes tell what shares a colour. */
export function curveLooks(series: readonly Series[], owners: readonly CurveOwner[]): CurveLooks {
  const stages = [...new Set(series.map(({ stage }) => stage))];
  const known = new Map(owners.map((owner) => [owner.id, owner]));
  const labelOf = ({ run, stage, name }: Series): string => {
    const { split } = placeOf(name);
    return [known.get(run)?.name, stage, split].filter(Boolean).join(' ');
  };

  const strokeOf = ({ run, stage, name }: Series): { color: string; dash: number[] } => {
    const { split } = placeOf(name);
    const isSplit = split !== '' && !/^train/.test(split);
    if (owners.length > 1) {
      const stroke = palette(known.get(run)?.hue ?? 0);
      const dashes: readonly number[][] = [[...stroke.dash], [9, 3], [1, 3], [9, 3, 1, 3]];
      return { color: stroke.color, dash: isSplit ? [5, 4] : (dashes[stages.indexOf(stage) % dashes.length] ?? []) };
    }
    const stroke = palette(stages.indexOf(stage));
    return { color: stroke.color, dash: isSplit ? [5, 4] : [...stroke.dash] };
  };
  return { labelOf, strokeOf };
}
