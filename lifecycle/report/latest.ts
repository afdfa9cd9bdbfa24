import { newestRuns } from '../store/newest';
import { readRun } from '../store/runs';
import type { RunSummary, StageSummary } from '../store/summary';

/** A stage's result, with the run and the store that it stands in. */
export interface Shown {
  readonly store: string;
  readonly run: RunSummary;
  readonly stage: StageSummary;
}

export interface Latest {
  /** The newest that is known of each stage, by its name. */
  readonly shown: ReadonlyMap<string, Shown>;
  /** The run that is going on. */
  readonly running?: RunSummary;
}

/** Runs, and looks of a watch, that are looked through for what is known of a pipeline's stages. */
const looked = 20;

/**
 * What the newest runs of a pipeline say of each of its stages.
 * @param file the pipeline, relative to the project's root
 */
export async function latestResults(store: string, file: string): Promise<Latest> {
  const mine = await newestRuns(store, { looks: looked, others: looked, only: ({ info }) => info.file === file });
  const shown = new Map<string, Shown>();
  let running: RunSummary | undefined;
  for (const { id } of mine) {
    const run = await readRun(store, id).catch(() => undefined);
    if (!run) continue;
    if (run.status === 'running') running ??= run;
    for (const stage of run.stages)
      if (!shown.has(stage.name) && stage.state !== 'waiting' && stage.state !== 'skipped')
        shown.set(stage.name, { store, run, stage });
  }
  return { shown, ...(running ? { running } : {}) };
}
