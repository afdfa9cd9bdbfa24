import { Readable } from 'node:stream';
import { main, type World } from '../../lifecycle/cli/main';
import type { Rooms } from '../../lifecycle/run/rooms';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of stdout as JSON. */
  readonly json: Record<string, any>[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests assert on it
}

/** Carries out a command line in this process, without colours, and catches what it prints. */
export async function cli(
  cwd: string,
  argv: readonly string[],
  more: {
    rooms?: Rooms;
    stdin?: string;
    self?: readonly string[];
    signal?: AbortSignal;
    width?: number;
    tty?: boolean;
    env?: NodeJS.ProcessEnv;
  } = {},
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const world: World = {
    stdout: { write: (text) => (stdout += text), columns: more.width ?? 160, isTTY: more.tty ?? false },
    stderr: { write: (text) => (stderr += text) },
    stdin: Readable.from(more.stdin === undefined ? [] : [more.stdin]),
    env: more.env ?? {},
    cwd,
    self: more.self ?? [process.execPath, 'lifecycle'],
    signal: more.signal ?? new AbortController().signal,
    ...(more.rooms === undefined ? {} : { rooms: more.rooms }),
  };
  const code = await main(argv, world);
  const json = argv.includes('--json')
    ? stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
  return { code, stdout, stderr, json };
}
