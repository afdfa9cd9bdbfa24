import assert from 'node:assert/strict';
import fc from 'fast-check';
import { check, children, evaluate, type Expression, format, parse, whyNotServed } from '../../../lifecycle/expression';
import { expressions } from './arbitrary';

/** The tree without places, for comparing. */
function bare(node: Expression): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) => (['from', 'to', 'at'].includes(key) ? undefined : value)),
  );
}

function shape(source: string): string {
  const { tree, problems } = parse(source);
  assert.deepEqual(problems, []);
  assert.ok(tree);
  const show = (node: Expression): string => {
    const inner = children(node).map(show).join(' ');
    if (node.kind === 'binary' || node.kind === 'unary') return `(${node.operator} ${inner})`;
    if (node.kind === 'call') return `${node.name}(${inner})`;
    if (node.kind === 'name') return node.name;
    if (node.kind === 'null') return 'null';
    return 'value' in node && typeof node.value !== 'object'
      ? JSON.stringify(node.value)
      : `${node.kind}${'negated' in node && node.negated ? '!' : ''}(${inner})`;
  };
  return show(tree);
}

describe('parsing expressions', () => {
  const cases: readonly [string, string][] = [
    ['total_charges / max(tenure, 1)', '(/ total_charges max(tenure 1))'],
    ["tenure >= 0 and contract != 'One year'", '(and (>= tenure 0) (!= contract "One year"))'],
    ['if(x > 3, 1, 0)', 'if((> x 3) 1 0)'],
    ['x is null or x is not null', '(or is-null(x) is-null!(x))'],
    ['x is missing', 'is-null(x)'],
    [`contract in ('a',"b")`, 'in(contract "a" "b")'],
    ['drift.share >= 0.3', '(>= drift.share 0.3)'],
    ['`odd ``name` + 1', '(+ odd `name 1)'],
    ['a + b * c ^ d ^ e', '(+ a (* b (^ c (^ d e))))'],
    ['-2 ^ 2', '(- (^ 2 2))'],
    ['2 ^ -x', '(^ 2 (- x))'],
    ['a - b - c', '(- (- a b) c)'],
    ['a or b and not c = d', '(or a (and b (not (= c d))))'],
    ['x not between 1 and 2 and y', '(and between!(x 1 2) y)'],
    ['NOT a AND TRUE', '(and (not a) true)'],
    ['a == b', '(= a b)'],
    ['a <> b', '(!= a b)'],
    ['a ** 2', '(^ a 2)'],
    ["'it''s'", '"it\'s"'],
    ['.5 + 1e-3', '(+ 0.5 0.001)'],
    ['größe > 1', '(> größe 1)'],
    ['coalesce(a, null)', 'coalesce(a null)'],
  ];
  for (const [source, wanted] of cases) it(source, () => assert.equal(shape(source), wanted));

  const broken: readonly [string, number, number, RegExp][] = [
    ['', 0, 0, /empty/],
    ['a +', 3, 3, /ends where a value/],
    ['a b', 2, 3, /Expected an operator before 'b'/],
    ['(a', 2, 2, /Expected '\)'/],
    ['a)', 1, 2, /closes nothing/],
    ["x = 'abc", 4, 8, /never closed/],
    ['1 < x < 3', 6, 7, /chained/],
    ['a && b', 2, 4, /written 'and'/],
    ['x ? 1 : 0', 2, 3, /means nothing/],
    ['x in 3', 5, 6, /list in parentheses/],
    ['x in ()', 6, 7, /empty/],
    ['x between 1', 11, 11, /'and'/],
    ['x not 3', 6, 7, /'in' or 'between'/],
    ['x is 3', 5, 6, /'null'/],
    ['1e999', 0, 5, /too large/],
  ];
  for (const [source, from, to, message] of broken) {
    it(`${JSON.stringify(source)} is a problem at its place`, () => {
      const [problem] = parse(source).problems;
      assert.ok(problem);
      assert.match(problem.message, message);
      assert.deepEqual([problem.from, problem.to], [from, to]);
    });
  }

  it('gives a way out for foreign operators', () => {
    const { tree, problems } = parse('a && !b');
    assert.ok(tree);
    assert.deepEqual(
      problems.map(({ suggestion }) => suggestion),
      ['and', 'not '],
    );
  });

  it('never throws and keeps places inside the text', () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      '(',
      ')',
      ',',
      "'",
      '`',
      ' and ',
      ' not ',
      ' in ',
      '+',
      '^',
      'if(',
      '!',
      '<',
      'é',
      '🤷',
      '\\',
      '\n',
      ' is ',
      'null',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
        ),
        (source) => {
          const { tree, problems } = parse(source);
          assert.ok(tree !== undefined || problems.length > 0);
          const checked = tree && check(tree, { a: 'number' });
          if (tree && checked) {
            whyNotServed(tree, checked);
            evaluate(tree, () => undefined);
            assert.equal(format(parse(format(tree)).tree ?? tree), format(tree));
          }
          for (const { from, to } of [...problems, ...(checked?.problems ?? [])])
            assert.ok(0 <= from && from <= to && to <= source.length);
        },
      ),
      { numRuns: 2000, seed: 20 },
    );
  });

  it('refuses what is nested too deep or too long', () => {
    assert.match(parse('('.repeat(4000) + 'a' + ')'.repeat(4000)).problems[0]?.message ?? '', /nested/);
    assert.match(parse('-'.repeat(5000) + 'a').problems[0]?.message ?? '', /nested/);
    assert.match(parse('a + '.repeat(5000) + 'a').problems[0]?.message ?? '', /at most/);
  });
});

describe('printing expressions', () => {
  it('reads back as the same tree', () => {
    fc.assert(
      fc.property(expressions.any, (tree) => {
        const text = format(tree);
        const again = parse(text);
        assert.deepEqual(again.problems, [], text);
        assert.ok(again.tree);
        assert.deepEqual(bare(again.tree), bare(tree), text);
        assert.equal(format(again.tree), text);
      }),
      { numRuns: 1000, seed: 20 },
    );
  });

  it('puts parentheses only where they are needed', () => {
    for (const source of [
      'a + b * c',
      '(a + b) * c',
      '-(a + b)',
      'not (a or b)',
      'a - (b - c)',
      '(-a) ^ 2',
      '-a ^ 2',
      '(a = b) = c',
      '`and` + 1',
    ]) {
      const { tree } = parse(source);
      assert.ok(tree);
      assert.equal(format(tree), source);
    }
  });
});
