/** What a provider of ours makes of the layers whose losses, gradients and curves PyTorch computed. */
import { float, openSession } from '../../lifecycle/onnx';
import { Random } from '../../lifecycle/statistics/random';
import { fit, startState, startWeights } from '../../lifecycle/train/network/fit';
import { memoryRows } from '../../lifecycle/train/network/rows';
import { accumulatingStep, names } from '../../lifecycle/train/network/step';
import { type Case, feedsOf, pupilOf } from '../lifecycle/train/golden-layers';

export interface Opened {
  /** Loss and gradient under given weights. */
  at(theta: Float32Array): Promise<{ readonly loss: number; readonly gradient: Float32Array }>;
  close(): Promise<void>;
}

/**
 * A golden's network, ready to be computed.
 * @param built the provider that its graph is made for
 * @param provider the one that runs it
 */
export async function openGolden(golden: Case, built?: string, provider = 'cpu'): Promise<Opened> {
  const pupil = pupilOf(golden);
  const fixed = feedsOf(golden, pupil);
  const session = await openSession(accumulatingStep(pupil, built), { provider });
  return {
    async at(theta) {
      const results = await session.run({ ...fixed, [names.theta]: float(theta) });
      return {
        loss: Number(results[names.loss]!.data[0]),
        gradient: results[names.next(names.gradient)]!.data as Float32Array,
      };
    },
    close: () => session.close(),
  };
}

/** Losses of as many steps as the golden's curve has. */
export async function curveOf(golden: Case, provider?: string): Promise<number[]> {
  const pupil = pupilOf(golden);
  const losses: number[] = [];
  const source = memoryRows({
    rows: golden.rows,
    inputs: Float32Array.from(golden.inputs),
    targets: Float32Array.from(golden.targets),
    weights: new Float32Array(golden.rows).fill(1),
  });
  const { statistics } = startWeights(pupil.plan, new Random(1));
  const optimizer = { kind: 'adam', 'learning-rate': golden.rate } as const;
  await fit(
    pupil,
    source,
    startState(pupil, optimizer, { theta: Float32Array.from(golden.start), statistics }),
    {
      optimizer,
      epochs: golden.curve.length,
      batchSize: 100,
      schedule: { kind: 'constant' },
      threads: 1,
      ...(provider !== undefined && { provider }),
    },
    new Random(1),
    {
      onEpoch: ({ loss }) => {
        losses.push(loss);
        return Promise.resolve({});
      },
    },
  );
  return losses;
}
