import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Cores, nextSteps, threadsOf, type Progress } from '../../../lifecycle/run/schedule';
import { describeCommit } from '../../../lifecycle/run/machine';
import { data, exam, model, planOf } from '../../rigs/fake-rooms';
import { freshFolder } from '../../rigs/folder';

describe('run/schedule', () => {
  const plan = planOf({
    d: data(),
    a: model(['x'], 'd'),
    b: model(['x'], 'd'),
    c: model(['x'], 'd'),
    e: exam('a', 'b'),
  });

  it('shares cores among stages of one depth, whatever is cached; a stated number stands', () => {
    assert.deepEqual([...threadsOf(plan.stages, 8).values()], [8, 2, 2, 2, 8]);
    assert.deepEqual([...threadsOf(plan.stages, 2).values()], [2, 1, 1, 1, 2]);
    const stated = planOf({ d: data(), a: { kind: 'train', data: 'd', model: 'linear', resources: { threads: 3 } } });
    assert.deepEqual([...threadsOf(stated.stages, 8).values()], [8, 3]);
  });

  it('begins what can begin, and gives up what never can', () => {
    const at = (states: Record<string, Progress>) => {
      const { ready, lost } = nextSteps(
        plan.stages,
        new Map(Object.entries({ d: 'waiting', a: 'waiting', b: 'waiting', c: 'waiting', e: 'waiting', ...states })),
      );
      return [ready.map((stage) => stage.name), lost.map(({ stage, cause }) => `${stage.name} because of ${cause}`)];
    };
    assert.deepEqual(at({}), [['d'], []]);
    assert.deepEqual(at({ d: 'busy' }), [[], []]);
    assert.deepEqual(at({ d: 'done', a: 'busy' }), [['b', 'c'], []]);
    assert.deepEqual(at({ d: 'done', a: 'failed', b: 'busy', c: 'done' }), [[], ['e because of a']]);
    assert.deepEqual(at({ d: 'done', a: 'done', b: 'done', c: 'failed' }), [['e'], []]);
  });

  it('never hands out more cores than there are, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }),
        async (limit, wishes) => {
          const cores = new Cores(limit);
          let used = 0;
          let served = 0;
          await Promise.all(
            wishes.map(async (wish) => {
              const giveBack = await cores.take(wish);
              used += Math.min(wish, limit);
              assert.ok(used <= limit);
              await new Promise((resolve) => setImmediate(resolve));
              used -= Math.min(wish, limit);
              served++;
              giveBack();
              giveBack();
            }),
          );
          assert.equal(served, wishes.length);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('run/machine', () => {
  const folder = freshFolder();

  it('knows the commit of a repository, and does without one', async () => {
    assert.match((await describeCommit('.'))?.commit ?? '', /^[0-9a-f]{40}$/);
    assert.equal(await describeCommit(folder()), undefined);
  });
});
