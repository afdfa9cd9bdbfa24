import path from 'node:path';
import type { FileSource } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { markedEncoding } from '../table/delimited';

/** Another encoding than the one stated, and the line that shows it. */
export interface Meant {
  readonly encoding: 'windows-1252' | 'utf-16' | 'utf-8';
  readonly line: number;
}

/**
 * The encoding to state for a text file that is in another one than is stated (UTF-8 unless its mark says otherwise).
 *
 * @param bytes the first ones of the file
 */
export function encodingMeant(bytes: Uint8Array, stated: FileSource['encoding']): Meant | 'not text' | undefined {
  const marked = markedEncoding(bytes);
  const end = bytes.lastIndexOf(10) + 1 || bytes.length;
  const lines = bytes.subarray(0, end);
  if (stated === 'windows-1252' || stated === 'latin-1') {
    if (marked !== undefined) return { encoding: marked === 'utf-16' ? 'utf-16' : 'utf-8', line: 1 };
    // Letters of several bytes that all fit UTF-8 do not come about by chance.
    const first = lines.findIndex((byte) => byte >= 0x80);
    return first < 0 || !isUtf8(lines) ? undefined : { encoding: 'utf-8', line: lineOf(lines, first) };
  }
  if ((stated ?? marked) !== undefined && stated !== 'utf-8') return undefined;
  if (marked === 'utf-16') return { encoding: 'utf-16', line: 1 };
  if (bytes.includes(0)) return 'not text';
  if (isUtf8(lines)) return undefined;
  let line = 1;
  for (let at = 0; at < end; line++) {
    const next = bytes.indexOf(10, at) + 1 || end;
    if (!isUtf8(bytes.subarray(at, next))) break;
    at = next;
  }
  return { encoding: 'windows-1252', line };
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Says early what DuckDB would say late or, of a header, not at all.
 *
 * @param bytes the first ones of the file
 * @returns what reads, but not as it was written
 * @throws UserError when the file can't be read in the encoding stated
 */
export function checkEncoding(
  file: string,
  bytes: Uint8Array,
  stated: FileSource['encoding'],
): { readonly message: string; readonly hint: string } | undefined {
  const meant = encodingMeant(bytes, stated);
  if (meant === undefined) return undefined;
  if (meant === 'not text')
    throw new UserError({
      code: 'data-not-text',
      message: `${path.basename(file)} is not a text file.`,
      hint: "If it is not a CSV file, state its format with 'source: {file: …, format: …}'.",
      file,
    });
  const { encoding, line } = meant;
  if (stated === 'windows-1252' || stated === 'latin-1')
    return {
      message: `${path.basename(file)} line ${line} looks like ${encoding.toUpperCase()}, and is read as ${stated}: letters such as ü would come out as Ã¼.`,
      hint: `State the file's encoding: 'source: {file: …, encoding: ${encoding}}'.`,
    };
  throw new UserError({
    code: 'data-wrong-encoding',
    message: `${path.basename(file)} line ${line} is not UTF-8.`,
    hint: `State the file's encoding: 'source: {file: …, encoding: ${encoding}}'${encoding === 'utf-16' ? '' : ', which Excel and most Windows programs in the West write'}.`,
    file,
    line,
  });
}
