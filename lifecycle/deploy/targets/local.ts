import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LocalTarget } from '../../../schemas/generated/types';
import { nearest } from '../../expression/nearest';
import { UserError } from '../../problem';
import { readJson, readText } from '../../process/files';
import { targetFolder } from '../../store/ledger';
import type { Action, DeploymentPlan, TargetKind } from '../plan';
import { type ServeConfig, SERVER_FILES } from '../serve/config';
import { livingServer } from '../server';

const MAX_BODY = 16 * 1024 * 1024;

/**
 * A model server on this machine: a process of its own that outlives whoever started it. Another version is loaded into the running
 * server without a dropped request; only another host or fixed port needs a new process.
 */
export const local: TargetKind<LocalTarget> = {
  kind: 'local',
  asks: false,

  async plan(settings, placement) {
    const { store, target, model } = placement;
    const folder = targetFolder(store, target);
    const path = join(folder, SERVER_FILES.config);
    for (const column of settings.redact ?? []) {
      if (model.inputs.includes(column)) continue;
      const meant = nearest(column, model.inputs);
      throw new UserError({
        code: 'redact-unknown-column',
        message: `The target '${target}' redacts '${column}', which the model ${model.name} does not take.`,
        hint: meant === undefined ? `It takes ${model.inputs.slice(0, 20).join(', ')}.` : `Did you mean '${meant}'?`,
      });
    }
    const config: ServeConfig = {
      format: 1,
      target,
      store,
      host: settings.host ?? '127.0.0.1',
      port: settings.port ?? 0,
      log: settings.log ?? 'full',
      redact: settings.redact ?? [],
      ...(settings['api-key'] && { apiKey: settings['api-key'].secret }),
      maxBody: settings['max-body'] ?? MAX_BODY,
      threads: settings.threads ?? Math.max(1, Math.floor(availableParallelism() / 2)),
      model: { name: model.name, version: model.version, digest: model.digest, folder: model.folder },
    };
    const content = JSON.stringify(config, null, 2) + '\n';
    const before = await readText(path);
    const server = await livingServer(store, target);
    const plan = (actions: readonly Action[], ...notes: string[]): DeploymentPlan => ({
      target,
      kind: 'local',
      actions,
      notes,
    });
    const secret = config.apiKey === undefined ? {} : { secret: config.apiKey };
    const title = `${model.name} ${model.version}`;
    if (server !== undefined && before === content && server.digest === model.digest)
      return plan([], `${title} is live at ${server.url} already.`);
    const write: Action = {
      do: 'write',
      say: before === undefined ? 'write the configuration of the server' : 'change the configuration of the server',
      path,
      content,
      ...(before !== undefined && { before }),
      undo: {
        do: 'write',
        say: before === undefined ? 'remove the configuration' : 'put the former configuration back',
        path,
        ...(before !== undefined && { content: before }),
      },
    };
    const former = await readJson<ServeConfig>(path);
    const formerSecret = former?.apiKey === undefined ? {} : { secret: former.apiKey };
    const start: Action = {
      do: 'run',
      program: 'server',
      say: `start a server of ${title} on ${config.host}, port ${config.port === 0 ? 'as before or free' : config.port}`,
      config: path,
      ...secret,
      undo: { do: 'call', operation: 'stop', say: 'stop the new server', folder },
    };
    if (server === undefined) return plan([write, start]);
    const moves = config.host !== server.host || (config.port !== 0 && config.port !== server.port);
    if (!moves) {
      const load: Action = {
        do: 'call',
        operation: 'load',
        say: `load ${title} into the server at ${server.url}, check it, switch to it`,
        folder,
        ...secret,
        undo: {
          do: 'call',
          operation: 'load',
          say: `switch back to version ${server.version}`,
          folder,
          ...formerSecret,
        },
      };
      return plan([write, load]);
    }
    const stop: Action = {
      do: 'call',
      operation: 'stop',
      say: `stop the server at ${server.url}`,
      folder,
      undo: { do: 'run', program: 'server', say: 'start the former server again', config: path, ...formerSecret },
    };
    // Undone in reverse order: the former configuration must be back before the former server starts.
    return plan([stop, write, start], 'Another address needs another process: for a moment nobody answers.');
  },

  async outcome(_settings, { store, target }) {
    const server = await livingServer(store, target);
    return server === undefined ? {} : { url: server.url };
  },

  async stop(store, target) {
    const server = await livingServer(store, target);
    const folder = targetFolder(store, target);
    const actions: Action[] =
      server === undefined ? [] : [{ do: 'call', operation: 'stop', say: `stop the server at ${server.url}`, folder }];
    return { target, kind: 'local', actions, notes: server === undefined ? ['No server runs there.'] : [] };
  },
};
