import type { MonitorStage } from '../../../schemas/generated/types';
import { plan as planOf } from '../../pipeline/plan';
import type { Plan } from '../../pipeline/types';
import { UserError } from '../../problem';
import { heldBack } from '../../run/retrain/held-back';
import { carriesOut, deployedBy, partsOf } from '../../run/retrain/parts';
import { freshRows } from '../../run/retrain/data';
import { decide } from '../../store/decisions';
import { liveHistory, readLedger } from '../../store/ledger';
import { findByDigest } from '../../store/registry';
import { readRetrainings, RETRAIN_ENDS, type Retraining } from '../../store/retraining';
import { verifyBundle } from '../../store/bundle';
import type { Given } from '../arguments';
import type { Context } from '../context';
import { loadDeployed } from '../deployed';
import { EXIT, type ExitCode } from '../exit';
import { readSecrets, showTrouble } from '../launch';
import { shownFrom, viewOf } from '../live';
import type { Loaded } from '../pipeline';
import { sayEvent } from '../watch/daemon';
import { retrainStage } from '../watch/look';

/** Begins a retraining now, goes on with the one that waits, or approves or rejects it. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const loaded = await loadDeployed(given, context);
  if (!showTrouble(loaded, context)) return EXIT.usage;
  const plan = planOf(loaded.analysis);
  const stage = stageMeant(given, plan);
  const { store } = loaded.project;
  const pipeline = plan.pipeline.pipeline;
  if (given.flag('list')) return list(await readRetrainings(store, pipeline, stage), context);
  if (given.flag('dry-run')) return dryRun(loaded, plan, stage, context);
  for (const action of ['approve', 'reject'] as const) {
    const wanted = given.text(action);
    if (wanted === undefined) continue;
    const retraining = waiting(await readRetrainings(store, pipeline, stage), wanted);
    await decide(store, {
      action,
      pipeline,
      stage,
      retraining: retraining.id,
      reason: given.text('reason') ?? (action === 'approve' ? 'approved on the command line' : ''),
    });
  }
  const secrets = given.flag('secrets-stdin') ? await readSecrets(context) : {};
  const view = viewOf(terminal, shownFrom(loaded.project.root, context.cwd));
  const decided = given.text('approve') ?? given.text('reject');
  try {
    const state = await retrainStage({ context, loaded, secrets, onEvent: (event) => view.event(event) }, plan, stage, {
      due:
        decided === undefined
          ? `asked for${given.text('reason') === undefined ? '' : `: ${given.text('reason')}`}`
          : undefined,
      forced: true,
      onEvent: (event) => {
        terminal.print(`${terminal.colour.dim('retrain')} ${sayEvent(event)}`);
        terminal.emit({ retraining: event });
      },
    });
    const step = state.retraining?.events.at(-1)?.step;
    if (state.state === 'waiting') terminal.print(`Waiting for ${state.reason}`);
    terminal.emit({ state: state.state, reason: state.reason, step });
    return step === 'failed' ? EXIT.failed : step === 'kept-out' || step === 'rolled-back' ? EXIT.gate : EXIT.ok;
  } finally {
    view.close();
  }
}

function stageMeant(given: Given, plan: Plan): string {
  const monitors = plan.stages.filter(({ stage }) => stage.kind === 'monitor');
  const named = given.text('stage');
  const able = monitors.filter(({ stage }) => (stage as MonitorStage).retrain !== undefined);
  const found = named === undefined ? able : monitors.filter(({ name }) => name === named);
  if (found.length === 1 && found[0]) return found[0].name;
  throw new UserError({
    code: 'stage-unknown',
    message:
      found.length > 1
        ? `Several monitor stages retrain: ${found.map(({ name }) => name).join(', ')}.`
        : `The pipeline has no monitor stage ${named === undefined ? 'with `retrain`' : `'${named}'`}.`,
    hint: found.length > 1 ? 'Name one with --stage.' : 'Add `retrain: {when: …, data: {feedback: append}}` to one.',
  });
}

function waiting(all: readonly Retraining[], wanted: string): Retraining {
  const open = all.filter(({ events }) => events.at(-1)?.step === 'waiting');
  const found =
    wanted === 'latest' || wanted === '' ? open.at(-1) : open.find(({ id }) => id === wanted || id.startsWith(wanted));
  if (found) return found;
  throw new UserError({
    code: 'retraining-unknown',
    message: `No retraining '${wanted}' waits for approval.`,
    hint:
      open.length > 0 ? `Waiting: ${open.map(({ id }) => id).join(', ')}.` : '`lifecycle retrain --list` lists them.',
  });
}

function list(all: readonly Retraining[], { terminal }: Context): ExitCode {
  if (all.length === 0) terminal.print('Nothing has been retrained yet.');
  for (const { id, events } of all) {
    const last = events.at(-1)!;
    terminal.print(`${id}  ${last.step}: ${last.reason}`);
    for (const event of events.slice(0, -1)) terminal.print(terminal.colour.dim(`  ${event.time} ${sayEvent(event)}`));
    terminal.emit({ id, events });
  }
  return EXIT.ok;
}

/** What a retraining would do. Writes nothing. */
async function dryRun(loaded: Loaded, plan: Plan, stage: string, { terminal }: Context): Promise<ExitCode> {
  const { store } = loaded.project;
  const parts = partsOf(plan, stage);
  const settings = parts.monitor.retrain;
  const all = await readRetrainings(store, plan.pipeline.pipeline, stage);
  const { entries } = await readLedger(store);
  const own = deployedBy(entries, plan.pipeline.pipeline, parts);
  const entry = own && liveHistory(entries, own.target).at(-1);
  const bundle = entry && (await findByDigest(store, entry.model, entry.digest));
  const lines: string[] = [];
  let impossible: string | undefined;
  if (!carriesOut(parts.monitor))
    lines.push(
      '`retrain` only says when it is due; `lifecycle watch` would not carry it out. Add `data` or `approve`.',
    );
  if (entry === undefined || bundle === undefined)
    impossible = `'${parts.deploy}' has no live version${parts.target === undefined ? '' : ` on '${parts.target}'`}, so there is no champion: deploy first`;
  else {
    const { model } = await verifyBundle(bundle.folder, { digest: entry.digest });
    const fresh = await freshRows(
      store,
      entry.target,
      model,
      entry.model,
      settings?.data?.test ?? 0.3,
      settings?.data?.last,
    );
    const least = settings?.data?.['minimum-rows'] ?? 200;
    const labelled = fresh.train.length + fresh.test.length;
    lines.push(
      `champion: ${entry.model} ${entry.version} on '${entry.target}'`,
      `data: ${labelled.toLocaleString('en')} labelled requests (at least ${least}), ${fresh.train.length} to train on with \`feedback: ${settings?.data?.feedback ?? 'append'}\`, ${fresh.test.length} to judge by`,
      `train: ${plan.stages
        .filter(({ effect }) => !effect)
        .map(({ name }) => name)
        .join(', ')}`,
      `compare: ${parts.metric ?? 'the usual metric'} on the same fresh rows, better by ${settings?.['better-by'] ?? 0} with ${(settings?.confidence ?? 0.95) * 100} % confidence`,
      `then: ${(settings?.approve ?? 'ask') === 'ask' ? 'ask a person, ' : ''}${settings?.redeploy ?? 'replace'} on '${parts.deploy}', alias champion`,
    );
    const fromLog = settings?.data?.feedback !== 'none';
    if (fromLog && fresh.redacted.length > 0) impossible = `the log leaves out ${fresh.redacted.join(', ')}`;
    else if (fromLog && labelled < least)
      impossible = `${labelled.toLocaleString('en')} of at least ${least.toLocaleString('en')} labels have arrived`;
  }
  const open = all.at(-1);
  if (open !== undefined && !RETRAIN_ENDS.has(open.events.at(-1)!.step))
    lines.push(`open: ${open.id} is at ${sayEvent(open.events.at(-1)!)}`);
  const held = heldBack(all, settings?.['at-most'] ?? '1/day', new Date());
  if (held !== undefined) lines.push(`held back until ${held.until.toISOString()}: ${held.reason}`);
  for (const line of lines) terminal.print(`• ${line}`);
  if (impossible !== undefined) terminal.print(`Not possible now: ${impossible}.`);
  terminal.emit({ stage, lines, ...(impossible !== undefined && { impossible }) });
  return EXIT.ok;
}
