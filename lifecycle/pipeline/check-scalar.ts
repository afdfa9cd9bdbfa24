import { formats } from './formats';
import type { SchemaNode } from './schema';
import type { ScalarNode } from './tree';
import type { Mention, Range } from './types';
import { capital, place, shortened, type Walk } from './walk';
import { guess, limits, oneOf } from './wording';

export function checkScalar(walk: Walk, node: ScalarNode, schema: SchemaNode, owner: Range): void {
  const { value } = node;
  if (schema.values && !schema.values.includes(value)) {
    const [format] = schema.values;
    if (walk.subject === '`lifecycle`' && typeof value === 'number' && typeof format === 'number' && value > format) {
      walk.report({
        code: 'bad-value',
        ...place(node, owner),
        message: `This file is of format ${value}, and this version of ML Lifecycle reads format ${format}: update ML Lifecycle.`,
      });
      return;
    }
    const words = schema.values.map(String);
    const { suggestion, offer } = typeof value === 'string' ? guess(value, words) : { offer: '' };
    const only = words.length === 1 ? (suggestion ?? words[0]) : suggestion;
    walk.report({
      code: 'bad-value',
      ...place(node, owner),
      message:
        words.length === 1
          ? `${capital(walk.subject)} must be \`${words[0] ?? ''}\`.`
          : `\`${shortened(String(value))}\` is not allowed for ${walk.subject}.${offer} Allowed: ${oneOf(words)}.`,
      ...(only !== undefined && { suggestion: only }),
    });
    return;
  }
  if (typeof value === 'number') checkNumber(walk, node, value, schema, owner);
  if (typeof value === 'string') checkText(walk, node, value, schema, owner);
}

function checkNumber(walk: Walk, node: ScalarNode, value: number, schema: SchemaNode, owner: Range): void {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  if (value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum) return;
  if (value === Infinity || value === -Infinity) return;
  // A share written as a percentage.
  const share = Number((value / 100).toPrecision(12));
  const meant = Math.min(maximum, exclusiveMaximum) === 1 && value >= 2 && share <= maximum && share < exclusiveMaximum;
  walk.report({
    code: 'out-of-range',
    ...place(node, owner),
    message: `${capital(walk.subject)} must be ${limits(schema)}; it is ${value}.${meant ? ` Did you mean \`${share}\`?` : ''}`,
    ...(meant && { suggestion: String(share) }),
  });
}

function checkText(walk: Walk, node: ScalarNode, value: string, schema: SchemaNode, owner: Range): void {
  const { minLength, maxLength, pattern, x } = schema;
  // Characters, of which a text has at most as many as code units, and at least half as many.
  if (minLength !== undefined && value.length < minLength * 2 && [...value].length < minLength)
    walk.report({
      code: 'missing-value',
      ...place(node, owner),
      message: `${capital(walk.subject)} must not be empty.`,
    });
  else if (maxLength !== undefined && value.length > maxLength) {
    const { length } = [...value];
    if (length > maxLength)
      walk.report({
        code: 'wrong-length',
        ...place(node, owner),
        message: `${capital(walk.subject)} has ${length} characters; at most ${maxLength} are allowed.`,
      });
  }
  if (pattern && !pattern.test(value))
    format(walk, value, pattern, place(node, owner), walk.subject, schema.examples[0]);
  if (value === '') return;
  if (Array.isArray(x['reference'])) mention(walk, node, value, 'reference', x['reference'] as string[]);
  if (x['column'] === 'selector') mention(walk, node, value, 'columns');
  else if (x['column'] !== undefined) mention(walk, node, value, 'column');
  if (x['metric'] === true) mention(walk, node, value, 'metric');
  if (typeof x['expression'] === 'string') mention(walk, node, value, 'expression', [x['expression']]);
  if (typeof x['file'] === 'string') mention(walk, node, value, 'file', [x['file']]);
  if (x['target'] === true) mention(walk, node, value, 'target');
}

function mention(
  walk: Walk,
  { from, to }: ScalarNode,
  text: string,
  type: Mention['type'],
  of?: readonly string[],
): void {
  walk.mentions.push({ type, text, path: [...walk.path], from, to, ...(of && { of }) });
}

export function format(walk: Walk, value: string, pattern: RegExp, at: Range, subject: string, example: unknown): void {
  const known = formats[pattern.source];
  const suggestion = known?.fix(value);
  const text =
    known?.words ?? (example === undefined ? `match ${pattern.source}` : `look like \`${JSON.stringify(example)}\``);
  walk.report({
    code: 'bad-format',
    ...at,
    message: `${capital(subject)} must ${text}.${suggestion ? ` For example \`${suggestion}\`.` : ''}`,
    ...(suggestion && { suggestion }),
  });
}
