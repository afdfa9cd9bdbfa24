import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentEntry, DeployStage, RunInfo } from '../../schemas/generated/types';
import { readJson } from '../process/files';
import { storePaths } from '../store/layout';
import { liveHistory, readLedger, takenBack } from '../store/ledger';
import type { Room, StageContext } from '../store/room';
import { findByDigest, type RegisteredVersion } from '../store/registry';
import { RUN_FILES } from '../store/runs';
import { deployBundle } from './deploy';
import { versionOf } from './placement';
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
    const made = await versionOf({ bundle }, context.store);
    const newer = await newerLive(context, before, target.name, made);
    const { entry, plan, url, output, rows } = await deployBundle(
      newer === undefined ? { bundle } : { model: newer.model, version: newer.version },
      {
        store: context.store,
        target,
        ...(newer === undefined
          ? {
              ...(strategy !== undefined && { strategy }),
              run: context.run,
              pipeline: context.pipeline.name,
              stage: context.name,
            }
          : originOf(newer)),
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
    if (newer === undefined) warnOfTurns(context, before, target.name, entry);
    else
      context.log(
        'info',
        `Nothing to do for ${made.name} ${made.version}, which the pipeline makes: version ${newer.version} is newer and live on '${target.name}', put there by ${whoPut(newer, context)}. \`lifecycle deploy --model ${made.name}@${made.version} --target ${target.name}\` deploys the older one.`,
      );
    await writeFile(join(context.output, 'deployment.json'), JSON.stringify(entry, null, 2) + '\n');
    const where = url ?? output ?? target.name;
    if (entry.candidate !== undefined)
      return {
        metrics: { version: entry.version, candidate: entry.candidate.version },
        summary: `${entry.strategy} of ${entry.model} ${entry.candidate.version} beside ${entry.version} at ${where}`,
      };
    if (newer !== undefined)
      return {
        metrics: { version: entry.version },
        summary: `${entry.model} ${entry.version} stays ${url === undefined ? 'on' : 'at'} ${where}: it is newer than ${made.version}, which the pipeline makes`,
      };
    return {
      metrics: { version: entry.version, ...(rows !== undefined && { rows }) },
      summary: `${entry.model} ${entry.version} ${url === undefined ? 'on' : 'at'} ${where}${plan.actions.length === 0 ? ', unchanged' : ''}${
        rows === undefined ? '' : `, ${rows.toLocaleString('en')} rows`
      }`,
    };
  },
};

/**
 * The newer version of the same model that is live, when something else than this stage put it there: a retraining, or a person. What the pipeline
 * makes has not changed since then, or it would be a newer version, or a run would have deployed it: so it does not take the newer one's place.
 * Whoever takes a change of the pipeline back and runs it again gets the older version all the same.
 */
async function newerLive(
  context: StageContext,
  entries: readonly DeploymentEntry[],
  target: string,
  made: RegisteredVersion,
): Promise<DeploymentEntry | undefined> {
  const { store } = context;
  const live = liveHistory(entries, target).at(-1);
  if (live === undefined || live.model !== made.name || live.version <= made.version) return undefined;
  // A retraining that comes to an older result means it.
  if ((await commandOf(store, context.run)) === 'retrain') return undefined;
  const own = live.pipeline === context.pipeline.name && live.stage === context.name && live.run !== undefined;
  if (own && (await commandOf(store, live.run)) !== 'retrain') return undefined;
  // What is no longer in the registry could not be started again.
  return (await findByDigest(store, live.model, live.digest)) === undefined ? undefined : live;
}

async function commandOf(store: string, run: string | undefined): Promise<string | undefined> {
  if (run === undefined) return undefined;
  const info = await readJson<RunInfo>(join(storePaths.run(store, run), RUN_FILES.info));
  return info?.command;
}

function whoPut({ stage, pipeline, by }: DeploymentEntry, context: StageContext): string {
  if (stage === undefined) return by;
  return pipeline === context.pipeline.name ? 'a retraining' : `the pipeline '${pipeline}'`;
}

/** The version that stays keeps where it came from: the ledger does not say that this run made it. */
function originOf({ run, pipeline, stage }: DeploymentEntry): Pick<DeploymentEntry, 'run' | 'pipeline' | 'stage'> {
  return {
    ...(run !== undefined && { run }),
    ...(pipeline !== undefined && { pipeline }),
    ...(stage !== undefined && { stage }),
  };
}

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
      `${model} ${version} takes the place of version ${live.version} on '${target}', which is newer: it is what the pipeline makes now.`,
      {
        code: 'deployment-older',
        hint: `\`lifecycle rollback ${target}\` brings ${live.version} back; run without --deploy to leave what is served. Add the new rows to the pipeline's source, and its next run makes a version of them.`,
      },
    );
}
