import { folded, usualForms, wordsOf } from './words';

export interface CountOptions {
  /** Most words of a sequence. */
  readonly ngrams: number;
  /** Characters of the shortest word. */
  readonly shortest: number;
  /** Takes `Free` for `free`. */
  readonly fold: boolean;
}

/** A word, or a sequence of words. */
export interface Term {
  readonly words: readonly string[];
  /** Texts that it occurs in. */
  readonly rows: number;
  /** Occurrences. */
  readonly count: number;
}

export interface Keep {
  /** Least rows, and the largest share of all rows, that a term may occur in. */
  readonly minRows: number;
  readonly maxShare: number;
  /** Terms that are kept at most. */
  readonly most: number;
}

/** Words of a text, over all texts. */
export interface WordStatistics {
  readonly mean: number;
  readonly max: number;
  readonly distinct: number;
}

interface Counted {
  rows: number;
  count: number;
  /** The last text it was seen in. */
  last: number;
}

/** From here on, what occurred in one text only is forgotten as it goes, so that memory stays within bounds. */
const MOST_COUNTED = 2_000_000;
const GAP = ' ';

/** Counts the words of texts, and how they were written. */
export class WordCounter {
  private readonly terms = new Map<string, Counted>();
  /** Ways of writing beyond the usual ones, by the word that they are. */
  private readonly forms = new Map<string, string>();
  private readonly distinct = new Set<string>();
  private texts = 0;
  private sum = 0;
  private longest = 0;

  constructor(private readonly options: CountOptions) {}

  /** A text of a row; null where it is missing. */
  add(text: string | null): void {
    const { ngrams, shortest, fold } = this.options;
    const row = this.texts++;
    if (text === null) return;
    const words = wordsOf(text, shortest);
    this.sum += words.length;
    this.longest = Math.max(this.longest, words.length);
    if (fold) {
      words.forEach((form, i) => {
        const word = folded(form);
        words[i] = word;
        if (form !== word && this.forms.size < MOST_COUNTED && !usualForms(word).includes(form))
          this.forms.set(form, word);
      });
    }
    for (let i = 0; i < words.length; i++) {
      let term = words[i] as string;
      if (this.distinct.size < MOST_COUNTED) this.distinct.add(term);
      this.see(term, row);
      for (let n = 2; n <= ngrams && i + n <= words.length; n++) {
        term += GAP + (words[i + n - 1] as string);
        this.see(term, row);
      }
    }
    if (this.terms.size > MOST_COUNTED)
      for (const [term, { rows }] of this.terms) if (rows < 2) this.terms.delete(term);
  }

  private see(term: string, row: number): void {
    const found = this.terms.get(term);
    if (!found) this.terms.set(term, { rows: 1, count: 1, last: row });
    else {
      found.count++;
      if (found.last !== row) found.rows++;
      found.last = row;
    }
  }

  /** Rows seen, those without a text too. */
  get rows(): number {
    return this.texts;
  }

  get statistics(): WordStatistics {
    return { mean: this.texts === 0 ? 0 : this.sum / this.texts, max: this.longest, distinct: this.distinct.size };
  }

  /** The terms that occur most often among those that are neither too rare nor too common, in alphabetical order. */
  keep({ minRows, maxShare, most }: Keep): Term[] {
    const limit = maxShare * this.texts;
    const fit = [...this.terms].filter(([, { rows }]) => rows >= minRows && rows <= limit);
    fit.sort(([a, { count: one }], [b, { count: other }]) => other - one || (a < b ? -1 : 1));
    return fit
      .slice(0, most)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([term, { rows, count }]) => ({ words: term.split(GAP), rows, count }));
  }

  /** The unusual ways of writing words of a vocabulary that were seen, with the word's index. */
  formsOf(vocabulary: readonly string[]): [string, number][] {
    const index = new Map(vocabulary.map((word, i) => [word, i]));
    return [...this.forms]
      .flatMap(([form, word]): [string, number][] => {
        const at = index.get(word);
        return at === undefined ? [] : [[form, at]];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
