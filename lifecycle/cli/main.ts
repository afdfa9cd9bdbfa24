import type { Readable } from 'node:stream';
import { nearest } from '../expression/nearest';
import { problemOf, type UserError } from '../problem';
import { explainTrouble } from '../process/trouble';
import { rooms as ourRooms, type Rooms } from '../run/rooms';
import { ENGINE_VERSION } from '../store/version';
import { readArguments, usageError } from './arguments';
import { commandOf, COMMANDS } from './commands';
import { EXIT, type ExitCode } from './exit';
import { exitCodes, helpOf, overview } from './help';
import { terminalOf, type Terminal } from './terminal';

/** The world that {@link main} works in; a test gives its own. */
export interface World {
  readonly stdout: {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: Readable;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly self: readonly string[];
  readonly signal: AbortSignal;
  readonly rooms?: Rooms;
}

/** Carries out one command line. @returns the exit code; mistakes are printed, never thrown */
export async function main(argv: readonly string[], world: World): Promise<ExitCode> {
  const terminal = terminalOf(world, argv.includes('--json'));
  try {
    return await dispatch(argv, world, terminal);
  } catch (thrown) {
    if (
      world.signal.aborted &&
      (thrown === world.signal.reason || (thrown as Error | undefined)?.name === 'AbortError')
    )
      return EXIT.cancelled;
    return report(thrown, terminal);
  }
}

async function dispatch(argv: readonly string[], world: World, terminal: Terminal): Promise<ExitCode> {
  const [name = 'help', ...rest] = argv;
  if (name === '__stage') {
    const { runWorker } = await import('../run/worker');
    await runWorker(world.rooms ?? ourRooms);
    return EXIT.ok;
  }
  if (name === '__serve') {
    const { serveMain } = await import('../deploy/serve/main');
    return (await serveMain(rest[0] ?? '')) === 0 ? EXIT.ok : EXIT.failed;
  }
  if (name === '__probe') {
    const { probeMain } = await import('../train/devices/probe');
    terminal.print(JSON.stringify(await probeMain(rest[0])));
    return EXIT.ok;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    terminal.print(ENGINE_VERSION);
    terminal.emit({ version: ENGINE_VERSION });
    return EXIT.ok;
  }
  if (name === 'help' || name === '--help' || name === '-h') return help(rest[0], terminal);
  const command = commandOf(name);
  if (command === undefined) throw unknownCommand(name);
  if (rest.includes('--help') || rest.includes('-h')) return help(name, terminal);
  const given = readArguments(command, rest);
  const action = await command.load();
  return action.run(given, {
    terminal,
    argv,
    cwd: world.cwd,
    stdin: world.stdin,
    rooms: world.rooms ?? ourRooms,
    self: world.self,
    signal: world.signal,
  });
}

function help(name: string | undefined, terminal: Terminal): ExitCode {
  const { colour } = terminal;
  const command = name === undefined ? undefined : commandOf(name);
  const lines =
    name === undefined
      ? overview(COMMANDS, ENGINE_VERSION, colour)
      : name === 'exit-codes'
        ? exitCodes(colour)
        : command === undefined
          ? undefined
          : helpOf(command, colour);
  if (lines === undefined) throw unknownCommand(name ?? '');
  for (const line of lines) terminal.print(line);
  return EXIT.ok;
}

function unknownCommand(name: string): UserError {
  const meant = nearest(
    name,
    COMMANDS.filter((command) => command.hidden !== true).map((command) => command.name),
  );
  return usageError(
    `There is no command '${name}'.`,
    meant === undefined ? '`lifecycle help` lists the commands.' : `Did you mean \`lifecycle ${meant}\`?`,
  );
}

/** Codes of problems that mean that nothing was begun because what was asked for is not right. */
const BEFORE = new Set([
  'usage',
  'run-unknown',
  'run-ambiguous',
  'run-ended',
  'filter-invalid',
  'column-unknown',
  'series-unknown',
  'label-invalid',
  'stage-unknown',
  'unknown-stage',
  'file-missing',
  'file-exists',
  'data-file-missing',
  'project-invalid',
  'store-newer',
  'store-damaged',
  'store-not-a-folder',
  'pipeline-missing',
  'pipeline-ambiguous',
  'pipeline-invalid',
  'pipeline-not-kept',
  'target-unknown',
  'targets-invalid',
  'model-unknown',
  'model-name',
  'version-unknown',
  'version-live',
  'alias-unknown',
  'alias-name',
  'tag-name',
  'bundle-missing',
  'deployment-unknown',
  'nothing-before',
  'nothing-logged',
  'no-rollout',
  'key-exists',
  'key-unknown',
  'scope-unknown',
  'report-missing',
  'monitor-column-missing',
  'rows-invalid',
  'column-missing',
  'confirmation-needed',
  'retraining-unknown',
  'reason-missing',
]);

function report(thrown: unknown, terminal: Terminal): ExitCode {
  const problem = problemOf(explainTrouble(thrown));
  const { colour } = terminal;
  terminal.emit({ type: 'error', error: problem });
  const place =
    problem.file === undefined
      ? ''
      : `${problem.file}${problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`}: `;
  terminal.warn(`${place}${colour.red(`error[${problem.code}]`)}: ${problem.message}`);
  for (const detail of problem.details ?? []) terminal.warn(`  ${detail}`);
  if (problem.hint !== undefined) terminal.warn(`${colour.cyan('hint')}: ${problem.hint}`);
  if (problem.code === 'pipeline-busy') return EXIT.busy;
  return BEFORE.has(problem.code) ? EXIT.usage : EXIT.failed;
}
