import { createInterface } from 'node:readline/promises';
import { UserError } from '../problem';
import type { Context } from './context';

/** Asks a yes-or-no question on a terminal. @throws {UserError} `confirmation-needed` where nobody can answer */
export async function confirm(question: string, context: Context): Promise<boolean> {
  if (!(context.stdin as { isTTY?: boolean }).isTTY || context.terminal.json) {
    throw new UserError({
      code: 'confirmation-needed',
      message: question,
      hint: 'Add --yes to go on without being asked.',
    });
  }
  const lines = createInterface({ input: context.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
