import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';

export function run(_given: Given, _context: Context): Promise<ExitCode> {
  return Promise.resolve(EXIT.failed);
}
