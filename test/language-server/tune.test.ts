import assert from 'node:assert/strict';
import { Editor, folderWith } from './harness';

const stage = (model: string, tune: string): string =>
  `lifecycle: 1\npipeline: p\nstages:\n  load: { kind: data, source: data/raw.csv, target: churned }\n  fit:\n    kind: train\n    data: load\n    model: ${model}\n    tune:\n${tune}`;

describe('completion of a search', () => {
  let folder: ReturnType<typeof folderWith>;
  let editor: Editor;
  before(() => {
    folder = folderWith({ 'data/raw.csv': 'a,b,churned\n1,2,yes\n2,1,no\n' });
  });
  after(() => folder.remove());
  afterEach(() => editor.close());
  const labels = async (text: string): Promise<string[]> => {
    editor = await Editor.open(text, { folder: folder.path });
    return editor.completions().map(({ label }) => label);
  };

  it('offers the settings of this model, not those of others, nor what is there', async () => {
    const found = await labels(stage('boosted-trees', '      space:\n        model.leaves: [3, 7]\n        ‸\n'));
    assert.ok(found.includes('model.learning-rate') && found.includes('model.l2'), found.join(' '));
    for (const other of ['model.leaves', 'model.layers', 'training.epochs', 'data', 'seed', 'tune.trials'])
      assert.ok(!found.includes(other), other);
    assert.match(
      editor.accepted('model.learning-rate'),
      /\n {8}model\.learning-rate: \{ log-uniform: \[0\.01, 1\] \}\n/,
    );
  });

  it('offers the settings of layers that are there, and words where words are taken', async () => {
    const found = await labels(
      stage('{ kind: network, layers: [{ dense: { units: 8 } }, { dropout: 0.1 }] }', '      space:\n        ‸\n'),
    );
    for (const path of ['model.layers.0.dense.units', 'model.layers.1.dropout', 'training.optimizer.learning-rate'])
      assert.ok(found.includes(path), `${path} in ${found.join(' ')}`);
    assert.ok(!found.includes('model.layers.1.dense.units') && !found.includes('model.layers.2.dropout'));
    assert.match(editor.accepted('training.optimizer.kind'), /training\.optimizer\.kind: \[sgd, adam, adamw, rmsprop/);
  });

  it('offers what is varied as what something depends on', async () => {
    const found = await labels(
      stage(
        '{ kind: network, layers: [] }',
        '      space:\n        training.optimizer.kind: [sgd, adam]\n        training.optimizer.momentum:\n          uniform: [0, 0.9]\n          when:\n            ‸\n',
      ),
    );
    assert.deepEqual(found, ['training.optimizer.kind']);
  });
});
