/**
 * Text to tree, by recursive descent. From loose to tight: or · and · not · comparisons, in, between, is null · + - · * / % · unary minus · ^
 * (which groups to the right, and binds tighter than a minus before it: -2 ^ 2 is -4, as in Python).
 */
import { type Binary, type Expression, type Place, type Problem } from './syntax';
import { type Token, tokenize, type Word } from './tokens';

export interface Parsed {
  /** Absent when the text is not an expression. */
  readonly tree?: Expression;
  readonly problems: readonly Problem[];
}

const MAX_DEPTH = 100;
const MAX_LENGTH = 10_000;
const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const;

/** Reads an expression. Never throws: what is wrong comes back as problems, with their place in the text. */
export function parse(source: string): Parsed {
  if (source.length > MAX_LENGTH) {
    return {
      problems: [
        { from: MAX_LENGTH, to: source.length, message: `An expression has at most ${MAX_LENGTH} characters.` },
      ],
    };
  }
  const { tokens, problems } = tokenize(source);
  try {
    const tree = new Parser(tokens).whole();
    return { tree, problems };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    // A bad character is the cause of what follows it: the first problem is the one to show.
    return {
      problems:
        problems.length > 0 && problems.some(({ from }) => from <= error.problem.from)
          ? problems
          : [...problems, error.problem],
    };
  }
}

