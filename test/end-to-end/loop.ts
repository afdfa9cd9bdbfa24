import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Random } from '../../lifecycle/statistics/random';
import { newFolder, Project } from './product';
import { addressOf } from './serving';

/** A row and what comes true of it. */
export interface Case {
  readonly row: { a: number; b: number; colour: string };
  readonly y: 'yes' | 'no';
}

/** Rows of a small world: y follows `a`; `flipped`, it follows the opposite. `shift` moves a and b. */
export function cases(
  count: number,
  seed: number,
  more: { shift?: number; flipped?: boolean; noise?: number } = {},
): Case[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const [x, z] = [random.normal(0, 1), random.normal(0, 1)];
    const right = random.chance(1 - (more.noise ?? 0.1)) ? x > 0 : x <= 0;
    return {
      row: {
        a: Number((x + (more.shift ?? 0)).toFixed(4)),
        b: Number((z - (more.shift ?? 0)).toFixed(4)),
        colour: ['red', 'green', 'blue'][random.integer(3)]!,
      },
      y: right === (more.flipped !== true) ? 'yes' : 'no',
    };
  });
}

/** A project whose pipeline is deployed and watched. @param monitor what the monitor stage has besides deployment and reference */
export function loopProject(monitor: string): Project {
  const folder = newFolder();
  const lines = cases(900, 1).map(({ row, y }) => `${row.a},${row.b},${row.colour},${y}`);
  writeFileSync(path.join(folder, 'data.csv'), `a,b,colour,y\n${lines.join('\n')}\n`);
  writeFileSync(
    path.join(folder, 'loop.pipeline.yaml'),
    `lifecycle: 1
pipeline: loop
seed: 7
parameters: {strength: 0.001}
environments: {production: {parameters: {strength: 0.002}}}
stages:
  table:
    kind: data
    source: data.csv
    target: {column: y, positive: "yes"}
    split: {train: 0.7, test: 0.3}
    features:
      - standardize: {columns: numeric}
      - one-hot: {columns: text}
  model:
    kind: train
    data: table
    model: {kind: linear, l2: "\${strength}"}
  exam:
    kind: evaluate
    candidates: [model]
    metrics: [auc, accuracy]
    require: {auc: {min: 0.4}}
  bundle:
    kind: package
    model: exam.best
    name: loop
  live:
    kind: deploy
    package: bundle
    target: local
  watch:
    kind: monitor
    deployment: live
    reference: table.train
${monitor
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`,
  );
  return new Project(folder, 'loop.pipeline.yaml');
}

/** Asks the served model for rows, ten a request. Gives ids and rows of the answers, for feedback. */
export async function send(project: Project, all: readonly Case[]): Promise<{ id: string; row: number; y: string }[]> {
  const url = addressOf(project);
  const told: { id: string; row: number; y: string }[] = [];
  for (let i = 0; i < all.length; i += 10) {
    const part = all.slice(i, i + 10);
    const answer = await fetch(`${url}/predict`, {
      method: 'POST',
      body: JSON.stringify({ rows: part.map(({ row }) => row) }),
    });
    assert.equal(answer.status, 200, await answer.text());
    const id = answer.headers.get('x-request-id')!;
    part.forEach(({ y }, row) => told.push({ id, row, y }));
  }
  return told;
}

/** Brings outcomes through the command line. */
export function feed(project: Project, told: readonly { id: string; row: number; y: string }[]): string {
  const file = path.join(project.folder, 'labels.csv');
  writeFileSync(file, `id,row,label\n${told.map(({ id, row, y }) => `${id},${row},${y}`).join('\n')}\n`);
  return project.well('feedback', 'local', '--input', 'labels.csv').text;
}

/** Runs a command without keeping this process from answering webhooks meanwhile. */
export async function later(project: Project, ...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = project.begin(args);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, text };
}

/** What Alertmanager's webhooks carry. */
export interface Webhook {
  readonly alerts: {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Takes webhooks. */
export async function receiver(): Promise<{ url: string; got: { body: Webhook; key: string }[]; close: () => void }> {
  const got: { body: Webhook; key: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      got.push({ body: JSON.parse(text) as Webhook, key: String(request.headers['idempotency-key'] ?? '') });
      response.end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/alerts`, got, close: () => server.close() };
}
