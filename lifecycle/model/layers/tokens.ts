import { type Dataset } from '../../../schemas/generated/types';
import { type TokenInput } from './describe';

interface TokenStep {
  readonly column: string;
  readonly features: readonly string[];
  readonly vocabulary: readonly string[];
}

/** Token 0 is padding, 1 a word that is not in the vocabulary. */
export const FIRST_TOKEN = 2;

/** The columns of tokens among a dataset's features, as the data stage's `tokenize` made them; they come last. */
export function tokenInputs({ steps = [], features }: Pick<Dataset, 'steps' | 'features'>): TokenInput[] {
  const groups = steps.flatMap((step) => (step['step'] === 'tokenize' ? [step as unknown as TokenStep] : []));
  const there = new Set(features);
  const live = groups.filter((group) => group.features.every((name) => there.has(name)));
  return live.map(({ column, features: made, vocabulary }) => ({
    name: column,
    steps: made.length,
    tokens: vocabulary.length + FIRST_TOKEN,
  }));
}
