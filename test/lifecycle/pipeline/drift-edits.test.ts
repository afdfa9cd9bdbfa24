import assert from 'node:assert/strict';
import type { FeatureDrift } from '../../../schemas/generated/types';
import { analyze } from '../../../lifecycle/pipeline/analyze';
import { driftEdits } from '../../../lifecycle/pipeline/drift-edits';

const pipeline = `lifecycle: 1
pipeline: churn
stages:
  customers:
    kind: data
    source: data.csv
    target: churn # who left
    columns: {id: number}
    features: # in order
      # new customers have no total yet
      - fill: {columns: [total], with: median} # since 2020
      - standardize: {columns: numeric}
  trees: {kind: train, data: customers, model: boosted-trees}
  exam:
    kind: evaluate
    candidates: [trees]
    metrics: [auc] # the one that counts
  bundle: {kind: package, model: exam.best, name: churn}
  live: {kind: deploy, package: bundle, target: local}
  watch:
    kind: monitor
    deployment: live
    reference: customers.train
`;

const drifted = (column: string, type: FeatureDrift['type'], more: Partial<FeatureDrift> = {}): FeatureDrift => ({
  column,
  type,
  method: 'ks',
  statistic: 0.5,
  drifted: true,
  statistics: {},
  ...more,
});
const outside = (column: string, range: [number, number]): FeatureDrift =>
  drifted(column, 'number', { range, violations: [{ kind: 'out-of-range', count: 5, share: 0.1 }] });
const missing = (column: string, type: FeatureDrift['type']): FeatureDrift =>
  drifted(column, type, { violations: [{ kind: 'missing', count: 5, share: 0.1 }] });

/** The text after the edit whose title begins so, and what was offered. */
function apply(text: string, feature: FeatureDrift, title?: string, stage = 'watch') {
  const offered = driftEdits('/a/churn.pipeline.yaml', text, stage, feature);
  const titles = offered.map((each) => each.title);
  if (title === undefined) return { titles, text };
  const chosen = offered.find((each) => each.title.startsWith(title));
  assert.ok(chosen, `no "${title}" among ${titles.join(', ')}`);
  let after = text;
  for (const { range, text: put } of [...chosen.edits].sort((a, b) => b.range.from - a.range.from))
    after = after.slice(0, range.from) + put + after.slice(range.to);
  const errors = analyze('/a/churn.pipeline.yaml', after).diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, [], after);
  return { titles, text: after };
}

/** Lines that only the second text has; all of the first must be there. */
function added(before: string, after: string): string[] {
  const left = before.split(/\r?\n/);
  const lines: string[] = [];
  for (const line of after.split(/\r?\n/))
    if (line === left[0]) left.shift();
    else lines.push(line);
  assert.deepEqual(left, [], 'lines went');
  return lines;
}

describe('edits of a pipeline for a drifted column', () => {
  it('adds slices to the evaluation, and clips to the range of the reference after what is filled', () => {
    const feature = outside('total', [18.799999237060547, 8684.7998046875]);
    const slices = apply(pipeline, feature, 'Add slices of total to the evaluation exam');
    assert.deepEqual(added(pipeline, slices.text), ['    fairness: {attributes: [total]}']);
    const clipped = apply(pipeline, feature, 'Clip total to the range of the reference, 18.8 … 8684.8');
    assert.deepEqual(added(pipeline, clipped.text), ['      - clip: {columns: [total], range: [18.8, 8684.8]}']);
    assert.match(clipped.text, /# since 2020\n {6}- clip: .*\n {6}- standardize/);
    assert.equal(slices.titles.length, 2);
  });

  it('fills what is missing as suits the type, before all other steps and above no comment of theirs', () => {
    const number = apply(pipeline, missing('age', 'number'), 'Fill missing age with its median');
    assert.match(
      number.text,
      /features: # in order\n {6}- fill: \{columns: \[age\], with: median\}\n {6}# new customers/,
    );
    const text = apply(pipeline, missing('plan type', 'text'), 'Fill missing plan type with its most frequent value');
    assert.deepEqual(added(pipeline, text.text), ['      - fill: {columns: [plan type], with: mode}']);
  });

  it('offers nothing that is there already, and nothing where it makes no sense', () => {
    assert.deepEqual(apply(pipeline, missing('total', 'number')).titles, [
      'Add slices of total to the evaluation exam',
    ]);
    const clipped = apply(pipeline, outside('age', [0, 99]), 'Clip');
    assert.equal(apply(clipped.text, outside('age', [0, 99])).titles.length, 1);
    const all = pipeline.replace('[total], with', 'numeric, with');
    assert.equal(apply(all, missing('age', 'number')).titles.length, 1, 'a group of columns holds it');
    assert.equal(apply(all, missing('plan', 'text')).titles.length, 2);
    const sliced = apply(pipeline, drifted('plan', 'text'), 'Add slices');
    assert.deepEqual(apply(sliced.text, drifted('plan', 'text')).titles, []);
    // Categories that are new, dates, ids and the target.
    assert.equal(apply(pipeline, drifted('plan', 'text')).titles.length, 1);
    for (const feature of [drifted('since', 'time'), missing('number', 'text'), missing('churn', 'text')])
      assert.deepEqual(apply(pipeline, feature).titles, []);
    const words = pipeline.replace('- standardize: {columns: numeric}', '- bag-of-words: {columns: [note]}');
    assert.deepEqual(apply(words, missing('note', 'text')).titles, []);
    assert.deepEqual(apply(pipeline, missing('age', 'number'), undefined, 'trees').titles, []);
    assert.deepEqual(apply('stages: [', missing('age', 'number')).titles, []);
  });

  it('finds its place in every spelling', () => {
    const without = pipeline.replace(/ {4}features[^]*?numeric\}\n/, '');
    assert.deepEqual(added(without, apply(without, missing('age', 'number'), 'Fill').text), [
      '    features:',
      '      - fill: {columns: [age], with: median}',
    ]);
    const empty = pipeline.replace(/( {4}features:)[^]*?numeric\}\n/, '$1 []\n');
    assert.match(
      apply(empty, missing('age', 'number'), 'Fill').text,
      /features: \[\{fill: \{columns: \[age\], with: median\}\}\]\n/,
    );
    const flow = pipeline.replace(/( {4}features:)[^]*?numeric\}\n/, '$1 [{standardize: {columns: numeric}}] # one\n');
    assert.match(
      apply(flow, outside('a, b', [1, 2]), 'Clip').text,
      /features: \[\{clip: \{columns: \["a, b"\], range: \[1, 2\]\}\}, \{standardize: \{columns: numeric\}\}\] # one\n/,
    );
    const more = pipeline.replace(
      '    metrics: [auc]',
      '    fairness:\n      attributes:\n        - plan # first\n    metrics: [auc]',
    );
    assert.deepEqual(added(more, apply(more, drifted('age', 'number'), 'Add').text), ['        - age']);
    const lines = pipeline.replaceAll('\n', '\r\n');
    const result = apply(lines, missing('age', 'number'), 'Fill').text;
    assert.equal(result.replaceAll('\r\n', '').includes('\n'), false);
    const shared = pipeline
      .replace('features: # in order', 'features: &steps')
      .replace('  exam:', '  others: {kind: data, source: b.csv, features: *steps}\n  exam:')
      .replace('customers.train', 'others.train');
    assert.equal(apply(shared, missing('age', 'number')).titles.length, 0, 'the steps of another stage');
  });
});
