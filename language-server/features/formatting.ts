import type { Range as LspRange, TextEdit } from '../protocol';
import { linesOf } from '../../lifecycle/pipeline/lines';
import { parse, type Part, spellingOf } from '../../lifecycle/pipeline/parts';
import { type Node, toValue } from '../../lifecycle/pipeline/tree';
import { readYaml } from '../../lifecycle/pipeline/yaml';
import type { Source, View } from '../source';
import { lineStart } from '../text';

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The edits of a part by its text, kind and indentation: formatting again costs only what changed. */
let kept = new Map<string, readonly Edit[]>();

/**
 * Indentation by two, one space after colons and commas, none at line ends and inside brackets; comments, blank lines and quotes stay. A part
 * with a mistake is left alone, and so is any part whose meaning an edit would change. Only what differs is edited.
 */
export function formatDocument(source: Source, view: View, range?: LspRange): TextEdit[] {
  const spelling = spellingOf(source.path);
  const parts: readonly Part[] =
    source.kind === 'targets'
      ? [{ type: 'whole', from: 0, to: source.text.length, text: source.text }]
      : parse(source.text, spelling).parts;
  const next = new Map<string, readonly Edit[]>();
  const low = range ? view.from + view.document.offsetAt(range.start) : -Infinity;
  const high = range ? view.from + view.document.offsetAt(range.end) : Infinity;
  const result: TextEdit[] = [];
  for (const part of parts) {
    if (part.type !== 'header' && part.type !== 'stage' && part.type !== 'stages' && part.type !== 'whole') continue;
    const indent =
      part.type === 'stage' || part.type === 'stages'
        ? spelling === 'pipeline'
          ? 2
          : undefined
        : spelling === 'pipeline'
          ? 0
          : undefined;
    const key = `${indent ?? ''}\0${part.text}`;
    const edits = next.get(key) ?? kept.get(key) ?? formatPart(part.text, indent);
    next.set(key, edits);
    for (const { from, to, text } of edits) {
      const at = { from: from + part.from, to: to + part.from };
      if (at.to < low || at.from > high) continue;
      const found = source.rangeIn(view.document.uri, at);
      if (found) result.push({ range: found, newText: text });
    }
  }
  kept = next;
  return result;
}

/** Edits of one YAML text; none when it has a mistake. */
export function formatPart(text: string, rootIndent: number | undefined): readonly Edit[] {
  const { root, problems } = readYaml(text);
  if (problems.length > 0 || !root || text.includes('\t')) return [];
  const edits = new Formatter(text, rootIndent).run(root);
  if (edits.length === 0) return [];
  const changed = readYaml(applied(text, edits));
  const same =
    changed.problems.length === 0 &&
    changed.root &&
    JSON.stringify(toValue(changed.root)) === JSON.stringify(toValue(root));
  return same ? edits : [];
}

function applied(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: put } of edits) {
    result += text.slice(at, from) + put;
    at = to;
  }
  return result + text.slice(at);
}

class Formatter {
  private readonly edits: Edit[] = [];
  /** Line start → indentation that the line shall have. */
  private readonly indents = new Map<number, number>();
  /** Lines that belong to a text of several lines: moved with its beginning, white space kept. */
  private readonly inside = new Map<number, number>();
  private readonly seen = new Set<Node>();

  constructor(
    private readonly text: string,
    private readonly rootIndent: number | undefined,
  ) {}

  run(root: Node): Edit[] {
    const first = this.lineStart(root.from);
    this.block(root, this.rootIndent ?? root.from - first, first);
    this.lines();
    return this.edits
      .filter(({ from, to, text }) => this.text.slice(from, to) !== text)
      .sort((a, b) => a.from - b.from || a.to - b.to)
      .filter((edit, i, all) => i === 0 || edit.from >= (all[i - 1]?.to ?? 0));
  }

  private lineStart(offset: number): number {
    return lineStart(this.text, offset);
  }

