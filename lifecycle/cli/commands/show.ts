import { join } from 'node:path';
import type { Evaluation, Explanation } from '../../../schemas/generated/types';
import { readJson, readText } from '../../process/files';
import { findManifest } from '../../store/cache';
import { storePaths } from '../../store/layout';
import { readEntry, readPipelineText, readRun, RUN_FILES, saidOfNewer } from '../../store/runs';
import type { RunSummary, StageSummary } from '../../store/summary';
import { UserError } from '../../problem';
import type { Given } from '../arguments';
import { projectHere, runMeant, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { follow } from '../follow';
import { ago, bytes, duration, metric, metrics } from '../format';
import { failure, logLine, shownFrom, type Shown } from '../live';
import { statusText } from '../status';
import { table, type Terminal } from '../terminal';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const project = await projectHere(context);
  const { store } = project;
  const shown = shownFrom(project.root, context.cwd);
  const id = await runMeant(store, given.positionals[0]);
  if (given.flag('log')) return printLog(store, id, terminal);
  if (given.flag('pipeline')) return printPipeline(store, id, terminal);
  if (given.flag('follow')) return follow(project, id, context);
  const summary = await readRun(store, id);
  const name = given.text('stage');
  if (name !== undefined) {
    const stage = summary.stages.find((candidate) => candidate.name === name);
    if (stage === undefined) {
      throw new UserError({
        code: 'stage-unknown',
        message: `Run ${id} has no stage '${name}'.`,
        hint: `Its stages: ${summary.stages.map((candidate) => candidate.name).join(', ')}.`,
      });
    }
    terminal.emit(stage);
    await printStage(store, stage, terminal, shown);
    return EXIT.ok;
  }
  terminal.emit(summary);
  printRun(summary, terminal, shown);
  return EXIT.ok;
}

async function printLog(store: string, id: string, terminal: Terminal): Promise<ExitCode> {
  const text = (await readText(join(storePaths.run(store, id), RUN_FILES.log))) ?? '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    terminal.print(line);
    terminal.emit({ line });
  }
  return EXIT.ok;
}

async function printPipeline(store: string, id: string, terminal: Terminal): Promise<ExitCode> {
  const text = await readPipelineText(store, id);
  const info = (await readEntry(store, id))?.info;
  if (!terminal.json) terminal.write(text);
  terminal.emit({ run: id, file: info?.file, parameters: info?.parameters ?? {}, text });
  return EXIT.ok;
}

function printRun(summary: RunSummary, terminal: Terminal, shown: Shown): void {
  const { colour } = terminal;
  const { info } = summary;
  terminal.print(
    `${colour.bold(summary.id)}  ${summary.pipeline}  ${statusText(summary.status, terminal)}${summary.seconds === undefined ? '' : ` in ${duration(summary.seconds)}`}, ${ago(summary.created)}`,
  );
  if (info !== undefined) {
    const parameters = Object.entries(info.parameters ?? {}).map(([name, value]) => `${name}=${String(value)}`);
    const facts = [
      info.file,
      info.environment === undefined ? '' : `environment ${info.environment}`,
      ...parameters,
      info.git?.commit === undefined
        ? ''
        : `commit ${info.git.commit.slice(0, 10)}${info.git.dirty === true ? ' with changes' : ''}`,
      `on ${info.host}`,
    ];
    terminal.print(colour.dim(facts.filter(Boolean).join(' · ')));
    const newer = saidOfNewer({ info });
    if (newer !== undefined) terminal.print(`${colour.yellow('!')} ${newer}`);
  }
  terminal.print();
  const rows = summary.stages.map((stage) => [
    stage.name,
    stage.kind,
    statusText(stage.state, terminal),
    stage.seconds === undefined ? '' : duration(stage.seconds),
    about(stage),
  ]);
  for (const line of table(
    [
      { title: 'Stage' },
      { title: 'Kind' },
      { title: 'Status' },
      { title: 'Took', right: true },
      { title: 'Result', flexible: true },
    ],
    rows,
    terminal,
  ))
    terminal.print(line);
  const trouble = summary.logs.filter((log) => log.level === 'warning' || log.level === 'error');
  if (trouble.length > 0) terminal.print();
  for (const log of trouble.slice(-20)) terminal.print(logLine(log, colour, shown));
  for (const stage of summary.stages) {
    if (stage.state === 'failed' && stage.error !== undefined)
      terminal.print('\n' + failure(stage.name, stage.error, colour, shown));
  }
  if (summary.status === 'lost')
    terminal.print(
      `\nIts process ended without a record (killed, or the machine went down). Finished stages are kept: run the pipeline again.`,
    );
  if (summary.garbage > 0)
    terminal.print(colour.dim(`${summary.garbage} lines of its event log could not be understood.`));
}

