import type { Diagnostic, WorkspaceEdit } from '../protocol';
import { schemaAt } from '../../lifecycle/pipeline/language';
import { type Line, lineAt, linesOf } from '../../lifecycle/pipeline/lines';
import { spellingOf } from '../../lifecycle/pipeline/parts';
import { entryOf, nodeAt } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { locate } from '../locate';
import type { Source, View } from '../source';
import { pipelineSkeleton, plainOf } from '../suggest/snippets';
import { lineStart } from '../text';
import type { Workspace } from '../workspace';
import {
  addMetric,
  addTarget,
  splitByTime,
  dropColumn,
  dropCopies,
  stateOfSource,
  createStage,
  createTarget,
  declareParameter,
  learnLogarithm,
  missingKey,
} from './additions';
import { openCircle } from './circle';
import { extractStage } from './extract';
import { missingLayer } from './layer-actions';
import { namedShares, shareFor, splitSum } from './shares';
import {
  distilInstead,
  expectThere,
  ownFile,
  relaxed,
  removeEntry,
  removeOptional,
  swapped,
  wholeOf,
} from './ways-out';

/** A way out of what a diagnostic says. */
export interface Fix {
  readonly title: string;
  /** In offsets of the source. */
  readonly edits: readonly { readonly range: Range; readonly text: string }[];
  readonly elsewhere?: WorkspaceEdit;
  readonly preferred?: boolean;
}

