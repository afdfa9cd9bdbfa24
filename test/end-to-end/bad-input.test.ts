import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Evaluation } from '../../schemas/generated/types';
import { validateEvaluation } from '../../schemas/generated/validators';
import { assertWhole, complains, GOOD, HEADER, put, smallProject, table } from './small';
import { executed, newFolder, Project } from './product';

/**
 * Input that is wrong, through the whole product: one clear message, a place, the right code, and no damage.
 * 10,000 columns, which are not wrong, take their time: test/deep/wide.test.ts takes them as far as a served model.
 */
describe('bad input does no harm', function () {
  this.timeout(60_000);
  let made: Project;
  let project: Project;
  before(async () => {
    made = await smallProject();
  });
  beforeEach(() => {
    const folder = newFolder();
    cpSync(made.folder, folder, { recursive: true, preserveTimestamps: true });
    project = new Project(folder, made.name);
  });

  const line = (text: string): string =>
    `small.pipeline.yaml:${1 + project.text.split('\n').findIndex((one) => one.includes(text))}`;

  describe('data', () => {
    it('missing file', () => {
      rmSync(path.join(project.folder, 'data.csv'));
      return complains(project, { message: /no file `data\.csv`/, place: line('source:'), code: 2 });
    });
    it('empty file', () => {
      put(project, '');
      return complains(project, { message: /data\.csv has no rows/, place: line('source:'), code: 1 });
    });
    it('header only', () => {
      put(project, `${HEADER}\n`);
      return complains(project, { message: /data\.csv has no rows/, place: line('source:'), code: 1 });
    });
    it('ragged rows', () => {
      put(
        project,
        table((row, at) => (at === 9 ? row.slice(0, 3) : row)),
      );
      const message = /data\.csv line 9 has 3 values; the header has 5 columns/;
      return complains(project, { message, place: 'data.csv:9', code: 1 });
    });
    it('wrong encoding', () => {
      put(
        project,
        Buffer.from(
          table((row, at) => (at === 7 ? row.with(2, 'grün') : row)),
          'latin1',
        ),
      );
      return complains(project, { message: /data\.csv line 7 is not UTF-8/, place: 'data.csv:7', code: 1 });
    });
    it('target column missing', () => {
      put(
        project,
        table((row) => row, 'id,a,colour,age,z'),
      );
      return complains(project, { message: /There is no column 'y'/, place: line('target:'), code: 1 });
    });
    it('target constant', () => {
      put(
        project,
        table((row) => row.with(4, 'no')),
      );
      const message = /target 'y' is "no" in every row, so there is nothing to learn/;
      return complains(project, { message, place: line('target:'), code: 1 });
    });
    it('target missing in some rows: they are left out, and that is said', async () => {
      put(
        project,
        table((row, at) => (at % 50 === 0 ? row.with(4, '') : row)),
      );
      assert.match(
        project.well('run').text,
        /warning\[data-target-missing\]: table: 6 of 300 rows have no 'y', the target; they are left out/,
      );
      await assertWhole(project);
    });
    it('a column without any value, which is taken for text: with its type stated it is no feature, and that is said', async () => {
      const lost = table((row) => row.with(3, ''));
      put(project, lost);
      const message = /'between' is about numbers, but the column 'age' is text\.\n\s+hint: A column without any value/;
      await complains(project, { message, place: line('between:'), code: 1 });
      put(project, lost);
      project.edit((text) => text.replace('columns: { id: [id] }', 'columns: { id: [id], types: { age: number } }'));
      assert.match(
        project.well('run').text,
        /warning\[[a-z-]+\]: table: The column 'age' has no value in the training split/,
      );
      await assertWhole(project);
    });
    it('NaN among numbers: missing, and the same when served', async () => {
      put(
        project,
        table((row, at) => (at % 7 === 0 ? row.with(1, 'NaN') : row)),
      );
      const { text } = project.well('run');
      assert.match(
        text,
        /Missing values in 'a' are taken as the mean of the training split, in training and when served/,
      );
      await assertWhole(project);
    });
    it('an expectation that rows break: the rows are shown', async () => {
      put(
        project,
        table((row, at) => (at === 12 || at === 34 ? row.with(3, '200') : row)),
      );
      const message =
        /Expected 'age' to be between 0 and 120, but 2 of 300 rows break it\.\n\s+row 11: age = 200\n\s+row 33: age = 200/;
      await complains(project, { message, place: line('between:'), code: 1 });
    });
  });

  describe('pipeline', () => {
    it('broken YAML', () => {
      const place = `${line('candidates:')}:17`;
      project.edit((text) => text.replace('[model]', '[model'));
      return complains(project, { message: /`\[` is never closed/, place, code: 2 });
    });
    it('wrong indentation', () => {
      const place = line('model: linear');
      project.edit((text) => text.replace('    model: linear', '   model: linear'));
      return complains(project, { message: /3 spaces before it and its siblings 4/, place, code: 2 });
    });
    it('a cycle', () => {
      project.edit(
        (text) =>
          `${text.replace('exam.best', 'one')}  one: { kind: optimize, model: two, quantize: int8 }\n  two: { kind: optimize, model: one, quantize: int8 }\n`,
      );
      return complains(project, {
        message: /wait for each other: (one → two → one|two → one → two)/,
        place: line('one: {'),
        code: 2,
      });
    });
    it('a gate that is not met: its own code, and the evaluation can be looked at', async () => {
      project.edit((text) => text.replace('min: 0.6', 'min: 0.9999'));
      const place = line('auc:');
      const text = await complains(project, { message: /auc is 0\.\d+, required is >= 0\.9999/, place, code: 3 });
      const [, run, file] = /kept in runs\/(\S+)\/(reports\/exam\.evaluation\.json) of the store/.exec(text) ?? [];
      const kept = JSON.parse(readFileSync(path.join(project.store, 'runs', run!, file!), 'utf8')) as Evaluation;
      assert.ok(validateEvaluation(kept));
      assert.deepEqual(
        kept.gates.map(({ metric, passed }) => [metric, passed]),
        [['auc', false]],
      );
      assert.match(project.well('show', run!, '--stage', 'exam').text, /auc/);
    });
  });

  describe('a program of the user', () => {
    const mine = (script: string): void => {
      writeFileSync(path.join(project.folder, 'mine.js'), script);
      project.edit((text) => text.replace('    model: linear', '    command: [node, mine.js]'));
    };
    it('that exits with 1', () => {
      mine("console.error('the dog ate it'); process.exit(1);");
      return complains(project, { message: /exit(ed)? with (code )?1|code 1/i, place: line('command:'), code: 1 }).then(
        (text) => assert.match(text, /the dog ate it/),
      );
    });
    it('that is not there', () => {
      project.edit((text) => text.replace('    model: linear', '    command: [no-such-program]'));
      return complains(project, { message: /no-such-program was not found/, place: line('  model:'), code: 1 });
    });
    it('that prints garbage and writes no model: a warning, and who needs the model says that it lacks', async () => {
      mine(
        "process.stdout.write(Buffer.from([0, 255, 10])); console.log('::lifecycle {torn'); console.log('::lifecycle 7');",
      );
      const text = await complains(project, { message: /model/, place: line('candidates:'), code: 1 });
      assert.match(text, /model: .*::lifecycle/);
    });
    it('that writes garbage as its model', () => {
      mine("require('fs').writeFileSync(process.env.LIFECYCLE_OUTPUT + '/model.onnx', 'not a model');");
      return complains(project, { message: /model\.onnx/, place: line('command:'), code: 1 });
    });
  });

  describe('the store', () => {
    it('of a newer version: looked at, never written', () => {
      const format = path.join(project.store, 'format.json');
      const before = readFileSync(format, 'utf8');
      writeFileSync(format, '{"format": 99}');
      const files = () => (readdirSync(project.store, { recursive: true }) as string[]).sort();
      const there = files();
      const { code, text } = project.go(['run']);
      assert.deepEqual([code, text.match(/error\[/g)?.length], [2, 1], text);
      assert.match(text, /has format 99; this version .* writes format 1/);
      assert.match(text, /hint: Update ML Lifecycle/);
      assert.equal(project.go(['runs']).code, 0);
      assert.equal(project.go(['show']).code, 0);
      assert.deepEqual(files(), there);
      writeFileSync(format, before);
      project.well('run');
    });

    it('that two runs want at once: the second is refused, or waits', async () => {
      writeFileSync(path.join(project.folder, 'slow.js'), 'setTimeout(() => {}, 2500);');
      project.edit((text) => text.replace('    model: linear', '    command: [node, slow.js]'));
      const first = project.begin(['run', '--to', 'model']);
      const ended = new Promise<number | null>((resolve) => first.once('close', resolve));
      await new Promise<void>((resolve) =>
        first.stdout.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('▶ model')) resolve();
        }),
      );
      const second = project.go(['run', '--to', 'model']);
      assert.deepEqual([second.code, second.text.match(/error\[/g)?.length], [4, 1], second.text);
      assert.match(second.text, /error\[pipeline-busy\]: .*small/);
      const third = project.go(['run', '--to', 'model', '--wait']);
      assert.equal(third.code, 0, third.text);
      assert.equal(await ended, 0);
      assert.deepEqual(executed(await project.newest()), [], 'it waited, and then there was nothing left to do');
      await assertWhole(project);
    });

    it('whose results were tampered with: found by --verify, made again', async () => {
      const { path: folder } = await project.result('model');
      const file = path.join(folder, 'model.onnx');
      const bytes = readFileSync(file);
      rmSync(file);
      writeFileSync(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
      const record = await project.run('--verify');
      assert.deepEqual(executed(record), ['model']);
      assert.match(record.stages['model']!.reason!, /model\.onnx|damaged|changed/);
      assert.ok(readFileSync(file).equals(bytes), 'it is as it was');
      await assertWhole(project);
    });

    it('in a folder that holds something else', () => {
      const folder = path.join(newFolder(), 'other');
      mkdirSync(folder);
      writeFileSync(path.join(folder, '.lifecycle'), 'my notes');
      const other = new Project(folder, project.name);
      writeFileSync(other.file, project.text);
      put(other, GOOD);
      const { code, text } = other.go(['run']);
      assert.ok(code === 1 || code === 2, text);
      assert.equal(text.match(/error\[/g)?.length, 1, text);
      assert.equal(readFileSync(path.join(folder, '.lifecycle'), 'utf8'), 'my notes');
      assert.ok(!existsSync(path.join(folder, 'small.lock.yaml')));
    });
  });

  it('a pipeline that is a folder', () => {
    mkdirSync(path.join(project.folder, 'folder.pipeline.yaml'));
    const { code, text } = project.go(['check', 'folder.pipeline.yaml']);
    assert.deepEqual([code, /error\[pipeline-missing\]/.test(text)], [2, true], text);
  });
});
