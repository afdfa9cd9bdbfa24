/** Where a command writes, and how. */
export interface Terminal {
  /** Whether lines of JSON are wanted instead of text for people. */
  readonly json: boolean;
  /** Whether stdout is a terminal that can be rewritten. */
  readonly live: boolean;
  readonly width: number;
  readonly height: number;
  readonly colour: Colours;
  /** One line of text for people on stdout; swallowed when JSON is wanted. */
  print(line?: string): void;
  /** One line of text on stderr. */
  warn(line: string): void;
  /** One line of JSON on stdout; swallowed when text is wanted. */
  emit(value: unknown): void;
  /** Raw text on stdout. */
  write(text: string): void;
}

type Paint = (text: string) => string;

export interface Colours {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const;

/** Paints, or leaves text as it is. */
export function colours(on: boolean): Colours {
  const paint = ([open, close]: readonly [number, number]): Paint =>
    on ? (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`) : (text) => text;
  return Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, paint(codes)])) as unknown as Colours;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The terminal of a process. Colours follow NO_COLOR (https://no-color.org) and FORCE_COLOR. */
export function terminalOf(
  streams: { stdout: Stream; stderr: Stream; env: NodeJS.ProcessEnv },
  json: boolean,
): Terminal {
  const { stdout, stderr, env } = streams;
  const dumb = env['TERM'] === 'dumb';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== '';
  const colour = forced || (stdout.isTTY === true && !dumb && (env['NO_COLOR'] ?? '') === '');
  return {
    json,
    live: stdout.isTTY === true && !dumb && !json && (env['CI'] ?? '') === '',
    width: Math.max(40, stdout.columns ?? 100),
    height: Math.max(6, stdout.rows ?? 40),
    colour: colours(colour && !json),
    print: (line = '') => {
      if (!json) stdout.write(line + '\n');
    },
    warn: (line) => stderr.write(line + '\n'),
    emit: (value) => {
      if (json) stdout.write(JSON.stringify(value, plainNumbers) + '\n');
    },
    write: (text) => stdout.write(text),
  };
}

/** JSON has no NaN and no infinities; they become text, as in the event log. */
function plainNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes. Wide (East Asian, emoji) characters count twice. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text.replace(ESCAPES, '')) width += isWide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

function isWide(code: number): boolean {
  return (
    code >= 0x1100 &&
    (code <= 0x115f ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0x1f300 && code <= 0x1faff))
  );
}

/** Cuts a text, escape sequences uncounted, to so many columns; what was cut is marked by `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let result = '';
  let used = 0;
  let rest = text;
  while (rest !== '' && used < width - 1) {
    const escape = /^\u001b\[[0-9;]*m/.exec(rest)?.[0];
    const piece = escape ?? String.fromCodePoint(rest.codePointAt(0) ?? 32);
    if (escape === undefined) used += widthOf(piece);
    if (used > width - 1) break;
    result += piece;
    rest = rest.slice(piece.length);
  }
  return `${result}…${text.includes('\u001b[') ? '\u001b[0m' : ''}`;
}

export function pad(text: string, width: number, right = false): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}

export interface Column {
  readonly title: string;
  /** Numbers line up on the right. */
  readonly right?: boolean;
  /** May be cut when the table is too wide. */
  readonly flexible?: boolean;
}

/** Lines of an aligned table with a title row; columns that may are cut until it fits. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  terminal: Pick<Terminal, 'width' | 'colour'>,
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const gap = 2;
  let excess = widths.reduce((sum, width) => sum + width + gap, -gap) - terminal.width;
  for (const [index, column] of columns.entries()) {
    if (column.flexible !== true || excess <= 0) continue;
    const least = Math.max(8, widthOf(column.title));
    const given = Math.min(excess, Math.max(0, (widths[index] ?? 0) - least));
    widths[index] = (widths[index] ?? 0) - given;
    excess -= given;
  }
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => pad(cut(cells[index] ?? '', widths[index] ?? 0), widths[index] ?? 0, column.right))
      .join(' '.repeat(gap))
      .trimEnd();
  return [terminal.colour.bold(line(columns.map((column) => column.title))), ...rows.map(line)];
}

/** `████▌     ` in so many columns. */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  const full = Math.floor(eighths / 8);
  const rest = eighths % 8;
  return ('█'.repeat(full) + (rest > 0 ? (' ▏▎▍▌▋▊▉'[rest] ?? '') : '')).padEnd(width, '░');
}
