import assert from 'node:assert/strict';
import {
  canServe,
  check,
  type Checked,
  functions,
  parse,
  signature,
  type Type,
  whyNotServed,
} from '../../../lifecycle/expression';

const columns = {
  tenure: 'number',
  contract: 'text',
  female: 'boolean',
  signup: 'time',
  'total-charges': 'number',
  and: 'number',
} as const;

function checked(source: string, expect?: Type): Checked {
  const { tree, problems } = parse(source);
  assert.deepEqual(problems, []);
  assert.ok(tree);
  return check(tree, columns, expect ? { expect } : {});
}

describe('checking expressions', () => {
  const typed: readonly [string, Type][] = [
    ['tenure / 12', 'number'],
    ["contract = 'x' or female", 'boolean'],
    ["if(female, contract, 'none')", 'text'],
    ['if(female, null, tenure)', 'number'],
    ["signup > '2024-01-01'", 'boolean'],
    ['`total-charges` + `and`', 'number'],
    ['coalesce(null, contract)', 'text'],
    ['is_missing(signup)', 'boolean'],
  ];
  for (const [source, type] of typed) {
    it(`${source} is a ${type}`, () => {
      const result = checked(source);
      assert.deepEqual(result.problems, []);
      assert.equal(result.type, type);
    });
  }

  const wrong: readonly [string, string, RegExp, string?][] = [
    ['tenur + 1', 'tenur', /no column 'tenur'; did you mean 'tenure'/, 'tenure'],
    ['xyz + 1', 'xyz', /no column 'xyz'$/],
    ['sqr(tenure)', 'sqr', /did you mean 'sqrt'/, 'sqrt'],
    ['lag(tenure, 7)', 'lag', /no function 'lag'\. What looks at other rows .*source: \{sql: …\}/],
    ['weekday(tenure)', 'weekday', /no function 'weekday'\. Parts of a date .*`date-parts`/],
    ['tenure - AVG(tenure)', 'AVG', /An expression sees one row/],
    ['ifelse(tenure > 1, 2, 3)', 'ifelse', /here it is if\(condition, then, else\)/, 'if'],
    ['nvl(tenure, 0)', 'nvl', /here it is coalesce/, 'coalesce'],
    ['total-charges / 2', 'total-charges', /backticks/, '`total-charges`'],
    ["contract + 'a'", 'contract', /Expected a number/],
    ["tenure = '3'", "'3'", /number can't be compared with a text. Leave the quotes/],
    ['tenure and female', 'tenure', /Compare it/],
    ['female + 1', 'female', /if\(…, 1, 0\)/],
    ['tenure = null', 'tenure = null', /is null/],
    ["contract = ''", "''", /is null/],
    ["signup > 'yesterday'", "'yesterday'", /ISO date/],
    ["signup > '2024-02-30'", "'2024-02-30'", /ISO date/],
    ['female > true', 'female', /no order/],
    ['clip(tenure, 1)', 'clip(tenure, 1)', /takes 3 arguments, not 2/],
    ['if(female, 1, contract)', 'contract', /one type/],
    ['coalesce(null, null)', 'null', /always missing/],
    ['max(tenure)', 'max(tenure)', /at least 2/],
  ];
  for (const [source, place, message, suggestion] of wrong) {
    it(`${source}: a problem at ${place}`, () => {
      const { problems, type } = checked(source);
      const [problem] = problems;
      assert.ok(problem);
      assert.equal(type, undefined);
      assert.match(problem.message, message);
      assert.equal(source.slice(problem.from, problem.to), place);
      assert.equal(problem.suggestion, suggestion);
    });
  }

  it('says what type was asked for', () => {
    assert.match(
      checked('tenure + 1', 'boolean').problems[0]?.message ?? '',
      /Expected a boolean, but this is a number/,
    );
  });

  it('is silent about names when the columns are not known', () => {
    const { tree } = parse('anything + 1 > other');
    assert.ok(tree);
    const result = check(tree, undefined);
    assert.deepEqual(result.problems, []);
    assert.equal(result.type, 'boolean');
    assert.deepEqual(
      result.names.map(({ name }) => name),
      ['anything', 'other'],
    );
  });

  it('does not take inherited properties for columns', () => {
    const { tree } = parse('constructor + 1');
    assert.ok(tree);
    assert.equal(check(tree, columns).problems.length, 1);
  });
});

describe('what a served model can compute', () => {
  const refused: readonly [string, string, RegExp][] = [
    ["contains(contract, 'x')", 'contains', /looks inside a text/],
    ["signup > '2024-01-01'", 'signup', /times/],
    ["contract > 'a'", "contract > 'a'", /order/],
    ["if(contract = if(female, 'a', 'b'), 1, 0)", "contract = if(female, 'a', 'b')", /fixed/],
    ['1 + 1', '1 + 1', /no column/],
  ];
  for (const [source, place, reason] of refused) {
    it(`not ${source}`, () => {
      const { tree } = parse(source);
      assert.ok(tree);
      const [first] = whyNotServed(tree, check(tree, columns));
      assert.ok(first);
      assert.match(first.reason, reason);
      assert.equal(source.slice(first.from, first.to), place);
    });
  }

  it('all else', () => {
    const { tree } = parse("if(tenure > 1 and contract in ('a', 'b'), log1p(tenure), 0)");
    assert.ok(tree);
    assert.deepEqual(canServe(tree, check(tree, columns)), { ok: true });
  });
});

describe('the table of functions', () => {
  const names = {
    ...columns,
    ...Object.fromEntries(
      ['balance', 'income', 'total_charges', 'age', 'price', 'area', 'score', 'visits', 'carat'].map((name) => [
        name,
        'number',
      ]),
    ),
  };
  const texts = { comment: 'text', city: 'text', code: 'text', email: 'text' };
  for (const entry of functions) {
    it(`${signature(entry)}: its example is right`, () => {
      const { tree, problems } = parse(entry.example);
      assert.deepEqual(problems, []);
      assert.ok(tree);
      assert.deepEqual(check(tree, { ...names, ...texts } as Record<string, Type>).problems, []);
      assert.match(entry.description, /[.?]$/);
    });
  }
});
