import { placedOf } from '../lifecycle/pipeline/analyze';
import type { SchemaRoot } from '../lifecycle/pipeline/language';
import type { Placed } from '../lifecycle/pipeline/references';
import type { Node, Path } from '../lifecycle/pipeline/tree';
import type { Range } from '../lifecycle/pipeline/types';
import type { Source } from './source';

/** What stands at a place of a text. */
export interface Located {
  readonly root: SchemaRoot;
  readonly tree: Node;
  /** Offset from which the ranges of the tree count. */
  readonly base: number;
  /** Of the value; for a key the path that ends with it. */
  readonly path: Path;
  readonly on: 'key' | 'value' | 'stage-name';
  /** Of the key or the value, counted in the source. */
  readonly range: Range;
  /** The value at the path. */
  readonly node?: Node;
  readonly stage?: Placed;
}

/** The stage whose entry holds an offset. */
export function stageAt(source: Source, offset: number): Placed | undefined {
  if (source.kind !== 'pipeline') return undefined;
  const placed = placedOf(source.analysis());
  // Stages stand in order: the last one that begins before the offset holds it, or none does.
  let low = 0;
  for (let high = placed.length; low < high;) {
    const middle = (low + high) >> 1;
    const stage = placed[middle];
    if (stage && stage.unit.range.from + stage.base <= offset) low = middle + 1;
    else high = middle;
  }
  const stage = placed[low - 1];
  return stage && offset <= stage.unit.range.to + stage.base ? stage : undefined;
}

/** The key or value at an offset; undefined in comments, between values and in prose. */
export function locate(source: Source, offset: number): Located | undefined {
  const stage = stageAt(source, offset);
  if (stage) {
    const { unit, base } = stage;
    const name = { from: unit.nameRange.from + base, to: unit.nameRange.to + base };
    if (contains(name, offset))
      return { root: 'stage', tree: unit.node, base, path: [], on: 'stage-name', range: name, node: unit.node, stage };
    const found = within('stage', unit.node, base, offset);
    return found && { ...found, stage };
  }
  const [root, tree] =
    source.kind === 'targets'
      ? ([source.schema, source.targets().node] as const)
      : (['pipeline', source.analysis().headerNode] as const);
  return tree && within(root, tree, 0, offset);
}

const contains = ({ from, to }: Range, offset: number): boolean => offset >= from && offset <= to;

function within(root: SchemaRoot, tree: Node, base: number, offset: number): Located | undefined {
  const local = offset - base;
  const at = (range: Range): Range => ({ from: range.from + base, to: range.to + base });
  let node = tree;
  const path: (string | number)[] = [];
  for (let depth = 0; depth < 100; depth++) {
    if (node.type === 'map') {
      const entry = node.entries.find(
        (each) => !each.merged && (contains(each.keyRange, local) || contains(each.value, local)),
      );
      if (!entry) return undefined;
      path.push(entry.key);
      if (contains(entry.keyRange, local))
        return { root, tree, base, path, on: 'key', range: at(entry.keyRange), node: entry.value };
      node = entry.value;
    } else if (node.type === 'list') {
      const index = node.items.findIndex((item) => contains(item, local));
      const item = node.items[index];
      if (!item) return undefined;
      path.push(index);
      node = item;
    } else break;
  }
  return { root, tree, base, path, on: 'value', range: at(node), node };
}

/** A value of a stage with its place. */
export interface StageValue {
  readonly stage: Placed;
  readonly path: Path;
  readonly node: Node;
}

/** The outermost value of a stage that begins at an offset. */
export function valueFrom(source: Source, offset: number): StageValue | undefined {
  const stage = stageAt(source, offset);
  if (!stage) return undefined;
  for (const { node, path } of nodesOf(stage.unit.node))
    if (path.length > 0 && node.from + stage.base === offset) return { stage, path, node };
  return undefined;
}

/** Every node under a tree with its path, bounded, aliases once. */
export function* nodesOf(root: Node, path: Path = [], seen = new Set<Node>()): Generator<{ node: Node; path: Path }> {
  if (seen.has(root) || seen.size > 200_000) return;
  seen.add(root);
  yield { node: root, path };
  if (root.type === 'map')
    for (const entry of root.entries) if (!entry.merged) yield* nodesOf(entry.value, [...path, entry.key], seen);
  if (root.type === 'list') for (const [i, item] of root.items.entries()) yield* nodesOf(item, [...path, i], seen);
}
