import { plan as planOf } from '../../pipeline/plan';
import { UserError } from '../../problem';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { launch, showTrouble } from '../launch';
import { loadDeployed } from '../deployed';
import { chooseBy } from '../selection';
import { decides, takeDecision, writeExport } from '../watch/decisions';
import { writeWhatChanged } from '../watch/what-changed';
import { secondsOf } from './watch';

/** Executes the monitor stages of a pipeline, on what is deployed and on kept results; or takes decisions about them, or writes what the last look found. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const loaded = await loadDeployed(given, context);
  if (!showTrouble(loaded, context)) return EXIT.usage;
  if (decides(given)) return takeDecision(loaded, planOf(loaded.analysis), given, context);
  if (given.text('report') !== undefined) return writeWhatChanged(loaded, planOf(loaded.analysis), given, context);
  if (given.text('export') !== undefined)
    return writeExport(loaded, planOf(loaded.analysis), given, context, secondsOf(given.text('every')));
  const wanted = given.texts('stage');
  const chosen = chooseBy(loaded, (plan) => {
    const monitors = plan.stages.filter(({ stage }) => stage.kind === 'monitor').map(({ name }) => name);
    if (monitors.length === 0)
      throw new UserError({
        code: 'stage-unknown',
        message: 'This pipeline has no stage of kind monitor.',
        hint: 'Add one that names the deploy stage and the data to compare with.',
      });
    return { only: wanted.length > 0 ? wanted : monitors };
  });
  return launch(loaded, chosen, given, context, 'monitor');
}
