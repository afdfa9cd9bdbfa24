import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problemOf, UserError } from '../problem';
import { writeAtomic } from '../process/files';
import { LineWriter } from '../process/jsonl';
import { targetFolder } from '../store/ledger';
import type { Action, DeploymentPlan } from './plan';
import { scoreFiles } from './score';
import { callLoad, callStop, serveCommand, startDetachedServer } from './server';
import type { ServeSecrets } from './serve/server';

export interface ApplyOptions {
  readonly store: string;
  /** Value of a secret by name. */
  readonly secret?: (name: string) => Promise<string | undefined>;
  /** How a model server's process is started; the CLI's hidden command unless given. */
  readonly command?: readonly string[];
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onAction?: (action: Action, index: number, count: number) => void;
  /** @param fraction done share of an action that takes long */
  readonly onProgress?: (fraction: number, message: string) => void;
}

/** Figures that came of the actions. */
export interface Applied {
  readonly rows?: number;
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
  let applied: Applied = {};
  try {
    for (const [index, action] of plan.actions.entries()) {
      options.signal?.throwIfAborted();
      options.onAction?.(action, index, plan.actions.length);
      try {
        applied = { ...applied, ...(await act(action, options)) };
      } catch (error) {
        note(action, 'failed', error);
        await undo(done, options, note);
        throw error;
      }
      note(action, 'done');
      done.push(action);
    }
    return applied;
  } finally {
    log.close();
  }
}

async function undo(
  done: readonly Action[],
  options: ApplyOptions,
  note: (action: Action, outcome: string, problem?: unknown) => void,
) {
  const { signal: _signal, ...rest } = options;
  // What is written back must be back before a server is started or asked to read it.
  const undos = done.toReversed().flatMap((action) => (action.undo ? [action.undo] : []));
  const ordered = [
    ...undos.filter((action) => action.do === 'write'),
    ...undos.filter((action) => action.do !== 'write'),
  ];
  for (const action of ordered) {
    try {
      await act(action, rest);
      note(action, 'undone');
    } catch (error) {
      note(action, 'not undone', error);
    }
  }
}

async function act(action: Action, options: ApplyOptions): Promise<Applied> {
  switch (action.do) {
    case 'write':
      if (action.content === undefined) await rm(action.path, { force: true });
      else {
        await mkdir(dirname(action.path), { recursive: true });
        await writeAtomic(action.path, action.content);
      }
      return {};
    case 'call': {
      if (action.operation === 'stop') await callStop(action.folder);
      else await callLoad(action.folder, await secretsOf(action, options));
      return {};
    }
    case 'run': {
      if (action.program === 'server') {
        await startDetachedServer(action.config, {
          command: options.command ?? serveCommand(),
          secrets: await secretsOf(action, options),
        });
        return {};
      }
      return scoreFiles({
        bundle: action.bundle,
        digest: action.digest,
        input: action.input,
        output: action.output,
        ...(action.keep && { keep: action.keep }),
        ...(options.threads !== undefined && { threads: options.threads }),
        ...(options.signal && { signal: options.signal }),
        ...(options.onProgress && { onProgress: options.onProgress }),
      });
    }
  }
}

async function secretsOf(
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
    hint: `Set the environment variable ${name}, or store it in VS Code's secrets.`,
  });
}
