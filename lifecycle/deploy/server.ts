import { closeSync, openSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../schemas/generated/types';
import { fetchJson } from '../net/http';
import { UserError } from '../problem';
import { readJson, readText, renameOver } from '../process/files';
import { isAlive, machineName } from '../process/identity';
import { startDetached } from '../process/spawn';
import { killTree } from '../process/tree';
import { targetFolder } from '../store/ledger';
import { isHome } from '../store/live';
import type { ServeSecrets } from './serve/server';
import { type ControlState, readConfig, SERVER_FILES, type ServerState } from './serve/config';

/** Longest that a server may take to load its model and answer. */
const START_PATIENCE = 60_000;
const STOP_PATIENCE = 15_000;
const LARGEST_OUTPUT = 10 * 1024 * 1024;

/** The server that runs for a target on this machine; undefined when there is none, or its process is dead. */
export async function livingServer(store: string, target: string): Promise<ServerState | undefined> {
  return livingServerIn(targetFolder(store, target));
}

async function livingServerIn(folder: string): Promise<ServerState | undefined> {
  const state = await readJson<ServerState>(join(folder, SERVER_FILES.state));
  if (state?.format !== 1 || state.machine !== machineName() || !isAlive(state.process)) return undefined;
  if (!(await isHome(folder, state.home))) return undefined;
  return state;
}

/** Whether the server of a target says that it is ready, within a second. Asked over its control port, which needs no certificate and no key. */
export async function isReady(store: string, target: string): Promise<boolean> {
  return isReadyIn(targetFolder(store, target));
}

async function isReadyIn(folder: string): Promise<boolean> {
  try {
    const { status } = await control(folder, '/ready', {}, 1_000);
    return status === 200;
  } catch {
    return false;
  }
}

/** How to start a model server's process: the CLI's hidden command, with whatever started this process. */
export function serveCommand(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', '__serve'];
}

/**
 * Starts a detached server and waits until it is ready.
 *
 * @param options.secrets go over stdin
 * @throws UserError what kept it from starting (`port-in-use`, `bundle-damaged`, …), or `server-start` with the end of its output
 */
export async function startDetachedServer(
  configPath: string,
  options: { readonly command: readonly string[]; readonly secrets?: ServeSecrets },
): Promise<ServerState> {
  const config = await readConfig(configPath);
  const folder = targetFolder(config.store, config.target);
  await mkdir(folder, { recursive: true });
  await rm(join(folder, SERVER_FILES.failed), { force: true });
  const output = join(folder, SERVER_FILES.output);
  if (((await stat(output).catch(() => undefined))?.size ?? 0) > LARGEST_OUTPUT)
    await renameOver(output, `${output}.1`);
  const log = openSync(output, 'a');
  let pid: number;
  try {
    pid = await startDetached([...options.command, configPath], {
      log,
      input: JSON.stringify(options.secrets ?? {}),
    });
  } finally {
    closeSync(log);
  }
  const end = Date.now() + START_PATIENCE;
  for (;;) {
    const state = await livingServerIn(folder);
    if (state !== undefined && (await isReadyIn(folder))) return state;
    const problem = await readJson<Problem>(join(folder, SERVER_FILES.failed));
    if (problem !== undefined) throw new UserError(problem);
    const gone = !isAlive({ pid, started: '', boot: '' });
    if (!gone && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    if (gone) {
      // It may have written why in its last moment.
      const last = await readJson<Problem>(join(folder, SERVER_FILES.failed));
      if (last !== undefined) throw new UserError(last);
    } else await killTree(pid);
    throw new UserError({
      code: 'server-start',
      message: gone
        ? 'The model server ended before it was ready.'
        : `The model server was not ready within ${START_PATIENCE / 1000} s.`,
      hint: `Its output is in ${output}.`,
      details: ((await readText(output)) ?? '').trimEnd().split('\n').slice(-10),
    });
  }
}

/** Asks the running server to load what its configuration says now. @throws UserError why it keeps what it has */
export async function callLoad(folder: string, secrets: ServeSecrets = {}): Promise<void> {
  const config = await readConfig(join(folder, SERVER_FILES.config));
  const { status, value } = await control<{ problem?: Problem }>(folder, '/load', {
    config,
    ...secrets,
  });
  if (status === 200) return;
  throw new UserError(
    value?.problem ?? {
      code: 'server-load',
      message: `The model server refused to load the model (status ${status}).`,
    },
  );
}

/** Asks the running server to stop, waits until its process is gone, and kills it when it does not go. Fine when none runs. */
export async function callStop(folder: string): Promise<void> {
  const state = await livingServerIn(folder);
  if (state !== undefined) {
    await control(folder, '/stop', {}).catch(() => undefined);
    const end = Date.now() + STOP_PATIENCE;
    while (isAlive(state.process) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    if (isAlive(state.process)) await killTree(state.process.pid);
  }
  for (const name of [SERVER_FILES.state, SERVER_FILES.control]) await rm(join(folder, name), { force: true });
}

/** Ends the roll-out of a running server; the server writes it down. @throws UserError `no-rollout` */
export async function callDecide(folder: string, status: 'promoted' | 'rolled-back', reason: string): Promise<void> {
  const answer = await control<{ problem?: Problem }>(folder, '/rollout', { status, reason });
  if (answer.status === 200) return;
  throw new UserError(
    answer.value?.problem ?? { code: 'server-load', message: `The model server refused (status ${answer.status}).` },
  );
}

async function control<T>(folder: string, path: string, body: unknown, timeout = START_PATIENCE) {
  const secret = await readJson<ControlState>(join(folder, SERVER_FILES.control));
  if (secret === undefined)
    throw new UserError({
      code: 'server-control',
      message: `The model server of ${folder} can't be reached: ${SERVER_FILES.control} is missing, or belongs to another user.`,
      hint: 'End its process and deploy again.',
    });
  return fetchJson<T>(`http://127.0.0.1:${secret.port}${path}`, {
    body,
    headers: { authorization: `Bearer ${secret.token}` },
    timeout,
  });
}
