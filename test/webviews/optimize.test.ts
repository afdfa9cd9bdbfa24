import assert from 'node:assert/strict';
import { compared, layerRows } from '../../webviews/renderer/optimize';

describe('what an optimisation changed, as shown', () => {
  const record = {
    method: 'int8-static',
    changed: true,
    bytes: { before: 200_000, after: 50_000 },
    validation: { before: { auc: 0.8, 'log-loss': 0.5 }, after: { auc: 0.78, 'log-loss': 0.5 } },
    metric: 'log-loss',
    layers: [
      { layer: 'first', operator: 'Gemm', weights: 1000, harm: 0.002, quantized: true },
      { layer: 'last', operator: 'Gemm', weights: 64, harm: 0.5, quantized: false },
    ],
  };

  it('is size, time and metrics before and after', () => {
    const series = [{ name: 'device/milliseconds a row', steps: [0, 1], values: [0.5, 0.25] }];
    assert.deepEqual(
      compared(record, series).map(([name, , , change]) => [name, change]),
      [
        ['size', '−75 %'],
        ['ms a row, here', '−50 %'],
        ['validation auc', '−2.5 %'],
        ['validation log-loss', '0 %'],
      ],
    );
    // A result that was reused has no time: it belongs to the run that measured it.
    assert.ok(!compared(record, []).some(([name]) => name?.startsWith('ms')));
    const packed = compared({ packed: { before: 100, after: 40 }, weights: { before: 10, after: 2 } }, []);
    assert.deepEqual(
      packed.map(([name, , , change]) => [name, change]),
      [
        ['size, packed', '−60 %'],
        ['weights', '−80 %'],
      ],
    );
  });

  it('names each layer, and says nothing of layers where there is nothing to say', () => {
    assert.deepEqual(layerRows(record)?.rows, [
      ['first', '1,000', '+0.2 %', 'yes'],
      ['last', '64', '+50 %', 'no'],
    ]);
    const pruned = { layers: [{ layer: 'a', before: 100, after: 50, kept: 40 }] };
    assert.deepEqual(layerRows(pruned), {
      head: ['layer', 'before', 'after', 'not 0'],
      rows: [['a', '100', '50', '40']],
    });
    assert.equal(layerRows({}), undefined);
    assert.equal(layerRows({ layers: [] }), undefined);
  });
});
