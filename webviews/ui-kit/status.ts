/** How runs and stages stand, by a sign and a word: never by colour alone. */
export const states = {
  waiting: { mark: '○', word: 'waiting' },
  running: { mark: '◐', word: 'running' },
  succeeded: { mark: '✓', word: 'succeeded' },
  reused: { mark: '↺', word: 'reused' },
  failed: { mark: '✗', word: 'failed' },
  skipped: { mark: '–', word: 'skipped' },
  cancelled: { mark: '■', word: 'cancelled' },
  lost: { mark: '⚠', word: 'ended unexpectedly' },
} as const;

/** The sign of a status as it comes over a message; undefined for one that is not known. */
export const markOf = (status: string): string | undefined =>
  Object.hasOwn(states, status) ? states[status as keyof typeof states].mark : undefined;