function about(stage: StageSummary): string {
  if (stage.state === 'failed') return stage.error?.message ?? '';
  if (stage.state === 'skipped' || stage.state === 'cancelled') return stage.reason ?? '';
  return [stage.summary ?? '', metrics(stage.metrics, 4)].filter(Boolean).join('  ');
}

async function printStage(store: string, stage: StageSummary, terminal: Terminal, shown: Shown): Promise<void> {
  const { colour } = terminal;
  terminal.print(
    `${colour.bold(stage.name)}  ${stage.kind}  ${statusText(stage.state, terminal)}${stage.seconds === undefined ? '' : ` in ${duration(stage.seconds)}`}`,
  );
  if (stage.reason !== undefined) terminal.print(`because ${stage.reason}`);
  if (stage.summary !== undefined) terminal.print(stage.summary);
  for (const [name, value] of Object.entries(stage.metrics)) terminal.print(`  ${name}  ${metric(value)}`);
  for (const [name, series] of Object.entries(stage.series))
    terminal.print(`  ${name}: ${series.count} points, last ${metric(series.last.value)} at step ${series.last.step}`);
  const kept = stage.checkpoints?.marks.at(-1);
  if (stage.checkpoints && kept)
    terminal.print(
      `  ${stage.checkpoints.count} checkpoint${stage.checkpoints.count === 1 ? '' : 's'}, the last at step ${kept.step}${kept.epoch === undefined ? '' : ` (epoch ${kept.epoch})`}`,
    );
  if (stage.error !== undefined) terminal.print(failure(stage.name, stage.error, colour, shown));
  const manifest = stage.fingerprint === undefined ? undefined : await findManifest(store, stage.fingerprint);
  if (manifest === undefined) return;
  if (stage.kind === 'evaluate') {
    const path = join(storePaths.artifact(store, manifest.artifact), 'evaluation.json');
    const evaluation = await readJson<Evaluation>(path).catch(() => undefined);
    const best = evaluation?.candidates.find(({ name }) => name === evaluation.best);
    if (best?.explanation) printExplanation(best.name, best.explanation, terminal);
  }
  terminal.print();
  terminal.print(colour.dim(storePaths.artifact(store, manifest.artifact)));
  const rows = manifest.files.map((file) => [file.path, bytes(file.bytes), file.sha256.slice(0, 12)]);
  for (const line of table(
    [{ title: 'File', flexible: true }, { title: 'Size', right: true }, { title: 'SHA-256' }],
    rows,
    terminal,
  ))
    terminal.print(line);
}

/** Columns and features that are printed of an explanation. */
const MOST_TOLD = 10;

function printExplanation(name: string, explanation: Explanation, terminal: Terminal): void {
  const { permutation, metric: by, rows, split, repeats, shap } = explanation;
  const print = (title: string, head: [string, string, string], lines: string[][]): void => {
    terminal.print();
    terminal.print(terminal.colour.bold(title));
    const [first, second, third] = head;
    const columns = [{ title: first, flexible: true }, { title: second, right: true }, { title: third }];
    for (const line of table(columns, lines.slice(0, MOST_TOLD), terminal)) terminal.print(line);
    if (lines.length > MOST_TOLD) terminal.print(terminal.colour.dim(`and ${lines.length - MOST_TOLD} more`));
  };
  print(
    `What ${name} looks at: how much worse ${by} gets when a column is shuffled (${rows.toLocaleString('en')} rows of ${split}, ${repeats} times)`,
    ['Column', `Loss of ${by}`, '±'],
    permutation.map(({ column, importance, deviation }) => [column, metric(importance), metric(deviation)]),
  );
  if (shap)
    print(
      `How far each feature moves the answer: mean |SHAP| (${shap.unit}, ${shap.rows.toLocaleString('en')} rows)`,
      ['Feature', 'Mean |SHAP|', 'Greater values'],
      shap.features.map(({ feature, mean, direction }) => [feature, metric(mean), wayOf(direction)]),
    );
}

/** What a correlation says, in words. */
function wayOf(direction: number | undefined): string {
  if (direction === undefined) return '';
  return direction > 0.3 ? 'raise it' : direction < -0.3 ? 'lower it' : 'both ways';
}
