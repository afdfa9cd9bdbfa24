import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evaluation, ModelInfo } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import { artifactOf, findManifest } from '../store/cache';
import { findDataset, type StoredDataset } from '../store/datasets';
import { storePaths } from '../store/layout';
import { readRun } from '../store/runs';
import type { StageSummary } from '../store/summary';
import type { Candidate } from './candidates';

/** An evaluation of a run, as it lies in the store. */
export interface StoredEvaluation {
  readonly run: string;
  readonly stage: string;
  readonly evaluation: Evaluation;
  /** Opens one of its candidates. @throws UserError `candidate-unknown`, `candidate-gone` */
  open(name: string): Promise<Candidate>;
}

/**
 * Finds the evaluation that is meant: of the stage, or of the last evaluate stage of the run that has one.
 * @throws UserError `evaluation-missing`
 */
export async function findEvaluation(store: string, run: string, stage: string | undefined): Promise<StoredEvaluation> {
  const { stages } = await readRun(store, run);
  for (const one of stages.toReversed()) {
    if (one.kind !== 'evaluate' || (stage !== undefined && one.name !== stage)) continue;
    const artifact = await artifactOf(store, one);
    const places = [
      ...(artifact === undefined ? [] : [join(storePaths.artifact(store, artifact), 'evaluation.json')]),
      // A gate that failed leaves its report in the run.
      join(storePaths.run(store, run), 'reports', `${one.name}.evaluation.json`),
    ];
    for (const place of places) {
      const evaluation = await readJson<Evaluation>(place).catch(() => undefined);
      if (evaluation?.format !== 1) continue;
      const open = (name: string) => openStored(store, stages, one, evaluation, artifact, name);
      return { run, stage: one.name, evaluation, open };
    }
  }
  throw new UserError({
    code: 'evaluation-missing',
    message: `Run ${run} has no evaluation${stage === undefined ? '' : ` '${stage}'`} in the store.`,
    hint: `\`lifecycle show ${run}\` lists its stages; what an evaluate stage found may have been removed by \`lifecycle gc\`.`,
  });
}

/** The data that a model was made from. @throws UserError `dataset-missing` */
export async function dataOf(store: string, { name, info }: Candidate): Promise<StoredDataset> {
  const data = info.data === undefined ? undefined : await findDataset(store, info.data);
  if (data?.dataset.target) return data;
  throw new UserError({
    code: 'dataset-missing',
    message: `The data that '${name}' was trained on is no longer in the store.`,
    hint: `Make both again: \`lifecycle run --from ${name} --force\`.`,
  });
}

async function openStored(
  store: string,
  stages: readonly StageSummary[],
  exam: StageSummary,
  evaluation: Evaluation,
  artifact: string | undefined,
  name: string,
): Promise<Candidate> {
  if (!evaluation.candidates.some((candidate) => candidate.name === name))
    throw new UserError({
      code: 'candidate-unknown',
      message: `'${exam.name}' judged no '${name}'.`,
      hint: `It judged ${evaluation.candidates.map((candidate) => candidate.name).join(', ')}.`,
    });
  const stage = stages.find((one) => one.name === name);
  const manifest = exam.fingerprint === undefined ? undefined : await findManifest(store, exam.fingerprint);
  const hashes = [stage && (await artifactOf(store, stage)), manifest?.inputs[name]];
  const folders = [
    ...(name === evaluation.best && artifact !== undefined ? [join(storePaths.artifact(store, artifact), 'best')] : []),
    ...hashes.flatMap((hash) =>
      hash !== undefined && /^[0-9a-f]{64}$/.test(hash)
        ? [storePaths.artifact(store, hash), join(storePaths.artifact(store, hash), 'best')]
        : [],
    ),
  ];
  for (const folder of folders) {
    const info = await readJson<ModelInfo>(join(folder, 'model.json')).catch(() => undefined);
    if (info?.format !== 1 || !info.servable) continue;
    const onnx = await readFile(join(folder, 'model.onnx')).catch(() => undefined);
    if (onnx) return { name, info, onnx, folder, hash: '' };
  }
  throw new UserError({
    code: 'candidate-gone',
    message: `The model '${name}' of this run is no longer in the store.`,
    hint: `Make it again: \`lifecycle run --to ${name}\`.`,
  });
}
