import assert from 'node:assert/strict';
import { offersNeverHarm, told } from '../language-server/offers';

/** How many of everything: 1 is the full count, for a part of it set LIFECYCLE_DEEP_SHARE. */
const share = Number(process.env['LIFECYCLE_DEEP_SHARE'] ?? 1);

describe('the language server, at length', function () {
  this.timeout(0);
  it('accepts everything offered in 10,000 half-typed and 10,000 mistaken texts without making one worse', async () => {
    const { offers, outcomes } = await offersNeverHarm(Math.ceil(10_000 * share), 7);
    console.log(`      ${offers} offers accepted`);
    assert.deepEqual(outcomes.map(told), []);
  });
});
