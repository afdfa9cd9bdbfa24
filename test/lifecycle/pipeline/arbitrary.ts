import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

const root = path.resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, 'examples', file), 'utf8');

/** The example pipelines as they are shipped. */
export const examples = {
  churn: read('churn/churn.pipeline.yaml'),
  digits: read('digits/digits.pipeline.yaml'),
  diamonds: read('diamonds/diamonds.lifecycle.md'),
};

/** What people and merges put into such files, and what trips parsers. */
const pieces = [
  ...[
    '\n',
    '\r\n',
    '\r',
    ' ',
    '  ',
    '    ',
    '\t',
    '\ufeff',
    '\0',
    '\u2028',
    '😀',
    'é',
    '#',
    '# ',
    ' #',
    ': ',
    ':',
    '- ',
    '-',
    '? ',
    ', ',
  ],
  ...[
    '"',
    "'",
    '`',
    '```',
    '~~~',
    '````',
    '[',
    ']',
    '{',
    '}',
    '|',
    '>',
    '|-\n',
    '>+2\n',
    '&a ',
    '*a',
    '<<: *a',
    '!!str ',
    '!x ',
    '%YAML 1.1\n',
    '@',
  ],
  ...[
    '---\n',
    '...\n',
    '\n---\n',
    'stages:',
    'stages:\n',
    '"stages":\n',
    'stages: {}\n',
    'parameters: {a: 1}\n',
    'description: |\n  stages:\n    x:\n',
    'kind: train\n',
  ],
  ...[
    '\n  a:\n    kind: data\n    source: a.csv\n',
    '\n  b: {kind: train, data: a, model: linear}\n',
    '\na:\n  kind: data\n',
    '${',
    '${rate}',
    '"${rate}"',
    '$${x}',
  ],
  ...[
    '\n```yaml stage\n',
    '\n```\n',
    '\n~~~~ yml stages\n',
    '\n~~~~\n',
    '\n   ```yaml stage\n',
    '\n    ```yaml stage\n',
    '<!--',
    '-->',
    '<pre>',
    '</pre>',
  ],
  ...[
    '\n<<<<<<< HEAD\n',
    '\n=======\n',
    '\n>>>>>>> other\n',
    'null',
    'true',
    '0x1F',
    '.inf',
    '.nan',
    '1e999',
    '99999999999999999999',
    '__proto__: 1\n',
    'constructor:\n',
  ],
  ...[
    '\\',
    '\\u0041',
    '\\x',
    "''",
    '""',
    ' | ',
    '\n ',
    '\n   ',
    '\n     ',
    '\n      opt',
    'lifecycle: 1\n',
    'pipeline: x\n',
    'a'.repeat(300),
    '('.repeat(60),
    '['.repeat(80),
  ],
];

const piece = fc.constantFrom(...pieces);

/** Any text at all. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 60 }).map((parts) => parts.join('')),
);

export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(4), fc.nat(80)),
  insert: fc.oneof(fc.constant(''), piece, fc.string({ maxLength: 3 })),
});

export function applyEdit(text: string, { at, remove, insert }: Edit): string {
  const from = Math.floor(at * text.length);
  return text.slice(0, from) + insert + text.slice(from + remove);
}

/** A pipeline that was edited at random. */
export const edited: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(examples.churn, examples.digits, examples.diamonds),
    fc.array(edit, { minLength: 1, maxLength: 6 }),
  )
  .map(([text, edits]) => edits.reduce(applyEdit, text));

export const spelling = fc.constantFrom('x.pipeline.yaml', 'x.lifecycle.md');
