/** The target as a model learns it: transformed where the train stage asks for it. */
import { type Model, type TrainStage } from '../../schemas/generated/types';
import {
  askedTransform,
  learnTransform,
  restoreValue,
  takes,
  type TargetTransform,
  type TransformKind,
  transformValue,
} from '../model/target-transform';
import { UserError } from '../problem';
import { type Teacher } from '../store/room';
import { type TrainingData } from './dataset';
import { type Matrix } from './scaling';
import { type Lesson } from './trainer';

/** The part of a lesson that depends on the target's scale. */
export type Taught = Pick<Lesson, 'train' | 'validation' | 'teacher' | 'restore'>;

/**
 * Transforms the labels of both splits, and a teacher's answers, with what the training split says. Without a transform all is as it was.
 *
 * @throws UserError when the target has classes, has values that the transform can't take, or the loss has a logarithm of its own
 */
export function transformTarget(
  stage: TrainStage,
  { target }: TrainingData,
  model: Model,
  given: Omit<Taught, 'restore'>,
): Taught & { readonly transform?: TargetTransform } {
  const kind = askedTransform(stage);
  if (kind === undefined) return given;
  const path = ['target-transform'];
  if (target.task !== 'regression') {
    throw new UserError({
      code: 'target-transform-unsuited',
      message: `\`target-transform: ${kind}\` is for a number to predict, but the target '${target.column}' has classes.`,
      hint: 'Leave `target-transform` out, or state `task: regression` in the data stage if it is a number.',
      path,
    });
  }
  if (model.kind === 'boosted-trees' && model.loss === 'poisson') {
    throw new UserError({
      code: 'setting-conflict',
      message: `The loss \`poisson\` learns the logarithm of the target's mean by itself; \`target-transform: ${kind}\` would transform it twice.`,
      hint: 'Leave one of the two out.',
      path,
    });
  }
  const { train, validation, teacher } = given;
  checkRange(kind, train.labels, 'training', target.column);
  if (validation) checkRange(kind, validation.labels, 'validation', target.column);
  const transform = learnTransform(kind, train.labels);
  const least = train.labels.reduce((a, b) => Math.min(a, b), Infinity);
  const learnt = (matrix: Matrix): Matrix => ({
    ...matrix,
    labels: matrix.labels.map((label) => transformValue(transform, label)),
  });
  // A teacher may answer what the target never is.
  const answers = (values: Float32Array): Float32Array =>
    values.map((value) => transformValue(transform, takes(kind, value) ? value : least));
  return {
    train: learnt(train),
    ...(validation && { validation: learnt(validation) }),
    ...(teacher && { teacher: taught(teacher, answers) }),
    restore: (value) => restoreValue(transform, value),
    transform,
  };
}

function taught(teacher: Teacher, answers: (values: Float32Array) => Float32Array): Teacher {
  return {
    ...teacher,
    train: answers(teacher.train),
    ...(teacher.validation && { validation: answers(teacher.validation) }),
  };
}

function checkRange(kind: TransformKind, labels: Float64Array, split: string, column: string): void {
  const strange = labels.filter((label) => !takes(kind, label));
  if (strange.length === 0) return;
  const least = strange.reduce((a, b) => Math.min(a, b), Infinity);
  const [needs, filter] = kind === 'box-cox' ? ['is above 0', '> 0'] : ['is never negative', '>= 0'];
  throw new UserError({
    code: 'target-out-of-range',
    message: `\`target-transform: ${kind}\` needs a target that ${needs}; '${column}' is ${kind === 'box-cox' ? '0 or less' : 'negative'} in ${strange.length.toLocaleString('en')} of ${labels.length.toLocaleString('en')} ${split} rows, down to ${least}.`,
    hint: `Use \`yeo-johnson\`, which takes any number${kind === 'box-cox' && least === 0 ? ', or `log`, which takes 0' : ''}; or, if such values are mistakes, filter them in the data stage: \`rows: [{filter: "${column} ${filter}"}]\`.`,
    path: ['target-transform'],
  });
}
