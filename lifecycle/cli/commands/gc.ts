import { collectGarbage, planGarbage, type GarbagePlan } from '../../store/gc';
import { inspectStore, openStore } from '../../store/layout';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { bytes } from '../format';
import { table, type Terminal } from '../terminal';

const MOST_LINES = 40;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store, settings } = await projectHere(context);
  const keepRuns = given.whole('keep-runs', 0) ?? settings['keep-runs'] ?? 100;
  const remove = given.flag('yes');
  if ((await inspectStore(store)).format !== undefined && remove) await openStore(store);
  const plan = remove ? await collectGarbage(store, { keepRuns }) : await planGarbage(store, { keepRuns });
  terminal.emit({ removed: remove, ...plan });
  printGarbage(plan, remove, terminal, 'lifecycle gc --yes');
  return EXIT.ok;
}

/** @param command that would remove it */
export function printGarbage(plan: GarbagePlan, removed: boolean, terminal: Terminal, command: string): void {
  if (plan.items.length === 0) {
    terminal.print(`Nothing to remove: all ${plan.keptRuns} runs are kept, and everything is needed.`);
    return;
  }
  const rows = plan.items.slice(0, MOST_LINES).map((item) => [item.kind, item.label, bytes(item.bytes)]);
  for (const line of table(
    [{ title: 'What' }, { title: 'Which', flexible: true }, { title: 'Size', right: true }],
    rows,
    terminal,
  ))
    terminal.print(line);
  if (plan.items.length > MOST_LINES) terminal.print(`… and ${plan.items.length - MOST_LINES} more`);
  terminal.print();
  if (removed) terminal.print(`Removed ${bytes(plan.bytes)}.`);
  else {
    terminal.print(`${bytes(plan.bytes)} could go; nothing was removed. \`${command}\` removes it.`);
    if (plan.running.length > 0) terminal.print(`It has to wait for ${plan.running.join(', ')}.`);
  }
}
