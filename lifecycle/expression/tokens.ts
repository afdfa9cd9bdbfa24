import { type Place, type Problem } from './syntax';

export type Token = Place &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'name'; readonly value: string; readonly quoted: boolean }
    | { readonly kind: 'word'; readonly value: Word }
    | { readonly kind: 'symbol'; readonly value: string }
    | { readonly kind: 'end'; readonly value: '' }
  );

const words = ['and', 'or', 'not', 'in', 'between', 'is', 'null', 'true', 'false'] as const;
export type Word = (typeof words)[number];

/** The words that mean something of their own, for completion and colours. */
export const keywords: readonly string[] = words;

const space = /\s+/y;
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const name = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy;
const quoted = /`(?:[^`]|``)*`/y;
const text = /'(?:[^']|'')*'|"(?:[^"]|"")*"/y;
const symbol = /<=|>=|==|!=|<>|\*\*|&&|\|\||[-+*/%^()=<>,!]/y;

/** What other languages write, and what is written here. */
const spelledHere: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };
/** Two spellings of one operator. */
const alias: Readonly<Record<string, string>> = { '==': '=', '<>': '!=', '**': '^' };

/** Can this name stand without backticks? */
export function isPlainName(value: string): boolean {
  name.lastIndex = 0;
  const plain = name.exec(value)?.[0] === value;
  return plain && !keywords.includes(value.toLowerCase());
}

/** A name as it is written in an expression. */
export function writeName(value: string): string {
  return isPlainName(value) ? value : `\`${value.replaceAll('`', '``')}\``;
}

/** Cuts the text into tokens; what is not understood becomes a problem and is passed over. Ends with an 'end' token. */
export function tokenize(source: string): { readonly tokens: Token[]; readonly problems: Problem[] } {
  const tokens: Token[] = [];
  const problems: Problem[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const blank = match(space);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const place = (length: number): Place => ({ from: at, to: at + length });
    let found: string | undefined;
    if ((found = match(number)) !== undefined) {
      tokens.push({ kind: 'number', value: Number(found), ...place(found.length) });
    } else if ((found = match(name)) !== undefined) {
      const word = words.find((candidate) => candidate === found?.toLowerCase());
      tokens.push(
        word
          ? { kind: 'word', value: word, ...place(found.length) }
          : { kind: 'name', value: found, quoted: false, ...place(found.length) },
      );
    } else if ((found = match(quoted)) !== undefined) {
      tokens.push({
        kind: 'name',
        value: found.slice(1, -1).replaceAll('``', '`'),
        quoted: true,
        ...place(found.length),
      });
    } else if ((found = match(text)) !== undefined) {
      const quote = found.charAt(0);
      tokens.push({ kind: 'text', value: found.slice(1, -1).replaceAll(quote + quote, quote), ...place(found.length) });
    } else if ((found = match(symbol)) !== undefined) {
      const here = spelledHere[found];
      if (here !== undefined) {
        problems.push({
          ...place(found.length),
          message: `'${found}' is written '${here}' here.`,
          suggestion: found === '!' ? 'not ' : here,
        });
        tokens.push({ kind: 'word', value: here as Word, ...place(found.length) });
      } else {
        tokens.push({ kind: 'symbol', value: alias[found] ?? found, ...place(found.length) });
      }
    } else {
      found = String.fromCodePoint(source.codePointAt(at) ?? 0);
      const open = '\'"`'.includes(found);
      const length = open ? source.length - at : found.length;
      problems.push({
        ...place(length),
        message: open
          ? `The quote ${found} is never closed.`
          : `'${found}' means nothing here. A name that holds it stands in backticks.`,
      });
      at += length;
      continue;
    }
    at += found.length;
  }
  tokens.push({ kind: 'end', value: '', from: source.length, to: source.length });
  return { tokens, problems };
}
