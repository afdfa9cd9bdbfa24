import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployStage } from '../../schemas/generated/types';
import { readLedger, takenBack } from '../store/ledger';
import type { Room } from '../store/room';
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
    const back = takenBack(before, target.name, { model: entry.model, digest: (entry.candidate ?? entry).digest });
    if (back)
      context.log(
        'warning',
        `${entry.model} ${(entry.candidate ?? entry).version} was taken back from '${target.name}' on ${back.time.slice(0, 10)}${back.reason === undefined ? '' : ` (${back.reason})`}, and goes live again: it is what the pipeline makes.`,
        {
          code: 'deployment-taken-back',
          hint: `To keep the version before, change the pipeline, or run without --deploy; \`lifecycle rollback ${target.name}\` takes it back once more.`,
        },
      );
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
