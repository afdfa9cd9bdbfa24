import { type Dataset, type NetworkModel } from '../../../schemas/generated/types';
import { tokenInputs } from './tokens';

/** The image that a dataset's plain features are, when they are the pixels of one and nothing else. */
export function pixelInput(dataset: Pick<Dataset, 'steps' | 'features'>): NetworkModel['image'] {
  const step = dataset.steps?.find((each) => each['step'] === 'pixels');
  if (step === undefined) return undefined;
  const [height, width, channels] = [step['height'], step['width'], step['channels']] as [number, number, number];
  const plain = tokenInputs(dataset).reduce((rest, { steps }) => rest - steps, dataset.features.length);
  return plain === height * width * channels ? { height, width, channels } : undefined;
}
