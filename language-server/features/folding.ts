import { type FoldingRange, FoldingRangeKind } from '../protocol';
import { linesOf } from '../../lifecycle/pipeline/lines';
import type { View } from '../source';

const MAX_RANGES = 20_000;

/** Blocks by indentation, as YAML means them, and runs of comments; empty lines at the end of a block stay outside. */
export function foldingRanges({ document }: View): FoldingRange[] {
  const text = document.getText();
  const open: { indent: number; line: number }[] = [];
  const result: FoldingRange[] = [];
  let number = -1;
  let lastContent = -1;
  let comments = -1;
  const close = (indent: number): void => {
    for (let top = open.at(-1); top && top.indent >= indent; top = open.at(-1)) {
      open.pop();
      if (lastContent > top.line) result.push({ startLine: top.line, endLine: lastContent });
    }
  };
  const endComments = (): void => {
    if (comments >= 0 && lastContent > comments)
      result.push({ startLine: comments, endLine: lastContent, kind: FoldingRangeKind.Comment });
    comments = -1;
  };
  for (const { first, indent } of linesOf(text)) {
    number++;
    if (first === '') continue;
    if (first === '#') {
      if (comments < 0) comments = number;
      lastContent = number;
      continue;
    }
    if (comments >= 0) {
      const end = lastContent;
      endComments();
      lastContent = end;
    }
    if (first !== '`' && first !== ']' && first !== '}') close(first === '-' ? indent + 0.5 : indent);
    open.push({ indent: first === '-' ? indent + 0.5 : indent, line: number });
    lastContent = number;
    if (result.length > MAX_RANGES) break;
  }
  endComments();
  close(0);
  return result.sort((a, b) => a.startLine - b.startLine);
}
