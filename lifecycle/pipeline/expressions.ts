import { check, type Checked, type Expression, parse, type Parsed } from '../expression';
import { type NotServed, whyNotServed } from '../expression/serve';
import type { Stage } from '../../schemas/generated/types';
import { sourceRange } from './scalar';
import { type Node, nodeIn, type ScalarNode } from './tree';
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
    const node = nodeIn(root, mention.path);
    if (node?.type !== 'scalar') continue;
    const last = mention.path.at(-1);
    const when = mention.path[0] === 'labels' ? 'figure' : 'when';
    const use = kind === 'monitor' ? when : last === 'filter' ? 'filter' : last === 'where' ? 'where' : 'derive';
    const typed = use === 'derive' || use === 'figure';
    const { parsed, checked, unserved } = judged(mention.text, typed, use === 'derive');
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
    for (const { from, to, message, suggestion } of checked) report('expression-type', from, to, message, suggestion);
    for (const { from, to, reason } of unserved)
      report('expression-not-served', from, to, `A served model can't compute this: ${reason}. A row filter could.`);
    const sound = checked.length === 0 && unserved.length === 0;
    uses.push({ mention, node, use, ...(sound && { tree: parsed.tree }) });
  }
  return uses;
}

/** What is known of an expression whatever the columns are. */
interface Judged {
  readonly parsed: Parsed;
  readonly checked: Checked['problems'];
  readonly unserved: readonly NotServed[];
}

/** Stages of one file share many expressions. */
const kept = new Map<string, Judged>();
const MOST_KEPT = 500;

function judged(text: string, typed: boolean, served: boolean): Judged {
  const key = `${typed} ${served} ${text}`;
  let known = kept.get(key);
  if (!known) {
    const parsed = parse(text);
    const checked = parsed.tree && check(parsed.tree, undefined, typed ? {} : { expect: 'boolean' });
    const unserved = served && parsed.tree && checked?.problems.length === 0 ? whyNotServed(parsed.tree, checked) : [];
    known = { parsed, checked: checked?.problems ?? [], unserved };
    if (kept.size >= MOST_KEPT) kept.clear();
    if (text.length < 1000) kept.set(key, known);
  }
  return known;
}
