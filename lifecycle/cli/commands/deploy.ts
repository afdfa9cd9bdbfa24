import type { DeployStage } from '../../../schemas/generated/types';
import { nearest } from '../../expression/nearest';
import { UserError } from '../../problem';
import { usageError, type Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { confirm } from '../ask';
import { EXIT, type ExitCode } from '../exit';
import { launch, readSecrets, showTrouble } from '../launch';
import { loadPipeline } from '../pipeline';
import { chooseBy } from '../selection';
import { confirmTargets } from '../targets';
import type { Terminal } from '../terminal';

/** Either the deploy stages of a pipeline with all that they need, or a version of the registry (`--model`). */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const model = given.text('model');
  if (model !== undefined) return deployModel(model, given, context);
  refuseWithoutModel(given);
  const loaded = await loadPipeline(given, context);
  if (!showTrouble(loaded, context)) return EXIT.usage;
  const wanted = given.texts('stage');
  const chosen = chooseBy(loaded, (plan) => {
    const deploys = plan.stages.filter(({ stage }) => stage.kind === 'deploy').map(({ name }) => name);
    if (deploys.length === 0) {
      throw new UserError({
        code: 'stage-unknown',
        message: 'This pipeline has no stage of kind deploy.',
        hint: 'Add one, or deploy a registered model: `lifecycle deploy --model NAME`.',
      });
    }
    return { names: wanted.length > 0 ? wanted : deploys };
  });
  if (!(await confirmTargets(loaded, chosen.stages, given, context))) return EXIT.cancelled;
  return launch(loaded, chosen, given, context, 'deploy');
}

/**
 * What only a registered model knows must not be passed over in silence: without --model, --dry-run would deploy after all.
 * @throws {UserError} `usage`
 */
function refuseWithoutModel(given: Given): void {
  if (given.flag('dry-run'))
    throw new UserError({
      code: 'usage',
      message: '--dry-run goes with --model only.',
      hint: '`lifecycle plan` shows what the stages of the pipeline would do.',
    });
  const loose = ['strategy', 'steps', 'requests'].find((name) => given.text(name) !== undefined);
  if (loose !== undefined)
    throw new UserError({
      code: 'usage',
      message: `--${loose} goes with --model only: the deploy stages of a pipeline say their \`strategy\`.`,
      hint: 'Write `strategy: canary` into the stage, or deploy a registered model with --model NAME.',
    });
  if (given.text('target') !== undefined)
    throw new UserError({
      code: 'usage',
      message: '--target goes with --model only: the deploy stages of a pipeline name their targets.',
      hint: 'Name the stage with --stage, choose targets with --env, or deploy a registered model with --model NAME --target NAME.',
    });
}

async function deployModel(model: string, given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { root, store } = await projectHere(context);
  const { findTarget } = await import('../../deploy/targets-file');
  const { needsConfirmation } = await import('../../deploy/targets');
  const { deployBundle } = await import('../../deploy/deploy');
  const target = await findTarget(given.text('target') ?? 'local', { folder: context.cwd, root });
  const [name = '', version] = model.split('@');
  const strategy = strategyOf(given);
  const secrets = given.flag('secrets-stdin') ? await readSecrets(context) : {};
  const secret = (wanted: string) => Promise.resolve(secrets[wanted] ?? process.env[wanted]);
  const engine = engineOf(context);
  if (given.flag('dry-run')) {
    const { planDeployment } = await import('../../deploy/deploy');
    const { changesOf, planLines } = await import('../../deploy/show');
    const plan = await planDeployment(
      { model: name, ...(version === undefined ? {} : { version }) },
      { store, target, secret, ...engine, ...(strategy !== undefined && { strategy }) },
    );
    for (const text of planLines(plan)) terminal.print(coloured(text, terminal));
    terminal.emit({
      target: target.name,
      kind: target.settings.kind,
      actions: plan.actions.map(({ say }) => say),
      changes: changesOf(plan),
      notes: plan.notes,
    });
    return EXIT.ok;
  }
  if (needsConfirmation(target.settings) && !given.flag('yes')) {
    const { settledPlan } = await import('../../deploy/deploy');
    const { planLines } = await import('../../deploy/show');
    const what = { model: name, ...(version === undefined ? {} : { version }) };
    const plan = await settledPlan(what, {
      store,
      target,
      secret,
      signal: context.signal,
      onAction: ({ say }) => terminal.print(terminal.colour.dim(`  ${say}`)),
      ...engine,
    });
    for (const text of planLines(plan)) terminal.print(coloured(text, terminal));
    if (!(await confirm(`Deploy ${model} to ${target.name} (${target.settings.kind})?`, context)))
      return EXIT.cancelled;
  }
  const { entry, plan, url, output } = await deployBundle(
    { model: name, ...(version === undefined ? {} : { version }) },
    {
      store,
      target,
      ...(strategy !== undefined && { strategy }),
      signal: context.signal,
      command: [...context.self, '__serve'],
      secret,
      ...engine,
      onAction: (action) => terminal.print(terminal.colour.dim(`  ${action.say}`)),
    },
  );
  for (const note of plan.notes) terminal.print(terminal.colour.dim(`  ${note}`));
  if (entry.action === 'rollout' && entry.candidate !== undefined) {
    terminal.print(
      `${terminal.colour.green('✔')} ${entry.strategy} of ${entry.model} ${entry.candidate.version} beside ${entry.version} at ${url ?? target.name}. \`lifecycle rollout --follow\` shows how it goes.`,
    );
    terminal.emit({ entry, url });
    return EXIT.ok;
  }
  terminal.print(
    `${terminal.colour.green('✔')} ${entry.model} ${entry.version} ${url === undefined ? 'on' : 'at'} ${url ?? output ?? target.name}`,
  );
  terminal.emit({ entry, url, output });
  return EXIT.ok;
}

/** The strategy that the options describe. @throws {UserError} `usage` */
function strategyOf(given: Given): DeployStage['strategy'] {
  const [kind, steps, requests] = [given.text('strategy'), given.text('steps'), given.whole('requests', 10)];
  if (kind === undefined) {
    if (steps === undefined && requests === undefined) return undefined;
    throw usageError('--steps and --requests go with --strategy.', 'For example --strategy canary --steps 10,50.');
  }
  const known = ['all-at-once', 'canary', 'blue-green', 'shadow', 'ab'] as const;
  const found = known.find((name) => name === kind);
  if (found === undefined) {
    const meant = nearest(kind, known);
    throw usageError(
      `There is no strategy '${kind}'.`,
      meant === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  if (found === 'all-at-once') return found;
  const window = requests === undefined ? {} : { window: { requests } };
  if (steps === undefined) return { kind: found, ...window };
  const shares = steps.split(',').map(Number);
  if (found !== 'canary' || !shares.every((share) => share > 0 && share <= 100))
    throw usageError(
      `--steps ${steps} are not shares of a canary in per cent.`,
      'For example --strategy canary --steps 10,50.',
    );
  return { kind: 'canary', steps: shares, ...window };
}

/** The engine as one file, when it runs as one. */
export function engineOf({ self }: Pick<Context, 'self'>): { engine?: string } {
  const file = self.at(-1);
  return file?.endsWith('.js') === true ? { engine: file } : {};
}

function coloured(line: string, { colour }: Terminal): string {
  if (/^ {4}\+/.test(line)) return colour.green(line);
  if (/^ {4}-/.test(line)) return colour.red(line);
  return line.startsWith('    ') ? colour.dim(line) : line;
}
