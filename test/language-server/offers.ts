import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions } from '../../language-server/features/actions';
import { completion } from '../../language-server/features/completion';
import { diagnosticsOf } from '../../language-server/features/diagnostics';
import type { Source } from '../../language-server/source';
import { uriOf, Workspace } from '../../language-server/workspace';
import { entriesOf, entryOf, toValue } from '../../lifecycle/pipeline/tree';
import { random, type Random } from '../rigs/random';

const examples = path.resolve(__dirname, '../../examples');

/** The pipelines of the examples, open where they lie, with their data read. */
export class Desk {
  private constructor(
    readonly workspace: Workspace,
    readonly texts: ReadonlyMap<string, string>,
  ) {}

  static async open(): Promise<Desk> {
    const workspace = new Workspace();
    const texts = new Map<string, string>();
    for (const example of readdirSync(examples).sort())
      for (const file of readdirSync(path.join(examples, example)).sort())
        if (/\.(pipeline\.yaml|lifecycle\.md)$|^targets\.yaml$/.test(file)) {
          const place = path.join(examples, example, file);
          texts.set(uriOf(place), readFileSync(place, 'utf8'));
        }
    const desk = new Desk(workspace, texts);
    for (const [uri, text] of texts) workspace.open({ uri, languageId: '', version: 1, text });
    for (const uri of texts.keys()) diagnosticsOf(workspace, desk.source(uri));
    await workspace.columns.settled();
    await workspace.runs.settled();
    return desk;
  }

  source(uri: string): Source {
    const source = this.workspace.sourceOf(uri);
    assert.ok(source, uri);
    return source;
  }

  document(uri: string): TextDocument {
    const document = this.workspace.documents.get(uri);
    assert.ok(document, uri);
    return document;
  }

  private version = 1;

  write(uri: string, text: string): void {
    this.workspace.change(uri, ++this.version, [{ text }]);
  }

  problems(uri: string): readonly Diagnostic[] {
    return diagnosticsOf(this.workspace, this.source(uri)).get(uri) ?? [];
  }

  close(): void {
    for (const uri of this.texts.keys()) this.workspace.close(uri);
    this.workspace.runs.close();
  }
}

/** What an offer did to a document. */
export interface Outcome {
  readonly uri: string;
  readonly offer: string;
  readonly before: string;
  readonly after: string;
  /** In words, how it is worse. */
  readonly worse: readonly string[];
}

/** A text as it is while somebody works on it: words half typed, lines begun, quotes and brackets open. */
export function halfTyped(text: string, draw: Random): { text: string; at: number } {
  const pick = (n: number): number => Math.floor(draw() * n);
  const words = [...text.matchAll(/[\w.-]+/g)];
  const word = words[pick(words.length)];
  const lines = text.split('\n');
  const row = pick(lines.length);
  const start = lines.slice(0, row).reduce((sum, line) => sum + line.length + 1, 0);
  const line = lines[row] ?? '';
  const indent = /^ */.exec(line)?.[0] ?? '';
  const cut = (from: number, to: number, put = '') => ({
    text: text.slice(0, from) + put + text.slice(to),
    at: from + put.length,
  });
  switch (pick(8)) {
    case 0:
      return { text, at: pick(text.length + 1) };
    case 1:
    case 2: {
      if (!word) return { text, at: 0 };
      const keep = pick(Math.min(4, word[0].length + 1));
      return cut(word.index + keep, word.index + word[0].length);
    }
    case 3:
      return cut(start + pick(line.length + 1), start + line.length);
    case 4:
      return cut(start, start, `${indent}\n`);
    case 5: {
      const made = cut(start, start, `${indent}${pick(2) ? '- ' : ''}\n`);
      return { ...made, at: made.at - 1 };
    }
    case 6: {
      const made = cut(start + line.length, start + line.length, pick(2) ? ',' : '\n' + indent + '  ');
      return made;
    }
    default: {
      const rest = text.indexOf('\n', start + line.length + 1);
      return cut(start, rest < 0 ? text.length : rest, indent);
    }
  }
}

