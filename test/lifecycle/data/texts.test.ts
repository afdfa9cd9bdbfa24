import assert from 'node:assert/strict';
import { assertLoweringsEqual, runStage, withFiles } from './support';

describe('texts', () => {
  it('try', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => JSON.stringify({ y: i % 2, n: i, t: i % 7 === 3 ? null : ['Free WIN win now!!', 'call me later, ok?', '😀 hi there Zürich', ''][i % 4] }));
    const folder = withFiles({ 'a.jsonl': rows.join('\n') });
    for (const features of [[{ 'bag-of-words': { columns: 't', ngrams: 2 } }], [{ tokenize: { columns: 't', 'max-length': 6 } }, {standardize: {columns: 'numeric'}}]]) {
      const done = await runStage({ source: 'a.jsonl', target: 'y', features }, { folder });
      console.log(done.dataset.features.join('|'), done.logs, JSON.stringify(done.dataset.columns[2]));
      await assertLoweringsEqual(done);
    }
    assert.ok(true);
  });
});
