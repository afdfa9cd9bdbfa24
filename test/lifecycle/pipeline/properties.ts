import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import {
  analyze,
  AnalysisCache,
  type Analysis,
  cellsOf,
  parse,
  serialize,
  spellingOf,
  toDocument,
  toPipeline,
  toValue,
} from '../../../lifecycle/pipeline';
import type { Parts } from '../../../lifecycle/pipeline/parts';
import { readQuickly } from '../../../lifecycle/pipeline/quick-yaml';
import { readWholeYaml, readYaml } from '../../../lifecycle/pipeline/yaml';
import { anyText, applyEdit, edit, edited, examples, spelling } from './arbitrary';

export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

const texts = fc.oneof(anyText, edited);

/** Parts and cells lie end to end and give the text back. */
export function roundTrip(runs: Runs): void {
  fc.assert(
    fc.property(texts, spelling, (text, path) => {
      const parts = parse(text, spellingOf(path));
      assert.equal(serialize(parts), text);
      let at = 0;
      for (const part of parts.parts) {
        assert.equal(part.from, at);
        assert.equal(part.text, text.slice(part.from, part.to));
        at = part.to;
      }
      assert.equal(at, text.length);
      assert.equal(
        cellsOf(text)
          .map(({ from, to }) => text.slice(from, to))
          .join(''),
        text,
      );
    }),
    runs,
  );
}

function assertSound(text: string, analysis: Analysis): void {
  const inside = ({ from, to }: { from: number; to: number }, what: string): void => {
    assert.ok(from >= 0 && from <= to && to <= text.length, `${what} is at ${from}–${to} of ${text.length}`);
  };
  for (const diagnostic of analysis.diagnostics) {
    inside(diagnostic, `${diagnostic.code} (${diagnostic.message})`);
    for (const { range, message } of diagnostic.related ?? []) inside(range, message);
    assert.doesNotMatch(diagnostic.message, /undefined|\[object/);
  }
  for (const stage of analysis.stages) {
    inside(stage.range, stage.name);
    inside(stage.nameRange, stage.name);
    for (const mention of stage.mentions) inside(mention, mention.text);
    for (const reference of stage.references) inside(reference, reference.text);
  }
}

/** Whatever the text, there is an analysis, and every place lies in the text. */
export function neverFails(runs: Runs): void {
  fc.assert(
    fc.property(texts, spelling, (text, path) => {
      assertSound(text, analyze(path, text, { columns: () => columns, targets: ['a'] }));
      const asDocument = toDocument(text);
      const asPipeline = toPipeline(text);
      assert.equal(typeof asDocument + typeof asPipeline, 'stringstring');
    }),
    runs,
  );
}

const columns = [
  { name: 'a', type: 'number' as const },
  { name: 'churn', type: 'text' as const },
];

const seen = (analysis: Analysis) => ({
  diagnostics: analysis.diagnostics,
  header: analysis.header,
  stages: analysis.stages.map(({ name, kind, value, range, nameRange, references, mentions }) => ({
    name,
    kind,
    value,
    range,
    nameRange,
    references,
    mentions,
  })),
});

/** After any sequence of edits, the analysis that kept what the edits did not touch equals a fresh one. */
export function editsEqualFresh(runs: Runs): void {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.entries(examples)),
      fc.array(edit, { minLength: 1, maxLength: 12 }),
      ([name, start], edits) => {
        const path = name === 'diamonds' ? 'x.lifecycle.md' : 'x.pipeline.yaml';
        const cache = new AnalysisCache();
        const options = { columns: () => columns, targets: [] as string[] };
        let text = start;
        for (const each of edits) {
          text = applyEdit(text, each);
          assert.deepEqual(
            seen(analyze(path, text, { ...options, cache, world: 'the same' })),
            seen(analyze(path, text, options)),
          );
        }
      },
    ),
    runs,
  );
}

/** Where YAML has no syntax error, reading stage by stage gives what reading the whole text gives. */
export function piecesEqualWhole(runs: Runs): void {
  let compared = 0;
  fc.assert(
    fc.property(edited, (edited) => {
      const text = edited.replace(/\$\{\w*\}/g, '7');
      const whole = readYaml(text);
      if (
        whole.problems.length > 0 ||
        whole.unresolved.length > 0 ||
        whole.root?.type !== 'map' ||
        text.includes('<<') ||
        text.includes('${')
      )
        return;
      let expected: unknown;
      try {
        expected = parseYaml(text, { version: '1.2', logLevel: 'silent', maxAliasCount: 100 });
      } catch {
        return;
      }
      const stages = (expected as { stages?: unknown } | null)?.stages;
      const analysis = analyze('x.pipeline.yaml', text);
      if (typeof stages !== 'object' || stages === null || Array.isArray(stages)) return;
      compared++;
      const found = Object.fromEntries(analysis.stages.map(({ name, node }) => [name, toValue(node)]));
      assert.deepEqual(plain(found), plain(stages));
    }),
    runs,
  );
  assert.ok(compared > runs.numRuns / 20, `only ${compared} of ${runs.numRuns} texts were valid YAML`);
}

