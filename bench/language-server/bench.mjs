// Latency of the language server over stdio, beside yaml-language-server with our JSON Schema, in one run.
// npm run bench -- language-server, or: node bench/language-server/bench.mjs [--edits N] [--lines 2000,20000] [--soak N] [--no-peer] [--write]
// Needs dist/language-server.js (npm run build). Wall time is what an editor waits; CPU is the server's main thread.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client, now, sleep, stats } from './client.mjs';
import { gen } from './gen.mjs';
import { bundledSchema, nodeFor } from './peer.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const has = (name) => process.argv.includes(`--${name}`);
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const edits = Number(option('edits', 200));
const sizes = option('lines', '2000,20000').split(',').map(Number);
const soak = Number(option('soak', 0));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lifecycle-bench-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
fs.mkdirSync(path.join(folder, 'data'));
const header = ['age', 'income', 'tenure', 'country', 'plan', 'fee', 'visits', 'score', 'churned'];
const wide = Array.from({ length: 500 }, (_, i) => `column_${i}`);
fs.writeFileSync(
  path.join(folder, 'data/raw.csv'),
  `${header}\n${Array.from({ length: 200 }, (_, i) => `${20 + (i % 50)},${i * 100},${i % 70},DE,${i % 2 ? 'pro' : 'free'},9.5,${i % 9},0.5,${i % 2}`).join('\n')}\n`,
);
fs.writeFileSync(
  path.join(folder, 'data/wide.csv'),
  `${wide}\n${Array.from({ length: 50 }, (_, i) => wide.map((_name, j) => i * j).join(',')).join('\n')}\n`,
);
const schema = path.join(folder, 'pipeline.schema.json');
fs.writeFileSync(schema, JSON.stringify(bundledSchema(root)));

