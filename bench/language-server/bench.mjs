// Latency of the language server over stdio: node bench/language-server/bench.mjs [--edits N] [--lines 2000,20000] [--write]
// Needs dist/language-server.js (npm run build). Wall time is what an editor waits; CPU is the server's main thread.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client, now, sleep, stats } from './client.mjs';
import { gen } from './gen.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const edits = Number(option('edits', 100));
const sizes = option('lines', '2000,20000').split(',').map(Number);
const server = path.join(root, 'dist/language-server.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lifecycle-bench-'));
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

const rows = [];
const show = (lines, what, samples, cpu) => {
  const { n, median, p95, max } = stats(samples);
  rows.push({ lines, what, n, p50: median, p95, max, cpu });
  console.log(
    `${String(lines).padStart(6)}  ${what.padEnd(36)} n ${String(n).padStart(4)}  p50 ${median}  p95 ${p95}  max ${max} ms${cpu === undefined ? '' : `  CPU ${cpu.toFixed(1)} ms each`}`,
  );
};

async function measure(lines) {
  const text = gen(lines);
  const uri = pathToFileURL(path.join(folder, `test${lines}.pipeline.yaml`)).toString();
  const started = now();
  const client = new Client(process.execPath, [server, '--stdio'], { cwd: folder });
  await client.init(pathToFileURL(folder).toString());
  show(lines, 'start to initialised', [client.initMs]);
  const opened = now();
  client.open(uri, text, 'lifecycle-pipeline');
  const first = await client.waitDiag(uri);
  show(lines, 'open to first diagnostics', [now() - opened]);
  show(lines, 'start to first diagnostics', [now() - started]);
  await sleep(700);
  const errors = (client.diag.get(uri)?.diagnostics ?? first.diagnostics).filter(({ severity }) => severity < 4);
  if (errors.length > 0)
    console.log(
      '  unexpected:',
      errors.slice(0, 3).map(({ message }) => message),
    );

  const all = text.split('\n');
  const middle = all.findIndex((line, i) => i > all.length / 2 && /^ {4}description: /.test(line));
  const end = all[middle].length - 1;
  const type = async (version, character, put) => {
    const done = client.waitDiag(uri, (each) => each.version === version);
    const at = now();
    client.change(uri, [
      { range: { start: { line: middle, character }, end: { line: middle, character } }, text: put },
    ]);
    await done;
    return now() - at;
  };
  let version = 1;
  const samples = [];
  for (let i = 0; i < 20; i++) await type(++version, end, 'x');
  const before = client.cpu();
  for (let i = 0; i < edits; i++) {
    samples.push(await type(++version, end, 'x'));
    await sleep(5);
  }
  show(lines, 'keystroke to diagnostics', samples, (client.cpu() - before) / edits);

  const ask = async (name, method, params, count = 30) => {
    const times = [];
    const start = client.cpu();
    for (let i = 0; i < count; i++) times.push((await client.request(method, params(i))).ms);
    show(lines, name, times, (client.cpu() - start) / count);
  };
  const line = all.findIndex((each, i) => i > all.length / 2 && /^ {4}data: /.test(each));
  const inValue = { line, character: all[line].length - 2 };
  const completions = [];
  const cpuBefore = client.cpu();
  for (let i = 0; i < 30; i++) {
    version++;
    client.change(uri, [{ range: { start: inValue, end: inValue }, text: 'a' }]);
    const at = now();
    await client.request('textDocument/completion', {
      textDocument: { uri },
      position: { line, character: inValue.character + 1 },
    });
    completions.push(now() - at);
    version++;
    client.change(uri, [{ range: { start: inValue, end: { line, character: inValue.character + 1 } }, text: '' }]);
    await client.waitDiag(uri, (each) => each.version === version).catch(() => undefined);
  }
  show(lines, 'keystroke to completion', completions, (client.cpu() - cpuBefore) / 60);
  const place = () => ({ textDocument: { uri }, position: inValue });
  await ask('hover', 'textDocument/hover', place);
  await ask('definition', 'textDocument/definition', place);
  await ask('references', 'textDocument/references', () => ({ ...place(), context: { includeDeclaration: true } }));
  const doc = () => ({ textDocument: { uri } });
  await ask('outline', 'textDocument/documentSymbol', doc, 15);
  await ask('folding', 'textDocument/foldingRange', doc, 15);
  await ask('code lens', 'textDocument/codeLens', doc, 15);
  await ask(
    'semantic tokens, a screen',
    'textDocument/semanticTokens/range',
    () => ({ ...doc(), range: { start: { line, character: 0 }, end: { line: line + 60, character: 0 } } }),
    15,
  );
  await ask(
    'inlay hints, a screen',
    'textDocument/inlayHint',
    () => ({ ...doc(), range: { start: { line, character: 0 }, end: { line: line + 60, character: 0 } } }),
    15,
  );
  await ask(
    'formatting',
    'textDocument/formatting',
    () => ({ ...doc(), options: { tabSize: 2, insertSpaces: true } }),
    5,
  );

  const bursts = [];
  for (let k = 0; k < 5; k++) {
    const pending = [];
    let at = 0;
    for (let i = 0; i < 20; i++) {
      version++;
      client.change(uri, [
        {
          range: { start: { line, character: inValue.character + i }, end: { line, character: inValue.character + i } },
          text: 'a',
        },
      ]);
      if (i > 0) client.cancel(client.id);
      at = now();
      pending.push(
        client
          .request('textDocument/completion', {
            textDocument: { uri },
            position: { line, character: inValue.character + i + 1 },
          })
          .catch((error) => error),
      );
    }
    await pending.at(-1);
    bursts.push(now() - at);
    await Promise.all(pending);
    version++;
    client.change(uri, [{ range: { start: inValue, end: { line, character: inValue.character + 20 } }, text: '' }]);
    await client.waitDiag(uri, (each) => each.version === version);
  }
  show(lines, 'burst of 20, last completion', bursts);
  const memory = client.rss();
  console.log(`${String(lines).padStart(6)}  memory ${memory.rss.toFixed(0)} MB, peak ${memory.peak.toFixed(0)} MB`);
  rows.push({ lines, what: 'memory, MB', p50: Math.round(memory.rss), max: Math.round(memory.peak) });

  const small = pathToFileURL(path.join(folder, 'wide.pipeline.yaml')).toString();
  const wideText =
    'lifecycle: 1\npipeline: wide\nstages:\n  load:\n    kind: data\n    source: data/wide.csv\n    target: column_0\n    features:\n      - standardize: {columns: []}\n';
  client.open(small, wideText, 'lifecycle-pipeline');
  await sleep(800);
  await ask(
    'column among 500',
    'textDocument/completion',
    () => ({ textDocument: { uri: small }, position: { line: 8, character: 32 } }),
    20,
  );
  await client.stop();
}

for (const lines of sizes) await measure(lines);
fs.rmSync(folder, { recursive: true, force: true });

if (process.argv.includes('--write')) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const table = rows.map(
    ({ lines, what, n, p50, p95, max, cpu }) =>
      `| ${lines.toLocaleString('en')} | ${what} | ${n ?? ''} | ${p50} | ${p95 ?? ''} | ${max} | ${cpu === undefined ? '' : cpu.toFixed(1)} |`,
  );
  const text = `# Latency of the language server\n\nMilliseconds over stdio, as an editor waits; CPU is the server's main thread. \`node bench/language-server/bench.mjs --write\`\n\nCommit ${commit}, Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'} × ${os.cpus().length}, load ${os.loadavg()[0]?.toFixed(1)} while measuring.\n\n| lines | what | n | p50 | p95 | max | CPU |\n| --- | --- | --- | --- | --- | --- | --- |\n${table.join('\n')}\n`;
  fs.writeFileSync(path.join(root, 'bench/language-server/RESULTS.md'), text);
}
