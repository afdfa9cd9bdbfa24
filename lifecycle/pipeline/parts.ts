import { Cutter, Entries, type Frame } from './entries';
import { lineAt, linesOf } from './lines';
import { cellsOf } from './markdown';
import { remember, resume } from './resume';
import type { Range } from './types';

/** `*.pipeline.yaml`, or the lifecycle document `*.lifecycle.md`. */
export type Spelling = 'pipeline' | 'document';

/**
 * A stretch of the text. Together, in order, the parts are the text:
 * - `header`: YAML with entries of the header
 * - `stage`: YAML with the entry of one stage, its leading comments included
 * - `stages`: YAML whose root is a map of stages that can't be cut apart by lines (a flow map, anchors on entries)
 * - `whole`: YAML of the whole pipeline, when it can't be cut apart by lines at all
 * - `prose`: Markdown
 * - `mark`: what holds the others together: the line `stages:`, fences, `---` around the front matter
 */
export interface Part extends Range {
  readonly type: 'header' | 'stage' | 'stages' | 'whole' | 'prose' | 'mark';
  readonly text: string;
  /** Of a stage: spaces before its name, when they differ from those of the stages before it. */
  readonly misplaced?: { readonly expected: number };
}

export interface Parts {
  readonly spelling: Spelling;
  readonly parts: readonly Part[];
  /** Lines left behind by a merge that was not finished. */
  readonly conflicts: readonly Range[];
  /** Fences that nothing closes: the range of their first line. */
  readonly unclosed: readonly Range[];
  /** How many parts at the beginning and at the end are those of the parts that were given to {@link parse}; their places may differ. */
  readonly kept?: { readonly before: number; readonly after: number };
}

export function spellingOf(path: string): Spelling {
  return /\.(md|markdown)$/i.test(path) ? 'document' : 'pipeline';
}

/** Is this the name of a pipeline file, in either spelling? */
export function isPipelineFile(path: string): boolean {
  return /\.(pipeline\.ya?ml|lifecycle\.md)$/i.test(path);
}

/**
 * Cuts a text into its parts. Never fails; `serialize(parse(text)) === text` for every string.
 * @param before the parts of an earlier state of the text: what did not change since is taken over
 */
export function parse(text: string, spelling: Spelling, before?: Parts): Parts {
  const resumed = before && spelling === 'pipeline' && before.spelling === spelling ? resume(text, before) : undefined;
  if (resumed) return resumed;
  const conflicts = conflictsIn(text);
  if (spelling === 'pipeline') {
    const { parts, frame } = pipelineParts(text);
    return remember({ spelling, parts, conflicts, unclosed: [] }, text, frame);
  }
  const { parts, unclosed } = documentParts(text);
  return { spelling, parts, conflicts, unclosed };
}

/** The text that the parts were cut from, or that they were edited into. */
export function serialize(parts: Pick<Parts, 'parts'>): string {
  return parts.parts.map((part) => part.text).join('');
}

const stagesLine = /^(?:stages|"stages"|'stages')[ \t]*:[ \t]*(?:#.*)?$/;
const stagesKey = /^(?:stages|"stages"|'stages')[ \t]*:(?:[ \t]|$)/;

function pipelineParts(text: string): { parts: Part[]; frame?: Frame } {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const cutter = new Cutter(text, 0);
  let section: 'header' | 'stages' = 'header';
  let seen = false;
  let content = false;
  let entries: Entries | undefined;
  let comments: number | undefined;
  for (let at = start; at < text.length;) {
    // Most lines stand inside a stage: they are passed over without a closer look.
    if (section === 'stages' && entries?.isInside(at)) {
      comments = undefined;
      const next = text.indexOf('\n', at);
      at = next < 0 ? text.length : next + 1;
      continue;
    }
    const line = lineAt(text, at);
    at = line.next;
    const { first, indent, from } = line;
    if (first === '' || (first === '#' && indent > 0)) {
      if (first === '') comments = undefined;
      entries?.take(line);
      continue;
    }
    if (first === '#') {
      comments ??= from;
      entries?.take(line);
      continue;
    }
    if (indent > 0 || first === '\t' || first === '}' || first === ']') {
      comments = undefined;
      content = true;
      if (section === 'stages') entries?.take(line);
      continue;
    }
    const words = text.slice(from, line.end);
    if (/^(---|\.\.\.)(\s|$)/.test(words) && content) return { parts: [whole(text)] };
    if (first === '-' && section === 'stages') return { parts: [whole(text)] };
    if (section === 'header' && stagesKey.test(words)) {
      if (!stagesLine.test(words)) return { parts: [whole(text)] };
      cutter.cut('header', from);
      section = 'stages';
      seen = true;
      entries = new Entries(text);
    } else if (section === 'stages') {
      if (stagesKey.test(words)) {
        // A second `stages:`: the pipeline is read as one map, which reports the duplicate.
        return { parts: [whole(text)] };
      }
      const end = comments ?? from;
      if (entries?.cut(cutter, end) === false) return { parts: [whole(text)] };
      entries = undefined;
      section = 'header';
    }
    comments = undefined;
    if (!/^(---|%)/.test(words)) content = true;
  }
  if (!seen) return { parts: text === '' ? [] : [whole(text)] };
  if (section !== 'stages') cutter.cut('header', text.length);
  else if (entries?.cut(cutter, text.length) === false) return { parts: [whole(text)] };
  return { parts: cutter.parts, ...(entries?.frame && { frame: entries.frame }) };
}

function whole(text: string): Part {
  return { type: 'whole', from: 0, to: text.length, text };
}

function documentParts(text: string): { parts: Part[]; unclosed: Range[] } {
  const cutter = new Cutter(text, 0);
  const unclosed: Range[] = [];
  for (const cell of cellsOf(text)) {
    if (cell.type === 'prose') {
      cutter.cut('prose', cell.to);
      continue;
    }
    cutter.cut('mark', cell.contentFrom);
    if (cell.type === 'front') cutter.cut('header', cell.contentTo);
    else {
      const entries = new Entries(text);
      for (const line of linesOf(text, cell.contentFrom, cell.contentTo)) entries.take(line);
      if (!entries.cut(cutter, cell.contentTo)) cutter.cut('stages', cell.contentTo);
      if (!cell.closed) unclosed.push({ from: cell.from + cell.indent, to: cell.openTo });
    }
    cutter.cut('mark', cell.to);
  }
  return { parts: cutter.parts, unclosed };
}

/** Lines `<<<<<<<`, `|||||||`, `=======`, `>>>>>>>`; the middle ones only between the outer ones. */
function conflictsIn(text: string): Range[] {
  if (!text.includes('<<<<<<< ') || !text.includes('>>>>>>> ')) return [];
  const found: Range[] = [];
  let open: Range[] | undefined;
  for (const { from, end } of linesOf(text)) {
    const mark = text.slice(from, Math.min(end, from + 8));
    if (mark === '<<<<<<< ') open = [{ from, to: end }];
    else if (open && (text.slice(from, end) === '=======' || mark === '||||||| ')) open.push({ from, to: end });
    else if (open && mark === '>>>>>>> ') {
      found.push(...open, { from, to: end });
      open = undefined;
    }
  }
  return found;
}
