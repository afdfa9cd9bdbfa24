/**
 * A log of 10 million predictions with 20 columns, as 30 daily Parquet files, counted against its reference: the first look, an unchanged
 * second one, and one with a new day of 300,000 rows; then 1,000 columns compared day by day, and the same statistics with pandas and scipy: it fails where the
 * two find something else. Each look is a process of its own, bundled as the engine is.
 *
 *     npx tsx bench/monitor/bench.ts [rows] [--no-peer] [--threads=2]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { agree, type Look, type Peer } from './agree';
import { generate, writeForPeer } from './data';

const ROOT = path.join(__dirname, '../..');

/** The looks and the threads they count in, bundled as they are shipped. */
async function bundle(): Promise<string> {
  const outdir = path.join(ROOT, 'node_modules/.cache/bench-monitor');
  await build({
    entryPoints: {
      look: path.join(__dirname, 'look.ts'),
      'count.worker': path.join(ROOT, 'lifecycle/monitor/sources/count.worker.ts'),
    },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    // As the engine and its threads are built.
    supported: { 'dynamic-import': false },
    external: ['@duckdb/node-api', '@duckdb/node-bindings', 'onnxruntime-node', 'esbuild'],
    logLevel: 'warning',
  });
  return path.join(outdir, 'look.js');
}

async function main(): Promise<void> {
  const options = process.argv.slice(2).filter((arg) => arg.startsWith('--'));
  const rows = Number(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? 10_000_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lifecycle-bench-monitor-'));
  try {
    const script = await bundle();
    await generate(folder, rows);
    const measure = (name: string, kind: 'plain' | 'ids', files: string[]): number => {
      const began = performance.now();
      const told = execFileSync(process.execPath, [script, 'look', folder, kind, ...files, ...options], {
        encoding: 'utf8',
      }).trim();
      const took = (performance.now() - began) / 1000;
      console.log(`${name}: ${took.toFixed(2)} s with the start of the process; ${told}`);
      return took;
    };
    console.log(`${rows} rows, ${os.cpus().length} cores, load ${os.loadavg()[0]!.toFixed(1)}`);
    if (!existsSync(path.join(folder, 'new.parquet'))) throw new Error('nothing was generated');
    const first = measure('first look', 'plain', ['logs']);
    const found = JSON.parse(readFileSync(path.join(folder, 'look.json'), 'utf8')) as Look;
    measure('unchanged', 'plain', ['logs']);
    measure('a new day', 'plain', ['logs', 'new.parquet']);
    measure('first look, by request id', 'ids', ['logs']);
    measure('unchanged, by request id', 'ids', ['logs']);
    console.log(execFileSync(process.execPath, [script, 'columns'], { encoding: 'utf8' }).trim());
    if (!options.includes('--no-peer')) {
      const [peer, to] = [path.join(folder, 'peer'), path.join(folder, 'peer.json')];
      await writeForPeer(folder, peer);
      for (const way of ['thrifty', 'plain']) {
        const args = [path.join(__dirname, 'peer.py'), peer, to, ...(way === 'plain' ? ['--plain'] : [])];
        const told = execFileSync('/usr/bin/python3', args, { encoding: 'utf8' }).trim();
        console.log(`pandas and scipy, ${way}: ${told}`);
        console.log(agree(found, JSON.parse(readFileSync(to, 'utf8')) as Peer));
        const theirs = Number(/^statistics ([\d.]+) s/.exec(told)?.[1]);
        console.log(`${(theirs / first).toFixed(1)} × the first look, whose reading counts and theirs does not`);
      }
    }
    console.log(`load at the end ${os.loadavg()[0]!.toFixed(1)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
