import assert from 'node:assert/strict';
import { evaluate, type Evaluated, parse, resolvePath } from '../../../lifecycle/expression';

function value(source: string, object: unknown): Evaluated {
  const { tree, problems } = parse(source);
  assert.deepEqual(problems, []);
  assert.ok(tree);
  return evaluate(tree, resolvePath(object));
}

describe('evaluating a condition', () => {
  const report = {
    drift: { share: 0.4, columns: 3 },
    'a.b': 1,
    performance: { auc: NaN, worst: null },
    at: new Date('2024-05-01T00:00:00Z'),
    name: 'churn',
    big: 10n,
  };

  const cases: readonly [string, unknown][] = [
    ['drift.share >= 0.3', true],
    ['drift.share * 2', 0.8],
    ['drift.columns > 1 and drift.share < 0.5', true],
    ['performance.auc < 0.8', false],
    ['not (performance.auc >= 0.8)', true],
    ['performance.worst is null', true],
    ['nothing.here is missing', true],
    ['a.b = 1', true],
    ["at >= '2024-04-30'", true],
    ["name in ('churn', 'x')", true],
    ['big + 1', 11],
    ['coalesce(performance.auc, 1)', 1],
    ['round(-2.5)', -3],
    ['round(0.49999999999999994)', 0],
    ['upper(name)', 'CHURN'],
  ];
  for (const [source, wanted] of cases)
    it(source, () => assert.deepEqual(value(source, report), { ok: true, value: wanted }));

  it('a value of the wrong type is a problem at its place', () => {
    const result = value('1 + name', report);
    assert.ok(!result.ok);
    assert.deepEqual([result.problem.from, result.problem.to], [4, 8]);
    assert.match(result.problem.message, /the text 'churn'/);
    const whole = value('drift > 1', report);
    assert.ok(!whole.ok);
    assert.match(whole.problem.message, /object/);
  });

  it('sees own keys only', () => {
    assert.deepEqual(value('constructor is null and drift.toString is null', report), { ok: true, value: true });
  });
});