/** The ways out of one diagnostic, the best one first. */
export function fixesFor(workspace: Workspace, source: Source, view: View, diagnostic: Diagnostic): Fix[] {
  const { text } = source;
  const from = view.from + view.document.offsetAt(diagnostic.range.start);
  const to = view.from + view.document.offsetAt(diagnostic.range.end);
  const range = { from, to };
  const old = text.slice(from, to);
  const suggestion = (diagnostic.data as { suggestion?: string } | undefined)?.suggestion;
  const related = diagnostic.relatedInformation?.[0]?.location;
  switch (diagnostic.code) {
    case 'empty':
      return [
        {
          title: 'Insert a pipeline to begin with',
          edits: [{ range, text: plainOf(pipelineSkeleton(spellingOf(source.path), 'pipeline')) }],
          preferred: true,
        },
      ];
    case 'layers-misfit': {
      const fix = missingLayer(workspace, source, from);
      return fix ? [{ ...fix, preferred: true }] : [];
    }
    case 'missing-key':
      return missingKey(source, range, suggestion);
    case 'incomplete-key':
      return suggestion === undefined
        ? writeColon(source, range, old)
        : [
            {
              title: `Write \`${suggestion}\``,
              edits: [{ range, text: suggestion.endsWith(':') ? `${suggestion} ` : suggestion }],
              preferred: true,
            },
            ...(suggestion.endsWith(':') ? [{ title: 'Remove this line', edits: [lineOf(text, from)] }] : []),
          ];
    case 'duplicate-key': {
      const first =
        related && source.uri === related.uri ? source.offsetAt(related.uri, related.range.start) : undefined;
      return [
        { title: `Remove this \`${old}\``, edits: [entryLines(source, from)], preferred: true },
        ...(first === undefined ? [] : [{ title: `Remove the first \`${old}\``, edits: [entryLines(source, first)] }]),
      ];
    }
    case 'duplicate-stage':
      return [{ title: `Rename to \`${freeName(source, old)}\``, edits: [{ range, text: freeName(source, old) }] }];
    case 'bad-indent': {
      const owner = wordAbove(source, from);
      if (owner) return [owner];
      const spaces = /(?:Give it (\d+)\.|siblings (\d+))/.exec(wordsOf(diagnostic));
      const wanted = Number(spaces?.[1] ?? spaces?.[2]);
      const line = lineAt(text, lineStart(text, from));
      if (/\t/.test(text.slice(line.from, from + 1))) {
        const blank = /^[ \t]*/.exec(text.slice(line.from, line.end))?.[0] ?? '';
        return [
          {
            title: 'Replace tabs by spaces',
            edits: [
              {
                range: { from: line.from, to: line.from + blank.length },
                text: ' '.repeat(indentFor(text, line.from, blank)),
              },
            ],
            preferred: true,
          },
        ];
      }
      const edits = Number.isInteger(wanted) ? moved(text, line, wanted) : [];
      return edits.length > 0 ? [{ title: `Indent by ${wanted} spaces`, edits, preferred: true }] : [];
    }
    case 'unclosed-quote': {
      const quote = text.charAt(from);
      const line = lineAt(text, lineStart(text, from));
      return quote === '"' || quote === "'"
        ? [
            {
              title: `Close the quote`,
              edits: [{ range: { from: Math.min(to, line.end), to: Math.min(to, line.end) }, text: quote }],
              preferred: true,
            },
          ]
        : [];
    }
    case 'unclosed-bracket': {
      const end = beforeComment(text, from);
      return [
        {
          title: `Close the bracket`,
          edits: [{ range: { from: end, to: end }, text: text.charAt(from) === '{' ? '}' : ']' }],
          preferred: true,
        },
      ];
    }
    case 'unknown-stage':
      return [...replacement(range, suggestion), ...extractStage(source, from), ...createStage(source, range, old)];
    case 'wrong-type':
      return [...replacement(range, suggestion), ...extractStage(source, from), ...namedShares(source, from)];
    case 'bad-format':
      return [...extractStage(source, from), ...replacement(range, suggestion)];
    case 'unknown-key':
      return suggestion === undefined
        ? [{ title: `Remove \`${old}\``, edits: [entryLines(source, from)] }]
        : replacement(range, suggestion);
    case 'unused-stage':
      return [{ title: `Remove the stage \`${old}\``, edits: [entryLines(source, from)] }];
    case 'several-documents':
      return ownFile(source, from);
    case 'stratify-continuous':
      return removeEntry(source, from);
    case 'bad-order':
      return suggestion === undefined ? swapped(source, from) : replacement(range, suggestion);
    case 'expectation-broken':
      return relaxed(source, from, range, suggestion);
    case 'unknown-target':
      return [...replacement(range, suggestion), ...createTarget(workspace, source, old)];
    case 'unknown-parameter':
      return [...replacement(range, suggestion), ...declareParameter(source, old)];
    case 'unused-parameter':
      return [{ title: `Remove \`${old}\``, edits: [entryLines(source, onlyParameter(source, from) ?? from)] }];
    case 'no-effect':
    case 'two-alternatives':
      return [
        { title: `Remove \`${old}\``, edits: [entryLines(source, from)], preferred: diagnostic.code === 'no-effect' },
      ];
    case 'repeated-item':
    case 'target-in-features':
    case 'not-a-feature':
    case 'repeated-step':
    case 'column-dropped':
    case 'column-type':
    case 'unknown-column':
    case 'metric-task':
    case 'target-role':
    case 'different-data':
      return [...replacement(range, suggestion), ...removeItem(source, range, old)];
    case 'cycle':
      return openCircle(source, from, diagnostic);
    case 'yaml-alias':
    case 'split-conflict':
    case 'target-transform':
    case 'tune-condition':
      return removeItem(source, range, old);
    case 'yaml-tag':
      return [
        {
          title: `Remove \`${old}\``,
          edits: [{ range: { from, to: to + spaceAfter(text, to) }, text: '' }],
          preferred: true,
        },
      ];
    case 'bad-expectation':
      return expectThere(source, from);
    case 'missing-value':
      return [...replacement(range, suggestion), ...removeOptional(source, from)];
    case 'split-sum':
      return splitSum(source, from);
    case 'missing-split':
      return related?.uri === source.uri
        ? shareFor(source, from, source.offsetAt(related.uri, related.range.start))
        : [];
    case 'model-not-prunable':
      return distilInstead(source, from);
    case 'future-leak':
      return splitByTime(source, from);
    case 'data-wrong-encoding':
      return suggestion === undefined ? [] : stateOfSource(source, from, 'encoding', suggestion);
    case 'numbers-as-text': {
      const [key = '', ...value] = (suggestion ?? '').split(': ');
      return suggestion === undefined ? [] : stateOfSource(source, from, key, value.join(': '));
    }
    case 'copied-rows':
      return dropCopies(source, from);
    case 'reserved-column':
      return suggestion === undefined ? [] : dropColumn(source, from, suggestion);
    case 'metric-not-computed':
      return addMetric(source, from, old);
    case 'missing-target':
      return addTarget(source, diagnostic);
    case 'target-skewed':
      return learnLogarithm(source, from);
    case 'conflict-marker':
      return [{ title: 'Remove this line', edits: [lineOf(text, from)] }];
    case 'unclosed-fence': {
      const end = text.length;
      const fence = /^[`~]+/.exec(old)?.[0] ?? '```';
      return [
        {
          title: 'Close the fence',
          edits: [{ range: { from: end, to: end }, text: `${text.endsWith('\n') ? '' : '\n'}${fence}\n` }],
          preferred: true,
        },
      ];
    }
    case 'bad-value': {
      // A key without value: its value is put behind it.
      const colon = /^["']?[ \t]*:(?=[ \t]*(?:#|\r?$|[,}]))/m.exec(text.slice(to))?.[0];
      const found = colon === undefined ? undefined : locate(source, from);
      return found?.on === 'key' && colon !== undefined && text.slice(to).startsWith(colon)
        ? replacement({ from: to + colon.length, to: to + colon.length }, suggestion, ' ')
        : replacement(range, suggestion);
    }
    default:
      return replacement(range, suggestion);
  }
}

function replacement(range: Range, suggestion: string | undefined, before = ''): Fix[] {
  return suggestion === undefined
    ? []
    : [{ title: `Change to \`${suggestion}\``, edits: [{ range, text: before + suggestion }], preferred: true }];
}

/** The lines of the entry of a block map whose key begins at an offset; in a flow map the entry with its comma. */
export function entryLines(source: Source, offset: number): { range: Range; text: string } {
  const { text } = source;
  const found = locate(source, offset);
  const line = lineAt(text, lineStart(text, offset));
  const alone = text.slice(line.from, offset).trim() === '';
  const end = found?.node && found.node.to + found.base > offset ? found.node.to + found.base : line.end;
  if (!alone) {
    const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0;
    const before = after > 0 ? 0 : (/,\s*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
    return { range: { from: offset - before, to: end + after }, text: '' };
  }
  // A duplicate key is not found by its path: its block ends where a line is not deeper.
  let last = line;
  for (let at = line.next; at < text.length;) {
    const next = lineAt(text, at);
    const item = next.indent === line.indent && /^-(?:\s|$)/.test(text.slice(next.from + next.indent, next.end));
    if (next.first !== '' && next.indent <= line.indent && !item) break;
    last = next;
    at = next.next;
  }
  while (last.from > line.from && last.first === '') last = lineAt(text, lineStart(text, last.from - 1));
  return { range: { from: line.from, to: last.next }, text: '' };
}

function lineOf(text: string, offset: number): { range: Range; text: string } {
  const line = lineAt(text, lineStart(text, offset));
  return { range: { from: line.from, to: line.next }, text: '' };
}

/** The end of a line's text, without the comment and the space before it. */
function beforeComment(text: string, from: number): number {
  const { end } = lineAt(text, lineStart(text, from));
  const words = text.slice(from, end);
  return (
    from +
    (/[ \t]+#/.exec(words.replaceAll(/"[^"]*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length)))?.index ??
      words.trimEnd().length)
  );
}

/** The offset of `parameters` when a parameter is the only one under it: without it nothing is left there. */
function onlyParameter(source: Source, offset: number): number | undefined {
  const parameters = entryOf(source.analysis().headerNode, 'parameters');
  const only =
    parameters?.value.type === 'map' && parameters.value.entries.length === 1 ? parameters.value.entries[0] : undefined;
  return parameters && only && only.keyRange.from <= offset && offset <= only.keyRange.to
    ? parameters.keyRange.from
    : undefined;
}

/**
 * A line at another depth; when it is too deep, with those below it that are as deep. None where a line of that depth begins with the same
 * key: then it belongs to something that is not there.
 */
function moved(text: string, line: Line, depth: number): Fix['edits'] {
  const wordOf = (each: Line): string => /^[^:]*:?/.exec(text.slice(each.from + each.indent, each.end))?.[0] ?? '';
  for (let at = line.from; at > 0;) {
    const above = lineAt(text, lineStart(text, at - 1));
    at = above.from;
    if (above.first === '' || above.first === '#') continue;
    if (above.indent < depth) break;
    if (above.indent === depth && wordOf(above) === wordOf(line) && wordOf(line).endsWith(':')) return [];
  }
  const edits = [{ range: { from: line.from, to: line.from + line.indent }, text: ' '.repeat(depth) }];
  if (line.indent < depth) return edits;
  for (const each of linesOf(text, line.next)) {
    if (each.first === '') continue;
    if (each.indent < line.indent) break;
    edits.push({
      range: { from: each.from, to: each.from + each.indent },
      text: ' '.repeat(each.indent - line.indent + depth),
    });
  }
  return edits;
}

/** A line that is too deep because the word above it, whose block it is in, has no colon yet. */
function wordAbove({ text }: Source, offset: number): Fix | undefined {
  const line = lineAt(text, lineStart(text, offset));
  if (line.from === 0) return undefined;
  const above = lineAt(text, lineStart(text, line.from - 1));
  const word = /^ *([A-Za-z][\w-]*)[ \t]*$/.exec(text.slice(above.from, above.end))?.[1];
  if (word === undefined || above.indent >= line.indent) return undefined;
  const end = above.from + above.indent + word.length;
  return { title: `Write \`${word}:\``, edits: [{ range: { from: end, to: end }, text: ':' }], preferred: true };
}

/** A colon behind a half-typed word, where a key of that name may stand; the line may go in any case. */
function writeColon(source: Source, range: Range, word: string): Fix[] {
  const found = locate(source, range.from);
  const schema = found && schemaAt(found.root, found.tree, found.path.slice(0, -1));
  const may =
    !schema ||
    schema.keys.some(({ key }) => key === word) ||
    (/^[\w-]+$/.test(word) && schema.nodes.some(({ additional }) => (additional ?? false) !== false));
  return [
    ...(may ? [{ title: 'Write the colon', edits: [{ range, text: `${word}: ` }] }] : []),
    { title: 'Remove this line', edits: [lineOf(source.text, range.from)] },
  ];
}

/** How many spaces stand for the tabs that a line begins with: of the indentations of the lines above the nearest one, or one below its key. */
function indentFor(text: string, from: number, blank: string): number {
  const wanted = blank.replaceAll('\t', '  ').length;
  const levels: number[] = [];
  let low = Infinity;
  for (let at = from; at > 0 && low > 0;) {
    const line = lineAt(text, lineStart(text, at - 1));
    at = line.from;
    if (line.first === '' || line.first === '#' || line.first === '\t') continue;
    if (low === Infinity && /:[ \t]*(#.*)?$/.test(text.slice(line.from, line.end))) levels.push(line.indent + 2);
    if (line.indent < low) levels.push(line.indent);
    low = Math.min(low, line.indent);
  }
  return levels.reduce(
    (best, level) => (Math.abs(level - wanted) < Math.abs(best - wanted) ? level : best),
    levels[0] ?? wanted,
  );
}

const spaceAfter = (text: string, offset: number): number => /^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0;

/** Takes an item out of its list, or a key with its value out of its map; nothing where the range is only a part of a text. */
export function removeItem(source: Source, range: Range, old: string): Fix[] {
  const { text } = source;
  const found = locate(source, range.from);
  if (found?.range.from !== range.from || found.range.to !== range.to) return [];
  if (found.on === 'key') return [{ title: `Remove \`${old}\``, edits: [entryLines(source, range.from)] }];
  if (typeof found.path.at(-1) !== 'number') return wholeOf(source, found);
  const list = nodeAt(found.tree, found.path.slice(0, -1))?.node;
  if (list?.type === 'list' && list.items.length === 1) return wholeOf(source, found);
  const line = lineAt(text, lineStart(text, range.from));
  const before = text.slice(line.from, range.from);
  if (/^\s*-\s+$/.test(before) && text.slice(range.to, line.end).trim() === '')
    return [{ title: `Remove \`${old}\``, edits: [{ range: { from: line.from, to: line.next }, text: '' }] }];
  const after = /^\s*,\s*/.exec(text.slice(range.to, line.end))?.[0];
  if (after !== undefined && /[[,]\s*$/.test(before))
    return [
      { title: `Remove \`${old}\``, edits: [{ range: { from: range.from, to: range.to + after.length }, text: '' }] },
    ];
  const comma = /,\s*$/.exec(before)?.[0];
  if (comma !== undefined)
    return [
      { title: `Remove \`${old}\``, edits: [{ range: { from: range.from - comma.length, to: range.to }, text: '' }] },
    ];
  return [];
}

function freeName(source: Source, name: string): string {
  const taken = new Set(source.analysis().stages.map((stage) => stage.name));
  for (let n = 2; ; n++) if (!taken.has(`${name}-${n}`)) return `${name}-${n}`;
}

const wordsOf = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);
