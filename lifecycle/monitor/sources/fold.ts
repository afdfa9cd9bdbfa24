import { sha256 } from '../../process/hash';
import type { ColumnProfile } from '../profile';
import { CategoryFold, MOST_TEXTS, SLACK } from '../rest';
import type { RequestProfile } from '../requests';
import type { Counting, FileCounts } from './file';
import type { Kept } from './keep';
import { ANSWER } from './table';

/** Texts that are counted each, of all columns of all files together. */
const MOST_TOGETHER = 2_000_000;

const NOTHING: ReadonlyMap<string, number> = new Map();

/** Adds up the categories of files one by one, so that those of all files are never in memory at once. */
export class LogFold {
  readonly #columns = new Map<string, CategoryFold>();
  readonly #waiting = new Map<number, FileCounts>();
  #next = 0;

  /**
   * @param reference columns whose categories stay
   * @param prediction of the reference
   */
  constructor(
    private readonly reference: Readonly<Record<string, ColumnProfile>>,
    private readonly prediction: ColumnProfile | undefined,
    private readonly most = MOST_TEXTS,
    private readonly together = MOST_TOGETHER,
  ) {}

  /**
   * Takes the categories out of what was counted of a file. They are added in the order of the files, whichever is counted first, so that the
   * result is always the same.
   *
   * @param at number of the file, from 0
   */
  take(at: number, counts: FileCounts): FileCounts {
    this.#waiting.set(at, counts);
    for (let next = this.#waiting.get(this.#next); next !== undefined; next = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next++);
      for (const [name, profile] of Object.entries(next.columns)) this.#add(name, profile);
      if (next.prediction !== null) this.#add(ANSWER, next.prediction);
      this.#trim(SLACK);
    }
    return {
      ...counts,
      columns: Object.fromEntries(Object.entries(counts.columns).map(([name, profile]) => [name, emptied(profile)])),
      prediction: counts.prediction && emptied(counts.prediction),
    };
  }

  #add(name: string, profile: ColumnProfile): void {
    if (profile.kind !== 'category') return;
    let fold = this.#columns.get(name);
    if (fold === undefined) {
      const reference =
        name === ANSWER ? this.prediction : Object.hasOwn(this.reference, name) ? this.reference[name] : undefined;
      fold = new CategoryFold(reference?.kind === 'category' ? reference.counts : NOTHING);
      this.#columns.set(name, fold);
    }
    fold.addAll(profile.counts, profile.rest);
  }

  #trim(slack: number): void {
    const folds = [...this.#columns.values()];
    const most = Math.min(
      this.most,
      cutTo(
        folds.map(({ size }) => size),
        this.together,
      ),
    );
    for (const fold of folds) if (fold.size > slack * most) fold.trim(most);
  }

  /** What was counted of all files, with the categories that were taken out of each. */
  into<T extends Pick<RequestProfile, 'table' | 'prediction'>>(merged: T): T {
    this.#trim(1);
    const filled = (name: string, profile: ColumnProfile): ColumnProfile => {
      const fold = this.#columns.get(name);
      return fold === undefined || profile.kind !== 'category' ? profile : { ...profile, ...fold.result() };
    };
    const columns = Object.entries(merged.table.columns).map(([name, profile]) => [name, filled(name, profile)]);
    return {
      ...merged,
      table: { ...merged.table, columns: Object.fromEntries(columns) as Record<string, ColumnProfile> },
      prediction: merged.prediction && filled(ANSWER, merged.prediction),
    };
  }
}

/** Digest of the categories of the reference. */
export function besideOf(kept: Kept, { kept: categories }: Counting): string {
  const digests = Object.entries(categories).map(([name, { buffer, byteOffset, byteLength }]) => [
    name,
    sha256(new Uint8Array(buffer, byteOffset, byteLength)),
  ]);
  return kept.key('beside', digests);
}

/** What is kept of a file, else what `count` makes. Which texts are counted together depends on the categories of the reference: beside others the file is counted anew. */
export async function countedBeside(
  kept: Kept,
  key: string,
  beside: string,
  count: () => Promise<FileCounts>,
): Promise<FileCounts> {
  const make = async (): Promise<FileCounts> => {
    const counts = await count();
    const all = [...Object.values(counts.columns), counts.prediction];
    return all.some((profile) => profile?.kind === 'category' && profile.rest) ? { ...counts, beside } : counts;
  };
  const known = await kept.of(key, make);
  return known.beside === undefined || known.beside === beside ? known : kept.of(kept.key(key, beside), make);
}

function emptied(profile: ColumnProfile): ColumnProfile {
  if (profile.kind !== 'category') return profile;
  const { rest: _rest, ...others } = profile;
  return { ...others, counts: NOTHING };
}

/** The size to which the largest are to be cut so that all together have so many. */
export function cutTo(sizes: readonly number[], together: number): number {
  const rising = [...sizes].sort((a, b) => a - b);
  let left = together;
  for (const [i, size] of rising.entries()) {
    const level = Math.floor(left / (rising.length - i));
    if (size > level) return level;
    left -= size;
  }
  return Infinity;
}
