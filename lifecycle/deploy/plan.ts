import type {
  BatchTarget,
  DeploymentTarget,
  DeployStage,
  LocalTarget,
  RolloutState,
} from '../../schemas/generated/types';

/**
 * One thing to do to the world, as plain data: it can be shown, compared and tested without being done. Holds no secret.
 * `undo` says how to take it back; what has none can't be taken back, or needs not.
 */
export type Action = {
  /** In words, for people. */
  readonly say: string;
  readonly undo?: Action;
} & (
  | {
      readonly do: 'write';
      /** Absolute. */
      readonly path: string;
      /** Absent: the file is removed. */
      readonly content?: string;
      /** What stands there now, for showing what changes. */
      readonly before?: string;
    }
  /** Starts a model server with a configuration, and waits until it is ready. */
  | {
      readonly do: 'run';
      readonly program: 'server';
      readonly config: string;
      readonly secret?: string;
      readonly jwtSecret?: string;
    }
  /** Scores files with a bundle. */
  | {
      readonly do: 'run';
      readonly program: 'score';
      readonly bundle: string;
      readonly digest: string;
      readonly input: string;
      readonly output: string;
      readonly keep?: readonly string[];
    }
  /** Asks the running server of a target: to load what its configuration says now, or to stop. */
  | {
      readonly do: 'call';
      readonly operation: 'load' | 'stop';
      readonly folder: string;
      readonly secret?: string;
      readonly jwtSecret?: string;
    }
);

/** What is to be put somewhere. */
export interface Placement {
  /** Absolute folder of the store. */
  readonly store: string;
  readonly target: string;
  /** Absolute folder that relative paths of the target start from. */
  readonly folder: string;
  readonly model: {
    readonly name: string;
    readonly version: number;
    readonly digest: string;
    /** Absolute folder of the bundle in the registry. */
    readonly folder: string;
    /** Columns the model takes. */
    readonly inputs: readonly string[];
  };
  /** How it takes over from what is live; at once unless given. */
  readonly strategy?: DeployStage['strategy'];
  /** It was live before and is put back: nothing keeps it out. */
  readonly back?: boolean;
  /** Where it comes from, for the ledger of a roll-out that ends later. */
  readonly origin?: { readonly run?: string; readonly pipeline?: string; readonly stage?: string };
}

/** What to do to get there from what is there now; nothing when it is there already. */
export interface DeploymentPlan {
  readonly target: string;
  readonly kind: DeploymentTarget['kind'];
  readonly actions: readonly Action[];
  /** Why there is nothing to do, or what a reader should know. */
  readonly notes: readonly string[];
  /** The version is only tried: what is live stays live until the roll-out ends. */
  readonly rollout?: {
    readonly id: string;
    readonly strategy: RolloutState['strategy'];
    readonly live: { readonly name: string; readonly version: number; readonly digest: string };
  };
}

/** What came of a plan. */
export interface Outcome {
  readonly url?: string;
  readonly output?: string;
  readonly rows?: number;
}

/** One kind of target. */
export interface TargetKind<T extends DeploymentTarget = DeploymentTarget> {
  readonly kind: T['kind'];
  /** Whether deploying here reaches beyond this machine, so that people are asked first. */
  readonly asks: boolean;
  /** Whether a version can take over step by step. */
  readonly rollouts?: boolean;
  /** Looks at what is there and says what to do. Changes nothing. */
  plan(settings: T, placement: Placement): Promise<DeploymentPlan>;
  /** Where it can be found, once the plan is applied. */
  outcome(settings: T, placement: Placement): Promise<Outcome>;
  /** What to do to take it away; undefined when there is nothing to take away. */
  stop?(store: string, target: string): Promise<DeploymentPlan>;
}

export type AnyTarget = TargetKind<LocalTarget> | TargetKind<BatchTarget>;
