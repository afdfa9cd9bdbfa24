import type { Problem } from '../schemas/generated/types';

/**
 * A mistake of the user or of the outside world, in plain language: what is wrong, where, and the way out.
 * Rooms throw it to stop a stage; it ends as a `stage-failed` event, never as a stack trace. Everything else that is thrown is a bug.
 */
export class UserError extends Error {
  readonly problem: Problem;

  /** @param problem `code` is stable and kebab-case (`data-file-missing`); `path` is the place inside the stage, for example `['model', 'layers', 2]`. */
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'UserError';
    this.problem = problem;
  }
}

/**
 * The way out when a secret is nowhere: where it is looked for.
 * @param value what it holds, where that is not clear, for example `postgres://user:password@host/database`
 */
export function secretHint(name: string, value?: string): string {
  return `Set the environment variable ${name}${value === undefined ? '' : ` to ${value}`}. What the editor starts is given the secrets of VS Code, too (*ML Lifecycle: Set Secret…*); a terminal does not see those.`;
}

/** The problem of anything thrown; what is not a {@link UserError} is marked as a bug of ours with its stack in the details. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof UserError) return thrown.problem;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: 'internal-error',
    message: `Something went wrong inside ML Lifecycle: ${error.message}`,
    hint: 'This is a bug. Please report it with the lines below.',
    details: (error.stack ?? '').split('\n').slice(0, 12),
  };
}
