import type { RawReference, Unit } from './stage';
import type { Problem, Range, Related } from './types';

/** A stage in its file: the unit and the offset at which its text begins. */
export interface Placed {
  readonly unit: Unit;
  readonly base: number;
}

export interface Columns {
  readonly name: string;
  readonly type: 'number' | 'text' | 'boolean' | 'time';
}

/** The stages of one file and what their references mean. */
export class Network {
  /** First stage of each name. */
  readonly byName = new Map<string, number>();
  readonly edges: number[][];

  constructor(readonly stages: readonly Placed[]) {
    stages.forEach(({ unit }, i) => {
      if (!this.byName.has(unit.name)) this.byName.set(unit.name, i);
    });
    this.edges = stages.map(({ unit }) => [
      ...new Set(unit.references.flatMap(({ stage }) => this.byName.get(stage) ?? [])),
    ]);
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

/** A problem of one stage; ranges count in the unit's text, those of `related` from the beginning of the file. */
export type Report = (stage: Placed, problem: Omit<Problem, 'related'>, related?: readonly Related[]) => void;

/** A range of a stage as one of the file. */
export const absolute = ({ base }: Placed, { from, to }: Range): Range => ({ from: from + base, to: to + base });
