import { join } from 'node:path';
import type { Evaluation, PackageStage } from '../../schemas/generated/types';
import { secretHint, UserError } from '../problem';
import { isFolder, readJson } from '../process/files';
import { storePaths } from '../store/layout';
import { registerBundle } from '../store/registry';
import type { Input, Room, StageContext } from '../store/room';
import { writeBundle } from './bundle';
import { trainingDataOf } from './card-data';
import type { BundleMetrics, Lineage, MeasuredBy } from './contents';
import { lineageOf } from './lineage';

/** Makes a bundle of a model and registers it. */
export const room: Room<PackageStage> = {
  kind: 'package',
  version: 2,
  async run(context) {
    const { stage } = context;
    const input = context.input(stage.model);
    const best = join(input.path, 'best');
    const model = input.kind === 'evaluate' && input.output === undefined && (await isFolder(best)) ? best : input.path;
    context.progress(0.1, 'writing the bundle');
    const lineage = await lineageOf(context);
    const signingKey = stage.sign && (await keyOf(stage.sign.secret, context));
    const { bundle } = await writeBundle(context.output, {
      name: stage.name,
      model,
      metrics: await metricsOf(context.store, input, lineage),
      lineage,
      data: await trainingDataOf(context.store, lineage),
      ...(context.pipeline.description !== undefined && { description: context.pipeline.description }),
      ...(signingKey !== undefined && { signingKey }),
    });
    context.progress(0.7, 'registering it');
    const aliases = stage.aliases ?? ['candidate'];
    const registered = await registerBundle(context.store, context.output, {
      aliases,
      run: context.run,
      pipeline: context.pipeline.name,
      stage: context.name,
      ...(stage.notes !== undefined && { notes: stage.notes }),
    });
    const bytes = bundle.files.reduce((sum, file) => sum + file.bytes, 0);
    if (!registered.isNew)
      context.log('info', `The content is that of version ${registered.version}, so there is no new version.`);
    return {
      metrics: { version: registered.version, bytes },
      summary: `${stage.name} ${registered.version}${aliases.length > 0 ? ` (${aliases.join(', ')})` : ''}, ${size(bytes)}, digest ${bundle.digest.slice(0, 12)}`,
    };
  },
};

/**
 * What was measured of the model: by the evaluation that chose it, else by the stage that made it. Of a model that was optimised since, the
 * evaluation tells what it was before.
 */
async function metricsOf(store: string, { manifest }: Input, { stages }: Lineage): Promise<BundleMetrics> {
  const judged = stages.find(({ kind }) => kind === 'evaluate');
  const evaluation =
    judged && (await readJson<Evaluation>(join(storePaths.artifact(store, judged.artifact), 'evaluation.json')));
  const best = evaluation?.candidates.find(({ name }) => name === evaluation.best);
  const measured: MeasuredBy | undefined = evaluation && {
    stage: judged.stage,
    candidate: evaluation.best,
    splits: Object.fromEntries(
      Object.entries(best?.splits ?? {}).map(([split, { rows, metrics, intervals }]) => [
        split,
        { rows, metrics, ...(intervals && { intervals }) },
      ]),
    ),
    gates: evaluation.gates,
    ...(evaluation.fairness && { fairness: evaluation.fairness }),
  };
  return {
    format: 1,
    metrics: Object.fromEntries(
      Object.entries(manifest.metrics).filter(([name]) => !/seconds|latency|(^|\/)bytes$/.test(name)),
    ),
    ...(measured && { [manifest.kind === 'evaluate' ? 'evaluation' : 'before']: measured }),
  };
}

async function keyOf(name: string, context: StageContext<PackageStage>): Promise<string> {
  const key = await context.secret(name);
  if (key !== undefined && key !== '') return key;
  throw new UserError({
    code: 'secret-missing',
    message: `Nobody has the secret ${name}, which the bundle is to be signed with.`,
    hint: secretHint(name),
    path: ['sign'],
  });
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
