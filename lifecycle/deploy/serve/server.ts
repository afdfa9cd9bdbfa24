import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HttpError,
  type HttpReply,
  type HttpRequest,
  type HttpServer,
  jsonReply,
  startHttpServer,
} from '../../net/server';
import { problemOf, UserError } from '../../problem';
import { readJson, writeAtomic } from '../../process/files';
import { machineName, ownIdentity } from '../../process/identity';
import { requestLogFolder } from '../../store/requests';
import { targetFolder } from '../../store/ledger';
import { ServeApp } from './app';
import { type ControlState, SERVER_FILES, type ServeConfig, type ServerState } from './config';
import { parseJson } from './json';
import { LogWriter } from './log';
import { loadModel, type ServedModel } from './model';
import { isObject } from './v2';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly app: ServeApp;
  /** Checks and loads another version and makes it the live one; the one before stays when that fails. */
  load(config: ServeConfig, apiKey?: string): Promise<void>;
  /** Answers what is in flight, takes nothing more, writes the log, and removes what says that it runs. */
  stop(grace?: number): Promise<void>;
  /** Settles when it was stopped, by whomever. */
  readonly stopped: Promise<void>;
}

/**
 * Starts a model server: the public port, and a control port on loopback that only who can read `control.json` may use.
 *
 * @throws UserError when the bundle is refused (see `verifyBundle`), or the port can't be had
 */
export async function startServer(
  config: ServeConfig,
  options: { readonly apiKey?: string } = {},
): Promise<RunningServer> {
  const home = targetFolder(config.store, config.target);
  await mkdir(home, { recursive: true });
  const log = new LogWriter(requestLogFolder(config.store, config.target), (error) =>
    process.stderr.write(`The request log can't be written: ${String(error)}\n`),
  );
  const app = new ServeApp(log);
  const started = new Date().toISOString();
  const settings = settingsOf(config, options.apiKey);
  await app.switchTo(await open(config, app), settings);
  const server = await listen(config, home, app);
  let current = config;
  let stopping: Promise<void> | undefined;
  let settle: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (settle = resolve));
  let loading: Promise<void> = Promise.resolve();

  const announce = () => {
    const state: ServerState = {
      format: 1,
      process: ownIdentity(),
      machine: machineName(),
      host: server.host,
      port: server.port,
      url: server.url,
      model: current.model.name,
      version: current.model.version,
      digest: current.model.digest,
      started,
      since: new Date().toISOString(),
    };
    return writeAtomic(join(home, SERVER_FILES.state), JSON.stringify(state, null, 2) + '\n');
  };

  const running: Omit<RunningServer, 'stopped'> = {
    url: server.url,
    port: server.port,
    app,
    load(next, apiKey) {
      loading = loading
        .catch(() => undefined)
        .then(async () => {
          if (next.target !== config.target || next.host !== config.host)
            throw new UserError({ code: 'serve-config', message: 'Another target or host needs a server of its own.' });
          const model = await open(next, app);
          current = next;
          void app.switchTo(model, settingsOf(next, apiKey));
          await announce();
        });
      return loading;
    },
    stop(grace = 10_000) {
      stopping ??= (async () => {
        app.drain();
        await server.close(grace);
        await app.close();
        await control.close(1_000);
        for (const name of [SERVER_FILES.state, SERVER_FILES.control]) await rm(join(home, name), { force: true });
        settle();
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

function open(config: ServeConfig, app: ServeApp): Promise<ServedModel> {
  const { folder, version, digest } = config.model;
  return loadModel({ folder, version, digest }, { threads: config.threads, ran: app.ran });
}

function settingsOf(config: ServeConfig, apiKey: string | undefined) {
  if (config.apiKey !== undefined && (apiKey === undefined || apiKey === '')) {
    throw new UserError({
      code: 'secret-missing',
      message: `The API key of the target '${config.target}' is not known: nobody has the secret ${config.apiKey}.`,
      hint: `Set the environment variable ${config.apiKey}, or store it in VS Code's secrets, and deploy again.`,
    });
  }
  const { log, redact, maxBody } = config;
  return { log, redact, maxBody, ...(config.apiKey !== undefined && apiKey !== undefined && { apiKey }) };
}

/** Port 0 means the port it had last time, when that is still free. */
async function listen(config: ServeConfig, home: string, app: ServeApp): Promise<HttpServer> {
  const start = (port: number) =>
    startHttpServer(app.handle, {
      host: config.host,
      port,
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

/** The control port: `load` another version, `stop`. */
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
  if (request.path !== '/load' || !isObject(body)) throw new HttpError(404, 'not-found', 'There is nothing there.');
  try {
    const key = body['apiKey'];
    await server.load(body['config'] as ServeConfig, typeof key === 'string' ? key : undefined);
    return jsonReply(200, { url: server.url });
  } catch (error) {
    return jsonReply(409, { problem: problemOf(error) });
  }
}
