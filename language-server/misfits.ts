import { networkOf } from '../lifecycle/pipeline/analyze';
import { type Placed, sameName, sameReferences } from '../lifecycle/pipeline/network';
import type { Misfit } from '../lifecycle/model/layers';
import type { Unit } from '../lifecycle/pipeline/stage';
import { networkShape } from './layers';
import type { Source } from './source';
import type { Workspace } from './workspace';

/** A stage whose layers don't fit. */
export interface Misfitting {
  readonly stage: Placed;
  readonly misfit: Misfit;
}

interface Judged {
  /** The data stage that decides what goes in, and its number. */
  readonly origin: Placed | undefined;
  readonly misfit: Misfit | undefined;
}

interface Known {
  readonly stages: readonly Placed[];
  readonly world: string;
  /** Only stages that train a network. */
  readonly judged: ReadonlyMap<Unit, Judged>;
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
  const sameGraph = before !== undefined && alike(before.stages, stages);
  const judged = new Map<Unit, Judged>();
  const found: Misfitting[] = [];
  for (const stage of stages) {
    const { unit } = stage;
    if (unit.kind !== 'train' || !isNetwork(unit.value)) continue;
    const was = before?.judged.get(unit);
    const origin = was && sameGraph ? was.origin && stages[was.origin.index] : network.dataOf(unit);
    const misfit =
      was && was.origin?.unit === origin?.unit ? was.misfit : networkShape(workspace, analysis, unit)?.misfit;
    judged.set(unit, { origin, misfit });
    if (misfit) found.push({ stage, misfit });
  }
  known.set(source, { stages, world, judged });
  return found;
}

function isNetwork(value: Unit['value']): boolean {
  return value?.kind === 'train' && typeof value.model === 'object' && value.model.kind === 'network';
}

/** Do stages of the same names refer to each other in the same way? */
function alike(before: readonly Placed[], now: readonly Placed[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ unit }, i) => {
      const was = before[i]?.unit;
      return was === unit || (was !== undefined && sameName(was, unit) && sameReferences(was, unit));
    })
  );
}
