/** What a policy acts in. */

/** The shape of an environment: numbers seen, and actions to choose from. */
export interface EnvironmentShape {
  /** Names of the observed numbers, which become the inputs of the policy. */
  readonly observations: readonly string[];
  /** Names of the actions, which become its classes. */
  readonly actions: readonly string[];
}

/** What came of a step. */
export interface Transition {
  readonly observation: Float32Array;
  readonly reward: number;
  /** The episode ended by itself: nothing comes after. */
  readonly done: boolean;
  /** The episode was cut off, for example by a limit of time. */
  readonly truncated: boolean;
}

/** One environment with one episode at a time. */
export interface Environment {
  readonly shape: EnvironmentShape;
  /** Begins an episode; the same seed begins it alike. */
  reset(seed: number): Promise<Float32Array>;
  step(action: number): Promise<Transition>;
  close(): Promise<void>;
}
