/**
 * Every function of the expression language: the one table behind checking, lowering, completion, hover and the reference page.
 */
export type Type = 'number' | 'text' | 'boolean' | 'time';

export interface Parameter {
  readonly name: string;
  /** 'any' takes every type; two 'same' parameters take one type between them. */
  readonly type: Type | 'any' | 'same';
  readonly optional?: boolean;
}

export interface FunctionEntry {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The last parameter may be repeated. */
  readonly repeats?: boolean;
  /** 'same' is the type of the 'same' parameters. */
  readonly result: Type | 'same';
  readonly description: string;
  readonly example: string;
  /** Why a served model can't compute it; absent when it can. */
  readonly notServed?: string;
}

const x: Parameter = { name: 'x', type: 'number' };
const text: Parameter = { name: 'text', type: 'text' };
const noText = 'ONNX has no operator that looks inside a text';

function numeric(name: string, description: string, example: string): FunctionEntry {
  return { name, parameters: [x], result: 'number', description, example };
}

export const functions: readonly FunctionEntry[] = [
  numeric('abs', 'The size of a number without its sign.', 'abs(balance)'),
  {
    name: 'min',
    parameters: [x, { name: 'y', type: 'number' }],
    repeats: true,
    result: 'number',
    description: 'The smallest of the numbers; missing when one of them is.',
    example: 'min(income, 100000)',
  },
  {
    name: 'max',
    parameters: [x, { name: 'y', type: 'number' }],
    repeats: true,
    result: 'number',
    description: 'The largest of the numbers; missing when one of them is.',
    example: 'total_charges / max(tenure, 1)',
  },
  {
    name: 'clip',
    parameters: [x, { name: 'low', type: 'number' }, { name: 'high', type: 'number' }],
    result: 'number',
    description: 'The number held between two bounds: max(min(x, high), low).',
    example: 'clip(age, 18, 99)',
  },
  numeric('floor', 'The nearest whole number below.', 'floor(tenure / 12)'),
  numeric('ceil', 'The nearest whole number above.', 'ceil(tenure / 12)'),
  numeric('round', 'The nearest whole number; halves go away from zero.', 'round(price)'),
  numeric('sign', '-1, 0 or 1.', 'sign(balance)'),
  numeric('sqrt', 'Square root; missing for a negative number.', 'sqrt(area)'),
  numeric('exp', 'e to the power of x; missing beyond float32.', 'exp(score)'),
  numeric('log', 'Natural logarithm; missing for zero and below.', 'log(income)'),
  numeric('log1p', 'Natural logarithm of 1 + x; missing for -1 and below.', 'log1p(visits)'),
  numeric('log10', 'Logarithm to base 10; missing for zero and below.', 'log10(income)'),
  {
    name: 'pow',
    parameters: [x, { name: 'exponent', type: 'number' }],
    result: 'number',
    description: 'x to a power, as x ^ exponent; missing when that is not a real, finite number.',
    example: 'pow(carat, 3)',
  },
  {
    name: 'if',
    parameters: [
      { name: 'condition', type: 'boolean' },
      { name: 'then', type: 'same' },
      { name: 'else', type: 'same' },
    ],
    result: 'same',
    description: 'One of two values, by a condition.',
    example: 'if(tenure > 12, 1, 0)',
  },
  {
    name: 'coalesce',
    parameters: [
      { name: 'first', type: 'same' },
      { name: 'next', type: 'same' },
    ],
    repeats: true,
    result: 'same',
    description: 'The first of the values that is not missing.',
    example: 'coalesce(income, 0)',
  },
  {
    name: 'is_missing',
    parameters: [{ name: 'value', type: 'any' }],
    result: 'boolean',
    description: 'Is the value missing? The same as `value is null`.',
    example: 'is_missing(total_charges)',
  },
  {
    name: 'length',
    parameters: [text],
    result: 'number',
    description: 'How many characters the text has.',
    example: 'length(comment)',
    notServed: noText,
  },
  {
    name: 'lower',
    parameters: [text],
    result: 'text',
    description: 'In small letters.',
    example: 'lower(city)',
    notServed: noText,
  },
  {
    name: 'upper',
    parameters: [text],
    result: 'text',
    description: 'In capital letters.',
    example: 'upper(code)',
    notServed: noText,
  },
  {
    name: 'contains',
    parameters: [text, { name: 'part', type: 'text' }],
    result: 'boolean',
    description: 'Does the text hold the other one? False when either is missing.',
    example: "contains(email, '@')",
    notServed: noText,
  },
  {
    name: 'starts_with',
    parameters: [text, { name: 'part', type: 'text' }],
    result: 'boolean',
    description: 'Does the text start with the other one? False when either is missing.',
    example: "starts_with(code, 'A')",
    notServed: noText,
  },
];

const byName = new Map(functions.map((entry) => [entry.name, entry]));

export function findFunction(name: string): FunctionEntry | undefined {
  return byName.get(name);
}

/** `clip(x: number, low: number, high: number) → number` */
export function signature(entry: FunctionEntry): string {
  const parameters = entry.parameters.map(({ name, type }) => `${name}: ${type === 'same' ? 'T' : type}`);
  if (entry.repeats) parameters.push('…');
  return `${entry.name}(${parameters.join(', ')}) → ${entry.result === 'same' ? 'T' : entry.result}`;
}
