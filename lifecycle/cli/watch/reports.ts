import { join } from 'node:path';
import type { DriftReport } from '../../../schemas/generated/types';
import type { Plan } from '../../pipeline/types';
import { UserError } from '../../problem';
import { readJson } from '../../process/files';
import { outputFolder } from '../../store/artifacts';
import { latestManifest } from '../../store/cache';
import { listRuns, readEntry, type RunEntry } from '../../store/runs';
import { monitorsOf, reportOf } from './look';

/** Runs that are looked through for the newest report of a stage. */
const LOOKED = 500;

export interface KeptReport {
  readonly report: DriftReport;
  /** The run that made it; undefined when that was deleted. */
  readonly run?: string;
}

/** The newest report of a monitor stage, also of a look that failed because more drifted than is allowed. */
export async function newestReport(store: string, pipeline: string, stage: string): Promise<KeptReport | undefined> {
  for (const entry of await listRuns(store, { pipeline, limit: LOOKED })) {
    const report = await reportOfRun(store, entry, stage);
    if (report !== undefined) return { report, run: entry.id };
  }
  const manifest = await latestManifest(store, pipeline, stage);
  const report = manifest && (await readJson<DriftReport>(join(outputFolder(store, manifest), 'drift.json')));
  return report && { report };
}

/**
 * The report that a run made of a monitor stage.
 *
 * @throws UserError `report-missing`
 */
export async function reportOfOneRun(store: string, run: string, pipeline: string, stage: string): Promise<KeptReport> {
  const entry = await readEntry(store, run);
  const report = entry?.info.pipeline === pipeline ? await reportOfRun(store, entry, stage) : undefined;
  if (report !== undefined) return { report, run };
  throw new UserError({
    code: 'report-missing',
    message: `The run ${run} has no report of ${stage} of ${pipeline}.`,
    hint: 'Looks are runs of `lifecycle monitor` or `lifecycle watch`; `lifecycle runs` lists them.',
  });
}

async function reportOfRun(store: string, { id, record }: RunEntry, stage: string): Promise<DriftReport | undefined> {
  if (record?.stages[stage]?.kind !== 'monitor') return undefined;
  return reportOf(store, record, id, stage);
}

/** The monitor stage that is meant. @throws UserError `stage-unknown` */
export function onlyMonitor(plan: Plan, named: string | undefined): string {
  const monitors = monitorsOf(plan);
  const found = named === undefined ? monitors : monitors.filter((name) => name === named);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new UserError({
    code: 'stage-unknown',
    message:
      found.length > 1 ? `There are several monitor stages: ${found.join(', ')}.` : 'There is no such monitor stage.',
    hint: found.length > 1 ? 'Name one with --stage.' : `The pipeline has ${monitors.join(', ') || 'none'}.`,
  });
}
