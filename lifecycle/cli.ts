#!/usr/bin/env node
import module from 'node:module';
import { main } from './cli/main';

/** Node ≥ 22.8 keeps compiled code between starts. */
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

const abort = new AbortController();
let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks; whoever asks three times does not want to wait.
    if (++signals >= 3) process.exit(130);
    abort.abort();
  });
}
// A reader that has seen enough (`lifecycle show | head`) is no error.
process.stdout.on('error', () => process.exit(0));

void main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  signal: abort.signal,
}).then((code) => process.stdout.write('', () => process.exit(code)));
