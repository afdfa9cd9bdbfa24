import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Problem } from './types';
import type { Entry, MapNode, Node, ScalarNode } from './tree';
import { keyLike } from './parts';
import { lineAt } from './lines';

/** Levels of nesting; deeper is a mistake or an attack. */
const MAX_DEPTH = 60;
/** Nodes of one text once its aliases are written out. */
const MAX_NODES = 200_000;

export interface Reading {
  /** Undefined when the text holds nothing but comments. */
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
  /** Aliases whose anchor is not in this text. */
  readonly unresolved: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/**
 * Reads one YAML text into a tree with offsets into that text. Never throws; bounded in depth and in what aliases can blow up to. Of the syntax
 * errors only the first is reported: those after it mostly follow from it.
 */
export function readYaml(text: string): Reading {
  try {
    const document = parseDocument(text, {
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      version: '1.2',
      schema: 'core',
    });
    const error = document.errors[0];
    const converter = new Converter(text);
    const root = document.contents === null ? undefined : converter.convert(document.contents, 0);
    const problems = error
      ? [syntaxProblem(text, error.code, error.message, error.pos[0], error.pos[1])]
      : [...document.warnings.map((warning) => tagProblem(text, warning.pos)), ...converter.problems];
    return { root: isNothing(root) ? undefined : root, problems, unresolved: converter.unresolved };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return failed(text, {
        code: 'yaml-syntax',
        from: 0,
        to: firstLineEnd(text),
        message: `This can't be read as YAML: ${message}`,
      });
    }
    return failed(text, {
      code: 'too-deep',
      from: 0,
      to: firstLineEnd(text),
      message: `This is nested too deep; more than ${MAX_DEPTH} levels are not read.`,
    });
  }
}

function failed(text: string, problem: Problem): Reading {
  return { root: { type: 'broken', from: 0, to: text.length }, problems: [problem], unresolved: [] };
}

const isNothing = (node: Node | undefined): boolean =>
  node?.type === 'scalar' && node.style === 'empty' && node.value === null;

const firstLineEnd = (text: string): number => lineAt(text, 0).end;

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

interface Sized {
  readonly node: Node;
  readonly size: number;
}

class Converter {
  readonly problems: Problem[] = [];
  readonly unresolved: { name: string; from: number; to: number }[] = [];
  private readonly anchors = new Map<string, Sized | 'open'>();
  private total = 0;

  constructor(private readonly text: string) {}

  convert(node: unknown, depth: number): Node {
    return this.sized(node, depth, 0).node;
  }

  private sized(node: unknown, depth: number, at: number): Sized {
    if (isAlias(node)) return this.alias(node.source, node.range ?? [at, at, at]);
    const anchor = (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const result = this.plain(node, depth, at);
    if (anchor !== undefined) this.anchors.set(anchor, result);
    this.total += 1;
    return result;
  }

  private plain(node: unknown, depth: number, at: number): Sized {
    if (isScalar(node)) {
      const [from, to] = node.range ?? [at, at];
      const value = node.value;
      const style = styles[node.type ?? ''] ?? (from === to ? 'empty' : 'plain');
      const end = style === 'block' ? this.trimmed(from, to) : to;
      const known =
        value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return { node: { type: 'scalar', from, to: end, style, value: known ? value : (node.source ?? '') }, size: 1 };
    }
    if (!isMap(node) && !isSeq(node))
      return { node: { type: 'scalar', from: at, to: at, style: 'empty', value: null }, size: 1 };
    const [from, end] = node.range ?? [at, at];
    const to = this.trimmed(from, end);
    const flow = node.flow === true;
    if (depth >= MAX_DEPTH) {
      this.report(
        'too-deep',
        from,
        Math.min(to, from + 1),
        `This is nested too deep; more than ${MAX_DEPTH} levels are not read.`,
      );
      return { node: { type: 'broken', from, to }, size: 1 };
    }
    if (isSeq(node)) {
      let size = 1;
      const items = node.items.map((item) => {
        const inner = isPair(item) ? this.pairAsMap(item, depth, from) : this.sized(item, depth + 1, from);
        size += inner.size;
        return inner.node;
      });
      return { node: { type: 'list', from, to, flow, items }, size };
    }
    return this.map(node.items, { from, to, flow }, depth);
  }

  private pairAsMap(pair: unknown, depth: number, at: number): Sized {
    return this.map([pair], { from: at, to: at, flow: true }, depth + 1);
  }

  private map(
    pairs: readonly unknown[],
    { from, to, flow }: { from: number; to: number; flow: boolean },
    depth: number,
  ): Sized {
    const entries: Entry[] = [];
    const seen = new Map<string, Entry>();
    const merges: MapNode[] = [];
    let size = 1;
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      const key = this.sized(pair.key, depth + 1, from);
      if (key.node.type !== 'scalar') {
        if (key.node.type !== 'broken')
          this.report('yaml-syntax', key.node.from, key.node.to, 'A key must be a word or a quoted text.');
        continue;
      }
      const keyRange = { from: key.node.from, to: key.node.to };
      const value = this.sized(pair.value, depth + 1, keyRange.to);
      size += value.size;
      if (key.node.value === '<<' && key.node.style === 'plain') {
        const sources = value.node.type === 'list' ? value.node.items : [value.node];
        for (const source of sources) {
          if (source.type === 'map') merges.push(source);
          else if (source.type !== 'broken')
            this.report(
              'yaml-syntax',
              keyRange.from,
              keyRange.to,
              'A merge key `<<` takes a map, or a list of maps: `<<: *name`.',
            );
        }
        continue;
      }
      const name =
        key.node.style === 'plain' ? this.text.slice(keyRange.from, keyRange.to) : String(key.node.value ?? '');
      const first = seen.get(name);
      const entry: Entry = { key: name, keyRange, value: value.node, ...(first && { duplicate: true as const }) };
      if (first) {
        this.problems.push({
          code: 'duplicate-key',
          ...keyRange,
          message: `\`${name}\` is set already in this map. Remove one of the two.`,
          related: [{ range: first.keyRange, message: `\`${name}\` is first set here.` }],
        });
      } else seen.set(name, entry);
      entries.push(entry);
    }
    for (const source of merges)
      for (const entry of source.entries) {
        if (seen.has(entry.key) || entry.duplicate) continue;
        const merged = { ...entry, merged: true as const };
        seen.set(entry.key, merged);
        entries.push(merged);
      }
    return { node: { type: 'map', from, to, flow, entries }, size };
  }

