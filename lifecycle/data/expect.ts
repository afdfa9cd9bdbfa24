import type { Dataset, Expectation, Scalar } from '../../schemas/generated/types';
import { toSql } from '../expression';
import { UserError } from '../problem';
import { type Cell, type Database, double, text } from '../table';
import { type Column, missingColumn } from './columns';
import { readExpression } from './expressions';

type Outcome = NonNullable<Dataset['expectations']>[number];

interface Test {
  readonly words: string;
  /** SQL that is true for a row which breaks the expectation; absent when it is not about single rows. */
  readonly broken?: string;
  /** Columns worth showing of a broken row. */
  readonly shown: readonly Column[];
}

const SHOWN_ROWS = 10;

/**
 * Holds the rows against the expectations. A broken one that is to stop the run is thrown, all of them together, with the first offending rows;
 * the others are told as warnings.
 */
export async function checkExpectations(
  database: Database,
  expectations: readonly Expectation[],
  columns: readonly Column[],
  relation: string,
  rows: number,
  warn: (message: string, more: { code: string; hint?: string; path: (string | number)[] }) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const stopping: { message: string; path: (string | number)[]; details: string[] }[] = [];
  for (const [i, expectation] of expectations.entries()) {
    const path = ['expect', i];
    for (const test of readTests(expectation, columns, relation, path)) {
      const count = await countBroken(database, expectation, test, relation, rows);
      const passed = count === 0 || count <= Math.floor((expectation.allow ?? 0) * rows);
      outcomes.push({ expectation: test.words, passed, broken: count });
      if (passed) continue;
      const message = failure(test, count, rows);
      if (expectation.severity === 'warn') warn(message, { code: 'expectation-broken', path });
      else
        stopping.push({
          message,
          path,
          details: test.broken === undefined ? [] : await offending(database, test, relation),
        });
    }
  }
  const [first, ...others] = stopping;
  if (first) {
    throw new UserError({
      code: 'expectation-broken',
      message: first.message,
      hint: "Correct the data or drop the rows with a filter; 'allow' tolerates a share of them, 'severity: warn' only tells.",
      path: first.path,
      details: [...first.details, ...others.flatMap(({ message, details }) => [message, ...details])],
    });
  }
  return outcomes;
}

function failure({ words, broken }: Test, count: number, rows: number): string {
  if (broken === undefined)
    return `Expected ${words}, but there ${rows === 1 ? 'is 1' : `are ${rows.toLocaleString('en')}`}.`;
  return `Expected ${words}, but ${count.toLocaleString('en')} of ${rows.toLocaleString('en')} rows ${count === 1 ? 'breaks' : 'break'} it.`;
}

async function countBroken(
  database: Database,
  { rows: limits }: Expectation,
  { broken }: Test,
  relation: string,
  rows: number,
): Promise<number> {
  if (broken === undefined) {
    if (rows < (limits?.min ?? 0)) return (limits?.min ?? 0) - rows;
    return Math.max(0, rows - (limits?.max ?? Infinity));
  }
  const { n } = await database.one<{ n: number }>(`SELECT count(*) AS n FROM ${relation} WHERE ${broken}`);
  return n;
}

async function offending(database: Database, { broken, shown }: Test, relation: string): Promise<string[]> {
  const list = shown
    .slice(0, 8)
    .map(({ id }) => `, ${id}`)
    .join('');
  const rows = await database.query<Record<string, Cell>>(
    `SELECT r${list} FROM ${relation} WHERE ${broken ?? 'false'} ORDER BY r LIMIT ${SHOWN_ROWS}`,
  );
  return rows.map((row) => {
    const values = shown.slice(0, 8).map(({ id, name }) => `${name} = ${show(row[id] ?? null)}`);
    return `row ${Number(row['r']) + 1}: ${values.join(', ')}`;
  });
}

