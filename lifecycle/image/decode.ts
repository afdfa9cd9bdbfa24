import { PNG } from 'pngjs';
import { readJpeg } from './jpeg';
import { broken, type Picture, refuseHugePng, requireKind } from './kinds';

/**
 * Decodes a PNG or JPEG, told by its first bytes. Sixteen bits a value are read as eight. Orientation marks of cameras (EXIF) are not followed.
 *
 * @returns red, green, blue and alpha: [height, width, 4]
 * @throws PictureError
 */
export function decodePicture(bytes: Uint8Array): Picture {
  const kind = requireKind(bytes);
  try {
    const { width, height, data } = kind === 'png' ? readPng(bytes) : readJpeg(bytes);
    return { width, height, channels: 4, data };
  } catch (error) {
    throw broken(kind, error);
  }
}

function readPng(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  refuseHugePng(bytes);
  return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
