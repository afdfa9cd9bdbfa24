import { Found, rangeOf } from './found';
import type { Placed } from './network';
import type { MapNode } from './tree';
import type { Analysis, Overrides, StagePart } from './types';

/** Found stages, kept from one analysis to the next. */
export interface KeptStages {
  found: readonly Found[];
}

/**
 * What an analysis says. Stages are made when they are asked for: most analyses are for their diagnostics alone. A class, as each literal with getters would
 * leave a shape of its own with V8, and with it all of this text, until everything is collected.
 */
export class Understood implements Analysis {
  declare readonly environment?: string;
  private found: readonly Found[] | undefined;
  private settled: readonly StagePart[] | undefined;

  /**
   * @param clean whether there is no error and something to do
   * @param again the same text under other values
   */
  constructor(
    readonly path: string,
    readonly text: string,
    readonly diagnostics: Analysis['diagnostics'],
    readonly header: Analysis['header'],
    readonly headerNode: MapNode,
    readonly parameters: Analysis['parameters'],
    private readonly placed: readonly Placed[],
    private readonly overrides: Overrides,
    private readonly clean: boolean,
    private readonly kept: KeptStages | undefined,
    private readonly again: (overrides: Overrides) => Analysis,
  ) {
    if (overrides.environment !== undefined) this.environment = overrides.environment;
  }

  get stages(): readonly StagePart[] {
    return (this.settled ??= retarget(this.foundStages(), this.header, this.overrides));
  }

  get ok(): boolean {
    return this.clean && this.placed.every(({ unit }) => !unit.sound || unit.value !== undefined);
  }

  rangeOf(path: readonly (string | number)[]) {
    return rangeOf(this.headerNode, this.foundStages(), path);
  }

  under(overrides: Overrides): Analysis {
    return this.again(overrides);
  }

  /** Those that stand where they stood before are the same objects. */
  private foundStages(): readonly Found[] {
    if (this.found) return this.found;
    const { kept } = this;
    const before = kept?.found;
    this.found = this.placed.map((stage, i) => {
      const known = before?.[i];
      return known?.placed === stage ? known : new Found(stage);
    });
    if (kept) kept.found = this.found;
    return this.found;
  }
}

/** Deploy stages go where the environment says. */
function retarget(
  stages: readonly Found[],
  header: Analysis['header'],
  { environment }: Overrides,
): readonly StagePart[] {
  const targets = environment === undefined ? undefined : header.environments?.[environment]?.targets;
  if (!targets || typeof targets !== 'object') return stages;
  return stages.map((stage) => {
    const target = Object.hasOwn(targets, stage.name) ? targets[stage.name] : undefined;
    return stage.value?.kind === 'deploy' && typeof target === 'string'
      ? new Found(stage.placed, { ...stage.value, target })
      : stage;
  });
}
