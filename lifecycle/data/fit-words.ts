import type { FeatureStep } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { type Database, strings } from '../table';
import { type Choice, chooseTexts, type Path } from './choose';
import { type BagOfWords, type FeatureColumn, type FittedStep, freeName, type Tokenize } from './feature-columns';
import { type Note } from './fit';
import { type Selection } from './moments';
import { type FeatureSql } from './to-sql';
import { WordCounter, type WordStatistics } from './vocabulary';

/** A text step learnt on a column, and what was seen of its words; without a step when no word is left. */
interface FittedWords<Step> {
  readonly step: Step | undefined;
  readonly words: WordStatistics;
}

export interface TextContext {
  readonly database: Database;
  readonly sql: FeatureSql;
  readonly choice: Choice;
  readonly note: Note;
  readonly push: (step: FittedStep) => void;
  /** Told of what was seen of a column's words. */
  readonly saw: (column: string, words: WordStatistics) => void;
}

/**
 * Learns a step on texts, column by column.
 *
 * @throws UserError when a column is no text
 */
export async function fitTexts(step: FeatureStep, path: Path, context: TextContext): Promise<void> {
  const { database, sql, choice, note, push, saw } = context;
  const { 'bag-of-words': bag, tokenize } = step;
  const name = bag ? 'bag-of-words' : 'tokenize';
  const columns = chooseTexts(choice, (bag ?? tokenize)?.columns ?? [], [...path, name], name);
  for (const { name: column } of columns) {
    if (choice.steps.some((one) => one.step === name && one.column === column)) {
      throw new UserError({
        code: 'data-step-twice',
        message: `'${name}' reads the column '${column}' already.`,
        hint: 'Remove one of the two steps.',
        path: [...path, name, 'columns'],
      });
    }
    const texts = sql.select([column]);
    const fitted = bag
      ? await fitBagOfWords(database, texts, column, sql.columns, bag)
      : await fitTokenize(database, texts, column, sql.columns, tokenize ?? { columns: column });
    saw(column, fitted.words);
    if (fitted.step) push(fitted.step);
    else
      note('warning', `No word of '${column}' is left to be a feature.`, {
        code: 'data-no-words',
        hint:
          fitted.words.distinct === 0
            ? 'Its texts in the training split have no letters, digits or symbols long enough.'
            : `Its ${fitted.words.distinct.toLocaleString('en')} different words are too rare or too common; lower 'min-rows'${bag ? " or raise 'max-share'" : ''}.`,
        path: [...path, name],
      });
  }
}

/** Words by which a bag of words tells texts apart, and their weights. */
async function fitBagOfWords(
  database: Database,
  texts: Selection,
  column: string,
  columns: readonly FeatureColumn[],
  options: NonNullable<FeatureStep['bag-of-words']>,
): Promise<FittedWords<BagOfWords>> {
  const { weight = 'tf-idf', ngrams = 1, 'min-length': shortest = 2, 'lower-case': fold = true } = options;
  const counter = await count(database, texts, new WordCounter({ ngrams, shortest, fold }));
  const kept = counter.keep({
    minRows: options['min-rows'] ?? 2,
    maxShare: options['max-share'] ?? 1,
    most: options['max-features'] ?? 1000,
  });
  const words = counter.statistics;
  if (kept.length === 0) return { step: undefined, words };
  const vocabulary = [...new Set(kept.flatMap((term) => term.words))].sort();
  const index = new Map(vocabulary.map((word, i) => [word, i]));
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const features = kept.map((term) => {
    const name = freeName(`${column}: ${term.words.join(' ')}`, taken);
    taken.add(name.toLowerCase());
    return name;
  });
  const step: BagOfWords = {
    step: 'bag-of-words',
    column,
    features,
    vocabulary,
    forms: fold ? counter.formsOf(vocabulary) : [],
    fold,
    shortest,
    terms: kept.map((term) => term.words.map((word) => index.get(word) as number)),
    weight,
    // With both counts one up, as if one more row held every word: scikit-learn's smooth_idf.
    ...(weight === 'tf-idf' && {
      idf: kept.map(({ rows }) => Math.fround(Math.log((1 + counter.rows) / (1 + rows)) + 1)),
    }),
  };
  return { step, words };
}

/** The words that a network is told apart, and how many of a text it is given. */
async function fitTokenize(
  database: Database,
  texts: Selection,
  column: string,
  columns: readonly FeatureColumn[],
  options: NonNullable<FeatureStep['tokenize']>,
): Promise<FittedWords<Tokenize>> {
  const { 'max-length': length = 64, 'max-words': most = 10_000, 'lower-case': fold = true } = options;
  const counter = await count(database, texts, new WordCounter({ ngrams: 1, shortest: 1, fold }));
  const kept = counter.keep({ minRows: options['min-rows'] ?? 2, maxShare: 1, most });
  const words = counter.statistics;
  if (kept.length === 0) return { step: undefined, words };
  const vocabulary = kept.map((term) => term.words[0] as string);
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const features = Array.from({ length }, (_, i) => freeName(`${column} word ${i + 1}`, taken));
  const forms = fold ? counter.formsOf(vocabulary) : [];
  return { step: { step: 'tokenize', column, features, vocabulary, forms, fold, shortest: 1 }, words };
}

async function count(database: Database, { relation, sql }: Selection, counter: WordCounter): Promise<WordCounter> {
  await database.stream(`SELECT ${sql.join(', ')} FROM ${relation}`, (chunk) => {
    for (const text of strings(chunk, 0)) counter.add(text);
  });
  return counter;
}
