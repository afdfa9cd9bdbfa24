/** A room run by itself, as the comparisons of this folder need it. */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Stage, StageManifest } from '../../schemas/generated/types';
import type { Room, StageContext } from '../../lifecycle/store/room';

const root = resolve(__dirname, '../..');
/** Where data sets, models and figures are put. */
export const work = join(root, '.cache/quality');

/** Runs a stage into an empty folder and gives the seconds it took. */
export async function run<S extends Stage>(
  room: Room<S>,
  stage: S,
  output: string,
  inputs: Record<string, string> = {},
  seed = 7,
  threads = 1,
) {
  const scratch = `${output}.scratch`;
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const context: StageContext<S> = {
    name: stage.kind,
    stage,
    pipeline: { name: 'quality', file: 'quality.pipeline.yaml' },
    root,
    folder: root,
    store: join(work, 'store'),
    run: 'quality',
    seed,
    threads,
    output,
    scratch,
    signal: new AbortController().signal,
    input: (reference) => ({
      reference,
      stage: reference,
      kind: 'data',
      path: inputs[reference]!,
      hash: '0'.repeat(64),
      manifest: {} as StageManifest,
    }),
    progress: () => undefined,
    metric: () => undefined,
    log: (level, message) => void (level === 'warning' && console.log(`  ${message}`)),
    trial: () => undefined,
    child: () => Promise.reject(new Error('no children here')),
    secret: () => Promise.resolve(undefined),
  };
  const started = performance.now();
  await room.run(context);
  await rm(scratch, { recursive: true, force: true });
  return (performance.now() - started) / 1000;
}
