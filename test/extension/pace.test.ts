import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Pace } from '../../extension/panels/pace';

describe('the pace of a panel', () => {
  it('makes one of calls that are close together, and does not lose the last', async () => {
    let [asked, seen] = [0, 0];
    let acts = 0;
    const pace = new Pace(30, () => {
      acts++;
      seen = asked;
    });
    for (let round = 0; round < 3; round++) {
      const before = acts;
      for (let call = 0; call < 5; call++) {
        asked++;
        pace.ask();
      }
      assert.equal(acts, before, 'nothing is done within the call');
      while (seen < asked) await wait(5);
      assert.equal(acts, before + 1);
    }
  });

  it('never does it twice at once, and does it again for what was asked meanwhile', async () => {
    let [going, most, acts] = [0, 0, 0];
    const pace = new Pace(5, async () => {
      most = Math.max(most, ++going);
      if (++acts === 1) pace.ask();
      await wait(30);
      going--;
    });
    pace.ask();
    while (acts < 2 || going > 0) await wait(5);
    assert.deepEqual([most, acts], [1, 2]);
  });

  it('does nothing more once it is disposed of', async () => {
    let acts = 0;
    const pace = new Pace(10, () => void acts++);
    pace.ask();
    pace.dispose();
    await wait(50);
    assert.equal(acts, 0);
  });
});
