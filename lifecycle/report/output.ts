import type { StageOutput } from '../../schemas/shown';
import type { RunSummary, StageSummary } from '../store/summary';
import { withCheckpoints } from './checkpoints';
import { findingsOf, seriesOf } from './detail';
import { liveSearch } from './search';

/**
 * What is shown of a stage.
 * @param final whether the artifact is to be read; while a stage runs it is not
 */
export async function stageOutput(
  store: string,
  run: RunSummary,
  stage: StageSummary,
  final: boolean,
): Promise<StageOutput> {
  const waitsFor = stage.state === 'waiting' ? waitedFor(run) : [];
  const findings = final ? await findingsOf(store, run.id, stage) : {};
  const search = stage.kind === 'train' && !findings.detail ? liveSearch(stage) : undefined;
  const { name, kind, state, reason, fraction, doing, seconds, summary, error, metrics } = stage;
  return {
    format: 1,
    stage: name,
    kind,
    state,
    ...(waitsFor.length > 0 ? { waitsFor } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(fraction === undefined ? {} : { fraction }),
    ...(doing === undefined ? {} : { doing }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(summary === undefined ? {} : { summary }),
    ...(error === undefined ? {} : { error }),
    metrics,
    run: run.id,
    when: run.created,
    series: withCheckpoints(findings.series ?? (kind === 'train' || kind === 'optimize' ? seriesOf(stage) : []), stage),
    ...(findings.detail ? { detail: findings.detail } : {}),
    ...(search ? { search } : {}),
    ...(findings.note ? { note: findings.note } : {}),
  };
}

/** The stages that a waiting one waits for. */
export function waitedFor(run: RunSummary): string[] {
  return run.stages.filter(({ state }) => state === 'running').map(({ name }) => name);
}
