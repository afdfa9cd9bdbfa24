import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunInfo, RunRecord, StageManifest } from '../../schemas/generated/types';
import { rangeNear } from '../pipeline/found';
import { LineIndex } from '../pipeline/lines';
import { lockPath, readLock, whyKeep, writeLock } from '../pipeline/lock';
import { UserError } from '../problem';
import { readText, writeAtomic } from '../process/files';
import { identityOf, isAlive } from '../process/identity';
import { startDetached } from '../process/spawn';
import { localCompute } from '../run/compute';
import type { PlaceOf } from '../run/options';
import { runPipeline } from '../run/supervisor';
import { openStore, storePaths } from '../store/layout';
import { newRunId, RUN_FILES } from '../store/runs';
import { probeInChild } from '../train/devices/detect';
import { usageError, type Given } from './arguments';
import type { Context } from './context';
import { printDiagnostics } from './diagnostics';
import { EXIT, type ExitCode, exitOf } from './exit';
import { follow } from './follow';
import { duration } from './format';
import { shownFrom, viewOf } from './live';
import type { Loaded } from './pipeline';
import type { Chosen } from './selection';
import { statusText } from './status';

/** Prints what is wrong with a pipeline. @returns whether it can be executed */
export function showTrouble(loaded: Loaded, context: Context): boolean {
  const diagnostics = loaded.analysis.diagnostics.filter(
    ({ severity }) => severity === 'error' || severity === 'warning',
  );
  printDiagnostics({ path: loaded.file, text: loaded.text, diagnostics }, context.cwd, context.terminal, true);
  if (loaded.analysis.ok) return true;
  if (!diagnostics.some(({ severity }) => severity === 'error'))
    context.terminal.warn(`error[empty]: There is no pipeline in ${basename(loaded.file)} yet.`);
  return false;
}

/** Runs what was chosen and shows it. @returns the exit code that tells how it ended */
export async function launch(
  loaded: Loaded,
  chosen: Chosen,
  given: Given,
  context: Context,
  command: RunInfo['command'],
): Promise<ExitCode> {
  const { terminal } = context;
  const secrets = given.flag('secrets-stdin') ? await readSecrets(context) : {};
  if (given.flag('detach')) {
    const begun = await detach(loaded, secrets, context);
    return given.flag('follow') ? follow(loaded.project, begun, context, true) : EXIT.ok;
  }
  const view = viewOf(terminal, shownFrom(loaded.project.root, context.cwd));
  const compute = localCompute([...context.self, '__stage']);
  let id = '';
  let retrain = false;
  let record: RunRecord;
  try {
    const cores = given.whole('cores', 1) ?? loaded.project.settings.cores;
    const wanted = given.text('id');
    record = await runPipeline({
      plan: chosen.plan,
      execute: chosen.execute,
      file: loaded.file,
      text: loaded.text,
      root: loaded.project.root,
      store: loaded.project.store,
      rooms: context.rooms,
      compute,
      command,
      ...(chosen.selection === undefined ? {} : { selection: chosen.selection }),
      overrides: loaded.overrides,
      placeOf: placesOf(loaded),
      ...(cores === undefined ? {} : { cores }),
      ...(wanted === undefined ? {} : { id: wanted }),
      wait: given.flag('wait'),
      verify: given.flag('verify'),
      secrets,
      cudaWorks: () => probeInChild(context.self, 'cuda').then(({ works }) => works),
      signal: context.signal,
      onEvent: (event) => {
        retrain ||= event.type === 'log' && event.code === 'retrain-due';
        view.event(event);
      },
      onBegin: (info) => (id = info.id),
      onWait: (owner) => terminal.warn(`Waiting for ${owner.purpose} (process ${owner.pid}) …`),
      onSuccess: (results) => updateLock(loaded, chosen, results),
    });
  } finally {
    view.close();
    await compute.close();
  }
  terminal.print(ending(record, id, context));
  if (command === 'run' && record.status === 'succeeded' && chosen.left.length > 0)
    terminal.print(terminal.colour.dim(leftOut(chosen.left)));
  const problems = Object.values(record.stages).flatMap(({ status, error }) =>
    status === 'failed' ? [error?.code ?? ''] : [],
  );
  return exitOf({ status: record.status, command, problems, retrain });
}

/** Finds a place inside a stage. */
export function placesOf({ analysis, text }: Loaded): PlaceOf {
  let index: LineIndex | undefined;
  return (stage, path) => {
    const range = rangeNear(analysis, stage, path);
    if (range === undefined) return undefined;
    index ??= new LineIndex(text);
    const { line, column } = index.position(range.from);
    return { line: line + 1, column: column + 1 };
  };
}

function ending(record: RunRecord, id: string, { terminal }: Context): string {
  const { colour } = terminal;
  const stages = Object.values(record.stages);
  const count = (status: string) => stages.filter((stage) => stage.status === status).length;
  const parts = [
    [count('succeeded'), 'executed'],
    [count('reused'), 'reused'],
    [count('failed'), 'failed'],
    [count('skipped'), 'skipped'],
  ].flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
  return `${statusText(record.status, terminal)} in ${duration(record.seconds)}${parts.length === 0 ? '' : ': '}${parts.join(', ')}  ${colour.dim(`run ${id}`)}`;
}

