/**
 * The footer of a Parquet file: its columns as the database names them, and where their values lie.
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import type { FileHandle } from 'node:fs/promises';
import { readThrift, type ThriftStruct, type ThriftValue } from '../thrift';
import { Unread } from './unread';

/** How values lie in a file. */
export const PHYSICAL = { boolean: 0, int32: 1, int64: 2, float: 4, double: 5, bytes: 6 } as const;
export type Physical = keyof typeof PHYSICAL;

/** What whole numbers that stand for a time count. */
export type TimeUnit = 'days' | 'milliseconds' | 'microseconds' | 'nanoseconds';

/** A column of a kind that is read here. */
export interface ParquetColumn {
  readonly name: string;
  /** Its type as the database has it. */
  readonly sql: string;
  readonly physical: Physical;
  /** Of whole numbers. */
  readonly unsigned: boolean;
  readonly unit: TimeUnit | undefined;
  /** Whether values may be missing. */
  readonly optional: boolean;
  /** Its place among the chunks of a row group. */
  readonly leaf: number;
}

/** The values of one column in one row group. */
export interface ParquetChunk {
  readonly codec: number;
  /** With missing ones. */
  readonly values: number;
  /** Where its pages begin, and how many bytes they take. */
  readonly from: number;
  readonly bytes: number;
}

export interface ParquetFooter {
  readonly rows: number;
  /** By name and in order; undefined for one of a kind that is not read here. */
  readonly columns: ReadonlyMap<string, ParquetColumn | undefined>;
  readonly groups: readonly {
    readonly rows: number;
    /** @throws Unread when the chunk is odd */
    chunk(column: ParquetColumn): ParquetChunk;
  }[];
}

/** Fields by the numbers that the format gives them. */
const FILE = { schema: 2, rows: 3, groups: 4, encryption: 8 };
const ELEMENT = { type: 1, repetition: 3, name: 4, children: 5, converted: 6, logical: 10 };
const GROUP = { columns: 1, rows: 3 };
const CHUNK = { path: 1, metadata: 3, crypto: 8 };
const METADATA = { type: 1, path: 3, codec: 4, values: 5, size: 7, data: 9, dictionary: 11 };
const LOGICAL_TIMESTAMP = 8;
const TIMESTAMP = { utc: 1, unit: 2 };
const UNITS = new Map<number, TimeUnit>([
  [1, 'milliseconds'],
  [2, 'microseconds'],
  [3, 'nanoseconds'],
]);
const REQUIRED = 0;
const OPTIONAL = 1;
const CONVERTED = { utf8: 0, date: 6, milliseconds: 9, microseconds: 10 };
const WHOLE = new Map<number, { readonly sql: string; readonly physical: Physical }>([
  [11, { sql: 'UTINYINT', physical: 'int32' }],
  [12, { sql: 'USMALLINT', physical: 'int32' }],
  [13, { sql: 'UINTEGER', physical: 'int32' }],
  [14, { sql: 'UBIGINT', physical: 'int64' }],
  [15, { sql: 'TINYINT', physical: 'int32' }],
  [16, { sql: 'SMALLINT', physical: 'int32' }],
  [17, { sql: 'INTEGER', physical: 'int32' }],
  [18, { sql: 'BIGINT', physical: 'int64' }],
]);
const PLAIN: Readonly<Partial<Record<Physical, string>>> = {
  boolean: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
};
const physicalOf = new Map<number, Physical>(Object.entries(PHYSICAL).map(([name, code]) => [code, name as Physical]));

const MAGIC = 'PAR1';
const TAIL = 8;
/** A footer of more bytes takes longer to read than it would save. */
const MOST_BYTES = 1 << 24;

/** @throws Unread, RangeError when it is odd; errors of the file system come through */
export async function readFooter(file: FileHandle): Promise<ParquetFooter> {
  const { size } = await file.stat();
  if (size < TAIL + MAGIC.length) throw new Unread('the file is too short');
  const tail = await bytesAt(file, size - TAIL, TAIL);
  const length = tail.readUInt32LE(0);
  if (tail.toString('latin1', 4) !== MAGIC || length > Math.min(MOST_BYTES, size - TAIL - MAGIC.length))
    throw new Unread('no footer that is read here');
  const start = size - TAIL - length;
  return footerOf(readThrift(await bytesAt(file, start, length)), start);
}

async function bytesAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, from);
  if (bytesRead !== length) throw new Unread('the file ends too early');
  return bytes;
}

/** @param end of the values in the file */
function footerOf(footer: ThriftStruct, end: number): ParquetFooter {
  if (footer.fields.has(FILE.encryption)) throw new Unread('the file is encrypted');
  const columns = columnsOf(listOf(footer, FILE.schema));
  const rows = numberOf(footer, FILE.rows);
  const groups = listOf(footer, FILE.groups).map((group) => {
    const chunks = listOf(group, GROUP.columns);
    const own = numberOf(group, GROUP.rows);
    return {
      rows: own,
      chunk: (column: ParquetColumn): ParquetChunk => {
        const chunk = chunkOf(chunks[column.leaf], column, end);
        if (chunk.values !== own) throw new Unread('a column has not as many values as its row group has rows');
        return chunk;
      },
    };
  });
  if (groups.reduce((sum, group) => sum + group.rows, 0) !== rows)
    throw new Unread('the row groups have not as many rows as the file');
  return { rows, columns, groups };
}

