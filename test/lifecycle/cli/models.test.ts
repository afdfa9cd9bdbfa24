import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { main } from '../../../lifecycle/cli/main';
import { differences } from '../../../lifecycle/deploy/compare';
import { predict } from '../../../lifecycle/deploy/predict';
import { encodeModel, float, GraphBuilder } from '../../../lifecycle/onnx';
import { findVersion, registerBundle } from '../../../lifecycle/store/registry';
import { Readable } from 'node:stream';
import { removeFolders, temporaryFolder, toyBundle, toyInfo } from '../deploy/support';

describe('lifecycle models', function () {
  this.timeout(30_000);
  let folder: string;
  let store: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = path.join(folder, '.lifecycle');
    mkdirSync(path.join(folder, '.git'));
    for (const bias of [0, 1]) await registerBundle(store, await toyBundle({ bias }), { aliases: ['candidate'] });
  });
  after(removeFolders);

  async function cli(...argv: string[]) {
    let [stdout, stderr] = ['', ''];
    const code = await main(['models', ...argv], {
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
      stdin: Readable.from([]),
      env: { NO_COLOR: '1' },
      cwd: folder,
      self: ['lifecycle'],
      signal: new AbortController().signal,
    });
    return { code, stdout, stderr };
  }

  it('promotes, demotes, notes, tags, shows, and refuses what it does not know', async () => {
    assert.match((await cli('promote', 'toy@1')).stdout, /champion of toy is version 1 now/);
    assert.match((await cli('promote', 'toy@2', 'champion')).stdout, /is version 2 now; it was 1/);
    assert.match((await cli('tag', 'toy@champion', 'team=risk')).stdout, /toy 2: team=risk/);
    assert.equal((await cli('note', 'toy@2', 'looks', 'good')).code, 0);
    const shown = (await cli('show', 'toy@champion')).stdout;
    assert.match(shown, /^toy 2\n/);
    assert.match(shown, /looks good/);
    assert.match(shown, /# toy/);
    assert.match((await cli()).stdout, /toy +2 +candidate, champion .*team=risk looks good/);
    assert.equal((await cli('demote', 'toy', 'champion')).code, 0);
    assert.deepEqual((await findVersion(store, 'toy', 2)).aliases, ['candidate']);
    assert.match((await cli('demot', 'toy', 'x')).stderr, /can't demot[^]*Did you mean `lifecycle models demote`/);
    assert.equal((await cli('show')).code, 2);
    assert.equal((await cli('show', 'toy@9')).code, 2);
  });

  it('compares, and says what callers would notice', async () => {
    const { stdout } = await cli('compare', 'toy');
    assert.match(stdout, /Callers notice no difference/);
    assert.match(stdout, /model\.onnx +\d+ B? ?|model\.onnx/);
    assert.match(stdout, /one row, median +[\d.]+ µs +[\d.]+ µs/);
    const before = toyInfo();
    const [size, city, garden] = before.inputs;
    assert.ok(size && city && garden);
    assert.deepEqual(
      differences(before, {
        ...before,
        classes: ['Yes', 'No'],
        inputs: [
          { ...city, categories: ['Bonn', 'Köln'] },
          { ...garden, required: true },
          { name: 'age', type: 'number', required: true },
        ],
      }),
      [
        "takes no column 'size' any more",
        "knows Köln in 'city' besides",
        "never saw Ulm in 'city'",
        "needs 'garden', which could be missing",
        "takes a new column 'age', which must be given",
        'gives its classes in another order: Yes, No',
      ],
    );
  });

  it('imports an ONNX file from elsewhere', async () => {
    const graph = new GraphBuilder('linear');
    const x = graph.input('X', 'float', ['N', 2]);
    const scores = graph.op('Gemm', [
      x,
      graph.constant(float([1, -1, 0.5, 2], [2, 2])),
      graph.constant(float([0, 1], [2])),
    ]);
    graph.output(graph.op('Softmax', [scores], { axis: { int: 1 } }), 'probabilities', ['N', 2]);
    writeFileSync(path.join(folder, 'theirs.onnx'), encodeModel(graph.build()));
    assert.match(
      (await cli('import', 'theirs.onnx')).stderr,
      /takes one matrix 'X' of 2 columns, whose names are not in the file/,
    );
    assert.match((await cli('import', 'theirs.onnx', '--columns', 'age')).stderr, /takes 2 columns; 1 are named/);
    assert.match(
      (await cli('import', 'theirs.onnx', '--columns', 'age,income', '--task', 'binary')).stderr,
      /Which classes[^]*--classes/,
    );
    const done = await cli(
      'import',
      'theirs.onnx',
      '--columns',
      'age,income',
      '--classes',
      'no,yes',
      '--target',
      'churn',
    );
    assert.deepEqual([done.code, done.stdout], [0, '✔ theirs 1: takes age, income\n']);
    const { folder: bundle } = await findVersion(store, 'theirs');
    const [one] = await predict(bundle, [{ age: 2, income: -1 }]);
    const [no, yes] = [Math.exp(1.5), Math.exp(-3)];
    assert.ok(one && 'label' in one && one.label === 'no');
    assert.ok(Math.abs((one.probabilities['yes'] ?? 0) - yes / (no + yes)) < 1e-6);
    writeFileSync(path.join(folder, 'junk.onnx'), 'junk');
    assert.equal((await cli('import', 'junk.onnx', '--classes', 'a,b')).code, 1);
  });

  it('carries a version elsewhere and deletes it after showing what that means', async () => {
    process.env['TOY_PASSWORD'] = 'secret';
    try {
      assert.match((await cli('export', 'toy@1', 'toy.bundle', '--password', 'TOY_PASSWORD')).stdout, /encrypted/);
      assert.match((await cli('delete', 'toy@1')).stderr, /Delete toy 1\?[^]*--yes/);
      const gone = await cli('delete', 'toy@1', '--yes');
      assert.match(gone.stdout, /toy 1 would go for good: [^]*toy 1 is gone/);
      assert.match((await cli('import', 'toy.bundle', '--password', 'TOY_PASSWORD')).stdout, /toy 3/);
      assert.match((await cli('import', 'toy.bundle')).stderr, /is encrypted/);
    } finally {
      delete process.env['TOY_PASSWORD'];
    }
    assert.ok((await readFile(path.join(folder, 'toy.bundle'))).length > 1000);
  });
});
