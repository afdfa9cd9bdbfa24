import type { RawReference, Unit } from './stage';
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
}

/** The stages of one file and what their references mean. */
export class Network {
  /** First stage of each name. */
  readonly byName: ReadonlyMap<string, number>;
  readonly edges: readonly (readonly number[])[];

  /** @param like a network of stages of the same shape, one by one: what is known of its graph is taken over */
  constructor(
    readonly stages: readonly Placed[],
    like?: Network,
  ) {
    if (like) {
      this.byName = like.byName;
      this.edges = like.edges;
      return;
    }
    const byName = new Map<string, number>();
    stages.forEach(({ unit }, i) => {
      if (!byName.has(unit.name)) byName.set(unit.name, i);
    });
    this.byName = byName;
    this.edges = stages.map(({ unit }) => {
      const targets: number[] = [];
      for (const { stage } of unit.references) {
        const target = byName.get(stage);
        if (target !== undefined && !targets.includes(target)) targets.push(target);
      }
      return targets;
    });
  }

  at(name: string): Placed | undefined {
    const index = this.byName.get(name);
    return index === undefined ? undefined : this.stages[index];
  }

  private readonly origins = new Map<Unit, Placed | undefined>();

  /** The data stage that a stage's data comes from in the end. */
  dataOf(unit: Unit): Placed | undefined {
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
      const role: string = roles[here.kind ?? ''] ?? 'model';
      const reference: RawReference | undefined = here.references.find(({ path }) => path[0] === role);
      here = reference && this.at(reference.stage)?.unit;
    }
    for (const each of trail) this.origins.set(each, found);
    return found;
  }
}

/** Where each kind says what it works on, when that is not `model`. */
const roles: Readonly<Record<string, string>> = {
  monitor: 'reference',
  train: 'data',
  evaluate: 'candidates',
  deploy: 'package',
};

/** A place in another stage that a problem has to do with; the range counts in that stage's text. */
export interface Elsewhere {
  readonly stage: Placed;
  readonly range: Range;
  readonly message: string;
}

/** A problem of one stage; ranges count in the stages' texts. */
export type Report = (stage: Placed, problem: Omit<Problem, 'related'>, related?: readonly Elsewhere[]) => void;

/** Do two readings of a stage mean the same to the stages around it? Then the graph and what is said of it stay as they are. */
export function sameShape(a: Unit, b: Unit): boolean {
  return (
    a.name === b.name &&
    a.kind === b.kind &&
    (a.value === undefined) === (b.value === undefined) &&
    sameRange(a.nameRange, b.nameRange) &&
    a.references.length === b.references.length &&
    a.references.every((reference, i) => {
      const other = b.references[i];
      return other?.text === reference.text && other.path[0] === reference.path[0];
    })
  );
}

const sameRange = (a: Range, b: Range): boolean => a.from === b.from && a.to === b.to;
