import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../problem';
import type { Given } from '../arguments';
import type { Context } from '../context';
import type { ExitCode } from '../exit';

/** Hands this process over to the language server, which stands beside this program. It ends the process itself. */
export async function run(_given: Given, context: Context): Promise<ExitCode> {
  const path = join(dirname(context.self.at(-1) ?? ''), 'language-server.js');
  if (!existsSync(path))
    throw new UserError({
      code: 'language-server-missing',
      message: `${path} is not there.`,
      hint: 'Build it (`npm run build`).',
    });
  await import(pathToFileURL(path).href);
  return new Promise(() => undefined);
}
