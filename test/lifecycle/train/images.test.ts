import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import type { ModelInfo } from '../../../schemas/generated/types';
import { pictureText } from '../../../lifecycle/deploy/pictures';
import { openSession } from '../../../lifecycle/onnx';
import { predictRows } from '../../../lifecycle/onnx/rows';
import { Random } from '../../../lifecycle/statistics/random';
import { room } from '../../../lifecycle/train/room';
import { runStage, withFiles } from '../data/support';
import { runRoom } from './fixture';

/** A spot of a colour on noise; what it is called hangs on the colour alone. */
function picture(random: Random, red: boolean, side = 8): Uint8Array {
  const png = new PNG({ width: side, height: side });
  const [x, y] = [1 + random.integer(side - 3), 1 + random.integer(side - 3)];
  for (let i = 0; i < side * side; i++) {
    const inside = Math.abs((i % side) - x) <= 1 && Math.abs(Math.floor(i / side) - y) <= 1;
    const noise = random.integer(90);
    png.data.set([inside && red ? 230 : noise, noise, inside && !red ? 230 : noise, 255], 4 * i);
  }
  return PNG.sync.write(png);
}

describe('training on images', () => {
  it('a preset for images learns from a folder, and its served model takes the pixels of a file', async function () {
    this.timeout(60_000);
    const random = new Random(3);
    const files = Object.fromEntries(
      Array.from({ length: 160 }, (_, i): [string, Uint8Array] => [
        `spots/${i % 2 ? 'red' : 'blue'}/${i}.png`,
        picture(random, i % 2 === 1),
      ]),
    );
    const source = { images: 'spots' };
    const { output: data } = await runStage({ source, target: 'class' }, { folder: withFiles(files) });
    const { output, result } = await runRoom(
      room,
      {
        kind: 'train',
        data: 'd',
        // That the features are 8 × 8 × 3 pixels follows from the data.
        model: { kind: 'network', layers: [{ conv2d: { filters: 8, activation: 'relu' } }, 'global-max-pool'] },
        training: {
          epochs: 15,
          'batch-size': 16,
          augment: { flip: true, shift: 1, rotation: 10 },
          optimizer: { kind: 'adam', 'learning-rate': 0.02 },
        },
      },
      { d: data },
    );
    assert.ok(result.metrics!['validation/accuracy']! > 0.95, JSON.stringify(result.metrics));
    const info = JSON.parse(await readFile(join(output, 'model.json'), 'utf8')) as ModelInfo;
    assert.deepEqual(info.inputs[0]?.image, { height: 8, width: 8, channels: 3 });
    assert.equal(info.inputs[0]?.example, undefined);
    const session = await openSession(join(output, 'model.onnx'));
    try {
      const image = [picture(random, true), picture(random, false), picture(random, true, 16)].map((bytes) =>
        Buffer.from(bytes).toString('base64'),
      );
      const { probabilities } = await predictRows(session, info, { image }, { strict: true, picture: pictureText });
      const [first, second, third] = [1, 3, 5].map((at) => probabilities![at]!);
      assert.ok(first! > 0.9 && second! < 0.1 && third! > 0.6, [first, second, third].join());
    } finally {
      await session.close();
    }
  });
});
