import { createReadStream } from 'node:fs';

/** One entry of an archive. Folders on the way are made of themselves. */
export interface TarFile {
  /** Relative, with forward slashes, no `..`. */
  readonly path: string;
  readonly mode: number;
  /** Text of the file, or the file whose bytes it has. */
  readonly content?: string;
  readonly from?: string;
  readonly bytes: number;
  /** A folder. */
  readonly folder?: boolean;
}

const BLOCK = 512;

/**
 * The bytes of a tar archive (POSIX ustar, with pax headers for long names), the same for the same entries wherever and whenever:
 * sorted, no times, owner 0.
 */
export async function* tar(files: readonly TarFile[]): AsyncGenerator<Buffer> {
  for (const file of withFolders(files)) {
    yield* header(file);
    if (file.folder === true) continue;
    let written = 0;
    if (file.content !== undefined) {
      const bytes = Buffer.from(file.content);
      written = bytes.length;
      yield bytes;
    } else if (file.from !== undefined) {
      for await (const chunk of createReadStream(file.from, { highWaterMark: 1 << 20 })) {
        written += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    }
    if (written !== file.bytes) throw new Error(`${file.path} changed while it was read.`);
    if (written % BLOCK !== 0) yield Buffer.alloc(BLOCK - (written % BLOCK));
  }
  yield Buffer.alloc(2 * BLOCK);
}

function withFolders(files: readonly TarFile[]): TarFile[] {
  const all = new Map<string, TarFile>();
  for (const file of files) {
    if (file.path.startsWith('/') || file.path.split('/').some((part) => part === '..' || part === '.' || part === ''))
      throw new Error(`${file.path} can't be a name in an archive.`);
    const parts = file.path.split('/');
    for (let i = 1; i < parts.length; i++) {
      const path = parts.slice(0, i).join('/');
      if (!all.has(path)) all.set(path, { path, mode: 0o755, bytes: 0, folder: true });
    }
    all.set(file.path, file);
  }
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* header(file: TarFile): Generator<Buffer> {
  const name = file.folder === true ? `${file.path}/` : file.path;
  if (Buffer.byteLength(name) > 100) {
    const record = paxRecord('path', name);
    yield block('pax', record.length, 0o644, 'x');
    yield record;
    if (record.length % BLOCK !== 0) yield Buffer.alloc(BLOCK - (record.length % BLOCK));
  }
  yield block(name, file.folder === true ? 0 : file.bytes, file.mode, file.folder === true ? '5' : '0');
}

/** `LENGTH key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length + rest !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function block(name: string, size: number, mode: number, type: string): Buffer {
  const head = Buffer.alloc(BLOCK);
  head.write(name.slice(0, 100), 0, 100, 'utf8');
  head.write(octal(mode, 8), 100);
  head.write(octal(0, 8), 108);
  head.write(octal(0, 8), 116);
  head.write(octal(size, 12), 124);
  head.write(octal(0, 12), 136);
  head.write('        ', 148);
  head.write(type, 156);
  head.write('ustar\u000000', 257, 'latin1');
  let sum = 0;
  for (const byte of head) sum += byte;
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
