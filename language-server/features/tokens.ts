import {
  type Range as LspRange,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
} from '../protocol';
import { tokenize } from '../../lifecycle/expression/tokens';
import { placedOf } from '../../lifecycle/pipeline/analyze';
import { sourceRange } from '../../lifecycle/pipeline/scalar';
import type { Unit } from '../../lifecycle/pipeline/stage';
import { entryOf, nodeAt } from '../../lifecycle/pipeline/tree';
import type { Source, View } from '../source';

const types = [
  'class',
  'property',
  'enumMember',
  'variable',
  'function',
  'keyword',
  'number',
  'string',
  'operator',
] as const;
type Type = (typeof types)[number];

export const legend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: ['declaration'] };

interface Token {
  readonly from: number;
  readonly to: number;
  readonly type: Type;
  readonly declaration?: boolean;
}

const keptTokens = new WeakMap<Unit, readonly Token[]>();

/** Names that mean something: stages, columns, metrics, parameters, and what stands inside expressions. */
export function semanticTokens(source: Source, view: View, range?: LspRange): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  if (source.kind !== 'pipeline') return builder.build();
  const low = range ? view.from + view.document.offsetAt(range.start) : view.from;
  const high = range ? view.from + view.document.offsetAt(range.end) : view.from + view.document.getText().length;
  let last = -1;
  for (const { unit, base } of placedOf(source.analysis())) {
    if (unit.range.to + base < low || unit.range.from + base > high) continue;
    for (const { from, to, type, declaration } of tokensOf(unit)) {
      const at = from + base;
      if (at < last || at < low || to + base > high) continue;
      const start = view.document.positionAt(at - view.from);
      const end = view.document.positionAt(to + base - view.from);
      if (start.line !== end.line) continue;
      builder.push(start.line, start.character, to - from, types.indexOf(type), declaration ? 1 : 0);
      last = to + base;
    }
  }
  return builder.build();
}

function tokensOf(unit: Unit): readonly Token[] {
  const known = keptTokens.get(unit);
  if (known) return known;
  const tokens: Token[] = [{ ...unit.nameRange, type: 'class', declaration: true }];
  const kind = entryOf(unit.node, 'kind')?.value;
  if (kind && kind.to > kind.from) tokens.push({ from: kind.from, to: kind.to, type: 'keyword' });
  for (const { stageRange, outputRange } of unit.references) {
    tokens.push({ from: stageRange.from, to: stageRange.to, type: 'class' });
    if (outputRange) tokens.push({ from: outputRange.from, to: outputRange.to, type: 'property' });
  }
  for (const mention of unit.mentions) {
    const { from, to } = mention;
    if (mention.type === 'column' || mention.type === 'columns' || mention.type === 'column-key')
      tokens.push({ from, to, type: 'property' });
    else if (mention.type === 'metric' || mention.type === 'metric-key') tokens.push({ from, to, type: 'enumMember' });
    else if (mention.type === 'parameter') tokens.push({ from, to, type: 'variable' });
    else if (mention.type === 'expression') {
      const node = nodeAt(unit.node, mention.path)?.node;
      if (node?.type !== 'scalar') continue;
      const words = tokenize(mention.text).tokens;
      words.forEach((token, i) => {
        const place = sourceRange(unit.text, node, token.from, token.to);
        const type = tokenType(token.kind, words[i + 1]?.value === '(');
        if (type && place.to > place.from) tokens.push({ ...place, type });
      });
    }
  }
  const sorted = tokens.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from || a.to - b.to);
  keptTokens.set(unit, sorted);
  return sorted;
}

function tokenType(kind: string, call: boolean): Type | undefined {
  switch (kind) {
    case 'name':
      return call ? 'function' : 'property';
    case 'word':
      return 'keyword';
    case 'number':
      return 'number';
    case 'text':
      return 'string';
    default:
      return undefined;
  }
}
