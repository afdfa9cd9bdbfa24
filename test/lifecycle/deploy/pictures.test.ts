import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { pictureText } from '../../../lifecycle/deploy/pictures';
import { rowsToColumns, typicalRow, ValueError } from '../../../lifecycle/onnx/rows';
import type { ModelInfo } from '../../../schemas/generated/types';

const shape = { height: 2, width: 2, channels: 1 } as const;
const info: ModelInfo = {
  format: 1,
  kind: 'network',
  task: 'binary',
  classes: ['a', 'b'],
  servable: true,
  inputs: [{ name: 'image', type: 'text', required: true, image: shape }],
  outputs: [],
};

function png(height: number, width: number, value: number): Buffer {
  const picture = new PNG({ width, height });
  for (let i = 0; i < height * width; i++) picture.data.set([value, value, value, 255], 4 * i);
  return PNG.sync.write(picture);
}

describe('pictures of requests', () => {
  const read = (image: unknown): unknown =>
    rowsToColumns(info, [{ image }], { strict: true, picture: pictureText }).columns['image'];

  it('are files in base64, data addresses or pixels written out, resized to what the model takes', () => {
    const file = png(5, 3, 171).toString('base64');
    assert.deepEqual(read(file), ['abababab']);
    assert.deepEqual(read(`data:image/png;base64,${file}`), ['abababab']);
    assert.deepEqual(read('00FF10ab'), ['00ff10ab']);
    assert.deepEqual(read(typicalRow(info)['image']), ['80808080']);
  });

  it('are refused with what is wrong, by column and row', () => {
    const why = (image: unknown): string => {
      try {
        read(image);
      } catch (error) {
        assert.ok(error instanceof ValueError);
        assert.deepEqual([error.code, error.place.column, error.place.row], ['value-type', 'image', 0]);
        assert.equal(error.place.expected, 'a PNG or JPEG file in base64');
        return error.message;
      }
      throw new Error('it was taken');
    };
    assert.match(why('photo.png'), /neither a file in base64 nor 8 hexadecimal digits/);
    assert.match(why(Buffer.from('GIF89a').toString('base64')), /neither a PNG nor a JPEG image/);
    assert.match(why(png(5, 3, 1).subarray(0, 60).toString('base64')), /PNG data is broken/);
  });
});
