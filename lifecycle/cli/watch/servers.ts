import { engineOf } from '../commands/deploy';
import { problemOf } from '../../problem';
import type { DaemonOptions } from './daemon';
import type { Context } from '../context';
import type { Loaded } from '../pipeline';

/** The servers of a pipeline's models as a watch finds them. */
export class WatchedServers {
  /** Why a server did not start again, by target. */
  readonly #why = new Map<string, string>();
  readonly #store: string;
  readonly #pipeline: string | undefined;

  constructor({ analysis, project }: Loaded) {
    this.#store = project.store;
    this.#pipeline = analysis.header.pipeline;
  }

  /**
   * Starts those again whose processes are gone though nobody stopped them, as after a reboot: who watches a model wants it served.
   * @returns what was started, a sentence each
   */
  async revive(context: Context, { secrets }: Pick<DaemonOptions, 'secrets'>): Promise<string[]> {
    const said: string[] = [];
    for (const { target, model, version } of await this.#dead()) {
      const { reviveServer } = await import('../../deploy/revive');
      try {
        const url = await reviveServer(target, {
          store: this.#store,
          signal: context.signal,
          command: [...context.self, '__serve'],
          secret: (name) => Promise.resolve(secrets[name] ?? process.env[name]),
          ...engineOf(context),
        });
        if (url !== undefined)
          said.push(`the server of ${model} ${version} on '${target}' was gone and was started again at ${url}`);
      } catch (error) {
        this.#why.set(target, `it does not start again: ${problemOf(error).message}`);
      }
    }
    return said;
  }

  /** Those of this machine that are gone all the same, a sentence each. A retraining that went on may have put a new one in their place. */
  async gone(): Promise<string[]> {
    const said: string[] = [];
    for (const { target, model, version } of await this.#dead()) {
      const { deadServer } = await import('../../deploy/revive');
      if ((await deadServer(this.#store, target))?.here !== true) continue;
      const why = this.#why.get(target) ?? 'a deployment was interrupted';
      said.push(
        `the server of ${model} ${version} on '${target}' is gone (${why}); \`lifecycle deploy --model ${model}@${version} --target ${target}\` starts one`,
      );
    }
    return said;
  }

  async #dead() {
    if (this.#pipeline === undefined) return [];
    const { listDeployments } = await import('../../deploy/deployments');
    const { deployments } = await listDeployments(this.#store);
    return deployments.filter(({ health, pipeline }) => health === 'dead' && pipeline === this.#pipeline);
  }
}
