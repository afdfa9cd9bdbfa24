/** Tables as this engine uses them: the only door to DuckDB. */
export { floats, doubles, doublesOf, stringAt, strings, words, wordsOf } from './chunk';
export { concatenateParquet, ParquetJoiner } from './concatenate';
export {
  type ArrayAppender,
  arraysType,
  type Cell,
  cellText,
  type Database,
  type DatabaseOptions,
  databaseWhenAsked,
  openDatabase,
  type ParallelOptions,
  type Row,
  type RunOptions,
  withDatabase,
} from './database';
export * from './delimited';
export * from './files';
export { otherLineEnd, sayOtherEnd } from './line-ends';
export { type JsonTable, openJson, unfold, type Unfolded, unfoldedRelation } from './json';
export * from './parquet';
export * from './quote';
export * from './read';
export { misspelt, strictNumber } from './spelling';
export {
  asUtf8,
  isWindows1252,
  notedWriting,
  noteWriting,
  plainColumn,
  plainRelation,
  readingAs,
  type HeaderSought,
  startAsWritten,
} from './written';
export { titleAbove } from './title';
export { ConversionError, translate, typeName } from './translate';
