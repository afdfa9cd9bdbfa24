import { resolve } from 'node:path';
import type { StageManifest } from '../../schemas/generated/types';
import { explain, fingerprint, fingerprintInputs } from '../pipeline/fingerprint';
import type { PlannedStage } from '../pipeline/types';
import { UserError } from '../problem';
import { errorCode } from '../process/files';
import type { HashMemory } from '../process/hash';
import { checkArtifact, outputFolder } from '../store/artifacts';
import { findManifest, latestManifest } from '../store/cache';
import type { Input } from '../store/room';

import { roomOf, type Rooms } from './rooms';

/** Where a stage is looked at. */
export interface Surroundings {
  readonly store: string;
  readonly root: string;
  readonly folder: string;
  readonly pipeline: string;
  /** Seed of the pipeline. */
  readonly seed: number;
  readonly rooms: Rooms;
  readonly hashes: HashMemory;
  /** Where the chosen environment sends deploy stages, by name of stage. */
  readonly targets?: ReadonlyMap<string, string>;
  /** Compares every byte of kept results with its checksum, not only their presence and size. */
  readonly verify?: boolean;
}

/** A stage whose upstream results are known. */
export interface Prepared {
  readonly inputs: Record<string, string>;
  readonly fingerprint: string;
  readonly upstream: readonly Input[];
  readonly seed: number;
  /** The kept result that may be used, whole on disk. */
  readonly reusable?: StageManifest;
  /** Why it has to run, or why it need not. */
  readonly reason: string;
}

/**
 * Finds out whether a stage has to run: gathers every input, takes the fingerprint, looks for a kept result, and tells what changed.
 * @param results upstream results by name of stage
 */
export async function prepareStage(
  planned: PlannedStage,
  results: ReadonlyMap<string, StageManifest>,
  around: Surroundings,
): Promise<Prepared> {
  const { stage } = planned;
  const room = await roomOf(around.rooms, stage.kind);
  const upstream = planned.references.map((reference): Input => {
    const manifest = results.get(reference.stage);
    if (manifest === undefined)
      throw new Error(`Stage ${planned.name} was prepared before ${reference.stage} had a result.`);
    const hash = reference.output === undefined ? manifest.artifact : manifest.outputs[reference.output];
    if (hash === undefined) {
      throw new UserError({
        code: 'output-missing',
        message: `Stage ${reference.stage} gave no output '${reference.output}'.`,
        hint: 'Run that stage again with --force.',
      });
    }
    const target = around.targets?.get(reference.stage);
    return {
      reference: reference.text,
      stage: reference.stage,
      kind: manifest.kind as Input['kind'],
      ...(reference.output === undefined ? {} : { output: reference.output }),
      path: outputFolder(around.store, manifest, reference.output),
      hash,
      manifest,
      ...(target !== undefined && { target }),
    };
  });
  const files =
    (await room.inputs?.(stage, {
      folder: around.folder,
      root: around.root,
      hashFile: (path) => hashOrExplain(around, path),
    })) ?? {};
  const seed = seedOf(stage, around.seed);
  const inputs = fingerprintInputs(planned, {
    version: room.versionOf?.(stage) ?? room.version,
    seed,
    files,
    upstream: Object.fromEntries(upstream.map((input) => [input.reference, input.hash])),
  });
  const key = fingerprint(inputs);
  const common = { inputs, fingerprint: key, upstream, seed };
  if (room.effect === true) return { ...common, reason: 'it acts on the world, so it always runs' };

  const kept = await findManifest(around.store, key);
  if (kept !== undefined) {
    const damage = await checkArtifact(around.store, kept, around.verify);
    if (damage === undefined) return { ...common, reusable: kept, reason: `nothing changed since run ${kept.run}` };
    return { ...common, reason: `its kept result is damaged: ${damage}` };
  }
  const before = await latestManifest(around.store, around.pipeline, planned.name);
  return { ...common, reason: before === undefined ? 'it has no result yet' : whyChanged(before.inputs, inputs) };
}

function whyChanged(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string {
  const changes = explain(before, now);
  if (changes.length === 0) return 'its earlier result is gone';
  return changes.slice(0, 3).join(', ') + (changes.length > 3 ? `, and ${changes.length - 3} more` : '');
}

function seedOf(stage: PlannedStage['stage'], seed: number): number {
  return ('seed' in stage ? stage.seed : undefined) ?? seed;
}

async function hashOrExplain(around: Surroundings, path: string): Promise<string> {
  const absolute = resolve(around.folder, path);
  try {
    return await around.hashes.hash(absolute);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserError({
        code: 'file-missing',
        message: `The file ${path} does not exist.`,
        hint: `Looked for it at ${absolute}.`,
      });
    }
    if (code === 'EISDIR')
      throw new UserError({ code: 'file-is-folder', message: `${path} is a folder; a file is needed here.` });
    throw error;
  }
}
