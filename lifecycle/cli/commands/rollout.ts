import type { RolloutState } from '../../../schemas/generated/types';
import { endRollout } from '../../deploy/deploy';
import { rolloutHistory } from '../../deploy/rollout/record';
import { describePlan } from '../../deploy/rollout/strategy';
import { UserError } from '../../problem';
import { liveFigures, readRollout } from '../../store/live';
import { usageError, type Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago } from '../format';
import { bar, table, type Terminal } from '../terminal';
import { onlyTarget } from './rollback';

/** Milliseconds between two looks of --follow. */
const LOOK = 500;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const target = given.positionals[0] ?? (await onlyTarget(store));
  const [promote, abort, reason] = [given.flag('promote'), given.flag('abort'), given.text('reason')];
  if (promote && abort) throw usageError('--promote and --abort exclude each other.', 'Say one.');
  if (promote || abort) {
    const { entry, url } = await endRollout(target, promote ? 'promoted' : 'rolled-back', {
      store,
      ...(reason !== undefined && { reason }),
    });
    terminal.print(
      `${terminal.colour.green('✔')} ${entry.model} ${entry.version} has all of the requests at ${url ?? target}`,
    );
    terminal.emit({ entry, url });
    return EXIT.ok;
  }
  if (given.flag('history')) return history(store, target, terminal);
  const found = await readRollout(store, target);
  if (found === undefined)
    throw new UserError({
      code: 'no-rollout',
      message: `Nothing was ever rolled out at '${target}' step by step.`,
      hint: 'Begin with `lifecycle deploy --model NAME --strategy canary`, or `strategy: canary` in a deploy stage.',
    });
  let state: RolloutState = found;
  let shown = await show(state, store, target, terminal);
  while (given.flag('follow') && state.status === 'running' && !context.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    const now: RolloutState = (await readRollout(store, target)) ?? state;
    if (now.time === state.time && now.status === state.status) continue;
    state = now;
    if (terminal.live) terminal.write(`\u001b[${shown}A\u001b[J`);
    shown = await show(state, store, target, terminal);
  }
  return given.flag('follow') && state.status === 'rolled-back' ? EXIT.gate : EXIT.ok;
}

/** Prints a roll-out. @returns the lines it took */
async function show(state: RolloutState, store: string, target: string, terminal: Terminal): Promise<number> {
  const { colour } = terminal;
  const lines: string[] = [];
  const plan = { kind: state.strategy, steps: state.steps.map((share) => share / 100), mirror: 1 };
  lines.push(
    `${colour.bold(`${state.model} ${state.candidate} beside ${state.live} at ${target}`)}: ${describePlan(plan)}`,
    `${statusText(state, terminal)}, begun ${ago(state.started)}`,
  );
  if (state.reason !== undefined) lines.push(state.reason);
  if (state.status === 'running') {
    const done = Math.min(1, state.requests / state.needed);
    const labels = state.labels === undefined ? '' : `, ${state.labels} outcomes known`;
    lines.push(`${bar(done, 20)} ${state.requests} of ${state.needed} requests${labels}`);
  }
  if (state.findings.length > 0)
    lines.push(
      ...table(
        [{ title: 'Gate' }, { title: 'Verdict' }, { title: 'Measured', flexible: true }],
        state.findings.map(({ gate, verdict, say, p }) => [
          gate,
          verdict === 'fail' ? colour.red(verdict) : verdict === 'pass' ? colour.green(verdict) : colour.dim(verdict),
          `${say}${p === undefined ? '' : ` (p = ${p < 1e-4 ? p.toExponential(0) : p.toPrecision(2)})`}`,
        ]),
        terminal,
      ),
    );
  const { traffic } = await liveFigures(store, target);
  const mirror = state.status === 'running' || state.status === 'passed' ? traffic?.mirror : undefined;
  if (mirror !== undefined && mirror.rows > 0)
    lines.push(
      `Of ${mirror.rows} rows that both were asked ${mirror.differing} are predicted differently; scores differ by ${mirror.meanDifference.toPrecision(2)} on average, by ${mirror.largestDifference.toPrecision(2)} at most.`,
    );
  for (const line of lines) terminal.print(line);
  terminal.emit({ ...state, ...(mirror && { mirror, differences: traffic?.differences }) });
  return lines.length;
}

async function history(store: string, target: string, terminal: Terminal): Promise<ExitCode> {
  const states = await rolloutHistory(store, target);
  for (const state of states) terminal.emit(state);
  const rows = states.map((state) => [
    ago(state.time),
    `${state.model} ${state.candidate}`,
    state.strategy,
    state.status === 'running' ? `step ${state.step + 1}, ${state.weight * 100} %` : statusText(state, terminal),
    state.reason ?? '',
  ]);
  const columns = [
    { title: 'When' },
    { title: 'Version' },
    { title: 'Strategy' },
    { title: 'Turn' },
    { title: 'Why', flexible: true },
  ];
  for (const line of table(columns, rows, terminal)) terminal.print(line);
  return EXIT.ok;
}

function statusText({ status, step, steps, weight }: RolloutState, { colour }: Terminal): string {
  switch (status) {
    case 'running':
      return colour.blue(`step ${step + 1} of ${steps.length}, ${Math.round(weight * 1000) / 10} % of the requests`);
    case 'passed':
      return colour.yellow('waits for `lifecycle rollout --promote` or `--abort`');
    case 'promoted':
      return colour.green('promoted');
    case 'rolled-back':
      return colour.red('rolled back');
  }
}
