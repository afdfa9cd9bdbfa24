/** A store with a dataset and a model trained on it, for the optimize room. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OptimizeStage, TrainStage } from '../../../schemas/generated/types';
import { room } from '../../../lifecycle/optimize/room';
import { teach } from '../../../lifecycle/run/teach';
import type { Room } from '../../../lifecycle/store/room';
import { room as trainRoom } from '../../../lifecycle/train/room';
import { example } from '../train/example';
import { type Example, type Ran, runRoom, temporaryFolder, writeDataset } from '../train/fixture';

export interface Trained {
  readonly store: string;
  readonly model: string;
  /** Folder of the dataset. */
  readonly data: string;
}

export async function trained(stage: Partial<TrainStage>, data: Example = example('binary')): Promise<Trained> {
  const store = await temporaryFolder();
  const hash = '0'.repeat(64);
  const folder = join(store, 'artifacts', '00', hash);
  await mkdir(folder, { recursive: true });
  await writeDataset(folder, data);
  const { output } = await runRoom(trainRoom, { kind: 'train', data: 'd', ...stage }, { d: folder });
  const model = join(store, 'model');
  await cp(output, model, { recursive: true });
  return { store, model, data: folder };
}

/** The room as the runner runs it: with trainers to lend. */
const lending: Room<OptimizeStage> = {
  ...room,
  run: (context) => room.run({ ...context, teach: (...given) => teach(context, ...given) }),
};

export function optimize(given: Trained, stage: Partial<OptimizeStage>, seed = 7): Promise<Ran> {
  const whole: OptimizeStage = { kind: 'optimize', model: 'm', ...stage };
  return runRoom(lending, whole, { m: given.model }, { store: given.store, seed });
}

export const network: Partial<TrainStage> = {
  model: {
    kind: 'network',
    layers: [{ dense: { units: 128, activation: 'relu' } }, { dense: { units: 64, activation: 'gelu' } }],
  },
  training: { epochs: 10 },
};
