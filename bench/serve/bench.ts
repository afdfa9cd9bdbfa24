/**
 * Our model server against FastAPI with the same model in numpy: same rows, same answers, same client, one process each, server and client
 * pinned to a core each where `taskset` is there. Rounds alternate, and the median counts.
 *
 * usage: npx tsx bench/serve/bench.ts [--seconds 4] [--rounds 3] [--write]     (--write puts the figures into RESULTS.md)
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { encodeModel, float, GraphBuilder } from '../../lifecycle/onnx';
import { rowsToColumns, runColumns } from '../../lifecycle/onnx/rows';
import { openSession } from '../../lifecycle/onnx/run';
import { writeBundle } from '../../lifecycle/package/bundle';
import { readBundle, verifyBundle } from '../../lifecycle/store/bundle';
import { Random } from '../../lifecycle/statistics/random';
import type { ServeConfig } from '../../lifecycle/deploy/serve/config';
import type { ModelInfo } from '../../schemas/generated/types';

const here = __dirname;
const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const SECONDS = option('seconds', 4);
const ROUNDS = option('rounds', 3);
const CONNECTIONS = 64;
const PYTHON = '/usr/bin/python3';
const taskset = spawnSync('taskset', ['--version']).status === 0 && os.cpus().length > 1;
const pin = (core: number, command: string[]) => (taskset ? ['taskset', '-c', String(core), ...command] : command);

const random = new Random(7);
const numbers = Array.from({ length: 12 }, (_, i) => `measure_${i}`);
const cities = ['Aachen', 'Bonn', 'Kiel', 'Ulm'];
const classes = ['No', 'Yes'];
const widths = [numbers.length + cities.length, 64, 32, 2];
const mean = numbers.map((_, i) => i * 3);
const deviation = numbers.map((_, i) => 1 + i / 4);
const layers = widths.slice(1).map((width, i) => {
  const before = widths[i] ?? 1;
  return {
    w: Float32Array.from({ length: before * width }, () => random.normal() / Math.sqrt(before)),
    b: Float32Array.from({ length: width }, () => random.normal() / 10),
    shape: [before, width] as const,
  };
});

function graph(): Uint8Array {
  const g = new GraphBuilder('bench');
  const columns = numbers.map((name) => g.input(name, 'float', ['N', 1]));
  const city = g.input('city', 'string', ['N', 1]);
  const raw = g.op('Concat', columns, { axis: { int: 1 } });
  const scaled = g.op('Div', [g.op('Sub', [raw, g.constant(float(mean))]), g.constant(float(deviation))]);
  const hot = g.op(
    'OneHotEncoder',
    [city],
    { cats_strings: { strings: cities }, zeros: { int: 1 } },
    { type: 'float', shape: ['N', 1, cities.length] },
  );
  const flat = g.op('Flatten', [hot], { axis: { int: 1 } });
  let x = g.op('Concat', [scaled, flat], { axis: { int: 1 } }, { shape: ['N', widths[0] ?? 1], type: 'float' });
  layers.forEach(({ w, b, shape }, i) => {
    x = g.op('Gemm', [x, g.constant(float(w, shape)), g.constant(float(b))]);
    if (i + 1 < layers.length) x = g.op('Relu', [x]);
  });
  g.output(g.op('Softmax', [x], { axis: { int: 1 } }), 'probabilities', ['N', 2]);
  return encodeModel(g.build());
}

const info: ModelInfo = {
  format: 1,
  kind: 'network',
  task: 'binary',
  classes,
  threshold: 0.5,
  inputs: [
    ...numbers.map((name) => ({ name, type: 'number' as const, example: 1, required: true })),
    { name: 'city', type: 'text' as const, categories: cities, example: 'Ulm', required: true },
  ],
  outputs: [{ name: 'probabilities', type: 'float32', shape: ['N', 2] }],
  servable: true,
};

const row = () => ({
  ...Object.fromEntries(numbers.map((name, i) => [name, Math.round((i * 3 + random.normal()) * 1000) / 1000])),
  city: cities[Math.floor(random.uniform() * cities.length)],
});

interface Measured {
  perSecond: number;
  total: number;
  /** Microseconds of the server's processor time a request. */
  cpu: number;
  p50: number;
  p99: number;
  failures: number;
  failure?: string;
  clientCpu: number;
}

function measure(server: Server, connections: number, bodies: string): Measured {
  const command = pin(1, [process.execPath, '--require', require.resolve('tsx/cjs'), path.join(here, 'client.ts')]);
  const [program = '', ...args] = [
    ...command,
    String(server.port),
    '/predict',
    String(connections),
    String(SECONDS),
    bodies,
  ];
  const before = cpuSeconds(server.pid);
  const measured = JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as Measured;
  return { ...measured, cpu: ((cpuSeconds(server.pid) - before) / measured.total) * 1e6 };
}

