import type { Rooms } from '../run/rooms';
import { endedBy } from './ended-by';
import { EXIT } from './exit';
import { main } from './main';

/** Carries out the command line of this process and ends it with the exit code. */
export async function start(rooms?: Rooms): Promise<void> {
  const abort = new AbortController();
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The first asks; whoever asks three times does not want to wait.
      if (++signals >= 3) process.exit(EXIT.cancelled);
      abort.abort(endedBy(signal));
    });
  }
  // A reader that has seen enough (`lifecycle show | head`) is no error.
  process.stdout.on('error', () => process.exit(EXIT.ok));
  const code = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    signal: abort.signal,
    ...(rooms === undefined ? {} : { rooms }),
  });
  process.stdout.write('', () => process.exit(code));
}
