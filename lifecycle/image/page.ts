import { readJpeg } from './jpeg';
import { broken, type Picture, PictureError, refuseHugePng, requireKind } from './kinds';
import { pixelText, type PictureShape, shaped } from './pixels';

// The part of the browser's own API that is needed: the engine knows no DOM.
interface Bitmap {
  readonly width: number;
  readonly height: number;
}
interface Context {
  drawImage(image: Bitmap, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}
declare const createImageBitmap: (file: Blob, options: Record<string, string>) => Promise<Bitmap>;
declare const OffscreenCanvas: new (width: number, height: number) => { getContext(kind: '2d'): Context | null };

/**
 * A file as the text of pixels that a model takes, in a browser: what the folders of `edge` targets call in a page. JPEGs are decoded by the same code as
 * in training, PNGs by the browser.
 *
 * @throws PictureError
 */
export async function pixelsOf(bytes: Uint8Array, shape: PictureShape): Promise<string> {
  const kind = requireKind(bytes);
  let picture: Picture;
  try {
    picture = kind === 'jpeg' ? { channels: 4, ...readJpeg(bytes) } : await readPng(bytes);
  } catch (error) {
    throw broken(kind, error);
  }
  return pixelText(shaped(picture, shape));
}

async function readPng(bytes: Uint8Array): Promise<Picture> {
  refuseHugePng(bytes);
  const file = new Blob([bytes], { type: 'image/png' });
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) throw new PictureError('this browser does not give its pixels');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