class Stop extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Expression {
    if (this.peek().kind === 'end') throw this.stop('The expression is empty.');
    const tree = this.or();
    const rest = this.peek();
    if (rest.kind === 'symbol' && rest.value === ')') throw this.stop("This ')' closes nothing.");
    if (rest.kind !== 'end') throw this.stop(`Expected an operator before ${shown(rest)}.`);
    return tree;
  }

  /** The token at hand. */
  private peek(): Token {
    const token = this.tokens[this.at];
    if (token === undefined) throw new Error('read past the end token');
    return token;
  }

  private symbol(...values: readonly string[]): Token | undefined {
    const token = this.peek();
    if (token.kind !== 'symbol' || !values.includes(token.value)) return undefined;
    this.at++;
    return token;
  }

  private word(value: Word): Token | undefined {
    const token = this.peek();
    if (token.kind !== 'word' || token.value !== value) return undefined;
    this.at++;
    return token;
  }

  private stop(message: string, place: Place = this.peek(), suggestion?: string): Stop {
    const { from, to } = place;
    return new Stop({ from, to, message, ...(suggestion !== undefined && { suggestion }) });
  }

  private deeper<T>(parse: () => T): T {
    if (++this.depth > MAX_DEPTH) throw this.stop(`The expression is nested more than ${MAX_DEPTH} deep.`);
    const result = parse();
    this.depth--;
    return result;
  }

  private or(): Expression {
    return this.deeper(() => {
      let left = this.and();
      for (let at = this.word('or'); at; at = this.word('or')) left = binary('or', left, this.and(), at);
      return left;
    });
  }

  private and(): Expression {
    let left = this.not();
    for (let at = this.word('and'); at; at = this.word('and')) left = binary('and', left, this.not(), at);
    return left;
  }

  private not(): Expression {
    const at = this.word('not');
    if (!at) return this.comparison();
    const operand = this.deeper(() => this.not());
    return { kind: 'unary', operator: 'not', operand, from: at.from, to: operand.to };
  }

  private comparison(): Expression {
    const left = this.additive();
    const at = this.symbol(...comparisons);
    if (at) {
      const right = this.additive();
      const again = this.peek();
      if (again.kind === 'symbol' && comparisons.some((value) => value === again.value)) {
        throw this.stop("Comparisons can't be chained: join two with 'and', or use 'between'.");
      }
      return binary(at.value as (typeof comparisons)[number], left, right, at);
    }
    if (this.word('is')) {
      const negated = this.word('not') !== undefined;
      const end = this.peek();
      const missing = end.kind === 'name' && !end.quoted && end.value.toLowerCase() === 'missing';
      if (missing) this.at++;
      else if (!this.word('null')) throw this.stop("Expected 'null' or 'not null' after 'is'.");
      return { kind: 'is-null', value: left, negated, from: left.from, to: end.to };
    }
    const negated = this.word('not') !== undefined;
    if (this.word('in')) return this.options(left, negated);
    if (this.word('between')) {
      const low = this.additive();
      if (!this.word('and')) throw this.stop("Expected 'and' and the upper bound: x between low and high.");
      const high = this.additive();
      return { kind: 'between', value: left, low, high, negated, from: left.from, to: high.to };
    }
    if (negated) throw this.stop("Expected 'in' or 'between' after 'not'.");
    return left;
  }

  private options(value: Expression, negated: boolean): Expression {
    if (!this.symbol('(')) throw this.stop("Expected a list in parentheses after 'in': x in ('a', 'b').");
    const options = this.list();
    const close = this.close();
    if (options.length === 0) throw this.stop("The list after 'in' is empty.", close);
    return { kind: 'in', value, options, negated, from: value.from, to: close.to };
  }

  private list(): Expression[] {
    const items: Expression[] = [];
    if (this.peek().kind === 'symbol' && this.peek().value === ')') return items;
    do items.push(this.or());
    while (this.symbol(','));
    return items;
  }

  private close(): Token {
    const close = this.symbol(')');
    if (!close) throw this.stop(`Expected ')' before ${shown(this.peek())}.`);
    return close;
  }

  private additive(): Expression {
    let left = this.multiplicative();
    for (let at = this.symbol('+', '-'); at; at = this.symbol('+', '-')) {
      left = binary(at.value as '+' | '-', left, this.multiplicative(), at);
    }
    return left;
  }

  private multiplicative(): Expression {
    let left = this.unary();
    for (let at = this.symbol('*', '/', '%'); at; at = this.symbol('*', '/', '%')) {
      left = binary(at.value as '*' | '/' | '%', left, this.unary(), at);
    }
    return left;
  }

  private unary(): Expression {
    const sign = this.symbol('-', '+');
    if (!sign) return this.power();
    const operand = this.deeper(() => this.unary());
    return sign.value === '+' ? operand : { kind: 'unary', operator: '-', operand, from: sign.from, to: operand.to };
  }

  private power(): Expression {
    const base = this.primary();
    const at = this.symbol('^');
    return at
      ? binary(
          '^',
          base,
          this.deeper(() => this.unary()),
          at,
        )
      : base;
  }

  private primary(): Expression {
    const token = this.peek();
    const { from, to } = token;
    if (token.kind === 'number') {
      this.at++;
      if (!Number.isFinite(token.value)) throw this.stop('The number is too large.', token);
      return { kind: 'number', value: token.value, from, to };
    }
    if (token.kind === 'text') {
      this.at++;
      return { kind: 'text', value: token.value, from, to };
    }
    if (token.kind === 'name') {
      this.at++;
      if (!token.quoted && this.symbol('(')) return this.call(token);
      return { kind: 'name', name: token.value, from, to };
    }
    if (this.symbol('(')) {
      const inner = this.or();
      const close = this.close();
      return { ...inner, from, to: close.to };
    }
    if (this.word('true')) return { kind: 'boolean', value: true, from, to };
    if (this.word('false')) return { kind: 'boolean', value: false, from, to };
    if (this.word('null')) return { kind: 'null', from, to };
    throw this.stop(
      token.kind === 'end'
        ? 'The expression ends where a value is expected.'
        : `Expected a value before ${shown(token)}.`,
    );
  }

  private call(name: Token & { kind: 'name' }): Expression {
    const items = this.list();
    const close = this.close();
    return {
      kind: 'call',
      name: name.value.toLowerCase(),
      arguments: items,
      at: { from: name.from, to: name.to },
      from: name.from,
      to: close.to,
    };
  }
}

function binary(operator: Binary['operator'], left: Expression, right: Expression, { from, to }: Place): Binary {
  return { kind: 'binary', operator, left, right, at: { from, to }, from: left.from, to: right.to };
}

function shown(token: Token): string {
  return token.kind === 'end' ? 'the end' : `'${token.value}'`;
}
