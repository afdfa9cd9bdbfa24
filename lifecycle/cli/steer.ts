import { requestControl, type ControlAction } from '../store/control';
import type { Given } from './arguments';
import { projectHere, runMeant, type Context } from './context';
import { EXIT, type ExitCode } from './exit';

const ASKED: Readonly<Record<ControlAction, string>> = {
  pause: 'was asked to rest; `lifecycle resume` lets it go on',
  resume: 'was asked to go on',
  finish: 'was asked to end its trainings after this epoch',
};

/** Passes a wish on to a run that is going. It is done when the run has heard it, which `lifecycle show --follow` tells. */
export async function steer(action: ControlAction, given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const id = await runMeant(store, given.positionals[0], 'running');
  const stage = given.text('stage');
  await requestControl(store, id, action, stage);
  terminal.print(`Run ${id}${stage === undefined ? '' : ` (${stage})`} ${ASKED[action]}.`);
  terminal.emit({ id, action, ...(stage === undefined ? {} : { stage }) });
  return EXIT.ok;
}
