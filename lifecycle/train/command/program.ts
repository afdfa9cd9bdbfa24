import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type Child, start } from '../../process/spawn';
import { UserError } from '../../problem';
import { tellsOutOfMemory } from '../devices/memory';
import { type Report } from '../trainer';
import { parseLine } from './protocol';

export interface ProgramOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Seconds; the time in which it rests does not count. */
  readonly timeout?: number;
  /** File that appears when the user wants it to end early. */
  readonly stopFile?: string;
  readonly report: Report;
}

/** A program that was asked to end gets this long, in milliseconds, before it is killed. */
const GRACE = 5_000;
/** Lines of output passed on as events; the rest is dropped with a note. */
const MOST_LINES = 10_000;
const MOST_WARNINGS = 3;
const LAST_LINES = 20;

/**
 * Runs the user's program to its end, turning what it prints into events.
 *
 * @returns its headline metrics: those it gave without a step
 * @throws UserError `command-missing`, `command-failed` with its last lines, or `command-timeout`; the signal's reason when cancelled
 */
export async function runProgram(options: ProgramOptions): Promise<Record<string, number>> {
  const { command, report } = options;
  const shown = command.join(' ');
  const last: string[] = [];
  const metrics: Record<string, number> = {};
  let lines = 0;
  let garbled = 0;

  const output = (text: string) => {
    if (last.push(text) > LAST_LINES) last.shift();
    lines++;
    if (lines <= MOST_LINES) report.log('output', text);
    else if (lines === MOST_LINES + 1)
      report.log('warning', `The program printed more than ${MOST_LINES} lines; the rest is not kept.`);
  };
  const onLine = (line: string): void => {
    const message = parseLine(line);
    switch (message.kind) {
      case 'output':
        return output(message.text);
      case 'progress':
        return report.progress(message.fraction, message.text);
      case 'log':
        return report.log(message.level, message.text);
      case 'metric':
        if (message.step === undefined) metrics[message.name] = message.value;
        else report.metric(message.name, message.value, message.step, message.epoch);
        return;
      case 'garbled':
        output(message.text);
        if (++garbled > MOST_WARNINGS) return;
        report.log('warning', `A line began with ::lifecycle but was not understood: ${message.why}.`, {
          code: 'message-garbled',
          hint: 'Write one JSON object a line, for example ::lifecycle {"metric": "loss", "value": 0.3, "step": 1}',
        });
    }
  };

  report.signal.throwIfAborted();
  const child = await start(command, { cwd: options.cwd, env: options.env, onLine });
  let late = false;
  const stop = new AbortController();
  // A stopped process hears no SIGTERM: it has to go on to end.
  const end = () => void child.rest(false).then(() => child.end(GRACE));
  report.signal.addEventListener('abort', end);
  const steering = steer(child, options);
  const watch =
    options.timeout === undefined ? undefined : sleep(options.timeout * 1000, stop.signal, () => steering.resting);
  void watch?.then((elapsed) => {
    if (!elapsed) return;
    late = true;
    end();
  });
  try {
    const { code, signal } = await child.exit;
    report.signal.throwIfAborted();
    if (late) throw timedOut(shown, options.timeout!, last);
    if (code !== 0)
      throw failed(
        shown,
        code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${code}`,
        last,
      );
    return metrics;
  } finally {
    stop.abort();
    steering.close();
    report.signal.removeEventListener('abort', end);
  }
}

interface Steering {
  readonly resting: boolean;
  close(): void;
}

/** Passes the user's wishes on: rest and go on as signals, ending early as a file that the program may look for. */
function steer(child: Child, { report, stopFile }: ProgramOptions): Steering {
  const { control } = report;
  let resting = false;
  const take = async (action: 'pause' | 'resume' | 'finish') => {
    if (action === 'finish' && stopFile !== undefined) await writeFile(stopFile, '');
    if (resting === (action === 'pause')) return;
    if (!(await child.rest(action === 'pause'))) {
      report.log('warning', "A program can't be paused on Windows; it goes on.", { code: 'pause-unsupported' });
      return;
    }
    resting = action === 'pause';
    control?.tell(resting ? 'paused' : 'running');
  };
  const forget = control?.onChange((action) => void take(action));
  if (control?.paused === true) void take('pause');
  return {
    get resting() {
      return resting;
    },
    close: () => forget?.(),
  };
}

const SLICE = 500;

/** True after the time, false when stopped before. */
async function sleep(milliseconds: number, signal: AbortSignal, resting: () => boolean): Promise<boolean> {
  try {
    for (let left = milliseconds; left > 0;) {
      const slice = Math.min(left, SLICE);
      await wait(slice, undefined, { signal });
      if (!resting()) left -= slice;
    }
    return true;
  } catch {
    return false;
  }
}

function timedOut(shown: string, seconds: number, last: readonly string[]): UserError {
  return new UserError({
    code: 'command-timeout',
    message: `\`${shown}\` was ended because it took longer than ${seconds} s.`,
    hint: 'Raise `timeout`, or give it less to do.',
    path: ['timeout'],
    details: [...last],
  });
}

function failed(shown: string, how: string, last: readonly string[]): UserError {
  const said = last.join('\n');
  const module = /ModuleNotFoundError: No module named '([^']+)'/.exec(said)?.[1];
  if (tellsOutOfMemory(said))
    return new UserError({
      code: 'out-of-memory',
      message: `\`${shown}\` ran out of memory.`,
      hint: 'Use a smaller batch: half of it often fits. What else uses the GPU is shown by nvidia-smi.',
      path: ['command'],
      details: [...last],
    });
  const parquet = /pyarrow|fastparquet/.test(said);
  // What reading Parquet as CSV ends with.
  const bytes = /UnicodeDecodeError[^\n]*byte|ParserError: Error tokenizing data/.test(said);
  return new UserError({
    code: 'command-failed',
    message: `\`${shown}\` ${how}.${last.length > 0 ? ` Its last line: ${last[last.length - 1]!.trim().slice(0, 300)}` : ''}`,
    hint: parquet
      ? 'pandas needs pyarrow to read Parquet: install it, or set `environment: {LIFECYCLE_FORMAT: csv}` to get the files as CSV.'
      : bytes
        ? 'Was Parquet read as CSV? The files that the program is given are Parquet unless the stage says `environment: {LIFECYCLE_FORMAT: csv}`.'
        : module !== undefined
          ? `Python lacks the module ${module}: install it for the interpreter that the command names.`
          : 'Its last lines are below.',
    path: ['command'],
    details: [...last],
  });
}
