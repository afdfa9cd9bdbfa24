import assert from 'node:assert/strict';
import type { PeekedColumn } from '../../lifecycle/data/peek';
import { headline } from '../../language-server/cards';
import { columnDetail } from '../../language-server/describe';

describe('numbers beside the text', () => {
  const range = (min: number, max: number) =>
    columnDetail({ name: 'x', type: 'number', min, max, values: [] } as unknown as PeekedColumn);

  it('have no commas in years, and every digit of what is large', () => {
    assert.equal(range(1900, 2023), 'number · 1900 … 2023');
    assert.equal(range(6944, 2_830_627), 'number · 6944 … 2,830,627');
    assert.equal(range(-15_999.5, 0.12345), 'number · -15,999 … 0.1235');
  });

  it('are as long as tells metrics apart', () => {
    assert.equal(headline({ rmse: 219_171.4 }), 'rmse 219,171');
    assert.equal(headline({ rmse: 1125.46 }), 'rmse 1125');
    assert.equal(headline({ auc: 0.84123 }), 'auc 0.841');
    assert.equal(
      headline({ rmse: 219_171.4 }, undefined, { rmse: 220_000 }),
      'rmse 219,171 (−829 since the last commit)',
    );
  });
});
