import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  type Range as LspRange,
  TextEdit,
} from '../protocol';
import { parse, spellingOf } from '../../lifecycle/pipeline/parts';
import { type Cursor, findCursor, schemaOf } from '../cursor';
import { insideBlock } from '../mark';
import { stageCard } from '../cards';
import { suggestKeys } from '../suggest/keys';
import type { Ask, Suggestion } from '../suggest/suggestion';
import { wordBefore, written } from '../suggest/expressions';
import { suggestValues } from '../suggest/values';
import type { Spot, Workspace } from '../workspace';
import { lineStart } from '../text';

/** Characters after which completion is asked for by itself. */
export const triggerCharacters = [' ', ':', '-', '[', '{', ',', '"', "'", '/', '.', '$', '(', '*'];

const again = { title: 'Suggest', command: 'editor.action.triggerSuggest' };

/** What can be written at a place, in half-typed text too. */
export function completion(spot: Spot): CompletionList {
  let isIncomplete = false;
  const items = complete(spot, () => {
    isIncomplete = true;
  });
  return { isIncomplete, items };
}

function complete(spot: Spot, more: () => void): CompletionItem[] {
  const { source, offset, workspace } = spot;
  const parameter = parameterCompletion(spot);
  if (parameter) return parameter;
  const aliases = aliasCompletion(spot);
  if (aliases) return aliases;
  const cursor = findCursor(source, offset);
  if (!cursor) return source.kind === 'pipeline' && spellingOf(source.path) === 'document' ? fences(spot) : [];
  const schema = schemaOf(cursor);
  if (!schema) return [];
  const ask: Ask = { workspace, source, offset, analysis: source.analysis(), cursor, schema, more };
  const suggestions = cursor.at === 'value' ? suggestValues(ask) : suggestKeys(ask);
  const inExpression =
    cursor.at === 'value' && (typeof schema.x['expression'] === 'string' || cursor.path.at(-1) === 'sql');
  return inExpression
    ? inWord(spot, suggestions, cursor)
    : suggestions.flatMap((each, i) => item(spot, each, cursor, i) ?? []);
}

function item(spot: Spot, suggestion: Suggestion, cursor: Cursor, index: number): CompletionItem | undefined {
  const { label, detail, documentation, rank = 5 } = suggestion;
  const newText = suggestion.verbatim ? suggestion.insert : quotedAs(cursor, suggestion.insert);
  const range = rangeOf(spot, cursor.replace.from, cursor.replace.to);
  if (!range) return undefined;
  const quote = cursor.quoted === 'double' ? '"' : cursor.quoted === 'single' ? "'" : '';
  const filter = suggestion.filter ?? label;
  return {
    label,
    kind: suggestion.kind,
    ...(detail !== undefined && detail !== '' && { detail, labelDetails: { description: detail } }),
    ...(documentation && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    sortText: `${rank}${String(index).padStart(5, '0')}`,
    filterText: quote + filter,
    textEdit: TextEdit.replace(range, newText),
    ...(suggestion.snippet && {
      insertTextFormat: InsertTextFormat.Snippet,
      insertTextMode: InsertTextMode.adjustIndentation,
    }),
    ...(suggestion.again && { command: again }),
    ...(suggestion.stage !== undefined && { data: { uri: spot.view.document.uri, stage: suggestion.stage } }),
  };
}

/** An offered stage with its card. It is made when an editor shows the offer: for a hundred stages it would take longer than all the rest. */
export function resolveCompletion(workspace: Workspace, item: CompletionItem): CompletionItem {
  const { uri, stage } = (item.data ?? {}) as { uri?: string; stage?: string };
  const source = uri === undefined ? undefined : workspace.sourceOf(uri);
  const card = source && stage !== undefined ? stageCard(workspace, source.analysis(), stage) : undefined;
  if (card === undefined) return item;
  const { documentation } = item;
  const means = typeof documentation === 'object' ? documentation.value : documentation;
  return {
    ...item,
    documentation: { kind: MarkupKind.Markdown, value: means === undefined ? card : `${means}\n\n${card}` },
  };
}

/** A value in the quotes that are there already. */
function quotedAs({ quoted }: Cursor, insert: string): string {
  if (quoted !== 'single' && quoted !== 'double') return insert;
  const plain = insert.startsWith('"') ? (JSON.parse(insert) as string) : insert;
  return quoted === 'double' ? JSON.stringify(plain) : `'${plain.replaceAll("'", "''")}'`;
}

/** Items that replace one word of a longer text. */
function inWord(spot: Spot, suggestions: readonly Suggestion[], cursor: Cursor): CompletionItem[] {
  const { word, openText } = wordBefore(written(cursor));
  const { source, offset } = spot;
  const begun = openText ?? word;
  const rest =
    openText === undefined
      ? (/^[\p{L}\p{N}_.]*`?/u.exec(source.text.slice(offset, offset + 200))?.[0] ?? '')
      : (/^[^'\n"]*/.exec(source.text.slice(offset, offset + 200))?.[0] ?? '');
  const range = rangeOf(spot, offset - begun.length, offset + rest.length);
  if (!range) return [];
  return suggestions.map((suggestion, i) => ({
    label: suggestion.label,
    kind: suggestion.kind,
    ...(suggestion.detail && { detail: suggestion.detail, labelDetails: { description: suggestion.detail } }),
    ...(suggestion.documentation && { documentation: { kind: MarkupKind.Markdown, value: suggestion.documentation } }),
    sortText: `${suggestion.rank ?? 5}${String(i).padStart(5, '0')}`,
    filterText: begun.startsWith('`') ? `\`${suggestion.label}` : suggestion.label,
    textEdit: TextEdit.replace(range, inQuotes(cursor, suggestion.insert)),
    ...(suggestion.snippet && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(suggestion.again && { command: again }),
  }));
}

