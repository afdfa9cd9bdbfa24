import assert from 'node:assert/strict';
import { editsLeaveTheStateOfAFreshOpen } from './edits';

describe('long sittings of edits', () => {
  it('leave the state of a fresh open of the same text: problems, outline, stages and what refers to what', async function () {
    this.timeout(120_000);
    assert.equal(await editsLeaveTheStateOfAFreshOpen(400, 20261128), 400);
  });
});
