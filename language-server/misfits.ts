import { networkOf } from '../lifecycle/pipeline/analyze';
import { type Placed, sameName, sameReferences } from '../lifecycle/pipeline/network';
import type { Misfit } from '../lifecycle/model/layers';
import { networkShape } from './layers';
import type { Source } from './source';
import type { Workspace } from './workspace';

/** A stage whose layers don't fit. */
export interface Misfitting {
  readonly stage: Placed;
  readonly misfit: Misfit;
}

interface Judged {
  /** The number of the data stage that decides what goes in. */
  readonly origin: number | undefined;
  readonly misfit: Misfit | undefined;
}

interface Known {
  readonly stages: readonly Placed[];
  readonly world: string;
  /** By the number of the stage; only stages that train a network. */
  readonly judged: ReadonlyMap<number, Judged>;
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
  const before = last && last.world === world && sameGraph(last.stages, stages) ? last : undefined;
  const judged = new Map<number, Judged>();
  for (let i = 0; i < stages.length; i++) {
    const unit = stages[i]?.unit;
    if (unit?.kind !== 'train' || !isNetwork(unit.value)) continue;
    const was = before?.stages[i]?.unit === unit ? before.judged.get(i) : undefined;
    const same = was && (was.origin === undefined || before?.stages[was.origin]?.unit === stages[was.origin]?.unit);
    judged.set(
      i,
      same
        ? was
        : {
            origin: network.dataOf(unit)?.index,
            misfit: networkShape(workspace, analysis, unit)?.misfit,
          },
    );
  }
  known.set(source, { stages, world, judged });
  return [...judged].flatMap(([i, { misfit }]) => {
    const stage = stages[i];
    return stage && misfit ? [{ stage, misfit }] : [];
  });
}

function isNetwork(value: Placed['unit']['value']): boolean {
  return value?.kind === 'train' && typeof value.model === 'object' && value.model.kind === 'network';
}

function sameGraph(before: readonly Placed[], now: readonly Placed[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ unit }, i) => {
      const was = before[i]?.unit;
      return was === unit || (was !== undefined && sameName(was, unit) && sameReferences(was, unit));
    })
  );
}
