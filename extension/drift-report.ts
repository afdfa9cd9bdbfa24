import { access } from 'node:fs/promises';
import * as path from 'node:path';
import type { DriftReport } from '../schemas/generated/types';
import { readJson } from '../lifecycle/process/files';
import { storePaths } from '../lifecycle/store/layout';
import type { WorkspaceRun } from './runs';

/** Where the report of a monitor stage lies: in its artifact, or, when the stage failed a requirement, in the folder of its run. */
function placeOf(run: WorkspaceRun, stage: string, artifact: string | undefined): string {
  return artifact === undefined
    ? path.join(storePaths.run(run.store, run.id), 'reports', `${stage}.drift.json`)
    : path.join(storePaths.artifact(run.store, artifact), 'drift.json');
}

/** The report that a monitor stage made in a run; undefined when there is none, or none that can be read. */
export async function driftReportOf(
  run: WorkspaceRun,
  stage: string,
  artifact: string | undefined,
): Promise<DriftReport | undefined> {
  return readJson<DriftReport>(placeOf(run, stage, artifact)).catch(() => undefined);
}

/** Whether a monitor stage that failed made a report all the same. */
export async function hasDriftReport(run: WorkspaceRun, stage: string): Promise<boolean> {
  return access(placeOf(run, stage, undefined)).then(
    () => true,
    () => false,
  );
}
