import { pictureKind } from './kinds';

/** How large pictures are, as their files say: pairs of a number of pixels and how many pictures have it, smallest first. */
export interface PictureSizes {
  readonly width: readonly (readonly [pixels: number, pictures: number])[];
  readonly height: readonly (readonly [pixels: number, pictures: number])[];
}

/**
 * Width and height in pixels of a PNG or JPEG, out of its header; nothing is decoded.
 *
 * @param bytes the file or its beginning
 * @returns undefined when it is neither, or the beginning does not reach so far
 */
export function pictureSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = pictureKind(bytes);
  if (kind === 'png') return bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) };
  if (kind !== 'jpeg') return undefined;
  // Segments one after the other: 0xff, a marker, a length that counts itself (ITU-T T.81, B.1).
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Counts sizes of pictures. */
export class SizeCount {
  readonly #width = new Map<number, number>();
  readonly #height = new Map<number, number>();

  add({ width, height }: { readonly width: number; readonly height: number }): void {
    this.#width.set(width, (this.#width.get(width) ?? 0) + 1);
    this.#height.set(height, (this.#height.get(height) ?? 0) + 1);
  }

  get sizes(): PictureSizes {
    const sorted = (counts: ReadonlyMap<number, number>) => [...counts].sort(([a], [b]) => a - b);
    return { width: sorted(this.#width), height: sorted(this.#height) };
  }
}
