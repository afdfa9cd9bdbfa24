/**
 * One Parquet file from several with the same columns: their row groups stand one after the other, bytes unchanged, under a footer made of theirs.
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { readThrift, type ThriftStruct, type ThriftValue, writeThrift } from './thrift';

const MAGIC = Buffer.from('PAR1');

/** Fields of the footer that say where something is in the file. */
const places = { rowGroup: [5], columnChunk: [2, 4, 6], columnMetaData: [9, 10, 11, 14] };
const FILE_ROWS = 3;
const FILE_ROW_GROUPS = 4;
const ROW_GROUP_COLUMNS = 1;
const ROW_GROUP_ORDINAL = 7;
const CHUNK_META_DATA = 3;

/**
 * Writes the rows of the parts, in order, to `file`; a single part is renamed. The parts must be on the same disk as the file.
 *
 * @throws Error when a part is not a Parquet file
 */
export async function concatenateParquet(parts: readonly string[], file: string): Promise<void> {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('there is nothing to concatenate');
  if (others.length === 0) {
    await rename(first, file);
    return;
  }
  const joined = await ParquetJoiner.open(file);
  try {
    for (const part of parts) await joined.append(part);
    await joined.finish();
  } finally {
    await joined.close();
  }
}

/** A Parquet file that parts are appended to, in order. Always close it. */
export class ParquetJoiner {
  private at = MAGIC.length;
  private footer: ThriftStruct | undefined;

  private constructor(private readonly out: FileHandle) {}

  static async open(file: string): Promise<ParquetJoiner> {
    const out = await open(file, 'w');
    try {
      await out.write(MAGIC);
      return new ParquetJoiner(out);
    } catch (error) {
      await out.close();
      throw error;
    }
  }

  /** @throws Error when the part is not a Parquet file */
  async append(part: string): Promise<void> {
    const { metadata, end } = await readFooter(part);
    move(metadata, BigInt(this.at - MAGIC.length), this.footer ? rowGroups(this.footer).length : 0);
    this.footer = this.footer ? join(this.footer, metadata) : metadata;
    this.at += await copyBytes(part, MAGIC.length, end, this.out);
  }

  /** Writes what stands at the end of the file. */
  async finish(): Promise<void> {
    if (!this.footer) throw new Error('there is no footer');
    const bytes = writeThrift(this.footer);
    const tail = Buffer.alloc(4);
    tail.writeUInt32LE(bytes.length);
    await this.out.write(Buffer.concat([bytes, tail, MAGIC]));
  }

  close(): Promise<void> {
    return this.out.close();
  }
}

async function copyBytes(from: string, start: number, end: number, out: FileHandle): Promise<number> {
  if (end <= start) return 0;
  for await (const chunk of createReadStream(from, { start, end: end - 1, highWaterMark: 1 << 20 })) {
    await out.write(chunk as Buffer);
  }
  return end - start;
}

async function readFooter(file: string): Promise<{ metadata: ThriftStruct; end: number }> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(8);
    await handle.read(tail, 0, 8, size - 8);
    if (size < 12 || !tail.subarray(4).equals(MAGIC)) throw new Error(`${file} is not a Parquet file`);
    const length = tail.readUInt32LE();
    const bytes = Buffer.alloc(length);
    await handle.read(bytes, 0, length, size - 8 - length);
    return { metadata: readThrift(bytes), end: size - 8 - length };
  } finally {
    await handle.close();
  }
}

function rowGroups(footer: ThriftStruct): ThriftValue[] {
  const groups = footer.fields.get(FILE_ROW_GROUPS);
  return groups?.type === 'list' ? groups.items : [];
}

/** Shifts every place of the footer, and numbers the row groups on. */
function move(footer: ThriftStruct, by: bigint, groupsBefore: number): void {
  rowGroups(footer).forEach((group, i) => {
    if (group.type !== 'struct') return;
    shift(group, places.rowGroup, by);
    const ordinal = group.fields.get(ROW_GROUP_ORDINAL);
    if (ordinal?.type === 'i16') ordinal.value = BigInt(groupsBefore + i);
    const columns = group.fields.get(ROW_GROUP_COLUMNS);
    for (const chunk of columns?.type === 'list' ? columns.items : []) {
      if (chunk.type !== 'struct') continue;
      shift(chunk, places.columnChunk, by);
      const metadata = chunk.fields.get(CHUNK_META_DATA);
      if (metadata?.type === 'struct') shift(metadata, places.columnMetaData, by);
    }
  });
}

function shift(struct: ThriftStruct, ids: readonly number[], by: bigint): void {
  for (const id of ids) {
    const place = struct.fields.get(id);
    // Zero means that it is not said.
    if (place && 'value' in place && typeof place.value === 'bigint' && place.value > 0n) place.value += by;
  }
}

function join(one: ThriftStruct, next: ThriftStruct): ThriftStruct {
  const rows = [one, next].map((footer) => {
    const count = footer.fields.get(FILE_ROWS);
    return count?.type === 'i64' ? count.value : 0n;
  });
  const groups = one.fields.get(FILE_ROW_GROUPS);
  if (groups?.type !== 'list') throw new Error('a footer has no row groups');
  const fields = new Map(one.fields);
  fields.set(FILE_ROWS, { type: 'i64', value: (rows[0] ?? 0n) + (rows[1] ?? 0n) });
  fields.set(FILE_ROW_GROUPS, { type: 'list', of: groups.of, items: [...groups.items, ...rowGroups(next)] });
  return { type: 'struct', fields };
}
