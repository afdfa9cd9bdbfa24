import fc from 'fast-check';
import { type Columns, type Expression, type Type } from '../../../lifecycle/expression';

export const columns: Columns = {
  a: 'number',
  b: 'number',
  'c d': 'number',
  s: 'text',
  t: 'text',
  p: 'boolean',
  q: 'boolean',
};

const nowhere = { from: 0, to: 0 };
type Of<T> = fc.Arbitrary<T>;

const literal: Of<Expression> = fc
  .oneof(
    fc.constantFrom(0, 1, 2, 0.5, 3, 10, 0.1, 1e6, 1e20, 1e-30),
    fc.integer({ min: 0, max: 1000 }).map((n) => n / 8),
  )
  .map((value): Expression => ({ kind: 'number', value, ...nowhere }));

function name(...names: string[]): Of<Expression> {
  return fc.constantFrom(...names).map((name): Expression => ({ kind: 'name', name, ...nowhere }));
}

function text(value: string): Expression {
  return { kind: 'text', value, ...nowhere };
}

/** Random well-typed expressions that a served model can compute, over `columns`. */
export const expressions = fc.letrec<{ number: Expression; boolean: Expression; text: Expression; any: Expression }>(
  (tie) => {
    const number = tie('number');
    const boolean = tie('boolean');
    const texts = tie('text');
    const call = (name: string, ...args: Of<Expression>[]): Of<Expression> =>
      fc.tuple(...args).map((items): Expression => ({ kind: 'call', name, arguments: items, at: nowhere, ...nowhere }));
    const binary = (operators: readonly string[], left: Of<Expression>, right: Of<Expression>): Of<Expression> =>
      fc
        .tuple(fc.constantFrom(...operators), left, right)
        .map(
          ([operator, left, right]): Expression =>
            ({ kind: 'binary', operator, left, right, at: nowhere, ...nowhere }) as Expression,
        );
    const words = fc.constantFrom('x', 'y', 'One year', "it's", 'é🤷').map(text);
    const nothing: Of<Expression> = fc.constant({ kind: 'null', ...nowhere });
    return {
      number: fc.oneof(
        { maxDepth: 5, depthIdentifier: 'tree' },
        { weight: 2, arbitrary: name('a', 'b', 'c d') },
        { weight: 1, arbitrary: literal },
        { weight: 4, arbitrary: binary(['+', '-', '*', '/', '%', '^'], number, number) },
        {
          weight: 1,
          arbitrary: number.map((operand): Expression => ({ kind: 'unary', operator: '-', operand, ...nowhere })),
        },
        {
          weight: 2,
          arbitrary: fc
            .constantFrom('abs', 'floor', 'ceil', 'round', 'sign', 'sqrt', 'exp', 'log', 'log1p', 'log10')
            .chain((name) => call(name, number)),
        },
        { weight: 2, arbitrary: fc.constantFrom('min', 'max', 'pow').chain((name) => call(name, number, number)) },
        { weight: 1, arbitrary: call('clip', number, number, number) },
        { weight: 1, arbitrary: call('max', number, number, number) },
        { weight: 2, arbitrary: call('if', boolean, number, fc.oneof(number, nothing)) },
        { weight: 1, arbitrary: call('coalesce', fc.oneof(number, nothing), number) },
      ),
      text: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'tree' },
        { weight: 3, arbitrary: name('s', 't') },
        { weight: 1, arbitrary: words },
        { weight: 1, arbitrary: call('if', boolean, texts, texts) },
        { weight: 1, arbitrary: call('coalesce', texts, texts) },
      ),
      boolean: fc.oneof(
        { maxDepth: 5, depthIdentifier: 'tree' },
        { weight: 1, arbitrary: name('p', 'q') },
        { weight: 3, arbitrary: binary(['=', '!=', '<', '<=', '>', '>='], number, number) },
        { weight: 1, arbitrary: binary(['=', '!='], texts, words) },
        { weight: 1, arbitrary: binary(['=', '!='], boolean, boolean) },
        { weight: 2, arbitrary: binary(['and', 'or'], boolean, boolean) },
        {
          weight: 1,
          arbitrary: boolean.map((operand): Expression => ({ kind: 'unary', operator: 'not', operand, ...nowhere })),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(
              fc.oneof(
                fc.tuple(number, fc.array(number, { minLength: 1, maxLength: 3 })),
                fc.tuple(texts, fc.array(words, { minLength: 1, maxLength: 3 })),
              ),
              fc.boolean(),
            )
            .map(([[value, options], negated]): Expression => ({ kind: 'in', value, options, negated, ...nowhere })),
        },
        {
          weight: 1,
          arbitrary: fc.tuple(number, number, number, fc.boolean()).map(([value, low, high, negated]): Expression => ({
            kind: 'between',
            value,
            low,
            high,
            negated,
            ...nowhere,
          })),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(fc.oneof(number, texts, boolean), fc.boolean())
            .map(([value, negated]): Expression => ({ kind: 'is-null', value, negated, ...nowhere })),
        },
        { weight: 1, arbitrary: call('is_missing', fc.oneof(number, texts, boolean)) },
      ),
      any: fc.oneof(number, boolean, texts),
    };
  },
);

export interface Row {
  readonly a: number | null;
  readonly b: number | null;
  readonly 'c d': number | null;
  readonly s: string | null;
  readonly t: string | null;
  readonly p: boolean | null;
  readonly q: boolean | null;
}

const numbers = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(null, NaN, 0, -0, 1, -1, 2, 0.5, -2.5, 3, 100, 1e-3, 3e38, -3e38, Infinity, 1e-40),
  },
  { weight: 2, arbitrary: fc.float({ min: -1000, max: 1000, noNaN: true }) },
  { weight: 1, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
);
const texts = fc.constantFrom(null, '', 'x', 'y', 'One year', "it's", 'é🤷');
const booleans = fc.constantFrom(null, true, false);

export const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({ a: numbers, b: numbers, 'c d': numbers, s: texts, t: texts, p: booleans, q: booleans }),
  { minLength: 1, maxLength: 8 },
);

export function typeOfColumn(column: string): Type {
  return (columns as Record<string, Type>)[column] ?? 'number';
}
