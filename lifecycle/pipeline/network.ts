import { reversed } from './graph';
import type { RawReference, Unit } from './stage';
import { nodeAt, textOf } from './tree';
import type { Problem, Range } from './types';

/** A stage in its file: the unit and the offset at which its text begins. */
export interface Placed {
  readonly unit: Unit;
  readonly base: number;
  /** Its number among the stages of the file; -1 for a stage that was read beside them. */
  readonly index: number;
}

export interface Columns {
  readonly name: string;
  readonly type: 'number' | 'text' | 'boolean' | 'time';
  /** Of the rows looked at, where they were: least value, distinct values, and how they lean. */
  readonly min?: number | string;
  readonly distinct?: number;
  readonly skew?: number;
  readonly logSkew?: number;
  /** Of the rows looked at too: the largest value, how many have none, and the most frequent values, all of them where they are as many as `distinct`. */
  readonly max?: number | string;
  readonly missing?: number;
  readonly values?: readonly { readonly value: string | number | boolean; readonly count: number }[];
  /** Of texts that are numbers but for a few, or for how they are written: texts that may mean missing, others in the way, the decimal sign. */
  readonly advice?: {
    readonly missing: readonly string[];
    readonly odd?: readonly string[];
    readonly decimal?: '.' | ',';
  };
  /** Rows of the source that equal an earlier one in every column, of the first so many. */
  readonly copies?: { readonly rows: number; readonly of: number };
  /** Rows of the source in all, where all were looked at or it says so itself. */
  readonly rows?: number;
}

/** The stages of one file and what their references mean. */
export class Network {
  /** First stage of each name. */
  readonly byName: ReadonlyMap<string, number>;
  readonly edges: readonly (readonly number[])[];

  /**
   * @param like a network of stages of the same names, one by one: what is known of its graph is taken over
   * @param rewired the numbers of stages that refer to others than they did there
   */
  constructor(
    readonly stages: readonly Placed[],
    like?: Network,
    rewired: readonly number[] = [],
  ) {
    if (like) {
      this.byName = like.byName;
      this.kinds = like.kinds;
      if (rewired.length === 0) {
        this.edges = like.edges;
        this.backwards = like.backwards;
        return;
      }
      const edges = like.edges.slice();
      const users = like.backwards?.slice();
      for (const i of rewired) {
        const was = edges[i] ?? [];
        const is = targetsOf(stages[i], like.byName);
        edges[i] = is;
        if (!users) continue;
        for (const to of was) users[to] = (users[to] ?? []).filter((each) => each !== i);
        for (const to of is) users[to] = [...(users[to] ?? []), i].sort((a, b) => a - b);
      }
      this.edges = edges;
      this.backwards = users;
      return;
    }
    const byName = new Map<string, number>();
    stages.forEach(({ unit }, i) => {
      if (!byName.has(unit.name)) byName.set(unit.name, i);
    });
    this.byName = byName;
    this.edges = stages.map((stage) => targetsOf(stage, byName));
  }

  private backwards: readonly (readonly number[])[] | undefined;

  /** By the number of a stage, those that refer to it. */
  get users(): readonly (readonly number[])[] {
    return (this.backwards ??= reversed(this.edges));
  }

  at(name: string): Placed | undefined {
    const index = this.byName.get(name);
    return index === undefined ? undefined : this.stages[index];
  }

  /** Shared by networks of the same names and kinds. */
  private readonly kinds: { by: Map<string, readonly number[]> | undefined } = { by: undefined };

  /** The numbers of the stages of some kinds, in order; of several with one name the first. */
  ofKinds(kinds: readonly string[]): readonly number[] {
    if (!this.kinds.by) {
      const by = new Map<string, number[]>();
      this.stages.forEach(({ unit: { name, kind } }, i) => {
        if (kind === undefined || this.byName.get(name) !== i) return;
        const list = by.get(kind);
        if (list) list.push(i);
        else by.set(kind, [i]);
      });
      this.kinds.by = by;
    }
    const { by } = this.kinds;
    const lists = [...new Set(kinds)].flatMap((kind) => {
      const list = by.get(kind);
      return list ? [list] : [];
    });
    return lists.length < 2 ? (lists[0] ?? []) : lists.flat().sort((a, b) => a - b);
  }

