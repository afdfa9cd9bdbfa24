import type { Scalar } from '../../schemas/generated/types';
import type { Range } from './types';

/**
 * What was read of a YAML text: plain data with places. Aliases and merge keys are resolved (the alias' node is the anchor's, so that a mistake
 * is reported once, at the anchor); what could not be read is `broken`, and a problem says why.
 */
export type Node = MapNode | ListNode | ScalarNode | BrokenNode;

export interface MapNode extends Range {
  readonly type: 'map';
  readonly entries: readonly Entry[];
  readonly flow: boolean;
}

export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Node;
  /** A later entry of the same key; the first one counts. */
  readonly duplicate?: true;
  /** A word without colon, as while typing. */
  readonly incomplete?: true;
  /** Came in by a merge key `<<`. */
  readonly merged?: true;
}

export interface ListNode extends Range {
  readonly type: 'list';
  readonly items: readonly Node[];
  readonly flow: boolean;
}

export interface ScalarNode extends Range {
  readonly type: 'scalar';
  readonly value: Scalar;
  readonly style: 'plain' | 'single' | 'double' | 'block' | 'empty';
  /** What stood there before parameters were put in. */
  readonly template?: Template;
}

/** A text with `${name}` in it, and which stretch of it each stretch of the result came from. */
export interface Template {
  readonly raw: string;
  readonly segments: readonly {
    readonly from: number;
    readonly to: number;
    readonly rawFrom: number;
    readonly rawTo: number;
  }[];
}

export interface BrokenNode extends Range {
  readonly type: 'broken';
}

export type Path = readonly (string | number)[];

/** Entries that count: without duplicates and half-typed words. */
export function entriesOf(node: Node | undefined): readonly Entry[] {
  if (node?.type !== 'map') return [];
  return node.entries.every(counts) ? node.entries : node.entries.filter(counts);
}

const counts = (entry: Entry): boolean => !entry.duplicate && !entry.incomplete;

export function entryOf(node: Node | undefined, key: string): Entry | undefined {
  if (node?.type !== 'map') return undefined;
  for (const entry of node.entries) if (entry.key === key && counts(entry)) return entry;
  return undefined;
}

/** The node at a path, and the entry that holds it when that is a map's. */
export function nodeAt(root: Node | undefined, path: Path): { node: Node; entry?: Entry } | undefined {
  let node = root;
  let entry: Entry | undefined;
  for (const step of path) {
    if (typeof step === 'number') {
      entry = undefined;
      node = node?.type === 'list' ? node.items[step] : undefined;
    } else {
      entry = entryOf(node, step);
      node = entry?.value;
    }
    if (!node) return undefined;
  }
  return node && { node, ...(entry && { entry }) };
}

/** The node at a path, without its entry. */
export function nodeIn(root: Node | undefined, path: Path): Node | undefined {
  let node = root;
  for (const step of path) {
    if (!node) return undefined;
    if (typeof step === 'string') node = entryOf(node, step)?.value;
    else node = node.type === 'list' ? node.items[step] : undefined;
  }
  return node;
}

/** The text of a scalar, when it is one. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

export function numberOf(node: Node | undefined): number | undefined {
  return node?.type === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

/** The plain value: maps as objects, lists as arrays. What is broken is left out of maps and null in lists. */
export function toValue(node: Node): unknown {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map((item) => (item.type === 'broken' ? null : toValue(item)));
    case 'map': {
      const value: Record<string, unknown> = {};
      for (const entry of entriesOf(node)) {
        if (entry.value.type === 'broken') continue;
        const inner = toValue(entry.value);
        if (entry.key === '__proto__')
          Object.defineProperty(value, entry.key, {
            value: inner,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        else value[entry.key] = inner;
      }
      return value;
    }
    case 'broken':
      return undefined;
  }
}

/** Is anything in it broken or half typed? Then it can be shown, but not executed. */
export function isWhole(node: Node): boolean {
  if (node.type === 'map') return node.entries.every((entry) => !entry.incomplete && isWhole(entry.value));
  if (node.type === 'list') return node.items.every(isWhole);
  return node.type !== 'broken';
}
