/**
 * Makes the Parquet files beside it, as programs other than DuckDB write them: arrow-rs (`parquet-wasm` 0.8.0, `apache-arrow` 21) and `hyparquet-writer`
 * 0.17.0, from npm. They are not among the packages of this project: install them in a folder of their own and
 * run a copy from there,
 *
 *     node make.mjs FOLDER
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Bool,
  DateDay,
  Float32,
  Float64,
  Int32,
  Int64,
  Table,
  tableToIPC,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { Compression, Table as WasmTable, WriterPropertiesBuilder, WriterVersion, writeParquet } from 'parquet-wasm';
import { parquetWriteBuffer } from 'hyparquet-writer';

const to = process.argv[2] ?? '.';
const ROWS = 700;
/** A number from 0 on, below `most`, that looks random. */
const draw = (i, most) => Math.floor((((Math.imul(i + 1, 2654435761) >>> 0) % 65_521) / 65_521) * most);
const each = (value, missing = 0) =>
  Array.from({ length: ROWS }, (_, i) => (missing > 0 && i % missing === 0 ? null : value(i)));

const columns = {
  flag: vectorFromArray(each((i) => draw(i, 2) === 1, 5), new Bool()),
  whole: vectorFromArray(each((i) => draw(i, 40) - 7, 9), new Int32()),
  long: vectorFromArray(each((i) => BigInt(draw(i, 12)) * 1_000_000_007n - 5n), new Int64()),
  single: vectorFromArray(each((i) => draw(i, 30) / 7), new Float32()),
  double: vectorFromArray(each((i) => draw(i, 60_000) / 7, 11), new Float64()),
  text: vectorFromArray(each((i) => `né-${draw(i, 25)}`, 13), new Utf8()),
  nothing: vectorFromArray(each(() => null), new Utf8()),
  day: vectorFromArray(each((i) => new Date(86_400_000 * (draw(i, 60) - 9))), new DateDay()),
  milli: vectorFromArray(each((i) => 1_760_000_000_000 + 250 * i, 17), new TimestampMillisecond()),
  micro: vectorFromArray(each((i) => 1_760_000_000_000 + 250 * draw(i, 50)), new TimestampMicrosecond('UTC')),
  nano: vectorFromArray(each((i) => 1_760_000_000_000 + 250 * i), new TimestampNanosecond()),
  zoned: vectorFromArray(each((i) => 1_760_000_000_000 - 250 * draw(i, 50), 6), new TimestampNanosecond('UTC')),
};

const arrow = (name, build) => {
  const table = WasmTable.fromIPCStream(tableToIPC(new Table(columns), 'stream'));
  writeFileSync(join(to, `${name}.parquet`), writeParquet(table, build(new WriterPropertiesBuilder()).build()));
};
arrow('arrow-snappy', (one) => one.setCompression(Compression.SNAPPY));
arrow('arrow-pages', (one) =>
  one.setCompression(Compression.UNCOMPRESSED).setMaxRowGroupSize(300).setDataPageSizeLimit(200).setWriteBatchSize(64),
);
arrow('arrow-v2', (one) => one.setCompression(Compression.SNAPPY).setWriterVersion(WriterVersion.V2).setDataPageSizeLimit(400));
arrow('arrow-gzip', (one) => one.setCompression(Compression.GZIP));
arrow('arrow-zstd', (one) => one.setCompression(Compression.ZSTD));
// Dictionaries that are full soon: the pages after have values in place of codes.
arrow('arrow-overflow', (one) =>
  one.setCompression(Compression.SNAPPY).setDictionaryPageSizeLimit(400).setDataPageSizeLimit(400).setWriteBatchSize(32),
);
arrow('arrow-plain', (one) => one.setCompression(Compression.SNAPPY).setDictionaryEnabled(false));

const plain = (vector) => Array.from(vector, (value) => value ?? null);
writeFileSync(
  join(to, 'hyparquet.parquet'),
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'flag', data: plain(columns.flag), type: 'BOOLEAN' },
        { name: 'whole', data: plain(columns.whole), type: 'INT32' },
        { name: 'long', data: plain(columns.long), type: 'INT64', nullable: false },
        { name: 'double', data: plain(columns.double), type: 'DOUBLE' },
        { name: 'text', data: plain(columns.text), type: 'STRING' },
        { name: 'same', data: each(() => 'one'), type: 'STRING' },
      ],
      rowGroupSize: 250,
    }),
  ),
);
