import { type NetworkModel } from '../../../schemas/generated/types';
import { UserError } from '../../problem';
import { type Learned, type Lesson } from '../trainer';
import { loadTensorflow } from './runtime';

/** A network trained by TensorFlow.js. */
export async function trainTensorflow(_lesson: Lesson, _model: NetworkModel): Promise<Learned> {
  const { name } = await loadTensorflow();
  throw new UserError({
    code: 'tensorflow-missing',
    message: `This version can't train with ${name} yet.`,
    hint: 'Use `device: auto`.',
    path: ['resources', 'device'],
  });
}
