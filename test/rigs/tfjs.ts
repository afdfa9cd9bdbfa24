import type { Runtime, Tensorflow } from '../../lifecycle/train/tensorflow/runtime';
import { apart, type Case, feedsOf, pupilOf } from '../lifecycle/train/golden-layers';
import { float } from '../../lifecycle/onnx';
import { accumulatingStep, names } from '../../lifecycle/train/network/step';
import { tensorflowSession } from '../../lifecycle/train/tensorflow/session';

/** The same API as tfjs-node's, on the backend that runs anywhere. */
export async function cpuRuntime(): Promise<Runtime> {
  const tf = (await import('@tensorflow/tfjs-core')) as unknown as Tensorflow;
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return { tf, name: 'tfjs cpu', version: tf.version_core };
}

/** How far loss and gradient of a layer are from PyTorch's, relatively, when the runtime computes them. */
export async function layerError(golden: Case, runtime: Runtime): Promise<number> {
  const pupil = pupilOf(golden);
  const session = tensorflowSession(accumulatingStep(pupil, 'tensorflow'), runtime);
  try {
    const results = await session.run({
      ...feedsOf(golden, pupil),
      [names.theta]: float(Float32Array.from(golden.start)),
    });
    const gradient = results[names.next(names.gradient)]!.data as Float32Array;
    const loss = Number(results[names.loss]!.data[0]);
    return Math.max(apart(gradient, golden.gradient), apart([loss], [golden.loss]));
  } finally {
    await session.close();
  }
}
