import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { UserError } from '../../../../lifecycle/problem';
import { Random } from '../../../../lifecycle/statistics/random';
import { importanceOf } from '../../../../lifecycle/train/search/importance';
import { firstOf, prunerFor, type PruningSettings } from '../../../../lifecycle/train/search/pruners';
import { gridSize, samplerFor, type SearchKind } from '../../../../lifecycle/train/search/samplers';
import { type Ending, type Finished, runSchedule, type Trial } from '../../../../lifecycle/train/search/schedule';
import { sobolPoint } from '../../../../lifecycle/train/search/sobol';
import { applies, readSpace, type Space, unitOf, valueAt, type Values } from '../../../../lifecycle/train/search/space';
import { variantOf } from '../../../../lifecycle/train/search/variant';

const space = readSpace({
  x: { uniform: [-2, 2] },
  rate: { 'log-uniform': [0.001, 1] },
  units: { 'log-integer': [1, 100] },
  kind: ['a', 'b'],
  depth: { integer: [1, 4], when: { kind: 'b' } },
});

/** A loss that falls over the steps; the best lies at x = 1, rate = 0.03, kind b, depth 3. */
function curve(values: Values, most: number): number[] {
  const far =
    (Number(values['x']) - 1) ** 2 +
    0.2 * Math.log10(Number(values['rate']) / 0.03) ** 2 +
    (values['kind'] === 'b' ? 0.1 * (Number(values['depth']) - 3) ** 2 : 0.5);
  return Array.from({ length: most }, (_, t) => far + (1 + far) * Math.exp((-3 * (t + 1)) / most));
}

/** A trial whose every answer comes after a delay of its own. */
function trialOf(values: Values, most: number, delay: () => Promise<void>): Trial {
  const losses = curve(values, most);
  let stopped = most;
  return {
    at: async (steps) => {
      await delay();
      return { value: losses[steps - 1]!, ended: false };
    },
    stop: (steps) => void (stopped = steps),
    end: async (): Promise<Ending> => {
      await delay();
      return { score: losses[stopped - 1]!, steps: stopped, seconds: 0 };
    },
  };
}

async function searched(
  search: SearchKind,
  pruning: PruningSettings['kind'],
  options: { seed?: number; parallel?: number; trials?: number; delays?: number; most?: number } = {},
): Promise<Finished[]> {
  const { most = 27, trials = 40, parallel = 1, seed = 1 } = options;
  const random = options.delays === undefined ? undefined : new Random(options.delays);
  const delay = async (): Promise<void> => {
    for (let turns = random?.integer(6) ?? 0; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  };
  return runSchedule({
    sampler: samplerFor(search, space, seed),
    pruner: prunerFor({ kind: pruning, reduction: 3, first: firstOf(pruning, most, 3), most }),
    trials,
    most,
    parallel,
    start: (_, values) => trialOf(values, most, delay),
  });
}

const bestOf = (trials: readonly Finished[]) => Math.min(...trials.map(({ score }) => score));

describe('the space of a search', () => {
  it('gives values within its ranges, and finds the place of each again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (unit) => {
        for (const dimension of space) {
          const value = valueAt(dimension, unit);
          if (dimension.type === 'choice') assert.ok(dimension.values.includes(value));
          else {
            assert.ok(Number(value) >= dimension.low && Number(value) <= dimension.high);
            if (dimension.type === 'integer') assert.ok(Number.isInteger(value));
          }
          const place = unitOf(dimension, value);
          assert.equal(valueAt(dimension, place), value, `${dimension.path} ${String(value)} at ${place}`);
        }
      }),
      { seed: 5 },
    );
  });

  it('leaves out what does not apply, whatever chooses', () => {
    for (const kind of ['random', 'sobol', 'tpe', 'grid'] as const) {
      const sampler = samplerFor(kind, space, 3);
      for (let trial = 1; trial < 30; trial++) {
        const values = sampler(trial, [])!;
        for (const dimension of space)
          assert.equal(Object.hasOwn(values, dimension.path), applies(dimension, values), dimension.path);
      }
    }
  });

  it('is refused where there is nothing to search', () => {
    const code = (given: Parameters<typeof readSpace>[0]) => {
      try {
        readSpace(given);
        return undefined;
      } catch (error) {
        return error instanceof UserError ? error.problem.code : 'thrown';
      }
    };
    assert.equal(code({}), 'tune-space');
    assert.equal(code({ a: { uniform: [2, 1] } }), 'tune-space');
    assert.equal(code({ a: { uniform: [0, 1], when: { b: 1 } } }), 'tune-space');
    assert.equal(code({ a: { choice: [1], when: { b: 1 } }, b: { choice: [1], when: { a: 1 } } }), 'tune-space');
  });

  it('as a grid has every combination once', () => {
    const small = readSpace({ a: [1, 2, 3], b: { uniform: [0, 1], steps: 3 }, c: { choice: [7, 8], when: { a: 2 } } });
    assert.equal(gridSize(small, 1000), 3 + 6 + 3);
    const sampler = samplerFor('grid', small, 1);
    const seen = new Set(Array.from({ length: 12 }, (_, i) => JSON.stringify(sampler(i + 1, []))));
    assert.equal(seen.size, 12);
    assert.equal(sampler(13, []), undefined);
  });

  it('is covered by the points of Sobol’s sequence as scipy has them', () => {
    const golden = JSON.parse(readFileSync(join(__dirname, '../../../golden/train/sobol.json'), 'utf8')) as number[][];
    golden.forEach((point, i) => assert.deepEqual([...sobolPoint(i, 12)], point, `point ${i}`));
  });
});

