import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problemOf } from '../../problem';
import { writeAtomic } from '../../process/files';
import { readConfig, SERVER_FILES } from './config';
import { type ServeSecrets, startServer } from './server';

/**
 * The whole life of a model server's process: what the CLI's hidden command `__serve CONFIG` runs.
 * Reads one line of JSON from stdin (`{"apiKey": …, "jwtSecret": …}`, may be empty). Resolves with the exit code: 0 when it was stopped
 * (SIGTERM, SIGINT, or over the control port), 1 when it could not start; why then stands in `failed.json` beside the configuration.
 */
export async function serveMain(configPath: string): Promise<number> {
  const failed = join(dirname(configPath), SERVER_FILES.failed);
  await rm(failed, { force: true });
  try {
    const secrets = await readSecrets();
    const config = await readConfig(configPath);
    const server = await startServer(config, secrets);
    process.stderr.write(
      `${new Date().toISOString()} serving ${config.model.name} ${config.model.version} at ${server.url} (process ${process.pid})\n`,
    );
    const stop = () => void server.stop();
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', () => undefined);
    await server.stopped;
    process.stderr.write(`${new Date().toISOString()} stopped\n`);
    return 0;
  } catch (error) {
    const problem = problemOf(error);
    process.stderr.write(`${new Date().toISOString()} ${problem.code}: ${problem.message}\n`);
    await writeAtomic(failed, JSON.stringify(problem));
    return 1;
  }
}

async function readSecrets(): Promise<ServeSecrets> {
  if (process.stdin.isTTY) return {};
  let text = '';
  try {
    for await (const chunk of process.stdin) text += String(chunk);
    const given: unknown = text === '' ? {} : JSON.parse(text);
    const { apiKey, jwtSecret } = given as Record<string, unknown>;
    return {
      ...(typeof apiKey === 'string' && { apiKey }),
      ...(typeof jwtSecret === 'string' && { jwtSecret }),
    };
  } catch {
    return {};
  }
}
