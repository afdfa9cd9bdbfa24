import { join, resolve } from 'node:path';
import type { LocalTarget } from '../../../schemas/generated/types';
import { nearest } from '../../expression/nearest';
import { UserError } from '../../problem';
import { readJson, readText } from '../../process/files';
import { coreLimit } from '../../process/limits';
import { targetFolder } from '../../store/ledger';
import { findVersion } from '../../store/registry';
import type { Action, DeploymentPlan, Placement, TargetKind } from '../plan';
import { describePlan, rolloutPlan } from '../rollout/strategy';
import { type PlacedModel, type RolloutConfig, type ServeConfig, SERVER_FILES } from '../serve/config';
import { livingServer } from '../server';

const MAX_BODY = 16 * 1024 * 1024;

/**
 * A model server on this machine: a process of its own that outlives whoever started it. Another version is loaded into the running
 * server without a dropped request; only another host or fixed port needs a new process.
 */
export const local: TargetKind<LocalTarget> = {
  kind: 'local',
  asks: false,
  rollouts: true,

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
    const former = await readJson<ServeConfig>(path);
    const base = await configOf(settings, placement);
    const before = await readText(path);
    const server = await livingServer(store, target);
    const tried = server === undefined || former === undefined ? undefined : rolloutOf(placement, former);
    const config: ServeConfig = tried === undefined ? base : { ...base, model: tried.live, rollout: tried.rollout };
    const content = JSON.stringify(config, null, 2) + '\n';
    const plan = (actions: readonly Action[], ...notes: string[]): DeploymentPlan => ({
      target,
      kind: 'local',
      actions,
      notes: [...notes, ...atOnce(placement, tried !== undefined), ...(server ? replaced(config, former, target) : [])],
      ...(tried && {
        rollout: { id: tried.rollout.id, strategy: tried.rollout.plan.kind, live: tried.live },
      }),
    });
    const secret = secretsOf(config);
    const title = `${model.name} ${model.version}`;
    if (server !== undefined && before === content && server.digest === config.model.digest)
      return plan(
        [],
        tried === undefined
          ? `${title} is live at ${server.url} already.`
          : `${title} is being rolled out at ${server.url} already.`,
      );
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
    const formerSecret = former === undefined ? {} : secretsOf(former);
    const start: Action = {
      do: 'run',
      program: 'server',
      say: `start a server of ${title} on ${config.host}, port ${config.port === 0 ? 'as before or free' : config.port}`,
      config: path,
      ...secret,
      undo: { do: 'call', operation: 'stop', say: 'stop the new server', folder },
    };
    if (server === undefined) return plan([write, start]);
    const moves =
      config.host !== server.host ||
      (config.port !== 0 && config.port !== server.port) ||
      JSON.stringify(config.tls) !== JSON.stringify(former?.tls) ||
      config.connections !== former?.connections;
    if (!moves) {
      const load: Action = {
        do: 'call',
        operation: 'load',
        say:
          tried === undefined
            ? `load ${title} into the server at ${server.url}, check it, switch to it`
            : `load ${title} into the server at ${server.url}, check it, begin: ${describePlan(tried.rollout.plan)}`,
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

/** Another model than before takes its place: that may not be what is meant. */
function replaced(config: ServeConfig, former: ServeConfig | undefined, target: string): string[] {
  if (former === undefined || former.model.name === config.model.name) return [];
  if ([config.model, ...(config.also ?? [])].some(({ name }) => name === former.model.name)) return [];
  const own = config.model.name;
  return [
    `${config.model.name} takes the place of ${former.model.name} ${former.model.version} on '${target}'. To serve both, give each a target of its own: in targets.yaml 'targets: {${own}: {kind: local}}', in the deploy stage 'target: ${own}'.`,
  ];
}

/** Everything but what is tried. */
async function configOf(
  settings: LocalTarget,
  { store, target, folder, model, back }: Placement,
): Promise<ServeConfig> {
  const at = (path: string) => resolve(folder, path);
  const { jwt, tls, budget, require: required } = settings;
  const rate = settings['rate-limit'];
  const also: PlacedModel[] = [];
  for (const wanted of settings.also ?? []) {
    const [name = '', version] = wanted.split('@');
    const found = await findVersion(store, name, version ?? 'latest');
    also.push({ name: found.name, version: found.version, digest: found.digest, folder: found.folder });
  }
  return {
    format: 1,
    target,
    store,
    host: settings.host ?? '127.0.0.1',
    port: settings.port ?? 0,
    log: settings.log ?? 'full',
    ...(settings.sample !== undefined && { sample: settings.sample }),
    redact: settings.redact ?? [],
    ...(settings['log-sensitive'] === true && { logSensitive: true }),
    ...(settings['api-key'] && { apiKey: settings['api-key'].secret }),
    ...(settings.keys === true && { keysRequired: true }),
    ...(jwt && {
      jwt: {
        ...(jwt.secret !== undefined && { secret: jwt.secret }),
        ...(jwt['public-key'] !== undefined && { publicKey: at(jwt['public-key']) }),
        ...(jwt.issuer !== undefined && { issuer: jwt.issuer }),
        ...(jwt.audience !== undefined && { audience: jwt.audience }),
      },
    }),
    ...(tls && {
      tls: {
        certificate: at(tls.certificate),
        key: at(tls.key),
        ...(tls['client-ca'] !== undefined && { clientCa: at(tls['client-ca']) }),
      },
    }),
    ...(rate && {
      rateLimit: { perSecond: rate['per-second'], burst: rate.burst ?? Math.max(1, Math.ceil(rate['per-second'])) },
    }),
    ...(settings.deadline !== undefined && { deadline: settings.deadline }),
    ...(settings.queue !== undefined && { queue: settings.queue }),
    ...(settings.connections !== undefined && { connections: settings.connections }),
    maxBody: settings['max-body'] ?? MAX_BODY,
    threads: settings.threads ?? Math.max(1, Math.floor(coreLimit() / 2)),
    model: { name: model.name, version: model.version, digest: model.digest, folder: model.folder },
    ...(also.length > 0 && { also }),
    // What was live once is let in again, whatever is asked of newcomers.
    ...(back !== true && {
      admission: {
        contract: settings.contract ?? 'same',
        ...(budget && { budget }),
        ...(required && { require: required }),
      },
    }),
  };
}

interface Tried {
  readonly live: PlacedModel;
  readonly rollout: RolloutConfig;
}

/** The roll-out to begin, or the one that goes on and is the same; undefined when the version takes over at once. */
function rolloutOf({ strategy, model, origin }: Placement, former: ServeConfig): Tried | undefined {
  const plan = rolloutPlan(strategy);
  if (plan === undefined || former.model.name !== model.name || former.model.digest === model.digest) return undefined;
  const going = former.rollout;
  if (going?.candidate.digest === model.digest && JSON.stringify(going.plan) === JSON.stringify(plan))
    return { live: former.model, rollout: going };
  const candidate = { name: model.name, version: model.version, digest: model.digest, folder: model.folder };
  return { live: former.model, rollout: { id: Date.now().toString(36), plan, candidate, ...origin } };
}

/** Says so when a strategy is asked for and has nothing to take over from. */
function atOnce({ strategy, model }: Placement, tried: boolean): string[] {
  return tried || rolloutPlan(strategy) === undefined
    ? []
    : [`No other version of ${model.name} is live there, so version ${model.version} has all of the requests at once.`];
}

/** Names of the secrets that a server needs to start. */
export function secretsOf(config: ServeConfig): { readonly secret?: string; readonly jwtSecret?: string } {
  return {
    ...(config.apiKey !== undefined && { secret: config.apiKey }),
    ...(config.jwt?.secret !== undefined && { jwtSecret: config.jwt.secret }),
  };
}