describe('a search', () => {
  it('decides the same whatever takes how long, for every rule', async () => {
    for (const pruning of ['none', 'asha', 'hyperband', 'median'] as const) {
      for (const parallel of [1, 3]) {
        const plain = await searched('tpe', pruning, { parallel });
        for (const delays of [1]) assert.deepEqual(await searched('tpe', pruning, { parallel, delays }), plain);
      }
    }
  });

  it('goes on with more trials where a shorter one ended', async () => {
    const long = await searched('tpe', 'asha', { trials: 40 });
    assert.deepEqual(await searched('tpe', 'asha', { trials: 15 }), long.slice(0, 15));
  });

  it('takes fewer steps with pruning, and stops none of the best', async () => {
    const whole = await searched('random', 'none');
    for (const pruning of ['asha', 'hyperband', 'median'] as const) {
      const pruned = await searched('random', pruning);
      assert.deepEqual(
        pruned.map(({ values }) => values),
        whole.map(({ values }) => values),
      );
      const steps = pruned.reduce((sum, trial) => sum + trial.steps, 0);
      assert.ok(steps < 0.75 * 40 * 27, `${pruning}: ${steps} steps`);
      assert.equal(bestOf(pruned), bestOf(whole));
    }
  });

  it('by TPE with ASHA beats as much random search, over eight seeds', async () => {
    let wins = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const clever = await searched('tpe', 'asha', { seed, trials: 50 });
      const steps = clever.reduce((sum, trial) => sum + trial.steps, 0);
      const random = await searched('random', 'none', { seed, trials: Math.ceil(steps / 27) });
      if (bestOf(clever) < bestOf(random)) wins++;
    }
    assert.ok(wins >= 6, `${wins} of 8`);
  });

  it('takes a trial that fails for the worst, and finds what matters', async () => {
    const finished = await runSchedule({
      sampler: samplerFor('random', space, 2),
      pruner: prunerFor({ kind: 'none', reduction: 3, first: 1, most: 1 }),
      trials: 80,
      most: 1,
      parallel: 1,
      start: (trial, values) => ({
        at: () => Promise.reject(new Error('no rungs')),
        stop: () => undefined,
        end: () =>
          Promise.resolve(
            trial % 7 === 0
              ? { score: Infinity, steps: 1, seconds: 0, problem: { code: 'x', message: 'diverged' } }
              : { score: curve(values, 1)[0]!, steps: 1, seconds: 0 },
          ),
      }),
    });
    assert.equal(finished.filter(({ state }) => state === 'failed').length, 11);
    const importance = importanceOf(space, finished)!;
    assert.ok(Math.abs(importance.reduce((a, b) => a + b, 0) - 1) < 1e-5);
    assert.equal(importance.indexOf(Math.max(...importance)), 0, String(importance));
    assert.ok(importance[2]! < 0.15, String(importance));
  });
});

describe('a trial’s stage', () => {
  const network = {
    kind: 'train' as const,
    data: 'd',
    model: { kind: 'network' as const, layers: [{ dense: { units: 8 } }, 'batch-normalization' as const] },
    tune: { space: { x: [1] } },
  };

  it('has the values where they belong, short forms written long', () => {
    const stage = variantOf(network, {
      'model.layers.0.dense.units': 16,
      'model.layers.1.batch-normalization.momentum': 0.5,
      'training.optimizer.learning-rate': 0.1,
    });
    assert.deepEqual(stage, {
      kind: 'train',
      data: 'd',
      model: { kind: 'network', layers: [{ dense: { units: 16 } }, { 'batch-normalization': { momentum: 0.5 } }] },
      training: { optimizer: { kind: 'adam', 'learning-rate': 0.1 } },
    });
    const trees = variantOf(
      { kind: 'train', data: 'd', model: 'linear' },
      { 'model.kind': 'boosted-trees', 'model.leaves': 4 },
    );
    assert.deepEqual(trees.model, { kind: 'boosted-trees', leaves: 4 });
    const own = variantOf({ kind: 'train', data: 'd', command: ['x'] }, { 'environment.RATE': 0.5 });
    assert.deepEqual(own.environment, { RATE: '0.5' });
  });

  it('is refused where the values make none', () => {
    const refused = (values: Values) =>
      assert.throws(
        () => variantOf(network, values),
        (error) => error instanceof UserError && /^tune-(value|path)$/.test(error.problem.code),
      );
    refused({ 'model.layers.0.dense.units': 1.5 });
    refused({ 'model.leaves': 4 });
    refused({ 'model.layers.5.dense.units': 4 });
    refused({ 'training.epochs.most': 4 });
  });
});

describe('the space', () => {
  it('keeps conditions after what they depend on', () => {
    const given: Space = readSpace({ b: { choice: [1], when: { a: 1 } }, a: [1, 2] });
    assert.deepEqual(
      given.map(({ path }) => path),
      ['a', 'b'],
    );
  });
});
