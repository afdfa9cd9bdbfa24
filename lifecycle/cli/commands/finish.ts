import type { Given } from '../arguments';
import type { Context } from '../context';
import type { ExitCode } from '../exit';
import { steer } from '../steer';

export function run(given: Given, context: Context): Promise<ExitCode> {
  return steer('finish', given, context);
}
