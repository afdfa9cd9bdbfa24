import { type DocumentSymbol, type Range as LspRange, SymbolKind, type WorkspaceSymbol } from '../protocol';
import { append } from '../../lifecycle/pipeline/append';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import type { Unit } from '../../lifecycle/pipeline/stage';
import { type Entry, entriesOf, nodeAt, textOf } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { pipelinesAround } from '../around';
import type { Source, View } from '../source';
import { holds } from '../suggest/suggestion';
import type { Workspace } from '../workspace';
import { listed, Sayings, Written } from '../written';

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

type RangeOf = (range: Range) => LspRange | undefined;

function symbol(
  rangeOf: RangeOf,
  name: string,
  detail: string,
  kind: SymbolKind,
  range: Range,
  selection: Range,
  children: readonly DocumentSymbol[] = [],
): DocumentSymbol[] {
  const whole = rangeOf({ from: Math.min(range.from, selection.from), to: Math.max(range.to, selection.to) });
  const selected = rangeOf(selection);
  return whole && selected
    ? [
        {
          name: name === '' ? '…' : name,
          detail,
          kind,
          range: whole,
          selectionRange: selected,
          ...(children.length > 0 && { children: [...children] }),
        },
      ]
    : [];
}

function entrySymbol(
  rangeOf: RangeOf,
  { key, keyRange, value, incomplete }: Entry,
  children: readonly DocumentSymbol[] = [],
): DocumentSymbol[] {
  const inside = value.from >= keyRange.from;
  const range = { from: keyRange.from, to: inside ? Math.max(value.to, keyRange.to) : keyRange.to };
  return symbol(rangeOf, key, incomplete ? '' : detailOf(value), SymbolKind.Property, range, keyRange, children);
}

/** A stage with its kind, and with what it is made of when the outline goes so deep. */
function stageSymbols(unit: Unit, rangeOf: RangeOf, deep: boolean): DocumentSymbol[] {
  const { node, name, kind = '', nameRange, range } = unit;
  const children =
    deep && node.type === 'map' && node.from >= nameRange.from
      ? node.entries
          .filter(({ key, merged }) => key !== 'kind' && !merged)
          .flatMap((entry) => entrySymbol(rangeOf, entry))
      : [];
  return symbol(rangeOf, name, kind, kinds[kind] ?? SymbolKind.Object, range, nameRange, children);
}

const stages = {
  deep: new Sayings((unit, rangeOf) => stageSymbols(unit, rangeOf, true)),
  flat: new Sayings((unit, rangeOf) => stageSymbols(unit, rangeOf, false)),
};

/** The outline: header, then stages with their kind and what they are made of. */
export function outline(source: Source, view: View): Written {
  const said: string[] = [];
  const head = headSymbols(source, (range) => source.rangeIn(view.document.uri, range));
  if (head.length > 0) said.push(listed(head));
  if (source.kind === 'pipeline') {
    const placed = placedOf(source.analysis());
    append(said, stages[placed.length <= MAX_DEEP ? 'deep' : 'flat'].of(source, view, placed));
  }
  return new Written(`[${said.join()}]`);
}

/** What stands above the stages; of targets.yaml the targets. */
function headSymbols(source: Source, rangeOf: RangeOf): DocumentSymbol[] {
  if (source.kind === 'targets')
    return entriesOf(nodeAt(source.targets().node, ['targets'])?.node).flatMap(({ key, keyRange, value }) =>
      symbol(
        rangeOf,
        key,
        textOf(nodeAt(value, ['kind'])?.node) ?? '',
        SymbolKind.Interface,
        { from: keyRange.from, to: Math.max(keyRange.to, value.to) },
        keyRange,
      ),
    );
  return source
    .analysis()
    .headerNode.entries.filter(({ key }) => key !== 'stages')
    .flatMap((each) => {
      const inside = ['parameters', 'environments'].includes(each.key) ? entriesOf(each.value) : [];
      return entrySymbol(
        rangeOf,
        each,
        inside.flatMap((inner) => entrySymbol(rangeOf, inner)),
      );
    });
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
