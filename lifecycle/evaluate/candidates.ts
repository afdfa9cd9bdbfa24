import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluateStage, ModelInfo } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import { findDataset, type StoredDataset } from '../store/datasets';
import type { StageContext } from '../store/room';

/** A model to be measured. */
export interface Candidate {
  /** Name of the stage that made it. */
  readonly name: string;
  readonly info: ModelInfo;
  /** model.onnx. */
  readonly onnx: Uint8Array;
  /** Absolute model folder. */
  readonly folder: string;
  /** Content hash of the model folder. */
  readonly hash: string;
}

/**
 * Opens the candidates and the one dataset they were all made from.
 *
 * @throws UserError `candidate-not-servable`, `candidate-damaged`, `candidates-differ-in-data`, `dataset-missing`, `target-missing`
 */
export async function openCandidates(
  context: StageContext<EvaluateStage>,
): Promise<{ readonly candidates: readonly Candidate[]; readonly data: StoredDataset }> {
  const candidates: Candidate[] = [];
  for (const [i, reference] of context.stage.candidates.entries())
    candidates.push(await openCandidate(context, reference, ['candidates', i]));
  return { candidates, data: await sharedData(context.store, candidates) };
}

async function openCandidate(
  context: StageContext<EvaluateStage>,
  reference: string,
  path: (string | number)[],
): Promise<Candidate> {
  const { stage: name, path: folder, hash } = context.input(reference);
  const info = await readJson<ModelInfo>(join(folder, 'model.json'));
  if (info?.format !== 1) {
    throw new UserError({
      code: 'candidate-damaged',
      message: `The result of '${name}' has no readable model.json.`,
      hint: `Run it again: \`lifecycle run --only ${name} --force\`.`,
      path,
    });
  }
  if (!info.servable) {
    throw new UserError({
      code: 'candidate-not-servable',
      message: `'${name}' gave metrics but no model.onnx, so it can't be measured here nor served.`,
      hint:
        info.kind === 'command'
          ? `Let its program write model.onnx into the folder named by LIFECYCLE_OUTPUT, or take '${name}' out of the candidates.`
          : `Take '${name}' out of the candidates.`,
      path,
    });
  }
  const onnx = await readFile(join(folder, 'model.onnx'));
  return { name, info, onnx, folder, hash };
}

async function sharedData(store: string, candidates: readonly Candidate[]): Promise<StoredDataset> {
  const found: StoredDataset[] = [];
  for (const [i, { name, info }] of candidates.entries()) {
    const data = info.data === undefined ? undefined : await findDataset(store, info.data);
    if (data === undefined) {
      throw new UserError({
        code: 'dataset-missing',
        message: `The data that '${name}' was trained on ${info.data === undefined ? 'is not recorded in its model.json' : 'is no longer in the store'}.`,
        hint: `Make both again: \`lifecycle run --from ${name} --force\`.`,
        path: ['candidates', i],
      });
    }
    found.push(data);
  }
  const [first] = found;
  if (first === undefined) throw new Error('an evaluate stage has at least one candidate');
  const other = found.findIndex(({ folder }) => folder !== first.folder);
  if (other >= 0) {
    throw new UserError({
      code: 'candidates-differ-in-data',
      message: `'${candidates[other]?.name}' was trained on other data than '${candidates[0]?.name}', so their figures can't be compared.`,
      hint: 'Let all candidates name the same data stage, or use one evaluate stage for each.',
      path: ['candidates', other],
    });
  }
  if (first.dataset.target === undefined) {
    throw new UserError({
      code: 'target-missing',
      message: 'The data stage of the candidates names no target, so there is nothing to compare predictions with.',
      path: ['candidates'],
    });
  }
  return first;
}
