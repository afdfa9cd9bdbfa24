import { type ElementType, type TensorData } from './tensor';

/** A dimension: a size, a symbolic name such as 'N', or '?' when nothing is known (two '?' are not the same size). */
export type Dim = number | string;

/** The parts of an ONNX ModelProto that this engine reads and writes, as plain data. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly OperatorSet[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly docString?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

export interface OperatorSet {
  /** '' is the standard operator set. */
  readonly domain: string;
  readonly version: number;
}

export interface OnnxGraph {
  readonly name: string;
  readonly docString?: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly NamedTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Types of inner values, as hints to readers; may be empty. */
  readonly valueInfo: readonly ValueInfo[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  readonly docString?: string;
}

export interface NamedTensor {
  readonly name: string;
  readonly tensor: TensorData;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** Absent when not even the rank is known. */
  readonly shape?: readonly Dim[];
  readonly docString?: string;
}

/**
 * One attribute, its kind spelled out, because ONNX tells 1 (int) from 1.0 (float) and a number in JavaScript can't.
 * `int` values are safe integers, or the int64 limits, which stand for "as far as it goes".
 */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly tensor: TensorData }
  | { readonly graph: OnnxGraph }
  | { readonly ints: ArrayLike<number> }
  | { readonly floats: ArrayLike<number> }
  | { readonly strings: readonly string[] };

export type Attributes = Readonly<Record<string, Attribute>>;

/** The versions this engine writes. */
export const IR_VERSION = 8;
export const OPSETS: Readonly<Record<string, number>> = { '': 17, 'ai.onnx.ml': 3, 'com.microsoft': 1 };
export const ML_DOMAIN = 'ai.onnx.ml';
export const PRODUCER = 'ml-lifecycle';

export function intAttribute(attributes: Attributes, name: string): number | undefined {
  const attribute = attributes[name];
  return attribute && 'int' in attribute ? attribute.int : undefined;
}

export function intsAttribute(attributes: Attributes, name: string): number[] | undefined {
  const attribute = attributes[name];
  return attribute && 'ints' in attribute ? Array.from(attribute.ints) : undefined;
}

export function floatAttribute(attributes: Attributes, name: string): number | undefined {
  const attribute = attributes[name];
  return attribute && 'float' in attribute ? attribute.float : undefined;
}

export function stringAttribute(attributes: Attributes, name: string): string | undefined {
  const attribute = attributes[name];
  return attribute && 'string' in attribute ? attribute.string : undefined;
}