/** What a run without --deploy passes over. */
export function leftOut(stages: Chosen['left']): string {
  const names = stages.map(({ name }) => name);
  return `left out: ${names.join(', ')} (${stages.map(({ stage }) => stage.kind).join(', ')}); --deploy takes ${names.length === 1 ? 'it' : 'them'} along`;
}

/** The lock keeps what it says of stages that did not take part in this run, as long as they are in the pipeline. */
async function updateLock(loaded: Loaded, chosen: Chosen, results: ReadonlyMap<string, StageManifest>): Promise<void> {
  const path = lockPath(loaded.file);
  const text = await readText(path);
  const why = text === undefined ? undefined : whyKeep(text);
  if (why !== undefined)
    throw new UserError({ code: 'lock-file', message: `${basename(path)} stays as it is: ${why}.` });
  const before = text === undefined ? undefined : readLock(text);
  const stages = chosen.plan.stages.flatMap((stage) => {
    if (stage.effect) return [];
    const manifest = results.get(stage.name);
    const entry =
      manifest === undefined
        ? before?.stages[stage.name]
        : // Numbers of versions are each store's own: they would differ for everybody who runs the same.
          { fingerprint: manifest.fingerprint, ...(manifest.kind !== 'package' && { metrics: manifest.metrics }) };
    return entry === undefined ? [] : [[stage.name, entry] as const];
  });
  const next = writeLock({ lifecycle: 1, stages: Object.fromEntries(stages) });
  if (next !== text) await writeAtomic(path, next);
}

/** Secrets from standard input: one JSON object of names and values, up to its end. */
export async function readSecrets(context: Context): Promise<Record<string, string>> {
  let text = '';
  for await (const chunk of context.stdin) text += String(chunk);
  try {
    const value: unknown = JSON.parse(text);
    if (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((secret) => typeof secret === 'string')
    )
      return value as Record<string, string>;
  } catch {
    // Said below; the text itself must not be shown.
  }
  throw usageError('Standard input is not a JSON object of names and texts.', 'For example {"API_KEY": "…"}.');
}

/**
 * Where a command looks for secrets: what `--secrets-stdin` gave, then the environment, into which the editor puts those that VS Code stores.
 * @throws {UserError} `usage` when standard input is no JSON object of texts
 */
export async function secretLookup(
  given: Given,
  context: Context,
): Promise<(name: string) => Promise<string | undefined>> {
  const secrets = given.flag('secrets-stdin') ? await readSecrets(context) : {};
  return (name) => Promise.resolve(Object.hasOwn(secrets, name) ? secrets[name] : process.env[name]);
}

const DETACH_PATIENCE = 30_000;

/** Starts the same command in the background and waits until its run has a folder, or it failed before that. @returns the run's id */
async function detach(loaded: Loaded, secrets: Readonly<Record<string, string>>, context: Context): Promise<string> {
  const { store } = loaded.project;
  await openStore(store);
  const id = newRunId();
  const args = context.argv.filter((argument) => !['--detach', '-d', '--follow', '--json'].includes(argument));
  await mkdir(storePaths.temporary(store), { recursive: true });
  const output = join(storePaths.temporary(store), `detached-${randomBytes(4).toString('hex')}.log`);
  const log = openSync(output, 'a');
  try {
    const withSecrets = args.includes('--secrets-stdin');
    const pid = await startDetached([...context.self, ...args, '--id', id], {
      cwd: context.cwd,
      log,
      env: { ...process.env, NO_COLOR: '1' },
      ...(withSecrets ? { input: JSON.stringify(secrets) } : {}),
    });
    const identity = identityOf(pid);
    const info = join(storePaths.run(store, id), RUN_FILES.info);
    for (const end = Date.now() + DETACH_PATIENCE; Date.now() < end;) {
      if (existsSync(info)) {
        context.terminal.print(id);
        context.terminal.emit({ id, process: pid });
        return id;
      }
      // A run that waits for another (--wait) has no folder yet and is as good as begun.
      if (!isAlive(identity) && !existsSync(info)) break;
      if (args.includes('--wait') && Date.now() > end - DETACH_PATIENCE + 2_000) {
        context.terminal.print(id);
        context.terminal.emit({ id, process: pid });
        return id;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const said = (await readText(output))?.trim() ?? '';
    const [, code, message] = /error\[([\w-]+)\]: (.*)/.exec(said) ?? [];
    const hint = /^\s*hint: (.*)/m.exec(said)?.[1];
    throw new UserError({
      code: code ?? 'detach-failed',
      message: message ?? 'The run did not begin.',
      ...(code === undefined || hint === undefined ? {} : { hint }),
      ...(code === undefined && said !== '' ? { details: said.split('\n').slice(-10) } : {}),
    });
  } finally {
    closeSync(log);
    await rm(output, { force: true });
  }
}
