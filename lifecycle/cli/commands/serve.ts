import { resolve } from 'node:path';
import { startServer } from '../../deploy/serve/server';
import { isFolder } from '../../process/files';
import { readBundle } from '../../store/bundle';
import { openStore } from '../../store/layout';
import { findVersion } from '../../store/registry';
import { availableCores } from '../../run/machine';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';

/** Serves a bundle in this process until Ctrl+C: to try it out, or as the one process of a container. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const what = given.positionals[0] ?? '';
  const folder = resolve(context.cwd, what);
  const [name = '', version] = what.split('@');
  const model = (await isFolder(folder))
    ? { ...(await readBundle(folder)), version: given.whole('as', 0) ?? 0, folder }
    : await findVersion(store, name, version);
  await openStore(store);
  const keyName = given.text('api-key');
  const apiKey = keyName === undefined ? undefined : process.env[keyName];
  const server = await startServer(
    {
      format: 1,
      target: 'serve',
      store,
      host: given.text('host') ?? '127.0.0.1',
      port: given.whole('port', 0) ?? 0,
      log: 'off',
      redact: [],
      ...(keyName === undefined ? {} : { apiKey: keyName }),
      maxBody: 16 << 20,
      threads: given.whole('threads', 1) ?? Math.max(1, Math.floor(availableCores() / 2)),
      model: { name: model.name, version: model.version, digest: model.digest, folder: model.folder },
    },
    apiKey === undefined ? {} : { apiKey },
  );
  terminal.print(
    `Serving ${model.name}${model.version === 0 ? '' : ` ${model.version}`} at ${server.url}. Ctrl+C stops it.`,
  );
  terminal.emit({ url: server.url, model: model.name, version: model.version });
  const drain = given.whole('drain', 0);
  const stop = () => server.stop(drain === undefined ? undefined : drain * 1000);
  context.signal.addEventListener('abort', () => void stop(), { once: true });
  if (context.signal.aborted) await stop();
  await server.stopped;
  return EXIT.ok;
}
