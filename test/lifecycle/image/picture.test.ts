import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sentSize } from '../../../lifecycle/deploy/pictures';
import {
  coloured,
  decodePicture,
  PictureError,
  pictureSize,
  pixelText,
  readPicture,
  resize,
} from '../../../lifecycle/image';

interface Golden {
  readonly file: string;
  readonly size: [number, number];
  readonly rgb: number[];
  readonly grey: number[];
  readonly resized: { readonly height: number; readonly width: number; readonly rgb: number[] }[];
}

const golden = JSON.parse(readFileSync(path.join(__dirname, '../../golden/image/pictures.json'), 'utf8')) as Record<
  string,
  Golden
>;

function farthest(ours: Uint8Array, theirs: readonly number[]): number {
  assert.equal(ours.length, theirs.length);
  return theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0);
}

describe('pictures', () => {
  for (const [name, { file, size, rgb, grey, resized }] of Object.entries(golden)) {
    it(`decodes, colours and resizes as Pillow does: ${name}`, () => {
      const bytes = Buffer.from(file, 'base64');
      const picture = decodePicture(bytes);
      assert.deepEqual([picture.height, picture.width], size);
      const { height, width } = pictureSize(bytes)!;
      assert.deepEqual([height, width], size, 'of the header alone');
      assert.equal(pictureSize(bytes.subarray(0, 12)), undefined, 'a beginning that does not reach so far');
      // Decoders of JPEG may round their transforms differently.
      const slack = name.startsWith('jpeg') ? 3 : name === 'png transparent' ? 1 : 0;
      assert.ok(farthest(coloured(picture, 3).data, rgb) <= slack);
      assert.ok(farthest(coloured(picture, 1).data, grey) <= slack);
      // Pillow rounds twice.
      for (const { height, width, rgb: expected } of resized)
        assert.ok(farthest(resize(coloured(picture, 3), height, width).data, expected) <= slack + 1);
    });
  }

  it('finds the size of a JPEG behind a preview, and none in what is no picture', () => {
    const { file } = Object.entries(golden).find(([name]) => name.startsWith('jpeg'))![1];
    const bytes = Buffer.from(file, 'base64');
    // What a camera writes: a segment of its own before the frame, with another JPEG in it.
    const preview = Buffer.concat([Buffer.from([0xff, 0xe1, 0xff, 0xff]), bytes, Buffer.alloc(65_533 - bytes.length)]);
    const photo = Buffer.concat([bytes.subarray(0, 2), preview, preview, bytes.subarray(2)]);
    assert.deepEqual(pictureSize(photo), pictureSize(bytes));
    assert.deepEqual(sentSize(photo.toString('base64')), pictureSize(bytes));
    assert.deepEqual(sentSize(`data:image/jpeg;base64,${file}`), pictureSize(bytes));
    for (const none of [
      Buffer.alloc(0),
      Buffer.from('GIF89a'),
      photo.subarray(0, 70_000),
      Buffer.from([0xff, 0xd8, 0xff, 0, 9]),
    ])
      assert.equal(pictureSize(none), undefined);
    for (const none of [undefined, 3, '', '00ff7f', 'data:']) assert.equal(sentSize(none), undefined);
  });

  it('writes two digits a value, row by row', () => {
    const { file, rgb } = golden['png rgb']!;
    const text = pixelText(readPicture(Buffer.from(file, 'base64'), { height: 21, width: 17, channels: 3 }));
    assert.equal(text, rgb.map((value) => value.toString(16).padStart(2, '0')).join(''));
  });

  it('says what is wrong with bytes that are no picture', () => {
    const why = (bytes: Uint8Array): string => {
      try {
        decodePicture(bytes);
      } catch (error) {
        assert.ok(error instanceof PictureError, String(error));
        return error.message;
      }
      throw new Error('it was decoded');
    };
    const png = Buffer.from(golden['png rgb']!.file, 'base64');
    const jpeg = Buffer.from(golden['jpeg']!.file, 'base64');
    assert.match(why(new Uint8Array()), /empty/);
    assert.match(why(Buffer.from('GIF89a')), /neither a PNG nor a JPEG/);
    assert.match(why(png.subarray(0, 300)), /PNG data is broken/);
    assert.match(why(jpeg.subarray(0, 200)), /JPEG data is broken/);
    const huge = Buffer.from(png);
    huge.writeUInt32BE(60_000, 16);
    huge.writeUInt32BE(60_000, 20);
    assert.match(why(huge), /60000 × 60000 pixels; at most 100 million/);
    // Whatever is broken in the middle: an error or a picture, never a hang or anything else thrown.
    for (let at = 8; at < jpeg.length; at += 23) {
      const broken = Buffer.from(jpeg);
      broken[at] = broken[at]! ^ 0xff;
      try {
        decodePicture(broken);
      } catch (error) {
        assert.ok(error instanceof PictureError, `byte ${at}: ${String(error)}`);
      }
    }
  });
});