  /** Lays out a node whose line begins at `indent`. */
  private block(node: Node, indent: number, owner: number): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    if (node.type === 'map' && !node.flow) {
      for (const entry of node.entries) {
        if (entry.merged) continue;
        const start = this.lineStart(entry.keyRange.from);
        if (this.text.slice(start, entry.keyRange.from).trim() === '') this.indents.set(start, indent);
        const { value } = entry;
        if (value.from < entry.keyRange.to || (value.type === 'scalar' && value.style === 'empty')) continue;
        const between = this.text.slice(entry.keyRange.to, value.from);
        if (/^[ ]*:[ ]+$/.test(between)) this.edits.push({ from: entry.keyRange.to, to: value.from, text: ': ' });
        this.block(value, indent + 2, start);
      }
      return;
    }
    if (node.type === 'list' && !node.flow) {
      for (const item of node.items) {
        const start = this.lineStart(item.from);
        const before = this.text.slice(start, item.from);
        const dash = /^( *)-( +)$/.exec(before);
        if (dash) {
          this.indents.set(start, indent);
          this.edits.push({ from: start + (dash[1]?.length ?? 0) + 1, to: item.from, text: ' ' });
        }
        this.block(item, indent + 2, start);
      }
      return;
    }
    if (node.type === 'map' || node.type === 'list') this.flow(node);
    this.continued(node, owner);
  }

  /** Lines after the first of a text or of a bracket move as their beginning does. */
  private continued(node: Node, owner: number): void {
    for (let at = this.text.indexOf('\n', node.from) + 1; at > 0 && at < node.to; at = this.text.indexOf('\n', at) + 1)
      this.inside.set(at, owner);
  }

  private flow(node: Node): void {
    if (node.type !== 'map' && node.type !== 'list') return;
    const items: readonly { from: number; to: number }[] =
      node.type === 'list'
        ? node.items
        : node.entries
            .filter(({ merged }) => !merged)
            .map(({ keyRange, value }) => ({
              from: keyRange.from,
              to: Math.max(keyRange.to, value.from >= keyRange.from ? value.to : 0),
            }));
    let at = node.from + 1;
    items.forEach((item, i) => {
      const between = this.text.slice(at, item.from);
      if (i === 0 && /^ +$/.test(between)) this.edits.push({ from: at, to: item.from, text: '' });
      if (i > 0 && /^ *, *$/.test(between)) this.edits.push({ from: at, to: item.from, text: ', ' });
      at = item.to;
    });
    const end = this.text.slice(at, node.to - 1);
    if (items.length > 0 && /^ +$/.test(end)) this.edits.push({ from: at, to: node.to - 1, text: '' });
    if (node.type === 'list') for (const item of node.items) this.flowInner(item);
    else
      for (const { keyRange, value, merged } of node.entries) {
        if (merged || value.from < keyRange.to) continue;
        if (
          /^ *: +$/.test(this.text.slice(keyRange.to, value.from)) &&
          !(value.type === 'scalar' && value.style === 'empty')
        )
          this.edits.push({ from: keyRange.to, to: value.from, text: ': ' });
        this.flowInner(value);
      }
  }

  private flowInner(node: Node): void {
    if (this.seen.has(node) || (node.type !== 'map' && node.type !== 'list') || !node.flow) return;
    this.seen.add(node);
    this.flow(node);
  }

  private lines(): void {
    const lines = [...linesOf(this.text)];
    const delta = new Map<number, number>();
    let last = 0;
    lines.forEach((line, i) => {
      const owner = this.inside.get(line.from);
      if (owner !== undefined) {
        const shift = delta.get(owner) ?? 0;
        delta.set(line.from, shift);
        if (line.first === '' || shift === 0) return;
        const indent = Math.max(0, line.indent + shift);
        this.edits.push({ from: line.from, to: line.from + line.indent, text: ' '.repeat(indent) });
        return;
      }
      const trimmed = this.text.slice(line.from, line.end).trimEnd().length;
      if (line.from + trimmed < line.end) this.edits.push({ from: line.from + trimmed, to: line.end, text: '' });
      if (line.first === '') return;
      let wanted = this.indents.get(line.from);
      if (wanted === undefined && line.first === '#') {
        const next = lines
          .slice(i + 1, i + 200)
          .find(({ first, from }) => first !== '' && first !== '#' && this.indents.has(from));
        wanted = next?.indent === line.indent ? this.indents.get(next.from) : line.indent + last;
      }
      const shift = (wanted ?? line.indent + last) - line.indent;
      delta.set(line.from, shift);
      if (line.first !== '#') last = shift;
      if (shift !== 0)
        this.edits.push({
          from: line.from,
          to: line.from + line.indent,
          text: ' '.repeat(Math.max(0, line.indent + shift)),
        });
    });
  }
}