function show(value: Cell): string {
  if (value === null) return 'missing';
  if (value instanceof Date)
    return value
      .toISOString()
      .replace('T', ' ')
      .replace(/(?: 00:00:00)?\.000Z$/, '');
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** An expectation may ask several things of one column; each is a test of its own. */
function readTests(
  expectation: Expectation,
  columns: readonly Column[],
  relation: string,
  path: (string | number)[],
): Test[] {
  const tests: Test[] = [];
  const { column: name, rows, where } = expectation;
  const column = name === undefined ? undefined : columns.find((candidate) => candidate.name === name);
  if (name !== undefined && !column)
    throw missingColumn(
      name,
      columns.map((candidate) => candidate.name),
      [...path, 'column'],
    );
  if (rows) {
    const { min, max } = rows;
    const words =
      min !== undefined && max !== undefined
        ? `${min} to ${max} rows`
        : min !== undefined
          ? `at least ${min} rows`
          : `at most ${max ?? 0} rows`;
    tests.push({ words, shown: [] });
  }
  if (where !== undefined) tests.push(whereTest(where, columns, [...path, 'where']));
  const asks = ['between', 'in', 'type', 'not-null', 'unique'] as const;
  const asked = asks.filter((key) => expectation[key] !== undefined);
  if (asked.length > 0 && !column) {
    throw new UserError({
      code: 'data-expect-column',
      message: `The expectation '${asked[0]}' does not say which column it is about.`,
      hint: `Add 'column: NAME'.`,
      path,
    });
  }
  if (column) {
    if (asked.length === 0) {
      throw new UserError({
        code: 'data-expect-nothing',
        message: `Nothing is expected of the column '${column.name}'.`,
        hint: `Add one of ${asks.join(', ')}.`,
        path,
      });
    }
    tests.push(...columnTests(expectation, column, relation, path));
  }
  return tests;
}

function whereTest(source: string, columns: readonly Column[], path: (string | number)[]): Test {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const { tree, checked } = readExpression(source, types, path, 'boolean');
  const byName = new Map(columns.map((column) => [column.name, column]));
  const used = [...new Set(checked.names.map((name) => name.name))];
  return {
    words: `'${source}' in each row`,
    broken: `NOT ${toSql(tree, types, { column: (name) => byName.get(name)?.id ?? name })}`,
    shown: used.flatMap((name) => byName.get(name) ?? []),
  };
}

function columnTests(expectation: Expectation, column: Column, relation: string, path: (string | number)[]): Test[] {
  const { id, name, type } = column;
  const tests: Test[] = [];
  const add = (words: string, broken: string): void =>
    void tests.push({ words: `'${name}' ${words}`, broken, shown: [column] });
  const { between, in: allowed, type: wanted } = expectation;
  if (expectation['not-null']) add('to be there', `${id} IS NULL`);
  if (between) {
    if (type !== 'number') {
      throw new UserError({
        code: 'data-expect-type',
        message: `'between' is about numbers, but the column '${name}' is ${type}.`,
        hint:
          type === 'text'
            ? `A column without any value is taken for text; 'columns: {types: {${name}: number}}' states its type. Else see which of its values is no number.`
            : 'For dates write it as an expression: where: "day >= \'2024-01-01\'".',
        path: [...path, 'between'],
      });
    }
    const [low, high] = between;
    const words = low === null ? `at most ${high}` : high === null ? `at least ${low}` : `between ${low} and ${high}`;
    const parts = [
      ...(low === null ? [] : [`${id} < ${double(low)}`]),
      ...(high === null ? [] : [`${id} > ${double(high)}`]),
    ];
    add(`to be ${words}`, parts.length > 0 ? `(${parts.join(' OR ')})` : 'false');
  }
  if (allowed) {
    const listed = allowed.slice(0, 6).map(String).join(', ');
    add(
      `to be one of ${listed}${allowed.length > 6 ? ', …' : ''}`,
      `(${id} IS NOT NULL AND ${notIn(column, allowed)})`,
    );
  }
  if (wanted !== undefined) add(`to be ${wanted}`, type === wanted ? 'false' : 'true');
  if (expectation.unique)
    add('to be unique', `${id} IN (SELECT ${id} FROM ${relation} GROUP BY ${id} HAVING count(*) > 1)`);
  return tests;
}

function notIn({ id, type }: Column, allowed: readonly Scalar[]): string {
  const literals = allowed.flatMap((value) => {
    if (value === null) return [];
    if (type === 'number')
      return typeof value === 'number' || (typeof value === 'string' && Number.isFinite(Number(value)))
        ? [double(Number(value))]
        : [];
    if (type === 'boolean') return typeof value === 'boolean' ? [String(value)] : [];
    return [text(String(value))];
  });
  const value = type === 'time' ? `CAST(${id} AS VARCHAR)` : id;
  return literals.length > 0 ? `${value} NOT IN (${literals.join(', ')})` : 'true';
}
