import { type FileHandle, open } from 'node:fs/promises';

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Names of the shared libraries that a program or library asks for, for example `librt.so.1`; none for a file that is no ELF file of 64 bits
 * in little-endian order. Source: elf(5).
 */
export async function neededLibraries(path: string): Promise<string[]> {
  const file = await open(path);
  try {
    const head = await bytesAt(file, 0, 64);
    if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) return [];
    const [size, count] = [head.readUInt16LE(54), head.readUInt16LE(56)];
    const table = await bytesAt(file, Number(head.readBigUInt64LE(32)), size * count);
    const segments = Array.from({ length: count }, (_, i): Segment => {
      const at = i * size;
      return {
        type: table.readUInt32LE(at),
        offset: Number(table.readBigUInt64LE(at + 8)),
        address: Number(table.readBigUInt64LE(at + 16)),
        size: Number(table.readBigUInt64LE(at + 32)),
      };
    });
    const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
    if (dynamic === undefined) return [];
    const entries = await bytesAt(file, dynamic.offset, dynamic.size);
    const needed: number[] = [];
    let names: number | undefined;
    for (let at = 0; at + 16 <= entries.length; at += 16) {
      const [tag, value] = [entries.readBigInt64LE(at), Number(entries.readBigUInt64LE(at + 8))];
      if (tag === DT_NEEDED) needed.push(value);
      else if (tag === DT_STRTAB) names = offsetOf(segments, value);
      else if (tag === 0n) break;
    }
    if (names === undefined) return [];
    return await Promise.all(needed.map((at) => textAt(file, (names ?? 0) + at)));
  } finally {
    await file.close();
  }
}

/** Where in the file lies what is loaded at an address. */
function offsetOf(segments: readonly Segment[], address: number): number | undefined {
  const found = segments.find(
    (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.size,
  );
  return found && found.offset + address - found.address;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function textAt(file: FileHandle, position: number): Promise<string> {
  const bytes = await bytesAt(file, position, 256);
  return bytes.toString('latin1', 0, Math.max(0, bytes.indexOf(0)));
}
