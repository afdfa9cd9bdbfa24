import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rotate } from '../../../lifecycle/train/network/augment';

interface Case {
  readonly height: number;
  readonly width: number;
  readonly degrees: number;
  readonly image: readonly number[];
  readonly turned: readonly number[];
}

const cases = JSON.parse(readFileSync(join(__dirname, '../../golden/train/rotation.json'), 'utf8')) as Case[];

describe('train/augment', () => {
  for (const { height, width, degrees, image, turned } of cases)
    it(`turns ${height} × ${width} pixels by ${degrees}° as scipy does`, () => {
      const own = new Array<number>(height * width);
      const inside = (y: number, x: number) => y >= 0 && y < height && x >= 0 && x < width;
      rotate(
        height,
        width,
        degrees,
        (y, x) => (inside(y, x) ? image[y * width + x]! : 0.25),
        (y, x, value) => (own[y * width + x] = value),
      );
      own.forEach((value, i) => assert.ok(Math.abs(value - turned[i]!) < 1e-6, `${i}: ${value} and ${turned[i]}`));
    });
});
