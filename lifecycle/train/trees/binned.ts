import { type Columns } from '../columns';
import { type Kernel, LANES } from './kernel';

/** A matrix in the kernel's memory, as bins packed four features to a word. */
export interface Binned {
  readonly rows: number;
  /** Words [groups][rows]. */
  readonly bins: number;
}

/** Copies the columns into the kernel as bins. `thresholds` has one ascending list a feature, at most 254 long; codes of categories are their own bins. */
export function binColumns(
  kernel: Kernel,
  columns: Columns,
  rows: number,
  thresholds: readonly Float32Array[],
  scratch: { readonly values: number; readonly thresholds: number },
  categorical?: readonly boolean[],
): Binned {
  const groups = Math.ceil(columns.length / LANES);
  const bins = kernel.allocate(groups * rows * LANES);
  const padded = kernel.f32(scratch.thresholds, 256);
  for (let feature = 0; feature < columns.length; feature++) {
    kernel.f32(scratch.values, rows).set(columns.at(feature)!);
    const lane = bins + (feature >> 2) * rows * LANES + (feature & 3);
    if (categorical?.[feature] === true) {
      kernel.call.bin_categories(scratch.values, rows, lane);
      continue;
    }
    padded.fill(Infinity);
    padded.set(thresholds[feature]!);
    kernel.call.bin_column(scratch.values, rows, scratch.thresholds, lane);
  }
  return { rows, bins };
}

/** Byte offset of a feature's bins; the next row's is {@link LANES} further. */
export function laneOf(binned: Binned, feature: number): number {
  return binned.bins + (feature >> 2) * binned.rows * LANES + (feature & 3);
}
