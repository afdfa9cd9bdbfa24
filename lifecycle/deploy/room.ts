import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentEntry, DeployStage } from '../../schemas/generated/types';
import { liveHistory, readLedger, takenBack } from '../store/ledger';
import type { Room, StageContext } from '../store/room';
import { deployBundle } from './deploy';
import { findTarget } from './targets-file';

/** Puts a bundle on a target. Whether people are asked first is the caller's business, see `needsConfirmation`. */
export const room: Room<DeployStage> = {
  kind: 'deploy',
  version: 1,
  effect: true,
  async run(context) {
    const { stage } = context;
    const bundle = context.input(stage.package).path;
    const target = await findTarget(stage.target, context);
    const { strategy } = stage;
    const { entries: before } = await readLedger(context.store);
    const { entry, plan, url, output, rows } = await deployBundle(
      { bundle },
      {
        store: context.store,
        target,
        ...(strategy !== undefined && { strategy }),
        run: context.run,
        pipeline: context.pipeline.name,
        stage: context.name,
        threads: context.threads,
        signal: context.signal,
        secret: (name) => context.secret(name),
        onAction: (action, index, count) => {
          context.progress(index / count, action.say);
          context.log('info', action.say);
        },
        onProgress: (fraction, message) => context.progress(fraction, message),
      },
    );
    for (const note of plan.notes) context.log('info', note);
    warnOfTurns(context, before, target.name, entry);
    await writeFile(join(context.output, 'deployment.json'), JSON.stringify(entry, null, 2) + '\n');
    const where = url ?? output ?? target.name;
    if (entry.candidate !== undefined)
      return {
        metrics: { version: entry.version, candidate: entry.candidate.version },
        summary: `${entry.strategy} of ${entry.model} ${entry.candidate.version} beside ${entry.version} at ${where}`,
      };
    return {
      metrics: { version: entry.version, ...(rows !== undefined && { rows }) },
      summary: `${entry.model} ${entry.version} ${url === undefined ? 'on' : 'at'} ${where}${plan.actions.length === 0 ? ', unchanged' : ''}${
        rows === undefined ? '' : `, ${rows.toLocaleString('en')} rows`
      }`,
    };
  },
};

/** Says when what the pipeline makes undoes what a person or a retraining decided since. */
function warnOfTurns(
  context: Pick<StageContext, 'log'>,
  before: readonly DeploymentEntry[],
  target: string,
  entry: DeploymentEntry,
): void {
  const { model } = entry;
  const { version, digest } = entry.candidate ?? entry;
  const back = takenBack(before, target, { model, digest });
  if (back)
    context.log(
      'warning',
      `${model} ${version} was taken back from '${target}' on ${back.time.slice(0, 10)}${back.reason === undefined ? '' : ` (${back.reason})`}, and goes live again: it is what the pipeline makes.`,
      {
        code: 'deployment-taken-back',
        hint: `To keep the version before, change the pipeline, or run without --deploy; \`lifecycle rollback ${target}\` takes it back once more.`,
      },
    );
  const live = liveHistory(before, target).at(-1);
  if (!back && live?.model === model && live.version > version)
    context.log(
      'warning',
      `${model} ${version} takes the place of version ${live.version} on '${target}', which is newer: it is what the pipeline makes of its source. A version of a retraining, or one that was deployed by hand, is not.`,
      {
        code: 'deployment-older',
        hint: `\`lifecycle rollback ${target}\` brings ${live.version} back; run without --deploy to leave what is served. Add the new rows to the pipeline's source, and its next run makes a version of them.`,
      },
    );
}
