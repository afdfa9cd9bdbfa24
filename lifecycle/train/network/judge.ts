import { type FeatureInputs } from '../../model/standardize';
import { type Matrix } from '../scaling';
import { monitorMetrics } from '../monitor';
import { type Lesson } from '../trainer';
import { Scorer, type Weights } from './fit';
import { meanLoss } from './loss';
import { judgedRows, type Target } from './prepare';
import { type Pupil } from './step';

/** Judges weights on the validation split. */
export interface Judge {
  /** Loss, in the unit of the labels, and cheap metrics, in the target's own; nothing where a score is no number any more. */
  measure(weights: Weights): Promise<Record<string, number> | undefined>;
  close(): Promise<void>;
}

export async function openJudge(
  lesson: Lesson,
  pupil: Pupil,
  validation: Matrix,
  inputs: FeatureInputs,
  target: Target,
): Promise<Judge> {
  const { task, threads } = lesson;
  const { labels, rows } = validation;
  const given = judgedRows(validation, inputs);
  const scorer = await Scorer.open(pupil, threads);
  return {
    async measure(weights) {
      let scores = await scorer.scores(given, rows, weights);
      if (!scores.every(Number.isFinite)) return undefined;
      if (task === 'regression') scores = scores.map((score) => score * target.deviation + target.mean);
      const more = Object.entries(monitorMetrics(lesson, labels, scores));
      return {
        'validation/loss': meanLoss(pupil.loss, task, scores, labels),
        ...Object.fromEntries(more.map(([name, value]): [string, number] => [`validation/${name}`, value])),
      };
    },
    close: () => scorer.close(),
  };
}
