// The language in which runs are filtered: `f1 > 0.8 and model.kind = network`. One implementation for terminal and table.
//
// From loose to tight: or · and · not · comparisons. A name that ends several columns (`f1` of three stages) means any of them.
// A missing value fits no comparison but `!=` and `is null`. Text is compared without regard to case.

import { tokenize, type Token } from './tokens';
import type { Column, ColumnType, Mistake, Value } from './types';

/** Gives the value of a column in a row. */
export type Read = (row: number) => Value;

/** Tells whether a row is kept. */
export type Test = (row: number) => boolean;

/** Where the columns of a filter come from. */
export interface Source {
  readonly columns: readonly Column[];
  /** @param name of one of the columns */
  read(name: string): Read;
  /** For what follows from now (`created > 3d`); without it the clock. */
  readonly now?: number;
}

export interface Filter {
  /** Absent when the text is no filter. */
  readonly test?: Test;
  readonly mistake?: Mistake;
}

class Stop extends Error {
  constructor(readonly mistake: Mistake) {
    super(mistake.message);
  }
}

/** Reads a filter. An empty text keeps every row; what is wrong comes back as a mistake with its place. */
export function filterOf(text: string, source: Source): Filter {
  const { tokens, mistake } = tokenize(text);
  if (mistake) return { mistake };
  if (tokens.length === 1) return { test: () => true };
  try {
    return { test: new Reader(tokens, source).whole() };
  } catch (error) {
    if (error instanceof Stop) return { mistake: error.mistake };
    throw error;
  }
}

/**
 * The columns that a name means: the one of that name, else those that end in it after a dot or slash, else the same without regard to case.
 * Metrics that end in it hide settings that do.
 */
export function columnsMeant(name: string, columns: readonly Column[]): readonly Column[] {
  const exact = columns.filter((column) => column.name === name);
  if (exact.length > 0) return exact;
  const lower = name.toLowerCase();
  const same = columns.filter((column) => column.name.toLowerCase() === lower);
  if (same.length > 0) return same;
  const ending = columns.filter(({ name: each }) => {
    const other = each.toLowerCase();
    return other.endsWith(`.${lower}`) || other.endsWith(`/${lower}`);
  });
  const metrics = ending.filter(({ kind }) => kind === 'metric');
  // `loss` is the loss, not `validation/loss`, where there are both.
  const direct = metrics.filter(({ name: each }) => each.toLowerCase().endsWith(`.${lower}`));
  return direct.length > 0 ? direct : metrics.length > 0 ? metrics : ending;
}

const MAX_DEPTH = 200;

