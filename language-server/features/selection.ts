import type { Position, SelectionRange } from '../protocol';
import type { Node } from '../../lifecycle/pipeline/tree';
import type { Range } from '../../lifecycle/pipeline/types';
import { stageAt } from '../locate';
import type { Source, View } from '../source';

/** From the word outwards: value, entry, list item, map, stage, file. */
export function selectionRanges(source: Source, view: View, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => {
    const offset = view.from + view.document.offsetAt(position);
    let selection: SelectionRange = {
      range: { start: view.document.positionAt(0), end: view.document.positionAt(Infinity) },
    };
    let last: Range = { from: view.from, to: view.from + view.document.getText().length };
    for (const range of around(source, offset)) {
      if (range.from < last.from || range.to > last.to || (range.from === last.from && range.to === last.to)) continue;
      const found = source.rangeIn(view.document.uri, range);
      if (!found) continue;
      selection = { range: found, parent: selection };
      last = range;
    }
    return selection;
  });
}

/** Ranges that hold an offset, from the outside in. */
function around(source: Source, offset: number): Range[] {
  const stage = stageAt(source, offset);
  const result: Range[] = [];
  const base = stage?.base ?? 0;
  const add = ({ from, to }: Range): void => {
    if (offset >= from + base && offset <= to + base) result.push({ from: from + base, to: to + base });
  };
  let node: Node | undefined = stage
    ? stage.unit.node
    : source.kind === 'targets'
      ? source.targets().node
      : source.analysis().headerNode;
  if (stage) {
    add(stage.unit.range);
    add(stage.unit.nameRange);
  }
  const holds = ({ from, to }: Range): boolean => offset >= from + base && offset <= to + base;
  for (let depth = 0; node && depth < 100; depth++) {
    add(node);
    if (node.type === 'map') {
      const entry = node.entries.find(
        (each) =>
          !each.merged &&
          (holds(each.keyRange) ||
            holds(each.value) ||
            (offset > each.keyRange.to + base && offset < each.value.from + base)),
      );
      if (!entry) break;
      add({
        from: entry.keyRange.from,
        to: Math.max(entry.keyRange.to, entry.value.from >= entry.keyRange.from ? entry.value.to : 0),
      });
      if (holds(entry.keyRange)) {
        add(entry.keyRange);
        break;
      }
      node = entry.value;
    } else if (node.type === 'list') node = node.items.find(holds);
    else {
      if (node.type === 'scalar' && (node.style === 'single' || node.style === 'double'))
        add({ from: node.from + 1, to: node.to - 1 });
      break;
    }
  }
  return result;
}
