import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  analyze,
  analyzeProject,
  analyzeTargets,
  diskFiles,
  findProjectPlace,
  findTargets,
  targetNames,
} from '../../../lifecycle/pipeline';
import { freshFolder } from '../../rigs/folder';

describe('the files around a pipeline', () => {
  const folder = freshFolder();
  const write = (root: string, name: string, text = ''): string => {
    const at = path.join(root, name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
    return at;
  };

  it('have their root at lifecycle.yaml, else .git, else their folder', () => {
    const root = folder();
    mkdirSync(path.join(root, 'a/b/c'), { recursive: true });
    const place = (from: string) => findProjectPlace(path.join(root, from), diskFiles());
    write(root, 'a/.git/HEAD');
    assert.equal(place('a/b/c').root, path.join(root, 'a'));
    write(root, 'lifecycle.yaml', 'lifecycle: 1\nstore: ../shared\n');
    assert.deepEqual([place('a/b').root, place('a/b').store], [root, path.join(root, '../shared')]);
    const overlaid = findProjectPlace(
      path.join(root, 'a'),
      diskFiles(new Map([[path.join(root, 'lifecycle.yaml'), 'lifecycle: 1\nstore: 3\n']])),
    );
    assert.equal(overlaid.store, path.join(root, '.lifecycle'));
  });

  it('may name targets, the nearest file counts, and open buffers lie over the disk', () => {
    const root = folder();
    write(root, '.git/HEAD');
    const text =
      'lifecycle: 1\npipeline: x\nstages:\n  d: {kind: data, source: data/a.csv, target: y}\n  t: {kind: train, data: d, model: linear}\n  p: {kind: package, model: t, name: x}\n  l: {kind: deploy, package: p, target: cluster}\n';
    const pipeline = write(root, 'deep/x.pipeline.yaml', text);
    write(root, 'deep/data/a.csv', 'x,y\n1,2\n');
    const codes = (overlay = new Map<string, string>()): string[] =>
      analyze(pipeline, text, { files: diskFiles(overlay) }).diagnostics.map(({ code }) => code);
    assert.deepEqual(codes(), ['unknown-target']);
    const outer = write(root, 'targets.yaml', 'lifecycle: 1\ntargets:\n  cluster: {kind: local}\n');
    assert.deepEqual(codes(), []);
    assert.equal(findTargets(path.join(root, 'deep'), root, diskFiles()), outer);
    assert.deepEqual(codes(new Map([[outer, 'lifecycle: 1\ntargets:\n  other: {kind: loc']])), ['unknown-target']);
    assert.deepEqual(targetNames('targets:\n  a: {kind: batch}\n  b: [\n'), ['local', 'a', 'b']);
  });

  it('are found by patterns, bounded and without following what is hidden', () => {
    const root = folder();
    for (const name of ['a/1.csv', 'a/b/2.csv', 'a/.hidden/3.csv', 'a/[x].csv', 'c.txt']) write(root, name);
    const match = (pattern: string, limit = 10) =>
      (diskFiles().match(path.join(root, pattern), limit) ?? []).map((name) => path.relative(root, name)).sort();
    assert.deepEqual(match('**/*.csv'), ['a/1.csv', 'a/[x].csv', 'a/b/2.csv']);
    assert.deepEqual(match('a/?.csv'), ['a/1.csv']);
    assert.deepEqual(match('a/[0-9].csv'), ['a/1.csv']);
    assert.deepEqual(match('**/*.csv', 1).length, 1);
    assert.deepEqual(match('nowhere/*.csv'), []);
  });

  it('are missing with the nearest name, at every level of the path', () => {
    const root = folder();
    write(root, 'data/customers.csv');
    const suggestion = (source: string) => {
      const text = `lifecycle: 1\npipeline: x\nstages:\n  d: {kind: data, source: "${source}"}\n`;
      return analyze(path.join(root, 'x.pipeline.yaml'), text, { files: diskFiles() }).diagnostics.find(
        ({ code }) => code === 'file-missing',
      )?.suggestion;
    };
    assert.equal(suggestion('data/custmers.csv'), 'data/customers.csv');
    assert.equal(suggestion('dta/customers.csv'), 'data/customers.csv');
    assert.equal(suggestion('data/customers.csv'), undefined);
    assert.equal(suggestion('data/\\0'), undefined);
  });
});

describe('targets.yaml and lifecycle.yaml', () => {
  const targets = (body: string) =>
    analyzeTargets('/w/targets.yaml', `lifecycle: 1\ntargets:\n${body}`).diagnostics.map(
      ({ code, message }) => `${code}: ${message}`,
    );

  it('are checked like pipelines', () => {
    assert.deepEqual(
      targets('  a: {kind: local, port: 8080}\n  b: {kind: batch, input: a.csv, output: b.parquet}\n'),
      [],
    );
    assert.match(targets('  a: {kind: lokal}\n').join(), /^unknown-kind: .*`local`/);
    assert.match(targets('  a: {kind: local, port: 99999}\n').join(), /^out-of-range: .*65535/);
    assert.match(targets('  a: {kind: local, api-key: secret}\n').join(), /^wrong-type/);
    assert.match(targets('  a: {kind: batch, input: a.csv, output: b.xlsx}\n').join(), /^bad-format: .*\.parquet/);
    assert.match(targets('  a: {kind: local}\n  a: {kind: local}\n').join(), /^duplicate-key/);
    assert.match(targets('  1a: {kind: local}\n').join(), /^bad-format/);
    assert.match(
      analyzeTargets('/w/targets.yaml', '')
        .diagnostics.map(({ code }) => code)
        .join(),
      /^empty$/,
    );
    assert.equal(
      analyzeTargets('/w/targets.yaml', 'lifecycle: 1\ntargets: {a: {kind: local}}\n').value?.targets['a']?.kind,
      'local',
    );
  });

  it('know their settings', () => {
    const codes = (text: string) => analyzeProject('/w/lifecycle.yaml', text).diagnostics.map(({ code }) => code);
    assert.deepEqual(codes('lifecycle: 1\nstore: .runs\ncores: 2\n'), []);
    assert.deepEqual(codes('lifecycle: 1\nstor: .runs\ncores: 0\n'), ['unknown-key', 'out-of-range']);
  });
});
