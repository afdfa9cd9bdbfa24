export { columnsMeant, filterOf, type Filter, type Read, type Source, type Test } from './filter';
export { collator, comparatorOf, type SortKey } from './order';
export { csvOf } from './export';
export type { Column, ColumnKind, ColumnType, Mistake, Row, Table, Value } from './types';