/** The columns of the top level; those below are not read here, but take their places among the chunks. */
function columnsOf(elements: readonly ThriftStruct[]): Map<string, ParquetColumn | undefined> {
  const columns = new Map<string, ParquetColumn | undefined>();
  const folded = new Set<string>();
  let leaf = 0;
  let at = 1;
  const skip = (): void => {
    const element = elements[at++];
    if (element === undefined) throw new Unread('the schema ends too early');
    const children = childrenOf(element);
    if (children === 0) leaf++;
    for (let i = 0; i < children; i++) skip();
  };
  const [root] = elements;
  if (root === undefined) throw new Unread('there is no schema');
  for (let i = childrenOf(root); i > 0; i--) {
    const element = elements[at];
    if (element === undefined) throw new Unread('the schema ends too early');
    const name = textOf(element, ELEMENT.name);
    const key = name.toLowerCase();
    // The database gives a second one another name, and one of its own to what has none.
    if (name === '' || folded.has(key)) throw new Unread('columns of one name');
    folded.add(key);
    columns.set(name, columnOf(element, name, leaf));
    skip();
  }
  if (at !== elements.length) throw new Unread('the schema has more than its root says');
  return columns;
}

function childrenOf(element: ThriftStruct): number {
  return element.fields.has(ELEMENT.children) ? numberOf(element, ELEMENT.children) : 0;
}

function columnOf(element: ThriftStruct, name: string, leaf: number): ParquetColumn | undefined {
  if (childrenOf(element) > 0 || !element.fields.has(ELEMENT.type)) return undefined;
  const physical = physicalOf.get(numberOf(element, ELEMENT.type));
  const repetition = numberOf(element, ELEMENT.repetition);
  if (physical === undefined || (repetition !== REQUIRED && repetition !== OPTIONAL)) return undefined;
  const type = typeOf(element, physical);
  if (type === undefined) return undefined;
  return { name, physical, unsigned: false, unit: undefined, ...type, optional: repetition === OPTIONAL, leaf };
}

/** The type that the database reads a column as; undefined for those that are left to it. */
function typeOf(
  element: ThriftStruct,
  physical: Physical,
): { readonly sql: string; readonly unsigned?: boolean; readonly unit?: TimeUnit } | undefined {
  const converted = element.fields.has(ELEMENT.converted) ? numberOf(element, ELEMENT.converted) : undefined;
  const logical = element.fields.get(ELEMENT.logical);
  const time = logical?.type === 'struct' ? logical.fields.get(LOGICAL_TIMESTAMP) : undefined;
  if (physical === 'int64' && time?.type === 'struct') {
    const unit = time.fields.get(TIMESTAMP.unit);
    const [code] = unit?.type === 'struct' ? unit.fields.keys() : [];
    const found = code === undefined ? undefined : UNITS.get(code);
    const utc = time.fields.get(TIMESTAMP.utc);
    if (found === undefined || utc?.type !== 'bool') return undefined;
    const plain = found === 'nanoseconds' ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    return { sql: utc.value ? 'TIMESTAMP WITH TIME ZONE' : plain, unit: found };
  }
  if (converted === undefined) {
    const sql = logical === undefined ? PLAIN[physical] : undefined;
    return sql === undefined ? undefined : { sql };
  }
  const whole = WHOLE.get(converted);
  if (whole?.physical === physical) return { sql: whole.sql, unsigned: whole.sql.startsWith('U') };
  if (physical === 'bytes' && converted === CONVERTED.utf8) return { sql: 'VARCHAR' };
  if (physical === 'int32' && converted === CONVERTED.date) return { sql: 'DATE', unit: 'days' };
  return undefined;
}

function chunkOf(chunk: ThriftStruct | undefined, { name, physical }: ParquetColumn, end: number): ParquetChunk {
  const metadata = chunk?.fields.get(CHUNK.metadata);
  if (chunk === undefined || metadata?.type !== 'struct') throw new Unread('a column has no place in the file');
  if (chunk.fields.has(CHUNK.path) || chunk.fields.has(CHUNK.crypto)) throw new Unread('a column lies elsewhere');
  const path = metadata.fields.get(METADATA.path);
  const [first, ...deeper] = path?.type === 'list' ? path.items : [];
  if (
    numberOf(metadata, METADATA.type) !== PHYSICAL[physical] ||
    first?.type !== 'binary' ||
    Buffer.from(first.value).toString() !== name ||
    deeper.length > 0
  )
    throw new Unread('a column is another than the schema says');
  const data = numberOf(metadata, METADATA.data);
  const dictionary = metadata.fields.has(METADATA.dictionary) ? numberOf(metadata, METADATA.dictionary) : 0;
  // Zero means that there is none.
  const from = dictionary > 0 ? Math.min(dictionary, data) : data;
  const bytes = numberOf(metadata, METADATA.size);
  if (from < MAGIC.length || from + bytes > end) throw new Unread('a column lies outside of the file');
  return { codec: numberOf(metadata, METADATA.codec), values: numberOf(metadata, METADATA.values), from, bytes };
}

/** A whole number that is not negative. */
export function numberOf({ fields }: ThriftStruct, id: number): number {
  const field = fields.get(id);
  const value = field !== undefined && 'value' in field && typeof field.value === 'bigint' ? Number(field.value) : NaN;
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw new Unread(`field ${id} is no size`);
  return value;
}

function textOf({ fields }: ThriftStruct, id: number): string {
  const field = fields.get(id);
  if (field?.type !== 'binary') throw new Unread(`field ${id} is no text`);
  return Buffer.from(field.value).toString();
}

function listOf({ fields }: ThriftStruct, id: number): ThriftStruct[] {
  const field: ThriftValue | undefined = fields.get(id);
  if (field?.type !== 'list') throw new Unread(`field ${id} is no list`);
  return field.items.map((item) => {
    if (item.type !== 'struct') throw new Unread(`field ${id} holds something else`);
    return item;
  });
}