  private alias(name: string, range: readonly number[]): Sized {
    const [from = 0, end = from] = range;
    const to = this.trimmed(from, end);
    const broken: Sized = { node: { type: 'broken', from, to }, size: 1 };
    const target = this.anchors.get(name);
    if (target === undefined) {
      this.unresolved.push({ name, from, to });
      return broken;
    }
    if (target === 'open') {
      this.report('yaml-alias', from, to, `\`*${name}\` stands inside what it refers to.`);
      return broken;
    }
    this.total += target.size;
    if (this.total > MAX_NODES) {
      this.report(
        'yaml-alias',
        from,
        to,
        `Written out, the aliases of this text have more than ${MAX_NODES.toLocaleString('en')} values; they are not followed further.`,
      );
      return broken;
    }
    return target;
  }

  private report(code: Problem['code'], from: number, to: number, message: string): void {
    if (this.problems.length < 100) this.problems.push({ code, from, to, message });
  }

  /** The end without white space and line breaks. */
  private trimmed(from: number, to: number): number {
    let end = to;
    while (end > from && ' \t\r\n'.includes(this.text[end - 1] ?? '')) end--;
    return end;
  }
}

function tagProblem(text: string, [from, to]: readonly [number, number]): Problem {
  return {
    code: 'yaml-tag',
    from,
    to,
    message: `The tag \`${text.slice(from, to)}\` means nothing here; the value is read without it.`,
  };
}

/** One clear problem for a syntax error of the parser, at the place where the mistake is rather than where it was noticed. */
function syntaxProblem(text: string, code: string, message: string, from: number, to: number): Problem {
  const line = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const upTo = Math.max(Math.min(to, text.length), Math.min(from + 1, text.length));
  const place = { from: Math.min(from, text.length), to: upTo };
  if (code === 'MULTIPLE_DOCS') {
    const mark = text.lastIndexOf('---', from + 3);
    const at = mark < 0 ? from : mark;
    return {
      code: 'several-documents',
      from: at,
      to: Math.min(at + 3, text.length),
      message: 'A file holds one pipeline. Move what follows `---` to a file of its own.',
    };
  }
  const open = openMark(text);
  if (code === 'MISSING_CHAR' && /closing/.test(message)) {
    const at = open?.mark === '"' || open?.mark === "'" ? open.at : from;
    return {
      code: 'unclosed-quote',
      from: at,
      to: Math.max(at + 1, valueEnd(text, at)),
      message: 'This quote is never closed.',
    };
  }
  if (
    open &&
    '[{'.includes(open.mark) &&
    /flow|FLOW|BAD_INDENT|MISSING_CHAR|UNEXPECTED|MULTILINE|BLOCK_/i.test(`${message} ${code}`)
  ) {
    return {
      code: 'unclosed-bracket',
      from: open.at,
      to: open.at + 1,
      message: `This \`${open.mark}\` is never closed. Write \`${open.mark === '[' ? ']' : '}'}\` at its end.`,
    };
  }
  if (code === 'TAB_AS_INDENT' || /[Tt]ab/.test(message)) {
    return { code: 'bad-indent', ...place, message: 'YAML does not allow tabs as indentation. Use spaces.' };
  }
  const parameter = /\$\{[^}\n]*\}?/.exec(text.slice(line.from, line.end));
  if (parameter && code === 'UNEXPECTED_TOKEN' && text[from] === '{') {
    const at = line.from + parameter.index;
    return {
      code: 'unquoted-parameter',
      from: at,
      to: at + parameter[0].length,
      message: `Inside \`{…}\` and \`[…]\` a parameter needs quotes: "${parameter[0]}".`,
      suggestion: `"${parameter[0]}"`,
    };
  }
  if (code === 'MULTILINE_IMPLICIT_KEY' || code === 'BLOCK_AS_IMPLICIT_KEY')
    return indentProblem(text, from, to) ?? colonProblem(text, from) ?? unclear(place, message);
  if (code === 'BAD_INDENT') {
    const bad = lineAt(text, line.from);
    return {
      code: 'bad-indent',
      from: bad.from + bad.indent,
      to: bad.end,
      message: `This line has ${bad.indent} spaces before it, which fits none of the lines above. Give it as many as its siblings.`,
    };
  }
  if (code === 'BAD_DQ_ESCAPE') {
    return {
      code: 'yaml-syntax',
      from,
      to: Math.min(from + 2, text.length),
      message: `\`${text.slice(from, from + 2)}\` means nothing in double quotes. Write \`\\\\\` for a backslash, or use single quotes.`,
    };
  }
  if (code === 'BAD_SCALAR_START') {
    return {
      code: 'yaml-syntax',
      from,
      to: Math.max(place.to, valueEnd(text, from)),
      message: `A value can't begin with \`${text[from] ?? ''}\`. Put it in quotes.`,
    };
  }
  if (code === 'MISSING_CHAR' && /map values/.test(message)) {
    return {
      code: 'incomplete-key',
      from,
      to: valueEnd(text, from),
      message: `Expected \`:\` after \`${text.slice(from, valueEnd(text, from))}\`.`,
    };
  }
  if (code === 'UNEXPECTED_TOKEN' && /node end/.test(message)) {
    return {
      code: 'yaml-syntax',
      from,
      to: Math.max(place.to, line.end),
      message: 'Nothing can follow the value here. Put the whole value in quotes, or begin a new line.',
    };
  }
  return unclear(place, message);
}

