import { check, type Expression, parse } from '../expression';
import { whyNotServed } from '../expression/serve';
import type { Stage } from '../../schemas/generated/types';
import { sourceRange } from './scalar';
import { nodeAt, type Node, type ScalarNode } from './tree';
import type { Mention, Problem } from './types';

/** An expression of a stage, read. */
export interface ExpressionUse {
  readonly mention: Mention;
  readonly node: ScalarNode;
  /**
   * What it is for: the condition of a filter or an expectation, a derived feature, the condition of an alert or of retraining, or a figure
   * of one's own.
   */
  readonly use: 'filter' | 'derive' | 'where' | 'when' | 'figure';
  /** Absent when it has a mistake of its own: then columns are not looked at. */
  readonly tree?: Expression;
}

/** Reads the expressions of a stage and reports what is wrong with them whatever the columns are, at the exact place inside the scalar. */
export function readExpressions(
  text: string,
  root: Node,
  kind: Stage['kind'],
  mentions: readonly Mention[],
  problems: Problem[],
): ExpressionUse[] {
  const uses: ExpressionUse[] = [];
  for (const mention of mentions) {
    if (mention.type !== 'expression') continue;
    const node = nodeAt(root, mention.path)?.node;
    if (node?.type !== 'scalar') continue;
    const last = mention.path.at(-1);
    const when = mention.path[0] === 'labels' ? 'figure' : 'when';
    const use = kind === 'monitor' ? when : last === 'filter' ? 'filter' : last === 'where' ? 'where' : 'derive';
    const parsed = parse(mention.text);
    const report = (code: Problem['code'], from: number, to: number, message: string, suggestion?: string): void => {
      const place = sourceRange(text, node, from, to);
      const at =
        place.to > place.from
          ? place
          : { from: Math.max(node.from, place.from - 1), to: Math.max(place.to, node.from + 1) };
      problems.push({ code, ...at, message, ...(suggestion !== undefined && { suggestion }) });
    };
    if (parsed.problems.length > 0 || !parsed.tree) {
      const [first] = parsed.problems;
      report(
        'expression-syntax',
        first?.from ?? 0,
        first?.to ?? mention.text.length,
        first?.message ?? 'This is not an expression.',
        first?.suggestion,
      );
      uses.push({ mention, node, use });
      continue;
    }
    const checked = check(parsed.tree, undefined, use === 'derive' || use === 'figure' ? {} : { expect: 'boolean' });
    for (const { from, to, message, suggestion } of checked.problems)
      report('expression-type', from, to, message, suggestion);
    let served = true;
    if (use === 'derive' && checked.problems.length === 0)
      for (const { from, to, reason } of whyNotServed(parsed.tree, checked)) {
        served = false;
        report('expression-not-served', from, to, `A served model can't compute this: ${reason}. A row filter could.`);
      }
    uses.push({ mention, node, use, ...(checked.problems.length === 0 && served && { tree: parsed.tree }) });
  }
  return uses;
}
