import { checkColumns } from './columns';
import { circles, reachable } from './graph';
import { type Columns, type Elsewhere, Network, type Placed, type Report, sameName, sameReferences } from './network';
import { checkAgainstData, checkReferences, isUncertain, isUnused, reportCircle, reportUnused } from './references';
import { reportSkew } from './skew-hints';
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

/** Stages that are the same, read from the same text, as some stages before: so many at the beginning and at the end. */
export interface SameStages {
  readonly of: readonly Placed[];
  readonly head: number;
  readonly tail: number;
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
  /** The numbers of the stages of which something is said, in order. */
  readonly loud: readonly number[];
  private readonly columns: readonly (readonly Columns[] | undefined)[];
  /** Stages of which it is open what they refer to: with any of them nobody knows what is used. */
  private readonly uncertain: ReadonlySet<number>;
  private readonly circular: boolean;
  /** The numbers of the stages that nothing uses. */
  private readonly idle: readonly number[];
  /** The data stage behind each stage. */
  private readonly origins: readonly (number | undefined)[];

  /**
   * @param before what was found of an earlier state of the same file
   * @param same which stages are those of some earlier state; used when that is the one of `before`
   */
  constructor(stages: readonly Placed[], world: World, before?: Links, same?: SameStages) {
    const old = before?.network.stages;
    const alike = old !== undefined && same?.of === old && stages.length === old.length ? same : undefined;
    const from = alike?.head ?? 0;
    const to = stages.length - (alike?.tail ?? 0);
    const take = alike !== undefined && world.same;
    const columns: (readonly Columns[] | undefined)[] = take ? before!.columns.slice() : [];
    const outside: (readonly Problem[])[] = take ? before!.outside.slice() : [];
    for (let i = take ? from : 0; i < (take ? to : stages.length); i++) {
      const stage = stages[i];
      if (!stage) continue;
      const { unit } = stage;
      if (before && world.same && old?.[i]?.unit === unit) {
        columns[i] = before.columns[i];
        outside[i] = before.outside[i] ?? nothing;
        continue;
      }
      columns[i] = unit.kind === 'data' ? world.columnsOf(unit) : undefined;
      const found = world.problemsOf(unit);
      outside[i] = found.length === 0 ? nothing : found;
    }
    this.columns = columns;
    this.outside = outside;
    const change = before && this.changeSince(before, stages, from, to, take);
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
      network.noteOrigins(origins);
      const turned = new Set(rewired.flatMap((i) => [...(before.network.edges[i] ?? []), ...(network.edges[i] ?? [])]));
      this.idle =
        turned.size === 0
          ? before.idle
          : [...before.idle.filter((i) => !turned.has(i)), ...[...turned].filter((i) => isUnused(network, i))].sort(
              (a, b) => a - b,
            );
      const concerned = new Set([...changed, ...behind]);
      for (const i of changed) for (let j = origins.indexOf(i); j >= 0; j = origins.indexOf(i, j + 1)) concerned.add(j);
      // Which data is behind them is a guess that the stages changed may bear on.
      if (changed.size > 0 && uncertain.size > 0)
        for (const i of network.ofKinds(['evaluate'])) if (origins[i] === undefined) concerned.add(i);
      const said = concerned.size === 0 ? before.said : before.said.slice();
      for (const i of concerned) {
        const stage = stages[i];
        if (stage) (said as (readonly Said[])[])[i] = this.check(stage);
      }
      this.said = said;
      this.loud = world.same
        ? [...before.loud.filter((i) => !concerned.has(i)), ...[...concerned].filter((i) => this.isLoud(i))].sort(
            (a, b) => a - b,
          )
        : this.findLoud();
      return;
    }
    this.network = new Network(stages);
    this.uncertain = new Set(stages.filter((stage) => isUncertain(stage, this.network)).map(({ index }) => index));
    const found = circles(this.network.edges);
    this.circular = found.length > 0;
    this.origins = stages.map((stage) => this.originOf(stage));
    this.network.noteOrigins(this.origins);
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
    this.loud = this.findLoud();
    this.idle = stages.flatMap((_stage, i) => (isUnused(this.network, i) ? [i] : []));
  }

  private isLoud(i: number): boolean {
    return (this.said[i]?.length ?? 0) + (this.outside[i]?.length ?? 0) > 0;
  }

  private findLoud(): number[] {
    const loud: number[] = [];
    for (let i = 0; i < this.said.length; i++) if (this.isLoud(i)) loud.push(i);
    return loud;
  }

  /** Stages that nothing uses; nothing is said of them while that is open. */
  unused(report: Report): void {
    if (this.uncertain.size > 0) return;
    for (const i of this.idle) {
      const stage = this.network.stages[i];
      if (stage) reportUnused(stage, report);
    }
  }

  /** Targets that a logarithm would suit better. */
  skewed(report: Report): void {
    if (this.columns.some((columns) => columns !== undefined))
      reportSkew(this.network, (index) => this.columns[index], report);
  }

  private originOf(stage: Placed | undefined): number | undefined {
    return stage && this.network.dataOf(stage.unit)?.index;
  }

  /** The numbers of the stages that changed; undefined when they are others, or too many. */
  private changeSince(
    before: Links,
    stages: readonly Placed[],
    from: number,
    to: number,
    sameWorld: boolean,
  ): { changed: ReadonlySet<number>; rewired: readonly number[] } | undefined {
    const old = before.network.stages;
    if (before.circular || old.length !== stages.length) return undefined;
    const changed = new Set<number>();
    const rewired: number[] = [];
    if (!sameWorld) for (let i = 0; i < stages.length; i++) if (before.columns[i] !== this.columns[i]) return undefined;
    for (let i = from; i < to; i++) {
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
