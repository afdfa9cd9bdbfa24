import { type Line, lineAt, linesOf } from './lines';
import { cellsOf } from './markdown';
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
}

export function spellingOf(path: string): Spelling {
  return /\.(md|markdown)$/i.test(path) ? 'document' : 'pipeline';
}

/** Is this the name of a pipeline file, in either spelling? */
export function isPipelineFile(path: string): boolean {
  return /\.(pipeline\.ya?ml|lifecycle\.md)$/i.test(path);
}

/** Cuts a text into its parts. Never fails; `serialize(parse(text)) === text` for every string. */
export function parse(text: string, spelling: Spelling): Parts {
  const conflicts = conflictsIn(text);
  if (spelling === 'pipeline') return { spelling, parts: pipelineParts(text), conflicts, unclosed: [] };
  const { parts, unclosed } = documentParts(text);
  return { spelling, parts, conflicts, unclosed };
}

/** The text that the parts were cut from, or that they were edited into. */
export function serialize(parts: Pick<Parts, 'parts'>): string {
  return parts.parts.map((part) => part.text).join('');
}

/** Collects stretches that lie end to end. */
class Cutter {
  readonly parts: Part[] = [];

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  /** Everything up to `to` that is not cut yet becomes one part. */
  cut(type: Part['type'], to: number, misplaced?: number): void {
    if (to <= this.at) return;
    this.parts.push({
      type,
      from: this.at,
      to,
      text: this.text.slice(this.at, to),
      ...(misplaced !== undefined && { misplaced: { expected: misplaced } }),
    });
    this.at = to;
  }
}

const stagesLine = /^(?:stages|"stages"|'stages')[ \t]*:[ \t]*(?:#.*)?$/;
const stagesKey = /^(?:stages|"stages"|'stages')[ \t]*:(?:[ \t]|$)/;

function pipelineParts(text: string): Part[] {
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
    if (/^(---|\.\.\.)(\s|$)/.test(words) && content) return [whole(text)];
    if (first === '-' && section === 'stages') return [whole(text)];
    if (section === 'header' && stagesKey.test(words)) {
      if (!stagesLine.test(words)) return [whole(text)];
      cutter.cut('header', from);
      section = 'stages';
      seen = true;
      entries = new Entries(text);
    } else if (section === 'stages') {
      if (stagesKey.test(words)) {
        // A second `stages:`: the pipeline is read as one map, which reports the duplicate.
        return [whole(text)];
      }
      const end = comments ?? from;
      if (entries?.cut(cutter, end) === false) return [whole(text)];
      entries = undefined;
      section = 'header';
    }
    comments = undefined;
    if (!/^(---|%)/.test(words)) content = true;
  }
  if (!seen) return text === '' ? [] : [whole(text)];
  if (section === 'stages') {
    if (entries?.cut(cutter, text.length) === false) return [whole(text)];
  } else cutter.cut('header', text.length);
  return cutter.parts;
}

function whole(text: string): Part {
  return { type: 'whole', from: 0, to: text.length, text };
}

/** Finds where the entries of one map of stages begin. */
class Entries {
  private readonly starts: { at: number; misplaced?: number }[] = [];
  private indent: number | undefined;
  private comments: number | undefined;
  private regular = true;

  constructor(private readonly text: string) {}

  /** Is the line that begins at an offset deeper than the names of the stages? */
  isInside(from: number): boolean {
    if (this.indent === undefined) return false;
    for (let at = from; at <= from + this.indent; at++) if (this.text.charCodeAt(at) !== 32) return false;
    this.comments = undefined;
    return true;
  }

  take(line: Line): void {
    const { first, indent, from } = line;
    if (first === '') {
      this.comments = undefined;
      return;
    }
    if (first === '#') {
      if (this.indent === undefined || indent === this.indent) this.comments ??= from;
      else this.comments = undefined;
      return;
    }
    const comments = this.comments;
    this.comments = undefined;
    if (first === '\t' || first === '}' || first === ']') return;
    if (this.indent === undefined || indent <= this.indent) {
      const words = this.text.slice(from + indent, line.end);
      if (/^([-?]([ \t]|$)|[{[&*!|>]|<<[ \t]*:)/.test(words)) this.regular = false;
      const misplaced = this.indent !== undefined && indent < this.indent;
      if (misplaced && !keyLike.test(words)) return;
      this.starts.push({
        at: comments ?? from,
        ...(misplaced && this.indent !== undefined && { misplaced: this.indent }),
      });
      this.indent ??= indent;
    }
  }

  /** Cuts what precedes the first entry as a mark, then each entry. False when the lines don't tell the entries. */
  cut(cutter: Cutter, to: number, first: Part['type'] = 'mark'): boolean {
    if (!this.regular) return false;
    this.starts.forEach((start, i) => {
      const before = this.starts[i - 1];
      if (before === undefined) cutter.cut(first, start.at);
      else cutter.cut('stage', start.at, before.misplaced);
    });
    const last = this.starts.at(-1);
    cutter.cut(last === undefined ? first : 'stage', to, last?.misplaced);
    return true;
  }
}

/** The beginning of a block map's entry: a key and a colon. */
export const keyLike =
  /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#&*!|>%@`{}[\],"'-][^#]*?|-[^\s#][^#]*?)[ \t]*:(?=[ \t]|$)/;

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
