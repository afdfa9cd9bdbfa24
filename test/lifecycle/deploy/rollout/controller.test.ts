import assert from 'node:assert/strict';
import { RolloutController } from '../../../../lifecycle/deploy/rollout/controller';
import { moreFailures } from '../../../../lifecycle/deploy/rollout/gates';
import { describePlan, rolloutPlan, type RolloutPlan } from '../../../../lifecycle/deploy/rollout/strategy';
import { Random } from '../../../../lifecycle/statistics/random';
import type { DeployStage } from '../../../../schemas/generated/types';

interface World {
  /** Share of requests that fail, and time of a log-normal answer in ms, by version; share of rows that each has right. */
  readonly errors?: readonly [number, number];
  readonly milliseconds?: readonly [number, number];
  /** The same where both are asked the same rows beside their clients. */
  readonly beside?: readonly [number, number];
  readonly right?: readonly [number, number];
  readonly value?: readonly [number, number];
}

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

function planOf(strategy: DeployStage['strategy']): RolloutPlan {
  const plan = rolloutPlan(strategy);
  assert.ok(plan);
  return plan;
}

/** Sends requests until the roll-out ends. Times are log-normal with σ = 0.5, which is noisy: the 95 % quantile is 2.3 times the median. */
function simulate(plan: RolloutPlan, world: World, seed: number) {
  const random = new Random(seed);
  const subject = { id: 'r', model: 'm', live: 1, candidate: 2 };
  const controller = new RolloutController(plan, subject, 0);
  const time = (median: number) => (median / 1000) * Math.exp(0.5 * random.normal());
  let requests = 0;
  let answeredInStep = 0;
  for (; controller.status === 'running' && requests < 200_000; requests++) {
    const toCandidate = random.chance(controller.weight);
    const index = toCandidate ? 1 : 0;
    const side = toCandidate ? 'candidate' : 'live';
    const failed = random.chance(world.errors?.[index] ?? 0);
    controller.asked(side, failed ? undefined : time(world.milliseconds?.[index] ?? 10));
    if (world.value) controller[side].worth(world.value[index] ?? 0 + random.normal());
    if (toCandidate && world.right) {
      // Both are asked; the worse one is wrong where the better one is, and on more.
      const draw = random.uniform();
      controller.pairs.outcome(draw < world.right[0], draw < world.right[1]);
    }
    if (toCandidate && world.beside) controller.pairs.timed(time(world.beside[0]), time(world.beside[1]));
    answeredInStep = controller.candidate.requests;
    if (controller.due(requests)) controller.look(requests);
  }
  return { controller, requests, inWindow: answeredInStep };
}

