import * as path from 'node:path';
import type { Evaluation, ModelInfo, TuneRecord } from '../../schemas/generated/types';
import { readJson } from '../../lifecycle/process/files';
import type { Table } from '../../lifecycle/query';
import { slimTune } from '../../lifecycle/report/detail';
import { liveSearch } from '../../lifecycle/report/search';
import { storePaths } from '../../lifecycle/store/layout';
import type { RunSummary } from '../../lifecycle/store/summary';
import type { RunEvaluation, RunSearch } from '../../webviews/protocol';
import type { WorkspaceRun } from '../runs';

/** Artifacts never change: what was read of one stays true. */
const read = new Map<string, Promise<unknown>>();

function artifactFile<T>(store: string, artifact: string, file: string): Promise<T | undefined> {
  const at = path.join(storePaths.artifact(store, artifact), file);
  let promise = read.get(at);
  if (!promise) {
    // What can't be read may be there the next time.
    promise = readJson<T>(at).catch(() => void read.delete(at));
    read.set(at, promise);
    if (read.size > 200) read.delete(read.keys().next().value ?? '');
  }
  return promise as Promise<T | undefined>;
}

/** The evaluations of a run, each from when its stage is done, with what its models look at. */
export async function evaluationsOf(run: WorkspaceRun, summary: RunSummary): Promise<RunEvaluation[]> {
  const stages = summary.stages.map(({ name, kind, artifact }) => ({
    stage: name,
    kind,
    artifact: artifact ?? run.record?.stages[name]?.artifact,
  }));
  const models = await Promise.all(
    stages.map(async ({ stage, kind, artifact }) => {
      if (kind !== 'train' || !artifact) return undefined;
      const model = await artifactFile<ModelInfo>(run.store, artifact, 'model.json');
      return model?.importance ? { stage, features: model.importance } : undefined;
    }),
  );
  const found = await Promise.all(
    stages.map(async ({ stage, kind, artifact }): Promise<RunEvaluation | undefined> => {
      if (kind !== 'evaluate' || !artifact) return undefined;
      const evaluation = await artifactFile<Evaluation>(run.store, artifact, 'evaluation.json');
      return evaluation?.format === 1
        ? { run: run.id, stage, evaluation, importance: models.filter((model) => model !== undefined) }
        : undefined;
    }),
  );
  return found.filter((each) => each !== undefined);
}

/** The searches of a run: of each train stage that has one, finished or going on. */
export async function searchesOf(run: WorkspaceRun, summary: RunSummary): Promise<RunSearch[]> {
  const found = await Promise.all(
    summary.stages.map(async (stage): Promise<RunSearch[]> => {
      if (stage.kind !== 'train') return [];
      const artifact = stage.artifact ?? run.record?.stages[stage.name]?.artifact;
      const record = artifact && (await artifactFile<TuneRecord>(run.store, artifact, 'tune.json'));
      const tune = record && record.format === 1 ? slimTune(record) : liveSearch(stage);
      return tune ? [{ run: run.id, stage: stage.name, tune }] : [];
    }),
  );
  return found.flat();
}

/** Runs that parameters are compared over at most. */
const most = 1_000;

/** The table of these runs; for a single one that of all runs of its pipeline, for a single trial that of all trials of its run. */
export async function tableFor(wanted: readonly WorkspaceRun[]): Promise<Table | undefined> {
  const [first] = wanted;
  if (!first) return undefined;
  const { readRunLines, readLabels, tableOf } = await import('../lazy');
  const trials = wanted.some(({ info }) => info.parent !== undefined);
  const lines = [];
  const labels = new Map<
    string,
    NonNullable<Awaited<ReturnType<typeof readLabels>> extends Map<string, infer L> ? L : never>
  >();
  for (const store of new Set(wanted.map((run) => run.store))) {
    const found = await readRunLines(store, { trials }).catch(() => undefined);
    for (const [id, label] of await readLabels(store).catch(() => new Map<string, never>())) labels.set(id, label);
    const ids = new Set(wanted.map(({ id }) => id));
    lines.push(
      ...(found?.lines ?? []).filter(({ id, parent, facts }) =>
        wanted.length > 1
          ? ids.has(id)
          : parent === first.info.parent?.run && facts['pipeline'] === first.info.pipeline,
      ),
    );
  }
  return tableOf(lines.slice(0, most), labels);
}
