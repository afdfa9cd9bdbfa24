import { networkOf } from '../lifecycle/pipeline/analyze';
import { type Placed, sameName, sameReferences } from '../lifecycle/pipeline/network';
import type { Misfit } from '../lifecycle/model/layers';
import { isNetwork, networkShape } from './layers';
import type { Source } from './source';
import type { Workspace } from './workspace';

/** A stage whose layers don't fit. */
export interface Misfitting {
  readonly stage: Placed;
  readonly misfit: Misfit;
}

interface Judged {
  /** The data stage that decides what goes in, by its number. */
  readonly origin: number | undefined;
  readonly misfit: Misfit | undefined;
}

interface Known {
  readonly stages: readonly Placed[];
  readonly world: string;
  /** By the number of the stage; only stages that train a network. */
  readonly judged: Map<number, Judged>;
  /** The numbers of those that don't fit. */
  readonly bad: Set<number>;
}

const known = new WeakMap<Source, Known>();

/**
 * The stages whose layers don't fit onto what comes before them; only where the data is known. What was found of the text before is taken over, but for
 * stages that changed, or whose data stage did: one keystroke lays out one network.
 */
export function misfitsIn(workspace: Workspace, source: Source): Misfitting[] {
  const analysis = source.analysis();
  const network = networkOf(analysis);
  const { stages } = network;
  const world = `${workspace.columns.state} ${workspace.runs.state}`;
  const last = known.get(source);
  const before = last?.world === world ? last : undefined;
  const changed = before && changedIn(before.stages, stages);
  const judged = changed ? before.judged : new Map<number, Judged>();
  const bad = changed ? before.bad : new Set<number>();
  const judge = (i: number): void => {
    const stage = stages[i];
    judged.delete(i);
    bad.delete(i);
    if (!stage || !isNetwork(stage.unit)) return;
    const misfit = networkShape(workspace, analysis, stage.unit)?.misfit;
    judged.set(i, { origin: network.dataOf(stage.unit)?.index, misfit });
    if (misfit) bad.add(i);
  };
  if (changed) {
    const fed: number[] = [];
    if (changed.stages.length > 0)
      for (const [i, { origin }] of judged) {
        const unit = changed.rewired ? stages[i]?.unit : undefined;
        if (
          (origin !== undefined && changed.stages.includes(origin)) ||
          (unit && network.dataOf(unit)?.index !== origin)
        )
          fed.push(i);
      }
    for (const i of new Set([...changed.stages, ...fed])) judge(i);
  } else if (workspace.columns.state > 0 || workspace.runs.facts(analysis))
    for (let i = 0; i < stages.length; i++) judge(i);
  known.set(source, { stages, world, judged, bad });
  return [...bad]
    .sort((a, b) => a - b)
    .flatMap((i) => {
      const stage = stages[i];
      const misfit = judged.get(i)?.misfit;
      return stage && misfit ? [{ stage, misfit }] : [];
    });
}

/** More changed stages than so many are no longer an edit. */
const FEW = 20;

/** The numbers of the stages that changed, and whether one refers to others now; undefined when the stages are others, or too many changed. */
function changedIn(
  before: readonly Placed[],
  now: readonly Placed[],
): { stages: readonly number[]; rewired: boolean } | undefined {
  if (before.length !== now.length) return undefined;
  const stages: number[] = [];
  let rewired = false;
  for (let i = 0; i < now.length && before !== now; i++) {
    const was = before[i]?.unit;
    const is = now[i]?.unit;
    if (was === is) continue;
    if (!was || !is || stages.length >= FEW || !sameName(was, is)) return undefined;
    stages.push(i);
    rewired ||= !sameReferences(was, is);
  }
  return { stages, rewired };
}
