/** Trees that learn a teacher's answers instead of the labels. */
import { type Teacher } from '../../store/room';
import { type Lesson } from '../trainer';
import { boost, type Boosted, type BoosterSettings } from './booster';

/** Less than this probability is taken as this: further down only the logarithm would tell them apart. */
const LEAST = 1e-4;

/** The lesson with the teacher's answers for labels: the positive class's probability, or the value. As it was for several classes. */
export function taughtLesson(lesson: Lesson, { train, validation }: Teacher): Lesson {
  if (lesson.task === 'multiclass') return lesson;
  const labels = (answers: Float32Array): Float64Array =>
    lesson.task === 'regression'
      ? Float64Array.from(answers)
      : Float64Array.from({ length: answers.length / 2 }, (_, row) => answers[2 * row + 1]!);
  return {
    ...lesson,
    train: { ...lesson.train, labels: labels(train) },
    ...(lesson.validation && validation && { validation: { ...lesson.validation, labels: labels(validation) } }),
  };
}

/**
 * Several classes: one ensemble a class learns the logarithm of its probability, less the mean of all classes', with squared error (Ba & Caruana, Do Deep Nets
 * Really Need to be Deep?, 2014); together they are the scores of a softmax.
 */
export async function boostTaughtClasses(
  { train, validation, classes }: Lesson,
  teacher: Teacher,
  settings: BoosterSettings,
  onRound: (done: number) => Promise<void>,
): Promise<Boosted> {
  const parts: Boosted[] = [];
  const width = classes.length;
  const scores = (answers: Float32Array, of: number): Float64Array =>
    Float64Array.from({ length: answers.length / width }, (_, row) => {
      const logs = Array.from(answers.subarray(row * width, (row + 1) * width), (p) => Math.log(Math.max(p, LEAST)));
      return logs[of]! - logs.reduce((a, b) => a + b, 0) / width;
    });
  for (let k = 0; k < width; k++) {
    const judged = validation &&
      teacher.validation && { columns: validation.columns, labels: scores(teacher.validation, k) };
    parts.push(
      await boost(
        { columns: train.columns, labels: scores(teacher.train, k) },
        judged,
        'regression',
        0,
        { ...settings, seed: settings.seed + k },
        ({ round }) => onRound((k + round / settings.trees) / width),
      ),
    );
  }
  return {
    ensemble: {
      features: train.columns.length,
      outputs: width,
      base: parts.map(({ ensemble }) => ensemble.base[0]!),
      trees: parts.flatMap(({ ensemble }, output) => ensemble.trees.map(({ tree }) => ({ tree, output }))),
    },
    rounds: Math.max(...parts.map(({ rounds }) => rounds)),
    bestRound: Math.max(...parts.map(({ bestRound }) => bestRound)),
    leafScale: 1,
    importance: Float64Array.from(
      { length: train.columns.length },
      (_, feature) => parts.reduce((sum, { importance }) => sum + importance[feature]!, 0) / width,
    ),
  };
}
