import { type Picture } from './kinds';
import { resize } from './resize';

/** What every picture of a column is made to. */
export interface PictureShape {
  readonly height: number;
  readonly width: number;
  /** 1 is grey; 3 red, green and blue. */
  readonly channels: 1 | 3;
}

const DIGITS = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Pixels as a model's text column holds them: two hexadecimal digits a value, row by row, channels side by side. */
export function pixelText({ data }: Picture): string {
  // Pages have no Buffer.
  if (typeof Buffer !== 'undefined') return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  let text = '';
  for (const value of data) text += DIGITS[value]!;
  return text;
}

/** A decoded picture (red, green, blue and alpha) as a model sees it: what is transparent laid on white, in grey where wished, resized. */
export function shaped(picture: Picture, { height, width, channels }: PictureShape): Picture {
  return resize(coloured(picture, channels), height, width);
}

/** From red, green, blue and alpha. Grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), in the whole numbers of Pillow. */
export function coloured({ width, height, data }: Picture, channels: 1 | 3): Picture {
  const made = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3]!;
    const value = (k: number): number => {
      const given = data[4 * i + k]!;
      return alpha === 255 ? given : Math.round((given * alpha + 255 * (255 - alpha)) / 255);
    };
    const [red, green, blue] = [value(0), value(1), value(2)];
    if (channels === 1) made[i] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    else made.set([red, green, blue], 3 * i);
  }
  return { width, height, channels, data: made };
}
