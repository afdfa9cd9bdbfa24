import assert from 'node:assert/strict';
import { tick } from '../../webviews/ui-kit/format';

describe('numbers beside an axis', () => {
  const cases: readonly [number, string][] = [
    [1.5e7, '1.5e+7'],
    [1e7, '1e+7'],
    [2.25e-6, '2.25e-6'],
    [0.85, '0.85'],
    [4000, '4000'],
    [0, '0'],
  ];
  for (const [value, wanted] of cases) it(wanted, () => assert.equal(tick(value), wanted));
});
