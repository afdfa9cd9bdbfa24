import assert from 'node:assert/strict';
import { logarithmHelps, skewness, skewOf } from '../../../lifecycle/statistics/skew';
import { close, golden } from './golden';

interface Case {
  readonly title: string;
  readonly values: number[];
  readonly skew: number;
  readonly logSkew: number;
}

describe('skewness', () => {
  const helped: string[] = [];
  for (const { title, values, skew, logSkew } of golden('skew') as Case[]) {
    it(`of ${title} equals scipy’s`, () => {
      close(skewness(values), skew, 'skew', 1e-9, 1e-9);
      close(skewness(values.map(Math.log1p)), logSkew, 'logSkew', 1e-4, 1e-9);
      if (logarithmHelps(skewOf(values, Math.min(...values)))) helped.push(title);
    });
  }
  it('says where a logarithm helps: of what leans far to the right and spans more than one', () => {
    assert.deepEqual(helped, ['log-normal prices', 'exponential', 'counts']);
    assert.equal(logarithmHelps(skewOf([-1, 1, 1, 1, 1, 1, 1, 90], -1)), false);
    assert.equal(logarithmHelps({}), false);
    assert.equal(skewness([4, 4, 4]), 0);
  });
});
