import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outward } from '../net/outward';
import { problemOf, secretHint, UserError } from '../problem';
import { renameOver, temporaryName, writeAtomic } from '../process/files';
import { hashFile } from '../process/hash';
import { LineWriter } from '../process/jsonl';
import { targetFolder } from '../store/ledger';
import { copyImage } from './image/layout';
import { pushImage } from './image/registry';
import type { Action, DeploymentPlan } from './plan';
import { request, Unwatched } from './request';
import { scoreFiles } from './score';
import { scoreParts } from './score-parts';
import { callLoad, callStop, serveCommand, startDetachedServer } from './server';
import type { ServeSecrets } from './serve/server';

export interface ApplyOptions {
  readonly store: string;
  /** Value of a secret by name. */
  readonly secret?: (name: string) => Promise<string | undefined>;
  /** How a model server's process is started; the CLI's hidden command unless given. */
  readonly command?: readonly string[];
  /** The engine as one file, for images; found by itself unless given. */
  readonly engine?: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onAction?: (action: Action, index: number, count: number) => void;
  /** @param fraction done share of an action that takes long */
  readonly onProgress?: (fraction: number, message: string) => void;
  /** Milliseconds before each further try of a request that a service had no time for. */
  readonly pauses?: readonly number[];
}

/** Figures that came of the actions, and what could not be tidied up. */
export interface Applied {
  readonly rows?: number;
  readonly left?: readonly string[];
}

/**
 * Carries a plan out: the only place that acts. Every action is written to `actions.jsonl` of the target's folder. At the first that fails
 * those before it are undone, last first, and the failure is thrown.
 */
export async function apply(plan: DeploymentPlan, options: ApplyOptions): Promise<Applied> {
  const folder = targetFolder(options.store, plan.target);
  await mkdir(folder, { recursive: true });
  const log = new LineWriter(join(folder, 'actions.jsonl'));
  const note = (action: Action, outcome: string, problem?: unknown) =>
    log.append(
      JSON.stringify({
        time: new Date().toISOString(),
        do: action.do,
        say: action.say,
        outcome,
        ...(problem !== undefined && { problem: problemOf(problem).message }),
      }),
    );
  const done: Action[] = [];
  const left: string[] = [];
  let applied: Applied = {};
  try {
    for (const [index, action] of plan.actions.entries()) {
      options.signal?.throwIfAborted();
      options.onAction?.(action, index, plan.actions.length);
      let taken = false;
      try {
        applied = { ...applied, ...(await act(action, options, () => (taken = true))) };
      } catch (error) {
        note(action, 'failed', error);
        if (
          action.do === 'call' &&
          action.operation === 'request' &&
          action.optional &&
          options.signal?.aborted !== true
        ) {
          left.push(`It did not work to ${action.say}: ${problemOf(error).message}`);
          continue;
        }
        // A request that was taken and then failed has to be taken back too.
        if (error instanceof Unwatched) throw error;
        throw withLeft(error, await undo(taken ? [...done, action] : done, options, note));
      }
      note(action, 'done');
      done.push(action);
    }
    return { ...applied, ...(left.length > 0 && { left }) };
  } finally {
    log.close();
  }
}

/**
 * Takes back what was done, last first. When a service refuses to take something back, what was done there before stays too, since it may be in use.
 * @returns in words what was not taken back
 */
async function undo(
  done: readonly Action[],
  options: ApplyOptions,
  note: (action: Action, outcome: string, problem?: unknown) => void,
): Promise<string[]> {
  const { signal: _signal, ...rest } = options;
  // What is written back must be back before a server is started or asked to read it.
  const undos = done.toReversed().flatMap((action) => (action.undo ? [action.undo] : []));
  const ordered = [
    ...undos.filter((action) => action.do === 'write'),
    ...undos.filter((action) => action.do !== 'write'),
  ];
  const left: string[] = [];
  let refused = false;
  for (const action of ordered) {
    const outside = action.do === 'call' && action.operation === 'request';
    if (outside && refused) {
      left.push(action.say);
      continue;
    }
    try {
      await act(action, rest);
      note(action, 'undone');
    } catch (error) {
      note(action, 'not undone', error);
      left.push(`${action.say} (${problemOf(error).message})`);
      refused ||= outside;
    }
  }
  return left;
}

