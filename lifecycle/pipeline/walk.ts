import { lineAt } from './lines';
import type { Node } from './tree';
import type { Mention, Problem, Range } from './types';
import { label } from './wording';

/** Problems of one text; more would not be read by anybody. */
export const MAX_PROBLEMS = 200;

/** A walk over a tree beside its schema: where it stands, and what it found so far. */
export class Walk {
  readonly problems: Problem[] = [];
  readonly mentions: Mention[] = [];
  /** One list for all of the walk, copied where a place is kept. */
  readonly path: (string | number)[] = [];

  /**
   * @param text the text that the offsets count in
   * @param what what the tree is, for messages: `A train stage`
   */
  constructor(
    readonly text: string,
    readonly what: string,
  ) {}

  /** What the messages call the place at which the walk stands. */
  get subject(): string {
    return this.path.length === 0 ? this.what : label(this.path);
  }

  report(problem: Problem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  /** The part of a node that stands on its first line: enough to see, short enough to read. */
  firstLine(node: Node): Range {
    return {
      from: node.from,
      to: Math.max(Math.min(node.to, lineAt(this.text, node.from).end), Math.min(node.from + 1, this.text.length)),
    };
  }
}

/** The range of a node, or its owner's when it takes no room. */
export function place(node: Node, owner: Range): Range {
  return node.to > node.from ? { from: node.from, to: node.to } : owner;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
export const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
