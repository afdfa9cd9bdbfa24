import { resolve } from 'node:path';
import type { RunEvent } from '../../schemas/generated/types';
import { applyEvent, CANCELLED, newSummary, type RunSummary, type StageSummary } from '../store/summary';
import { deviceName } from '../report/words';
import { shortPath } from './diagnostics';
import { duration, metric, metrics } from './format';
import { bar, cut, pad, widthOf, type Terminal } from './terminal';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const PAUSE = 100;

/** A file of a run's events as it is written where the user stands, so that a terminal can open it. */
export type Shown = (file: string) => string;

/** Events name files from the project's root. */
export function shownFrom(root: string, cwd: string): Shown {
  return (file) => shortPath(resolve(root, file), cwd);
}

/** Shows a run to a person while it happens. */
export interface RunView {
  event(event: RunEvent): void;
  /** Leaves the last picture standing. */
  close(): void;
}

/** The view that suits a terminal: a block that is rewritten, plain lines, or JSON lines (the events themselves). */
export function viewOf(terminal: Terminal, shown: Shown): RunView {
  if (terminal.json) return { event: (event) => terminal.emit(event), close: () => undefined };
  return terminal.live ? new LiveView(terminal, shown) : new PlainView(terminal, shown);
}

/** One line for each thing worth one, as in a build log. */
class PlainView implements RunView {
  readonly #terminal: Terminal;
  readonly #shown: Shown;
  readonly #quarters = new Map<string, number>();
  readonly #acts = new Set<string>();

  constructor(terminal: Terminal, shown: Shown) {
    this.#terminal = terminal;
    this.#shown = shown;
  }

