/**
 * Permutation importance: by how much a score gets worse when the values of one column are shuffled among the rows, so that the column
 * tells nothing any more (Breiman, "Random Forests", Machine Learning 45, 2001, section 10; in this form Fisher, Rudin and Dominici,
 * "All Models are Wrong, but Many are Useful", JMLR 20, 2019).
 */

/** Columns by name, of the same length. */
export type ShuffledColumns<C> = Readonly<Record<string, C>>;

export interface PermutationOptions<C extends ArrayLike<unknown>> {
  /** The rows as they are, by column. */
  readonly columns: ShuffledColumns<C>;
  /** Score of a model on such rows; how it is worked out is the caller's. */
  readonly score: (columns: ShuffledColumns<C>) => number | Promise<number>;
  readonly better: 'higher' | 'lower';
  /** One order of the rows a repeat, [repeats][rows]: row i is given the value of row `order[i]`. All columns are shuffled alike. */
  readonly orders: readonly ArrayLike<number>[];
  /** Called after each column; returning false ends the work with nothing. */
  readonly onColumn?: (done: number) => boolean | void;
}

/** How much a model relies on one column. */
export interface ColumnImportance {
  readonly column: string;
  /** Mean over the repeats of how much worse the score is, in the score's unit; below 0 where it got better by chance. */
  readonly importance: number;
  /** Standard deviation over the repeats (of the repeats themselves, not of their mean). */
  readonly deviation: number;
}

/**
 * The importance of every column, in their order; of none where the score of the rows as they are is not finite. Undefined when
 * `onColumn` ended it.
 *
 * @throws RangeError when there is no order of the rows
 */
export async function permutationImportance<C extends ArrayLike<unknown>>(
  options: PermutationOptions<C>,
): Promise<{ readonly score: number; readonly columns: readonly ColumnImportance[] } | undefined> {
  const { columns, orders, better } = options;
  if (orders.length === 0) throw new RangeError('Permutation importance needs at least one repeat.');
  const score = await options.score(columns);
  if (!Number.isFinite(score)) return { score, columns: [] };
  const found: ColumnImportance[] = [];
  for (const [column, values] of Object.entries(columns)) {
    const losses: number[] = [];
    if (!isConstant(values)) {
      for (const order of orders) {
        const other = await options.score({ ...columns, [column]: inOrder(values, order) });
        losses.push(better === 'higher' ? score - other : other - score);
      }
    }
    found.push({ column, ...spread(losses) });
    if (options.onColumn?.(found.length) === false) return undefined;
  }
  return { score, columns: found };
}

/** Whether shuffling leaves everything as it is; missing values (NaN) are alike. */
function isConstant(values: ArrayLike<unknown>): boolean {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false;
  return true;
}

function inOrder<C extends ArrayLike<unknown>>(values: C, order: ArrayLike<number>): C {
  if (values instanceof Float32Array) {
    const shuffled = new Float32Array(values.length);
    for (let i = 0; i < shuffled.length; i++) shuffled[i] = values[order[i]!]!;
    return shuffled as unknown as C;
  }
  return Array.from({ length: values.length }, (_, i) => values[order[i]!]) as unknown as C;
}

function spread(losses: readonly number[]): { importance: number; deviation: number } {
  const n = losses.length;
  if (n === 0) return { importance: 0, deviation: 0 };
  const importance = losses.reduce((sum, loss) => sum + loss, 0) / n;
  const variance = losses.reduce((sum, loss) => sum + (loss - importance) ** 2, 0) / n;
  return { importance, deviation: Math.sqrt(variance) };
}