class Reader {
  private at = 0;
  private depth = 0;
  private readonly now: number;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly source: Source,
  ) {
    this.now = source.now ?? Date.now();
  }

  whole(): Test {
    const test = this.or();
    const rest = this.peek();
    if (rest.kind !== 'end')
      this.stop(
        rest,
        rest.kind === 'close' ? 'There is no ( for this ).' : `Put and, or or a comparison before '${rest.text}'.`,
      );
    return test;
  }

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  private next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  private stop({ from, to }: Token, message: string): never {
    throw new Stop({ from, to: Math.max(to, from + 1), message });
  }

  private isWord(token: Token, ...words: string[]): boolean {
    return (token.kind === 'word' || token.kind === 'operator') && words.includes(token.text.toLowerCase());
  }

  private or(): Test {
    let left = this.and();
    while (this.isWord(this.peek(), 'or', '||')) {
      this.next();
      const [a, b] = [left, this.and()];
      left = (row) => a(row) || b(row);
    }
    return left;
  }

  private and(): Test {
    let left = this.not();
    while (this.isWord(this.peek(), 'and', '&&')) {
      this.next();
      const [a, b] = [left, this.not()];
      left = (row) => a(row) && b(row);
    }
    return left;
  }

  private not(): Test {
    if (++this.depth > MAX_DEPTH) this.stop(this.peek(), 'This filter is nested too deeply.');
    try {
      if (this.isWord(this.peek(), 'not', '!')) {
        this.next();
        const inner = this.not();
        return (row) => !inner(row);
      }
      if (this.peek().kind !== 'open') return this.comparison();
      const open = this.next();
      const inner = this.or();
      if (this.peek().kind !== 'close') this.stop(open, 'There is no ) for this (.');
      this.next();
      return inner;
    } finally {
      this.depth--;
    }
  }

  private comparison(): Test {
    const subject = this.next();
    if (subject.kind === 'end') this.stop(subject, 'Something is missing here: a column, such as status.');
    if (subject.kind !== 'word' && subject.kind !== 'text' && subject.kind !== 'number')
      this.stop(subject, `A comparison begins with a column, not with '${subject.text}'.`);
    const operator = this.peek();
    if (this.isWord(operator, 'in') || (this.isWord(operator, 'not') && this.isWord(this.peek(1), 'in')))
      return this.among(subject);
    if (this.isWord(operator, 'is')) return this.presence(subject);
    if (operator.kind === 'operator' && comparisons.has(operator.text)) {
      this.next();
      return this.compare(subject, operator.text, this.operand());
    }
    return this.alone(subject);
  }

  /** A column by itself is there and not 0 or no; any other text is looked for in every text column. */
  private alone(subject: Token): Test {
    const columns = subject.kind === 'word' ? columnsMeant(subject.text, this.source.columns) : [];
    if (columns.length > 0) {
      const reads = columns.map(({ name }) => this.source.read(name));
      return (row) => reads.some((read) => isTrue(read(row)));
    }
    const wanted = subject.text.toLowerCase();
    const reads = this.source.columns.filter(({ type }) => type === 'text').map(({ name }) => this.source.read(name));
    return (row) => reads.some((read) => contains(read(row), wanted));
  }

  private among(subject: Token): Test {
    const negated = this.isWord(this.peek(), 'not');
    if (negated) this.next();
    const word = this.next();
    if (this.peek().kind !== 'open') this.stop(word, `Write the values in brackets: ${subject.text} in (a, b).`);
    this.next();
    const tests: Test[] = [];
    for (;;) {
      tests.push(this.compare(subject, '=', this.operand()));
      const token = this.next();
      if (token.kind === 'close') break;
      if (token.kind !== 'comma') this.stop(token, 'Put a comma between values, and ) after the last.');
    }
    return negated ? (row) => !tests.some((test) => test(row)) : (row) => tests.some((test) => test(row));
  }

  private presence(subject: Token): Test {
    this.next();
    const negated = this.isWord(this.peek(), 'not');
    if (negated) this.next();
    const word = this.next();
    if (!this.isWord(word, 'null', 'empty', 'missing'))
      this.stop(word, `Write ${subject.text} is null, or is not null.`);
    const reads = this.reads(subject).map(({ read }) => read);
    const missing: Test = (row) => reads.every((read) => read(row) === undefined);
    return negated ? (row) => !missing(row) : missing;
  }

  private operand(): Token {
    const token = this.next();
    if (token.kind === 'end') this.stop(token, 'A value is missing here.');
    if (token.kind !== 'word' && token.kind !== 'text' && token.kind !== 'number')
      this.stop(token, `A value is needed here, not '${token.text}'.`);
    return token;
  }

  private reads(subject: Token): { read: Read; type: ColumnType }[] {
    const columns = columnsMeant(subject.text, this.source.columns);
    if (columns.length === 0) {
      const near = nearest(subject.text, this.source.columns);
      this.stop(subject, `There is no column '${subject.text}'.${near === undefined ? '' : ` Did you mean ${near}?`}`);
    }
    return columns.map(({ name, type }) => ({ read: this.source.read(name), type }));
  }

  private compare(subject: Token, operator: string, operand: Token): Test {
    const reads = this.reads(subject);
    if (operator === '~' || operator === '!~') {
      const wanted = operand.text.toLowerCase();
      const some: Test = (row) => reads.some(({ read }) => contains(read(row), wanted));
      return operator === '~' ? some : (row) => !some(row);
    }
    if (operator === '!=' || operator === '<>') {
      const equal = this.compare(subject, '=', operand);
      return (row) => !equal(row);
    }
    const tests = reads.map(({ read, type }) => this.ordered(read, type, operator, operand));
    const [only] = tests;
    return tests.length === 1 && only ? only : (row) => tests.some((test) => test(row));
  }

  private ordered(read: Read, type: ColumnType, operator: string, operand: Token): Test {
    if (type === 'text') {
      const wanted = operand.text.toLowerCase();
      const number = operand.kind === 'number' ? Number(operand.text) : NaN;
      const holds = signs[operator] ?? signs['='];
      return (row) => {
        const value = read(row);
        if (value === undefined) return false;
        const own = String(value).toLowerCase();
        if (!Number.isNaN(number) && own !== '' && Number.isFinite(Number(own)))
          return holds!(Math.sign(Number(own) - number));
        return holds!(own < wanted ? -1 : own > wanted ? 1 : 0);
      };
    }
    const span = type === 'time' ? this.momentsOf(operand) : numbersOf(operand, type);
    if (!span)
      this.stop(
        operand,
        type === 'time'
          ? `'${operand.text}' is no time. Write 2026-11-03, "2026-11-03 14:00", or 7d for seven days ago.`
          : type === 'duration'
            ? `'${operand.text}' is no duration. Write 90, 5m or 2h.`
            : `'${operand.text}' is no number.`,
      );
    const [from, to] = span;
    return (row) => {
      const value = read(row);
      if (typeof value !== 'number' || Number.isNaN(value)) return false;
      switch (operator) {
        case '<':
          return value < from;
        case '<=':
          return value <= to;
        case '>':
          return value > to;
        case '>=':
          return value >= from;
        default:
          return value >= from && value <= to;
      }
    };
  }

  /** A day is all its milliseconds; `7d` is that long ago. */
  private momentsOf({ text }: Token): readonly [number, number] | undefined {
    const ago = units(text);
    if (ago !== undefined) return [this.now - ago * 1000, this.now - ago * 1000];
    const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
    const at = Date.parse(day ? `${text}T00:00:00` : text.replace(' ', 'T'));
    return Number.isNaN(at) ? undefined : [at, day ? at + 86_400_000 - 1 : at];
  }
}

