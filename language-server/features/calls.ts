import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type Range as LspRange,
  SymbolKind,
} from '../protocol';
import type { Placed } from '../../lifecycle/pipeline/references';
import { networkOf } from '../data';
import { entityAt } from '../entity';
import type { Source } from '../source';
import type { Spot, Workspace } from '../workspace';

/** The graph of stages as a call hierarchy: incoming are the stages that use one, outgoing those that it uses. */
export function prepareCalls({ source, offset }: Spot): CallHierarchyItem[] | null {
  const entity = entityAt(source, offset);
  if (entity?.type !== 'stage' || source.kind !== 'pipeline') return null;
  const placed = networkOf(source.analysis()).at(entity.name);
  const item = placed && itemOf(source, placed);
  return item ? [item] : null;
}

function itemOf(source: Source, { unit, base }: Placed): CallHierarchyItem | undefined {
  const whole = source.place({ from: unit.range.from + base, to: unit.range.to + base });
  const name = source.place({ from: unit.nameRange.from + base, to: unit.nameRange.to + base });
  return whole && name
    ? {
        name: unit.name,
        kind: SymbolKind.Class,
        ...(unit.kind && { detail: unit.kind }),
        uri: name.uri,
        range: whole.range,
        selectionRange: name.range,
      }
    : undefined;
}

export function incomingCalls(workspace: Workspace, item: CallHierarchyItem): CallHierarchyIncomingCall[] {
  const source = workspace.sourceOf(item.uri);
  if (!source) return [];
  return networkOf(source.analysis()).stages.flatMap((placed) => {
    const from = itemOf(source, placed);
    const fromRanges = rangesOf(source, placed, item.name);
    return from && fromRanges.length > 0 ? [{ from, fromRanges }] : [];
  });
}

export function outgoingCalls(workspace: Workspace, item: CallHierarchyItem): CallHierarchyOutgoingCall[] {
  const source = workspace.sourceOf(item.uri);
  if (!source) return [];
  const network = networkOf(source.analysis());
  const placed = network.at(item.name);
  const names = new Set(placed?.unit.references.map(({ stage }) => stage));
  return [...names].flatMap((name) => {
    const target = network.at(name);
    const to = target && itemOf(source, target);
    return placed && to ? [{ to, fromRanges: rangesOf(source, placed, name) }] : [];
  });
}

function rangesOf(source: Source, { unit, base }: Placed, name: string): LspRange[] {
  return unit.references
    .filter(({ stage }) => stage === name)
    .flatMap(({ stageRange }) => source.place({ from: stageRange.from + base, to: stageRange.to + base })?.range ?? []);
}