  event(event: RunEvent): void {
    if (event.type === 'run-started')
      for (const { name, kind } of event.stages) if (kind === 'deploy' || kind === 'monitor') this.#acts.add(name);
    const line = plainLine(event, this.#terminal, this.#shown, this.#acts) ?? this.#progress(event);
    if (line !== undefined) this.#terminal.print(line);
  }

  close(): void {
    // Every line stands already.
  }

  /** A line at each quarter. */
  #progress(event: RunEvent): string | undefined {
    if (event.type !== 'stage-progress' || event.fraction === undefined) return undefined;
    const quarter = Math.floor(event.fraction * 4);
    if (quarter <= (this.#quarters.get(event.stage) ?? 0) || quarter >= 4) return undefined;
    this.#quarters.set(event.stage, quarter);
    return `  ${event.stage}: ${Math.round(event.fraction * 100)} %${event.message === undefined ? '' : `, ${event.message}`}`;
  }
}

/**
 * The line that an event is worth, or undefined.
 * @param acts names of the stages that act on the world
 */
export function plainLine(
  event: RunEvent,
  { colour }: Pick<Terminal, 'colour'>,
  shown: Shown,
  acts?: ReadonlySet<string>,
): string | undefined {
  switch (event.type) {
    case 'run-started':
      return colour.dim(
        `run ${event.run} of ${event.pipeline}: ${event.stages.length === 1 ? 'one stage' : `${event.stages.length} stages`}`,
      );
    case 'stage-started':
      return `${colour.blue('▶')} ${event.stage} ${colour.dim(`because ${event.reason}${event.device === undefined ? '' : `, on ${deviceName(event.device)}`}`)}`;
    case 'stage-reused':
      return `${colour.cyan('↺')} ${event.stage} ${colour.dim(`${acts?.has(event.stage) === true ? 'as it was left by' : 'unchanged since'} run ${event.from}`)}${tail(event)}`;
    case 'stage-finished':
      return `${colour.green('✔')} ${event.stage} ${colour.dim(duration(event.seconds))}${tail(event)}`;
    case 'stage-failed':
      if (event.error.code === CANCELLED) return `${colour.dim('–')} ${event.stage} ${colour.dim('cancelled')}`;
      return failure(event.stage, event.error, colour, shown);
    case 'stage-skipped':
      return `${colour.dim('–')} ${event.stage} ${colour.dim(`skipped: ${event.reason}`)}`;
    case 'log':
      return logLine(event, colour, shown);
    case 'run-finished':
    case 'stage-progress':
    case 'metric':
      return undefined;
    default:
      return undefined;
  }
}

function tail(event: { summary?: string; metrics?: Readonly<Record<string, number>> }): string {
  const text = event.summary ?? metrics(event.metrics ?? {});
  return text === '' ? '' : `  ${text}`;
}

/** The line of a message; a warning about something in a file in a form that problem matchers understand, as {@link failure}. */
export function logLine(
  event: Omit<Extract<RunEvent, { type: 'log' }>, 'type' | 'time'>,
  colour: Terminal['colour'],
  shown: Shown,
): string | undefined {
  const place = event.stage === undefined ? '' : `${event.stage}: `;
  switch (event.level) {
    case 'debug':
      return undefined;
    case 'output':
      return `${colour.dim(`${place}│`)} ${event.message}`;
    case 'warning': {
      const { code, file, line, column = 1, message, hint } = event;
      const said = `${place}${message}${hint === undefined ? '' : colour.dim(` ${hint}`)}`;
      if (code === undefined || file === undefined || line === undefined) return `${colour.yellow('!')} ${said}`;
      return `  ${shown(file)}:${line}:${column}: ${colour.yellow(`warning[${code}]`)}: ${said}`;
    }
    case 'error':
      return `${colour.red('✖')} ${place}${event.message}`;
    case 'info':
      return `  ${place}${event.message}`;
  }
}

/** A failed stage in a form that problem matchers and clickable places understand: `file:line: error[code]: message`. */
export function failure(
  stage: string,
  error: Extract<RunEvent, { type: 'stage-failed' }>['error'],
  colour: Terminal['colour'],
  shown: Shown,
): string {
  const place =
    error.file === undefined
      ? ''
      : `${shown(error.file)}${error.line === undefined ? '' : `:${error.line}:${error.column ?? 1}`}: `;
  const lines = [`${colour.red('✖')} ${stage}`, `  ${place}${colour.red(`error[${error.code}]`)}: ${error.message}`];
  for (const detail of error.details ?? []) lines.push(`    ${detail}`);
  if (error.hint !== undefined) lines.push(`  ${colour.cyan('hint')}: ${error.hint}`);
  return lines.join('\n');
}

/** One line a stage with a bar, rewritten ten times a second; logs scroll by above it. */
class LiveView implements RunView {
  readonly #terminal: Terminal;
  readonly #shown: Shown;
  readonly #summary: RunSummary = newSummary('');
  readonly #timer: NodeJS.Timeout;
  readonly #began = new Map<string, number>();
  #drawn = 0;
  #frame = 0;

  constructor(terminal: Terminal, shown: Shown) {
    this.#terminal = terminal;
    this.#shown = shown;
    this.#timer = setInterval(() => this.#draw(), PAUSE);
    this.#timer.unref();
    terminal.write('\u001b[?25l');
  }

  event(event: RunEvent): void {
    applyEvent(this.#summary, event);
    if (event.type === 'stage-started') this.#began.set(event.stage, performance.now());
    const { colour } = this.#terminal;
    const line =
      event.type === 'log'
        ? logLine(event, colour, this.#shown)
        : event.type === 'stage-failed' && event.error.code !== CANCELLED
          ? failure(event.stage, event.error, colour, this.#shown)
          : undefined;
    if (line === undefined) return;
    this.#erase();
    this.#terminal.write(line + '\n');
    this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#terminal.write('\u001b[?25h');
  }

  #erase(): void {
    if (this.#drawn > 0) this.#terminal.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    this.#frame++;
    const { stages } = this.#summary;
    if (stages.length === 0) return;
    const names = Math.max(...stages.map((stage) => widthOf(stage.name)));
    const kinds = Math.max(...stages.map((stage) => stage.kind.length));
    const { shown, hidden } = fitting(stages, this.#terminal.height - 3);
    const lines = shown.map((stage) =>
      cut(
        `${this.#sign(stage)} ${pad(stage.name, names)}  ${this.#terminal.colour.dim(pad(stage.kind, kinds))}  ${this.#about(stage)}`,
        this.#terminal.width - 1,
      ),
    );
    if (hidden > 0) lines.push(this.#terminal.colour.dim(`  … and ${hidden} more stages`));
    this.#erase();
    this.#terminal.write(lines.join('\n') + '\n');
    this.#drawn = lines.length;
  }

  #sign(stage: StageSummary): string {
    const { colour } = this.#terminal;
    switch (stage.state) {
      case 'waiting':
        return colour.dim('·');
      case 'running':
        return colour.blue(FRAMES[this.#frame % FRAMES.length] ?? '▶');
      case 'succeeded':
        return colour.green('✔');
      case 'reused':
        return colour.cyan('↺');
      case 'failed':
      case 'lost':
        return colour.red('✖');
      case 'cancelled':
      case 'skipped':
        return colour.dim('–');
    }
  }

  #about(stage: StageSummary): string {
    const { colour } = this.#terminal;
    switch (stage.state) {
      case 'waiting':
        return colour.dim(stage.doing ?? (stage.after.length > 0 ? `waits for ${stage.after.join(', ')}` : 'waiting'));
      case 'running': {
        const seconds = (performance.now() - (this.#began.get(stage.name) ?? performance.now())) / 1000;
        const share =
          stage.fraction === undefined
            ? ''
            : `${bar(stage.fraction, 16)} ${pad(`${Math.round(stage.fraction * 100)} %`, 5, true)}  `;
        const newest = Object.entries(stage.series)
          .slice(0, 2)
          .map(([name, series]) => `${name} ${metric(series.last.value)}`);
        return `${share}${[stage.doing ?? '', ...newest].filter(Boolean).join('  ')}  ${colour.dim(duration(seconds))}`;
      }
      case 'succeeded':
        return `${stage.summary ?? metrics(stage.metrics)}  ${colour.dim(duration(stage.seconds ?? 0))}`;
      case 'reused':
        return `${stage.summary ?? metrics(stage.metrics)}  ${colour.dim(`unchanged since ${stage.from ?? ''}`)}`;
      case 'failed':
        return colour.red(stage.error?.message ?? 'failed');
      case 'skipped':
        return colour.dim(stage.reason ?? 'skipped');
      case 'cancelled':
        return colour.dim('cancelled');
      case 'lost':
        return colour.red('lost');
    }
  }
}

/** The stages that fit into so many lines, in their order: those that run or failed first, then those that wait, then those that are done. */
export function fitting(
  stages: readonly StageSummary[],
  lines: number,
): { shown: readonly StageSummary[]; hidden: number } {
  if (stages.length <= lines) return { shown: stages, hidden: 0 };
  const rank = ({ state }: StageSummary) =>
    state === 'running' || state === 'failed' ? 0 : state === 'waiting' ? 1 : 2;
  const kept = new Set([...stages].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, lines - 1)));
  return { shown: stages.filter((stage) => kept.has(stage)), hidden: stages.length - kept.size };
}
