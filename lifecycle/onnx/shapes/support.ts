import { OnnxError } from '../error';
import { type Dim } from '../model';
import { type Inferred, type Known, type Question, type ShapeRule } from '../shapes';
import { numbers } from '../tensor';

export type Family = Readonly<Record<string, ShapeRule>>;

/** The nth input, which the operator can't do without. */
export function need({ opType, inputs }: Question, index: number): Known {
  const input = inputs[index];
  if (input === undefined) throw new OnnxError(`${opType} needs at least ${index + 1} input(s).`);
  return input;
}

export function misfit(opType: string, what: string): OnnxError {
  return new OnnxError(`${opType}: ${what}.`);
}

export function show(shape: readonly Dim[] | undefined): string {
  return shape === undefined ? '[unknown]' : `[${shape.join(', ')}]`;
}

/** A result whose shape may be unknown. */
export function result(type: Known['type'], shape: readonly Dim[] | undefined): Inferred[] {
  return [shape === undefined ? { type } : { type, shape }];
}

/** Two sizes that must be the same: gives the better known one; undefined when they can't be equal. */
export function unify(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return a;
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a;
  if (typeof b === 'number') return b;
  return a === '?' ? b : a;
}

function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === 1) return b;
  if (b === 1) return a;
  return unify(a, b);
}

/**
 * Numpy broadcasting (https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md): shapes are aligned at the end, a size of 1 stretches.
 * Unknown when one of the shapes is.
 */
export function broadcast(opType: string, ...shapes: (readonly Dim[] | undefined)[]): Dim[] | undefined {
  let joined: readonly Dim[] = [];
  for (const shape of shapes) {
    if (shape === undefined) return undefined;
    const rank = Math.max(joined.length, shape.length);
    const next: Dim[] = [];
    for (let i = 0; i < rank; i++) {
      const a = joined[i - rank + joined.length] ?? 1;
      const b = shape[i - rank + shape.length] ?? 1;
      const dim = broadcastDim(a, b);
      if (dim === undefined)
        throw misfit(opType, `the shapes ${show(joined)} and ${show(shape)} can't be broadcast together`);
      next.push(dim);
    }
    joined = next;
  }
  return [...joined];
}

/** An axis from the front; negative counts from the end. */
export function axisOf(opType: string, axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(result) || result < 0 || result >= rank) {
    throw misfit(opType, `there is no axis ${axis} in a tensor of rank ${rank}`);
  }
  return result;
}

/** The values of an input that steers shapes (axes, target shape, …), when it is a constant. */
export function constantInts(input: Known | undefined): number[] | undefined {
  return input?.constant === undefined ? undefined : numbers(input.constant);
}

export function product(dims: readonly Dim[]): number | undefined {
  let total = 1;
  for (const dim of dims) {
    if (typeof dim !== 'number') return undefined;
    total *= dim;
  }
  return total;
}
