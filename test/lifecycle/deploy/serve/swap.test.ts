import assert from 'node:assert/strict';
import { removeFolders } from '../support';
import { swaps } from './swaps';

// The short part of what test/deep/rollout.ts does at 2,000 requests/s for longer.
describe('swapping versions under load', function () {
  this.timeout(60_000);
  after(removeFolders);

  it('fails no request, whichever version answers', async () => {
    const { sent, failed, by, swaps: done } = await swaps(300, 2, 100, 4);
    assert.equal(failed, 0);
    assert.ok(sent >= 300 && done >= 4, `${sent} requests, ${done} swaps`);
    assert.deepEqual(Object.keys(by), ['1', '2']);
    assert.equal((by[1] ?? 0) + (by[2] ?? 0), sent);
  });
});