/** A text with mistakes, for fixes to be offered. */
export function mistaken(text: string, draw: Random): string {
  const pick = (n: number): number => Math.floor(draw() * n);
  let result = text;
  for (let n = 1 + pick(3); n > 0; n--) {
    const words = [...result.matchAll(/[\w.-]+/g)];
    const word = words[pick(words.length)];
    const other = words[pick(words.length)];
    if (!word || !other) return result;
    const [from, to] = [word.index, word.index + word[0].length];
    const lineFrom = result.lastIndexOf('\n', from - 1) + 1;
    const lineEnd = result.indexOf('\n', from);
    const lineTo = lineEnd < 0 ? result.length : lineEnd + 1;
    const line = result.slice(lineFrom, lineTo);
    const replace = (a: number, b: number, put: string): string => result.slice(0, a) + put + result.slice(b);
    switch (pick(8)) {
      case 0:
        result = replace(from, to, other[0]);
        break;
      case 1: {
        const i = pick(word[0].length);
        result = replace(from + i, from + i + 1, '');
        break;
      }
      case 2:
        result = replace(from, to, word[0].slice(1) + word[0].charAt(0));
        break;
      case 3:
        result = replace(lineFrom, lineTo, '');
        break;
      case 4:
        result = replace(lineTo, lineTo, line.endsWith('\n') ? line : `\n${line}`);
        break;
      case 5:
        result = replace(lineFrom, lineFrom, pick(2) ? ' ' : '\t');
        break;
      case 6: {
        const marks = [...line.matchAll(/[\]}"':,]/g)];
        const mark = marks[pick(Math.max(1, marks.length))];
        if (mark) result = replace(lineFrom + mark.index, lineFrom + mark.index + 1, '');
        break;
      }
      default:
        result = replace(from, to, pick(2) ? '' : '9999');
    }
  }
  return result;
}

/** A snippet as it stands when nothing is typed into it, and where its empty stops are. */
export function expanded(snippet: string): { text: string; stops: number[] } {
  let text = '';
  const stops: number[] = [];
  const pattern = /\\([\\$}])|\$\{\d+:((?:\\.|[^}\\])*)\}|\$\{\d+\}|\$\d+|[^]/gu;
  for (const [whole, escape, content] of snippet.matchAll(pattern)) {
    if (escape !== undefined) text += escape;
    else if (content !== undefined) text += content.replaceAll(/\\([\\$}])/g, '$1');
    else if (whole.length > 1 && whole.startsWith('$')) stops.push(text.length);
    else text += whole;
  }
  return { text, stops };
}

interface Plain {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Offsets in the text that its user is still to fill in. */
  readonly stops: readonly number[];
}

function plainOf(document: TextDocument, item: CompletionItem): Plain {
  assert.ok(item.textEdit && 'range' in item.textEdit);
  const { range, newText } = item.textEdit;
  const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  if (item.insertTextFormat !== 2) return { from, to, text: newText, stops: [] };
  const line = document.getText({ start: { line: range.start.line, character: 0 }, end: range.start });
  const indent = /^ */.exec(line)?.[0] ?? '';
  // Tab stops keep their place while lines are indented.
  const { text, stops } = expanded(item.insertTextMode === 2 ? newText.replaceAll('\n', `\n${indent}`) : newText);
  return { from, to, text, stops };
}

