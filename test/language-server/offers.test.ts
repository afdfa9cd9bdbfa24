import assert from 'node:assert/strict';
import { offersNeverHarm, told } from './offers';

describe('what is offered', () => {
  it('never makes a document worse: completions in half-typed texts, fixes of mistaken ones', async function () {
    this.timeout(120_000);
    const { offers, outcomes } = await offersNeverHarm(150, 20261128);
    assert.deepEqual(outcomes.map(told), []);
    assert.ok(offers > 200, `${offers} offers`);
  });
});
