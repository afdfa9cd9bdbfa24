import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import type { RolloutState } from '../../../../schemas/generated/types';
import type { ServeConfig } from '../../../../lifecycle/deploy/serve/config';
import { type RunningServer, startServer } from '../../../../lifecycle/deploy/serve/server';
import { rolloutPlan } from '../../../../lifecycle/deploy/rollout/strategy';
import { rolloutHistory } from '../../../../lifecycle/deploy/rollout/record';
import { Random } from '../../../../lifecycle/statistics/random';
import { targetFolder } from '../../../../lifecycle/store/ledger';
import type { DeployStage } from '../../../../schemas/generated/types';
import { toyScore, type ToyOptions } from '../support';
import { configFor } from './support';

/** A configuration of a live toy and a candidate, written where a deployment writes it. */
export async function trialConfig(
  strategy: DeployStage['strategy'],
  live: ToyOptions,
  candidate: ToyOptions,
  more: Partial<ServeConfig> = {},
): Promise<ServeConfig> {
  const plan = rolloutPlan(strategy);
  assert.ok(plan);
  const base = await configFor({ toy: live, log: 'off', ...more });
  const next = await configFor({ toy: candidate, version: 2 });
  const config: ServeConfig = {
    ...base,
    rollout: { id: `r${Math.random().toString(36).slice(2)}`, plan, candidate: next.model },
  };
  await writeConfig(config);
  return config;
}

export async function writeConfig(config: ServeConfig): Promise<void> {
  const folder = targetFolder(config.store, config.target);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
}

export interface Asked {
  readonly status: number;
  readonly version: number;
  readonly id: string;
  readonly label: string;
}

interface Answer {
  readonly version: number;
  readonly predictions?: readonly { readonly label: string }[];
}

/** A client with connections that stay open. */
export class Client {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  post(
    where: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; value: Answer; id: string }> {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const request = http.request(
        {
          port: this.#port,
          host: '127.0.0.1',
          path: where,
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
        },
        (response) => {
          let answer = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (answer += chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              value: JSON.parse(answer) as Answer,
              id: String(response.headers['x-request-id']),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/**
 * Sends seeded requests, 16 at a time, until the roll-out ends or so many are sent. With `labels` the true class of each answer is sent back.
 * @returns every answer
 */
export async function drive(
  server: RunningServer,
  options: { readonly seed: number; readonly most: number; readonly labels?: boolean },
): Promise<Asked[]> {
  const random = new Random(options.seed);
  const client = new Client(server.port);
  const asked: Asked[] = [];
  let sent = 0;
  const one = async () => {
    while (sent < options.most && (server.app.trial?.controller.status ?? 'over') === 'running') {
      const number = sent++;
      const row = { size: Math.round(random.uniform() * 1e4) / 1e3, city: random.chance(0.5) ? 'Ulm' : 'Bonn' };
      const { status, value, id } = await client.post(
        '/predict',
        { rows: [row] },
        { 'x-request-id': `s${options.seed}-${number}` },
      );
      asked.push({ status, version: value.version, id, label: value.predictions?.[0]?.label ?? '' });
      if (options.labels === true) {
        const actual = toyScore(row, -3) >= 0 ? 'Yes' : 'No';
        await client.post('/feedback', { id, actual });
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  client.close();
  return asked;
}

/** Starts a trial, drives it and gives what came of it. */
export async function outcome(
  config: ServeConfig,
  options: { readonly seed: number; readonly most: number; readonly labels?: boolean },
): Promise<{ asked: Asked[]; state: RolloutState | undefined; turns: RolloutState[] }> {
  const server = await startServer(config);
  try {
    const asked = await drive(server, options);
    for (let i = 0; i < 500 && server.app.trial !== undefined && server.app.trial.controller.status === 'running'; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return { asked, ...(await settledState(config)) };
  } finally {
    await server.stop(500);
  }
}

/** The end of a roll-out, once it is written down. */
export async function settledState(config: ServeConfig) {
  for (let i = 0; ; i++) {
    const turns = await rolloutHistory(config.store, config.target);
    const state = turns.at(-1);
    if (i > 500 || (state !== undefined && state.status !== 'running')) return { state, turns };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
