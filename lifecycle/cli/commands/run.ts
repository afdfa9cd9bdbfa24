import type { Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { launch, showTrouble } from '../launch';
import { loadPipeline } from '../pipeline';
import { choose } from '../selection';
import { confirmTargets } from '../targets';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const loaded = await loadPipeline(given, context);
  if (!showTrouble(loaded, context)) return EXIT.usage;
  const chosen = choose(loaded, given);
  if (!(await confirmTargets(loaded, chosen.stages, given, context))) return EXIT.cancelled;
  return launch(loaded, chosen, given, context, 'run');
}
