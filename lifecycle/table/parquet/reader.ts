/**
 * Reads columns of Parquet files as codes of their dictionaries, where they have one: who counts values then counts codes, and looks at each value once.
 * For the common case only: what it throws {@link Unread} at is left to the database, which reads every file.
 * Source: https://github.com/apache/parquet-format
 */
import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import * as zlib from 'node:zlib';
import { readThriftAt, type ThriftStruct } from '../thrift';
import { numberOf, type ParquetColumn, type ParquetFooter, readFooter } from './footer';
import { areOnes, readHybrid, SLACK } from './hybrid';
import { unsnap } from './snappy';
import { Unread } from './unread';
import { type Bytes, readBooleans, readPlain, readSpellings } from './values';

/** The distinct values of a column in a row group: numbers as `readPlain` has them, or texts by their bytes. */
export type Dictionary =
  | { readonly kind: 'numbers'; readonly numbers: Float64Array; readonly size: number }
  | { readonly kind: 'texts'; readonly spellings: readonly string[]; readonly size: number };

/** The values of a column in a row group, one a row; a code of the dictionary's size, or NaN, is one that is missing. */
export type ColumnRows =
  | { readonly kind: 'codes'; readonly codes: Uint32Array; readonly dictionary: Dictionary }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array };

/** Rows of a row group, and bytes of a column in one: with more of them the memory would not be bounded. */
const MOST_ROWS = 1 << 21;
const MOST_BYTES = 1 << 25;
/** Bytes of each piece of memory that stay for the next file. */
const MOST_HELD = 1 << 22;
/** Numbers of a dictionary with more values come as numbers. */
const MOST_CODES = 1 << 15;

/** Fields by the numbers that the format gives them. */
const PAGE = { type: 1, unpacked: 2, packed: 3, data: 5, dictionary: 7, data2: 8 };
const DATA = { values: 1, encoding: 2, levels: 3 };
const DATA2 = { values: 1, encoding: 4, levels: 5, repetitions: 6, packed: 7 };
const TYPES = { data: 0, index: 1, dictionary: 2, data2: 3 };
const ENCODINGS = { plain: 0, plainDictionary: 2, runs: 3, dictionary: 8 };
const CODECS = { none: 0, snappy: 1, gzip: 2, zstd: 6 };
const BOOLEANS: Dictionary = { kind: 'numbers', numbers: Float64Array.of(0, 1), size: 2 };
const NO_TEXTS: Dictionary = { kind: 'texts', spellings: [], size: 0 };

/** Node has it from 22.15 on. */
type Zstd = { zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer };

/** A data page, unpacked. */
interface Page {
  readonly values: number;
  readonly encoding: number;
  readonly levels: Bytes | undefined;
  readonly content: Bytes;
}

/**
 * An open Parquet file. Always close it. What it gives is valid until the next call of any reader of this thread: they share the memory that values are
 * unpacked into, which would take more time to get anew than to fill. So nothing is read beside the thread either.
 */
export class ParquetReader {
  private constructor(
    private readonly file: FileHandle,
    readonly footer: ParquetFooter,
  ) {}