const node = nodeFor(root);
const ours = {
  name: 'ours',
  // As extension/client.ts starts it.
  args: [
    '--max-semi-space-size=8',
    '--initial-old-space-size=64',
    '--heap-growing-percent=70',
    path.join(root, 'dist/language-server.js'),
    '--stdio',
  ],
  language: 'lifecycle-pipeline',
  settings: {},
  share: 1,
};
const peer = {
  name: 'yaml-language-server',
  args: [path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'],
  language: 'yaml',
  settings: {
    yaml: {
      schemas: { [pathToFileURL(schema).toString()]: '*.pipeline.yaml' },
      schemaStore: { enable: false },
      validate: true,
      hover: true,
      completion: true,
      format: { enable: true },
    },
  },
  // It needs some hundred times as long: fewer samples tell as much.
  share: 0.05,
};

/** What we hold ourselves to: p95 in ms, MB for memory. */
const bars = {
  'start to initialised': () => 150,
  'start to first diagnostics': (lines) => (lines <= 2000 ? 300 : undefined),
  'open to first diagnostics': (lines) => (lines <= 2000 ? undefined : 250),
  'keystroke to diagnostics': (lines) => (lines <= 2000 ? 4 : 8),
  'keystroke to completion': () => 6,
  hover: () => 4,
  definition: () => 4,
  references: () => 4,
  outline: () => 15,
  'formatting, first': (lines) => (lines <= 2000 ? undefined : 150),
  'burst of 20, last completion': () => 10,
  'column among 500': () => 20,
  'memory after a rest, MB': () => 180,
};

const table = new Map();
function show(server, lines, what, samples, cpu) {
  const { n, median, p95, max } = stats(samples);
  const key = `${lines} ${what}`;
  if (!table.has(key)) table.set(key, { lines, what });
  table.get(key)[server.name] = { n, p50: median, p95, max, cpu };
  const bar = server === ours ? bars[what]?.(lines) : undefined;
  const verdict = bar === undefined ? '' : p95 <= bar ? `  within ${bar}` : `  ABOVE ${bar}`;
  console.log(
    `${server.name.padEnd(20)} ${String(lines).padStart(6)}  ${what.padEnd(32)} n ${String(n).padStart(4)}  p50 ${median}  p95 ${p95}  max ${max}${cpu === undefined ? '' : `  CPU ${cpu.toFixed(1)}`}${verdict}`,
  );
}

async function started(server) {
  const client = new Client(node, server.args, {
    cwd: folder,
    settings: server.settings,
    // What is kept from one start to the next is kept here, so that the first start of a run is a first one.
    env: { XDG_CACHE_HOME: path.join(folder, 'cache') },
  });
  client.onRequest = ({ method, params }) =>
    method === 'workspace/configuration' && server === peer
      ? params.items.map(({ section }) => server.settings[section] ?? null)
      : undefined;
  await client.init(pathToFileURL(folder).toString());
  return client;
}

async function measureStart(server, lines, uri, text) {
  const initialised = [];
  const opened = [];
  const whole = [];
  if (server === ours && !fs.existsSync(path.join(folder, 'cache'))) {
    const client = await started(server);
    client.open(uri, text, server.language);
    await client.waitDiag(uri);
    show(server, lines, 'start to initialised, the first ever', [client.initMs]);
    await client.stop();
  }
  for (let i = 0; i < (server === ours ? 7 : 3); i++) {
    const begin = now();
    const client = await started(server);
    initialised.push(client.initMs);
    const at = now();
    client.open(uri, text, server.language);
    await client.waitDiag(uri);
    opened.push(now() - at);
    whole.push(now() - begin);
    await client.stop();
  }
  show(server, lines, 'start to initialised', initialised);
  show(server, lines, 'open to first diagnostics', opened);
  show(server, lines, 'start to first diagnostics', whole);
}

async function measure(server, lines) {
  const text = gen(lines);
  const uri = pathToFileURL(path.join(folder, `test${lines}.pipeline.yaml`)).toString();
  const count = (n) => Math.max(3, Math.ceil(n * server.share));
  await measureStart(server, lines, uri, text);

  const client = await started(server);
  client.open(uri, text, server.language);
  const first = await client.waitDiag(uri);
  await sleep(server === ours ? 700 : 3000);
  const errors = (client.diag.get(uri)?.diagnostics ?? first.diagnostics).filter(({ severity }) => severity < 4);
  if (errors.length > 0)
    console.log(
      '  unexpected:',
      errors.slice(0, 3).map(({ message }) => message),
    );

  const all = text.split('\n');
  const middle = all.findIndex((line, i) => i > all.length / 2 && /^ {4}description: /.test(line));
  const end = all[middle].length - 1;
  let version = 1;
  const edit = (start, stop, put) => {
    version++;
    client.change(uri, [{ range: { start, end: stop }, text: put }]);
  };
  // Ours says of which version a message is; the peer is not sent a second edit before it has answered the first.
  const answered = () => {
    const wanted = version;
    return client.waitDiag(uri, (each) => each.version === undefined || each.version === wanted);
  };
  const type = async () => {
    const at = now();
    const place = { line: middle, character: end };
    edit(place, place, 'x');
    await answered();
    return now() - at;
  };
  for (let i = 0; i < count(100); i++) await type();
  const samples = [];
  const before = client.cpu();
  for (let i = 0; i < count(edits); i++) {
    samples.push(await type());
    await sleep(5);
  }
  show(server, lines, 'keystroke to diagnostics', samples, (client.cpu() - before) / samples.length);

  const ask = async (name, method, params, n = 30) => {
    const times = [];
    const arrived = [];
    const start = client.cpu();
    for (let i = 0; i < count(n); i++) {
      const { ms, arrivedMs } = await client.request(method, params(i)).catch(() => ({ ms: NaN }));
      times.push(ms);
      arrived.push(arrivedMs);
    }
    if (times.some(Number.isNaN)) return;
    show(server, lines, name, times, (client.cpu() - start) / times.length);
    // What is left of a long answer is the client's: half a megabyte of JSON is made into objects.
    if (name === 'outline') show(server, lines, 'outline, until its last byte', arrived);
  };
  const line = all.findIndex((each, i) => i > all.length / 2 && /^ {4}data: /.test(each));
  const inValue = { line, character: all[line].length - 2 };
  const behind = { line, character: inValue.character + 1 };
  const completions = [];
  const cpuBefore = client.cpu();
  for (let i = 0; i < count(60); i++) {
    edit(inValue, inValue, 'a');
    const at = now();
    await client.request('textDocument/completion', { textDocument: { uri }, position: behind });
    completions.push(now() - at);
    edit(inValue, behind, '');
    await answered();
  }
  show(server, lines, 'keystroke to completion', completions, (client.cpu() - cpuBefore) / completions.length / 2);
  const place = () => ({ textDocument: { uri }, position: inValue });
  const doc = () => ({ textDocument: { uri } });
  const screen = () => ({
    ...doc(),
    range: { start: { line, character: 0 }, end: { line: line + 60, character: 0 } },
  });
  await ask('hover', 'textDocument/hover', place);
  if (server === ours) {
    await ask('definition', 'textDocument/definition', place);
    await ask('references', 'textDocument/references', () => ({ ...place(), context: { includeDeclaration: true } }));
  }
  await ask('outline', 'textDocument/documentSymbol', doc, 20);
  await ask('folding', 'textDocument/foldingRange', doc, 20);
  if (server === ours) {
    await ask('code lens', 'textDocument/codeLens', doc, 20);
    await ask('semantic tokens, a screen', 'textDocument/semanticTokens/range', screen, 20);
    await ask('inlay hints, a screen', 'textDocument/inlayHint', screen, 20);
  }
  const format = () => ({ ...doc(), options: { tabSize: 2, insertSpaces: true } });
  const formatted = await client.request('textDocument/formatting', format());
  show(server, lines, 'formatting, first', [formatted.ms]);
  await ask('formatting', 'textDocument/formatting', format, 20);

  const bursts = [];
  for (let k = 0; k < (server === ours ? 40 : 1); k++) {
    const pending = [];
    let at = 0;
    for (let i = 0; i < 20; i++) {
      const from = { line, character: inValue.character + i };
      edit(from, from, 'a');
      if (i > 0) client.cancel(client.id);
      at = now();
      const position = { line, character: inValue.character + i + 1 };
      pending.push(
        client.request('textDocument/completion', { textDocument: { uri }, position }).catch((error) => error),
      );
    }
    await pending.at(-1);
    bursts.push(now() - at);
    await Promise.all(pending);
    edit(inValue, { line, character: inValue.character + 20 }, '');
    await answered();
  }
  show(server, lines, 'burst of 20, last completion', bursts);
  show(server, lines, 'memory at most, MB', [Math.round(client.rss().peak)]);
  await sleep(6000);
  show(server, lines, 'memory after a rest, MB', [Math.round(client.rss().rss)]);

  if (server === ours) {
    const small = pathToFileURL(path.join(folder, 'wide.pipeline.yaml')).toString();
    const wideText =
      'lifecycle: 1\npipeline: wide\nstages:\n  load:\n    kind: data\n    source: data/wide.csv\n    target: column_0\n    features:\n      - standardize: {columns: []}\n';
    client.open(small, wideText, server.language);
    await sleep(800);
    const position = { line: 8, character: 32 };
    await ask('column among 500', 'textDocument/completion', () => ({ textDocument: { uri: small }, position }), 30);
    let typed = false;
    const toggle = async () => {
      const place = { line: middle, character: end };
      edit(place, typed ? { line: middle, character: end + 1 } : place, typed ? '' : 'x');
      typed = !typed;
      await answered();
    };
    if (soak > 0) await soaked(lines, client, toggle);
  }
  await client.stop();
}

const soaks = [];

/** Memory over very many edits: typed at one place, then taken away again. */
async function soaked(lines, client, toggle) {
  const steps = 10;
  const at = [Math.round(client.rss().rss)];
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < soak / steps; i++) await toggle();
    at.push(Math.round(client.rss().rss));
  }
  await sleep(6000);
  const rested = Math.round(client.rss().rss);
  soaks.push({ lines, at, rested });
  console.log(`${lines} lines, MB after every ${soak / steps} edits: ${at.join(', ')}; after a rest ${rested}`);
}