/** A failure that says what is still to be taken back by hand. */
function withLeft(error: unknown, left: readonly string[]): unknown {
  if (left.length === 0 || !(error instanceof UserError)) return error;
  return new UserError({
    ...error.problem,
    hint: `Not everything could be taken back; by hand: ${left.join('; ')}.`,
  });
}

async function act(action: Action, options: ApplyOptions, onTaken?: () => void): Promise<Applied> {
  switch (action.do) {
    case 'write':
      if (action.from !== undefined) await copyChecked(action.from, action.path);
      else if (action.content === undefined) await rm(action.path, { force: true });
      else {
        await mkdir(dirname(action.path), { recursive: true });
        await writeAtomic(action.path, action.content);
      }
      return {};
    case 'call': {
      if (action.operation === 'request')
        await request(action, outward(secretsOf(options), options.pauses), { ...options, ...(onTaken && { onTaken }) });
      else if (action.operation === 'stop') await callStop(action.folder);
      else await callLoad(action.folder, await serverSecrets(action, options));
      return {};
    }
    case 'run': {
      if (action.program === 'server') {
        await startDetachedServer(action.config, {
          command: options.command ?? serveCommand(),
          secrets: await serverSecrets(action, options),
        });
        return {};
      }
      if (action.program === 'push') {
        await pushImage(action, {
          secret: secretsOf(options),
          ...(options.signal && { signal: options.signal }),
          ...(options.onProgress && { onProgress: options.onProgress }),
        });
        return {};
      }
      if (action.program === 'copy-image') {
        await copyImage(action.image, action.digest, action.path);
        return {};
      }
      const scored = {
        bundle: action.bundle,
        digest: action.digest,
        input: action.input,
        output: action.output,
        ...(action.keep && { keep: action.keep }),
        ...(action.skip !== undefined && { skip: action.skip }),
        ...(options.threads !== undefined && { threads: options.threads }),
        ...(options.signal && { signal: options.signal }),
        ...(options.onProgress && { onProgress: options.onProgress }),
      };
      return action.parts === undefined ? scoreFiles(scored) : scoreParts({ ...scored, extension: action.parts });
    }
  }
}

function secretsOf(options: ApplyOptions): (name: string) => Promise<string | undefined> {
  return async (name) => (await options.secret?.(name)) ?? process.env[name];
}

/** Copies a file that must be the one that was planned with. */
async function copyChecked(from: { readonly path: string; readonly sha256: string }, to: string): Promise<void> {
  const aside = temporaryName(to);
  await mkdir(dirname(to), { recursive: true });
  try {
    await copyFile(from.path, aside);
    if ((await hashFile(aside)).sha256 !== from.sha256) {
      throw new UserError({
        code: 'plan-outdated',
        message: `${from.path} was changed since the deployment was planned.`,
        hint: 'Deploy again.',
        file: from.path,
      });
    }
    await renameOver(aside, to);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

async function serverSecrets(
  { secret, jwtSecret }: { readonly secret?: string; readonly jwtSecret?: string },
  options: ApplyOptions,
): Promise<ServeSecrets> {
  const [apiKey, jwt] = [await valueOf(secret, options), await valueOf(jwtSecret, options)];
  return { ...(apiKey !== undefined && { apiKey }), ...(jwt !== undefined && { jwtSecret: jwt }) };
}

async function valueOf(name: string | undefined, options: ApplyOptions): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const value = options.secret ? await options.secret(name) : process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new UserError({
    code: 'secret-missing',
    message: `Nobody has the secret ${name}.`,
    hint: secretHint(name),
  });
}
