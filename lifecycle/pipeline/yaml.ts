import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Problem } from './types';
import type { Entry, MapNode, Node, ScalarNode } from './tree';
import { readQuickly } from './quick-yaml';
import { MAX_DEPTH, syntaxProblem, tagProblem } from './syntax';
import { lineAt } from './lines';

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
  const root = readQuickly(text);
  return root ? { root, problems: [], unresolved: [] } : readWholeYaml(text);
}

/** The same by the rules of all of YAML, which {@link readYaml} needs for a few texts only. */
export function readWholeYaml(text: string): Reading {
  // The parser makes an Error of everything it finds; their stack traces, which nobody reads, would cost more than the rest.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
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
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
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
      if (name !== '') this.unresolved.push({ name, from, to });
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
