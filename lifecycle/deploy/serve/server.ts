import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HttpError,
  type HttpReply,
  type HttpRequest,
  type HttpServer,
  jsonReply,
  startHttpServer,
  type TlsFiles,
} from '../../net/server';
import { problemOf, secretHint, UserError } from '../../problem';
import { isFolder, readJson, readText, writeAtomic } from '../../process/files';
import { machineName, ownIdentity } from '../../process/identity';
import { feedbackFolder } from '../../store/feedback';
import { requestLogFolder } from '../../store/requests';
import { targetFolder } from '../../store/ledger';
import { keysPath } from '../keys';
import { ServeApp } from './app';
import { type ControlState, SERVER_FILES, type ServeConfig, type ServerState } from './config';
import { Fleet } from './fleet';
import { Guard } from './guard';
import { parseJson } from './json';
import { RateLimiter } from './limits';
import { LogWriter } from './log';
import { isObject } from './v2';

/** Values of the secrets that a configuration names. */
export interface ServeSecrets {
  readonly apiKey?: string;
  readonly jwtSecret?: string;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly app: ServeApp;
  /** Checks and loads what a configuration names and serves that from then on; what was served stays when that fails. */
  load(config: ServeConfig, secrets?: ServeSecrets): Promise<void>;
  /** Ends the roll-out that goes on. @throws UserError `no-rollout` */
  decide(status: 'promoted' | 'rolled-back', reason: string): Promise<void>;
  /** Answers what is in flight, takes nothing more, writes the log, and removes what says that it runs. */
  stop(grace?: number): Promise<void>;
  /** Settles when it was stopped, by whomever. */
  readonly stopped: Promise<void>;
}

const DEADLINE = 30_000;
/** Milliseconds between looks at keys, certificates and roll-outs. */
const LOOK = 1_000;
/** Looks at a folder that is not there after which it is gone for good. */
const GONE = 3;

/**
 * Starts a model server: the public port, and a control port on loopback that only who can read `control.json` may use.
 *
 * @throws UserError when a bundle is refused (see `verifyBundle` and `admit`), or the port can't be had
 */
export async function startServer(config: ServeConfig, secrets: ServeSecrets = {}): Promise<RunningServer> {
  const home = targetFolder(config.store, config.target);
  await mkdir(home, { recursive: true });
  const complain = (what: string) => (error: unknown) =>
    process.stderr.write(`${new Date().toISOString()} ${what}: ${String(error)}\n`);
  const log = new LogWriter(
    requestLogFolder(config.store, config.target),
    complain("The request log can't be written"),
  );
  const feedback = new LogWriter(feedbackFolder(config.store, config.target), complain("Feedback can't be written"));
  const app = new ServeApp(log, feedback);
  const started = new Date().toISOString();
  let guard = await apply(config, secrets, app);
  let url = '';
  let since = started;
  const fleet = new Fleet(app, log, home, () => url, {
    changed: () => {
      since = new Date().toISOString();
      return announce();
    },
    failed: complain('The roll-out'),
  });
  await fleet.load(config);
  const server = await listen(config, home, app);
  url = server.url;
  let stopping: Promise<void> | undefined;
  let settled: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (settled = resolve));
  let loading: Promise<void> = Promise.resolve();

  const announce = async () => {
    if (stopping !== undefined) return;
    const { model } = fleet.config;
    const state: ServerState = {
      format: 1,
      home,
      process: ownIdentity(),
      machine: machineName(),
      host: server.host,
      port: server.port,
      url: server.url,
      model: model.name,
      version: model.version,
      digest: model.digest,
      started,
      since,
    };
    await writeAtomic(join(home, SERVER_FILES.state), JSON.stringify(state, null, 2) + '\n');
  };

  const look = watcher(config, () => guard, server, fleet, complain);
  let misses = 0;
  const watch = setInterval(() => {
    void isFolder(home).then((there) => {
      misses = there ? 0 : misses + 1;
      if (misses !== GONE) return;
      complain('The server stops')(`its folder ${home} was moved or removed; deploy again where the project is now`);
      void running.stop();
    });
    look();
  }, LOOK).unref();

  const running: Omit<RunningServer, 'stopped'> = {
    url: server.url,
    port: server.port,
    app,
    load(next, given = {}) {
      loading = loading
        .catch(() => undefined)
        .then(async () => {
          if (next.target !== config.target || next.host !== config.host)
            throw new UserError({ code: 'serve-config', message: 'Another target or host needs a server of its own.' });
          const settings = await settingsOf(next, given);
          await fleet.load(next);
          app.settings = settings;
          guard = settings.guard;
          since = new Date().toISOString();
          await announce();
        });
      return loading;
    },
    decide: (status, reason) => fleet.decide(status, reason),
    stop(grace = 10_000) {
      stopping ??= (async () => {
        clearInterval(watch);
        app.drain();
        await server.close(grace);
        await fleet.close();
        await app.close();
        await control.close(1_000);
        for (const name of [SERVER_FILES.state, SERVER_FILES.control]) await rm(join(home, name), { force: true });
        settled();
      })();
      return stopping;
    },
  };

  const token = randomBytes(32).toString('hex');
  const control = await startHttpServer((request) => operate(request, token, { ...running, stopped }), {
    host: '127.0.0.1',
    port: 0,
    connections: 16,
  });
  const secret: ControlState = { port: control.port, token };
  await writeAtomic(join(home, SERVER_FILES.control), JSON.stringify(secret), { mode: 0o600 });
  await writeAtomic(join(home, SERVER_FILES.port), JSON.stringify({ port: server.port }));
  await announce();
  return { ...running, stopped };
}

