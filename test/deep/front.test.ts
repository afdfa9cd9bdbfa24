import assert from 'node:assert/strict';
import { Random } from '../../lifecycle/statistics/random';
import { compare, draw, startBoth } from '../lifecycle/net/odd-requests';

/** The long form of test/lifecycle/net/front.test.ts. */
describe('the front of the HTTP server, asked for long', () => {
  it('does what node:http does with 20,000 connections', async function () {
    this.timeout(1_800_000);
    const both = await startBoth();
    const random = new Random('deep');
    const found: string[] = [];
    for (let i = 0; i < 80; i++) {
      const plays = Array.from({ length: 250 }, () => draw(random));
      found.push(...(await compare(both, plays)));
    }
    await Promise.all([both.front.close(50), both.plain.close(50)]);
    assert.equal(found.length, 0, `${found.length} differ, the first:\n${found[0]}`);
  });
});
