import assert from 'node:assert/strict';
import { versionsCompared } from '../../extension/commands/versions-compared';

describe('two versions side by side', () => {
  it('are a table of what changed, with what callers notice above it', () => {
    const text = versionsCompared('churn', 1, 3, {
      signature: ["takes a new column 'a|b', which must be given"],
      otherRows: 'measured on different data (100 and 1,200 test rows)',
      metrics: [
        { name: 'auc', before: 0.8, after: 0.84 },
        { name: 'validation/f1', after: 0.61234567 },
      ],
      figures: [
        { name: 'model.onnx', before: 68_000, after: 2_450_000, unit: 'bytes' },
        { name: 'parameters', before: 0, after: 1_595, unit: '' },
        { name: 'one row, median', before: 20, after: 15, unit: 'µs' },
      ],
    });
    assert.match(text, /^# churn: version 1 and version 3\n/);
    assert.match(text, /Callers notice that version 3\n\n- takes a new column 'a\|b'/);
    assert.match(text, /They were measured on different data \(100 and 1,200 test rows\): /);
    assert.match(text, /\| auc \| 0\.8 \| 0\.84 \| \+5\.0 % \|/);
    assert.match(text, /\| validation\/f1 \| – \| 0\.6123 \| {2}\|/);
    assert.match(text, /\| model\.onnx \| 68 kB \| 2\.5 MB \| \+3502\.9 % \|/);
    assert.match(text, /\| parameters \| 0 \| 1,595 \| {2}\|/);
    assert.match(text, /\| one row, median \| 20 µs \| 15 µs \| -25\.0 % \|/);
  });

  it('say when callers notice nothing', () => {
    const text = versionsCompared('churn', 1, 2, { signature: [], metrics: [], figures: [] });
    assert.match(text, /Callers notice no difference/);
    assert.doesNotMatch(text, /##/);
  });
});
