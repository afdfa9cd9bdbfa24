import type { Scalar } from '../../schemas/generated/types';
import type { Entry, MapNode, Node, ScalarNode } from './tree';

/** Levels and key lengths that the quick reader takes on. */
const MAX_LEVELS = 30;
const MAX_KEY = 200;
/** Entries up to which a map is looked through for a key. */
const FEW_KEYS = 32;

/** Characters that need the whole of YAML's rules: tabs, control characters, byte order marks, lone carriage returns. */
const odd = /[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]|\r(?!\n)/;

/**
 * Reads the YAML that pipelines are mostly written in: block maps and lists, flow maps and lists on one line, plain and quoted scalars on one
 * line, comments. Some thirty times faster than the whole of YAML, which decides about every other text: then the answer is undefined. Where
 * there is an answer, it is the tree that the whole of YAML gives (tests hold the two equal).
 */
export function readQuickly(text: string): Node | undefined {
  return odd.test(text) ? undefined : new Quick(text).read();
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_MAP = 123;
const CLOSE_MAP = 125;

/** First characters of a plain scalar that mean something else: `? : , [ ] { } # & * ! | > ' " % @` and the backtick. */
const indicators = new Set([...'?:,[]{}#&*!|>\'"%@`'].map((each) => each.charCodeAt(0)));

const isFlowMark = (code: number): boolean =>
  code === COMMA || code === OPEN_LIST || code === CLOSE_LIST || code === OPEN_MAP || code === CLOSE_MAP;

class Quick {
  /** Where the content of the current line begins, how deep, and where the line ends without its break; at the end of the text -1. */
  private content = -1;
  private indent = -1;
  private end = 0;
  private next = 0;
  /** End of the last line with content, its comment included, white space at its end not. */
  private last = 0;
  /** Where a flow value or a quoted text that was read just now ends. */
  private at = 0;

  /**
   * Entries and items of maps and lists that are still being read, each behind those of what it stands in. So the arrays of the tree are made in the
   * length that they have; one that grew keeps room for a dozen more.
   */
  private readonly entries: Entry[] = [];
  private readonly items: Node[] = [];
  private lastEntry = 0;
  private lastItem = 0;

  constructor(private readonly text: string) {}

  /** The entries from a place on, which are taken off. */
  private entriesFrom(start: number): Entry[] {
    const taken = this.entries.slice(start, this.lastEntry);
    this.lastEntry = start;
    return taken;
  }

  private itemsFrom(start: number): Node[] {
    const taken = this.items.slice(start, this.lastItem);
    this.lastItem = start;
    return taken;
  }

  /** Is there an entry of that key from a place on? Those of a large map are kept in a set: what is asked for is the next. */
  private hasKey(key: string, start: number, large: { keys?: Set<string> }): boolean {
    if (this.lastEntry - start < FEW_KEYS) {
      for (let i = start; i < this.lastEntry; i++) if (this.entries[i]?.key === key) return true;
      return false;
    }
    large.keys ??= new Set(this.entries.slice(start, this.lastEntry).map((entry) => entry.key));
    if (large.keys.has(key)) return true;
    large.keys.add(key);
    return false;
  }

  read(): Node | undefined {
    if (!this.advance() || this.content < 0) return undefined;
    const root = this.block(this.indent, 0);
    return this.content < 0 ? root : undefined;
  }

  /** Goes to the next line with content. False where a comment may belong to a block above, which changes where that block ends. */
  private advance(): boolean {
    const { text } = this;
    let deepest = 0;
    for (let from = this.next; from < text.length;) {
      let next = text.indexOf('\n', from) + 1;
      if (next === 0) next = text.length;
      let at = from;
      while (text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (code === HASH) deepest = Math.max(deepest, at - from);
      else if (at < next && code !== NEWLINE && code !== 13) {
        this.next = next;
        this.content = at;
        this.indent = at - from;
        let end = next;
        while (end > at && text.charCodeAt(end - 1) <= SPACE) end--;
        this.end = end;
        return deepest <= this.indent && !(at === from && /^(?:---|\.\.\.)/.test(text.slice(at, at + 3)));
      }
      from = next;
    }
    this.next = text.length;
    this.content = -1;
    this.indent = -1;
    return deepest === 0;
  }

  private isDash(): boolean {
    return this.text.charCodeAt(this.content) === DASH && this.isBlank(this.content + 1);
  }

  /** Is there a space or the end of the line? */
  private isBlank(at: number): boolean {
    return at >= this.end || this.text.charCodeAt(at) === SPACE;
  }

  private block(indent: number, level: number): Node | undefined {
    if (level > MAX_LEVELS) return undefined;
    return this.isDash() ? this.list(indent, level) : this.map(indent, level);
  }

  private map(indent: number, level: number): MapNode | undefined {
    const { text } = this;
    const from = this.content;
    const start = this.lastEntry;
    const large = {};
    do {
      if (this.isDash()) return undefined;
      const key = this.key();
      if (!key || this.hasKey(key.key, start, large)) return undefined;
      let at = this.at + 1;
      while (at < this.end && text.charCodeAt(at) === SPACE) at++;
      let value: Node | undefined;
      if (at >= this.end || text.charCodeAt(at) === HASH) {
        if (!this.advance() || this.content < 0) return undefined;
        if (this.indent > indent) value = this.block(this.indent, level + 1);
        else if (this.indent === indent && this.isDash()) value = this.list(indent, level + 1);
      } else {
        value = this.inline(at, level + 1);
        if (!this.advance()) return undefined;
      }
      if (!value || this.indent > indent) return undefined;
      this.entries[this.lastEntry++] = { key: key.key, keyRange: key.keyRange, value };
    } while (this.indent === indent);
    return { type: 'map', from, to: this.last, flow: false, entries: this.entriesFrom(start) };
  }

  private list(indent: number, level: number): Node | undefined {
    const { text } = this;
    const from = this.content;
    const start = this.lastItem;
    do {
      let at = this.content + 1;
      while (at < this.end && text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (at >= this.end || code === HASH || (code === DASH && this.isBlank(at + 1))) return undefined;
      let item: Node | undefined;
      if (code !== OPEN_LIST && code !== OPEN_MAP && this.keyEnds(at)) {
        const inner = indent + at - this.content;
        this.content = at;
        this.indent = inner;
        item = this.map(inner, level + 1);
      } else {
        item = this.inline(at, level + 1);
        if (!this.advance()) return undefined;
      }
      if (!item || this.indent > indent) return undefined;
      this.items[this.lastItem++] = item;
    } while (this.indent === indent && this.isDash());
    return { type: 'list', from, to: this.last, flow: false, items: this.itemsFrom(start) };
  }

  /** Does the line from here on begin with `key:`? */
  private keyEnds(at: number): boolean {
    const { text } = this;
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === APOSTROPHE) {
      if (this.quoted(at) === undefined) return false;
      let after = this.at;
      while (text.charCodeAt(after) === SPACE) after++;
      return text.charCodeAt(after) === COLON;
    }
    return this.colon(at) >= 0;
  }

  /** The colon that ends a plain key; -1 without one. */
  private colon(from: number): number {
    const { text, end } = this;
    for (let at = text.indexOf(':', from); at >= 0 && at < end; at = text.indexOf(':', at + 1))
      if (this.isBlank(at + 1)) return at;
    return -1;
  }

  /** The key at the beginning of the content; {@link at} is then its colon. */
  private key(): { key: string; keyRange: { from: number; to: number } } | undefined {
    const { text, content } = this;
    const first = text.charCodeAt(content);
    if (first === QUOTE || first === APOSTROPHE) {
      const scalar = this.quoted(content);
      if (!scalar) return undefined;
      let at = this.at;
      while (text.charCodeAt(at) === SPACE) at++;
      if (text.charCodeAt(at) !== COLON || !this.isBlank(at + 1)) return undefined;
      this.at = at;
      return { key: String(scalar.value), keyRange: { from: scalar.from, to: scalar.to } };
    }
    if (indicators.has(first)) return undefined;
    const colon = this.colon(content);
    let to = colon;
    while (to > content && text.charCodeAt(to - 1) === SPACE) to--;
    if (to <= content || to - content > MAX_KEY) return undefined;
    const key = text.slice(content, to);
    if (key === '<<' || key.includes(' #')) return undefined;
    this.at = colon;
    return { key, keyRange: { from: content, to } };
  }

  /** A value that stands on the rest of the line. */
  private inline(at: number, level: number): Node | undefined {
    const { text } = this;
    const code = text.charCodeAt(at);
    this.last = this.end;
    if (code === OPEN_LIST || code === OPEN_MAP) return this.onlyComment(this.flow(at, level));
    if (code === QUOTE || code === APOSTROPHE) return this.onlyComment(this.quoted(at));
    if (indicators.has(code) || (code === DASH && this.isBlank(at + 1))) return undefined;
    let to = this.end;
    for (let mark = text.indexOf('#', at); mark >= 0 && mark < to; mark = text.indexOf('#', mark + 1))
      if (text.charCodeAt(mark - 1) === SPACE) to = mark;
    while (text.charCodeAt(to - 1) === SPACE) to--;
    const colon = this.colon(at);
    if (colon >= 0 && colon < to) return undefined;
    return plain(text.slice(at, to), at, to);
  }

  /** The node, when nothing but a comment follows it on its line. */
  private onlyComment(node: Node | undefined): Node | undefined {
    let at = this.at;
    if (at >= this.end) return node;
    if (this.text.charCodeAt(at) !== SPACE) return undefined;
    while (this.text.charCodeAt(at) === SPACE) at++;
    return this.text.charCodeAt(at) === HASH ? node : undefined;
  }

  private quoted(from: number): ScalarNode | undefined {
    const { text, end } = this;
    const double = text.charCodeAt(from) === QUOTE;
    let close = from;
    let value = '';
    for (let start = from + 1; ; start = close + 1) {
      close = text.indexOf(double ? '"' : "'", start);
      if (close < 0 || close >= end) return undefined;
      value += text.slice(start, close);
      if (double || text.charCodeAt(close + 1) !== APOSTROPHE) break;
      close++;
      value += "'";
    }
    if (double && value.includes('\\')) return undefined;
    this.at = close + 1;
    return { type: 'scalar', from, to: close + 1, style: double ? 'double' : 'single', value };
  }

  private flow(from: number, level: number): Node | undefined {
    if (level > MAX_LEVELS) return undefined;
    const isMap = this.text.charCodeAt(from) === OPEN_MAP;
    const close = isMap ? CLOSE_MAP : CLOSE_LIST;
    const firstEntry = this.lastEntry;
    const firstItem = this.lastItem;
    const large = {};
    let at = this.skip(from + 1);
    if (this.text.charCodeAt(at) !== close)
      for (;;) {
        const item = this.flowItem(at, level);
        if (!item) return undefined;
        at = this.skip(this.at);
        if (isMap) {
          if (item.type !== 'scalar' || this.text.charCodeAt(at) !== COLON || this.text.charCodeAt(at + 1) !== SPACE)
            return undefined;
          const { from: start, to } = item;
          const key = item.style === 'plain' ? this.text.slice(start, to) : String(item.value);
          if (key === '<<' || to - start > MAX_KEY || this.hasKey(key, firstEntry, large)) return undefined;
          const value = this.flowItem(this.skip(at + 1), level);
          if (!value) return undefined;
          at = this.skip(this.at);
          this.entries[this.lastEntry++] = { key, keyRange: { from: start, to }, value };
        } else this.items[this.lastItem++] = item;
        const code = this.text.charCodeAt(at);
        if (at >= this.end) return undefined;
        if (code === close) break;
        if (code !== COMMA) return undefined;
        at = this.skip(at + 1);
      }
    this.at = at + 1;
    return isMap
      ? { type: 'map', from, to: at + 1, flow: true, entries: this.entriesFrom(firstEntry) }
      : { type: 'list', from, to: at + 1, flow: true, items: this.itemsFrom(firstItem) };
  }

  private skip(at: number): number {
    let to = at;
    while (to < this.end && this.text.charCodeAt(to) === SPACE) to++;
    return to;
  }

  private flowItem(from: number, level: number): Node | undefined {
    const { text, end } = this;
    const first = text.charCodeAt(from);
    if (from >= end) return undefined;
    if (first === OPEN_LIST || first === OPEN_MAP) return this.flow(from, level + 1);
    if (first === QUOTE || first === APOSTROPHE) return this.quoted(from);
    if (indicators.has(first)) return undefined;
    let at = from;
    if (first === DASH && (this.isBlank(at + 1) || isFlowMark(text.charCodeAt(at + 1)))) return undefined;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (isFlowMark(code)) break;
      if (code === COLON && (this.isBlank(at + 1) || isFlowMark(text.charCodeAt(at + 1)))) break;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) return undefined;
    }
    this.at = at;
    let to = at;
    while (text.charCodeAt(to - 1) === SPACE) to--;
    return plain(text.slice(from, to), from, to);
  }
}

const int = /^[-+]?[0-9]+$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const special =
  /^(?:~|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** A plain scalar with the type that YAML's core schema gives it; undefined for the rare spellings of numbers. */
function plain(source: string, from: number, to: number): ScalarNode | undefined {
  let value: Scalar = source;
  const first = source.charCodeAt(0);
  // Digits, signs, a point, and the first letters of null, true and false.
  if (first <= 57 || first === 126 || 'nNtTfF'.includes(source.charAt(0))) {
    if (int.test(source)) value = parseInt(source, 10);
    else if (float.test(source)) value = parseFloat(source);
    else if (special.test(source)) {
      if (/^[~nN]/.test(source)) value = null;
      else if (/^[tT]/.test(source)) value = true;
      else if (/^[fF]/.test(source)) value = false;
      else return undefined;
    }
  }
  return { type: 'scalar', from, to, style: 'plain', value };
}
