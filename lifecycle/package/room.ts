import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evaluation, PackageStage } from '../../schemas/generated/types';
import { readJson } from '../process/files';
import { storePaths } from '../store/layout';
import { registerBundle } from '../store/registry';
import type { Input, Room } from '../store/room';
import { writeBundle } from './bundle';
import type { BundleMetrics } from './contents';
import { lineageOf } from './lineage';

/** Makes a bundle of a model and registers it. */
export const room: Room<PackageStage> = {
  kind: 'package',
  version: 1,
  async run(context) {
    const { stage } = context;
    const input = context.input(stage.model);
    const best = join(input.path, 'best');
    const model = input.kind === 'evaluate' && input.output === undefined && (await isFolder(best)) ? best : input.path;
    context.progress(0.1, 'writing the bundle');
    const { bundle } = await writeBundle(context.output, {
      name: stage.name,
      model,
      metrics: await metricsOf(context.store, input),
      lineage: await lineageOf(context),
      ...(context.pipeline.description !== undefined && { description: context.pipeline.description }),
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

/** What was measured of the model: by the evaluation that chose it, else by the stage that made it. */
async function metricsOf(store: string, input: Input): Promise<BundleMetrics> {
  const { manifest } = input;
  const evaluation =
    manifest.kind === 'evaluate'
      ? await readJson<Evaluation>(join(storePaths.artifact(store, manifest.artifact), 'evaluation.json'))
      : undefined;
  const best = evaluation?.candidates.find(({ name }) => name === evaluation.best);
  return {
    format: 1,
    metrics: Object.fromEntries(Object.entries(manifest.metrics).filter(([name]) => !/seconds|latency/.test(name))),
    ...(best && {
      splits: Object.fromEntries(
        Object.entries(best.splits).map(([split, { rows, metrics, intervals }]) => [
          split,
          { rows, metrics, ...(intervals && { intervals: intervals }) },
        ]),
      ),
    }),
    ...(evaluation && { gates: evaluation.gates }),
    ...(evaluation?.fairness && { fairness: evaluation.fairness }),
  };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
