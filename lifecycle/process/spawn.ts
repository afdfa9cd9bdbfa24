import { type ChildProcess } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import spawn from 'cross-spawn';
import { UserError } from '../problem';
import { errorCode } from './files';
import { endTree, restTree } from './tree';

/** How a process ended. */
export interface Exit {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  readonly cwd?: string;
  /** The whole environment; without it this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line that the program prints. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Called with each line that the program writes to file descriptor 3; the descriptor is only there when this is. */
  readonly onMessage?: (line: string) => void;
  /** Keeps stdin open for {@link Child.input}. */
  readonly input?: boolean;
}

/** A started process, leader of its own process group. */
export interface Child {
  readonly pid: number;
  /** Its standard input, when asked for. */
  readonly input: Writable | undefined;
  /** Settles when the process has ended and all its output was handed over. */
  readonly exit: Promise<Exit>;
  /** Ends it and everything it started. @param grace milliseconds between asking and killing */
  end(grace: number): Promise<void>;
  /** Lets it and everything it started rest, or go on. @returns false where the system can't */
  rest(rest: boolean): Promise<boolean>;
}

/** Lines longer than this are cut: a program that prints garbage without newlines must not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/**
 * Starts a program from an argument list; there is never a shell, except that Windows itself runs `.cmd` and `.bat` files (npm, az, conda) in one:
 * cross-spawn finds them by PATHEXT and quotes their arguments, which is untested here.
 * @throws {UserError} `command-missing` when the program does not exist or may not be executed
 */
export async function start(command: readonly string[], options: StartOptions = {}): Promise<Child> {
  const [program, ...args] = command;
  if (program === undefined) throw new UserError({ code: 'command-missing', message: 'The command is empty.' });
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: [
      options.input === true ? 'pipe' : 'ignore',
      'pipe',
      'pipe',
      ...(options.onMessage === undefined ? [] : ['pipe' as const]),
    ],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  await started(child, program, options.cwd);
  const pid = child.pid ?? 0;
  if (child.stdout !== null) eachLine(child.stdout, (line) => options.onLine?.(line, 'stdout'));
  if (child.stderr !== null) eachLine(child.stderr, (line) => options.onLine?.(line, 'stderr'));
  if (options.onMessage !== undefined) eachLine(child.stdio[3] as Readable, options.onMessage, Infinity);
  child.stdin?.on('error', () => undefined);
  return {
    pid,
    input: child.stdin ?? undefined,
    exit: ended(child),
    end: (grace) => endTree(pid, grace),
    rest: (rest) => restTree(pid, rest),
  };
}

function started(child: ChildProcess, program: string, cwd: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'EACCES') return reject(error);
      reject(
        new UserError({
          code: 'command-missing',
          message:
            code === 'ENOENT'
              ? `The program ${program} was not found${cwd === undefined ? '' : ` (started in ${cwd})`}.`
              : `The program ${program} may not be executed.`,
          hint:
            code === 'ENOENT'
              ? 'Install it, give its full path, or check that it is on PATH.'
              : `Make it executable (chmod +x ${program}).`,
        }),
      );
    });
  });
}

/**
 * `close` waits for the pipes too, which a background process that inherited them may hold open for ever: two seconds after the exit
 * they are let go.
 */
function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit | undefined;
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
        resolve({ code, signal });
      }, 2_000).unref();
    });
    child.once('close', (code, signal) => resolve(exit ?? { code, signal }));
  });
}

function eachLine(stream: Readable, take: (line: string) => void, longest = LONGEST_LINE): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (rest.length > longest) {
      take(rest.slice(0, longest) + ' …');
      rest = '';
    }
  });
  stream.on('error', () => undefined);
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}

/** Options of {@link capture}. */
export interface CaptureOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
  /** Text for its standard input. */
  readonly input?: string;
  /** Called with each line as it is printed. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Asks it to end, and kills it when it has not after ten seconds. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and gives what it printed. Never rejects: a program that is not there has the code null and no output. */
export async function capture(
  command: readonly string[],
  options: CaptureOptions = {},
): Promise<Exit & { stdout: string; stderr: string; missing: boolean }> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  try {
    const child = await start(command, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      input: options.input !== undefined,
      onLine: (line, stream) => {
        (stream === 'stdout' ? stdout : stderr).push(line);
        options.onLine?.(line, stream);
      },
    });
    child.input?.end(options.input);
    const timer = setTimeout(() => void child.end(0), options.timeout ?? 30_000);
    const cancel = () => void child.end(10_000);
    if (options.signal?.aborted === true) cancel();
    options.signal?.addEventListener('abort', cancel, { once: true });
    const exit = await child.exit;
    options.signal?.removeEventListener('abort', cancel);
    clearTimeout(timer);
    return { ...exit, stdout: stdout.join('\n'), stderr: stderr.join('\n'), missing: false };
  } catch (error) {
    return {
      code: null,
      signal: null,
      stdout: '',
      stderr: error instanceof Error ? error.message : String(error),
      missing: true,
    };
  }
}

/**
 * Starts a program that outlives this process, the terminal and the editor's window: own session, no shared pipes.
 * @param log descriptor of the file that takes its output; without it the output is dropped
 * @returns its process id
 */
export async function startDetached(
  command: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; log?: number; input?: string } = {},
): Promise<number> {
  const [program = '', ...args] = command;
  const output = options.log ?? 'ignore';
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    windowsHide: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', output, output],
  });
  await started(child, program, options.cwd);
  if (child.stdin !== null && options.input !== undefined) {
    const { stdin } = child;
    await new Promise<void>((resolve) => {
      stdin.on('error', () => resolve());
      stdin.end(options.input, () => resolve());
    });
  }
  child.unref();
  return child.pid ?? 0;
}
