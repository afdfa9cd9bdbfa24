import type { Mistake } from './types';

export interface Token {
  /** `word` is a name or a bare text; `end` closes the list. */
  readonly kind: 'word' | 'text' | 'number' | 'operator' | 'open' | 'close' | 'comma' | 'end';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

// Names hold dots, dashes and slashes (`exam.validation/auc`, `learning-rate`): there is no arithmetic in a filter.
const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['operator', /(?:!=|<>|<=|>=|==|=|<|>|!~|~|&&|\|\||!)/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['comma', /,/y],
  ['number', /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.:/%-])/iy],
  ['word', /[^\s()<>=!~,&|"'`]+/y],
];
const quotes: Readonly<Record<string, RegExp>> = {
  '"': /"((?:[^"\\]|\\.)*)"/y,
  "'": /'((?:[^'\\]|\\.)*)'/y,
  '`': /`([^`]*)`/y,
};

/** Cuts a filter into tokens; a quote that is never closed is the only mistake there can be. */
export function tokenize(source: string): { tokens: Token[]; mistake?: Mistake } {
  const tokens: Token[] = [];
  let at = 0;
  const end = (): Token => ({ kind: 'end', text: '', from: source.length, to: source.length });
  while (at < source.length) {
    const character = source[at] ?? '';
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    const quote = quotes[character];
    if (quote) {
      quote.lastIndex = at;
      const found = quote.exec(source);
      if (!found) {
        tokens.push(end());
        return { tokens, mistake: { from: at, to: source.length, message: `This ${character} is never closed.` } };
      }
      const text = character === '`' ? (found[1] ?? '') : (found[1] ?? '').replace(/\\(.)/g, '$1');
      tokens.push({ kind: character === '`' ? 'word' : 'text', text, from: at, to: quote.lastIndex });
      at = quote.lastIndex;
      continue;
    }
    const before = at;
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const found = pattern.exec(source);
      if (!found) continue;
      at = pattern.lastIndex;
      tokens.push({ kind, text: found[0], from: before, to: at });
      break;
    }
    if (at === before) {
      at++;
      tokens.push({ kind: 'operator', text: character, from: before, to: at });
    }
  }
  tokens.push(end());
  return { tokens };
}