function inQuotes({ quoted }: Cursor, text: string): string {
  return quoted === 'single'
    ? text.replaceAll("'", "''")
    : quoted === 'double'
      ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
      : text;
}

/** Parameters after `${`, and after a `$` that may become one. */
function parameterCompletion(spot: Spot): CompletionItem[] | undefined {
  const { source, offset } = spot;
  const line = source.text.slice(lineStart(source.text, offset), offset);
  const open = /(\$?)\$(\{([\w-]*))?$/.exec(line);
  if (!open || open[1] === '$' || /(^|\s)#/.test(line.slice(0, open.index))) return undefined;
  if (source.kind !== 'pipeline') return undefined;
  const begun = open[2] !== undefined;
  const typed = open[3] ?? '';
  const rest = begun ? (/^[\w-]*/.exec(source.text.slice(offset, offset + 100))?.[0] ?? '') : '';
  const closed = source.text[offset + rest.length] === '}';
  const from = begun ? offset - typed.length : offset - 1;
  const range = rangeOf(spot, from, offset + rest.length);
  if (!range) return [];
  // Braces without quotes would end a flow map.
  const cursor = begun ? undefined : findCursor(source, offset);
  const bare = cursor?.flow === true && cursor.quoted === undefined && cursor.typed === '$';
  const whole = (name: string): string => (bare ? `"\${${name}}"` : `\${${name}}`);
  return Object.entries(source.analysis().parameters).map(([name, value], i) => ({
    label: begun ? name : `\${${name}}`,
    kind: CompletionItemKind.Variable,
    detail: `parameter · ${String(value)}`,
    sortText: String(i).padStart(5, '0'),
    filterText: begun ? name : `\${${name}}`,
    textEdit: TextEdit.replace(range, begun ? (closed ? name : `${name}}`) : whole(name)),
  }));
}

/** The anchors above, after a `*` that begins a value; undefined where there are none. */
function aliasCompletion(spot: Spot): CompletionItem[] | undefined {
  const { source, offset } = spot;
  const from = lineStart(source.text, offset);
  const open = /(?:^\s*(?:-\s+)*|:[ \t]+|[[{,][ \t]*)\*([\w-]*)$/.exec(source.text.slice(from, offset));
  if (!open || insideBlock(source.text, from)) return undefined;
  const part = partAt(spot);
  if (!part) return undefined;
  const typed = open[1] ?? '';
  const rest = /^[\w-]*/.exec(source.text.slice(offset, offset + 100))?.[0] ?? '';
  const range = rangeOf(spot, offset - typed.length, offset + rest.length);
  const names = new Map<string, number>();
  for (const { 1: name = '', index } of source.text.slice(part.from, from).matchAll(/(?:^|[\s:[{,-])&([\w-]+)/gm))
    names.set(name, index + part.from);
  if (!range || names.size === 0) return undefined;
  return [...names].reverse().map(([name, at], i) => ({
    label: name,
    kind: CompletionItemKind.Reference,
    detail: 'anchor',
    documentation: source.text
      .slice(lineStart(source.text, at + 1), at + 200)
      .split('\n', 2)
      .join('\n'),
    sortText: String(i).padStart(5, '0'),
    textEdit: TextEdit.replace(range, name),
  }));
}

/** How far an anchor reaches: over the whole file, in a document over its fence or cell. */
function partAt({ source, offset, view }: Spot): { readonly from: number } | undefined {
  if (source.isNotebook) return { from: view.from };
  if (source.kind !== 'pipeline' || spellingOf(source.path) === 'pipeline') return { from: 0 };
  const { parts } = parse(source.text, 'document');
  return parts.find(({ type, from, to }) => type === 'stages' && offset >= from && offset <= to);
}

function inProse(text: string, offset: number): boolean {
  const { parts } = parse(text, 'document');
  const part = parts.findLast(({ from }) => from <= offset);
  return part === undefined || part.type === 'prose' || (part.type !== 'header' && offset >= part.to);
}

/** A fence with a stage, at the beginning of a line of prose. */
function fences(spot: Spot): CompletionItem[] {
  const { source, offset } = spot;
  const from = lineStart(source.text, offset);
  const typed = source.text.slice(from, offset);
  if (!/^`{0,3}$/.test(typed) || !inProse(source.text, from)) return [];
  const range = rangeOf(spot, from, offset);
  return range
    ? [
        {
          label: '```yaml stage',
          kind: CompletionItemKind.Snippet,
          detail: 'a fence that holds stages',
          insertTextFormat: InsertTextFormat.Snippet,
          textEdit: TextEdit.replace(range, '```yaml stage\n${1:name}:\n  kind: ${2}\n```\n'),
          filterText: '```yaml stage',
          command: again,
        },
      ]
    : [];
}

function rangeOf({ view }: Spot, from: number, to: number): LspRange | undefined {
  if (from < view.from) return undefined;
  return { start: view.document.positionAt(from - view.from), end: view.document.positionAt(to - view.from) };
}
