import type { StageManifest } from '../../schemas/generated/types';
import type { SelectedStage } from '../pipeline/plan';
import { latestManifest } from '../store/cache';
import { problemOf } from '../problem';
import { explainTrouble } from '../process/trouble';
import type { Problem } from '../../schemas/generated/types';
import { prepareStage, type Surroundings } from './prepare';

/** What a run would do with one stage. */
export interface Forecast {
  readonly name: string;
  readonly kind: string;
  readonly after: readonly string[];
  /** `depends`: it runs if the results before it come out different. `missing`: it is needed, but was not asked for and has no result. */
  readonly action: 'reuse' | 'run' | 'depends' | 'missing' | 'problem';
  readonly reason: string;
  readonly fingerprint?: string;
  /** Result that would be used. */
  readonly manifest?: StageManifest;
  readonly problem?: Problem;
}

/** Looks at each stage as a run would, without executing or writing anything. */
export async function forecast(
  stages: readonly SelectedStage[],
  around: Surroundings,
  force: boolean,
): Promise<Forecast[]> {
  const results = new Map<string, StageManifest>();
  const forecasts: Forecast[] = [];
  const open = new Set<string>();
  for (const stage of stages) {
    const common = { name: stage.name, kind: stage.stage.kind, after: stage.after };
    const waits = stage.after.filter((name) => open.has(name));
    if (stage.effect && !stage.wanted) {
      const manifest = await latestManifest(around.store, around.pipeline, stage.name);
      if (manifest !== undefined) results.set(stage.name, manifest);
      else open.add(stage.name);
      forecasts.push({
        ...common,
        action: manifest === undefined ? 'missing' : 'reuse',
        reason: manifest === undefined ? 'it has not been deployed' : 'it was not asked for',
        ...(manifest === undefined ? {} : { manifest }),
      });
      continue;
    }
    if (waits.length > 0) {
      open.add(stage.name);
      forecasts.push({
        ...common,
        action: stage.effect || (force && stage.wanted) ? 'run' : 'depends',
        reason: stage.effect
          ? 'it acts on the world, so it always runs'
          : `${waits.join(' and ')} may come out different`,
      });
      continue;
    }
    try {
      const prepared = await prepareStage(stage, results, around);
      const forced = force && stage.wanted;
      const reuse = forced ? undefined : prepared.reusable;
      if (reuse === undefined) open.add(stage.name);
      else results.set(stage.name, reuse);
      forecasts.push({
        ...common,
        action: reuse !== undefined ? 'reuse' : stage.wanted ? 'run' : 'missing',
        reason: forced ? 'it is forced' : prepared.reason,
        fingerprint: prepared.fingerprint,
        ...(reuse === undefined ? {} : { manifest: reuse }),
      });
    } catch (thrown) {
      open.add(stage.name);
      const problem = problemOf(explainTrouble(thrown));
      forecasts.push({ ...common, action: 'problem', reason: problem.message, problem });
    }
  }
  return forecasts;
}
