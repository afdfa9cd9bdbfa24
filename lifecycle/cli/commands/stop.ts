import { planStop, stopDeployment } from '../../deploy/deploy';
import { planLines } from '../../deploy/show';
import { targetKind } from '../../deploy/targets';
import type { Given } from '../arguments';
import { confirm } from '../ask';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { secretLookup } from '../launch';
import { onlyTarget } from './rollback';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.positionals[0] ?? (await onlyTarget(store));
  const secret = await secretLookup(given, context);
  const plan = await planStop(target, { store, secret });
  if (plan !== undefined && plan.actions.length > 0 && targetKind(plan.kind).asks && !given.flag('yes')) {
    for (const line of planLines(plan)) terminal.print(line);
    if (!(await confirm(`Take ${target} (${plan.kind}) away?`, context))) return EXIT.cancelled;
  }
  const entry = await stopDeployment(target, { store, signal: context.signal, secret });
  terminal.print(
    entry === undefined
      ? `Nothing runs on ${target}.`
      : `${terminal.colour.green('✔')} ${entry.model} ${entry.version} on ${target} was stopped.`,
  );
  terminal.emit({ target, stopped: entry !== undefined, entry });
  return EXIT.ok;
}