function unclear(place: { from: number; to: number }, message: string): Problem {
  if (/call stack/i.test(message))
    return {
      code: 'too-deep',
      ...place,
      message: `This is nested too deep; more than ${MAX_DEPTH} levels are not read.`,
    };
  return { code: 'yaml-syntax', ...place, message: `This is not valid YAML: ${message.replace(/\.$/, '')}.` };
}

/** `key: value` and below it, deeper, another key. */
function indentProblem(text: string, from: number, to: number): Problem | undefined {
  const first = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const start = text.lastIndexOf('\n', Math.max(0, to - 1)) + 1;
  for (let at = first.next; at < text.length;) {
    const line = lineAt(text, at);
    const words = text.slice(line.from + line.indent, line.end);
    const key = keyLike.exec(words);
    if (key && line.indent > first.indent) {
      return {
        code: 'bad-indent',
        from: line.from + line.indent,
        to: line.from + line.indent + key[0].replace(/[ \t]*:$/, '').length,
        message: `This key has ${line.indent} spaces before it and its siblings ${first.indent}. Give it ${first.indent}.`,
      };
    }
    if (line.from >= start) break;
    at = line.next;
  }
  return undefined;
}

/** `a: b: c` on one line. */
function colonProblem(text: string, from: number): Problem | undefined {
  const line = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const words = text.slice(from, line.end);
  if (!/:(\s|$)/.test(words)) return undefined;
  return { code: 'yaml-syntax', from, to: line.end, message: 'A value that holds `: ` needs quotes.' };
}

/** End of what stands on a line from an offset on, without a comment. */
function valueEnd(text: string, from: number): number {
  const line = lineAt(text, text.lastIndexOf('\n', Math.max(0, from - 1)) + 1);
  const words = text.slice(from, line.end);
  const comment = /^["']/.test(words) ? -1 : words.search(/[ \t]#/);
  return from + (comment < 0 ? words : words.slice(0, comment)).trimEnd().length;
}

/** The innermost bracket or quote that is still open at the end of the text, by a scan that knows quotes and comments of YAML. */
function openMark(text: string): { mark: string; at: number } | undefined {
  const open: { mark: string; at: number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    const before = i === 0 ? ' ' : text.charAt(i - 1);
    if (c === '#' && /\s/.test(before)) {
      const end = text.indexOf('\n', i);
      if (end < 0) break;
      i = end;
    } else if ((c === '"' || c === "'") && /[\s[{,:-]/.test(before)) {
      const end = quoteEnd(text, i);
      if (end < 0) return { mark: c, at: i };
      i = end;
    } else if ((c === '[' || c === '{') && (open.length > 0 || /[\s-]/.test(before))) open.push({ mark: c, at: i });
    else if ((c === ']' || c === '}') && open.length > 0) open.pop();
  }
  return open[0] && open.at(-1);
}

function quoteEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote === '"' && c === '\\') i++;
    else if (c === quote) {
      if (quote === "'" && text[i + 1] === "'") i++;
      else return i;
    }
  }
  return -1;
}
