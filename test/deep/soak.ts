/**
 * A model server under 80 % of what it can do, for half an hour: no error, memory flat, and clients that misbehave beside it don't harm the good ones.
 *
 * usage: npx tsx test/deep/soak.ts [--minutes 30] [--write]     (--write puts the figures into SOAK.md)
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../lifecycle/net/http';
import { removeFolders } from '../lifecycle/deploy/support';
import { configFor } from '../lifecycle/deploy/serve/support';
import { writeConfig } from '../lifecycle/deploy/serve/trial';
import { targetFolder } from '../../lifecycle/store/ledger';

const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const MINUTES = option('minutes', 30);
const SHARE = 0.8;
const CONNECTIONS = 256;
const BODY = JSON.stringify({ rows: [{ size: 3, city: 'Ulm', garden: true }] });
const REQUEST = Buffer.from(
  `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);

/** Connections that each ask and wait; at a pace when there is one, else as fast as they are answered. */
class Load {
  readonly #sockets: net.Socket[] = [];
  readonly #free: net.Socket[] = [];
  /** How many answers took so many hundredths of a millisecond from when they were due; the last counts all that took longer. */
  readonly #latencies = new Uint32Array(1_000_001);
  answered = 0;
  failed = 0;
  /** The most requests that were due and had not been sent, every connection being busy. */
  behind = 0;
  #open = true;

  constructor(
    readonly port: number,
    readonly perSecond: number | undefined,
  ) {
    for (let i = 0; i < CONNECTIONS; i++) this.#connect();
    if (perSecond !== undefined) void this.#pace(perSecond);
  }

