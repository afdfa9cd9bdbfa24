/**
 * Static type and shape inference for the operators this engine writes. The rules stand in `shapes/`, one file a family.
 */
import { type Attributes, type Dim } from './model';
import { control } from './shapes/control';
import { elementwise } from './shapes/elementwise';
import { linear } from './shapes/linear';
import { ml } from './shapes/ml';
import { movement } from './shapes/movement';
import { reduction } from './shapes/reduction';
import { sequence } from './shapes/sequence';
import { type ElementType, type TensorData } from './tensor';

/** What is known of a value before running: its type, its shape if at least the rank is known, its content if constant. */
export interface Known {
  readonly type: ElementType;
  readonly shape?: readonly Dim[];
  readonly constant?: TensorData;
}

export interface Inferred {
  readonly type: ElementType;
  readonly shape?: readonly Dim[];
}

/** What a rule is asked about: one node and what is known of its inputs (undefined for an input left out). */
export interface Question {
  readonly opType: string;
  readonly inputs: readonly (Known | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
}

/** Gives the outputs in order, or throws an OnnxError when the inputs can't fit. */
export type ShapeRule = (question: Question) => readonly Inferred[];

const rules: ReadonlyMap<string, ShapeRule> = new Map(
  [elementwise, linear, movement, reduction, sequence, ml, control].flatMap((family) => Object.entries(family)),
);

/** Rules are looked up by operator name alone: no two supported domains share one. Undefined when there is no rule. */
export function infer(question: Question): readonly Inferred[] | undefined {
  return rules.get(question.opType)?.(question);
}
