import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument, visit } from 'yaml';
import type { RunRecord } from '../../schemas/generated/types';
import { copyOf, executed, newFolder, Project } from './product';

const STAGES = ['customers', 'baseline', 'trees', 'network', 'exam', 'small', 'bundle'];

/** A second run does what a change asks for and nothing else, and says why. */
describe('what a change re-runs', function () {
  this.timeout(180_000);

  const nothing = (record: RunRecord, why: string) => assert.deepEqual(executed(record), [], why);
  const reasons = (record: RunRecord) =>
    Object.fromEntries(Object.entries(record.stages).map(([name, { reason }]) => [name, reason]));

  it('nothing changed: all reused, each with its reason, and nothing executed', async () => {
    const project = await copyOf('churn');
    const first = await project.newest();
    const artifacts = () => readdirSync(path.join(project.store, 'artifacts'), { recursive: true }).sort();
    const before = artifacts();
    const said = project.well('run');
    const record = await project.newest();
    assert.notEqual(record.id, first.id);
    assert.deepEqual(Object.keys(record.stages), STAGES);
    for (const [name, stage] of Object.entries(record.stages)) {
      const { status, reason, from, artifact, metrics } = stage;
      assert.deepEqual(
        { status, reason, from, artifact, metrics },
        {
          status: 'reused',
          reason: `nothing changed since run ${first.id}`,
          from: first.id,
          artifact: first.stages[name]!.artifact,
          metrics: first.stages[name]!.metrics,
        },
      );
      assert.ok(said.stdout.includes(`↺ ${name} unchanged since run ${first.id}`), said.stdout);
    }
    assert.deepEqual(
      project.events(record.id).filter(({ type }) => type === 'stage-started'),
      [],
    );
    assert.deepEqual(artifacts(), before);
  });

  it('a new folder, a new time of a file: nothing', async () => {
    const project = await copyOf('churn');
    const there = path.join(newFolder(), 'moved here');
    renameSync(project.folder, there);
    const moved = new Project(there, project.name);
    nothing(await moved.run(), 'moved');
    utimesSync(path.join(there, 'data/telco-churn.csv'), new Date(), new Date());
    nothing(await moved.run(), 'touched');
  });

  it('one hyperparameter: its stage and what depends on it, with the change as the reason', async () => {
    const project = await copyOf('churn');
    project.edit((text) => text.replace('leaves: 15', 'leaves: 7'));
    const plan = project.well('plan').text;
    assert.match(plan, /trees.*model\.leaves 15 → 7/);
    const record = await project.run();
    const again = executed(record);
    assert.deepEqual(
      again.filter((name) => !['small', 'bundle'].includes(name)),
      ['trees', 'exam'],
    );
    assert.equal(reasons(record)['trees'], 'model.leaves 15 → 7');
    assert.match(reasons(record)['exam']!, /\btrees\b.* changed/);
    // Back again: every result is still there.
    project.edit((text) => text.replace('leaves: 7', 'leaves: 15'));
    nothing(await project.run(), 'set back');
  });

  it('a parameter of the command line: the same', async () => {
    const project = await copyOf('churn');
    const record = await project.run('--set', 'rate=0.01', '--to', 'network');
    assert.deepEqual(executed(record), ['network']);
    assert.equal(reasons(record)['network'], 'training.optimizer.learning-rate 0.001 → 0.01');
  });

  it('the seed: all that draws numbers, and says so', async () => {
    const project = await copyOf('churn');
    project.edit((text) => text.replace('seed: 7', 'seed: 8'));
    const record = await project.run('--to', 'baseline');
    assert.deepEqual(executed(record), ['customers', 'baseline']);
    assert.equal(reasons(record)['customers'], 'seed 7 → 8');
  });

  it('one byte of the data: the data and what follows, naming the file', async () => {
    const project = await copyOf('churn');
    const file = path.join(project.folder, 'data/telco-churn.csv');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace('29.85', '29.86');
    assert.equal(changed.length, text.length);
    writeFileSync(`${file}.new`, changed);
    renameSync(`${file}.new`, file);
    const record = await project.run('--to', 'baseline');
    assert.deepEqual(executed(record), ['customers', 'baseline']);
    assert.equal(reasons(record)['customers'], 'data/telco-churn.csv changed');
    assert.match(reasons(record)['baseline']!, /customers/);
  });

  it('names, form, comments, descriptions and defaults written out: nothing', async () => {
    const project = await copyOf('churn');
    const original = project.text;
    project.edit((text) => text.replaceAll(/\bbaseline\b/g, 'simple').replaceAll(/\bcustomers\b/g, 'people'));
    const renamed = await project.run();
    nothing(renamed, 'renamed');
    assert.deepEqual(Object.keys(renamed.stages), ['people', 'simple', ...STAGES.slice(2)]);

    writeFileSync(project.file, otherwise(original));
    nothing(await project.run(), 'written otherwise');

    writeFileSync(
      project.file,
      original
        .replace(/description: .*/, 'description: Says who may leave.')
        .replace('    kind: data\n', '    kind: data\n    description: The customers of one quarter.\n')
        .replace('stages:', '\n# One comment.\nstages: # another\n'),
    );
    nothing(await project.run(), 'described');

    writeFileSync(
      project.file,
      original
        .replace('model: linear', 'model: {kind: linear, l2: 1}')
        .replace('samples-per-leaf: 40\n', 'samples-per-leaf: 40\n      bins: 255\n      l2: 0\n')
        .replace("{ kind: adam, learning-rate: '${rate}' }", "{ kind: adam, learning-rate: '${rate}', beta1: 0.9 }")
        .replace('source: data/telco-churn.csv', 'source: {file: data/telco-churn.csv, header: true}'),
    );
    nothing(await project.run(), 'defaults written out');
  });

  it('the other spelling: nothing', async () => {
    const project = await copyOf('churn');
    const [, header = '', stages = ''] = /^([^]*?)^stages:\n([^]*)$/m.exec(project.text) ?? [];
    const cells = stages
      .replaceAll(/^ {2}/gm, '')
      .split(/\n(?=\w)/)
      .map((cell) => `\nSome words.\n\n\`\`\`yaml stage\n${cell.trim()}\n\`\`\`\n`);
    const folder = path.join(newFolder(), 'as-document');
    mkdirSync(folder);
    renameSync(project.folder, path.join(folder, 'churn'));
    const document = new Project(path.join(folder, 'churn'), 'churn.lifecycle.md');
    writeFileSync(document.file, `---\n${header}---\n\n# Churn\n${cells.join('')}`);
    document.well('run', document.name);
    const record = await document.newest();
    assert.deepEqual(Object.keys(record.stages), STAGES);
    nothing(record, 'as a lifecycle document');
  });

  it('prose and order of a lifecycle document: nothing', async () => {
    const project = await copyOf('diamonds');
    project.edit((text) =>
      text
        .replace('# What is a diamond worth?', '# Prices of diamonds')
        .replace(/^Two things are wrong[^]*?\n\n/m, '')
        .replaceAll(/\bline\b(?=:|,)/g, 'straight'),
    );
    nothing(await project.run(), 'prose');
    const [, before = '', data = '', models = '', after = ''] =
      /^([^]*?)(```yaml stage\nstones:[^]*?```\n)([^]*?```yaml stage\nstraight:[^]*?```\n)([^]*)$/.exec(project.text) ??
      [];
    project.edit(() => `${before}${models}\n${data}${after}`);
    nothing(await project.run(), 'order of cells');
  });

  it('fewer cores: nothing', async () => {
    nothing(await (await copyOf('digits')).run('--cores', '1'), 'cores');
  });
});

/** The same pipeline by another hand: no comments, everything in flow style where it fits, keys quoted, four spaces. */
function otherwise(text: string): string {
  const document = parseDocument(text);
  visit(document, {
    Node: (_, node) => {
      node.comment = null;
      node.commentBefore = null;
      node.spaceBefore = false;
    },
    Map: (_, node, path) => {
      if (path.length > 6) node.flow = false;
      else if (path.length > 5) node.flow = true;
    },
    Scalar: (key, node) => {
      if (key === 'value' && typeof node.value === 'string') node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ indent: 4, lineWidth: 60 });
}
