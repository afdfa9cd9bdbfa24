/** The losses of PPO and DQN on a small policy, as the self-test of gradients asks for them. */
import { type Reinforcement } from '../../../schemas/generated/types';
import { float } from '../../onnx';
import { Random } from '../../statistics/random';
import { type Subject, type Trial } from '../network/families';
import { dqnLoss } from './dqn';
import { type Aim, rowsOf, slopeGraph } from './learner';
import { type Perceptron, sizesOf, startParameters } from './perceptron';
import { ppoLoss } from './ppo';

const ROWS = 8;
const actor: Perceptron = {
  inputs: 3,
  hidden: [
    { units: 5, activation: 'tanh' },
    { units: 4, activation: 'relu' },
  ],
  outputs: 3,
};
const critic: Perceptron = { ...actor, outputs: 1 };

const AIMS: Readonly<Record<NonNullable<Reinforcement['algorithm']>, Aim>> = {
  ppo: { networks: [actor, critic], loss: ppoLoss(actor, critic) },
  dqn: { networks: [actor], loss: dqnLoss(actor) },
};

/** What a policy's training by an algorithm computes. */
export function policyFamily(algorithm: keyof typeof AIMS): Subject {
  const name = `policies by ${algorithm.toUpperCase()}`;
  return { name, trial: () => trialOf(AIMS[algorithm], new Random(`self-test ${name}`)) };
}

function trialOf(aim: Aim, random: Random): Trial {
  const drawn = (width: number, mean: number, deviation: number) =>
    rowsOf(
      Float32Array.from({ length: ROWS * width }, () => random.normal(mean, deviation)),
      width,
    );
  const chosen = new Float32Array(ROWS * actor.outputs);
  for (let i = 0; i < ROWS; i++) chosen[i * actor.outputs + (i % actor.outputs)] = 1;
  const start = aim.networks.flatMap((network, i) => [...startParameters(network, random.fork(i), 1)]);
  return {
    graph: (provider) => slopeGraph(aim, provider),
    theta: Float32Array.from(start, (value) => value + random.normal(0, 0.2)),
    sizes: aim.networks.flatMap(sizesOf),
    feeds: {
      x: drawn(actor.inputs, 0, 1),
      chosen: rowsOf(chosen, actor.outputs),
      // About the log of a third: ratios lie on both sides of their bounds.
      before: drawn(1, Math.log(1 / actor.outputs), 0.5),
      gain: drawn(1, 0, 1),
      wanted: drawn(1, 0, 1.5),
      low: float([0.8], [1, 1]),
      high: float([1.2], [1, 1]),
    },
  };
}
