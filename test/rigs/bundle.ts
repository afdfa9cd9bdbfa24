import { build } from 'esbuild';
import { join, resolve } from 'node:path';

const made = new Map<string, Promise<string>>();

/** Bundles a TypeScript program of ours into one file, as dist/cli.js is made, so that a test can start it as fast as users do. Gives the file's path. */
export function bundled(entry: string): Promise<string> {
  let promise = made.get(entry);
  if (promise === undefined) {
    const outfile = resolve('.cache', 'rigs', entry.replace(/[\\/]/g, '-').replace(/\.ts$/, '.js'));
    promise = build({
      entryPoints: [join(process.cwd(), entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['onnxruntime-node', '@duckdb/node-bindings', '@duckdb/node-bindings-*'],
      mainFields: ['module', 'main'],
      logLevel: 'warning',
    }).then(() => outfile);
    made.set(entry, promise);
  }
  return promise;
}
