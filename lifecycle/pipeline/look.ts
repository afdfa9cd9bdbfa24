import { type ListNode, type Node, nodeAt, nodeIn, numberOf, type Path, textOf } from './tree';
import type { Problem, Range } from './types';
import { label } from './wording';

/** A stage's tree with ways to look into it and to report. */
export class Look {
  constructor(
    readonly root: Node,
    readonly nameRange: Range,
    private readonly problems: Problem[],
  ) {}

  at(...path: Path): Node | undefined {
    return nodeIn(this.root, path);
  }

  keyOf(...path: Path): Range {
    return nodeAt(this.root, path)?.entry?.keyRange ?? this.nameRange;
  }

  list(...path: Path): ListNode['items'] {
    const node = this.at(...path);
    return node?.type === 'list' ? node.items : [];
  }

  has(...path: Path): boolean {
    return this.at(...path) !== undefined;
  }

  report(code: Problem['code'], range: Range, message: string, more: Partial<Problem> = {}): void {
    this.problems.push({ ...more, code, from: range.from, to: range.to, message });
  }
}

/** Names of columns in a place that takes one or a list, with their nodes. */
export function names(node: Node | undefined): { name: string; node: Node }[] {
  const found: { name: string; node: Node }[] = [];
  for (const item of node?.type === 'list' ? node.items : node ? [node] : []) {
    const name = textOf(item);
    if (name !== undefined) found.push({ name, node: item });
  }
  return found;
}

/** The target column of a data stage's tree. */
export function targetOf(root: Node): { name: string; node: Node } | undefined {
  const node = nodeIn(root, ['target', 'column']) ?? nodeIn(root, ['target']);
  return names(node?.type === 'scalar' ? node : undefined)[0];
}

/** Of a pair `[low, high]` the low one must not be above the high one. */
export function checkOrder(stage: Look, path: Path): void {
  const pair = stage.at(...path);
  if (pair?.type !== 'list' || pair.items.length !== 2) return;
  const [low, high] = pair.items.map(numberOf);
  if (low === undefined || high === undefined || low <= high) return;
  stage.report(
    'bad-order',
    pair,
    `The lower limit ${low} of ${label(path)} is above the upper one ${high}. Write [${high}, ${low}].`,
    { suggestion: `[${high}, ${low}]` },
  );
}
