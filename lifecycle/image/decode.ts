import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';

/** A picture: 8-bit values [height, width, channels], row by row, channels last. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** The bytes are no picture that can be read; the message says why, without naming a file. */
export class PictureError extends Error {}

/** Largest picture that is read, in millions of pixels: what is packed into a few bytes must not fill the memory. */
const MOST_MEGAPIXELS = 100;

/**
 * Decodes a PNG or JPEG, told by its first bytes. Sixteen bits a value are read as eight. Orientation marks of cameras (EXIF) are not followed.
 *
 * @returns red, green, blue and alpha: [height, width, 4]
 * @throws PictureError
 */
export function decodePicture(bytes: Uint8Array): Picture {
  const kind = pictureKind(bytes);
  if (kind === undefined)
    throw new PictureError(bytes.length === 0 ? 'it is empty' : 'it is neither a PNG nor a JPEG image');
  try {
    const { width, height, data } = kind === 'png' ? readPng(bytes) : readJpeg(bytes);
    return { width, height, channels: 4, data };
  } catch (error) {
    if (error instanceof PictureError) throw error;
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw new PictureError(`its ${kind === 'png' ? 'PNG' : 'JPEG'} data is broken (${reason})`);
  }
}

export function pictureKind(bytes: Uint8Array): 'png' | 'jpeg' | undefined {
  const starts = (...start: number[]): boolean => start.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  return starts(0xff, 0xd8, 0xff) ? 'jpeg' : undefined;
}

function readPng(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The header says how large it is before anything is unpacked.
  if (buffer.length >= 24) refuseHuge(buffer.readUInt32BE(16), buffer.readUInt32BE(20));
  return PNG.sync.read(buffer);
}

function readJpeg(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  return decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_MEGAPIXELS,
    maxMemoryUsageInMB: 2048,
  });
}

function refuseHuge(width: number, height: number): void {
  if (width * height > MOST_MEGAPIXELS * 1e6)
    throw new PictureError(`it has ${width} × ${height} pixels; at most ${MOST_MEGAPIXELS} million are read`);
}
