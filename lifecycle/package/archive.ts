import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../problem';
import { writeAtomic } from '../process/files';
import { verifyBundle, type VerifiedBundle } from '../store/bundle';

/*
 * A bundle as one file, to carry from one store to another: a tar archive of plain files, or, encrypted,
 *   "MLLB1\n" · salt (16) · nonce (12) · AES-256-GCM of the archive · tag (16); the key is scrypt(password, salt, N 2^15, r 8, p 1).
 */

const MAGIC = Buffer.from('MLLB1\n');
const [SALT, NONCE, TAG] = [16, 12, 16];
const SCRYPT = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 };
const BLOCK = 512;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const MOST_FILES = 100;
/** Largest bundle that is taken from a file. */
const LARGEST = 4 * 2 ** 30;

/** Writes a bundle folder into one file. @param password encrypts it */
export async function packBundle(folder: string, file: string, password?: string): Promise<void> {
  await verifyBundle(folder);
  const parts: Buffer[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const content = await readFile(join(folder, name));
    parts.push(header(name, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }
  parts.push(Buffer.alloc(2 * BLOCK));
  const archive = Buffer.concat(parts);
  await writeAtomic(file, password === undefined ? archive : seal(archive, password), { mode: 0o600 });
}

/**
 * Takes a bundle out of a file into an empty folder, and verifies it. Only plain files with plain names are taken: a link, a folder, a path or
 * anything that does not belong ends it before a byte is written.
 *
 * @throws UserError `archive-refused`, `archive-password`, and those of {@link verifyBundle}
 */
export async function unpackBundle(file: string, folder: string, password?: string): Promise<VerifiedBundle> {
  const { size } = await lstat(file);
  if (size > LARGEST) throw refused(file, `it has ${size} bytes`);
  const bytes = await readFile(file);
  const sealed = bytes.subarray(0, MAGIC.length).equals(MAGIC);
  if (sealed && password === undefined) {
    throw new UserError({
      code: 'archive-password',
      message: `${file} is encrypted.`,
      hint: 'Name the secret that holds its password: --password NAME.',
      file,
    });
  }
  const entries = read(sealed ? open(bytes, password ?? '', file) : bytes, file);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of entries) await writeFile(join(folder, name), content, { flag: 'wx' });
  return verifyBundle(folder);
}

function seal(archive: Buffer, password: string): Buffer {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const cipher = createCipheriv('aes-256-gcm', scryptSync(password, salt, 32, SCRYPT), nonce).setAAD(MAGIC);
  return Buffer.concat([MAGIC, salt, nonce, cipher.update(archive), cipher.final(), cipher.getAuthTag()]);
}

function open(bytes: Buffer, password: string, file: string): Buffer {
  const from = MAGIC.length;
  if (bytes.length < from + SALT + NONCE + TAG) throw refused(file, 'it is cut short');
  const salt = bytes.subarray(from, from + SALT);
  const nonce = bytes.subarray(from + SALT, from + SALT + NONCE);
  const key = scryptSync(password, salt, 32, SCRYPT);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(MAGIC);
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    return Buffer.concat([cipher.update(bytes.subarray(from + SALT + NONCE, bytes.length - TAG)), cipher.final()]);
  } catch {
    throw new UserError({
      code: 'archive-password',
      message: `${file} can't be decrypted: the password is another one, or the file was changed.`,
      file,
    });
  }
}

function read(bytes: Buffer, file: string): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  for (let at = 0; ;) {
    if (at + BLOCK > bytes.length) throw refused(file, 'it is cut short');
    const head = bytes.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) return entries;
    const name = text(head, 0, 100);
    const size = number(head, 124, 12);
    const type = String.fromCharCode(head[156] ?? 0);
    if (number(head, 148, 8) !== checksum(head)) throw refused(file, 'it is no archive of a bundle');
    if (type !== '0' && type !== '\0') throw refused(file, `'${name.slice(0, 80)}' is no plain file`);
    if (!NAME.test(name) || text(head, 345, 155) !== '')
      throw refused(file, `the name '${name.slice(0, 80)}' is not allowed`);
    if (entries.has(name)) throw refused(file, `'${name}' is in it twice`);
    if (entries.size >= MOST_FILES) throw refused(file, `it holds more than ${MOST_FILES} files`);
    if (!Number.isSafeInteger(size) || at + BLOCK + size > bytes.length) throw refused(file, 'it is cut short');
    entries.set(name, bytes.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function header(name: string, size: number): Buffer {
  const head = Buffer.alloc(BLOCK);
  head.write(name, 0, 100, 'utf8');
  for (const [at, value, width] of [
    [100, 0o644, 8],
    [108, 0, 8],
    [116, 0, 8],
    [124, size, 12],
    [136, 0, 12],
  ] as const)
    head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at);
  head.write('0', 156);
  head.write('ustar\u000000', 257, 'latin1');
  head.write(`${checksum(head).toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

/** Sum of a header's bytes, its own field counted as spaces. */
function checksum(head: Buffer): number {
  let sum = 0;
  for (const [i, byte] of head.entries()) sum += i >= 148 && i < 156 ? 32 : byte;
  return sum;
}

function text(head: Buffer, at: number, width: number): string {
  return head
    .subarray(at, at + width)
    .toString('utf8')
    .replace(/\0.*$/s, '');
}

function number(head: Buffer, at: number, width: number): number {
  const digits = text(head, at, width).trim();
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}

function refused(file: string, why: string): UserError {
  return new UserError({
    code: 'archive-refused',
    message: `${file} is not taken: ${why}.`,
    hint: '`lifecycle models export` makes such a file.',
    file,
  });
}
