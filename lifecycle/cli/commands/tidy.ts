import { planTidying, tidy } from '../../deploy/deploy';
import { planLines } from '../../deploy/show';
import type { Given } from '../arguments';
import { confirm } from '../ask';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { secretLookup } from '../launch';
import { onlyTarget } from './rollback';

/** Deletes what former versions left on a target, after showing it. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.positionals[0] ?? (await onlyTarget(store));
  const keep = given.whole('keep', 1) ?? 3;
  const secret = await secretLookup(given, context);
  const plan = await planTidying(target, keep, { store, secret });
  const actions = plan?.actions ?? [];
  terminal.emit({ target, actions: actions.map(({ say }) => say) });
  if (plan === undefined || actions.length === 0) {
    terminal.print(`Former versions left nothing on ${target} that is not needed.`);
    return EXIT.ok;
  }
  if (given.flag('dry-run') || !given.flag('yes')) for (const line of planLines(plan)) terminal.print(line);
  if (given.flag('dry-run')) return EXIT.ok;
  if (!given.flag('yes') && !(await confirm(`Delete that from ${target} (${plan.kind})?`, context)))
    return EXIT.cancelled;
  const left = await tidy(target, keep, {
    store,
    secret,
    signal: context.signal,
    onAction: ({ say }) => terminal.print(terminal.colour.dim(`  ${say}`)),
  });
  for (const line of left) terminal.print(terminal.colour.red(line));
  terminal.emit({ target, deleted: actions.length - left.length, left });
  terminal.print(`${terminal.colour.green('✔')} ${actions.length - left.length} of ${actions.length} deleted.`);
  return left.length > 0 ? EXIT.failed : EXIT.ok;
}
