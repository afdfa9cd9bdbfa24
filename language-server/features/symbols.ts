import { type DocumentSymbol, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver/node';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { type Entry, entriesOf, nodeAt, textOf } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { pipelinesAround } from '../around';
import type { Source, View } from '../source';
import { holds } from '../suggest/suggestion';
import type { Workspace } from '../workspace';

const kinds: Readonly<Record<string, SymbolKind>> = {
  data: SymbolKind.Struct,
  train: SymbolKind.Class,
  evaluate: SymbolKind.Event,
  optimize: SymbolKind.Operator,
  package: SymbolKind.Package,
  deploy: SymbolKind.Interface,
  monitor: SymbolKind.Function,
};

/** Stages up to which the outline shows what is in them; in longer files it would take longer to draw than to read. */
const MAX_DEEP = 500;

/** The outline: header, then stages with their kind and what they are made of. */
export function documentSymbols(source: Source, view: View): DocumentSymbol[] {
  const symbol = (
    name: string,
    detail: string,
    kind: SymbolKind,
    range: Range,
    selection: Range,
    children: DocumentSymbol[] = [],
  ): DocumentSymbol[] => {
    const uri = view.document.uri;
    const whole = source.rangeIn(uri, {
      from: Math.min(range.from, selection.from),
      to: Math.max(range.to, selection.to),
    });
    const selected = source.rangeIn(uri, selection);
    return whole && selected
      ? [
          {
            name: name === '' ? '…' : name,
            detail,
            kind,
            range: whole,
            selectionRange: selected,
            ...(children.length > 0 && { children }),
          },
        ]
      : [];
  };
  const entry = (
    { key, keyRange, value, incomplete }: Entry,
    base: number,
    children: DocumentSymbol[] = [],
  ): DocumentSymbol[] => {
    const at = (range: Range): Range => ({ from: range.from + base, to: range.to + base });
    const inside = value.from >= keyRange.from;
    return symbol(
      key,
      incomplete ? '' : detailOf(value),
      SymbolKind.Property,
      { from: keyRange.from + base, to: (inside ? Math.max(value.to, keyRange.to) : keyRange.to) + base },
      at(keyRange),
      children,
    );
  };
  if (source.kind === 'targets') {
    const targets = entriesOf(nodeAt(source.targets().node, ['targets'])?.node);
    return targets.flatMap(({ key, keyRange, value }) =>
      symbol(
        key,
        textOf(nodeAt(value, ['kind'])?.node) ?? '',
        SymbolKind.Interface,
        { from: keyRange.from, to: Math.max(keyRange.to, value.to) },
        keyRange,
      ),
    );
  }
  const analysis = source.analysis();
  const header = analysis.headerNode.entries.filter(({ key }) => key !== 'stages');
  const result = header.flatMap((each) =>
    entry(
      each,
      0,
      ['parameters', 'environments'].includes(each.key)
        ? entriesOf(each.value).flatMap((inner) => entry(inner, 0))
        : [],
    ),
  );
  const placed = placedOf(analysis);
  const deep = placed.length <= MAX_DEEP;
  for (const { unit, base } of placed) {
    const at = (range: Range): Range => ({ from: range.from + base, to: range.to + base });
    const children =
      deep && unit.node.type === 'map' && unit.node.from >= unit.nameRange.from
        ? unit.node.entries.filter(({ key, merged }) => key !== 'kind' && !merged).flatMap((each) => entry(each, base))
        : [];
    result.push(
      ...symbol(
        unit.name,
        unit.kind ?? '',
        kinds[unit.kind ?? ''] ?? SymbolKind.Object,
        at(unit.range),
        at(unit.nameRange),
        children,
      ),
    );
  }
  return result;
}

function detailOf(value: Entry['value']): string {
  if (value.type === 'scalar')
    return value.value === null ? '' : (String(value.value).split('\n', 1)[0]?.slice(0, 60) ?? '');
  if (value.type === 'list') return `${value.items.length}`;
  if (value.type === 'map') return textOf(nodeAt(value, ['kind'])?.node) ?? '';
  return '';
}

/** Stages of all pipelines of the open folders whose name holds the letters of the query in order. */
export function workspaceSymbols(workspace: Workspace, query: string): WorkspaceSymbol[] {
  const letters = query.toLowerCase();
  const result: WorkspaceSymbol[] = [];
  for (const source of pipelinesAround(workspace)) {
    const analysis = source.analysis();
    for (const { name, kind, nameRange } of analysis.stages) {
      if (!holds(name.toLowerCase(), letters)) continue;
      const place = source.place(nameRange);
      if (place)
        result.push({
          name,
          kind: kinds[kind ?? ''] ?? SymbolKind.Object,
          location: place,
          containerName: [kind, analysis.header.pipeline].filter((each) => typeof each === 'string').join(' · '),
        });
      if (result.length >= 1000) return result;
    }
  }
  return result;
}
