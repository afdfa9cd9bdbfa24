import { checkColumns } from './columns';
import { circles, reachable } from './graph';
import { type Columns, type Elsewhere, Network, type Placed, type Report, sameName, sameReferences } from './network';
import { checkAgainstData, checkReferences, checkUnused, isUncertain, reportCircle } from './references';
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
  /** Stages of which it is open what they refer to: with any of them nobody knows what is used. */
  private readonly uncertain: ReadonlySet<number>;
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
    const change = before && this.changeSince(before, stages);
    const network = before && change && new Network(stages, before.network, change.rewired);
    // What did not go in a circle does so now only through what refers to others than before.
    const closed = network && change.rewired.some((i) => reachable(network.edges, network.edges[i] ?? []).has(i));
    if (network && !closed) {
      this.network = network;
      this.circular = false;
      const { changed, rewired } = change;
      const uncertain = new Set(before.uncertain);
      for (const i of changed) {
        const stage = stages[i];
        if (stage && isUncertain(stage, network)) uncertain.add(i);
        else uncertain.delete(i);
      }
      this.uncertain = uncertain;
      const behind = rewired.length > 0 ? reachable(network.users, rewired) : new Set<number>();
      const origins = behind.size > 0 ? [...before.origins] : before.origins;
      for (const i of behind) (origins as (number | undefined)[])[i] = this.originOf(stages[i]);
      this.origins = origins;
      this.said =
        changed.size === 0
          ? before.said
          : before.said.map((said, i) => {
              const stage = stages[i];
              const origin = origins[i];
              const concerned = changed.has(i) || behind.has(i) || (origin !== undefined && changed.has(origin));
              return stage && concerned ? this.check(stage) : said;
            });
      return;
    }
    this.network = new Network(stages);
    this.uncertain = new Set(stages.filter((stage) => isUncertain(stage, this.network)).map(({ index }) => index));
    const found = circles(this.network.edges);
    this.circular = found.length > 0;
    this.origins = stages.map((stage) => this.originOf(stage));
    const closing = new Map<number, Said[]>();
    for (const circle of found)
      reportCircle(this.network, circle, ({ index }, problem, related) => {
        closing.set(index, [...(closing.get(index) ?? []), { problem, ...(related && { related }) }]);
      });
    this.said = stages.map((stage) => {
      const said = this.check(stage);
      const circle = closing.get(stage.index);
      return circle ? [...said, ...circle] : said;
    });
  }

  /** Stages that nothing uses; nothing is said of them while that is open. */
  unused(report: Report): void {
    if (this.uncertain.size === 0) checkUnused(this.network, report);
  }

  private originOf(stage: Placed | undefined): number | undefined {
    return stage && this.network.dataOf(stage.unit)?.index;
  }

  /** The numbers of the stages that changed; undefined when they are others, or too many. */
  private changeSince(
    before: Links,
    stages: readonly Placed[],
  ): { changed: ReadonlySet<number>; rewired: readonly number[] } | undefined {
    const old = before.network.stages;
    if (before.circular || old.length !== stages.length) return undefined;
    const changed = new Set<number>();
    const rewired: number[] = [];
    for (let i = 0; i < stages.length; i++) {
      const was = old[i]?.unit;
      const is = stages[i]?.unit;
      if (!was || !is || before.columns[i] !== this.columns[i]) return undefined;
      if (was === is) continue;
      if (changed.size >= FEW || !sameName(was, is)) return undefined;
      changed.add(i);
      if (!sameReferences(was, is)) rewired.push(i);
    }
    return { changed, rewired };
  }

  private check(stage: Placed): readonly Said[] {
    const said: Said[] = [];
    const report: Report = (_stage, problem, related) => said.push({ problem, ...(related && { related }) });
    const columnsOf = ({ index }: Placed) => this.columns[index];
    checkReferences(this.network, stage, report);
    checkAgainstData(this.network, stage, columnsOf, report);
    for (const problem of checkColumns(this.network, stage, columnsOf)) said.push({ problem });
    return said.length === 0 ? nothing : said;
  }
}

const nothing: readonly never[] = [];
