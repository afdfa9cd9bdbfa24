import { join } from 'node:path';
import type { RunInfo, StageManifest } from '../../schemas/generated/types';
import { readJson } from '../process/files';
import { latestManifest } from '../store/cache';
import { storePaths } from '../store/layout';
import type { StageContext } from '../store/room';
import type { PackageStage } from '../../schemas/generated/types';
import type { Ancestor, Lineage } from './contents';

/** Where the model of a package stage comes from: the stages before it with their fingerprints, and the data they read. */
export async function lineageOf(context: StageContext<PackageStage>): Promise<Lineage> {
  const { manifest } = context.input(context.stage.model);
  const info = await readJson<RunInfo>(join(storePaths.run(context.store, context.run), 'run.json'));
  const stages = new Map<string, Ancestor>();
  const data: Record<string, string> = {};
  const visit = async (found: StageManifest) => {
    if (stages.has(found.fingerprint)) return;
    const { stage, kind, fingerprint, artifact, run } = found;
    stages.set(fingerprint, { stage, kind, fingerprint, artifact, run });
    for (const [name, value] of Object.entries(found.inputs)) {
      if (/^(file|http|sql|glob) /.test(name)) data[name] = value;
      const before = await upstream(context, name, value);
      if (before !== undefined) await visit(before);
    }
  };
  await visit(manifest);
  return {
    format: 1,
    run: context.run,
    pipeline: context.pipeline.name,
    file: info?.file ?? context.pipeline.file,
    stage: context.name,
    ...(info?.git && { git: info.git }),
    ...(info?.parameters && { parameters: info.parameters }),
    stages: [...stages.values()],
    data: Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** The result that an input of a fingerprint (`upstream model: exam.best`) stands for, when what that stage made has that hash. */
async function upstream(
  context: StageContext<PackageStage>,
  name: string,
  hash: string,
): Promise<StageManifest | undefined> {
  const stage = /^upstream [^:]*: ([^.]+)/.exec(name)?.[1];
  if (stage === undefined) return undefined;
  const manifest = await latestManifest(context.store, context.pipeline.name, stage).catch(() => undefined);
  if (manifest === undefined) return undefined;
  return manifest.artifact === hash || Object.values(manifest.outputs).includes(hash) ? manifest : undefined;
}