/** Without what a value can't carry through JSON. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
    ),
  );

/** A pipeline that checks clean, written as a document and back, means the same. */
export function conversions(runs: Runs): void {
  const meaning = (path: string, text: string): unknown => {
    const analysis = analyze(path, text);
    return { header: analysis.header, stages: analysis.stages.map(({ name, value }) => ({ name, value })) };
  };
  const { stages: _stages, ...rest } = { stages: 0 };
  assert.deepEqual(rest, {});
  let converted = 0;
  fc.assert(
    fc.property(edited, (text) => {
      const pipeline = analyze('x.pipeline.yaml', text);
      if (pipeline.ok) {
        converted++;
        const there = meaning('x.lifecycle.md', toDocument(text));
        assert.deepEqual(there, withoutStages(meaning('x.pipeline.yaml', text)));
        assert.deepEqual(withoutStages(meaning('x.pipeline.yaml', toPipeline(toDocument(text)))), there);
      }
      const document = analyze('x.lifecycle.md', text);
      if (document.ok) {
        converted++;
        assert.deepEqual(withoutStages(meaning('x.pipeline.yaml', toPipeline(text))), meaning('x.lifecycle.md', text));
      }
    }),
    runs,
  );
  assert.ok(converted > 0);
}

/** Read in one go, a header has `stages` in it. */
function withoutStages(value: unknown): unknown {
  const { header, ...rest } = value as { header: Record<string, unknown> };
  const { stages: _stages, ...others } = header;
  return { header: others, ...rest };
}

const small = `a:
  kind: data   # c
  source: {file: [a.csv, "b c.csv"], format: 'csv', n: -1.5e3}
  list:
  - a
  - b: 1
    c: 2
  # comment
  - d
  more:
    # inner
    - one-hot: {columns: [x, y]}
    - derive:
        z: "a / b"
  e: it's 5
b:
    c: -1
`;

const yamlPieces = [
  ...[
    '\n',
    '\n  ',
    '\n    ',
    '\n      ',
    ' ',
    '  ',
    'a',
    'key',
    ': ',
    ':',
    '- ',
    '-',
    '- a: ',
    '- - ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    ',',
  ],
  ...[
    '"',
    "'",
    "''",
    '#',
    ' # c',
    '# c\n',
    '\n# c\n',
    '\n  # c\n',
    '\n    # c\n',
    '1',
    '-1',
    '1.5',
    '~',
    'null',
    'true',
    '0x1',
    '.5',
    '1e3',
  ],
  ...[
    '?',
    '&a',
    '*a',
    '<<',
    '|',
    '>',
    '!',
    '${x}',
    '\r\n',
    'é',
    '😀',
    '%',
    '@',
    'x: y',
    '"q": ',
    '\u00a0',
    '\u2028',
    '\\',
    '---',
    '...',
    '',
  ],
];

/** Where the quick reader of YAML has an answer, it is that of the whole of YAML. */
export function quickEqualsWhole(runs: Runs): void {
  let compared = 0;
  const made = fc.array(fc.constantFrom(...yamlPieces), { maxLength: 14 }).map((each) => each.join(''));
  const change = fc.record({ at: fc.nat(small.length), cut: fc.nat(6), put: fc.constantFrom(...yamlPieces) });
  const changed = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((text, { at, cut, put }) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + cut);
    }, small),
  );
  fc.assert(
    fc.property(fc.oneof(made, changed, texts), (text) => {
      const root = readQuickly(text);
      if (!root) return;
      compared++;
      assert.deepEqual({ root, problems: [], unresolved: [] }, readWholeYaml(text));
    }),
    runs,
  );
  assert.ok(readQuickly(small), 'a pipeline as people write it is read quickly');
  assert.ok(compared > runs.numRuns / 20, `only ${compared} of ${runs.numRuns} texts were read quickly`);
}

const plainParts = ({ parts, conflicts, unclosed }: Parts): unknown => ({
  parts: parts.map(({ type, from, to, text, misplaced }) => ({ type, from, to, text, misplaced })),
  conflicts,
  unclosed,
});

const lines = [
  '',
  'x',
  '\n',
  '  ',
  '  a:\n',
  '\n  b:\n',
  '# c\n',
  '  # c\n',
  '\n# c\n  # d\n',
  '    ',
  'top: 1\n',
  '{',
  '- ',
  '\t',
];
const marks = ['<<<<<<< a\n', '>>>>>>> b\n', '\n a:\n', 'stages:\n', '  &a b:\n', '\r\n'];

/** Cutting a text into parts with the parts of its former state at hand gives what cutting it anew gives. */
export function resumedEqualsFresh(runs: Runs): void {
  let resumed = 0;
  const stage = (i: number): string =>
    `${i % 3 === 0 ? '  # about\n' : ''}  s${i}:\n    kind: train\n    data: d\n${i % 4 === 0 ? '\n# far left\n' : ''}    model: linear\n`;
  const start = `lifecycle: 1\npipeline: p\nstages:\n${Array.from({ length: 12 }, (_, i) => stage(i)).join('')}`;
  const line = fc.record({
    at: fc.nat(start.length),
    cut: fc.nat(20),
    atLine: fc.boolean(),
    put: fc.constantFrom(...lines, ...lines, ...marks),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (changes) => {
      let text = start;
      let before = parse(text, 'pipeline');
      for (const { at, cut, atLine, put } of changes) {
        const place = at % (text.length + 1);
        const from = atLine ? text.indexOf('\n', place) + 1 : place;
        text = text.slice(0, from) + put + text.slice(from + (atLine ? cut % 2 : cut));
        const now = parse(text, 'pipeline', before);
        assert.deepEqual(plainParts(now), plainParts(parse(text, 'pipeline')));
        const { before: head = 0, after: tail = 0 } = now.kept ?? {};
        if (now.kept) resumed++;
        const same = (i: number, j: number): void => {
          assert.equal(now.parts.at(i)?.text, before.parts.at(j)?.text);
        };
        for (let i = 0; i < head; i++) same(i, i);
        for (let i = 1; i <= tail; i++) same(-i, -i);
        before = now;
      }
    }),
    runs,
  );
  assert.ok(resumed > runs.numRuns / 4, `only ${resumed} cuts were taken up again`);
}
