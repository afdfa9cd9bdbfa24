import type { TrainStage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import type { StageContext, Teach, Teacher } from '../store/room';
import { trainTaught } from '../train/room';

/** Of what a child's training tells, the share of the stage that it is. */
const [FROM, SHARE] = [0.15, 0.7];

/** The trainers of the train room, lent to rooms that may not import them: they speak through the context of the stage that asks. */
export function teach(context: StageContext, stage: TrainStage, folder: string, teacher: Teacher): ReturnType<Teach> {
  const lent: StageContext<TrainStage> = {
    ...context,
    stage,
    input: (reference) => ({ ...context.input(inputOf(context)), reference, path: folder }),
    progress: (fraction, message) => context.progress(FROM + SHARE * fraction, message),
    log: (level, message, more) =>
      context.log(level, message, { ...more, ...(more?.path && { path: placeOf(more.path) }) }),
  };
  return trainTaught(lent, teacher).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.problem.path === undefined) throw error;
    throw new UserError({ ...error.problem, path: placeOf(error.problem.path) });
  });
}

/** Where the train stage's settings stand in the stage that asks. */
function placeOf(path: readonly (string | number)[]): (string | number)[] {
  const [first, ...rest] = path;
  if (first === 'model') return ['distil', 'into', ...rest];
  return first === 'training' ? ['distil', 'training', ...rest] : ['model'];
}

/** The one reference of the stage that asks: its model. */
function inputOf({ stage }: StageContext): string {
  return 'model' in stage && typeof stage.model === 'string' ? stage.model : '';
}
