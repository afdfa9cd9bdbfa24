import { lineAt, linesOf } from './lines';
import type { Range } from './types';

/**
 * A stretch of a lifecycle document as a notebook shows it. Together, in order, the cells are the text.
 * Fences are those of CommonMark 0.31 (section 4.5), at most three spaces in; those within other fences, `<!-- … -->` and `<pre>` are prose.
 */
export type Cell = FrontCell | StagesCell | ProseCell;

export interface FrontCell extends Range {
  readonly type: 'front';
  /** YAML of the header, between the lines `---`. */
  readonly contentFrom: number;
  readonly contentTo: number;
}

export interface StagesCell extends Range {
  readonly type: 'stages';
  /** YAML with stages, between the fences, indented as in the file. */
  readonly contentFrom: number;
  readonly contentTo: number;
  /** Spaces before the opening fence. */
  readonly indent: number;
  /** End of the opening line, without its break. */
  readonly openTo: number;
  /** False when the document ends before the fence does. */
  readonly closed: boolean;
}

export interface ProseCell extends Range {
  readonly type: 'prose';
}

const fenceLine = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*?)[ \t]*$/;
const stageInfo = /^ya?ml[ \t]+stages?(?:[ \t{].*)?$/;

/** Does a fence with this info string (` ```yaml stage `) hold stages? */
export function isStageInfo(info: string): boolean {
  return stageInfo.test(info);
}

/** Cuts a document into cells. Never fails; the cells lie end to end and cover the text. */
export function cellsOf(text: string): Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  const prose = (to: number): void => {
    if (to > at) cells.push({ type: 'prose', from: at, to });
    at = Math.max(at, to);
  };
  const front = frontMatter(text);
  if (front) {
    cells.push(front);
    at = front.to;
  }
  let inside: RegExp | undefined;
  for (let from = at; from < text.length;) {
    const line = lineAt(text, from);
    const words = text.slice(from, line.end);
    if (inside) {
      if (inside.test(words)) inside = undefined;
      from = line.next;
      continue;
    }
    const html = line.indent <= 3 && line.first === '<' ? htmlEnd(words) : undefined;
    if (html) {
      if (!html.test(words)) inside = html;
      from = line.next;
      continue;
    }
    const open = line.indent <= 3 && (line.first === '`' || line.first === '~') ? fenceLine.exec(words) : null;
    if (!open) {
      from = line.next;
      continue;
    }
    const [, space = '', fence = '', info = ''] = open;
    const end = closing(text, line.next, fence);
    if (isStageInfo(info)) {
      prose(from);
      cells.push({
        type: 'stages',
        from,
        to: end.to,
        contentFrom: line.next,
        contentTo: end.from,
        indent: space.length,
        openTo: line.end,
        closed: end.closed,
      });
      at = end.to;
    }
    from = end.to;
  }
  prose(text.length);
  return cells;
}

/** What ends the HTML block that a line begins (CommonMark 4.6, conditions 1 and 2); it may be on the same line. */
function htmlEnd(line: string): RegExp | undefined {
  if (/^ *<!--/.test(line)) return /-->/;
  if (/^ *<(?:pre|script|style|textarea)(?:[\s>]|$)/i.test(line)) return /<\/(?:pre|script|style|textarea)>/i;
  return undefined;
}

function closing(text: string, start: number, fence: string): { from: number; to: number; closed: boolean } {
  const mark = fence.charAt(0);
  for (const line of linesOf(text, start)) {
    if (line.first !== mark || line.indent > 3) continue;
    const words = text.slice(line.from + line.indent, line.end).trimEnd();
    if (words.length >= fence.length && words === mark.repeat(words.length))
      return { from: line.from, to: line.next, closed: true };
  }
  return { from: text.length, to: text.length, closed: false };
}

function frontMatter(text: string): FrontCell | undefined {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const open = lineAt(text, start);
  if (!/^---[ \t]*$/.test(text.slice(open.from, open.end)) || open.next === open.end) return undefined;
  for (const line of linesOf(text, open.next)) {
    if (!/^(?:---|\.\.\.)[ \t]*$/.test(text.slice(line.from, line.end))) continue;
    return { type: 'front', from: 0, to: line.next, contentFrom: open.next, contentTo: line.from };
  }
  return undefined;
}

/** The YAML of a stages cell as an editor shows it: without the fence's indentation and without the last line break. */
export function cellValue(text: string, cell: StagesCell): string {
  const lines: string[] = [];
  for (const line of linesOf(text, cell.contentFrom, cell.contentTo))
    lines.push(text.slice(line.from + Math.min(line.indent, cell.indent), line.end));
  return lines.join('\n');
}

/**
 * The bytes of a stages cell whose YAML was edited to `value` (lines ended by LF). The fence is made longer when the YAML holds one that
 * would close it; otherwise the opening and closing lines, the indentation and the kind of line break stay as they were.
 */
export function writeCell(text: string, cell: StagesCell, value: string): string {
  if (value === cellValue(text, cell)) return text.slice(cell.from, cell.to);
  const eol = text.slice(cell.openTo, cell.contentFrom) === '\r\n' ? '\r\n' : '\n';
  const opening = fenceLine.exec(text.slice(cell.from, cell.openTo));
  const [, space = '', fence = '```', info = 'yaml stage'] = opening ?? [];
  const longer = safeFence(value, fence);
  const close = cell.closed ? text.slice(cell.contentTo, cell.to) : '';
  const tail = close.endsWith('\n') || !cell.closed ? eol : '';
  return cellText(value, {
    space,
    fence: longer,
    info,
    eol,
    tail,
    close: longer === fence && close !== '' ? close : undefined,
  });
}

/** A new stages cell: fence, YAML, fence. */
export function newCell(value: string, eol = '\n'): string {
  return cellText(value, {
    space: '',
    fence: safeFence(value, '```'),
    info: 'yaml stage',
    eol,
    tail: eol,
    close: undefined,
  });
}

interface CellStyle {
  readonly space: string;
  readonly fence: string;
  readonly info: string;
  readonly eol: string;
  readonly tail: string;
  readonly close: string | undefined;
}

function cellText(value: string, { space, fence, info, eol, tail, close }: CellStyle): string {
  const body =
    value === ''
      ? ''
      : value
          .split(/\r?\n/)
          .map((line) => (line === '' ? '' : space + line) + eol)
          .join('');
  return `${space}${fence}${info}${eol}${body}${close ?? space + fence + tail}`;
}

/** A fence like the given one that no line of the value closes. */
function safeFence(value: string, fence: string): string {
  const mark = fence.charAt(0);
  let length = fence.length;
  for (const line of value.split('\n')) {
    const words = line.trim();
    if (words.length >= length && words === mark.repeat(words.length)) length = words.length + 1;
  }
  return mark.repeat(length);
}
