import { dirname, join } from 'node:path';
import { CompletionItemKind } from '../protocol';
import { functions, signature } from '../../lifecycle/expression/functions';
import { MONITOR_NAMES } from '../../lifecycle/expression/monitor';
import { keywords, writeName } from '../../lifecycle/expression/tokens';
import { absolutePath } from '../../lifecycle/pipeline/files';
import type { ScalarNode } from '../../lifecycle/pipeline/tree';
import { MARK } from '../mark';
import type { PeekedColumn } from '../columns';
import { columnsAt, dataBehind, type StageData } from '../data';
import { columnDetail, describeColumn, describeFunction, grouped } from '../describe';
import { type Ask, fewColumns, type Suggestion } from './suggestion';

/** The word of an expression before the cursor, or an open text in it. */
export function wordBefore(typed: string): { word: string; openText: string | undefined; name: string | undefined } {
  const quotes = /(?:([\p{L}_][\p{L}\p{N}_.]*|`[^`]*`)\s*(?:=|!=|==|<>|in\s*\([^)]*)\s*)?'((?:[^']|'')*)$/u.exec(typed);
  const balanced = (typed.match(/'/g)?.length ?? 0) % 2 === 0;
  if (quotes && !balanced) return { word: '', openText: quotes[2] ?? '', name: quotes[1]?.replaceAll('`', '') };
  const word = /(?:`[^`]*|[\p{L}_][\p{L}\p{N}_.]*)$/u.exec(typed)?.[0] ?? '';
  return { word, openText: undefined, name: undefined };
}

/** An expression up to the cursor, without the doubled quotes of YAML's single ones. */
export const written = ({ quoted, typed }: Ask['cursor']): string =>
  quoted === 'single' ? typed.replaceAll("''", "'") : typed;

