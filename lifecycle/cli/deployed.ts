import type { Scalar } from '../../schemas/generated/types';
import { analyze } from '../pipeline/analyze';
import type { Analysis, Overrides } from '../pipeline/types';
import { UserError } from '../problem';
import { liveHistory, ownEntry, readLedger } from '../store/ledger';
import { readRetrainings, RETRAIN_ENDS } from '../store/retraining';
import { readEntry, readPipelineText } from '../store/runs';
import type { Given } from './arguments';
import type { Context } from './context';
import { analyzeFile, type Loaded, loadPipeline, overridesOf } from './pipeline';

/** What a look or a retraining takes over from the run that put out what is live. */
export interface Taken {
  readonly overrides: Overrides;
  /** For people: `environment production, rate=0.01, as run 20261103-… deployed it`; empty when nothing was taken over. */
  readonly said: string;
}

/**
 * A pipeline under the environment and the `--set` of the run that deployed what it watches, so that it is watched and retrained as it was made. What
 * the command line gives goes before: `--env ""` means none, another environment takes nothing over, `--set` counts one by one. A value
 * that the file has changed since counts as the file says now.
 *
 * @throws {UserError} as {@link loadPipeline}
 */
export async function loadDeployed(given: Given, context: Context): Promise<Loaded> {
  const loaded = await loadPipeline(given, context);
  return deployedAs(loaded, given, (said) => context.terminal.print(context.terminal.colour.dim(said)));
}

/** {@link loadDeployed} for a pipeline that was read. @param say told what was taken over */
export async function deployedAs(loaded: Loaded, given: Given, say: (said: string) => void): Promise<Loaded> {
  const { overrides, said } = await takenOver(loaded, given.text('env'), overridesOf(given));
  if (said === '') return loaded;
  say(said);
  return analyzeFile(loaded.file, overrides);
}

async function takenOver(loaded: Loaded, env: string | undefined, given: Overrides): Promise<Taken> {
  const none = { overrides: given, said: '' };
  const { analysis, project } = loaded;
  const { environments, parameters } = analysis.header;
  if (env === '' || (environments === undefined && parameters === undefined)) return none;
  const open = env === undefined ? await openEnvironment(loaded) : undefined;
  const run = await deployingRun(loaded, env ?? open);
  const entry = run === undefined ? undefined : await readEntry(project.store, run);
  const environment = open === undefined ? (env ?? entry?.info.environment) : (open ?? undefined);
  const before = entry?.info.environment === environment ? entry?.info.parameters : undefined;
  const text = before && run !== undefined ? await readPipelineText(project.store, run).catch(() => '') : '';
  const set = before && text !== '' ? givenThen(loaded, text, environment, before) : {};
  const all = { ...set, ...given.parameters };
  if (environment !== undefined && env === undefined && !Object.hasOwn(environments ?? {}, environment))
    throw new UserError({
      code: 'environment-gone',
      message: `What is live was deployed with --env ${environment}, an environment that the pipeline no longer has.`,
      hint: 'Bring it back, deploy anew, or say which: --env NAME, or --env "" for none.',
      file: loaded.file,
    });
  const news = [
    ...(env === undefined && environment !== undefined ? [`environment ${environment}`] : []),
    ...Object.entries(set).flatMap(([name, value]) =>
      Object.hasOwn(given.parameters ?? {}, name) ? [] : [`${name}=${String(value)}`],
    ),
  ];
  if (news.length === 0) return none;
  const whose = open === undefined && run !== undefined ? `as run ${run} deployed it` : 'as its retraining began';
  return {
    overrides: {
      ...(Object.keys(all).length > 0 && { parameters: all }),
      ...(environment !== undefined && { environment }),
    },
    said: `with ${news.join(', ')}, ${whose}`,
  };
}

/** The parameters that a run was given by `--set`: those that its text and environment did not give, where the file says today what it said then. */
function givenThen(
  { file, analysis }: Loaded,
  text: string,
  environment: string | undefined,
  used: Readonly<Record<string, Scalar>>,
): Record<string, Scalar> {
  const overrides = environment === undefined ? {} : { environment };
  const then = analyze(file, text, { overrides }).parameters;
  const now = analysis.under(overrides).parameters;
  return Object.fromEntries(
    Object.entries(used).filter(
      ([name, value]) => Object.hasOwn(now, name) && then[name] !== value && then[name] === now[name],
    ),
  );
}

/** The environment of a retraining that is not at its end: it goes on as it began. Undefined when there is none. */
async function openEnvironment({ analysis, project }: Loaded): Promise<string | null | undefined> {
  for (const { name, kind } of analysis.stages) {
    if (kind !== 'monitor') continue;
    const events = (await readRetrainings(project.store, analysis.header.pipeline ?? '', name)).at(-1)?.events;
    if (events && !RETRAIN_ENDS.has(events.at(-1)!.step) && events[0]?.environment !== undefined)
      return events[0].environment;
  }
  return undefined;
}

/** The run that made what is live of the deploy stages that are watched; of several the newest. */
async function deployingRun(
  { analysis, project }: Loaded,
  environment: string | null | undefined,
): Promise<string | undefined> {
  const { entries } = await readLedger(project.store);
  const pipeline = analysis.header.pipeline ?? '';
  const there = environment ? analysis.under({ environment }) : analysis;
  const found = watchedStages(there).flatMap(({ name, target }) => {
    const own = ownEntry(entries, { pipeline, stage: name, ...(environment && { target }) });
    const live = own && liveHistory(entries, own.target).at(-1);
    // Somebody else's model, or one that was put there by hand, says nothing of how this pipeline makes its own.
    return live?.pipeline === pipeline && live.run !== undefined ? [live] : own ? [own] : [];
  });
  return found.sort((a, b) => a.sequence - b.sequence).at(-1)?.run;
}

function watchedStages({ stages }: Analysis): { name: string; target: string }[] {
  const watched = new Set(stages.flatMap(({ value }) => (value?.kind === 'monitor' ? [value.deployment ?? ''] : [])));
  return stages.flatMap(({ name, value }) =>
    value?.kind === 'deploy' && watched.has(name) ? [{ name, target: value.target }] : [],
  );
}