describe('a roll-out', () => {
  const withLabels = planOf({ kind: 'canary', gates: { accuracy: { 'drop-at-most': 0.02 } } });

  for (const [name, world, gate] of [
    ['two points more errors', { errors: [0, 0.02] }, 'error-rate'],
    ['half as much time again', { milliseconds: [10, 15] }, 'latency'],
    ['half as much time again for the same rows', { beside: [10, 15] }, 'latency'],
    ['five points less accuracy', { right: [0.85, 0.8] }, 'accuracy'],
  ] as const) {
    it(`takes back a canary with ${name} within its first window of 500 requests, for every seed`, () => {
      for (const seed of SEEDS) {
        const { controller, inWindow } = simulate(
          gate === 'accuracy' ? withLabels : planOf('canary'),
          { right: [0.85, 0.85], ...world },
          seed,
        );
        assert.equal(controller.status, 'rolled-back', `seed ${seed}`);
        assert.equal(controller.step, 0);
        assert.ok(inWindow <= 500, `seed ${seed}: ${inWindow} requests`);
        assert.match(controller.reason ?? '', new RegExp(`^Canary of version 2 at 10 %: ${gate}: `));
        assert.equal(controller.weight, 0);
      }
    });
  }

  it('lets an equal version through, for every seed', () => {
    for (const errors of [0, 0.01])
      for (const seed of SEEDS) {
        const { controller } = simulate(withLabels, { errors: [errors, errors], right: [0.85, 0.85] }, seed);
        assert.equal(controller.status, 'promoted', `seed ${seed}: ${controller.reason}`);
        assert.equal(controller.weight, 1);
      }
  });

  it('lets an equal version through whose few clients wait longer: times of the same rows count', () => {
    const waits = { milliseconds: [10, 14] } as const;
    assert.equal(simulate(planOf('canary'), waits, 1).controller.status, 'rolled-back');
    for (const seed of SEEDS) {
      const { controller } = simulate(planOf('canary'), { ...waits, beside: [10, 10] }, seed);
      assert.equal(controller.status, 'promoted', `seed ${seed}: ${controller.reason}`);
    }
  });

  it('judges the tail of the times when asked to', () => {
    const plan = planOf({ kind: 'canary', gates: { latency: { 'rise-at-most': 0.25, quantile: 0.9 } } });
    const { controller } = simulate(plan, { beside: [10, 20] }, 1);
    assert.match(controller.reason ?? '', /latency: the 90 % quantile of the runs is /);
    assert.equal(simulate(plan, { beside: [10, 10] }, 1).controller.status, 'promoted');
  });

  it('judges what the business counts', () => {
    const plan = planOf({ kind: 'canary', gates: { value: { 'drop-at-most': 0.05 } } });
    assert.equal(simulate(plan, { value: [10, 9] }, 1).controller.status, 'rolled-back');
    assert.equal(simulate(plan, { value: [10, 10] }, 1).controller.status, 'promoted');
  });

  it('ends a catastrophe long before the window is full', () => {
    const { controller, inWindow } = simulate(planOf('canary'), { errors: [0, 0.5] }, 1);
    assert.equal(controller.status, 'rolled-back');
    assert.equal(inWindow, 50);
  });

  it('is taken back when nobody asks it', () => {
    const controller = new RolloutController(planOf({ kind: 'canary', window: { timeout: 60 } }), subjectOf(), 0);
    assert.equal(controller.due(59_000), false);
    assert.equal(controller.due(61_000), true);
    const turn = controller.look(61_000);
    assert.equal(turn?.to, 'rolled-back');
    assert.match(controller.reason ?? '', /not enough came in 60 s to judge it \(0 of 500 requests\)/);
  });

  it('goes on where it was when it is interrupted', () => {
    const controller = new RolloutController(planOf('canary'), subjectOf(), 0);
    for (let i = 0; i < 500; i++) {
      controller.asked('live', 0.01);
      controller.asked('candidate', 0.01);
    }
    assert.deepEqual(controller.look(1)?.to, 'step');
    const again = new RolloutController(planOf('canary'), subjectOf(), 5, controller.state(1));
    assert.deepEqual([again.step, again.weight, again.status], [1, 0.5, 'running']);
  });

  it('has steps as its strategy says', () => {
    const shown = (strategy: DeployStage['strategy']) => describePlan(planOf(strategy));
    assert.equal(rolloutPlan(undefined), undefined);
    assert.equal(rolloutPlan('all-at-once'), undefined);
    assert.equal(shown({ kind: 'canary', steps: [5, 25] }), 'canary, 5 % then 25 % of the requests');
    assert.deepEqual(planOf('blue-green').steps, [1]);
    assert.deepEqual([planOf('shadow').steps, planOf('shadow').promote], [[0], false]);
    assert.deepEqual([planOf('ab').steps, planOf('ab').guard], [[0.5], false]);
  });
});

describe('the test of failures', () => {
  // scipy.stats.fisher_exact([[k2, n2-k2], [k1, n1-k1]], alternative='greater')
  it('is that of Fisher', () => {
    for (const [k1, n1, k2, n2, p] of [
      [0, 500, 10, 500, 0.0009331878021844996],
      [5, 4500, 3, 500, 0.037962725808164205],
      [45, 4500, 5, 500, 0.5696384926393979],
      [1, 30, 0, 30, 1],
    ] as const)
      assert.ok(Math.abs(moreFailures(k1, n1, k2, n2) - p) < 1e-9, `${moreFailures(k1, n1, k2, n2)} is not ${p}`);
  });
});

const subjectOf = () => ({ id: 'r', model: 'm', live: 1, candidate: 2 });
