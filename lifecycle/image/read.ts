import { decodePicture } from './decode';
import { type Picture } from './kinds';
import { pixelText, type PictureShape, shaped } from './pixels';

/**
 * A picture as a model sees it.
 *
 * @param bytes of a PNG or JPEG file
 * @throws PictureError
 */
export function readPicture(bytes: Uint8Array, shape: PictureShape): Picture {
  return shaped(decodePicture(bytes), shape);
}

/** A file as the text of pixels that a model takes: what the folders of `edge` targets call in Node. @throws PictureError */
export function pixelsOf(bytes: Uint8Array, shape: PictureShape): string {
  return pixelText(readPicture(bytes, shape));
}
