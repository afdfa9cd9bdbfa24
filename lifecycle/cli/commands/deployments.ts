import { checkDeployments } from '../../deploy/check';
import { type Deployment, listDeployments } from '../../deploy/deployments';
import { UserError } from '../../problem';
import { sayElsewhere } from '../../store/elsewhere';
import { readLedger } from '../../store/ledger';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago } from '../format';
import { secretLookup } from '../launch';
import { table, type Terminal } from '../terminal';
import { engineOf } from './deploy';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const at = given.text('at');
  if (at !== undefined && Number.isNaN(Date.parse(at)))
    throw new UserError({
      code: 'usage',
      message: `--at ${at} is not a time.`,
      hint: 'For example --at 2026-11-03T12:00:00Z.',
    });
  if (given.flag('history')) return history(store, terminal);
  if (given.flag('check')) return check(store, given, context);
  const { deployments, problem } = await listDeployments(store, at === undefined ? {} : { at: new Date(at) });
  for (const deployment of deployments) terminal.emit(deployment);
  if (deployments.length === 0 && problem === undefined)
    terminal.print('Nothing is deployed yet. `lifecycle deploy` deploys.');
  else {
    const rows = deployments.map((one) => [
      one.target,
      `${one.model} ${one.version}`,
      health(one.health, terminal),
      ago(one.since),
      one.url ?? one.output ?? (one.elsewhere ? sayElsewhere(one.elsewhere) : ''),
      one.before === undefined ? '' : `${one.beforeModel ?? one.model} ${one.before}`,
      traffic(one),
    ]);
    for (const line of table(
      [
        { title: 'Target' },
        { title: 'Model' },
        { title: 'Health' },
        { title: 'Since' },
        { title: 'Where', flexible: true },
        { title: 'Before' },
        { title: 'Last minute', flexible: true },
      ],
      rows,
      terminal,
    ))
      terminal.print(line);
  }
  if (problem !== undefined) throw problem;
  return EXIT.ok;
}

async function check(store: string, given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { colour } = terminal;
  const { checked, problem } = await checkDeployments({
    store,
    secret: await secretLookup(given, context),
    ...engineOf(context),
  });
  for (const one of checked) {
    const { target, kind, model, version, state, says } = one;
    const words = {
      'as-recorded': colour.green('as recorded'),
      differs: colour.red('differs from what is recorded'),
      unknown: colour.red('could not be asked'),
    };
    terminal.print(`${target} (${kind}): ${model} ${version}, ${words[state]}`);
    for (const line of says) terminal.print(`    ${state === 'differs' ? 'a deployment would ' : ''}${line}`);
    terminal.emit(one);
  }
  if (checked.length === 0) terminal.print('Nothing is deployed beyond this machine.');
  if (problem !== undefined) throw problem;
  return checked.some(({ state }) => state === 'differs')
    ? EXIT.gate
    : checked.some(({ state }) => state === 'unknown')
      ? EXIT.failed
      : EXIT.ok;
}

/** What was asked in the last minute, and what is being rolled out. */
function traffic({ traffic: figures, rollout }: Deployment): string {
  const requests = figures?.versions.reduce((sum, one) => sum + one.requests, 0) ?? 0;
  const errors = figures?.versions.reduce((sum, one) => sum + one.errors, 0) ?? 0;
  const open = rollout?.status === 'running' || rollout?.status === 'passed';
  return [
    ...(figures === undefined ? [] : [`${requests} requests${errors > 0 ? `, ${errors} failed` : ''}`]),
    ...(open ? [`${rollout.strategy} of ${rollout.candidate}`] : []),
  ].join(', ');
}

function health(word: string, { colour }: Pick<Terminal, 'colour'>): string {
  return word === 'serving' || word === 'done' || word === 'deployed'
    ? colour.green(word)
    : word === 'stopped'
      ? colour.dim(word)
      : colour.red(word);
}

async function history(store: string, terminal: Terminal): Promise<ExitCode> {
  const { entries, problem } = await readLedger(store);
  for (const entry of entries) terminal.emit(entry);
  const rows = entries
    .toReversed()
    .map((entry) => [
      entry.time.slice(0, 19).replace('T', ' '),
      entry.action,
      entry.target,
      `${entry.model} ${entry.version}`,
      entry.by,
      entry.run ?? '',
      entry.reason ?? '',
    ]);
  for (const line of table(
    [
      { title: 'When (UTC)' },
      { title: 'What' },
      { title: 'Target' },
      { title: 'Model' },
      { title: 'By' },
      { title: 'Run' },
      { title: 'Why', flexible: true },
    ],
    rows,
    terminal,
  ))
    terminal.print(line);
  if (problem !== undefined) throw problem;
  terminal.print(terminal.colour.dim(`${entries.length} entries, their chain of hashes is whole.`));
  return EXIT.ok;
}
