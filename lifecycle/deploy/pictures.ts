import { PictureError, pictureSize, pixelsOf, type PictureShape } from '../image';

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** Characters of base64 that mostly hold the header; cameras put a preview before it. */
const HEADER = 96 * 1024;

/** Width and height of the file that a client sent, before it is resized; undefined of pixels that are written out, and of anything else. */
export function sentSize(value: unknown): { readonly width: number; readonly height: number } | undefined {
  if (typeof value !== 'string') return undefined;
  const from = value.startsWith('data:') ? value.indexOf(',') + 1 : 0;
  const sizeOf = (to?: number) => pictureSize(Buffer.from(value.slice(from, to), 'base64'));
  return sizeOf(from + HEADER) ?? (value.length > from + HEADER ? sizeOf() : undefined);
}

/**
 * A picture as a client sends it, as the text of pixels that the graph takes: a PNG or JPEG file in base64, alone or as a `data:` address, or pixels that are
 * written out already.
 *
 * @throws PictureError
 */
export function pictureText(value: string, { height, width, channels }: PictureShape): string {
  const digits = 2 * height * width * channels;
  if (value.length === digits && /^[0-9a-fA-F]+$/.test(value)) return value.toLowerCase();
  const packed = value.startsWith('data:') ? value.slice(value.indexOf(',') + 1) : value;
  if (!BASE64.test(packed))
    throw new PictureError(`it is neither a file in base64 nor ${digits.toLocaleString('en')} hexadecimal digits`);
  return pixelsOf(Buffer.from(packed, 'base64'), { height, width, channels });
}
