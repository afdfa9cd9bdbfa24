import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from '../../../schemas/generated/types';
import { layOut } from '../../../lifecycle/model/layers';
import { planNetwork } from '../../../lifecycle/model/network';
import { float, openSession } from '../../../lifecycle/onnx';
import { Random } from '../../../lifecycle/statistics/random';
import { drop, startWeights } from '../../../lifecycle/train/network/fit';
import { accumulatingStep, names, type Pupil, thetaSize } from '../../../lifecycle/train/network/step';
import { curveOf, openGolden } from '../../rigs/layer-goldens';
import { slopeError } from '../../rigs/slope';
import { apart, cases, pupilOf } from './golden-layers';

describe('layers', () => {
  for (const golden of cases) {
    it(`${golden.name}: loss and gradient as PyTorch's in float64, and slopes as finite differences`, async () => {
      assert.equal(thetaSize(pupilOf(golden).plan), golden.start.length);
      const opened = await openGolden(golden);
      const start = Float32Array.from(golden.start);
      const { loss, gradient } = await opened.at(start);
      assert.ok(Math.abs(loss - golden.loss) <= 1e-5 * Math.max(1, golden.loss), `${loss} not ${golden.loss}`);
      const error = apart(gradient, golden.gradient);
      assert.ok(error <= 1e-5, `the gradient is off by ${error}`);
      // Along a random direction the loss changes as the gradient says.
      const random = new Random(golden.name);
      const direction = Float32Array.from(start, () => random.normal());
      const length = Math.hypot(...direction);
      const expected = direction.reduce((sum, value, i) => sum + (value / length) * gradient[i]!, 0);
      const by = 2e-3;
      const lossAt = async (sign: number): Promise<number> =>
        (await opened.at(start.map((value, i) => value + (sign * by * direction[i]!) / length))).loss;
      const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * by);
      const scale = Math.hypot(...golden.gradient);
      assert.ok(Math.abs(slope - expected) <= 1e-2 * scale, `slope ${slope}, gradient ${expected}`);
      await opened.close();
    });
    if (golden.curve.length === 0) continue;
    it(`${golden.name}: follows PyTorch for ${golden.curve.length} steps`, async () => {
      const losses = await curveOf(golden);
      golden.curve.forEach((loss, i) =>
        assert.ok(Math.abs(loss - losses[i]!) < 1e-4, `step ${i}: ${losses[i]} not ${loss}`),
      );
    });
  }

  it('are compared for every layer and activation of the schema', () => {
    const schema = readFileSync(join(__dirname, '../../../schemas/stages/train.schema.json'), 'utf8');
    const { $defs } = JSON.parse(schema) as {
      $defs: { Layer: { anyOf: { properties?: object }[] }; Activation: { enum: string[] } };
    };
    const layers = $defs.Layer.anyOf.flatMap(({ properties = {} }) => Object.keys(properties));
    assert.ok(layers.length >= 26);
    const compared = JSON.stringify(cases.map(({ model }) => model.layers));
    assert.deepEqual(
      [...layers, ...$defs.Activation.enum].filter((name) => !compared.includes(`"${name}"`)),
      [],
    );
  });

  it('drop the share that they are told, and raise what stays', () => {
    for (const rate of [0.1, 0.25, 0.5, 0.9]) {
      const mask = new Float32Array(100_001);
      drop(mask, rate, new Random(`drop ${rate}`));
      const kept = mask.filter((value) => value !== 0);
      assert.ok(kept.every((value) => Math.abs(value - 1 / (1 - rate)) < 1e-3));
      // Five deviations of a binomial share.
      const apart = Math.abs(kept.length / mask.length - (1 - rate));
      assert.ok(apart < 5 * Math.sqrt((rate * (1 - rate)) / mask.length), `${rate}: ${apart}`);
    }
  });

  it('take an empty text for its padding, with the gradient of what they make of it', async () => {
    for (const layer of [
      { attention: { heads: 2, causal: true } },
      { attention: { heads: 2 } },
      'global-max-pool',
    ] as const) {
      const layers = [{ embedding: { size: 4 } }, layer, 'flatten'] as Layer[];
      const laid = layOut({ layers }, { features: 0, tokens: [{ name: 'text', steps: 3, tokens: 6 }] }, 1);
      assert.ok('layout' in laid);
      const plan = planNetwork(laid.layout);
      const pupil: Pupil = { plan, task: 'regression', loss: { kind: 'mse' }, frozen: new Map() };
      const random = new Random(4);
      const { theta, statistics } = startWeights(plan, random);
      const start = theta.map((value) => value + random.normal(0, 0.5));
      const session = await openSession(accumulatingStep(pupil));
      const run = (point: Float32Array) =>
        session.run({
          [names.inputs]: float([0, 0, 0, 3, 2, 0], [2, 3]),
          [names.targets]: float([1, -1], [2, 1]),
          [names.rowWeights]: float([1, 1], [2, 1]),
          [names.gradient]: float(new Float32Array(start.length)),
          [names.weight]: float([0], []),
          ...(statistics.length > 0 && { [names.statistics]: float(statistics) }),
          [names.theta]: float(point),
        });
      const lossAt = async ([point]: readonly Float32Array[]) => Number((await run(point!))[names.loss]!.data[0]);
      assert.ok((await lossAt([start])) < 100);
      const slopes = (await run(start))[names.next(names.gradient)]!.data as Float32Array;
      assert.ok((await slopeError(lossAt, [start], [slopes], random)) < 1e-2, JSON.stringify(layer));
      await session.close();
    }
  });
});
