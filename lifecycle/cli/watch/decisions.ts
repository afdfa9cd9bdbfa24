import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MonitorStage } from '../../../schemas/generated/types';
import { nearest } from '../../expression/nearest';
import { rulesOf } from '../../monitor/alerts';
import { dashboard } from '../../monitor/export/dashboard';
import { exportPrometheus } from '../../monitor/export/prometheus';
import { type Decision, decide, holding, type NewDecision, readDecisions } from '../../store/decisions';
import { targetFolder } from '../../store/ledger';
import { listFolder, readJson, writeAtomic } from '../../process/files';
import type { Plan } from '../../pipeline/types';
import { UserError } from '../../problem';
import { usageError, type Given } from '../arguments';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import type { Loaded } from '../pipeline';
import { newestReport, onlyMonitor } from './reports';

const ACTIONS = ['acknowledge', 'suppress', 'silence', 'accept-reference', 'lift'] as const;

/** Whether a command line takes a decision or asks for the list, rather than a look. */
export function decides(given: Given): boolean {
  return (
    given.flag('decisions') ||
    given.flag('accept-reference') ||
    ACTIONS.some((action) => action !== 'accept-reference' && given.texts(action).length > 0)
  );
}

/** Takes decisions about a monitor stage, each with a reason, or lists those that hold. */
export async function takeDecision(loaded: Loaded, plan: Plan, given: Given, { terminal }: Context): Promise<ExitCode> {
  const { store } = loaded.project;
  const stage = onlyMonitor(plan, given.texts('stage')[0]);
  const pipeline = plan.pipeline.pipeline;
  const reason = given.text('reason') ?? '';
  const until = untilOf(given.text('until'));
  const common = { pipeline, stage, reason, ...(until !== undefined && { until }) };
  const report = (await newestReport(store, pipeline, stage))?.report;
  const wanted: NewDecision[] = [];
  for (const action of ['acknowledge', 'suppress'] as const) {
    const features = report?.features ?? [];
    // A column of texts or images is known by what is measured of it.
    const columns = given.texts(action).flatMap((name) => {
      const measures = features.filter(({ of }) => of === name).map(({ column }) => column);
      return measures.length > 0 ? measures : [name];
    });
    if (columns.length === 0) continue;
    const known = features.map(({ column }) => column);
    for (const column of columns)
      if (report !== undefined && !known.includes(column) && column !== 'prediction')
        throw new UserError({
          code: 'monitor-column-missing',
          message: `'${column}' is not watched by ${stage}.`,
          hint: `Watched: ${known.slice(0, 20).join(', ')}.`,
        });
    const statistics = Object.fromEntries(
      [...(report?.features ?? []), ...(report?.prediction ? [report.prediction] : [])].flatMap(
        ({ column, statistic }) =>
          columns.includes(column) && statistic !== null ? [[column, statistic] as const] : [],
      ),
    );
    wanted.push({ ...common, action, columns, ...(action === 'acknowledge' && { statistics }) });
  }
  const settings = plan.stages.find(({ name }) => name === stage)?.stage as MonitorStage | undefined;
  const rules = rulesOf(settings?.alerts).map(({ name }) => name);
  for (const rule of given.texts('silence')) {
    if (!rules.includes(rule)) throw unknownRule(rule, stage, rules);
    wanted.push({ ...common, action: 'silence', rule });
  }
  if (given.flag('accept-reference')) {
    if (report?.window?.from === undefined || report.window.to === undefined)
      throw new UserError({
        code: 'report-missing',
        message: `${stage} has made no report with requests yet.`,
        hint: 'Look first: `lifecycle monitor`.',
      });
    const end = new Date(Date.parse(report.window.to) + 1).toISOString();
    wanted.push({
      ...common,
      action: 'accept-reference',
      window: { target: report.deployment.target, from: report.window.from, to: end },
    });
  }
  for (const number of given.texts('lift')) {
    const lifts = Number(number);
    if (!(Number.isInteger(lifts) && lifts > 0))
      throw usageError(`--lift ${number} is no number of a decision.`, '`--decisions` lists them.');
    if (!holding((await readDecisions(store)).entries, { pipeline, stage }).some(({ sequence }) => sequence === lifts))
      throw usageError(`No decision ${lifts} about ${stage} holds.`, '`--decisions` lists those that do.');
    wanted.push({ ...common, action: 'lift', lifts });
  }
  for (const decision of wanted) await decide(store, decision);
  const { entries, problem } = await readDecisions(store);
  if (problem !== undefined) throw problem;
  const held = holding(entries, { pipeline, stage });
  for (const decision of held) terminal.print(sayDecision(decision));
  if (held.length === 0) terminal.print(`No decision about ${stage} holds.`);
  terminal.emit({ decisions: held });
  return EXIT.ok;
}

