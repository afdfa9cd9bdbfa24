import { checkColumns } from './columns';
import { circles } from './graph';
import { type Columns, type Elsewhere, Network, type Placed, type Report, sameShape } from './network';
import { checkAgainstData, checkReferences, reportCircle, usedStages } from './references';
import type { Unit } from './stage';
import type { Problem } from './types';

/** Something that is wrong between stages; ranges count in the stages' texts. */
export interface Said {
  readonly problem: Problem;
  readonly related?: readonly Elsewhere[];
}

/** What is around a file. */
export interface World {
  /** Is it the same as before? Then it is not asked about stages that did not change. */
  readonly same: boolean;
  /** Columns of a data stage; the same list as long as they are the same. */
  columnsOf(data: Unit): readonly Columns[] | undefined;
  /** What is wrong with the files and targets that a stage names; ranges count in its text. */
  problemsOf(unit: Unit): readonly Problem[];
}

/** Changed stages beyond which everything is looked at anew. */
const FEW = 20;

/**
 * The stages of a file and what is wrong between them. When only a few stages changed since, and in no way that matters to others, the rest of
 * the answers is taken over; so one keystroke costs one stage.
 */
export class Links {
  readonly network: Network;
  /** By the number of the stage. */
  readonly said: readonly (readonly Said[])[];
  /** What is wrong with the files and targets that a stage names, by its number. */
  readonly outside: readonly (readonly Problem[])[];
  private readonly columns: readonly (readonly Columns[] | undefined)[];
  private readonly used: ReadonlySet<number> | undefined;
  private readonly circular: boolean;
  /** The data stage behind each stage. */
  private readonly origins: readonly (number | undefined)[];

  /** @param before what was found of an earlier state of the same file */
  constructor(stages: readonly Placed[], world: World, before?: Links) {
    const columns: (readonly Columns[] | undefined)[] = [];
    const outside: (readonly Problem[])[] = [];
    const old = before?.network.stages;
    for (let i = 0; i < stages.length; i++) {
      const stage = stages[i];
      if (!stage) continue;
      const { unit } = stage;
      if (before && world.same && old?.[i]?.unit === unit) {
        columns.push(before.columns[i]);
        outside.push(before.outside[i] ?? nothing);
        continue;
      }
      columns.push(unit.kind === 'data' ? world.columnsOf(unit) : undefined);
      const found = world.problemsOf(unit);
      outside.push(found.length === 0 ? nothing : found);
    }
    this.columns = columns;
    this.outside = outside;
    const changed = before && this.changedSince(before, stages);
    if (before && changed) {
      this.network = new Network(stages, before.network);
      this.used = before.used;
      this.circular = false;
      this.origins = before.origins;
      if (changed.size === 0) {
        this.said = before.said;
        return;
      }
      this.said = before.said.map((said, i) => {
        const stage = stages[i];
        const origin = this.origins[i];
        return stage && (changed.has(i) || (origin !== undefined && changed.has(origin))) ? this.check(stage) : said;
      });
      return;
    }
    this.network = new Network(stages);
    this.used = usedStages(this.network);
    const found = circles(this.network.edges);
    this.circular = found.length > 0;
    this.origins = stages.map(({ unit }) => this.network.dataOf(unit)?.index);
    const closing = new Map<number, Said[]>();
    for (const circle of found)
      reportCircle(this.network, circle, ({ index }, problem, related) => {
        closing.set(index, [...(closing.get(index) ?? []), { problem, ...(related && { related }) }]);
      });
    this.said = stages.map((stage) => [...this.check(stage), ...(closing.get(stage.index) ?? [])]);
  }

  /** The numbers of the stages that changed; undefined when the graph or something that others look at changed with them. */
  private changedSince(before: Links, stages: readonly Placed[]): Set<number> | undefined {
    const old = before.network.stages;
    if (before.circular || old.length !== stages.length) return undefined;
    const changed = new Set<number>();
    for (let i = 0; i < stages.length; i++) {
      const was = old[i]?.unit;
      const is = stages[i]?.unit;
      if (!was || !is || before.columns[i] !== this.columns[i]) return undefined;
      if (was === is) continue;
      if (changed.size >= FEW || !sameShape(was, is)) return undefined;
      changed.add(i);
    }
    return changed;
  }

  private check(stage: Placed): readonly Said[] {
    const said: Said[] = [];
    const report: Report = (_stage, problem, related) => said.push({ problem, ...(related && { related }) });
    const columnsOf = ({ index }: Placed) => this.columns[index];
    checkReferences(this.network, stage, this.used, report);
    checkAgainstData(this.network, stage, columnsOf, report);
    for (const problem of checkColumns(this.network, stage, columnsOf)) said.push({ problem });
    return said.length === 0 ? nothing : said;
  }
}

const nothing: readonly never[] = [];
