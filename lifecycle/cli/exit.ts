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

export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'everything went well'],
  [EXIT.failed, 'a stage failed, or something went wrong while working'],
  [EXIT.usage, 'the command, the pipeline or a file is not right; nothing was done'],
  [EXIT.gate, 'a gate was not met, or drift was found that calls for action'],
  [EXIT.busy, 'another run of the same pipeline is going (see --wait)'],
  [EXIT.cancelled, 'cancelled, by Ctrl+C or `lifecycle cancel`'],
];
