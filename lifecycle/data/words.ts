/**
 * What a word is, once for both sides: here to learn a vocabulary, and as a pattern of RE2 in the served graph (`words-to-onnx.ts`).
 *
 * A word is a run of letters, digits and `_`, with the marks that belong to letters; any other symbol of a text, such as an emoji, is a word of its own.
 * Without marks and symbols this is `(?u)\b\w\w+\b`, the pattern of scikit-learn's vectorizers.
 */

/** The words of a text, none shorter than `shortest` characters; symbols count whatever their length. */
export function wordsOf(text: string, shortest: number): string[] {
  return text.match(wordPattern(shortest)) ?? [];
}

const patterns = new Map<number, RegExp>();

function wordPattern(shortest: number): RegExp {
  let pattern = patterns.get(shortest);
  if (!pattern) patterns.set(shortest, (pattern = new RegExp(wordExpression(shortest), 'gu')));
  return pattern;
}

/** The pattern in the syntax that JavaScript and RE2 share. */
export function wordExpression(shortest: number): string {
  const more = shortest === 1 ? '*' : `{${shortest - 1},}`;
  return `[\\p{L}\\p{N}_][\\p{L}\\p{N}\\p{M}_]${more}|\\p{So}`;
}

/** The same word however it is written: simple lower case, whatever the machine's language. */
export function folded(word: string): string {
  return word.toLowerCase();
}

/** How a folded word is mostly written: `free`, `FREE`, `Free`. */
export function usualForms(word: string): string[] {
  const [first = ''] = word;
  return [word, word.toUpperCase(), first.toUpperCase() + word.slice(first.length)];
}
