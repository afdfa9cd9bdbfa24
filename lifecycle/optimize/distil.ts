import { type Distillation, type ModelInfo, type OptimizeStage, type TrainStage } from '../../schemas/generated/types';
import { predictSample, readSample } from '../model/score';
import { openSession } from '../onnx';
import { UserError } from '../problem';
import { type StageContext } from '../store/room';
import { type Split, type Splits } from './split';

export interface Distilled {
  readonly bytes: Uint8Array;
  readonly info: ModelInfo;
}

/**
 * Trains a smaller model on what the model answers to the rows of its own training split. Source: Hinton et al., Distilling the Knowledge in a Neural
 * Network (2015).
 *
 * @throws UserError when the rows are gone, or the smaller model can't be trained
 */
export async function distil(
  context: StageContext<OptimizeStage>,
  teacher: { readonly bytes: Uint8Array; readonly info: ModelInfo },
  settings: Distillation,
  splits: Splits,
): Promise<Distilled> {
  const { into, temperature = 2, training } = settings;
  const { data, train, validation } = splits;
  if (data === undefined || train === undefined) {
    throw new UserError({
      code: 'training-rows-missing',
      message: data
        ? 'A smaller model learns from training rows, and the training split has none.'
        : 'A smaller model learns from training rows, and the model’s data is no longer in the store.',
      hint: data
        ? 'Give the data stage a training split.'
        : 'Run its data and train stages again (`lifecycle run --force`).',
      path: ['model'],
    });
  }
  if (context.teach === undefined) throw new Error('nobody lends a trainer');
  if (into.kind === 'boosted-trees') {
    if (training !== undefined) idle(context, 'training', 'it is for networks, and the smaller model is boosted-trees');
    if (settings.temperature !== undefined) idle(context, 'temperature', 'trees learn probabilities as they are');
  } else if (teacher.info.task === 'regression' && settings.temperature !== undefined)
    idle(context, 'temperature', 'the target is a number');
  const session = await openSession(teacher.bytes, { threads: context.threads });
  const answersTo = async (split: Split): Promise<Float32Array> => {
    const { scratch, signal, threads } = context;
    const sample = await readSample(teacher.info, split, { scratch, signal, threads }, Number.MAX_SAFE_INTEGER);
    const { probabilities, prediction } = await predictSample(session, teacher.info, sample);
    return (probabilities ?? prediction)!;
  };
  try {
    context.progress(0.05, 'asking the model');
    const answers = await answersTo(train);
    const judged = validation && (await answersTo(validation));
    context.signal.throwIfAborted();
    const stage: TrainStage = {
      kind: 'train',
      data: 'data',
      model: into,
      // Its answers spread as its target does, so they are learnt as it learnt them.
      ...(teacher.info.targetTransform &&
        !('loss' in into && into.loss === 'poisson') && { 'target-transform': teacher.info.targetTransform.kind }),
      ...(training && { training }),
    };
    const { bytes, info } = await context.teach(stage, data.folder, {
      train: answers,
      ...(judged && { validation: judged }),
      temperature,
    });
    return {
      bytes,
      info: {
        ...info,
        ...(teacher.info.data !== undefined && { data: teacher.info.data }),
        ...(teacher.info.threshold !== undefined && { threshold: teacher.info.threshold }),
      },
    };
  } finally {
    await session.close();
  }
}

function idle(context: StageContext<OptimizeStage>, key: string, why: string): void {
  context.log('warning', `\`${key}\` has no effect: ${why}.`, { code: 'no-effect', path: ['distil', key] });
}
