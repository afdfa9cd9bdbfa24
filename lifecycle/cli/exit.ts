import type { RunInfo } from '../../schemas/generated/types';
import type { RunSummary } from '../store/summary';

/** Exit codes; `lifecycle help exit-codes` prints them. */
export const EXIT = {
  /** Everything went well. */
  ok: 0,
  /** A stage failed, or something else went wrong while working. */
  failed: 1,
  /** The command or the pipeline is not right; nothing was done. */
  usage: 2,
  /** A gate was not met, or drift was found that calls for action. */
  gate: 3,
  /** Another run of the same pipeline is going. */
  busy: 4,
  /** Cancelled, by Ctrl+C or `lifecycle cancel`. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes of problems that mean that the result is sound but not good enough. */
const GATES = new Set(['gate-failed', 'requirement-not-met', 'drift-above-limit']);

/** How a run ended. */
export interface Ended {
  readonly status: RunSummary['status'];
  readonly command: RunInfo['command'] | undefined;
  /** Codes of what its stages failed with. */
  readonly problems: readonly string[];
  /** Whether a monitor said that retraining is due. */
  readonly retrain: boolean;
}

/** The exit code of a run that ended, the same whether it is carried out here or followed. */
export function exitOf({ status, command, problems, retrain }: Ended): ExitCode {
  if (status === 'succeeded') return command === 'monitor' && retrain ? EXIT.gate : EXIT.ok;
  if (status === 'cancelled') return EXIT.cancelled;
  return problems.length > 0 && problems.every((code) => GATES.has(code)) ? EXIT.gate : EXIT.failed;
}

export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'everything went well'],
  [EXIT.failed, 'a stage failed, or something went wrong while working'],
  [EXIT.usage, 'the command, the pipeline or a file is not right; nothing was done'],
  [EXIT.gate, 'a gate was not met, or drift was found that calls for action'],
  [EXIT.busy, 'another run of the same pipeline is going (see --wait)'],
  [EXIT.cancelled, 'cancelled, by Ctrl+C or `lifecycle cancel`'],
];
