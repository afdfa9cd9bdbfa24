import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../problem';
import { identityOf, isAlive } from '../../process/identity';
import { startDetached } from '../../process/spawn';
import { findProject } from '../../store/project';
import { readWatch, watchLogPath, watchStopPath } from '../../store/watch';
import type { Given } from '../arguments';
import { usageError } from '../arguments';
import { type Context, projectHere } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { readSecrets } from '../launch';
import { analyzeFile, overridesOf, pipelinesIn } from '../pipeline';
import { watch } from '../watch/daemon';

const DEFAULT_EVERY = 900;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { store } = await projectHere(context);
  if (given.flag('status')) return status(store, context);
  if (given.flag('stop')) return stop(store, context);
  const every = secondsOf(given.text('every'));
  const keepDays = keepDaysOf(given.text('keep'));
  const files = await filesFor(given, context);
  await checkOverrides(files, given);
  const project = await findProject(dirname(files[0]!));
  const secrets = given.flag('secrets-stdin') ? await readSecrets(context) : {};
  if (given.flag('detach')) return detach(project.store, secrets, context);
  const once = given.flag('once');
  const { terminal } = context;
  const ok = await watch(project.store, context, {
    files,
    every,
    once,
    keepDays,
    secrets,
    given,
    port: given.whole('port', 0),
    cores: given.whole('cores', 1),
    say: (line) => terminal.print(`${terminal.colour.dim(new Date().toISOString())} ${line}`),
    onLook: (results) => terminal.emit({ results }),
  });
  return ok ? EXIT.ok : EXIT.failed;
}

/** `90`, `90s`, `15m`, `2h`, `1d` in seconds. @throws UserError `usage` */
export function secondsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EVERY;
  const found = /^(\d+(?:\.\d+)?)(s|m|h|d)?$/.exec(text);
  const seconds = Number(found?.[1]) * { s: 1, m: 60, h: 3_600, d: 86_400 }[(found?.[2] ?? 's') as 's'];
  if (!(seconds >= 1))
    throw usageError(`--every ${text} is no time.`, 'For example 90s, 15m, 2h or 1d; at least a second.');
  return seconds;
}

const DEFAULT_KEEP = 30;

/** `30d`, `4w`, a plain number of days, or `all`. @throws UserError `usage` */
function keepDaysOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_KEEP;
  if (text === 'all') return Infinity;
  const found = /^(\d+)(d|w)?$/.exec(text);
  const days = Number(found?.[1]) * (found?.[2] === 'w' ? 7 : 1);
  if (!(days >= 1)) throw usageError(`--keep ${text} is no time.`, 'For example 30d, 8w, or all.');
  return days;
}

/** The pipelines given, else those of this folder that have a monitor stage. */
async function filesFor(given: Given, context: Context): Promise<string[]> {
  if (given.positionals.length > 0) {
    const files = given.positionals.map((name) => resolve(context.cwd, name));
    for (const file of files) await analyzeFile(file, {});
    return files;
  }
  const files: string[] = [];
  for (const file of await pipelinesIn(context.cwd)) {
    const { analysis } = await analyzeFile(file, {});
    if (analysis.stages.some(({ kind }) => kind === 'monitor')) files.push(file);
  }
  if (files.length > 0) return files;
  throw new UserError({
    code: 'pipeline-missing',
    message: `No pipeline in ${context.cwd} has a stage of kind monitor.`,
    hint: 'Add one, or name the file.',
  });
}

/** What `--env` and `--set` name has to be in every pipeline: told now rather than at each look. @throws UserError `usage` */
async function checkOverrides(files: readonly string[], given: Given): Promise<void> {
  const overrides = overridesOf(given);
  for (const file of files) {
    const { analysis } = await analyzeFile(file, overrides);
    const wrong = analysis.diagnostics.find(
      ({ code }) => code === 'unknown-environment' || code === 'unknown-parameter',
    );
    if (
      wrong !== undefined &&
      !(await analyzeFile(file, {})).analysis.diagnostics.some(({ code }) => code === wrong.code)
    )
      throw new UserError({ code: 'usage', message: wrong.message, file });
  }
}

async function status(store: string, { terminal }: Context): Promise<ExitCode> {
  const { state, owner } = await readWatch(store);
  terminal.emit({ running: owner !== undefined, ...state });
  if (state === undefined) {
    terminal.print('This project has not been watched yet.');
    return EXIT.ok;
  }
  const how =
    owner !== undefined
      ? `${terminal.colour.green('●')} watched by process ${owner.pid} on ${owner.host} since ${owner.since}, every ${state.every} s`
      : state.wanted
        ? `${terminal.colour.red('●')} not watched: process ${state.pid} was ended. \`lifecycle watch --detach\` goes on.`
        : '○ not watched';
  terminal.print(how);
  if (state.url !== undefined && owner !== undefined) terminal.print(`  figures at ${state.url}/metrics`);
  if (state.last !== undefined)
    terminal.print(`  last look ${state.last}${owner && state.next ? `, next ${state.next}` : ''}`);
  for (const [file, { summary, ok }] of Object.entries(state.results))
    terminal.print(`  ${ok ? terminal.colour.green('✔') : terminal.colour.red('✘')} ${file}: ${summary}`);
  return EXIT.ok;
}

const STOP_PATIENCE = 60_000;

async function stop(store: string, { terminal }: Context): Promise<ExitCode> {
  const { owner } = await readWatch(store);
  if (owner === undefined) {
    terminal.print('Nothing watches this project.');
    return EXIT.ok;
  }
  await writeFile(watchStopPath(store), randomBytes(4).toString('hex'));
  for (const end = Date.now() + STOP_PATIENCE; Date.now() < end;) {
    if ((await readWatch(store)).owner === undefined) {
      terminal.print(`Process ${owner.pid} stopped watching.`);
      return EXIT.ok;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  terminal.print(`Process ${owner.pid} will stop when the run that is going has ended.`);
  return EXIT.ok;
}

/** Starts the same command in the background and waits until it watches. */
async function detach(store: string, secrets: Readonly<Record<string, string>>, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const args = context.argv.filter((argument) => !['--detach', '-d', '--json'].includes(argument));
  const path = watchLogPath(store);
  await mkdir(dirname(path), { recursive: true });
  const log = openSync(path, 'a');
  try {
    const withSecrets = args.includes('--secrets-stdin');
    const pid = await startDetached([...context.self, ...args], {
      cwd: context.cwd,
      log,
      env: { ...process.env, NO_COLOR: '1' },
      ...(withSecrets ? { input: JSON.stringify(secrets) } : {}),
    });
    const identity = identityOf(pid);
    while (isAlive(identity)) {
      const { state, owner } = await readWatch(store);
      if (owner?.pid === pid && state?.pid === pid) {
        terminal.print(`Watching in the background, process ${pid}. Its words are in ${path}.`);
        terminal.emit({ process: pid, url: state.url });
        return EXIT.ok;
      }
      await new Promise((done) => setTimeout(done, 30));
    }
    const said = (await readFile(path, 'utf8')).trim().split('\n').slice(-10);
    const [, code, message] = /error\[([\w-]+)\]: (.*)/.exec(said.join('\n')) ?? [];
    throw new UserError({
      code: code ?? 'detach-failed',
      message: message ?? 'The watch did not begin.',
      ...(code === undefined && { details: said }),
    });
  } finally {
    closeSync(log);
  }
}
