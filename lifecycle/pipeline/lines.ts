/** One line of a text: `from` up to `end` without its line break, `next` where the following one begins. */
export interface Line {
  readonly from: number;
  readonly end: number;
  readonly next: number;
  /** Spaces before the first other character. */
  readonly indent: number;
  /** The first character that is not a space; '' on a blank line. */
  readonly first: string;
}

/** Reads the line that begins at an offset. Lines end with LF or CRLF; a CR before LF belongs to the break. */
export function lineAt(text: string, from: number, to = text.length): Line {
  let next = text.indexOf('\n', from);
  next = next < 0 || next >= to ? to : next + 1;
  let end = next;
  if (end > from && text.charCodeAt(end - 1) === 10) end--;
  if (end < next && end > from && text.charCodeAt(end - 1) === 13) end--;
  let at = from;
  while (at < end && text.charCodeAt(at) === 32) at++;
  const blank = at === end || (text.charCodeAt(at) === 13 && at + 1 === end);
  return { from, end, next, indent: at - from, first: blank ? '' : (text[at] ?? '') };
}

/** The lines of a range, in order; an empty range has none. */
export function* linesOf(text: string, from = 0, to = text.length): Generator<Line> {
  for (let at = from; at < to;) {
    const line = lineAt(text, at, to);
    yield line;
    at = line.next;
  }
}

/** Zero-based line and UTF-16 column of an offset. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds lines and columns of offsets in one text, by a table of line starts. */
export class LineIndex {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Offsets outside the text give its first or last place. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: at - (this.starts[low] ?? 0) };
  }

  /** The inverse of {@link position}; a column past the end of its line gives that end. */
  offset({ line, column }: Position): number {
    if (line < 0) return 0;
    const from = this.starts[line];
    if (from === undefined) return this.text.length;
    return Math.min(from + Math.max(0, column), lineAt(this.text, from).end);
  }

  get count(): number {
    return this.starts.length;
  }
}
