/** Which types of columns the feature steps work on. */
import { type Type } from '../expression';

/** Steps on numbers. */
export const numeric: ReadonlySet<string> = new Set(['clip', 'standardize', 'min-max']);
const textual: ReadonlySet<string> = new Set(['bag-of-words', 'tokenize']);

/** Why a step can't work on a column of this type. */
export function misfit(
  step: string,
  statistic: string | undefined,
  name: string,
  type: Type,
  numbers: boolean,
): string | undefined {
  if (type === 'text' && step === 'fill' && numbers)
    return `\`${name}\` is text; \`${statistic}\` is for numbers. Use \`mode\`, or \`{value: …}\`.`;
  if (type === 'text' && numbers)
    return `\`${name}\` is text; \`${step}\` is for numbers. Encode it first, with \`one-hot\` or \`ordinal\`, a free text with \`bag-of-words\`.`;
  if (type !== 'text' && textual.has(step))
    return `\`${name}\` is ${type}; \`${step}\` reads texts. Remove it here, or state its type with \`types: {${name}: text}\`.`;
  return undefined;
}