/** Columns, functions and words inside an expression. */
export function suggestExpression(ask: Ask, language: string): Suggestion[] {
  const { workspace, analysis, cursor } = ask;
  const { unit } = cursor;
  const data = unit && dataBehind(workspace, analysis, unit);
  const { openText, name, word } = wordBefore(written(cursor));
  const called = /^[\p{L}\p{N}_]*\s*\(/u.test(ask.source.text.slice(ask.offset, ask.offset + 100));
  const table = data && unit ? tableOf(ask, data) : new Map<string, PeekedColumn>();
  if (openText !== undefined) return valuesOf(table.get(name ?? ''), openText);
  if (called) return functionsAt(cursor, true);
  const typed = written(cursor);
  const before = typed.slice(0, typed.length - word.length);
  if (!wantsValue(before) && /\S$/.test(before)) return [];
  if (!wantsValue(before))
    return keywords
      .filter((each) => joining.has(each) || each === 'not')
      .map((label) => ({ label, kind: CompletionItemKind.Keyword, insert: label, rank: 2 }));
  const result: Suggestion[] = [];
  if (language === 'monitor' && cursor.path[0] !== 'labels') {
    for (const [label, documentation] of Object.entries(MONITOR_NAMES))
      result.push({ label, kind: CompletionItemKind.Variable, insert: label, documentation, rank: 0 });
    for (const column of fewColumns(ask, [...table.values()], word)) {
      const label = `drift.${column.name}`;
      result.push({
        label,
        kind: CompletionItemKind.Field,
        insert: writeName(label).includes('`') ? `drift.${writeName(column.name)}` : label,
        detail: 'drift of a column',
        rank: 1,
      });
    }
  } else {
    for (const column of fewColumns(ask, [...table.values()], word.replace(/^`/, '')))
      result.push({
        label: column.name,
        kind: CompletionItemKind.Field,
        insert: writeName(column.name),
        detail: columnDetail(column),
        documentation: describeColumn(column.name, column, data?.peek?.sampled, data?.dataset) ?? '',
        rank: 0,
      });
  }
  result.push(...functionsAt(cursor, false));
  for (const word of keywords)
    if (!joining.has(word)) result.push({ label: word, kind: CompletionItemKind.Keyword, insert: word, rank: 2 });
  return result;
}

/** Words that stand behind a value. */
const joining: ReadonlySet<string> = new Set(['and', 'or', 'in', 'is', 'between', 'like']);

/** Does what stands before a word of an expression ask for a value? Else it is one, and a word joins it to the next. */
function wantsValue(before: string): boolean {
  return /(?:^|[-+*/%^(=<>,!&|]|(?<![\p{L}\p{N}_.`'])(?:and|or|not|in|between|is|like))\s*$/iu.test(before);
}

/** @param called its arguments stand there already */
function functionsAt(cursor: Ask['cursor'], called: boolean): Suggestion[] {
  const served = cursor.path[0] === 'features';
  return functions
    .filter(({ notServed }) => !served || notServed === undefined)
    .map((entry) => ({
      label: entry.name,
      kind: CompletionItemKind.Function,
      insert: called ? entry.name : `${entry.name}(\${1})`,
      snippet: !called,
      detail: signature(entry).slice(entry.name.length),
      documentation: describeFunction(entry.name) ?? '',
      rank: 1,
      again: !called,
    }));
}

function tableOf({ cursor }: Ask, data: StageData): Map<string, PeekedColumn> {
  const { unit } = cursor;
  if (!unit) return new Map();
  const table = columnsAt(data, cursor.path, unit);
  // Columns derived earlier in the same step.
  if (cursor.path[0] === 'features' && cursor.path[2] === 'derive' && cursor.container?.type === 'map')
    for (const { key } of cursor.container.entries) {
      if (key === cursor.path[3] || key.includes(MARK)) break;
      table.set(key, { name: key, type: 'number', missing: 0, distinct: 0, values: [] });
    }
  return table;
}

function valuesOf(column: PeekedColumn | undefined, typed: string): Suggestion[] {
  return (column?.type === 'text' ? column.values : []).map(({ value, count }) => ({
    label: String(value),
    kind: CompletionItemKind.Value,
    insert: `${String(value).replaceAll("'", "''")}`,
    detail: `${grouped(count)} rows`,
    rank: typed === '' ? 1 : 0,
  }));
}

const sqlWords = [
  'select',
  'from',
  'where',
  'join',
  'left join',
  'on',
  'using',
  'group by',
  'order by',
  'having',
  'union all',
  'with',
  'as',
  'case',
  'when',
  'then',
  'else',
  'end',
  'cast',
  'coalesce',
  'nullif',
  'distinct',
  'count(*)',
  'sum',
  'avg',
  'min',
  'max',
  'limit',
];

/** Words of SQL, the columns of the files that the query names, and files. */
export function suggestSql(ask: Ask): Suggestion[] {
  const { workspace, source, cursor } = ask;
  const folder = dirname(source.path);
  const text = typeof cursor.scalar?.value === 'string' ? cursor.scalar.value.replaceAll(MARK, '') : '';
  const result: Suggestion[] = [];
  const seen = new Set<string>();
  for (const [, file = ''] of text.matchAll(/'([^'\n]+\.\w+)'/g)) {
    const path = absolutePath(folder, file);
    if (path === undefined || seen.size > 2000) continue;
    const node: ScalarNode = { type: 'scalar', value: file, style: 'plain', from: 0, to: 0 };
    for (const column of workspace.columns.get(folder, [path], node) ?? []) {
      if (seen.has(column.name)) continue;
      seen.add(column.name);
      result.push({
        label: column.name,
        kind: CompletionItemKind.Field,
        insert: /^[a-z_]\w*$/i.test(column.name) ? column.name : `"${column.name.replaceAll('"', '""')}"`,
        detail: `${columnDetail(column)} · ${file}`,
        rank: 0,
      });
    }
  }
  if (wordBefore(written(cursor)).openText !== undefined) {
    for (const name of filesBelow(ask, folder))
      result.push({ label: name, kind: CompletionItemKind.File, insert: name, rank: 0 });
    return result;
  }
  for (const word of sqlWords) result.push({ label: word, kind: CompletionItemKind.Keyword, insert: word, rank: 2 });
  return result;
}

function filesBelow({ workspace }: Ask, folder: string): string[] {
  const names = workspace.disk.list(folder) ?? [];
  return names
    .filter((name) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((name) => {
      const inside = workspace.disk.list(join(folder, name));
      return inside ? inside.slice(0, 200).map((each) => `${name}/${each}`) : [name];
    })
    .filter((name) => /\.(csv|tsv|jsonl|ndjson|json|parquet|pq)(\.gz)?$/i.test(name))
    .slice(0, 300);
}
