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
export const MOST_MEGAPIXELS = 100;

export type PictureKind = 'png' | 'jpeg';

/** The kind of a picture, told by its first bytes. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  const starts = (...start: number[]): boolean => start.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  return starts(0xff, 0xd8, 0xff) ? 'jpeg' : undefined;
}

/** @throws PictureError */
export function requireKind(bytes: Uint8Array): PictureKind {
  const kind = pictureKind(bytes);
  if (kind !== undefined) return kind;
  throw new PictureError(bytes.length === 0 ? 'it is empty' : 'it is neither a PNG nor a JPEG image');
}

/** The header of a PNG says how large it is before anything is unpacked. @throws PictureError */
export function refuseHugePng(bytes: Uint8Array): void {
  if (bytes.length < 24) return;
  const header = new DataView(bytes.buffer, bytes.byteOffset, 24);
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  if (width * height > MOST_MEGAPIXELS * 1e6)
    throw new PictureError(`it has ${width} × ${height} pixels; at most ${MOST_MEGAPIXELS} million are read`);
}

/** What a decoder throws, as the reason why a picture can't be read. */
export function broken(kind: PictureKind, error: unknown): PictureError {
  if (error instanceof PictureError) return error;
  const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  return new PictureError(`its ${kind === 'png' ? 'PNG' : 'JPEG'} data is broken (${reason})`);
}
