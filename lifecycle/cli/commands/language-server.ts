import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../problem';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';

/** Hands this process over to the language server, which stands beside this program. It ends the process itself. */
export async function run(_given: Given, context: Context): Promise<ExitCode> {
  const path = join(dirname(context.self.at(-1) ?? ''), 'language-server.js');
  if (!existsSync(path))
    throw new UserError({
      code: 'language-server-missing',
      message: `${path} is not there.`,
      hint: 'Build it (`npm run build`).',
    });
  context.signal.addEventListener('abort', () => process.exit(EXIT.cancelled));
  createRequire(path)(path);
  return new Promise(() => undefined);
}