const isError = ({ severity }: Diagnostic): boolean => severity === DiagnosticSeverity.Error;
/** What is wrong with what, without the list of what would be right, which an edit elsewhere may change. */
const subjectOf = (each: Diagnostic): string => `${String(each.code)} ${/`[^`]*`/.exec(nameOf(each))?.[0] ?? ''}`;
const nameOf = ({ code, message }: Diagnostic): string =>
  `${String(code)}: ${typeof message === 'string' ? message : message.value}`;

interface Meaning {
  readonly header: unknown;
  readonly stages: ReadonlyMap<string, unknown>;
  /** Where each begins. */
  readonly ranges: readonly { readonly name: string; readonly from: number }[];
}

/** Values of everything in a text, by stage, and of its header. */
function meaning(source: Source): Meaning {
  if (source.kind === 'targets') {
    const { node } = source.targets();
    const value = node && toValue(node);
    const { targets, ...header } = (typeof value === 'object' && value !== null ? value : {}) as {
      targets?: Record<string, unknown>;
    };
    const map = entryOf(node, 'targets')?.value;
    const ranges = entriesOf(map).map(({ key, keyRange }) => ({ name: key, from: keyRange.from }));
    return { header, stages: new Map(Object.entries(targets ?? {})), ranges };
  }
  const { headerNode, stages } = source.analysis();
  return {
    header: toValue(headerNode),
    stages: new Map(stages.map(({ name, node }) => [name, toValue(node)])),
    ranges: stages.map(({ name, range }) => ({ name, from: range.from })),
  };
}

function stagesApart(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  return [...before].flatMap(([name, value]) => {
    if (!after.has(name)) return [name];
    try {
      assert.deepEqual(after.get(name), value);
      return [];
    } catch {
      return [name];
    }
  });
}

/** Errors of `after` that `before` had not. */
function newErrors(before: readonly Diagnostic[], after: readonly Diagnostic[]): Diagnostic[] {
  const had = new Map<string, number>();
  for (const each of before.filter(isError)) had.set(subjectOf(each), (had.get(subjectOf(each)) ?? 0) + 1);
  return after.filter(isError).filter((each) => {
    const left = had.get(subjectOf(each)) ?? 0;
    had.set(subjectOf(each), left - 1);
    return left <= 0;
  });
}

/** Accepts everything offered at a place, each by itself, and tells what it made worse. */
export function acceptAll(
  desk: Desk,
  uri: string,
  text: string,
  at: number,
  draw: Random,
  most: number,
  count: () => void,
): Outcome[] {
  desk.write(uri, text);
  const document = desk.document(uri);
  const source = desk.source(uri);
  const before = desk.problems(uri);
  const meant = meaning(source);
  const inside = meant.ranges.findLast(({ from }) => from <= at)?.name;
  const spot = desk.workspace.spot(uri, document.positionAt(at));
  assert.ok(spot);
  let { items } = completion(spot);
  if (items.length > most) items = items.filter(() => draw() < most / items.length);
  const plain = items.map((item) => plainOf(document, item));
  return items.flatMap((item, i) => {
    const edit = plain[i];
    assert.ok(edit);
    count();
    // A half-typed word hides what would be missing without it.
    desk.write(uri, text.slice(0, edit.from) + text.slice(edit.to));
    const without = desk.problems(uri).filter(({ code }) => code === 'missing-key' || code === 'missing-value');
    const after = text.slice(0, edit.from) + edit.text + text.slice(edit.to);
    desk.write(uri, after);
    const worse = worseAfter(desk, uri, item, [...before, ...without], meant, inside, edit, text);
    return worse.length > 0
      ? [{ uri, offer: item.label, before: `${text.slice(0, at)}‸${text.slice(at)}`, after, worse }]
      : [];
  });
}

/** What a choice of kind asks for next, and what it means to those that refer to the stage: its user's to settle. */
const afterKind: ReadonlySet<unknown> = new Set([
  'missing-key',
  'wrong-stage-kind',
  'missing-target',
  'metric-task',
  'different-data',
]);

const ofSyntax: ReadonlySet<unknown> = new Set([
  'yaml-syntax',
  'unclosed-quote',
  'unclosed-bracket',
  'bad-indent',
  'incomplete-key',
  'duplicate-key',
  'unclosed-fence',
]);

/** What text and schema say by themselves. */
const ofText: ReadonlySet<unknown> = new Set([
  ...ofSyntax,
  'unknown-key',
  'unknown-kind',
  'wrong-type',
  'missing-key',
  'missing-value',
  'bad-value',
  'out-of-range',
  'two-alternatives',
  'duplicate-stage',
]);

function worseAfter(
  desk: Desk,
  uri: string,
  item: CompletionItem,
  before: readonly Diagnostic[],
  meant: Meaning,
  inside: string | undefined,
  edit: Plain,
  text: string,
): string[] {
  const document = desk.document(uri);
  const source = desk.source(uri);
  const end = edit.from + edit.text.length;
  const open = edit.stops.map((stop) => edit.from + stop);
  const kind = /kind:[ \t]*["']?$/.test(text.slice(0, edit.from));
  // Kinds that don't know what stands beside them, and columns of a type that the step is not for, are offered last: for those who change that next.
  const last = item.kind === CompletionItemKind.Field || (kind && item.kind === CompletionItemKind.EnumMember);
  if (last && item.sortText?.startsWith('3')) return [];
  const chosen = item.kind === CompletionItemKind.Property || item.kind === CompletionItemKind.EnumMember;
  const errors = newErrors(before, desk.problems(uri)).filter(({ range, code }) => {
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    if (kind && afterKind.has(code)) return false;
    // Which column is the target is its user's choice, whatever the steps below do with it.
    if (code === 'target-in-features' || code === 'target-role') return false;
    // What a value says under another key, and what a word means to what stands elsewhere, is its user's choice.
    if (chosen && !ofText.has(code)) return false;
    // A text that could not be read, or an empty value, says what is missing once it can.
    if (code === 'missing-key' && before.some((each) => ofSyntax.has(each.code) || each.code === 'missing-value'))
      return false;
    if (code === 'expression-type') return false;
    if (item.kind === CompletionItemKind.Keyword && code === 'expression-syntax') return false;
    // Its user is still to fill in what stands empty there.
    return (
      !open.some((stop) => from - 1 <= stop && stop <= to + 3) &&
      !(edit.stops.length > 0 && from >= edit.from && to <= end)
    );
  });
  const now = meaning(source);
  const gone = stagesApart(meant.stages, now.stages);
  const [head, tail] = [text.slice(0, edit.from), text.slice(edit.to)];
  return [
    ...errors.map((each) => `new error at ${each.range.start.line + 1}: ${nameOf(each)}`),
    ...(inside === undefined ? [] : gone)
      .filter((name) => name !== inside && (head + tail).includes(name))
      .map((name) => `stage ${name} is another`),
  ];
}

/** Makes every fix and every other action offered for a text, each by itself, and tells what it made worse. */
export function fixAll(desk: Desk, uri: string, text: string, count: () => void): Outcome[] {
  desk.write(uri, text);
  const source = desk.source(uri);
  const view = source.viewOf(uri);
  assert.ok(view);
  const before = desk.problems(uri);
  const offers = before.flatMap((diagnostic) =>
    codeActions(desk.workspace, source, view, {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    })
      .filter(({ edit }) => edit !== undefined)
      .map((action) => ({ action, diagnostic, edits: action.edit?.changes?.[uri] })),
  );
  return offers.flatMap(({ action, diagnostic, edits }) => {
    if (!edits) return [];
    count();
    const after = TextDocument.applyEdits(TextDocument.create(uri, '', 1, text), edits);
    desk.write(uri, after);
    const now = desk.problems(uri);
    const inserted = edits.map(({ newText }) => newText).join('');
    const created = action.title.startsWith('Create the');
    // What is put in for its user to fill in says so by being empty.
    const toFill = ({ code, message }: Diagnostic): boolean =>
      (code === 'missing-value' && inserted.includes(`${/`([^`]*)`/.exec(message as string)?.[1] ?? '?'}:`)) ||
      (created && ['missing-target', 'different-data', 'missing-key'].includes(String(code)));
    const left = now.filter((each) => isError(each) && !toFill(each));
    const worse: string[] = [];
    // A key that is spelt right has a value that is looked at for the first time.
    const missesKind = diagnostic.code === 'missing-key' && nameOf(diagnostic).includes('`kind`');
    const unveils =
      diagnostic.code === 'unknown-key' ||
      diagnostic.code === 'unknown-kind' ||
      ofSyntax.has(diagnostic.code) ||
      missesKind;
    if (action.title.startsWith('Remove the first')) return [];
    if (left.length > before.filter(isError).length && !unveils)
      worse.push(
        'more errors',
        ...newErrors(before, left).map((each) => `new at ${each.range.start.line + 1}: ${nameOf(each)}`),
      );
    if (action.kind === 'quickfix') {
      const count = (list: readonly Diagnostic[]) => list.filter((each) => nameOf(each) === nameOf(diagnostic)).length;
      if (count(now) >= count(before) && !diagnostic.code?.toString().startsWith('bad-indent'))
        worse.push(`still there: ${nameOf(diagnostic)}`);
    } else if (newErrors(before, now).length > 0) worse.push('an action brought an error');
    return worse.length > 0
      ? [{ uri, offer: `${action.title} (${String(diagnostic.code)})`, before: text, after, worse }]
      : [];
  });
}