function unknownRule(rule: string, stage: string, rules: readonly string[]): UserError {
  const meant = nearest(rule, rules);
  return new UserError({
    code: 'rule-unknown',
    message: `${stage} has no rule '${rule}'.`,
    hint: meant === undefined ? `It has ${rules.join(', ')}.` : `Did you mean '${meant}'?`,
  });
}

function sayDecision({ sequence, action, columns, rule, window, by, time, reason, until }: Decision): string {
  const what = columns?.join(', ') ?? rule ?? (window && `${window.from} … ${window.to}`) ?? '';
  return `${sequence}  ${action} ${what}${until === undefined ? '' : ` until ${until}`} (${by}, ${time}): ${reason}`;
}

/** A date, or a span from now such as `7d`. */
function untilOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const span = /^(\d+)(h|d|w)$/.exec(text);
  const at = span
    ? Date.now() + Number(span[1]) * { h: 3_600_000, d: 86_400_000, w: 604_800_000 }[span[2] as 'h']
    : Date.parse(text);
  if (Number.isNaN(at))
    throw usageError(`--until ${text} is no time.`, 'For example 2026-12-24, or 12h, 7d, 2w from now.');
  if (at <= Date.now()) throw usageError(`--until ${text} is over already.`, 'A decision holds from now until then.');
  return new Date(at).toISOString();
}

/** Writes configuration for Prometheus, Alertmanager and Grafana into a folder. */
export async function writeExport(
  loaded: Loaded,
  plan: Plan,
  given: Given,
  context: Context,
  every: number,
): Promise<ExitCode> {
  const { terminal } = context;
  const folder = resolve(context.cwd, given.text('export')!);
  const { store } = loaded.project;
  const watched = plan.stages
    .filter(({ stage }) => stage.kind === 'monitor')
    .map(({ name, stage }) => ({ pipeline: plan.pipeline.pipeline, stage: name, settings: stage as MonitorStage }));
  const servers: string[] = [];
  for (const target of await listFolder(join(store, 'deployments'))) {
    if (!/^[A-Za-z][\w-]*$/.test(target)) continue;
    const state = await readJson<{ url?: string }>(join(targetFolder(store, target), 'server.json'));
    if (state?.url !== undefined) servers.push(new URL(state.url).host);
  }
  const { files, notes } = exportPrometheus(watched, {
    every,
    monitor: given.text('monitor-address') ?? '127.0.0.1:9464',
    servers,
    alertmanager: given.text('alertmanager') ?? '127.0.0.1:9093',
  });
  await mkdir(folder, { recursive: true });
  const all = { ...files, 'lifecycle-dashboard.json': `${JSON.stringify(dashboard(), null, 2)}\n` };
  for (const [name, content] of Object.entries(all)) {
    await writeAtomic(join(folder, name), content);
    terminal.print(join(folder, name));
  }
  for (const note of notes) terminal.warn(note);
  terminal.emit({ files: Object.keys(all).map((name) => join(folder, name)), notes });
  return EXIT.ok;
}
