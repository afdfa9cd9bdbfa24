import { gridOf, type Grid } from '../../statistics/grid';
import { hashesOf } from '../rest';
import type { Counting } from './file';
import type { LogPass } from './log';
import { ANSWER } from './table';
import { MOST_KNOWN } from './vocabulary';

/** How the files of a log are counted. */
export function countingOf(pass: LogPass): Counting {
  const { readings, names, binners, info, seed, reference, prediction } = pass;
  const grids = new Map<string, Grid>();
  const labels = new Map<string, readonly string[]>();
  const kept = new Map<string, Float64Array>();
  for (const [name, profile] of Object.entries({ ...reference, ...(prediction && { [ANSWER]: prediction }) }))
    if (profile.kind === 'number') grids.set(name, profile.grid ?? gridOf(profile.sample));
    else {
      kept.set(name, hashesOf(profile.counts.keys()));
      if (profile.counts.size <= MOST_KNOWN) labels.set(name, [...profile.counts.keys()]);
    }
  if (prediction === undefined && info !== undefined && info.task !== 'multiclass')
    grids.set(ANSWER, info.task === 'binary' ? { center: 0.5, scale: 0.25 } : { center: 0, scale: 1 });
  const each = pass.each === undefined ? undefined : pass.each * 3_600_000;
  return {
    ...{ readings, names, binners, info, each, seed },
    grids: Object.fromEntries(grids),
    labels: Object.fromEntries(labels),
    kept: Object.fromEntries(kept),
    texts: pass.exact,
  };
}