  /** @throws Unread, RangeError when the file is not one that is read here; errors of the file system come through */
  static async open(path: string): Promise<ParquetReader> {
    const file = await open(path, 'r');
    try {
      return new ParquetReader(file, await readFooter(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  close(): Promise<void> {
    memory.shrink();
    return this.file.close();
  }

  /**
   * The values of a column in one row group.
   *
   * @throws Unread, RangeError when they are not written in one of the ways that are read here, or are damaged
   */
  read(group: ParquetFooter['groups'][number], column: ParquetColumn): ColumnRows {
    const { rows } = group;
    const { codec, from, bytes } = group.chunk(column);
    if (rows > MOST_ROWS || bytes > MOST_BYTES) throw new Unread('a row group is too large');
    memory.reserve(rows, bytes);
    const packed = memory.packed.buffer;
    if (readSync(this.file.fd, packed, 0, bytes, from) !== bytes) throw new Unread('the file ends too early');
    const chunk = packed.subarray(0, bytes);
    let dictionary: Dictionary | undefined;
    let kind: ColumnRows['kind'] | undefined;
    for (let at = 0, row = 0; row < rows;) {
      const { value: header, end } = readThriftAt(chunk, at);
      at = end + numberOf(header, PAGE.packed);
      if (at > bytes) throw new Unread('a page ends too early');
      const type = numberOf(header, PAGE.type);
      if (type === TYPES.index) continue;
      if (type === TYPES.dictionary) {
        if (dictionary !== undefined || row > 0) throw new Unread('a dictionary where none belongs');
        dictionary = this.#dictionary(header, column, codec, end, at);
        continue;
      }
      const page = this.#data(type, header, column, codec, end, at);
      if (row + page.values > rows) throw new Unread('a column has more values than its row group has rows');
      const present = this.#present(page);
      const coded = codedBy(page.encoding, column, present, dictionary);
      if (coded !== undefined) {
        dictionary = coded;
        kind ??= coded.size > MOST_CODES && coded.kind === 'numbers' ? 'numbers' : 'codes';
        this.#readCodes(page, column, coded, row, present);
        if (kind === 'numbers') this.#toNumbers(coded, row, row + page.values);
      } else {
        if (kind === 'codes') this.#toNumbers(dictionary ?? NO_TEXTS, 0, row);
        kind = 'numbers';
        this.#readNumbers(page, column, row, present);
      }
      row += page.values;
    }
    if (kind === 'codes') return { kind, codes: memory.codes.subarray(0, rows), dictionary: dictionary ?? NO_TEXTS };
    return { kind: 'numbers', numbers: memory.numbers.subarray(0, rows) };
  }

  #dictionary(header: ThriftStruct, column: ParquetColumn, codec: number, from: number, to: number): Dictionary {
    const own = structOf(header, PAGE.dictionary);
    const encoding = numberOf(own, DATA.encoding);
    if (encoding !== ENCODINGS.plain && encoding !== ENCODINGS.plainDictionary)
      throw new Unread(`a dictionary in encoding ${encoding}`);
    const size = numberOf(own, DATA.values);
    const content = this.#unpacked(codec, from, to, numberOf(header, PAGE.unpacked));
    if (column.physical === 'bytes') return { kind: 'texts', spellings: readSpellings(content, size), size };
    if (size > content.to - content.from) throw new Unread('a dictionary ends too early');
    const numbers = new Float64Array(size);
    readPlain(content, column, numbers, 0, size);
    return { kind: 'numbers', numbers, size };
  }

  #data(type: number, header: ThriftStruct, column: ParquetColumn, codec: number, from: number, to: number): Page {
    const unpacked = numberOf(header, PAGE.unpacked);
    if (type === TYPES.data2) {
      const own = structOf(header, PAGE.data2);
      const [levels, repetitions] = [numberOf(own, DATA2.levels), numberOf(own, DATA2.repetitions)];
      const begin = from + levels;
      if (repetitions > 0 || begin > to || levels > unpacked) throw new Unread('levels that are not read here');
      const flag = own.fields.get(DATA2.packed);
      const plain = flag?.type === 'bool' && !flag.value;
      return {
        values: numberOf(own, DATA2.values),
        encoding: numberOf(own, DATA2.encoding),
        levels: column.optional ? { ...memory.packed, from, to: begin } : undefined,
        content: this.#unpacked(plain ? CODECS.none : codec, begin, to, unpacked - levels),
      };
    }
    if (type !== TYPES.data) throw new Unread(`a page of kind ${type}`);
    const own = structOf(header, PAGE.data);
    const content = this.#unpacked(codec, from, to, unpacked);
    const page = { values: numberOf(own, DATA.values), encoding: numberOf(own, DATA.encoding) };
    if (!column.optional) return { ...page, levels: undefined, content };
    const begin = content.from + 4;
    if (numberOf(own, DATA.levels) !== ENCODINGS.runs || begin > content.to)
      throw new Unread('levels that are not read here');
    const end = begin + content.view.getUint32(content.from, true);
    if (end > content.to) throw new Unread('levels end too early');
    return { ...page, levels: { ...content, from: begin, to: end }, content: { ...content, from: end } };
  }

  /** Bytes of a page, which lie in the chunk as it was read or in a place of their own until the next page. */
  #unpacked(codec: number, from: number, to: number, size: number): Bytes {
    if (size > MOST_BYTES) throw new Unread('a page is too large');
    if (codec === CODECS.none || size === 0) {
      if (codec === CODECS.none && to - from !== size) throw new Unread('a page has another length than it says');
      return { ...memory.packed, from, to: from + size };
    }
    memory.reservePage(size);
    const packed = memory.packed.buffer;
    if (codec === CODECS.snappy) unsnap(memory.packed, from, to, memory.page, size);
    else {
      const options = { maxOutputLength: size };
      const bytes = packed.subarray(from, to);
      const made =
        codec === CODECS.gzip
          ? zlib.gunzipSync(bytes, options)
          : codec === CODECS.zstd
            ? (zlib as Zstd).zstdDecompressSync?.(bytes, options)
            : undefined;
      if (made?.length !== size) throw new Unread(`a page packed in a way (${codec}) that is not read here`);
      made.copy(memory.page.buffer);
    }
    return { ...memory.page, from: 0, to: size };
  }

  /** How many values of a page are there; which ones, the levels say then. */
  #present({ values, levels }: Page): number {
    if (levels === undefined || values === 0 || areOnes(levels.view, levels.from, levels.to, values)) return values;
    readHybrid(levels.view, levels.from, levels.to, 1, memory.levels, 0, values);
    return sumOf(memory.levels, values);
  }

