import { linesOf } from '../lifecycle/pipeline/lines';
import { lineStart } from './text';

/** Stands for the cursor in a text that is read to find out where it is: a private character, which no schema knows. */
export const MARK = '\uE0FE';

/** The text with what is open on the cursor's line closed right after it. */
export function closed(text: string, offset: number): string {
  const from = lineStart(text, offset);
  let end = text.indexOf('\n', offset);
  if (end < 0) end = text.length;
  const open: string[] = [];
  let start = from;
  // A bracket may have been opened on a line above that is less indented.
  for (const line of [...linesOf(text, Math.max(0, lineStart(text, from - 1)), offset)])
    start = Math.min(start, line.from);
  for (let i = start; i < offset; i++) {
    const c = text[i] ?? '';
    const last = open.at(-1);
    if (last === '"' || last === "'") {
      if (c === last) open.pop();
      else if (c === '\\' && last === '"') i++;
    } else if ((c === '"' || c === "'") && /[\s[{,:-]/.test(text[i - 1] ?? ' ')) open.push(c);
    else if (c === '[') open.push(']');
    else if (c === '{') open.push('}');
    else if (c === ']' || c === '}') open.pop();
    else if (c === '#' && /\s/.test(text[i - 1] ?? ' ')) break;
  }
  return text.slice(0, offset) + MARK + open.reverse().join('') + text.slice(end);
}

/** Before the first word of a line and not right at it: what is put there is glued to nothing. */
export function inIndentation(text: string, offset: number): boolean {
  return (
    /^[ \t]+[^\s#]/.test(text.slice(offset, offset + 200)) && text.slice(lineStart(text, offset), offset).trim() === ''
  );
}

/** Where a word would be glued to what follows: right behind a colon, before a bracket that is a value, before the end of a fence. */
export function atMark(text: string, offset: number): boolean {
  const from = lineStart(text, offset);
  const before = text.slice(from, offset);
  const after = text.slice(offset, offset + 80);
  return (
    (before.endsWith(':') && /^[ \t]+[^\s#]/.test(after)) ||
    (/[:-][ \t]+$/.test(before) && /^[[{]/.test(after)) ||
    (before === '' && /^(?:`{3}|~{3})/.test(after))
  );
}

/** Behind the `#` of a comment. */
export function insideComment(text: string, offset: number): boolean {
  const from = lineStart(text, offset);
  let quote = '';
  for (let i = from; i < offset; i++) {
    const c = text.charAt(i);
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"') i++;
    } else if ((c === '"' || c === "'") && /[\s[{,:-]/.test(i === from ? ' ' : text.charAt(i - 1))) quote = c;
    else if (c === '#' && (i === from || /\s/.test(text.charAt(i - 1)))) return !insideBlock(text, from);
  }
  return false;
}

/** Does a line belong to a block scalar (`|`, `>`), where `#` begins no comment? */
export function insideBlock(text: string, from: number): boolean {
  const indent = /^ */.exec(text.slice(from))?.[0].length ?? 0;
  let below = indent;
  for (let at = from; at > 0;) {
    const before = lineStart(text, at - 1);
    const line = text.slice(before, at - 1);
    at = before;
    if (line.trim() === '') continue;
    const here = /^ */.exec(line)?.[0].length ?? 0;
    if (here < below) {
      if (/[|>][-+0-9]*\s*$/.test(line)) return true;
      below = here;
    }
    if (here === 0) return false;
  }
  return false;
}
