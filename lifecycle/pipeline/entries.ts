import type { Line } from './lines';
import type { Part } from './parts';

/** A stretch of a text. What it says is cut out when it is asked for: most parts of a long text that is being edited never are. */
export class Cut implements Part {
  readonly misplaced?: { readonly expected: number };

  constructor(
    readonly type: Part['type'],
    readonly from: number,
    readonly to: number,
    private readonly whole: string,
    expected?: number,
  ) {
    if (expected !== undefined) this.misplaced = { expected };
  }

  get text(): string {
    return this.whole.slice(this.from, this.to);
  }
}

/** Collects stretches that lie end to end. */
export class Cutter {
  readonly parts: Part[] = [];

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  /** Everything up to `to` that is not cut yet becomes one part. */
  cut(type: Part['type'], to: number, misplaced?: number): void {
    if (to <= this.at) return;
    this.parts.push(new Cut(type, this.at, to, this.text, misplaced));
    this.at = to;
  }
}

interface Start {
  readonly at: number;
  readonly misplaced?: number;
}

/** Where the entries of a map of stages begin, its comments included, and how deep their names stand. */
export interface Frame {
  readonly indent: number;
  readonly starts: readonly number[];
}

/** The beginning of a block map's entry: a key and a colon. */
export const keyLike =
  /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#&*!|>%@`{}[\],"'-][^#]*?|-[^\s#][^#]*?)[ \t]*:(?=[ \t]|$)/;

/** Finds where the entries of one map of stages begin. */
export class Entries {
  private readonly starts: Start[] = [];
  private indent: number | undefined;
  private comments: number | undefined;
  private regular = true;

  /** @param indent spaces before the names of the stages, when they are known */
  constructor(
    private readonly text: string,
    indent?: number,
  ) {
    this.indent = indent;
  }

  /** What is needed to take the scan up again; undefined where an entry is out of line. */
  get frame(): Frame | undefined {
    if (this.indent === undefined || !this.regular || this.starts.some(({ misplaced }) => misplaced !== undefined))
      return undefined;
    return { indent: this.indent, starts: this.starts.map(({ at }) => at) };
  }

  /** Did the last lines hold comments that may belong to the next entry? */
  get pending(): boolean {
    return this.comments !== undefined;
  }

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