const comparisons = new Set(['=', '==', '!=', '<>', '<', '<=', '>', '>=', '~', '!~']);

const signs: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const isTrue = (value: Value): boolean =>
  value !== undefined && value !== '' && value !== 0 && !Number.isNaN(value) && value !== 'false' && value !== 'no';

const contains = (value: Value, wanted: string): boolean =>
  value !== undefined && String(value).toLowerCase().includes(wanted);

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90s`, `5m`, `2h`, `7d`, `3w` in seconds. */
function units(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)(s|m|min|h|d|w)$/i.exec(text);
  return found ? Number(found[1]) * (seconds[found[2]?.toLowerCase() ?? ''] ?? NaN) : undefined;
}

function numbersOf({ text, kind }: Token, type: ColumnType): readonly [number, number] | undefined {
  const percent = /^([-+]?\d+(?:\.\d+)?)%$/.exec(text);
  const value =
    kind === 'number'
      ? Number(text)
      : percent
        ? Number(percent[1]) / 100
        : type === 'duration'
          ? (units(text) ?? NaN)
          : Number(text.replaceAll('_', ''));
  return Number.isNaN(value) ? undefined : [value, value];
}

/** The column whose name, or whose last part, is at most two letters away. */
function nearest(name: string, columns: readonly Column[]): string | undefined {
  const lower = name.toLowerCase();
  let [best, least] = [undefined as string | undefined, Math.min(3, Math.ceil(name.length / 2) + 1)];
  for (const { name: whole } of columns)
    for (const candidate of [whole, whole.slice(whole.lastIndexOf('.') + 1)]) {
      const far = distance(lower, candidate.toLowerCase());
      if (far < least) [best, least] = [candidate, far];
    }
  return best;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return 4;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
