import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { StageManifest } from '../../../schemas/generated/types';
import { validateManifest } from '../../../schemas/generated/validators';
import {
  adoptArtifact,
  checkArtifact,
  describeFiles,
  hashOutputs,
  outputFolder,
} from '../../../lifecycle/store/artifacts';
import { findManifest, keepManifest, latestManifest } from '../../../lifecycle/store/cache';
import { storePaths } from '../../../lifecycle/store/layout';
import { freshFolder } from '../../rigs/folder';
import { hash } from '../../rigs/runs';

describe('store/artifacts', () => {
  const folder = freshFolder();
  const store = () => join(folder(), 'store');

  function output(name: string, files: Record<string, string>): string {
    const path = join(store(), 'tmp', name);
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    }
    return path;
  }

  async function adopt(name: string, files: Record<string, string>): Promise<StageManifest> {
    const path = output(name, files);
    const described = await describeFiles(path);
    const artifact = await adoptArtifact(store(), path, described);
    return {
      format: 1,
      kind: 'data',
      fingerprint: hash('a'),
      inputs: { seed: '0' },
      artifact,
      files: described,
      outputs: {},
      metrics: {},
      run: 'r',
      stage: 's',
      created: 'now',
      seconds: 1,
    };
  }

  it('keeps equal content once, by content, read-only', async () => {
    const one = await adopt('one', { 'a.txt': 'A', 'deep/b.txt': 'B' });
    const two = await adopt('two', { 'deep/b.txt': 'B', 'a.txt': 'A' });
    const other = await adopt('three', { 'a.txt': 'A', 'deep/c.txt': 'B' });
    assert.equal(one.artifact, two.artifact);
    assert.notEqual(one.artifact, other.artifact);
    assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
    assert.equal(statSync(join(storePaths.artifact(store(), one.artifact), 'deep', 'b.txt')).mode & 0o222, 0);
    assert.deepEqual(
      one.files.map((file) => file.path),
      ['a.txt', 'deep/b.txt'],
    );
  });

  it('lets many adopt the same at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, i) => adopt(`n${i}`, { x: 'same' })));
    assert.equal(new Set(all.map((manifest) => manifest.artifact)).size, 1);
    assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
  });

  it('notices what is missing, cut or (looking closely) changed, and repairs by adopting again', async () => {
    const manifest = await adopt('one', { a: 'AAAA', b: 'B' });
    assert.equal(await checkArtifact(store(), manifest, true), undefined);
    const file = join(storePaths.artifact(store(), manifest.artifact), 'a');
    chmodSync(file, 0o644);
    writeFileSync(file, 'AAAB');
    assert.equal(await checkArtifact(store(), manifest), undefined);
    assert.equal(await checkArtifact(store(), manifest, true), 'a was changed');
    writeFileSync(file, 'A');
    assert.equal(await checkArtifact(store(), manifest), 'a was changed');
    rmSync(file);
    assert.equal(await checkArtifact(store(), manifest), 'a is missing');
    await adopt('two', { a: 'AAAA', b: 'B' });
    assert.equal(await checkArtifact(store(), manifest, true), undefined);
    // A change that keeps the size is repaired too.
    chmodSync(file, 0o644);
    writeFileSync(file, 'AABA');
    await adopt('three', { a: 'AAAA', b: 'B' });
    assert.equal(await checkArtifact(store(), manifest, true), undefined);
    rmSync(storePaths.artifact(store(), manifest.artifact), { recursive: true });
    assert.equal(await checkArtifact(store(), manifest), 'a is missing');
  });

  it('accepts an empty result and refuses links', async () => {
    mkdirSync(join(store(), 'tmp', 'empty'), { recursive: true });
    const empty = await adopt('empty', {});
    assert.equal(await checkArtifact(store(), empty), undefined);
    const path = output('links', { a: 'A' });
    symlinkSync('/etc/hostname', join(path, 'b'));
    await assert.rejects(describeFiles(path), /holds b, which is a link/);
  });

  it('hashes named outputs by their own content', async () => {
    const files = (
      await adopt('one', { 'train.parquet': 'T', 'test.parquet': 'E', 'best/model.onnx': 'M', 'best/model.json': 'J' })
    ).files;
    const outputs = hashOutputs(files, {
      train: ['train.parquet'],
      both: ['train.parquet', 'test.parquet'],
      best: ['best'],
    });
    const changed = (
      await adopt('two', {
        'train.parquet': 'T',
        'test.parquet': 'F',
        'best/model.onnx': 'M',
        'best/model.json': 'J',
        more: '',
      })
    ).files;
    const after = hashOutputs(changed, {
      train: ['train.parquet'],
      both: ['train.parquet', 'test.parquet'],
      best: ['best'],
    });
    assert.equal(outputs['train'], after['train']);
    assert.equal(outputs['best'], after['best']);
    assert.notEqual(outputs['both'], after['both']);
    const alone = await adopt('three', { 'model.onnx': 'M', 'model.json': 'J' });
    assert.equal(alone.artifact, outputs['best']);
    assert.throws(() => hashOutputs(files, { x: ['none'] }), /did not write/);
    assert.throws(() => hashOutputs(files, { winner: ['best'] }), /must be called/);
  });

  it('finds the folder that an output is', async () => {
    const manifest = await adopt('one', { 'train.parquet': 'T', 'best/model.onnx': 'M' });
    const path = storePaths.artifact(store(), manifest.artifact);
    assert.equal(outputFolder(store(), manifest), path);
    assert.equal(outputFolder(store(), manifest, 'train'), path);
    assert.equal(outputFolder(store(), manifest, 'best'), join(path, 'best'));
  });

  it('keeps results by fingerprint and remembers the latest of a stage', async () => {
    const manifest = await adopt('one', { a: 'A' });
    assert.ok(validateManifest(manifest));
    await keepManifest(store(), 'churn', manifest);
    assert.deepEqual(await findManifest(store(), hash('a')), manifest);
    assert.deepEqual(await latestManifest(store(), 'churn', 's'), manifest);
    assert.equal(await latestManifest(store(), 'churn', 'none'), undefined);
    const path = storePaths.manifest(store(), hash('a'));
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 50));
    assert.equal(await findManifest(store(), hash('a')), undefined);
    assert.ok(existsSync(path));
  });
});
