import type { DeploymentTarget, DeployStage, RolloutState } from '../../schemas/generated/types';
import type { OutwardRequest, Outward } from '../net/outward';

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
      /** Absent, and no `from` either: the file is removed. */
      readonly content?: string;
      /** A file whose bytes are copied, with the checksum they must have. */
      readonly from?: { readonly path: string; readonly sha256: string };
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
      /** Lines above the header of CSV files, where they are stated. */
      readonly skip?: number;
      /** One file of this kind in the folder `output` for each of the input; what is there already is kept. */
      readonly parts?: 'csv' | 'parquet';
    }
  /** Sends an image that lies in the store to a registry; layers that are there already are not sent. */
  | {
      readonly do: 'run';
      readonly program: 'push';
      /** Absolute folder of the image, in the OCI layout. */
      readonly image: string;
      readonly digest: string;
      /** `registry.example.com/team/churn`. */
      readonly repository: string;
      readonly tags: readonly string[];
      /** Names of the secrets that hold user and password; without them what the registry's host is known to want. */
      readonly credentials?: RegistryCredentials;
    }
  /** Copies an image that lies in the store into a folder, in the OCI layout. */
  | {
      readonly do: 'run';
      readonly program: 'copy-image';
      readonly image: string;
      readonly digest: string;
      readonly path: string;
    }
  /** Asks the running server of a target: to load what its configuration says now, or to stop. */
  | {
      readonly do: 'call';
      readonly operation: 'load' | 'stop';
      readonly folder: string;
      readonly secret?: string;
      readonly jwtSecret?: string;
    }
  /** One request to a service, by its documented interface. */
  | {
      readonly do: 'call';
      readonly operation: 'request';
      readonly request: OutwardRequest;
      /** What is to be removed may be gone already. */
      readonly orAbsent?: true;
      /** Tidying up behind a deployment that stands: when it fails this is noted, and nothing is undone. */
      readonly optional?: true;
      /** What is there now, for showing what changes. */
      readonly before?: unknown;
      /** Asked first: when the answer holds all of this there is nothing to do. */
      readonly unless?: { readonly request: OutwardRequest; readonly holds: unknown };
      /** Asked again and again until the service has done it. */
      readonly until?: Until;
    }
);

/** Waiting for a service: whom to ask, and how its answer is read. */
export interface Until {
  /** Without it the operation that the answer names is asked for (Google). */
  readonly request?: OutwardRequest;
  readonly reads:
    | 'kubernetes-rollout'
    | 'kserve-ready'
    | 'seldon-available'
    | 'sagemaker-endpoint'
    /** Any state in which it can be changed again. */
    | 'sagemaker-settled'
    | 'google-operation'
    | 'azure-resource'
    /** Any state in which it can be changed again. */
    | 'azure-settled'
    /** An operation that ended, however. */
    | 'google-settled'
    /** Until it is not there any more. */
    | 'gone';
  /** What must be there in the end; a service may have gone back by itself. */
  readonly holds?: unknown;
  /** Seconds between two questions, and after which it has failed. */
  readonly every: number;
  readonly patience: number;
}

/** Secrets of a container registry, by name. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

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
  /** Asks services what is there now. Absent: nobody is asked, and everything counts as new. */
  readonly outward?: Outward;
  /** Digest of the image that holds this version already, where that is known: then none is built, and plans are for a look alone. */
  readonly image?: string;
  /** The engine as one file (`dist/cli.js`), for images. */
  readonly engine?: string;
}

/** What to do to get there from what is there now; nothing when it is there already. */
export interface DeploymentPlan {
  readonly target: string;
  readonly kind: DeploymentTarget['kind'];
  readonly actions: readonly Action[];
  /** Why there is nothing to do, or what a reader should know. */
  readonly notes: readonly string[];
  /** The service is busy: these actions only wait for it, and what is left to do shows afterwards. */
  readonly again?: true;
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
  /** The image that holds the model, by digest. */
  readonly image?: string;
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
  /** Where the settings lead, in words; another place is another deployment. */
  place?(settings: T, placement: Placement): string;
  /** Settings that the words of a refusal by the service are about, for showing the line to blame. */
  readonly blame?: readonly (readonly [RegExp, readonly string[]])[];
  /** Where it can be found, once the plan is applied. */
  outcome(settings: T, placement: Placement): Promise<Outcome>;
  /** What to do to take it away; undefined when there is nothing to take away. */
  stop?(store: string, target: string): Promise<DeploymentPlan>;
  /** {@link stop} for kinds that need their settings and the outside for it. */
  remove?(settings: T, placement: Placement): Promise<DeploymentPlan>;
  /** What versions that were live once left behind, as actions that delete it. @param keep versions of which nothing is deleted */
  leftovers?(settings: T, placement: Placement, keep: ReadonlySet<number>): Promise<DeploymentPlan>;
}
