/** Parquet files read here, by the codes of their dictionaries. */
export type { ParquetColumn, ParquetFooter } from './footer';
export { type ColumnRows, type Dictionary, lookUp, ParquetReader } from './reader';
export { isUnread, Unread } from './unread';
export { spelt } from './values';