  private readonly origins = new Map<Unit, Placed | undefined>();
  private known: readonly (number | undefined)[] = [];

  /** Takes over what {@link dataOf} finds for each stage, by number. */
  noteOrigins(known: readonly (number | undefined)[]): void {
    this.known = known;
  }

  /** The data stage that a stage's data comes from in the end. */
  dataOf(unit: Unit): Placed | undefined {
    const index = this.known.length === 0 ? undefined : this.byName.get(unit.name);
    if (index !== undefined && this.stages[index]?.unit === unit) {
      const origin = this.known[index];
      return origin === undefined ? undefined : this.stages[origin];
    }
    const trail: Unit[] = [];
    let found: Placed | undefined;
    for (let here: Unit | undefined = unit; here;) {
      if (this.origins.has(here)) {
        found = this.origins.get(here);
        break;
      }
      // Until it is known better; so a circle ends here.
      this.origins.set(here, undefined);
      trail.push(here);
      if (here.kind === 'data') {
        found = this.at(here.name);
        break;
      }
      const reference: RawReference | undefined = worksOn(here);
      here = reference && this.at(reference.stage)?.unit;
    }
    for (const each of trail) this.origins.set(each, found);
    return found;
  }
}

function targetsOf(stage: Placed | undefined, byName: ReadonlyMap<string, number>): number[] {
  const targets: number[] = [];
  for (const { stage: name } of stage?.unit.references ?? []) {
    const target = byName.get(name);
    if (target !== undefined && !targets.includes(target)) targets.push(target);
  }
  return targets;
}

/** Where each kind says what it works on, when that is not `model`. */
const roles: Readonly<Record<string, string>> = {
  monitor: 'reference',
  train: 'data',
  evaluate: 'candidates',
  deploy: 'package',
};

/** The reference that says what a stage works on; of several the first. */
export function worksOn({ kind, references }: Unit): RawReference | undefined {
  const role = roles[kind ?? ''] ?? 'model';
  return references.find(({ path }) => path[0] === role);
}

/** A place in another stage that a problem has to do with; the range counts in that stage's text. */
export interface Elsewhere {
  readonly stage: Placed;
  readonly range: Range;
  readonly message: string;
}

/** A problem of one stage; ranges count in the stages' texts. */
export type Report = (stage: Placed, problem: Omit<Problem, 'related'>, related?: readonly Elsewhere[]) => void;

/** Are two readings of a stage the same stage to those that refer to it? */
export function sameName(a: Unit, b: Unit): boolean {
  return (
    a.name === b.name &&
    a.kind === b.kind &&
    a.nameRange.from === b.nameRange.from &&
    a.nameRange.to === b.nameRange.to &&
    treesOf(a) === treesOf(b)
  );
}

const TREES: ReadonlySet<string | undefined> = new Set(['boosted-trees', 'random-forest', 'decision-tree']);

/** The kind of trees that a stage grows; undefined when it makes something else, or that is open. */
export function treesOf({ kind, node }: Unit): string | undefined {
  const path = kind === 'train' ? ['model'] : kind === 'optimize' ? ['distil', 'into'] : undefined;
  if (path === undefined) return undefined;
  const made = textOf(nodeAt(node, [...path, 'kind'])?.node ?? nodeAt(node, path)?.node);
  return TREES.has(made) ? made : undefined;
}

/** Do two readings of a stage refer to the same stages, in the same roles? */
export function sameReferences(a: Unit, b: Unit): boolean {
  return (
    a.references.length === b.references.length &&
    a.references.every((reference, i) => {
      const other = b.references[i];
      return other?.text === reference.text && other.path[0] === reference.path[0];
    })
  );
}