async function apply(config: ServeConfig, secrets: ServeSecrets, app: ServeApp): Promise<Guard> {
  const settings = await settingsOf(config, secrets);
  app.settings = settings;
  return settings.guard;
}

async function settingsOf(config: ServeConfig, { apiKey, jwtSecret }: ServeSecrets) {
  if (config.apiKey !== undefined && (apiKey === undefined || apiKey === '')) {
    throw new UserError({
      code: 'secret-missing',
      message: `The API key of the target '${config.target}' is not known: nobody has the secret ${config.apiKey}.`,
      hint: `${secretHint(config.apiKey)} Then deploy again.`,
    });
  }
  const guard = await Guard.open({
    ...(config.apiKey !== undefined && apiKey !== undefined && { apiKey }),
    keysFile: keysPath(config.store, config.target),
    keysRequired: config.keysRequired === true,
    ...(config.jwt && { jwt: config.jwt }),
    ...(jwtSecret !== undefined && { jwtSecret }),
  });
  return {
    maxBody: config.maxBody,
    deadline: config.deadline ?? DEADLINE,
    guard,
    ...(config.rateLimit && { limiter: new RateLimiter(config.rateLimit) }),
  };
}

/** What is looked at every second: keys that were made or revoked, certificates that were renewed, windows that ran out of time. */
function watcher(
  config: ServeConfig,
  guard: () => Guard,
  server: HttpServer,
  fleet: Fleet,
  complain: (what: string) => (error: unknown) => void,
): () => void {
  const changed = async (path: string) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
  const keys = keysPath(config.store, config.target);
  let keysAt = -1;
  let tlsAt = -1;
  let busy = false;
  return () => {
    fleet.tick();
    if (busy) return;
    busy = true;
    void (async () => {
      const now = await changed(keys);
      if (now !== keysAt) await guard().reload();
      keysAt = now;
      if (config.tls === undefined) return;
      const files = Object.values(config.tls);
      const latest = Math.max(...(await Promise.all(files.map(changed))));
      if (tlsAt >= 0 && latest !== tlsAt) server.renew?.(await readTls(config.tls));
      tlsAt = latest;
    })()
      .catch(complain('Keys or certificates'))
      .finally(() => (busy = false));
  };
}

async function readTls(tls: NonNullable<ServeConfig['tls']>): Promise<TlsFiles> {
  const read = async (path: string) => {
    const text = await readText(path);
    if (text !== undefined) return text;
    throw new UserError({
      code: 'tls-files',
      message: `The file ${path} of the target's \`tls\` is not there.`,
      hint: 'The paths are relative to targets.yaml.',
      file: path,
    });
  };
  return {
    certificate: await read(tls.certificate),
    key: await read(tls.key),
    ...(tls.clientCa !== undefined && { clientCa: await read(tls.clientCa) }),
  };
}

/** Port 0 means the port it had last time, when that is still free. */
async function listen(config: ServeConfig, home: string, app: ServeApp): Promise<HttpServer> {
  const tls = config.tls === undefined ? undefined : await readTls(config.tls);
  const start = (port: number) =>
    startHttpServer(app.handle, {
      host: config.host,
      port,
      ...(tls && { tls }),
      ...(config.connections !== undefined && { connections: config.connections }),
      failed: (error) => process.stderr.write(`${String(error)}\n`),
    });
  if (config.port !== 0) return start(config.port);
  const last = await readJson<{ port?: unknown }>(join(home, SERVER_FILES.port));
  if (typeof last?.port !== 'number') return start(0);
  try {
    return await start(last.port);
  } catch (error) {
    if (error instanceof UserError && error.problem.code === 'port-in-use') return start(0);
    throw error;
  }
}

/** The control port: `load` another configuration, decide about the roll-out, say whether it is ready, `stop`. */
async function operate(request: HttpRequest, token: string, server: RunningServer): Promise<HttpReply> {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new HttpError(401, 'control-token', 'Only the owner of this server may do that.');
  if (request.method !== 'POST') throw new HttpError(405, 'method-not-allowed', 'Use POST.');
  const body = parseJson(await request.body(1 << 20));
  if (request.path === '/stop') {
    setImmediate(() => void server.stop());
    return jsonReply(202, { stopping: true });
  }
  if (request.path === '/ready') return jsonReply(server.app.ready ? 200 : 503, { ready: server.app.ready });
  if (!isObject(body) || !['/load', '/rollout'].includes(request.path))
    throw new HttpError(404, 'not-found', 'There is nothing there.');
  try {
    if (request.path === '/rollout') {
      const { status, reason } = body;
      if (status !== 'promoted' && status !== 'rolled-back') throw new HttpError(400, 'usage', 'What is to be done?');
      await server.decide(status, typeof reason === 'string' ? reason : '');
    } else {
      const { config, apiKey, jwtSecret } = body;
      await server.load(config as ServeConfig, {
        ...(typeof apiKey === 'string' && { apiKey }),
        ...(typeof jwtSecret === 'string' && { jwtSecret }),
      });
    }
    return jsonReply(200, { url: server.url });
  } catch (error) {
    if (error instanceof HttpError) throw error;
    return jsonReply(409, { problem: problemOf(error) });
  }
}