  #readCodes(page: Page, column: ParquetColumn, { size }: Dictionary, row: number, present: number): void {
    const { values, encoding, content } = page;
    const codes = memory.codes;
    if (present > 0) {
      if (column.physical === 'boolean') {
        if (encoding === ENCODINGS.plain) readBooleans(content, codes, row, present);
        else readHybrid(content.view, content.from + 4, content.to, 1, codes, row, present);
      } else {
        if (content.from >= content.to) throw new Unread('codes end too early');
        const width = content.buffer[content.from]!;
        readHybrid(content.view, content.from + 1, content.to, width, codes, row, present);
        if (hasBeyond(codes, row, row + present, size)) throw new Unread('a code beyond the dictionary');
      }
    }
    if (present === values) return;
    spread(codes, row, present, memory.levels, values, size);
  }

  #readNumbers({ values, encoding, content }: Page, column: ParquetColumn, row: number, present: number): void {
    const numbers = memory.numbers;
    if (present > 0) {
      if (encoding !== ENCODINGS.plain) throw new Unread(`values in encoding ${encoding}`);
      readPlain(content, column, numbers, row, present);
    }
    if (present === values) return;
    spread(numbers, row, present, memory.levels, values, NaN);
  }

  #toNumbers(dictionary: Dictionary, from: number, to: number): void {
    if (dictionary.kind !== 'numbers') throw new Unread('texts that are partly in no dictionary');
    lookUp(dictionary.numbers, memory.codes, memory.numbers, from, to);
  }
}

/** The dictionary that the values of a page are codes of; undefined when they are numbers. */
function codedBy(
  encoding: number,
  { physical }: ParquetColumn,
  present: number,
  dictionary: Dictionary | undefined,
): Dictionary | undefined {
  if (physical === 'boolean') {
    if (present > 0 && encoding !== ENCODINGS.plain && encoding !== ENCODINGS.runs)
      throw new Unread(`booleans in encoding ${encoding}`);
    return BOOLEANS;
  }
  if (encoding === ENCODINGS.dictionary || encoding === ENCODINGS.plainDictionary) {
    if (dictionary !== undefined) return dictionary;
    if (present > 0) throw new Unread('codes without a dictionary');
  }
  if (physical !== 'bytes') return undefined;
  if (present > 0) throw new Unread('texts that are in no dictionary');
  return dictionary ?? NO_TEXTS;
}

function structOf({ fields }: ThriftStruct, id: number): ThriftStruct {
  const field = fields.get(id);
  if (field?.type !== 'struct') throw new Unread(`a page has no header ${id}`);
  return field;
}

// Each loop is a function of its own: see `readPlain`.

/** Whether a code is beyond a dictionary of so many values. Without a branch, which would take longer than reading the codes. */
function hasBeyond(codes: Uint32Array, from: number, to: number, size: number): boolean {
  const last = size - 1;
  let beyond = 0;
  // Codes have few bits: as numbers with a sign they need no arithmetic of doubles.
  for (let i = from; i < to; i++) beyond |= (last - (codes[i]! | 0)) | 0;
  return beyond < 0;
}

function sumOf(levels: Uint32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += levels[i]!;
  return sum;
}

/** Moves the values that are there to where they belong, from the end on, so that each is taken before it is written over. */
function spread(
  all: Uint32Array | Float64Array,
  row: number,
  present: number,
  levels: Uint32Array,
  values: number,
  missing: number,
): void {
  for (let i = values - 1, from = row + present - 1; i >= 0; i--)
    all[row + i] = levels[i] === 1 ? all[from--]! : missing;
}

/** The numbers of codes; NaN for the code after the last one. */
export function lookUp(numbers: Float64Array, codes: Uint32Array, out: Float64Array, from: number, to: number): void {
  const size = numbers.length;
  for (let i = from; i < to; i++) {
    const code = codes[i]!;
    out[i] = code === size ? NaN : numbers[code]!;
  }
}

/** Where values are unpacked, one column of one row group at a time. */
class Memory {
  packed = roomFor(0);
  page = roomFor(0);
  codes = new Uint32Array(0);
  numbers = new Float64Array(0);
  levels = new Uint32Array(0);

  /** @param bytes of the column as it lies in the file */
  reserve(rows: number, bytes: number): void {
    if (bytes > this.packed.buffer.length - SLACK) this.packed = roomFor(bytes);
    if (rows <= this.codes.length) return;
    this.codes = new Uint32Array(rows);
    this.levels = new Uint32Array(rows);
    this.numbers = new Float64Array(rows);
  }

  reservePage(bytes: number): void {
    if (bytes > this.page.buffer.length - SLACK) this.page = roomFor(bytes);
  }

  /** Lets go of what is larger than most files need. */
  shrink(): void {
    if (this.packed.buffer.length > MOST_HELD) this.packed = roomFor(0);
    if (this.page.buffer.length > MOST_HELD) this.page = roomFor(0);
    if (this.numbers.byteLength <= MOST_HELD) return;
    this.codes = this.levels = new Uint32Array(0);
    this.numbers = new Float64Array(0);
  }
}

/** Memory for so many bytes, and some more that may be looked at. */
function roomFor(bytes: number): { readonly buffer: Buffer; readonly view: DataView } {
  const buffer = Buffer.allocUnsafeSlow(bytes + SLACK);
  return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.length) };
}

const memory = new Memory();
