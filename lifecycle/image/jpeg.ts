import { decode } from 'jpeg-js';
import { MOST_MEGAPIXELS } from './kinds';

/** Red, green, blue and alpha, [height, width, 4]. Orientation marks of cameras (EXIF) are not followed. @throws Error of the decoder */
export function readJpeg(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  return decode(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_MEGAPIXELS,
    maxMemoryUsageInMB: 2048,
  });
}
