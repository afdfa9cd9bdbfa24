import assert from 'node:assert/strict';
import { analyze, type AnalyzeOptions } from '../../../lifecycle/pipeline';
import { readQuickly } from '../../../lifecycle/pipeline/quick-yaml';
import { readWholeYaml } from '../../../lifecycle/pipeline/yaml';
import {
  conversions,
  editsEqualFresh,
  neverFails,
  piecesEqualWhole,
  quickEqualsWhole,
  resumedEqualsFresh,
  roundTrip,
} from './properties';

const runs = (numRuns: number) => ({ numRuns, seed: 20 });

describe('a pipeline of any text', () => {
  it('is cut into parts that give the same bytes', () => {
    roundTrip(runs(1500));
  });
  it('is understood as far as it can be, without failing', () => {
    neverFails(runs(600));
  });
  it('gives after edits what a fresh look gives', () => {
    editsEqualFresh(runs(60));
  });
  it('is cut after an edit as it is cut anew', () => {
    resumedEqualsFresh(runs(300));
  });
  it('is read quickly only where the whole of YAML reads the same', () => {
    quickEqualsWhole(runs(5000));
  });
  it('is read quickly with lists and maps of any length, and not where a key of one stands twice', () => {
    const many = (item: (i: number) => string, between: string) =>
      Array.from({ length: 1_500 }, (_, i) => item(i)).join(between);
    const large = [
      `a: [${many(String, ', ')}]\n`,
      `a: {${many((i) => `k${i}: [${i}, {k${i}: 1}]`, ', ')}}\n`,
      `${many((i) => `k${i}: {k0: 1}`, '\n')}\n`,
    ];
    for (const text of large) {
      const root = readQuickly(text);
      assert.ok(root);
      assert.deepEqual({ root, problems: [], unresolved: [] }, readWholeYaml(text));
    }
    for (const text of [large[1]!.replace('k1499:', 'k20:'), large[2]!.replace('k1499:', 'k0:')])
      assert.equal(readQuickly(text), undefined);
  });
  it('read stage by stage means what YAML says', () => {
    piecesEqualWhole(runs(400));
  });
  it('means the same as a document and back', () => {
    conversions(runs(200));
  });
});

describe('hostile YAML', () => {
  const stages = (body: string): string => `lifecycle: 1\npipeline: x\nstages:\n${body}`;
  const within = (milliseconds: number, text: string, options?: AnalyzeOptions): readonly string[] => {
    const start = performance.now();
    const codes = analyze('x.pipeline.yaml', text, options).diagnostics.map(({ code }) => code);
    const took = performance.now() - start;
    assert.ok(took < milliseconds, `took ${Math.round(took)} ms`);
    return codes;
  };

  it('does not blow up with aliases of aliases', () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) => `    l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const codes = within(10_000, stages(`  a:\n    kind: data\n    l0: &l0 [x, x]\n${levels.join('\n')}\n`));
    assert.ok(codes.includes('yaml-alias'));
  });

  it('does not follow an alias into itself', () => {
    assert.ok(within(2000, stages('  a: &a\n    kind: data\n    source: *a\n')).includes('yaml-alias'));
  });

  it('does not overflow on deep nesting', () => {
    for (const deep of ['['.repeat(20_000), '{a: '.repeat(5_000), '- '.repeat(20_000)]) {
      const codes = within(30_000, stages(`  a:\n    kind: data\n    source: ${deep}\n`));
      assert.ok(codes.length > 0);
    }
  });

  it('reads a list of half a million items, strangers or not, and a map of as many keys', () => {
    const many = (item: (i: number) => string) => Array.from({ length: 500_000 }, (_, i) => item(i)).join(', ');
    const data = (body: string) => stages(`  a:\n    kind: data\n    source: a.csv\n    target: y\n    ${body}\n`);
    const known: AnalyzeOptions = { columns: () => [{ name: 'y', type: 'text' }] };
    for (const body of [
      `columns: {drop: [${many((i) => `c${i}`)}]}`,
      `features: [{standardize: {columns: [${many(() => 'y')}]}}]`,
      `expect: [{column: y, in: [${many(String)}]}]`,
      `columns: {types: {${many((i) => `c${i}: text`)}}}`,
    ])
      within(30_000, data(body), known);
  });

  it('reads a line of a million characters', () => {
    within(
      10_000,
      stages(
        `  a:\n    kind: data\n    source: ${'x'.repeat(1_000_000)}.csv\n    description: "${'y z '.repeat(250_000)}"\n`,
      ),
    );
  });

  it('finds two keys of one name among 20,000 in no time', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `      c${i}: number\n`).join('');
    const codes = within(
      20_000,
      stages(`  a:\n    kind: data\n    source: a.csv\n    columns:\n     types:\n${keys}      c7: text\n`),
    );
    assert.deepEqual(
      codes.filter((code) => code !== 'unused-stage'),
      ['duplicate-key'],
    );
  });

  it('reads 20,000 lines quickly', function () {
    const many = Array.from(
      { length: 2000 },
      (_, i) =>
        `  s${i}:\n    kind: train\n    data: ${i === 0 ? 's1' : 's0'}\n    model:\n      kind: boosted-trees\n      trees: 30\n      leaves: 3\n      depth: 2\n      bins: 9\n\n`,
    );
    within(20_000, stages(many.join('')));
  });

  it('survives a chain of 20,000 stages and a circle of as many', () => {
    const chain = Array.from(
      { length: 20_000 },
      (_, i) => `  s${i}: {kind: optimize, model: s${(i + 1) % 20_000}, quantize: int8}\n`,
    );
    const codes = within(60_000, stages(chain.join('')));
    assert.deepEqual(codes, ['cycle']);
  });

  it('takes nothing from names that objects have', () => {
    const text = stages(
      '  constructor:\n    kind: data\n    source: a.csv\n    target: __proto__\n    columns: {types: {__proto__: text, toString: number}}\n  t:\n    kind: train\n    data: constructor\n    model: linear\n  toString:\n    kind: evaluate\n    candidates: [t, hasOwnProperty]\n',
    );
    assert.deepEqual(
      analyze('x.pipeline.yaml', text).diagnostics.map(({ code }) => code),
      ['unknown-stage'],
    );
  });
});