/** Processor time a process has used, in seconds (Linux: ticks of 10 ms). */
function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Server {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

async function startProcess(command: string[], port: number, stdin?: string): Promise<ChildProcess> {
  const [program = '', ...args] = pin(0, command);
  const child = spawn(program, args, { stdio: [stdin === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit'] });
  child.stdin?.end(stdin);
  for (let i = 0; i < 200; i++) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = net
        .connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        })
        .on('error', () => resolve(false));
    });
    if (up) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${command.join(' ')} does not answer`);
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Median seconds of a bare run of the model for one row, tensors made anew each time. */
async function bareRun(folder: string): Promise<number> {
  const { onnx, model } = await verifyBundle(folder);
  const session = await openSession(onnx);
  const times: number[] = [];
  for (let i = 0; i < 5_000; i++) {
    const { columns } = rowsToColumns(model, [row()]);
    const begin = performance.now();
    await runColumns(session, model, columns, 1);
    if (i >= 1_000) times.push(performance.now() - begin);
  }
  await session.close();
  return median(times);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-serve-'));
  const children: ChildProcess[] = [];
  try {
    const model = path.join(folder, 'model');
    const bundle = path.join(folder, 'bundle');
    for (const one of [model, bundle]) mkdirSync(one);
    writeFileSync(path.join(model, 'model.onnx'), graph());
    writeFileSync(path.join(model, 'model.json'), JSON.stringify(info));
    await writeBundle(bundle, {
      name: 'bench',
      model,
      metrics: { format: 1, metrics: {} },
      lineage: { format: 1, run: '', pipeline: '', file: '', stage: '', stages: [], data: {} },
    });
    const weights = path.join(folder, 'weights.json');
    writeFileSync(
      weights,
      JSON.stringify({
        numbers,
        cities,
        classes,
        mean,
        deviation,
        layers: layers.map(({ w, b, shape }) => [[...w], [...b], shape]),
      }),
    );
    const bodies = path.join(folder, 'bodies.json');
    writeFileSync(bodies, JSON.stringify(Array.from({ length: 256 }, () => JSON.stringify({ rows: [row()] }))));

    const { digest } = await readBundle(bundle);
    const servers: Server[] = [];
    for (const log of ['full', 'off'] as const) {
      const port = await freePort();
      const config: ServeConfig = {
        format: 1,
        target: `bench-${log}`,
        store: path.join(folder, '.lifecycle'),
        host: '127.0.0.1',
        port,
        log,
        redact: [],
        maxBody: 1 << 20,
        threads: 1,
        model: { name: 'bench', version: 1, digest, folder: bundle },
      };
      const file = path.join(folder, `${log}.json`);
      writeFileSync(file, JSON.stringify(config));
      const cli = path.join(here, '../../dist/cli.js');
      if (!existsSync(cli)) throw new Error('The server that is measured is the built one: node esbuild.mjs');
      children.push(await startProcess([process.execPath, cli, '__serve', file], port, '{}'));
      servers.push({
        name: log === 'full' ? 'ML Lifecycle, every request logged' : 'ML Lifecycle, no request log',
        port,
        pid: children.at(-1)?.pid ?? 0,
      });
    }
    for (const [style, http] of [
      ['typed', 'h11'],
      ['bare', 'h11'],
      ['bare', 'httptools'],
    ] as const) {
      const port = await freePort();
      children.push(await startProcess([PYTHON, path.join(here, 'app.py'), String(port), weights, style, http], port));
      const name = `FastAPI + numpy, ${style === 'bare' ? 'JSON read by hand' : 'typed with pydantic'}, ${http === 'h11' ? 'as uvicorn comes (h11)' : 'with httptools and uvloop'}`;
      servers.push({ name, port, pid: children.at(-1)?.pid ?? 0 });
    }

    const [ours, , theirs] = servers;
    for (const [kind, name] of [
      ['http', 'Bound: node:http with a constant answer'],
      ['net', 'Bound: node:net with constant bytes, HTTP not even read'],
    ] as const) {
      const port = await freePort();
      const entry = path.join(here, 'bound.ts');
      const command = [process.execPath, '--require', require.resolve('tsx/cjs'), entry, kind, String(port)];
      children.push(await startProcess(command, port));
      servers.push({ name, port, pid: children.at(-1)?.pid ?? 0 });
    }

    const answers = await Promise.all([ours, theirs].map((server) => ask(server?.port ?? 0, bodies)));
    const difference = Math.max(...(answers[0] ?? []).map((value, i) => Math.abs(value - (answers[1]?.[i] ?? NaN))));
    if (!(difference < 1e-5)) throw new Error(`the answers differ by ${difference}`);

    const figures = servers.map(() => [] as Measured[]);
    for (let round = 0; round < ROUNDS; round++)
      servers.forEach((server, i) => figures[i]?.push(measure(server, CONNECTIONS, bodies)));
    const single = servers.map((server) => measure(server, 1, bodies));
    const bare = await bareRun(bundle);

    const lines = servers.map(({ name }, i) => {
      const many = figures[i] ?? [];
      const failures = many.reduce((sum, one) => sum + one.failures, single[i]?.failures ?? 0);
      return {
        name,
        perSecond: median(many.map((one) => one.perSecond)),
        cpu: median(many.map((one) => one.cpu)),
        p99: median(many.map((one) => one.p99)),
        client: median(many.map((one) => one.clientCpu)),
        p50: single[i]?.p50 ?? NaN,
        failures,
      };
    });
    const [full, off, ...others] = lines.filter(({ name }) => !name.startsWith('Bound'));
    const bounds = lines.filter(({ name }) => name.startsWith('Bound'));
    const typed = others[0]?.perSecond ?? NaN;
    const ratios = (server: typeof full) =>
      others.map((other) => {
        const speed = (server?.perSecond ?? NaN) / other.perSecond;
        const cost = other.cpu / (server?.cpu ?? NaN);
        return `${speed.toFixed(1)} × (${cost.toFixed(1)} × by processor time)`;
      });
    const report = `# Served requests

\`npx tsx bench/serve/bench.ts --write\` on ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, Node ${process.versions.node}, commit ${commit()}.
One row a request (12 numbers, 1 text), a network of ${widths.join('-')}, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each, medians.
One process a server${taskset ? ', pinned to core 0; the client is pinned to core 1' : ', nothing pinned (no taskset)'}. Answers equal to ${difference.toExponential(1)}. FastAPI ${python('import fastapi; print(fastapi.__version__)')} on uvicorn ${python('import uvicorn; print(uvicorn.__version__)')}, numpy ${python('import numpy; print(numpy.__version__)')}.

| Server | Requests/s | Processor time a request | p99 at ${CONNECTIONS} connections | p50 at 1 connection | Failures |
| --- | ---: | ---: | ---: | ---: | ---: |
${lines.map(({ name, perSecond, cpu, p99, p50, failures }) => `| ${name} | ${Math.round(perSecond).toLocaleString('en')} | ${cpu.toFixed(0)} µs | ${p99.toFixed(2)} ms | ${p50.toFixed(3)} ms | ${failures} |`).join('\n')}

Ours against each of the others, as requests/s and (where the machine is busy with other things the better measure) as processor time a request:

| Against | Every request logged | No log |
| --- | ---: | ---: |
${others.map(({ name }, i) => `| ${name} | ${ratios(full)[i]} | ${ratios(off)[i]} |`).join('\n')}

What the platform allows: ${bounds.map(({ name, perSecond }) => `${name.replace('Bound: ', '')} gives ${(perSecond / typed).toFixed(1)} ×`).join(', ')} the requests/s of FastAPI typed with pydantic, on one core.

The client used ${lines.map(({ client }) => `${Math.round(client * 100)} %`).join(', ')} of its core in the rows' order: far from 100 % means that it was not the limit, or that somebody else had the core.
A bare run of the model on one row takes ${bare.toFixed(3)} ms here, so the server adds ${((full?.p50 ?? NaN) - bare).toFixed(3)} ms at one connection, client and loopback included.
Load average when it began: ${load}.
`;
    process.stdout.write(report);
    if (process.argv.includes('--write')) writeFileSync(path.join(here, 'RESULTS.md'), report);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(port: number, bodies: string): Promise<number[]> {
  const values: number[] = [];
  for (const body of (JSON.parse(readFileSync(bodies, 'utf8')) as string[]).slice(0, 50)) {
    const response = await fetch(`http://127.0.0.1:${port}/predict`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const { predictions } = (await response.json()) as { predictions: { probabilities: Record<string, number> }[] };
    values.push(...predictions.map(({ probabilities }) => probabilities['Yes'] ?? NaN));
  }
  return values;
}

const load = os
  .loadavg()
  .map((value) => value.toFixed(1))
  .join(', ');
const python = (code: string) => spawnSync(PYTHON, ['-c', code], { encoding: 'utf8' }).stdout.trim();
const commit = () => spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' }).stdout.trim();

void main();
