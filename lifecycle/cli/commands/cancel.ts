import { followRun, requestCancel } from '../../store/runs';
import type { Given } from '../arguments';
import { projectHere, runMeant, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const id = await runMeant(store, given.positionals[0], 'running');
  await requestCancel(store, id);
  terminal.print(`Run ${id} was asked to stop …`);
  let status = 'running';
  for await (const { summary } of followRun(store, id, { signal: context.signal })) status = summary.status;
  terminal.print(`Run ${id}: ${status}.`);
  terminal.emit({ id, status });
  return EXIT.ok;
}
