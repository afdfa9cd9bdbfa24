import { planRemoval, removeRuns } from '../../store/gc';
import { openStore } from '../../store/layout';
import { resolveRunId } from '../../store/runs';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { printGarbage } from './gc';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const ids = await Promise.all(given.positionals.map((text) => resolveRunId(store, text)));
  const remove = given.flag('yes');
  if (remove) await openStore(store);
  const plan = remove ? await removeRuns(store, ids) : await planRemoval(store, ids);
  terminal.emit({ removed: remove, ...plan });
  printGarbage(plan, remove, terminal, `lifecycle delete ${given.positionals.join(' ')} --yes`);
  return EXIT.ok;
}
