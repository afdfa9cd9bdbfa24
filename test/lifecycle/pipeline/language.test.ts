import assert from 'node:assert/strict';
import { schemaAt } from '../../../lifecycle/pipeline';
import { readYaml } from '../../../lifecycle/pipeline/yaml';

const at = (text: string, path: readonly (string | number)[]) => schemaAt('stage', readYaml(text).root, path);
const keys = (text: string, path: readonly (string | number)[]): string[] =>
  (at(text, path)?.keys ?? []).map(({ key, required }) => (required ? `${key}*` : key));
const values = (text: string, path: readonly (string | number)[]): unknown[] =>
  (at(text, path)?.values ?? []).map(({ value }) => value);

describe('what may stand at a place', () => {
  it('is the kind first, then the keys of that kind', () => {
    assert.deepEqual(keys('', []), ['kind*']);
    assert.deepEqual(values('kind: x', ['kind']), [
      'data',
      'train',
      'evaluate',
      'optimize',
      'package',
      'deploy',
      'monitor',
    ]);
    assert.match(at('kind: x', ['kind'])?.values[0]?.description ?? '', /Reads data/);
    assert.deepEqual(keys('kind: package', []), [
      'kind*',
      'description',
      'model*',
      'name*',
      'aliases',
      'notes',
      'sign',
    ]);
  });
  it('follows the kind of a model', () => {
    const models = ['linear', 'decision-tree', 'random-forest', 'boosted-trees', 'network'];
    assert.deepEqual(values('kind: train', ['model']), models);
    assert.deepEqual(keys('kind: train\nmodel: {kind: network}', ['model']).slice(0, 3), ['kind*', 'layers', 'preset']);
    assert.deepEqual(keys('kind: train\nmodel: {}', ['model']), ['kind*']);
    assert.deepEqual(values('kind: train\nmodel: {kind: line}', ['model', 'kind']), models);
    assert.ok((at('kind: train\nmodel: linear', ['model'])?.values[3]?.description ?? '').includes('trees'));
  });
  it('knows steps of one key', () => {
    const steps = at('kind: data\nfeatures: []', ['features']);
    assert.equal(steps?.items?.singleKey, true);
    assert.ok(steps.items.keys.some(({ key, description }) => key === 'one-hot' && description !== undefined));
    assert.deepEqual(keys('kind: data\nfeatures: [{one-hot: }]', ['features', 0, 'one-hot']), [
      'columns*',
      'max-categories',
    ]);
    assert.deepEqual(values('kind: data\nrows: [a]', ['rows', 0]), ['drop-duplicates', 'drop-missing']);
  });
  it('narrows unions by the keys that are there', () => {
    assert.deepEqual(keys('kind: data\nsource: {sql: x}', ['source']), ['sql*', 'files']);
    assert.ok(keys('kind: data\nsource: {}', ['source']).includes('file*'));
    assert.ok(keys('kind: data\nsource: {}', ['source']).includes('sql*'));
  });
  it('carries default, limits, examples and annotations', () => {
    const trees = at('kind: train\nmodel: {kind: boosted-trees}', ['model', 'trees']);
    assert.equal(trees?.default, 300);
    assert.deepEqual(trees.limits, { minimum: 1, maximum: 100000 });
    assert.deepEqual(trees.types, ['integer']);
    assert.deepEqual(at('kind: evaluate', ['candidates', 0])?.x['reference'], ['train', 'optimize']);
    assert.equal(at('kind: evaluate', ['metrics', 0])?.x['metric'], true);
    assert.equal(at('kind: data', ['target'])?.x['column'], 'any');
    assert.equal(at('kind: data', ['features', 0, 'derive', 'anything'])?.x['expression'], 'row');
    assert.deepEqual(at('kind: package', ['name'])?.examples, ['churn-classifier']);
  });
  it('is nothing where nothing may stand', () => {
    assert.equal(at('kind: train', ['nonsense']), undefined);
    assert.equal(at('kind: train', ['data', 'deeper']), undefined);
  });
  it('answers for headers, targets and settings too', () => {
    assert.ok(schemaAt('pipeline', undefined, [])?.keys.some(({ key }) => key === 'stages'));
    assert.deepEqual(
      schemaAt('targets', readYaml('targets: {a: {kind: local}}').root, ['targets', 'a', 'log'])?.values.map(
        ({ value }) => value,
      ),
      ['full', 'sample', 'off'],
    );
    assert.equal(schemaAt('project', undefined, ['keep-runs'])?.default, 100);
  });
});
