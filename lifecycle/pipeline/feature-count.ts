import { featureColumns } from './columns';
import type { Columns } from './network';
import type { Unit } from './stage';
import { entriesOf, nodeAt } from './tree';

/** Steps that make as many columns as the values they meet. */
const growing: ReadonlySet<string> = new Set(['one-hot', 'bag-of-words', 'tokenize']);

/** The number of features that a data stage gives, where its columns and steps make it certain before a run. */
export function certainFeatures(data: Unit, columns: readonly Columns[]): number | undefined {
  const steps = nodeAt(data.node, ['features'])?.node;
  const grows =
    steps?.type === 'list' && steps.items.some((step) => entriesOf(step).some(({ key }) => growing.has(key)));
  const left = featureColumns(data, columns);
  if (grows || [...left.values()].some((type) => type === 'text' || type === 'time')) return undefined;
  return left.size;
}
