import type { PlannedStage } from '../pipeline/types';

/**
 * Threads of each stage. They follow from the whole plan and the core limit alone, never from what happens to be cached or to finish first,
 * because results are the same bytes only for the same number of threads: a stage shares the cores with those that are as far from the
 * sources as it is. A stage that states `resources.threads` gets these.
 */
export function threadsOf(stages: readonly PlannedStage[], cores: number): Map<string, number> {
  const depth = new Map<string, number>();
  for (const stage of stages)
    depth.set(stage.name, 1 + Math.max(0, ...stage.after.map((name) => depth.get(name) ?? 0)));
  const width = new Map<number, number>();
  for (const level of depth.values()) width.set(level, (width.get(level) ?? 0) + 1);
  return new Map(
    stages.map(({ name, stage }) => {
      const stated = stage.kind === 'train' ? stage.resources?.threads : undefined;
      const share = Math.max(1, Math.floor(cores / (width.get(depth.get(name) ?? 1) ?? 1)));
      return [name, stated ?? share];
    }),
  );
}

export type Progress = 'waiting' | 'busy' | 'done' | 'failed' | 'skipped';

/** What to do next: stages that can begin, and stages that never can with the stage that is the cause. */
export function nextSteps(
  stages: readonly PlannedStage[],
  progress: ReadonlyMap<string, Progress>,
): { ready: PlannedStage[]; lost: { stage: PlannedStage; cause: string }[] } {
  const ready: PlannedStage[] = [];
  const lost: { stage: PlannedStage; cause: string }[] = [];
  const known = new Map(stages.map((stage) => [stage.name, stage]));
  for (const stage of stages) {
    if (progress.get(stage.name) !== 'waiting') continue;
    const states = stage.after.filter((name) => known.has(name)).map((name) => ({ name, state: progress.get(name) }));
    const cause = states.find(({ state }) => state === 'failed' || state === 'skipped');
    if (cause !== undefined) lost.push({ stage, cause: cause.name });
    else if (states.every(({ state }) => state === 'done')) ready.push(stage);
  }
  return { ready, lost };
}

/** Hands out cores; a stage that wants more than there are gets its turn when nothing else computes. */
export class Cores {
  readonly #limit: number;
  #used = 0;
  #queue: { cores: number; go: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when so many cores are free, first come first served. Give them back by calling the result. */
  async take(threads: number): Promise<() => void> {
    const cores = Math.min(threads, this.#limit);
    if (this.#queue.length > 0 || this.#used + cores > this.#limit)
      await new Promise<void>((go) => this.#queue.push({ cores, go }));
    else this.#used += cores;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#used -= cores;
      this.#serve();
    };
  }

  #serve(): void {
    for (
      let next = this.#queue[0];
      next !== undefined && this.#used + next.cores <= this.#limit;
      next = this.#queue[0]
    ) {
      this.#queue.shift();
      this.#used += next.cores;
      next.go();
    }
  }
}

/** The stages to execute and, in the order of the plan, everything they need. */
export function involved(stages: readonly PlannedStage[], execute: ReadonlySet<string>): PlannedStage[] {
  const needed = new Set<string>();
  for (const stage of [...stages].reverse()) {
    if (!execute.has(stage.name) && !needed.has(stage.name)) continue;
    needed.add(stage.name);
    // What a stage with effects was made from is not needed to know what it did last.
    if (!stage.effect || execute.has(stage.name)) for (const name of stage.after) needed.add(name);
  }
  return stages.filter((stage) => needed.has(stage.name));
}