  #connect(): void {
    const socket = net.connect(this.port, '127.0.0.1');
    socket.setNoDelay(true);
    let waiting = '';
    const ready = () => {
      if (!this.#open) return;
      if (this.perSecond === undefined) this.#send(socket);
      else this.#free.push(socket);
    };
    socket.on('connect', ready);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#open && this.failed++);
    socket.on('data', (chunk) => {
      waiting += chunk.toString('latin1');
      const head = waiting.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(waiting.slice(0, head))?.[1] ?? 0);
      if (waiting.length < head + 4 + length) return;
      if (waiting.startsWith('HTTP/1.1 200')) this.answered++;
      else this.failed++;
      waiting = '';
      const from = this.#began.get(socket);
      if (from !== undefined) this.#latencies[Math.min(1_000_000, Math.round((performance.now() - from) * 100))]! += 1;
      ready();
    });
    this.#sockets.push(socket);
  }

  readonly #began = new Map<net.Socket, number>();

  #send(socket: net.Socket, due = performance.now()): void {
    this.#began.set(socket, due);
    socket.write(REQUEST);
  }

  async #pace(perSecond: number): Promise<void> {
    const begin = performance.now();
    let sent = 0;
    while (this.#open) {
      const due = Math.floor(((performance.now() - begin) / 1000) * perSecond);
      // What finds every connection busy is sent when one is free, and its time counts from when it was due.
      for (; sent < due && this.#free.length > 0; sent++)
        this.#send(this.#free.shift()!, begin + ((sent + 1) / perSecond) * 1000);
      this.behind = Math.max(this.behind, due - sent);
      await sleep(2);
    }
  }

  /** Milliseconds, of all answers. */
  quantile(q: number): number {
    let left = q * this.#latencies.reduce((a, b) => a + b, 0);
    return this.#latencies.findIndex((count) => (left -= count) < 0) / 100;
  }

  async close(): Promise<void> {
    this.#open = false;
    await sleep(200);
    for (const socket of this.#sockets) socket.destroy();
  }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Every five seconds something that no good client does. */
function misbehave(port: number): { stop: () => number } {
  const kinds: ((socket: net.Socket) => void)[] = [
    (socket) => socket.write('POST /predict HTTP/1.1\r\nhost: x\r\ncontent-len'), // never goes on
    (socket) =>
      socket.write(
        'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900000000\r\n\r\n',
      ),
    (socket) => {
      const deep = '['.repeat(40_000);
      socket.write(
        `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${deep.length}\r\n\r\n${deep}`,
      );
    },
    (socket) => socket.write('\x16\x03\x01 nonsense\r\n\r\n'),
    (socket) =>
      socket.write(
        `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"rows": [{}]}`,
      ),
  ];
  let count = 0;
  const timer = setInterval(() => {
    for (const kind of kinds) {
      const socket = net.connect(port, '127.0.0.1', () => kind(socket));
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      setTimeout(() => socket.destroy(), 60_000).unref();
      count++;
    }
  }, 5_000);
  return { stop: () => (clearInterval(timer), count) };
}

/** Megabytes of a process in memory (Linux). */
function resident(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
}

/** Slope of a line through the values, a step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const [up, down] = values.reduce(
    ([a, b], value, i) => [a + (i - middle) * (value - mean), b + (i - middle) ** 2],
    [0, 0],
  );
  return up / down;
}

async function main(): Promise<void> {
  const load = os
    .loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  const port = await freePort();
  const config = { ...(await configFor({ log: 'full' })), port };
  await writeConfig(config);
  const entry = path.join(__dirname, '../lifecycle/deploy/serve/entry.ts');
  const file = path.join(targetFolder(config.store, config.target), 'config.json');
  const server: ChildProcess = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), entry, file], {
    stdio: 'ignore',
  });
  try {
    for (let i = 0; i < 300; i++) {
      const up = await fetch(`http://127.0.0.1:${port}/v2/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
      if (up) break;
      await sleep(100);
    }
    const full = new Load(port, undefined);
    await sleep(2_000);
    const before = full.answered;
    await sleep(5_000);
    const most = (full.answered - before) / 5;
    await full.close();
    const pace = Math.floor(SHARE * most);
    process.stderr.write(`${Math.round(most)} requests/s at most; ${pace} for ${MINUTES} min\n`);
    const good = new Load(port, pace);
    const bad = misbehave(port);
    const memory: number[] = [];
    const began = performance.now();
    while (performance.now() - began < MINUTES * 60_000) {
      await sleep(1_000);
      memory.push(resident(server.pid!));
    }
    const took = (performance.now() - began) / 1000;
    const { answered, failed, behind } = good;
    const strange = bad.stop();
    await good.close();
    // What is needed to begin is not growth.
    const steady = memory.slice(Math.min(60, Math.floor(memory.length / 3)));
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim();
    const report = `# A model server under load for ${MINUTES} minutes

\`npx tsx test/deep/soak.ts --minutes ${MINUTES} --write\` on ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, Node ${process.versions.node}, commit ${commit}. Load average when it began: ${load}.
Server and client are a process each; every request is logged; ${CONNECTIONS} connections; one row a request.

| | |
| --- | ---: |
| requests/s it could answer before | ${Math.round(most).toLocaleString('en')} |
| asked of it (${SHARE * 100} %) | ${pace.toLocaleString('en')} |
| answered in ${Math.round(took)} s | ${answered.toLocaleString('en')} (${Math.round(answered / took).toLocaleString('en')} a second) |
| answers that were not 200, connections that broke | ${failed} |
| share of what it could answer before | ${((100 * answered) / took / most).toFixed(1)} % |
| most requests that were due and waited for a free connection | ${behind.toLocaleString('en')} |
| p50, p99 from when a request was due | ${good.quantile(0.5).toFixed(2)} ms, ${good.quantile(0.99).toFixed(2)} ms |
| connections that misbehaved beside them | ${strange} |
| memory of the server once warm: least, most, at the end | ${Math.min(...steady).toFixed(0)}, ${Math.max(...steady).toFixed(0)}, ${steady.at(-1)?.toFixed(0)} MB |
| its growth, by a line through it | ${(slope(steady) * 60).toFixed(2)} MB a minute |
`;
    process.stdout.write(report);
    if (process.argv.includes('--write')) writeFileSync(path.join(__dirname, 'SOAK.md'), report);
    if (failed > 0) process.exitCode = 1;
  } finally {
    server.kill('SIGTERM');
    await removeFolders();
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