/**
 * Everything offered in half-typed and in mistaken texts is accepted, one by one.
 * @param rounds texts of each of the two
 */
export async function offersNeverHarm(rounds: number, seed: number): Promise<{ offers: number; outcomes: Outcome[] }> {
  const desk = await Desk.open();
  const outcomes: Outcome[] = [];
  let offers = 0;
  const draw = random(seed);
  const files = [...desk.texts];
  for (let i = 0; i < rounds; i++) {
    const [uri, text] = files[i % files.length] ?? ['', ''];
    const half = halfTyped(text, draw);
    const count = (): void => {
      offers++;
    };
    outcomes.push(...acceptAll(desk, uri, half.text, half.at, draw, 12, count));
    outcomes.push(...fixAll(desk, uri, mistaken(text, draw), count));
    desk.write(uri, text);
  }
  desk.close();
  return { offers, outcomes };
}

/** What became worse, for a message: the lines around the edit before and after. */
export function told({ uri, offer, before, after, worse }: Outcome): string {
  const plain = before.replace('‸', '');
  let from = 0;
  while (from < plain.length && plain[from] === after[from]) from++;
  const around = (text: string): string => text.slice(Math.max(0, from - 200), from + 200);
  return `${path.basename(uri)}: ${offer}\n${worse.join('\n')}\n--- before\n${around(before)}\n--- after\n${around(after)}\n`;
}
