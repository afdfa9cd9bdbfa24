import { stopDeployment } from '../../deploy/deploy';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { onlyTarget } from './rollback';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.positionals[0] ?? (await onlyTarget(store));
  const entry = await stopDeployment(target, {
    store,
    signal: context.signal,
    secret: (name) => Promise.resolve(process.env[name]),
  });
  terminal.print(
    entry === undefined
      ? `Nothing runs on ${target}.`
      : `${terminal.colour.green('✔')} ${entry.model} ${entry.version} on ${target} was stopped.`,
  );
  terminal.emit({ target, stopped: entry !== undefined, entry });
  return EXIT.ok;
}
