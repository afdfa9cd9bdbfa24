import { type Random } from '../../statistics/random';
import { type Environment } from './environment';
import { type Perceptron } from './perceptron';

export interface AlgorithmOptions {
  readonly environments: readonly Environment[];
  /** The network from observations to one score an action. */
  readonly actor: Perceptron;
  readonly steps: number;
  readonly discount: number;
  readonly rate: number | undefined;
  readonly random: Random;
  /** Execution provider. */
  readonly provider: string;
  readonly breathe: () => Promise<void>;
}

/** A learning algorithm between two looks at what it has learnt. */
export interface Algorithm {
  /** Parameters of the network, at this moment. */
  parameters(): Float32Array;
  /** Acts and learns for a while. Gives the steps taken, the last loss, and the rewards of the episodes that ended. */
  advance(): Promise<{ readonly steps: number; readonly loss: number; readonly episodes: readonly number[] }>;
  close(): Promise<void>;
}
