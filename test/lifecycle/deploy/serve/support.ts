import net from 'node:net';
import path from 'node:path';
import type { ServeConfig } from '../../../../lifecycle/deploy/serve/config';
import { type RunningServer, startServer } from '../../../../lifecycle/deploy/serve/server';
import { readBundle } from '../../../../lifecycle/store/bundle';
import { temporaryFolder, toyBundle, type ToyOptions } from '../support';

const servers: RunningServer[] = [];

export async function stopServers(): Promise<void> {
  for (const server of servers.splice(0)) await server.stop(500);
}

export async function configFor(
  options: Partial<ServeConfig> & { toy?: ToyOptions & { name?: string }; version?: number } = {},
): Promise<ServeConfig> {
  const { toy, version, ...rest } = options;
  const folder = await toyBundle(toy);
  const { name, digest } = await readBundle(folder);
  return {
    format: 1,
    target: 'local',
    store: path.join(await temporaryFolder(), '.lifecycle'),
    host: '127.0.0.1',
    port: 0,
    log: 'full',
    redact: [],
    maxBody: 100_000,
    threads: 1,
    model: { name, version: version ?? 1, digest, folder },
    ...rest,
  };
}

/** A server of a toy model in this process, stopped after the tests. */
export async function serve(config: ServeConfig, apiKey?: string): Promise<RunningServer> {
  const server = await startServer(config, apiKey === undefined ? {} : { apiKey });
  servers.push(server);
  return server;
}

export async function ask(
  url: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const { body } = options;
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'content-type': 'application/json', ...options.headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, text, headers: response.headers, value: isJson ? JSON.parse(text) : undefined };
}

/** Sends bytes as they are and gives what comes back until the server hangs up. */
export function raw(port: number, bytes: string | Buffer, patience = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`nothing hung up within ${patience} ms; got: ${Buffer.concat(chunks).toString().slice(0, 200)}`),
      );
    }, patience);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString());
    });
  });
}
