import { rollback } from '../../deploy/deploy';
import { targetNames } from '../../deploy/deployments';
import { UserError } from '../../problem';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { secretLookup } from '../launch';
import { engineOf } from './deploy';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.positionals[0] ?? (await onlyTarget(store));
  const [to, reason] = [given.text('to'), given.text('reason')];
  const secret = await secretLookup(given, context);
  const { entry, url, output } = await rollback(target, {
    store,
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
    signal: context.signal,
    command: [...context.self, '__serve'],
    secret,
    ...engineOf(context),
    onAction: (action) => terminal.print(terminal.colour.dim(`  ${action.say}`)),
  });
  terminal.print(
    `${terminal.colour.green('✔')} ${entry.model} ${entry.version} is back ${url === undefined ? 'on' : 'at'} ${url ?? output ?? target}`,
  );
  terminal.emit({ entry, url, output });
  return EXIT.ok;
}

/** The target that is meant when none is named. */
export async function onlyTarget(store: string): Promise<string> {
  const names = await targetNames(store);
  if (names.length === 1 && names[0] !== undefined) return names[0];
  throw new UserError(
    names.length === 0
      ? { code: 'deployment-unknown', message: 'Nothing is deployed yet.', hint: '`lifecycle deploy` deploys.' }
      : {
          code: 'usage',
          message: `There are several targets: ${names.join(', ')}.`,
          hint: 'Name the one that is meant.',
        },
  );
}