const load = os.loadavg()[0];
for (const lines of sizes) for (const server of has('no-peer') ? [ours] : [ours, peer]) await measure(server, lines);

if (has('write')) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const cell = (value) => (value === undefined || value === null ? '' : String(value));
  const cpu = (each) => (each?.cpu === undefined ? '' : each.cpu.toFixed(1));
  const rows = [...table.values()].map((row) => {
    const [mine, other] = [row[ours.name], row[peer.name]];
    const bar = bars[row.what]?.(row.lines);
    const ratio =
      mine && other && mine.p50 > 0 ? `${(other.p50 / mine.p50).toFixed(other.p50 / mine.p50 < 10 ? 1 : 0)}×` : '';
    const held = bar === undefined || !mine ? cell(bar) : `${bar} ${mine.p95 <= bar ? '✓' : '✗'}`;
    return `| ${row.lines.toLocaleString('en')} | ${row.what} | ${cell(mine?.p50)} | ${cell(mine?.p95)} | ${cpu(mine)} | ${held} | ${cell(other?.p50)} | ${cell(other?.p95)} | ${cpu(other)} | ${ratio} |`;
  });
  const text = `# Latency of the language server

Milliseconds over stdio, as an editor waits, with all checks on and without a delay of ours; CPU is the server's main thread for each question. Beside it
yaml-language-server 2.0.0 with our JSON Schema, in the same run on the same Node. The bar is for p95. \`node bench/language-server/bench.mjs --write\`

Commit ${commit}, Node ${version}, ${os.cpus()[0]?.model ?? 'unknown CPU'} × ${os.cpus().length}, load ${load.toFixed(1)} before and ${os.loadavg()[0].toFixed(1)} after.

| lines | what | p50 | p95 | CPU | bar | yaml-ls p50 | p95 | CPU | p50 ratio |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
${soaks.map(({ lines, at, rested }) => `\nMemory at ${lines.toLocaleString('en')} lines over ${soak.toLocaleString('en')} edits, MB: ${at.join(', ')}; after a rest ${rested}.\n`).join('')}`;
  fs.writeFileSync(path.join(root, 'bench/language-server/RESULTS.md'), text);
}
process.exit(0);
